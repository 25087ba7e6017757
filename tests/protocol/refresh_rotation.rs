//! A refresh token rotates on every use, and a client whose reply was lost is not lost (AS-89,
//! AS-90).

use crate::support::{Client, Connection, Gate, Port, Request, call};

fn connected(gate: &Gate) -> Connection {
    Client::register(gate).connect(gate)
}

#[test]
fn every_use_makes_a_new_pair_and_earlier_access_tokens_live_on() {
    let gate = Gate::new();
    let first = connected(&gate);
    let second = first.refresh(&gate);
    let third = second.refresh(&gate);
    let pairs = [&first, &second, &third];
    for (index, pair) in pairs.iter().enumerate() {
        assert_eq!(pair.call(&gate), 200, "generation {index}");
        let others = pairs.iter().filter(|other| other.refresh == pair.refresh);
        assert_eq!(others.count(), 1);
    }
    assert_eq!(gate.world.count(&[Port::Rotate]), 2, "one Ledger call each");
    assert_eq!(gate.world.count(&[Port::Put]), 2, "those of the approval");
}

/// (a) The immediate predecessor, inside the window of the first rotation.
#[test]
fn the_predecessor_gets_the_same_tokens_again_for_two_minutes() {
    let gate = Gate::new();
    let first = connected(&gate);
    let second = first.refresh(&gate);
    for passed in [0, 1, 60, 58] {
        gate.pass(passed);
        let again = first.try_refresh(&gate);
        let repeated = first.client.connection(&again);
        assert_eq!(repeated.access, second.access);
        assert_eq!(repeated.refresh, second.refresh);
    }
    let last = first.try_refresh(&gate).json();
    assert_eq!(
        last["expires_in"],
        28_800 - 119 - 5,
        "counted from the first reply"
    );
    assert_eq!(gate.world.only_grant().retries, 5);
    assert_eq!(second.call(&gate), 200);
    gate.pass(1);
    assert_eq!(
        first.try_refresh(&gate).status,
        400,
        "the window is never prolonged"
    );
}

#[test]
fn the_same_reply_is_given_64_times_and_then_the_client_waits() {
    let gate = Gate::new();
    let first = connected(&gate);
    let second = first.refresh(&gate);
    gate.pass(20);
    for _ in 0..64 {
        assert_eq!(first.refresh(&gate).access, second.access);
    }
    let before = gate.world.dump();
    let answer = first.try_refresh(&gate);
    assert_eq!(answer.refusal(), (429, "slow_down".into()));
    assert_eq!(answer.header("retry-after"), Some("100"));
    assert_eq!(gate.world.dump(), before, "nothing is revoked");
    assert_eq!(
        second.try_refresh(&gate).status,
        200,
        "the successor is not held up"
    );
}

/// (b) After the window, when neither successor was ever seen.
#[test]
fn a_lost_reply_makes_a_new_generation_and_the_lost_one_is_void() {
    let gate = Gate::new();
    let first = connected(&gate);
    let lost = first.refresh(&gate);
    gate.pass(120);
    let third = first.refresh(&gate);
    assert_ne!(third.access, lost.access);
    assert_ne!(third.refresh, lost.refresh);
    assert_eq!(lost.call(&gate), 401, "the lost access token is void");
    assert_eq!(first.call(&gate), 200, "the one before it is not");
    assert_eq!(third.call(&gate), 200);
    assert_eq!(gate.world.only_grant().replays, 0);
    assert_eq!(third.refresh(&gate).call(&gate), 200);
}

#[test]
fn the_void_refresh_token_is_a_proven_replay() {
    let gate = Gate::new();
    let first = connected(&gate);
    let lost = first.refresh(&gate);
    gate.pass(120);
    let third = first.refresh(&gate);
    assert_eq!(
        lost.try_refresh(&gate).refusal(),
        (400, "invalid_grant".into())
    );
    gate.pass(30);
    assert_eq!(third.call(&gate), 401);
}

#[test]
fn a_reply_may_be_lost_again_and_again() {
    let gate = Gate::new();
    let first = connected(&gate);
    let mut lost = Vec::new();
    for _ in 0..5 {
        lost.push(first.refresh(&gate));
        gate.pass(120);
    }
    let newest = first.refresh(&gate);
    assert_eq!(
        first.refresh(&gate).access,
        newest.access,
        "a window of its own"
    );
    for void in &lost {
        assert_eq!(void.call(&gate), 401);
    }
    assert_eq!(newest.call(&gate), 200);
}

/// Each is refused, and afterwards the right request works as if nothing had been sent.
#[test]
fn a_refused_attempt_changes_nothing() {
    let gate = Gate::new();
    let client = Client::register_with_secret(&gate);
    let connection = client.connect(&gate);
    let other = Client::register_with_secret(&gate);
    let stranger = Client {
        secret: None,
        ..client.clone()
    };
    let guesser = Client {
        secret: Some("A".repeat(43)),
        ..client.clone()
    };
    let right = connection.refreshing();
    let mut other_resource = right.clone();
    other_resource.push(("resource", "https://other.example/mcp"));
    let mut repeated = right.clone();
    repeated.push(("refresh_token", "again"));
    let access_token = [
        ("grant_type", "refresh_token"),
        ("refresh_token", connection.access.as_str()),
    ];
    let before = gate.world.dump();
    for (case, asking, fields, status, error) in [
        ("other client", &other, right.clone(), 400, "invalid_grant"),
        ("no secret", &stranger, right.clone(), 401, "invalid_client"),
        (
            "wrong secret",
            &guesser,
            right.clone(),
            401,
            "invalid_client",
        ),
        (
            "other resource",
            &client,
            other_resource,
            400,
            "invalid_target",
        ),
        ("repeated", &client, repeated, 400, "invalid_request"),
        (
            "an access token",
            &client,
            access_token.to_vec(),
            400,
            "invalid_grant",
        ),
    ] {
        let answer = asking.ask(&gate, &fields);
        assert_eq!(answer.refusal(), (status, error.into()), "{case}");
        assert_eq!(gate.world.dump(), before, "{case}");
    }
    let nobody = gate.send(Request::post("/token").form(&right));
    assert_eq!(nobody.refusal(), (401, "invalid_client".into()));
    assert_eq!(connection.refresh(&gate).call(&gate), 200);
}

#[test]
fn a_refresh_token_slides_for_ninety_days() {
    let gate = Gate::new();
    let first = connected(&gate);
    gate.pass(7_776_000 - 1);
    let second = first.refresh(&gate);
    gate.pass(7_776_000 - 1);
    let third = second.refresh(&gate);
    gate.pass(7_776_000);
    assert_eq!(
        third.try_refresh(&gate).refusal(),
        (400, "invalid_grant".into())
    );
    let calls = gate.world.ledger_calls();
    assert_eq!(third.try_refresh(&gate).status, 400);
    assert_eq!(
        gate.world.ledger_calls(),
        calls,
        "an expired token asks no Ledger"
    );
}

#[test]
fn a_stored_reply_is_no_use_without_the_token() {
    let gate = Gate::new();
    let first = connected(&gate);
    let second = first.refresh(&gate);
    let dump = gate.world.dump();
    for secret in [
        &first.access,
        &first.refresh,
        &second.access,
        &second.refresh,
    ] {
        let sealed = secret.rsplit('.').next().unwrap();
        assert!(!dump.contains(sealed));
    }
    assert_eq!(call(&gate, &second.access).status, 200);
}
