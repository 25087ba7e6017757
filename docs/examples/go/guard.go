package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// More calls than this within a minute are refused, so that what is remembered has a bound.
const mostUsed = 10_000

type caller struct {
	Sub      string `json:"sub"`
	ClientID string `json:"client_id"`
	Jti      string `json:"jti"`
	Htm      string `json:"htm"`
	Htu      string `json:"htu"`
}

func (c caller) String() string {
	if c.ClientID == "" {
		return c.Sub + ", client unknown"
	}
	return c.Sub + ", client " + c.ClientID
}

type callerKey struct{}

// callerOf is who is behind a request that was let through.
func callerOf(r *http.Request) caller {
	return r.Context().Value(callerKey{}).(caller)
}

type guard struct {
	verifier *oidc.IDTokenVerifier
	origin   string
	used     usedOnce
}

// onlyTheGate lets a request through, with its caller, or refuses it before its body is read.
func onlyTheGate(issuer, audience, origin string, next http.Handler) http.Handler {
	// The library asks for the keys again when it meets one that it does not know, and keeps those it has until then. After a
	// theft of the gate's key, start this server anew.
	client := &http.Client{Timeout: 5 * time.Second, Transport: &seldom{}}
	keys := oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), client), issuer+"/.well-known/jwks.json")
	config := &oidc.Config{ClientID: audience, SupportedSigningAlgs: []string{oidc.ES256}}
	g := &guard{
		verifier: oidc.NewVerifier(issuer, keys, config),
		origin:   origin,
		used:     usedOnce{ends: map[string]time.Time{}},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, err := g.caller(r)
		if err != nil {
			log.Println("refused:", err)
			w.Header().Set("Connection", "close")
			http.Error(w, "Only the gate may call this server.", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, found)))
	})
}

func (g *guard) caller(r *http.Request) (found caller, err error) {
	token, err := g.verifier.Verify(r.Context(), r.Header.Get("Gatelodge-Assertion"))
	if err != nil {
		return found, err
	}
	if err := token.Claims(&found); err != nil {
		return found, err
	}
	if found.Htm != r.Method {
		return found, errors.New("the assertion is for another method")
	}
	if path, _, _ := strings.Cut(r.RequestURI, "?"); found.Htu != g.origin+path {
		return found, errors.New("the assertion is for another URL")
	}
	return found, g.used.use(found.Jti, token.Expiry)
}

// usedOnce knows the identifiers that were used, and until when each of them must not come again.
type usedOnce struct {
	sync.Mutex
	ends map[string]time.Time
}

func (u *usedOnce) use(jti string, end time.Time) error {
	u.Lock()
	defer u.Unlock()
	now := time.Now()
	for one, end := range u.ends {
		if end.Before(now) {
			delete(u.ends, one)
		}
	}
	// What has ended since it was verified may have been forgotten just now.
	if _, before := u.ends[jti]; before || jti == "" || end.Before(now) {
		return errors.New("the assertion was used before, has no identifier, or is over")
	}
	if len(u.ends) >= mostUsed {
		return errors.New("too many calls within a minute")
	}
	u.ends[jti] = end
	return nil
}

// seldom sends a request at most every 5 seconds, however many strangers name keys that do not exist.
type seldom struct {
	sync.Mutex
	last time.Time
}

func (s *seldom) RoundTrip(r *http.Request) (*http.Response, error) {
	s.Lock()
	defer s.Unlock()
	if time.Since(s.last) < 5*time.Second {
		return nil, errors.New("the keys were asked for a moment ago")
	}
	s.last = time.Now()
	return http.DefaultTransport.RoundTrip(r)
}
