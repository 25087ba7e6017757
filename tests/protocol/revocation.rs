//! What is revoked is refused within `GRANT_CACHE_SECONDS`, and stays so (AS-47, RFC 7009).

use gatelodge::ledger::record::{GrantState, RevocationCause};

use crate::support::{
    Browser, Client, Connection, Gate, Port, Request,
    browser::{field, ticket},
};

fn connected(gate: &Gate) -> Connection {
    Client::register(gate).connect(gate)
}

fn cause(gate: &Gate) -> Option<RevocationCause> {
    match gate.world.only_grant().state {
        GrantState::Revoked { cause, .. } => Some(cause),
        GrantState::Issued | GrantState::Active(_) => None,
    }
}

#[test]
fn the_owner_ends_one_grant() {
    let gate = Gate::new();
    let (kept, ended) = (connected(&gate), connected(&gate));
    assert_eq!((kept.call(&gate), ended.call(&gate)), (200, 200));
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, "/gatelodge");
    let rows = gate.world.storage.rows.borrow().clone();
    let digest = gatelodge::secret::Digest::of(ended.client.id.as_bytes()).to_base64url();
    let mut rows = rows.keys().filter_map(|key| key.strip_prefix("grant/"));
    let row = rows.find(|row| row.starts_with(&digest)).unwrap();
    assert!(page.text().contains(row));
    let sealed = ticket(&page);
    let fields = [("ticket", sealed.as_str()), ("grant", row)];
    assert_eq!(
        owner.submit(&gate, "/gatelodge/revoke", &fields).status,
        303
    );

    assert_eq!(ended.call(&gate), 401, "at once where it was revoked");
    assert_eq!(
        ended.try_refresh(&gate).refusal(),
        (400, "invalid_grant".into())
    );
    assert_eq!(kept.call(&gate), 200);
    assert_eq!(kept.try_refresh(&gate).status, 200);
    let rows = gate.world.storage.rows.borrow();
    let left: Vec<_> = rows
        .keys()
        .filter_map(|key| key.split('/').next())
        .collect();
    assert_eq!(left, ["client", "grant"]);
}

#[test]
fn the_owner_ends_all_grants() {
    let gate = Gate::new();
    let connections = [connected(&gate), connected(&gate), connected(&gate)];
    let mut owner = Browser::of_owner(&gate);
    let sealed = ticket(&owner.get(&gate, "/gatelodge"));
    let unsure = owner.submit(&gate, "/gatelodge/revoke-all", &[("ticket", &sealed)]);
    assert_eq!(unsure.status, 400, "it is not ticked");
    assert_eq!(connections[0].call(&gate), 200);
    let sure = [("ticket", sealed.as_str()), ("all", "yes")];
    owner.submit(&gate, "/gatelodge/revoke-all", &sure);
    gate.pass(31);
    for connection in &connections {
        assert_eq!(connection.call(&gate), 401);
        assert_eq!(connection.try_refresh(&gate).status, 400);
    }
    let page = owner.get(&gate, "/gatelodge").text();
    assert!(page.contains("No app has been let in yet."));
}

#[test]
fn only_the_owner_revokes_on_the_owners_page() {
    let gate = Gate::new();
    let connection = connected(&gate);
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, "/gatelodge");
    let (sealed, row) = (ticket(&page), field(&page.text(), "grant").unwrap());
    let form = |path: &str| Request::post(path).form(&[("ticket", &sealed), ("grant", &row)]);
    for path in [
        "/gatelodge/revoke",
        "/gatelodge/revoke-all",
        "/gatelodge/sign-out",
    ] {
        let stranger = form(path).header("sec-fetch-site", "same-origin");
        assert_eq!(gate.send(stranger).status, 400, "{path}");
        let forged = owner
            .with_cookies(form(path))
            .header("sec-fetch-site", "cross-site");
        assert_eq!(gate.send(forged).status, 403, "{path}");
    }
    for row in ["", "x", "x/y", "../owner"] {
        let fields = [("ticket", sealed.as_str()), ("grant", row)];
        assert_eq!(
            owner.submit(&gate, "/gatelodge/revoke", &fields).status,
            400,
            "{row}"
        );
    }
    assert_eq!(connection.call(&gate), 200);
}

#[test]
fn a_refresh_token_ends_its_grant() {
    let gate = Gate::new();
    let first = connected(&gate);
    let second = first.refresh(&gate);
    let answer = second.revoke(&gate, &second.refresh);
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(cause(&gate), Some(RevocationCause::Client));
    for connection in [&first, &second] {
        assert_eq!(connection.call(&gate), 401);
        assert_eq!(connection.try_refresh(&gate).status, 400);
    }
    assert_eq!(
        second.revoke(&gate, &second.refresh).status,
        200,
        "again is fine"
    );
    assert_eq!(
        gate.world.only_grant().replays,
        0,
        "what is over counts no replays"
    );
}

#[test]
fn an_access_token_ends_itself_and_its_elders() {
    let gate = Gate::new();
    let first = connected(&gate);
    let second = first.refresh(&gate);
    let third = second.refresh(&gate);
    assert_eq!(third.revoke(&gate, &second.access).status, 200);
    assert_eq!(first.call(&gate), 401);
    assert_eq!(second.call(&gate), 401);
    assert_eq!(third.call(&gate), 200);
    third.revoke(&gate, &first.access);
    assert_eq!(third.call(&gate), 200, "the lowest never falls");
    third.revoke(&gate, &third.access);
    gate.pass(30);
    assert_eq!(third.call(&gate), 401);
    assert_eq!(
        third.refresh(&gate).call(&gate),
        200,
        "the refresh token stays"
    );
}

#[test]
fn a_token_of_nobody_or_of_another_client_is_answered_without_storage() {
    let gate = Gate::new();
    let connection = connected(&gate);
    let other = Client::register(&gate);
    let before = gate.world.storage_operations();
    let damaged = format!("{}A", connection.refresh);
    for token in ["x", damaged.as_str(), connection.client.id.as_str()] {
        assert_eq!(connection.revoke(&gate, token).status, 200, "{token}");
    }
    let foreign = Connection {
        client: other,
        ..connection.clone()
    };
    for token in [&connection.access, &connection.refresh] {
        assert_eq!(foreign.revoke(&gate, token).status, 200);
    }
    let missing = gate.send(Request::post("/revoke").form(&[]));
    assert_eq!(missing.refusal(), (400, "invalid_request".into()));
    assert_eq!(gate.world.storage_operations(), before);
    assert_eq!(connection.call(&gate), 200);
}

#[test]
fn a_client_with_a_secret_shows_it_to_revoke() {
    let gate = Gate::new();
    let client = Client::register_with_secret(&gate);
    let connection = client.connect(&gate);
    let form = |fields: &[(&str, &str)]| gate.send(Request::post("/revoke").form(fields));
    let token = ("token", connection.refresh.as_str());
    let id = ("client_id", client.id.as_str());
    for fields in [
        vec![token],
        vec![token, id],
        vec![token, id, ("client_secret", "wrong")],
    ] {
        assert_eq!(
            form(&fields).refusal(),
            (401, "invalid_client".into()),
            "{fields:?}"
        );
    }
    assert_eq!(connection.call(&gate), 200);
    assert_eq!(connection.revoke(&gate, &connection.refresh).status, 200);
    gate.pass(30);
    assert_eq!(connection.call(&gate), 401);
}

#[test]
fn the_hint_changes_nothing() {
    for hint in ["access_token", "refresh_token", "other"] {
        let gate = Gate::new();
        let connection = connected(&gate);
        let fields = [
            ("token", connection.refresh.as_str()),
            ("token_type_hint", hint),
        ];
        gate.send(Request::post("/revoke").form(&fields));
        assert_eq!(cause(&gate), Some(RevocationCause::Client), "{hint}");
    }
}

#[test]
fn a_new_password_ends_every_session_and_no_grant() {
    let gate = Gate::new();
    let connection = connected(&gate);
    let mut owner = Browser::of_owner(&gate);
    let gate = gate.redeployed(&[("OWNER_PASSWORD", "another long password")]);
    assert!(
        owner
            .get(&gate, "/gatelodge")
            .text()
            .contains("<input type=\"password\"")
    );
    assert_eq!(connection.call(&gate), 200);
}

/// The register may list for a minute what the owner has put away; the page does not.
#[test]
fn the_owner_puts_away_what_a_replay_ended() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let code = client.authorize(&gate, &mut owner);
    client.redeem(&gate, &code);
    client.redeem(&gate, &code);
    let page = owner.get(&gate, "/gatelodge");
    let row = field(&page.text(), "grant").expect("the replay is shown");
    gate.world.fail(Port::Delete);
    let ticket = ticket(&page);
    let fields = [("ticket", ticket.as_str()), ("grant", row.as_str())];
    let answer = owner.submit(&gate, "/gatelodge/revoke", &fields);
    assert_eq!(answer.status, 303);
    assert_eq!(gate.world.reports().len(), 1);
    let page = owner.get(&gate, "/gatelodge");
    assert_eq!(field(&page.text(), "grant"), None);
}

/// A thief with an old token ends nothing: it is dead, and dead tokens are answered like unknown
/// ones.
#[test]
fn a_refresh_token_that_was_replaced_long_ago_ends_nothing() {
    let gate = Gate::with(&[("REFRESH_TOKEN_SECONDS", "600")]);
    let first = connected(&gate);
    let second = first.refresh(&gate);
    let third = second.refresh(&gate);
    assert_eq!(third.revoke(&gate, &first.refresh).status, 200);
    assert_eq!(cause(&gate), None);
    assert_eq!(third.call(&gate), 200);
    assert_eq!(third.revoke(&gate, &second.refresh).status, 200);
    assert_eq!(
        cause(&gate),
        Some(RevocationCause::Client),
        "the one before"
    );

    let gate = Gate::with(&[("REFRESH_TOKEN_SECONDS", "600")]);
    let connection = connected(&gate);
    gate.pass(600);
    let calls = gate.world.ledger_calls();
    assert_eq!(connection.revoke(&gate, &connection.refresh).status, 200);
    assert_eq!(gate.world.ledger_calls(), calls, "without storage");
}
