// A server at home that answers only the gate in front of it. It is no whole MCP server: it answers "ping", and the call of one
// tool, "whoami".
//
// Of each request, on whatever path, it checks Gatelodge-Assertion before it reads the body: the signature (ES256, by a key of
// the gate), iss, aud, exp (without leeway), htm (the method), htu (the URL), and jti (each is good once). It does not check the
// query, the body, or scope. It remembers what was used in this process: several of them, or one that was just started, do not
// know what another one has seen.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8383"
	}
	issuer, audience := os.Getenv("ISSUER"), os.Getenv("AUDIENCE")
	own, err := url.Parse(audience)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc(own.Path, answer)
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Listening on http://127.0.0.1:%s%s\n", port, own.Path)
	log.Fatal(http.Serve(listener, onlyTheGate(issuer, audience, own.Scheme+"://"+own.Host, mux)))
}

// answer is the server that is guarded.
func answer(w http.ResponseWriter, r *http.Request) {
	var message struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params struct {
			Name string `json:"name"`
		} `json:"params"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&message); err != nil {
		http.Error(w, "This is no JSON-RPC.", http.StatusBadRequest)
		return
	}
	if message.ID == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	reply := map[string]any{"jsonrpc": "2.0", "id": message.ID}
	switch {
	case message.Method == "ping":
		reply["result"] = map[string]any{}
	case message.Method == "tools/call" && message.Params.Name == "whoami":
		said := callerOf(r).String()
		fmt.Println("whoami:", said)
		reply["result"] = map[string]any{"content": []any{map[string]any{"type": "text", "text": said}}}
	default:
		reply["error"] = map[string]any{"code": -32601, "message": "Method not found"}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(reply)
}
