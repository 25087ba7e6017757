//! Where a mount takes the tokens of another issuer, it takes those of that issuer, for that mount,
//! in time and signed; whatever else is claimed, nothing of it reaches home.

use gatelodge::jose::LARGEST_JWT;
use serde_json::{Value, json};

use crate::support::{
    Gate, Port, Request, call,
    issuer::{
        AUTH, call_with, claims, external_gate, gate_with_keys, key, publish, token, token_with,
    },
};

const INVALID: &str = "The access token is not valid here";
const EXPIRED: &str = "The access token expired";

/// The call is refused, home is silent, and no storage was asked.
fn assert_refused(gate: &Gate, token: &str, said: &str, what: &str) {
    let answer = call(gate, token);
    assert_eq!(answer.refusal(), (401, "invalid_token".into()), "{what}");
    let challenge = answer.header("www-authenticate").unwrap();
    assert_eq!(
        challenge,
        format!(
            "Bearer resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\", \
             error=\"invalid_token\", error_description=\"{said}\""
        ),
        "{what}"
    );
    assert!(gate.world.home.got().is_empty(), "{what}");
    assert_eq!(gate.world.storage_operations(), 0, "{what}");
}

#[test]
fn a_good_token_goes_through_and_stays_here() {
    let gate = gate_with_keys(&[key("a")]);
    for typ in [
        json!("at+jwt"),
        json!("application/at+jwt"),
        json!("JWT"),
        Value::Null,
    ] {
        for aud in [
            json!("https://mcp.example.com/mcp"),
            json!(["x", "https://mcp.example.com/mcp"]),
        ] {
            let mut claims = claims(&gate);
            claims["aud"] = aud;
            let header = json!({"alg": "EdDSA", "kid": "a", "typ": typ});
            let token = token(&key("a"), &header, &claims);
            let answer = call(&gate, &token);
            assert_eq!(answer.status, 200, "RS-24: {header} {claims}");
            for sent in gate.world.home.got() {
                let headers = format!("{:?}", sent.headers);
                assert!(!headers.contains(&token), "RS-26");
            }
        }
    }
    assert_eq!(gate.world.storage_operations(), 0);
}

#[test]
fn a_token_that_says_the_wrong_thing_makes_nobody_ask_the_issuer() {
    let gate = gate_with_keys(&[key("a")]);
    let now = gate.now().unix_seconds();
    for (changes, said) in [
        (json!({"iss": null}), INVALID),
        (json!({"iss": "https://other.example"}), INVALID),
        (json!({"iss": "https://auth.example/"}), INVALID),
        (json!({"iss": "https://AUTH.example"}), INVALID),
        (json!({"iss": [AUTH]}), INVALID),
        (json!({"aud": null}), INVALID),
        (json!({"aud": []}), INVALID),
        (json!({"aud": "https://other.example/mcp"}), INVALID),
        (json!({"aud": "https://mcp.example.com/mcp/"}), INVALID),
        (json!({"aud": "https://mcp.example.com"}), INVALID),
        (json!({"exp": null}), INVALID),
        (json!({"exp": "9999999999"}), INVALID),
        (json!({"exp": now - 60}), EXPIRED),
        (json!({"exp": 0}), EXPIRED),
        (json!({"nbf": now + 61}), INVALID),
        (json!({"nbf": "soon"}), INVALID),
        (json!({"sub": null}), INVALID),
        (json!({"sub": ""}), INVALID),
        (json!({"nonce": "n"}), INVALID),
        (json!({"at_hash": "h"}), INVALID),
        (json!({"cnf": {"jkt": "k"}}), INVALID),
    ] {
        let token = token_with(&gate, "a", &changes);
        assert_refused(&gate, &token, said, &changes.to_string());
    }
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "HS256", "kid": "a"}),
        json!({"alg": "RS512", "kid": "a"}),
        json!({"alg": "EdDSA", "kid": "a", "typ": "logout+jwt"}),
        json!({"alg": "EdDSA", "kid": "a", "typ": "id_token"}),
        json!({"alg": "EdDSA", "kid": "a", "crit": ["exp"]}),
    ] {
        let token = token(&key("a"), &header, &claims(&gate));
        assert_refused(&gate, &token, INVALID, &header.to_string());
    }
    for text in ["gl_access.a.b", "a.b.c", "x", &"a".repeat(LARGEST_JWT + 1)] {
        assert_refused(&gate, text, INVALID, text);
    }
    assert!(gate.world.web.asked().is_empty());
    assert_eq!(gate.world.count(&[Port::Verifies]), 0);
}

#[test]
fn clocks_may_differ_by_a_minute() {
    let gate = gate_with_keys(&[key("a")]);
    let now = gate.now().unix_seconds();
    for changes in [
        json!({"exp": now - 59}),
        json!({"nbf": now + 60}),
        json!({"iat": now + 60}),
    ] {
        assert_eq!(call_with(&gate, "a", &changes).status, 200, "{changes}");
    }
}

#[test]
fn only_a_signature_of_the_issuers_own_keys_counts() {
    let mut private = key("private");
    private["d"] = json!("AQAB");
    let mut for_encryption = key("enc");
    for_encryption["use"] = json!("enc");
    let gate = gate_with_keys(&[key("a"), private, for_encryption]);
    let good = claims(&gate);
    let header = |kid: &str| json!({"alg": "EdDSA", "kid": kid});
    let own = token(&key("a"), &header("a"), &good);
    let cut = own.rsplit_once('.').unwrap().0;
    for (what, token) in [
        (
            "another key by this name",
            token(&key("b"), &header("a"), &good),
        ),
        ("an unknown name", token(&key("b"), &header("b"), &good)),
        (
            "a key that should be secret",
            token(&key("private"), &header("private"), &good),
        ),
        (
            "a key for encryption",
            token(&key("enc"), &header("enc"), &good),
        ),
        (
            "a key of the token's own",
            token(
                &key("b"),
                &json!({"alg": "EdDSA", "jwk": key("b"), "jku": "https://keys.example/b"}),
                &good,
            ),
        ),
        (
            "an algorithm of another key",
            token(&key("a"), &json!({"alg": "ES256", "kid": "a"}), &good),
        ),
        ("no signature", format!("{cut}.")),
        ("half a signature", own[..own.len() - 12].to_owned()),
    ] {
        assert_refused(&gate, &token, INVALID, what);
    }
    let claims_of_other = token_with(&gate, "a", &json!({"sub": "mallory"}));
    let mixed: Vec<_> = [
        own.split('.').next(),
        claims_of_other.split('.').nth(1),
        own.split('.').nth(2),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert_refused(
        &gate,
        &mixed.join("."),
        "The access token is not valid here",
        "other claims",
    );
    assert_eq!(call(&gate, &own).status, 200);
}

#[test]
fn a_token_without_kid_is_tried_with_the_keys_of_its_algorithm() {
    let gate = gate_with_keys(&[key("a"), key("b")]);
    for (kid, status) in [("a", 200), ("b", 200), ("c", 401)] {
        let token = token(&key(kid), &json!({"alg": "EdDSA"}), &claims(&gate));
        assert_eq!(call(&gate, &token).status, status, "{kid}");
    }
}

#[test]
fn scopes_are_needed_only_where_they_are_configured() {
    let gate = gate_with_keys(&[key("a")]);
    assert_eq!(call_with(&gate, "a", &json!({"scope": null})).status, 200);
    let challenge = gate.send(Request::post("/mcp"));
    assert!(
        !challenge
            .header("www-authenticate")
            .unwrap()
            .contains("scope=")
    );

    let gate = external_gate(&json!({"scopes": ["wiki:read", "wiki:write"]}));
    publish(&gate, &[key("a")]);
    for (changes, status) in [
        (json!({"scope": "wiki:read wiki:write"}), 200),
        (json!({"scope": "openid wiki:write wiki:read email"}), 200),
        (json!({"scp": ["wiki:read", "wiki:write"]}), 200),
        (json!({"scp": "wiki:read wiki:write"}), 200),
        (json!({"scope": "wiki:read"}), 403),
        (json!({"scope": "wiki:read wiki:WRITE"}), 403),
        (json!({"scope": ""}), 403),
        (json!({}), 403),
    ] {
        let answer = call_with(&gate, "a", &changes);
        assert_eq!(answer.status, status, "{changes}");
        if status == 403 {
            assert_eq!(answer.refusal(), (403, "insufficient_scope".into()));
            assert_eq!(
                answer.header("www-authenticate"),
                Some(
                    "Bearer resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\", \
                     scope=\"wiki:read wiki:write\", error=\"insufficient_scope\", \
                     error_description=\"The access token does not allow this\""
                ),
                "RS-46"
            );
        }
    }
    assert_eq!(gate.world.home.got().len(), 4);
}

#[test]
fn a_token_is_for_its_mount() {
    let mount = |path: &str| {
        let audience = format!("https://mcp.example.com{path}");
        json!({"path": path, "auth": "external", "issuer": AUTH, "audience": audience})
    };
    let mounts = json!([mount("/mcp"), mount("/notes")]);
    let gate = Gate::with(&[("MOUNTS", &mounts.to_string())]);
    publish(&gate, &[key("a")]);
    let own = token_with(&gate, "a", &json!({}));
    let at = |path: &str| gate.send(Request::post(path).bearer(&own)).status;
    for (path, status) in [("/mcp", 200), ("/notes", 401), ("/mcp/", 200), ("/", 200)] {
        assert_eq!(at(path), status, "RS-25: {path}");
    }
    for (path, status) in [("/mcp/auth", 200), ("/notes/auth", 401)] {
        let answer = gate.send(Request::get(path).bearer(&own));
        assert_eq!(answer.status, status, "{path}");
        if status == 200 {
            assert_eq!(answer.field("client_id"), "app");
        }
    }
}

#[test]
fn a_session_belongs_to_its_subject() {
    let gate = gate_with_keys(&[key("a")]);
    gate.world.home.behave(|_| {
        let mut answer = crate::support::home::json_answer(200, "{}");
        let id = http::HeaderValue::from_static("s-1");
        answer.headers_mut().insert("mcp-session-id", id);
        answer
    });
    let (alice, mallory) = (
        token_with(&gate, "a", &json!({})),
        token_with(&gate, "a", &json!({"sub": "mallory"})),
    );
    let session = call(&gate, &alice);
    let session = session.header("mcp-session-id").unwrap();
    let newer = token_with(&gate, "a", &json!({"jti": "2", "client_id": null}));
    for (token, status) in [(&alice, 200), (&newer, 200), (&mallory, 404)] {
        let request = Request::post("/mcp").bearer(token);
        let answer = gate.send(request.header("mcp-session-id", session));
        assert_eq!(answer.status, status, "TR-28");
    }
}

#[test]
fn a_verdict_is_kept_for_a_minute_and_never_beyond_the_expiry() {
    let gate = gate_with_keys(&[key("a")]);
    let verified = || gate.world.count(&[Port::Verifies]);
    let long = token_with(&gate, "a", &json!({}));
    for (seconds, expected) in [(0, 1), (59, 1), (1, 2), (30, 2)] {
        gate.pass(seconds);
        assert_eq!(call(&gate, &long).status, 200);
        assert_eq!(verified(), expected);
    }
    let exp = gate.now().unix_seconds() + 10;
    let short = token_with(&gate, "a", &json!({"exp": exp}));
    for (seconds, expected) in [(0, 3), (9, 3), (1, 4)] {
        gate.pass(seconds);
        assert_eq!(call(&gate, &short).status, 200);
        assert_eq!(
            verified(),
            expected,
            "after its expiry only the skew is left"
        );
    }
    gate.pass(60);
    assert_eq!(call(&gate, &short).status, 401);
    let forged = format!("{}x", &long[..long.len() - 1]);
    assert_eq!(
        call(&gate, &forged).status,
        401,
        "a verdict is on the whole token"
    );
}

#[test]
fn when_signatures_cannot_be_verified_nobody_is_let_in() {
    let gate = gate_with_keys(&[key("a")]);
    gate.world.fail(Port::Verifies);
    let answer = call_with(&gate, "a", &json!({}));
    assert_eq!(answer.status, 503);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(answer.json()["jsonrpc"], "2.0");
    assert!(gate.world.home.got().is_empty());
    gate.world.recover();
    assert_eq!(call_with(&gate, "a", &json!({})).status, 200);
}
