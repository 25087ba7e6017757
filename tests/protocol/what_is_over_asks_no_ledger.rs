//! A grant that is known to be over costs its Ledger nothing more, whoever keeps trying; and a
//! client that is out of its mind is turned away before its Ledger.

use crate::{
    client_assertions,
    support::{Answer, Browser, Client, Connection, Gate, Port, Request, browser::ticket},
};

fn connected(gate: &Gate) -> (Connection, String) {
    let client = Client::register_with_secret(gate);
    let code = client.authorize(gate, &mut Browser::of_owner(gate));
    let answer = client.redeem(gate, &code);
    (client.connection(&answer), code)
}

fn refused(answer: &Answer) {
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
}

/// Everything that can be tried with what is over, without a Ledger being asked.
fn asks_no_ledger(gate: &Gate, connection: &Connection, code: &str) {
    let calls = gate.world.ledger_calls();
    refused(&connection.try_refresh(gate));
    refused(&connection.client.redeem(gate, code));
    assert_eq!(connection.call(gate), 401);
    assert_eq!(connection.revoke(gate, &connection.refresh).status, 200);
    assert_eq!(connection.revoke(gate, &connection.access).status, 200);
    assert_eq!(gate.world.ledger_calls(), calls);
}

#[test]
fn what_the_owner_has_revoked() {
    let gate = Gate::new();
    let (connection, code) = connected(&gate);
    assert_eq!(connection.call(&gate), 200);
    let mut owner = Browser::of_owner(&gate);
    let sealed = ticket(&owner.get(&gate, "/gatelodge"));
    let fields = [("ticket", sealed.as_str()), ("all", "yes")];
    let answer = owner.submit(&gate, "/gatelodge/revoke-all", &fields);
    assert_eq!(answer.status, 303);
    asks_no_ledger(&gate, &connection, &code);
}

#[test]
fn what_a_replayed_code_has_ended() {
    let gate = Gate::new();
    let (connection, code) = connected(&gate);
    assert_eq!(connection.call(&gate), 200);
    refused(&connection.client.redeem(&gate, &code));
    asks_no_ledger(&gate, &connection, &code);
}

#[test]
fn what_a_replayed_refresh_token_has_ended() {
    let gate = Gate::new();
    let (first, code) = connected(&gate);
    let third = first.refresh(&gate).refresh(&gate);
    refused(&first.try_refresh(&gate));
    asks_no_ledger(&gate, &third, &code);
}

/// What the client itself has revoked is noticed with the first request that tries it.
#[test]
fn what_the_client_has_revoked() {
    let gate = Gate::new();
    let (connection, code) = connected(&gate);
    assert_eq!(connection.call(&gate), 200);
    connection.revoke(&gate, &connection.refresh);
    assert_eq!(connection.call(&gate), 401, "at once where it was revoked");
    refused(&connection.try_refresh(&gate));
    asks_no_ledger(&gate, &connection, &code);
}

#[test]
fn a_grant_goes_on_that_only_refuses_replays() {
    let gate = Gate::with(&[("REFRESH_REUSE", "refuse")]);
    let (first, _) = connected(&gate);
    let third = first.refresh(&gate).refresh(&gate);
    refused(&first.try_refresh(&gate));
    assert_eq!(third.try_refresh(&gate).status, 200);
}

#[test]
fn a_grant_goes_on_whose_tokens_were_tried_with_a_wrong_secret() {
    let gate = Gate::new();
    let (connection, _) = connected(&gate);
    let mut thief = connection.clone();
    thief.client.secret = Some("x".into());
    let answer = thief.try_refresh(&gate);
    assert_eq!(answer.refusal(), (401, "invalid_client".into()));
    assert_eq!(connection.try_refresh(&gate).status, 200);
}

#[test]
fn a_flood_is_turned_away_before_the_ledger() {
    let gate = Gate::new();
    let (connection, code) = connected(&gate);
    let (before, calls) = (gate.world.dump(), gate.world.ledger_calls());
    gate.world.flooded.set(true);
    for answer in [
        connection.try_refresh(&gate),
        connection.client.redeem(&gate, &code),
        connection.revoke(&gate, &connection.refresh),
        connection.revoke(&gate, &connection.access),
    ] {
        assert_eq!(answer.refusal(), (429, "slow_down".into()));
        assert_eq!(answer.header("retry-after"), Some("60"));
    }
    assert_eq!(gate.world.ledger_calls(), calls);
    assert_eq!(gate.world.dump(), before);
    let look = || gate.send(Request::get("/mcp/auth").bearer(&connection.access));
    assert_eq!(look().refusal(), (429, "slow_down".into()));
    assert_eq!(gate.world.ledger_calls(), calls + 1, "whether it is good");
    gate.world.flooded.set(false);
    assert_eq!(connection.try_refresh(&gate).status, 200);
}

/// A limit that is met soon; how often a thief tries what he can.
const MOST: u32 = 3;
const TRIES: u32 = 10;

fn limited(settings: &[(&str, &str)]) -> Gate {
    let gate = Gate::with(settings);
    gate.world.most_uses.set(MOST);
    gate
}

/// What a thief tries ends in being turned away, or is refused without being counted.
fn tries(held_up: &dyn Fn() -> Answer) {
    let answers: Vec<_> = (0..TRIES).map(|_| held_up().status).collect();
    assert!(answers.iter().all(|status| *status >= 400), "{answers:?}");
}

#[test]
fn who_has_the_code_alone_holds_up_nobody() {
    let gate = limited(&[]);
    let client = Client::register(&gate);
    let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
    let thief = Client {
        verifier: "x".repeat(43),
        ..client.clone()
    };
    let calls = gate.world.ledger_calls();
    tries(&|| thief.redeem(&gate, &code));
    assert_eq!(gate.world.ledger_calls(), calls);
    assert_eq!(client.redeem(&gate, &code).status, 200);
}

#[test]
fn who_has_a_token_and_no_secret_holds_up_nobody() {
    let gate = limited(&[]);
    let (connection, _) = connected(&gate);
    for token in [&connection.access, &connection.refresh] {
        let nameless = || gate.send(Request::post("/revoke").form(&[("token", token)]));
        tries(&nameless);
    }
    let mut thief = connection.clone();
    thief.client.secret = Some("x".into());
    tries(&|| thief.try_refresh(&gate));
    let next = connection.refresh(&gate);
    assert_eq!(next.revoke(&gate, &next.access).status, 200);
    assert_eq!(next.revoke(&gate, &next.refresh).status, 200);
    assert_eq!(next.try_refresh(&gate).status, 400, "it is over");
}

#[test]
fn who_has_an_old_token_holds_up_nobody_with_another_mount() {
    let gate = limited(&[("MOUNTS", r#"[{"path": "/mcp"}, {"path": "/notes"}]"#)]);
    let first = Client::register(&gate).connect(&gate);
    let second = first.refresh(&gate);
    let mut elsewhere = first.refreshing();
    elsewhere.push(("resource", "https://mcp.example.com/notes"));
    tries(&|| first.client.ask(&gate, &elsewhere));
    assert_eq!(second.try_refresh(&gate).status, 200);
}

#[test]
fn who_has_no_key_of_a_client_that_signs_holds_up_nobody() {
    let gate = client_assertions::gate();
    let client = client_assertions::client();
    let code = client_assertions::code(&gate);
    let signed = |jti: &str| client_assertions::signed(&gate, jti);
    let redemption = client.redemption(&code);
    let answer = client_assertions::ask(&gate, &redemption, &signed("code"));
    let connection = client.connection(&answer);
    gate.world.most_uses.set(MOST);
    let forged = |jti: &str| format!("{}x", signed(jti));
    tries(&|| client_assertions::ask(&gate, &connection.refreshing(), &forged("f")));
    tries(&|| connection.try_refresh(&gate));
    let answer = client_assertions::ask(&gate, &connection.refreshing(), &signed("own"));
    assert_eq!(answer.status, 200);
}

/// A client that refreshes on and on with its newest token; where an old token ends nothing, it is
/// counted by the token.
#[test]
fn a_loop_of_refreshes_is_a_flood() {
    for (reuse, fits) in [("revoke", MOST), ("refuse", TRIES)] {
        let gate = limited(&[("REFRESH_REUSE", reuse)]);
        let mut connection = connected(&gate).0;
        for _ in 0..fits {
            connection = connection.refresh(&gate);
        }
        let beyond = connection.try_refresh(&gate).status;
        assert_eq!(beyond == 429, fits == MOST, "{reuse}");
    }
}

/// The Ledger finds nothing to revoke when the grant was revoked long before, or elsewhere.
#[test]
fn what_the_owner_revokes_twice_is_refused_at_once() {
    let gate = Gate::new();
    let (connection, _) = connected(&gate);
    gate.pass(11 * 60);
    assert_eq!(connection.call(&gate), 200);
    let mut owner = Browser::of_owner(&gate);
    let sealed = ticket(&owner.get(&gate, "/gatelodge"));
    gate.revoked_elsewhere();
    assert_eq!(connection.call(&gate), 200, "what this isolate believes");
    let fields = [("ticket", sealed.as_str()), ("all", "yes")];
    let answer = owner.submit(&gate, "/gatelodge/revoke-all", &fields);
    assert_eq!(answer.status, 303);
    assert_eq!(connection.call(&gate), 401);
}

/// It only spares the Ledger, so that nobody is turned away because it is not there.
#[test]
fn a_limit_that_is_away_limits_nothing() {
    let gate = Gate::new();
    let (connection, _) = connected(&gate);
    gate.world.fail(Port::GrantFits);
    assert_eq!(connection.try_refresh(&gate).status, 200);
    assert_eq!(gate.world.reports().len(), 1);
}
