//! A warm call asks no Ledger; a verdict is believed for `GRANT_CACHE_SECONDS` and never longer.

use crate::support::{Client, Connection, Gate, Port, call};

fn connected(settings: &[(&str, &str)]) -> (Gate, Connection) {
    let gate = Gate::with(settings);
    let connection = Client::register(&gate).connect(&gate);
    (gate, connection)
}

fn asked(gate: &Gate) -> usize {
    gate.world.count(&[Port::Admit])
}

#[test]
fn a_warm_call_costs_no_storage() {
    let (gate, connection) = connected(&[]);
    connection.call(&gate);
    let before = gate.world.storage_operations();
    for _ in 0..10 {
        assert_eq!(connection.call(&gate), 200);
        gate.pass(2);
    }
    assert_eq!(gate.world.storage_operations(), before);
}

#[test]
fn a_verdict_is_as_old_as_is_allowed_and_no_older() {
    for (settings, bound) in [(vec![], 30), (vec![("GRANT_CACHE_SECONDS", "5")], 5)] {
        let (gate, connection) = connected(&settings);
        connection.call(&gate);
        for _ in 0..3 {
            let before = asked(&gate);
            gate.pass(bound - 1);
            connection.call(&gate);
            assert_eq!(asked(&gate), before, "at {bound} - 1 s");
            gate.pass(1);
            connection.call(&gate);
            assert_eq!(
                asked(&gate),
                before + 1,
                "at {bound} s: a use prolongs nothing"
            );
        }
    }
}

#[test]
fn the_first_use_of_a_generation_always_asks() {
    let (gate, first) = connected(&[]);
    first.call(&gate);
    let mut connection = first;
    for uses in 2..6 {
        connection = connection.refresh(&gate);
        assert_eq!(connection.call(&gate), 200);
        assert_eq!(asked(&gate), uses);
        assert_eq!(connection.call(&gate), 200);
        assert_eq!(asked(&gate), uses);
    }
}

#[test]
fn a_refusal_is_remembered_too() {
    let (gate, connection) = connected(&[]);
    connection.revoke(&gate, &connection.refresh);
    assert_eq!(connection.call(&gate), 401);
    let before = gate.world.storage_operations();
    for _ in 0..5 {
        assert_eq!(connection.call(&gate), 401);
    }
    assert_eq!(gate.world.storage_operations(), before);
}

#[test]
fn while_the_ledger_is_away_a_verdict_lasts_as_long_as_ever() {
    let (gate, connection) = connected(&[]);
    connection.call(&gate);
    gate.world.fail(Port::Admit);
    gate.pass(29);
    assert_eq!(connection.call(&gate), 200);
    for passed in [1, 1, 600] {
        gate.pass(passed);
        gate.world.home.got();
        let answer = call(&gate, &connection.access);
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("5"));
        let json = answer.json();
        assert_eq!(json["jsonrpc"], "2.0", "TR-13");
        assert!(json["error"]["code"].is_i64());
        assert!(gate.world.home.got().is_empty(), "home was not asked");
    }
    gate.world.recover();
    assert_eq!(connection.call(&gate), 200);
}

#[test]
fn a_new_isolate_knows_nothing() {
    let (gate, connection) = connected(&[]);
    connection.call(&gate);
    let gate = gate.redeployed(&[]);
    assert_eq!(connection.call(&gate), 200);
    assert_eq!(asked(&gate), 1);
}

#[test]
fn a_token_that_expires_is_refused_whatever_is_remembered() {
    let (gate, connection) = connected(&[("ACCESS_TOKEN_SECONDS", "300")]);
    gate.pass(299);
    assert_eq!(connection.call(&gate), 200);
    gate.pass(1);
    assert_eq!(connection.call(&gate), 401);
}
