//! A planned rotation of the key disconnects nobody; a key that is dropped opens nothing more.

use crate::support::{
    Browser, Client, Gate, PASSWORD, Request, call,
    gate::{KEY, OTHER_KEY},
};

const ROTATED: [(&str, &str); 2] = [
    ("GATELODGE_KEY", OTHER_KEY),
    ("GATELODGE_KEY_PREVIOUS", KEY),
];
const DROPPED: [(&str, &str); 1] = [("GATELODGE_KEY", OTHER_KEY)];

#[test]
fn a_rotation_disconnects_nobody() {
    for with_secret in [false, true] {
        let gate = Gate::new();
        let client = if with_secret {
            Client::register_with_secret(&gate)
        } else {
            Client::register(&gate)
        };
        let mut owner = Browser::of_owner(&gate);
        let code = client.authorize(&gate, &mut owner);
        let old = client.connect(&gate);

        let gate = gate.redeployed(&ROTATED);
        assert_eq!(old.call(&gate), 200, "access token");
        assert_eq!(client.redeem(&gate, &code).status, 200, "code");
        let new = old.refresh(&gate);
        assert_eq!(new.call(&gate), 200, "refresh token");
        let page = owner.get(&gate, "/gatelodge").text();
        assert!(page.contains("Sign out"), "session");

        let gate = gate.redeployed(&DROPPED);
        assert_eq!(old.call(&gate), 401, "what the dropped key made");
        assert_eq!(new.call(&gate), 200, "what the new key made");
        let newest = new.refresh(&gate);
        assert_eq!(
            newest.call(&gate),
            200,
            "the grant knows its client by its digests"
        );
        assert_eq!(newest.revoke(&gate, &newest.refresh).status, 200);
        gate.pass(30);
        assert_eq!(newest.call(&gate), 401);
    }
}

#[test]
fn a_client_that_registered_before_the_rotation_can_connect_after_it() {
    for with_secret in [false, true] {
        let gate = Gate::new();
        let client = if with_secret {
            Client::register_with_secret(&gate)
        } else {
            Client::register(&gate)
        };
        let gate = gate.redeployed(&ROTATED);
        let connection = client.connect(&gate).refresh(&gate);
        assert_eq!(connection.call(&gate), 200, "with a secret: {with_secret}");
    }
}

/// After a leak the old key is dropped at once.
#[test]
fn a_dropped_key_opens_nothing() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let code = client.authorize(&gate, &mut owner);
    let connection = client.connect(&gate);
    let waiting = owner.get(&gate, &client.authorization_url(&[]));

    let gate = gate.redeployed(&DROPPED);
    assert_eq!(
        call(&gate, &connection.access).refusal(),
        (401, "invalid_token".into())
    );
    for fields in [client.redemption(&code), connection.refreshing()] {
        let answer = client.ask(&gate, &fields);
        assert_eq!(
            answer.refusal(),
            (401, "invalid_client".into()),
            "AS-72: register again"
        );
    }
    assert_eq!(
        gate.send(Request::get(&client.authorization_url(&[])))
            .status,
        400
    );
    assert_eq!(owner.decide(&gate, &waiting, "approve").status, 400);
    let page = owner.get(&gate, "/gatelodge");
    assert!(page.text().contains("<input type=\"password\""));
    assert_eq!(gate.world.storage_operations(), 0, "and asks no storage");
    assert_eq!(owner.sign_in(&gate, &page, PASSWORD).status, 303);
}

#[test]
fn a_form_that_was_open_during_the_rotation_is_good() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let waiting = owner.get(&gate, &client.authorization_url(&[]));
    let gate = gate.redeployed(&ROTATED);
    assert_eq!(owner.decide(&gate, &waiting, "approve").status, 303);
}

#[test]
fn a_form_that_was_answered_before_the_rotation_is_spent_after_it() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client.authorization_url(&[]));
    assert_eq!(owner.decide(&gate, &page, "approve").status, 303);
    let gate = gate.redeployed(&ROTATED);
    assert_eq!(owner.decide(&gate, &page, "approve").status, 409);
}
