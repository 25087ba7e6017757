//! A grant that is known to be over costs its Ledger nothing more, whoever keeps trying; and a
//! client that is out of its mind is turned away before its Ledger.

use crate::{
    client_assertions,
    support::{
        Browser, Client, Connection, Gate, Port, Request,
        browser::ticket,
        gate::{KEY, OTHER_KEY},
    },
};

fn connected(gate: &Gate) -> (Connection, String) {
    let client = Client::register_with_secret(gate);
    let code = client.authorize(gate, &mut Browser::of_owner(gate));
    let answer = client.redeem(gate, &code);
    (client.connection(&answer), code)
}

fn refused(answer: &crate::support::Answer) {
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

/// Whoever can only look, redeem in vain, or revoke, does not hold up the client.
#[test]
fn a_flood_holds_up_nothing_else() {
    let gate = Gate::new();
    let (first, _) = connected(&gate);
    let second = first.refresh(&gate);
    let code = second
        .client
        .authorize(&gate, &mut Browser::of_owner(&gate));
    let flood = |of: &str, held_up: &dyn Fn() -> crate::support::Answer| {
        *gate.world.flooding.borrow_mut() = Some(of.into());
        assert_eq!(held_up().status, 429, "{of}");
    };
    let thief = Client {
        verifier: "x".repeat(43),
        ..second.client.clone()
    };
    let challenge = thief.challenge();
    flood(&challenge, &|| thief.redeem(&gate, &code));
    assert_eq!(second.client.redeem(&gate, &code).status, 200);
    flood("/revoke/2", &|| second.revoke(&gate, &second.refresh));
    assert_eq!(second.try_refresh(&gate).status, 200);
}

/// A client that refreshes on and on with its newest token is one, too; but where an old token ends
/// nothing, whoever holds one holds up only those who hold the same.
#[test]
fn a_loop_of_refreshes_is_a_flood() {
    for (reuse, status) in [("revoke", 429), ("refuse", 200)] {
        let gate = Gate::with(&[("REFRESH_REUSE", reuse)]);
        let second = connected(&gate).0.refresh(&gate);
        let of_all = if reuse == "revoke" {
            "/refresh"
        } else {
            "/refresh/1"
        };
        *gate.world.flooding.borrow_mut() = Some(of_all.into());
        assert_eq!(second.try_refresh(&gate).status, status, "{reuse}");
    }
}

/// Whoever holds the newest token of a client that signs, but not its key, holds up nobody else; nor
/// does who holds one of a client whose secret only the Ledger knows any more.
#[test]
fn who_has_yet_to_show_who_he_is_holds_up_only_himself() {
    let of_all = Some("/refresh".to_owned());
    let signing = client_assertions::gate();
    let client = client_assertions::client();
    let code = client_assertions::code(&signing);
    let signed = |jti| client_assertions::signed(&signing, jti);
    let redemption = client.redemption(&code);
    let answer = client_assertions::ask(&signing, &redemption, &signed("1"));
    let connection = client.connection(&answer);
    signing.world.flooding.replace(of_all.clone());
    let answer = client_assertions::ask(&signing, &connection.refreshing(), &signed("2"));
    assert_eq!(answer.status, 200);

    let gate = Gate::new();
    let (first, _) = connected(&gate);
    let new = ("GATELODGE_KEY", OTHER_KEY);
    let gate = gate.redeployed(&[new, ("GATELODGE_KEY_PREVIOUS", KEY)]);
    let second = first.refresh(&gate);
    let gate = gate.redeployed(&[new]);
    gate.world.flooding.replace(of_all);
    assert_eq!(second.try_refresh(&gate).status, 200);
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
