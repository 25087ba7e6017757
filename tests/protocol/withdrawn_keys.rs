//! A key that a client has withdrawn is not good for long, whoever signs with it.

use serde_json::{Value, json};

use super::client_assertions::{KEYS, URL, ask, client, code, document, gate, key_set, signed};
use crate::support::Gate;

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// How long the first key goes on, when the second is published in its stead at once.
fn outlives(published: &dyn Fn(&Gate, &[u8])) -> impl Fn(u64) -> u16 {
    let gate = gate();
    published(&gate, &[1]);
    let (client, code) = (client(), code(&gate));
    let connection = client.connection(&ask(&gate, &client.redemption(&code), &signed(&gate, "1")));
    published(&gate, &[2]);
    move |seconds| {
        gate.pass(seconds);
        let fields = connection.refreshing();
        let jti = format!("after {}", gate.now().unix_seconds());
        ask(&gate, &fields, &signed(&gate, &jti)).status
    }
}

#[test]
fn at_an_address_of_its_own_for_an_hour() {
    let after = outlives(&|gate, keys| {
        gate.world.web.answer_for(URL, &document(&json!({})), DAY);
        gate.world.web.answer(KEYS, Ok(&key_set(keys)));
    });
    assert_eq!(after(HOUR - 1), 200);
    assert_eq!(after(1), 401);
}

#[test]
fn in_the_document_for_as_long_as_that_is_remembered() {
    let after = outlives(&|gate, keys| {
        let keys: Value = serde_json::from_str(&key_set(keys)).unwrap();
        let text = document(&json!({"jwks_uri": null, "jwks": keys}));
        gate.world.web.answer_for(URL, &text, 2 * HOUR);
    });
    assert_eq!(after(2 * HOUR - 1), 200);
    assert_eq!(after(1), 401);
}
