//! Who reads an open stream is admitted once more, again and again; the answer alone decides
//! whether the stream goes on.

use bytes::Bytes;
use gatelodge::{
    endpoints::{Edge, Payload, Watch},
    ledger::command::PATIENCE,
};
use pollster::block_on;
use serde_json::json;

use crate::support::{
    Client, Connection, Gate, Port, Request,
    issuer::{gate_with_keys, key, token_with},
};

/// The watch over the answer to a call; none where nothing is watched.
fn watch(gate: &Gate, token: &str) -> Option<Watch> {
    let world = &gate.world;
    let request = Request::post("/mcp").json(&json!({})).bearer(token);
    let answer = block_on(Edge::answer(
        &world.config,
        world,
        &world.random,
        request.into(),
    ));
    assert_eq!(answer.status(), 200);
    match answer.into_body() {
        Payload::Events(_, watch) => watch,
        Payload::Home(_) | Payload::Own(_) | Payload::Probe => None,
    }
}

fn goes_on(gate: &Gate, watch: &Watch) -> bool {
    let readmitted = block_on(watch.readmit(&gate.world.config, &gate.world));
    readmitted.expect("the Ledger answers").is_ok()
}

fn streaming(settings: &[(&str, &str)]) -> (Gate, Connection) {
    let gate = Gate::with(settings);
    gate.world.home.streams();
    let connection = Client::register(&gate).connect(&gate);
    (gate, connection)
}

#[test]
fn it_goes_on_while_its_grant_is_good() {
    let (gate, connection) = streaming(&[]);
    let watch = watch(&gate, &connection.access).expect("a stream");
    for _ in 0..10 {
        gate.pass(Watch::interval(&gate.world.config).seconds());
        assert!(goes_on(&gate, &watch));
    }
    connection.refresh(&gate);
    assert!(goes_on(&gate, &watch), "a refresh ends no stream");
}

#[test]
fn it_ends_when_its_grant_is_revoked() {
    let (gate, connection) = streaming(&[]);
    let watch = watch(&gate, &connection.access).expect("a stream");
    gate.revoked_elsewhere();
    gate.pass(29);
    assert!(goes_on(&gate, &watch), "what the isolate still believes");
    gate.pass(1);
    assert!(!goes_on(&gate, &watch));
}

#[test]
fn it_ends_when_its_token_has_expired() {
    let (gate, connection) = streaming(&[("ACCESS_TOKEN_SECONDS", "600")]);
    let watch = watch(&gate, &connection.access).expect("a stream");
    gate.pass(599);
    assert!(goes_on(&gate, &watch));
    gate.pass(1);
    assert!(!goes_on(&gate, &watch));
}

#[test]
fn it_ends_when_its_issuers_token_has_expired() {
    let gate = gate_with_keys(&[key("a")]);
    gate.world.home.streams();
    let token = token_with(&gate, "a", &json!({}));
    let watch = watch(&gate, &token).expect("a stream");
    assert!(goes_on(&gate, &watch));
    gate.pass(24 * 60 * 60);
    assert!(!goes_on(&gate, &watch));
}

#[test]
fn a_ledger_that_is_away_decides_nothing() {
    let (gate, connection) = streaming(&[]);
    let watch = watch(&gate, &connection.access).expect("a stream");
    gate.pass(30);
    gate.world.fail(Port::Admit);
    assert!(block_on(watch.readmit(&gate.world.config, &gate.world)).is_err());
    gate.world.recover();
    assert!(goes_on(&gate, &watch));
}

/// Clients look for `text/event-stream` and read on, whatever follows it.
#[test]
fn it_is_watched_however_home_spells_what_it_is() {
    let (gate, connection) = streaming(&[]);
    for media in [
        "text/event-stream",
        "Text/Event-Stream; charset=utf-8",
        "text/event-stream; charset",
        "text/event-stream;",
        "text/event-stream, text/event-stream",
    ] {
        gate.world.home.behave(move |_| {
            let answer = http::Response::builder().header("content-type", media);
            answer.body(Bytes::from_static(b"data: 1\n\n")).unwrap()
        });
        assert!(watch(&gate, &connection.access).is_some(), "{media}");
    }
}

#[test]
fn what_is_no_stream_is_not_watched() {
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    assert!(watch(&gate, &connection.access).is_none());
}

/// The documented bound is what all of it adds up to: a verdict that was fresh when the grant was
/// revoked, the interval, and a Ledger that hangs, is spared, and hangs again.
#[test]
fn six_minutes_at_most() {
    let config = &Gate::new().world.config;
    let waits = [Watch::interval(config), Watch::respite(config)];
    let waits: u64 = waits.iter().map(|wait| wait.seconds()).sum();
    // The call and its answer, and both once more when the failure seemed to pass.
    let hangs = PATIENCE.times(4).seconds();
    let believed = config.lifetimes.grant_cache.seconds();
    assert!(believed + waits + 2 * hangs <= 360, "{waits}");
}
