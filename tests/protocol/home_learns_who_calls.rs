//! Home is told who calls, with a signature of the edge's, so that it can tell the edge from a
//! stranger who has found its address (TR-15, TR-51).

use std::collections::BTreeSet;

use gatelodge::secret::from_base64url;
use serde_json::{Value, json};

use crate::support::{
    Client, Gate, ISSUER, Port, Request, Sent,
    gate::{KEY, OTHER_KEY},
    home::{HOME_ANSWER, json_answer, redirect},
    issuer::{AUTH, external_gate, key, publish, token_with},
    signature::sign,
};

const ORIGIN: &str = "https://home.example.net:8383/mcp";
const JWKS: &str = "/.well-known/jwks.json";

/// The last call that home got.
fn last(gate: &Gate) -> Sent {
    gate.world.home.got().pop().unwrap()
}

fn assertion(sent: &Sent) -> String {
    let assertion = sent.headers["gatelodge-assertion"].to_str().unwrap();
    assertion.to_owned()
}

fn part(jwt: &str, index: usize) -> Value {
    let part = jwt.split('.').nth(index).unwrap();
    serde_json::from_slice(&from_base64url(part).unwrap()).unwrap()
}

fn claims(sent: &Sent) -> Value {
    part(&assertion(sent), 1)
}

fn published(gate: &Gate) -> Vec<Value> {
    let answer = gate.send(Request::get(JWKS));
    assert_eq!(answer.status, 200);
    answer.json()["keys"].as_array().unwrap().clone()
}

/// Whether an assertion is signed with the published key that it names.
fn is_signed(jwt: &str, keys: &[Value]) -> bool {
    let header = part(jwt, 0);
    let mut named = keys.iter().filter(|key| key["kid"] == header["kid"]);
    let (message, signature) = jwt.rsplit_once('.').unwrap();
    named.any(|key| from_base64url(signature) == Some(sign(key, message.as_bytes())))
}

#[test]
fn each_call_is_signed_and_says_what_it_is() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let access = client.connect(&gate).access;
    let keys = published(&gate);
    let mut seen = BTreeSet::new();
    for (method, path) in [
        ("POST", "/mcp"),
        ("POST", "/mcp/?a=1"),
        ("GET", "/mcp"),
        ("DELETE", "/mcp"),
        ("POST", "/"),
    ] {
        let body = json!({"id": 1, "method": "ping"});
        gate.send(Request::new(method, path).json(&body).bearer(&access));
        let sent = last(&gate);
        let jwt = assertion(&sent);
        assert!(is_signed(&jwt, &keys), "{method} {path}");
        let header = part(&jwt, 0);
        assert_eq!(
            (&header["alg"], &header["typ"]),
            (&json!("ES256"), &json!("JWT"))
        );
        let mut claims = part(&jwt, 1);
        let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
        assert!(seen.insert(jti.as_str().unwrap().to_owned()), "each is new");
        let now = gate.now().unix_seconds();
        assert_eq!(
            claims,
            json!({
                "iss": ISSUER,
                "aud": ORIGIN,
                "sub": "owner",
                "client_id": sent.headers["gatelodge-client"].to_str().unwrap(),
                "scope": "mcp",
                "iat": now,
                "exp": now + 60,
                "htm": method,
                "htu": ORIGIN,
            })
        );
        assert_eq!(sent.headers["gatelodge-subject"], "owner");
        assert_eq!(sent.headers["gatelodge-scope"], "mcp");
    }
}

#[test]
fn clients_are_told_apart_and_named_as_in_the_log() {
    let gate = Gate::new();
    let named = |client: &Client| {
        let access = client.connect(&gate).access;
        gate.send(Request::post("/mcp").bearer(&access));
        claims(&last(&gate))["client_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (one, other) = (Client::register(&gate), Client::register_with_secret(&gate));
    let name = named(&one);
    assert_eq!(name, named(&one));
    assert_ne!(name, named(&other));
    let steps = gate.world.steps.borrow();
    let is_logged = |line: &String| line.contains("first_call") && line.contains(&name);
    assert!(steps.iter().any(is_logged), "{steps:?}");
}

#[test]
fn a_call_that_goes_to_the_other_slash_is_signed_for_it() {
    let gate = Gate::new();
    let access = Client::register(&gate).connect(&gate).access;
    gate.world.home.behave(|sent| {
        if sent.url.path().ends_with('/') {
            json_answer(200, HOME_ANSWER)
        } else {
            redirect(307, "/mcp/")
        }
    });
    gate.send(Request::post("/mcp").bearer(&access));
    let got = gate.world.home.got();
    let told: Vec<_> = got.iter().map(|sent| claims(sent)["htu"].clone()).collect();
    assert_eq!(told, [ORIGIN, "https://home.example.net:8383/mcp/"]);
    assert_ne!(claims(&got[0])["jti"], claims(&got[1])["jti"]);
    let is_for_both = got.iter().all(|sent| claims(sent)["aud"] == ORIGIN);
    assert!(is_for_both, "the audience is what the owner has written");
}

#[test]
fn it_can_come_as_a_bearer_token_or_not_at_all() {
    for (mode, has_header, has_bearer) in [
        ("header", true, false),
        ("bearer", false, true),
        ("off", false, false),
    ] {
        let gate = Gate::with(&[("ASSERTION", mode)]);
        let access = Client::register(&gate).connect(&gate).access;
        gate.send(Request::post("/mcp").bearer(&access));
        let sent = last(&gate);
        assert_eq!(sent.headers.contains_key("gatelodge-assertion"), has_header);
        let bearer = sent.headers.get("authorization");
        assert_eq!(bearer.is_some(), has_bearer, "{mode}");
        if let Some(bearer) = bearer {
            let jwt = bearer.to_str().unwrap().strip_prefix("Bearer ").unwrap();
            assert!(is_signed(jwt, &published(&gate)));
        }
        assert_eq!(sent.headers["gatelodge-subject"], "owner", "{mode}");
        let document = gate.send(Request::get(JWKS)).status;
        assert_eq!(document, if mode == "off" { 404 } else { 200 }, "{mode}");
    }
}

#[test]
fn the_keys_follow_the_gates_own() {
    let first = published(&Gate::new());
    let rotated = Gate::with(&[
        ("GATELODGE_KEY", OTHER_KEY),
        ("GATELODGE_KEY_PREVIOUS", KEY),
    ]);
    let both = published(&rotated);
    assert_eq!((first.len(), both.len()), (1, 2));
    assert_eq!(both[1], first[0], "what is on its way is still verified");
    let access = Client::register(&rotated).connect(&rotated).access;
    rotated.send(Request::post("/mcp").bearer(&access));
    let jwt = assertion(&last(&rotated));
    assert_eq!(part(&jwt, 0)["kid"], both[0]["kid"]);
    for key in both {
        let names: Vec<_> = key.as_object().unwrap().keys().cloned().collect();
        let public = ["alg", "crv", "kid", "kty", "use", "x", "y"];
        assert_eq!(names, public, "nothing of the private part");
    }
}

#[test]
fn of_another_issuers_subject_home_learns_both_names() {
    let gate = external_gate(&json!({"scopes": ["notes"]}));
    publish(&gate, &[key("a")]);
    let changes = json!({"scope": "notes other", "sub": "alice \u{e9}"});
    gate.send(Request::post("/mcp").bearer(&token_with(&gate, "a", &changes)));
    let sent = last(&gate);
    let claims = claims(&sent);
    let subject = json!({"format": "iss_sub", "iss": AUTH, "sub": "alice \u{e9}"});
    assert_eq!(claims["sub_id"], subject);
    assert_eq!(claims["client_id"], "app");
    assert_eq!(claims["scope"], "notes other");
    let name = claims["sub"].as_str().unwrap();
    assert_eq!(name.len(), 43, "a digest, whatever the issuer calls it");
    assert_eq!(sent.headers["gatelodge-subject"], name);
}

/// It would lend the edge's word to strangers.
#[test]
fn of_strangers_home_is_told_nothing() {
    let gate = Gate::with(&[("MOUNTS", r#"[{"auth": "open"}]"#)]);
    gate.send(Request::post("/mcp"));
    let sent = last(&gate);
    let told = sent
        .headers
        .keys()
        .filter(|name| name.as_str().starts_with("gatelodge-"));
    assert_eq!(told.count(), 0);
    assert_eq!(gate.send(Request::get(JWKS)).status, 404);
}

#[test]
fn a_call_that_cannot_be_signed_does_not_go_home() {
    for port in [Port::PublicKey, Port::Sign] {
        let gate = Gate::new();
        let access = Client::register(&gate).connect(&gate).access;
        gate.world.fail(port);
        let answer = gate.send(Request::post("/mcp").bearer(&access));
        assert_eq!(answer.status, 503, "{port:?}");
        assert!(answer.header("retry-after").is_some());
        assert!(gate.world.home.got().is_empty());
    }
}
