//! The keys of another issuer are fetched when they are needed, kept when it is silent, and never
//! made up; strangers do not decide how often it is asked.

use gatelodge::ports::NotFetched;
use serde_json::json;

use crate::support::{
    Gate, Port, Request, call,
    issuer::{
        KEYS, METADATA, OPENID, asked, call_with, external_gate, gate_with_keys, key, metadata,
        publish, silence, token_with,
    },
};

fn assert_unavailable(gate: &Gate, what: &str) {
    let answer = call_with(gate, "a", &json!({}));
    assert_eq!(answer.status, 503, "{what}");
    assert_eq!(answer.json()["error"]["code"], -32603, "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    assert!(answer.header("retry-after").is_some(), "{what}");
    assert!(gate.world.home.got().is_empty(), "{what}");
}

#[test]
fn they_are_fetched_once() {
    let gate = gate_with_keys(&[key("a")]);
    for name in 0..5 {
        let answer = call_with(&gate, "a", &json!({"jti": name.to_string()}));
        assert_eq!(answer.status, 200);
    }
    assert_eq!(gate.world.web.asked(), [METADATA, KEYS]);
}

#[test]
fn nobody_is_let_in_while_they_were_never_had() {
    let metadata = |changes: serde_json::Value| {
        let mut document = metadata();
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        document.to_string()
    };
    let other = metadata(json!({"issuer": "https://auth.example/"}));
    let plain = metadata(json!({"jwks_uri": "http://keys.example/auth.json"}));
    let none = metadata(json!({"jwks_uri": null}));
    for (what, url, answer) in [
        ("no metadata", METADATA, Err(NotFetched::Refused)),
        ("slow metadata", METADATA, Err(NotFetched::Slow)),
        ("metadata in HTML", METADATA, Err(NotFetched::NotJson)),
        ("broken metadata", METADATA, Ok("{")),
        ("metadata of another", METADATA, Ok(other.as_str())),
        ("keys by plain http", METADATA, Ok(plain.as_str())),
        ("no keys", METADATA, Ok(none.as_str())),
        ("keys that are not there", KEYS, Err(NotFetched::Refused)),
        ("too many keys", KEYS, Err(NotFetched::TooLarge)),
        ("broken keys", KEYS, Ok("[]")),
    ] {
        let gate = gate_with_keys(&[key("a")]);
        gate.world.web.answer(url, answer);
        assert_unavailable(&gate, what);
        assert_eq!(gate.world.reports().len(), 1, "{what}");
        publish(&gate, &[key("a")]);
        let healed = call_with(&gate, "a", &json!({}));
        assert_eq!(healed.status, 200, "an error is not remembered: {what}");
    }
}

#[test]
fn an_issuer_that_is_an_openid_provider_only_is_enough() {
    let gate = gate_with_keys(&[key("a")]);
    gate.world.web.answer(METADATA, Err(NotFetched::Refused));
    gate.world.web.answer(OPENID, Ok(&metadata().to_string()));
    assert_eq!(call_with(&gate, "a", &json!({})).status, 200);
    assert_eq!(gate.world.web.asked(), [METADATA, OPENID, KEYS]);

    let gate = gate_with_keys(&[key("a")]);
    let without = json!({"issuer": metadata()["issuer"]});
    gate.world.web.answer(METADATA, Ok(&without.to_string()));
    gate.world.web.answer(OPENID, Ok(&metadata().to_string()));
    assert_eq!(call_with(&gate, "a", &json!({})).status, 200);
}

#[test]
fn a_silent_issuer_is_not_asked_for_one_document_after_the_other() {
    let gate = external_gate(&json!({}));
    silence(&gate);
    assert_unavailable(&gate, "nobody there");
    assert_eq!(gate.world.web.asked(), [METADATA]);
}

#[test]
fn a_new_key_is_found_by_one_more_fetch() {
    let gate = gate_with_keys(&[key("a")]);
    assert_eq!(call_with(&gate, "a", &json!({})).status, 200);
    publish(&gate, &[key("b")]);
    assert_eq!(call_with(&gate, "b", &json!({})).status, 200);
    assert_eq!((asked(&gate, METADATA), asked(&gate, KEYS)), (1, 2));
    gate.pass(60);
    let old = call_with(&gate, "a", &json!({"jti": "2"}));
    assert_eq!(old.status, 401, "the old one is gone");
}

#[test]
fn unknown_keys_cause_one_fetch_in_a_minute() {
    let gate = gate_with_keys(&[key("a")]);
    assert_eq!(call_with(&gate, "a", &json!({})).status, 200);
    for (pause, expected) in [(0, 2), (59, 2), (1, 3)] {
        gate.pass(pause);
        for number in 0..20 {
            let kid = format!("x{number}");
            assert_eq!(call_with(&gate, &kid, &json!({})).status, 401);
        }
        assert_eq!(asked(&gate, KEYS), expected, "after {pause} s");
    }
    assert_eq!(gate.world.count(&[Port::Verifies]), 1);
}

#[test]
fn an_unknown_key_is_not_searched_for_in_what_was_fetched_just_now() {
    let gate = gate_with_keys(&[key("a")]);
    assert_eq!(call_with(&gate, "x", &json!({})).status, 401);
    assert_eq!(asked(&gate, KEYS), 1);
}

#[test]
fn they_are_fetched_again_after_an_hour_and_kept_for_a_day_if_the_issuer_is_silent() {
    let gate = gate_with_keys(&[key("a")]);
    let mut number = 0;
    let mut status = |kid: &str| {
        number += 1;
        call_with(&gate, kid, &json!({"jti": number.to_string()})).status
    };
    assert_eq!(status("a"), 200);
    gate.pass(3_599);
    assert_eq!(status("a"), 200);
    assert_eq!(asked(&gate, KEYS), 1);

    publish(&gate, &[key("b")]);
    gate.pass(1);
    assert_eq!(status("a"), 401, "a key that was withdrawn");
    assert_eq!(status("b"), 200);
    assert_eq!((asked(&gate, METADATA), asked(&gate, KEYS)), (2, 2));

    silence(&gate);
    gate.pass(3_600);
    for _ in 0..3 {
        assert_eq!(status("b"), 200);
    }
    assert_eq!(asked(&gate, KEYS), 3, "one attempt in a minute");
    gate.pass(86_400 - 3_600 - 1);
    assert_eq!(status("b"), 200);
    gate.pass(1);
    assert_eq!(status("b"), 503);
    publish(&gate, &[key("b")]);
    assert_eq!(status("b"), 200);
}

#[test]
fn a_search_that_fails_keeps_them() {
    let gate = gate_with_keys(&[key("a")]);
    assert_eq!(call_with(&gate, "a", &json!({})).status, 200);
    silence(&gate);
    assert_eq!(call_with(&gate, "x", &json!({})).status, 401);
    assert_eq!(call_with(&gate, "a", &json!({"jti": "2"})).status, 200);
}

#[test]
fn without_a_token_the_issuer_is_not_asked() {
    let gate = external_gate(&json!({}));
    let token = token_with(&gate, "a", &json!({}));
    for request in [
        Request::post("/mcp"),
        Request::get("/mcp"),
        Request::get("/mcp/auth"),
        Request::new("OPTIONS", "/mcp").bearer(&token),
        Request::post("/mcp")
            .header("origin", "https://evil.example")
            .bearer(&token),
        Request::get("/.well-known/oauth-protected-resource/mcp"),
    ] {
        assert_ne!(gate.send(request).status, 503);
    }
    assert!(gate.world.web.asked().is_empty());
    silence(&gate);
    assert_eq!(call(&gate, &token).status, 503);
}
