//! A client that signs to say who it is must do so each time, and each assertion counts once
//! (AS-56, RFC 7523 §3).

use gatelodge::{ports::NotFetched, secret::base64url};
use serde_json::{Value, json};

use crate::support::{
    Answer, Browser, Client, Gate, ISSUER, Port, REDIRECT_URI, Request, exchange::only,
    signature::sign,
};

pub(super) const URL: &str = "https://client.example/metadata.json";
pub(super) const KEYS: &str = "https://client.example/keys.json";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A key of P-256, as far as the platform in memory is concerned.
fn key(number: u8) -> Value {
    let coordinate = base64url(&[number; 32]);
    json!({"kty": "EC", "crv": "P-256", "x": coordinate, "y": coordinate})
}

pub(super) fn key_set(numbers: &[u8]) -> String {
    let keys: Vec<_> = numbers.iter().map(|number| key(*number)).collect();
    json!({"keys": keys}).to_string()
}

pub(super) fn document(members: &Value) -> String {
    let mut document = json!({
        "client_id": URL, "client_name": "Signing", "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": KEYS,
    });
    for (name, value) in members.as_object().unwrap() {
        document[name] = value.clone();
    }
    document.to_string()
}

pub(super) fn gate() -> Gate {
    let gate = Gate::new();
    gate.world.web.answer(URL, Ok(&document(&json!({}))));
    gate.world.web.answer(KEYS, Ok(&key_set(&[1])));
    gate
}

pub(super) fn client() -> Client {
    Client {
        id: URL.into(),
        secret: None,
        verifier: "a-verifier-of-at-least-forty-three-characters".into(),
    }
}

/// An assertion of this name, signed with this key, and otherwise as it should be but for changes.
fn assertion(gate: &Gate, jti: &str, number: u8, changes: &Value) -> String {
    let mut claims = json!({
        "iss": URL, "sub": URL, "aud": ISSUER, "jti": jti,
        "exp": gate.now().unix_seconds() + 300,
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let encode = |part: &Value| base64url(part.to_string().as_bytes());
    let message = format!("{}.{}", encode(&json!({"alg": "ES256"})), encode(&claims));
    let signature = sign(&key(number), message.as_bytes());
    format!("{message}.{}", base64url(&signature))
}

pub(super) fn signed(gate: &Gate, jti: &str) -> String {
    assertion(gate, jti, 1, &json!({}))
}

/// A token request with an assertion, which may be the one thing that names the client.
pub(super) fn ask(gate: &Gate, fields: &[(&str, &str)], assertion: &str) -> Answer {
    let mut fields = fields.to_vec();
    fields.extend([
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ]);
    gate.send(Request::post("/token").form(&fields))
}

/// A code that waits.
pub(super) fn code(gate: &Gate) -> String {
    client().authorize(gate, &mut Browser::of_owner(gate))
}

fn refused() -> (u16, String) {
    (401, "invalid_client".into())
}

#[test]
fn it_connects_refreshes_and_revokes_with_a_new_assertion_each() {
    let gate = gate();
    let (client, code) = (client(), code(&gate));
    let connection = client.connection(&ask(&gate, &client.redemption(&code), &signed(&gate, "1")));
    assert_eq!(connection.call(&gate), 200);
    let connection = client.connection(&ask(&gate, &connection.refreshing(), &signed(&gate, "2")));
    let revocation = [("token", connection.refresh.as_str())];
    let unsigned = gate.send(Request::post("/revoke").form(&client.authenticated(&revocation)));
    assert_eq!(unsigned.refusal(), refused());
    let nameless = gate.send(Request::post("/revoke").form(&revocation));
    assert_eq!(nameless.refusal(), refused());

    let assertion = signed(&gate, "3");
    let fields = [
        revocation[0],
        ("client_assertion_type", TYPE),
        ("client_assertion", &assertion),
    ];
    assert_eq!(
        gate.send(Request::post("/revoke").form(&fields)).status,
        200
    );
    gate.pass(30);
    assert_eq!(connection.call(&gate), 401);
    assert_eq!(gate.world.web.asked(), [URL, KEYS]);
}

#[test]
fn a_client_that_signs_gets_nothing_without_a_signature() {
    let gate = gate();
    let (client, code) = (client(), code(&gate));
    assert_eq!(client.redeem(&gate, &code).refusal(), refused());
    let secret = Client {
        secret: Some("guess".into()),
        ..client.clone()
    };
    assert_eq!(secret.redeem(&gate, &code).refusal(), refused());
    let tokens = ask(&gate, &client.redemption(&code), &signed(&gate, "1"));
    let connection = client.connection(&tokens);
    assert_eq!(connection.try_refresh(&gate).refusal(), refused());
    client.connection(&ask(&gate, &connection.refreshing(), &signed(&gate, "2")));
}

#[test]
fn an_assertion_counts_once() {
    let gate = gate();
    let (client, code) = (client(), code(&gate));
    let assertion = signed(&gate, "1");
    let mut attempt = client.redemption(&code);
    attempt.retain(|(name, _)| *name != "redirect_uri");
    attempt.push(("redirect_uri", "https://client.example/other"));
    assert_eq!(
        ask(&gate, &attempt, &assertion).refusal(),
        (400, "invalid_grant".into())
    );
    assert_eq!(
        ask(&gate, &client.redemption(&code), &assertion).refusal(),
        refused()
    );
    let connection = client.connection(&ask(&gate, &client.redemption(&code), &signed(&gate, "2")));

    // Its name is free again when it has long expired.
    gate.pass(360);
    client.connection(&ask(&gate, &connection.refreshing(), &signed(&gate, "1")));
}

#[test]
fn an_assertion_that_is_not_right_is_refused_and_not_spent() {
    let gate = gate();
    let (client, code) = (client(), code(&gate));
    let fields = client.redemption(&code);
    let other = "https://other.example/c";
    for changes in [
        json!({"aud": "https://other.example"}),
        json!({"aud": "https://mcp.example.com/mcp"}),
        json!({"iss": other}),
        json!({"exp": gate.now().unix_seconds() - 60}),
        json!({"exp": gate.now().unix_seconds() + 3_600}),
        json!({"exp": null}),
        json!({"jti": null}),
    ] {
        let wrong = assertion(&gate, "1", 1, &changes);
        assert_eq!(
            ask(&gate, &fields, &wrong).refusal(),
            refused(),
            "{changes}"
        );
    }
    let unknown_key = assertion(&gate, "1", 9, &json!({}));
    assert_eq!(ask(&gate, &fields, &unknown_key).refusal(), refused());
    for text in ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        let answer = ask(&gate, &fields, text);
        assert!([400, 401].contains(&answer.status), "{text}: {answer:?}");
    }
    assert_eq!(gate.world.count(&[Port::Spend]), 0);
    client.connection(&ask(&gate, &fields, &signed(&gate, "1")));
}

#[test]
fn one_way_of_authenticating_is_used_at_a_time() {
    let gate = gate();
    let (client, code) = (client(), code(&gate));
    let good = signed(&gate, "1");
    let both = |more: (&'static str, &'static str)| {
        let mut fields = client.redemption(&code);
        fields.push(more);
        ask(&gate, &fields, &good).refusal()
    };
    let invalid_request = (400, "invalid_request".to_owned());
    assert_eq!(both(("client_secret", "x")), invalid_request);
    assert_eq!(both(("client_assertion", "x")), invalid_request);
    assert_eq!(both(("client_id", "https://other.example/c")), refused());
    let mut half = client.authenticated(&client.redemption(&code));
    half.push(("client_assertion", &good));
    let answer = gate.send(Request::post("/token").form(&half));
    assert_eq!(answer.refusal(), invalid_request);
    half.push(("client_assertion_type", "urn:other"));
    let answer = gate.send(Request::post("/token").form(&half));
    assert_eq!(answer.refusal(), refused());

    let registered = Client::register(&gate);
    let code = registered.authorize(&gate, &mut Browser::of_owner(&gate));
    let claims = json!({"iss": registered.id, "sub": registered.id});
    let posing = assertion(&gate, "1", 1, &claims);
    assert_eq!(
        ask(&gate, &registered.redemption(&code), &posing).refusal(),
        refused()
    );
}

/// Nobody but who holds what we gave to that client makes us fetch, verify or store.
#[test]
fn an_assertion_beside_nothing_costs_nothing() {
    let gate = gate();
    let assertion = signed(&gate, "1");
    for token in ["gl_refresh.x.y", "x"] {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let answer = ask(&gate, &fields, &assertion);
        assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    }
    let other = Client::register(&gate).connect(&gate);
    let operations = gate.world.storage_operations();
    let answer = ask(&gate, &other.refreshing(), &assertion);
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    let revocation = [
        ("token", other.refresh.as_str()),
        ("client_assertion_type", TYPE),
        ("client_assertion", &assertion),
    ];
    assert_eq!(
        gate.send(Request::post("/revoke").form(&revocation)).status,
        200
    );
    assert_eq!(gate.world.storage_operations(), operations);
    assert!(gate.world.web.asked().is_empty());
    assert_eq!(gate.world.count(&[Port::Verifies]), 0);
    assert_eq!(other.call(&gate), 200);
}

/// AS-60: a client may have new keys before its document has expired.
#[test]
fn new_keys_are_asked_for_once_a_minute() {
    let gate = gate();
    let (client, code) = (client(), code(&gate));
    let fields = client.redemption(&code);
    gate.world.web.answer(KEYS, Ok(&key_set(&[1, 2])));
    let connection = client.connection(&ask(&gate, &fields, &signed(&gate, "1")));
    let asked = gate.world.web.asked().len();
    gate.world.web.answer(KEYS, Ok(&key_set(&[3])));

    let new = |jti: &str, number| {
        let assertion = assertion(&gate, jti, number, &json!({}));
        ask(&gate, &connection.refreshing(), &assertion)
    };
    gate.pass(60);
    assert_eq!(new("2", 9).refusal(), refused());
    assert_eq!(gate.world.web.asked().len(), asked + 2);
    assert_eq!(new("3", 9).refusal(), refused());
    assert_eq!(
        gate.world.web.asked().len(),
        asked + 2,
        "not again within the minute"
    );
    assert_eq!(new("4", 1).refusal(), refused(), "the old key is gone");
    assert_eq!(new("5", 3).status, 200);
}

#[test]
fn keys_may_be_in_the_document() {
    let gate = gate();
    let keys: Value = serde_json::from_str(&key_set(&[1])).unwrap();
    let text = document(&json!({"jwks_uri": null, "jwks": keys}));
    gate.world.web.answer(URL, Ok(&text));
    let (client, code) = (client(), code(&gate));
    client.connection(&ask(&gate, &client.redemption(&code), &signed(&gate, "1")));
    assert_eq!(gate.world.web.asked(), [URL]);
}

#[test]
fn a_server_that_is_away_is_waited_for_and_a_wrong_one_is_not() {
    for (answer, expected) in [
        (Err(NotFetched::Slow), (503, "temporarily_unavailable")),
        (
            Err(NotFetched::Unreachable),
            (503, "temporarily_unavailable"),
        ),
        (Err(NotFetched::Refused), (503, "temporarily_unavailable")),
        (Err(NotFetched::TooLarge), (401, "invalid_client")),
        (Err(NotFetched::NotJson), (401, "invalid_client")),
        (Ok("[]"), (401, "invalid_client")),
        (Ok(r#"{"keys":[]}"#), (401, "invalid_client")),
    ] {
        let gate = gate();
        let (client, code) = (client(), code(&gate));
        gate.world.web.answer(KEYS, answer);
        let fields = client.redemption(&code);
        let refusal = ask(&gate, &fields, &signed(&gate, "1")).refusal();
        assert_eq!((refusal.0, refusal.1.as_str()), expected, "{answer:?}");
        gate.world.web.answer(KEYS, Ok(&key_set(&[1])));
        gate.pass(59);
        if refusal.0 == 503 {
            client.connection(&ask(&gate, &fields, &signed(&gate, "1")));
        }
    }
}

/// Some clients offer both, and may then come either way.
#[test]
fn who_offers_a_signature_and_none_may_choose() {
    let gate = gate();
    let offers = json!({"token_endpoint_auth_methods_supported": ["none", "private_key_jwt"]});
    gate.world.web.answer(URL, Ok(&document(&offers)));
    let client = client();
    let unsigned = client.connect(&gate);
    let next = ask(&gate, &unsigned.refreshing(), &signed(&gate, "1"));
    let next = client.connection(&next).refresh(&gate);
    let forged = assertion(&gate, "2", 9, &json!({}));
    assert_eq!(ask(&gate, &next.refreshing(), &forged).refusal(), refused());
}

#[test]
fn the_server_says_which_signatures_it_takes() {
    let answer = Gate::new().send(Request::get("/.well-known/oauth-authorization-server"));
    let metadata = answer.json();
    for endpoint in ["token", "revocation"] {
        let methods = &metadata[format!("{endpoint}_endpoint_auth_methods_supported")];
        assert!(
            methods
                .as_array()
                .unwrap()
                .contains(&json!("private_key_jwt"))
        );
        let algorithms =
            &metadata[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
        assert_eq!(*algorithms, json!(["ES256", "RS256"]));
    }
}

/// The owner's answer goes to the client as to any other.
#[test]
fn the_owner_is_asked_as_always() {
    let gate = gate();
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client().authorization_url(&[]));
    let callback = owner.decide(&gate, &page, "deny").callback(REDIRECT_URI);
    assert_eq!(only(&callback, "error"), Some("access_denied"));
    assert_eq!(gate.world.web.asked(), [URL], "keys are not needed yet");
}
