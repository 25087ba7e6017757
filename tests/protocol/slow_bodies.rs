//! A request is judged by when its body had come: nobody keeps a code, a form or a session alive
//! by sending slowly, and nobody a call that was admitted before its grant was revoked.

use crate::support::{Browser, Carried, Client, Gate, Request};

#[test]
fn a_code_that_expires_while_the_form_arrives_is_expired() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
    gate.world.body_takes.set(61);
    let answer = client.redeem(&gate, &code);
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    assert_eq!(gate.world.only_grant().replays, 0);
}

#[test]
fn a_consent_form_that_expires_while_it_arrives_is_not_taken() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut browser = Browser::of_owner(&gate);
    let page = browser.get(&gate, &client.authorization_url(&[]));
    gate.world.body_takes.set(10 * 60);
    let answer = browser.decide(&gate, &page, "approve");
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(gate.world.storage.grants.borrow().is_empty());
}

#[test]
fn a_refresh_token_that_expires_while_the_form_arrives_is_expired() {
    let gate = Gate::with(&[("REFRESH_TOKEN_SECONDS", "60")]);
    let connection = Client::register(&gate).connect(&gate);
    gate.world.body_takes.set(60);
    let answer = connection.try_refresh(&gate);
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
}

fn slow_call(gate: &Gate, token: &str, seconds: u64) -> (u16, usize) {
    gate.world.body_takes.set(seconds);
    let answer = gate.send(Request::post("/mcp").bearer(token).body("{}"));
    (answer.status, gate.world.home.got().len())
}

#[test]
fn a_call_whose_grant_is_revoked_while_it_arrives_is_refused() {
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    assert_eq!(connection.call(&gate), 200);
    gate.revoked_elsewhere();
    gate.world.home.got();
    assert_eq!(
        slow_call(&gate, &connection.access, 29),
        (200, 1),
        "the bound"
    );
    assert_eq!(slow_call(&gate, &connection.access, 30), (401, 0));
}

#[test]
fn a_call_whose_token_expires_while_it_arrives_is_refused() {
    let gate = Gate::with(&[("ACCESS_TOKEN_SECONDS", "60")]);
    let connection = Client::register(&gate).connect(&gate);
    assert_eq!(slow_call(&gate, &connection.access, 59), (200, 1));
    let connection = Client::register(&gate).connect(&gate);
    assert_eq!(slow_call(&gate, &connection.access, 60), (401, 0));
}

#[test]
fn messages_that_are_taken_in_have_a_bound_together() {
    const MIB: u64 = 1024 * 1024;
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    let call = |length: Option<u64>| {
        let request = Request::post("/mcp").bearer(&connection.access).body("{}");
        let answer = gate.send(match length {
            Some(length) => request.header("content-length", &length.to_string()),
            None => request,
        });
        answer.status
    };
    for (held, length, status) in [
        (0, None, 200),
        (20 * MIB, None, 200),
        (21 * MIB, None, 503),
        (24 * MIB, Some(2), 200),
        (24 * MIB, Some(MIB), 503),
        (32 * MIB, Some(2), 503),
    ] {
        gate.world.memory.held.set(held);
        assert_eq!(call(length), status, "{held} {length:?}");
        assert_eq!(
            gate.world.memory.held.get(),
            held,
            "what was taken is given back"
        );
    }
}

/// Nobody is admitted there, so that nothing is judged once all of it is there. What is short is taken
/// in all the same: it can then be sent again, and looked into.
#[test]
fn an_open_mount_takes_in_only_what_is_short_or_has_no_length() {
    let gate = Gate::with(&[("MOUNTS", r#"[{"auth": "open"}]"#)]);
    for (length, is_held) in [
        (Some("2"), true),
        (Some("65536"), true),
        (Some("65537"), false),
        (None, true),
    ] {
        let request = Request::post("/mcp").body("{}");
        gate.send(match length {
            Some(length) => request.header("content-length", length),
            None => request,
        });
        let got = gate.world.home.got();
        assert_eq!(
            matches!(got[0].body, Carried::Held(_)),
            is_held,
            "{length:?}"
        );
    }
}
