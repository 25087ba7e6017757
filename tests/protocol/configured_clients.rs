//! A client that the operator has registered himself is known by its name, and by its secret if it
//! has one.

use serde_json::{Value, json};

use crate::support::{Browser, Client, Gate, REDIRECT_URI, Request};

const SECRET: &str = "a secret of the operator's choosing";

fn clients(changes: &Value) -> String {
    let mut client =
        json!({"client_id": "my-client", "name": "Mine", "redirect_uris": [REDIRECT_URI]});
    for (name, value) in changes.as_object().unwrap() {
        client[name] = value.clone();
    }
    json!([client]).to_string()
}

fn gate(changes: &Value) -> Gate {
    Gate::with(&[("CLIENTS", &clients(changes)), ("REGISTRATION", "off")])
}

fn client(secret: Option<&str>) -> Client {
    Client {
        id: "my-client".into(),
        secret: secret.map(str::to_owned),
        verifier: "a-verifier-of-at-least-forty-three-characters".into(),
    }
}

#[test]
fn it_connects_though_nobody_can_register() {
    for secret in [None, Some(SECRET)] {
        let gate = match secret {
            None => gate(&json!({})),
            Some(secret) => gate(&json!({"client_secret": secret})),
        };
        let connection = client(secret).connect(&gate).refresh(&gate);
        assert_eq!(connection.call(&gate), 200);
        assert_eq!(connection.revoke(&gate, &connection.refresh).status, 200);
        assert!(!gate.world.dump().contains(SECRET));
    }
}

#[test]
fn its_secret_is_asked_for() {
    let gate = gate(&json!({"client_secret": SECRET}));
    let code = client(None).authorize(&gate, &mut Browser::of_owner(&gate));
    let refused = (401, "invalid_client".to_owned());
    for wrong in [None, Some("wrong"), Some("")] {
        assert_eq!(
            client(wrong).redeem(&gate, &code).refusal(),
            refused,
            "{wrong:?}"
        );
    }
    let basic = |secret: &str| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let own = client(None);
        let fields = own.redemption(&code);
        let pair = STANDARD.encode(format!("my-client:{}", secret.replace(' ', "+")));
        gate.send(
            Request::post("/token")
                .form(&fields)
                .header("authorization", &format!("Basic {pair}")),
        )
    };
    assert_eq!(basic("wrong").refusal(), refused);
    assert_eq!(basic(SECRET).status, 200);
}

#[test]
fn a_public_one_has_no_secret_to_send() {
    let gate = gate(&json!({}));
    let code = client(None).authorize(&gate, &mut Browser::of_owner(&gate));
    let refused = client(Some("x")).redeem(&gate, &code).refusal();
    assert_eq!(refused, (401, "invalid_client".into()));
    assert_eq!(client(None).redeem(&gate, &code).status, 200);
}

#[test]
fn only_its_own_addresses_are_answered() {
    let gate = gate(&json!({}));
    let url = client(None).authorization_url(&[("redirect_uri", "https://evil.example/")]);
    assert_eq!(Browser::default().get(&gate, &url).status, 400);
    let unknown = client(None).authorization_url(&[("client_id", "other-client")]);
    assert_eq!(Browser::default().get(&gate, &unknown).status, 400);
}

/// What was approved was approved for that secret.
#[test]
fn a_new_secret_is_a_new_client() {
    let gate = gate(&json!({"client_secret": SECRET}));
    let connection = client(Some(SECRET)).connect(&gate);
    let other = "another secret of the operator's";
    let settings = clients(&json!({"client_secret": other}));
    let gate = gate.redeployed(&[("CLIENTS", &settings)]);
    let refused = (401, "invalid_client".to_owned());
    assert_eq!(connection.try_refresh(&gate).refusal(), refused);
    let renewed = client(Some(other));
    assert_eq!(
        renewed.ask(&gate, &connection.refreshing()).refusal(),
        refused
    );
    assert_eq!(renewed.connect(&gate).call(&gate), 200);
}
