//! No secret is printed, whoever prints the value that holds it (RS-28).

use gatelodge::{
    keys::MasterKey,
    ledger::redemption::{Redemption, redeem},
    oauth::{
        client::client_secret, client_authentication::UnverifiedCredentials,
        credential::Credential, form::Parameters, pkce::CodeVerifier, token_request::TokenRequest,
    },
    owner::{cookies::Browser as KnownBrowser, session::Session},
    resource_server::bearer::Credentials,
    secret::Secret,
};
use http::{HeaderMap, HeaderValue};

use crate::support::{Browser, Client, Gate, ISSUER, PASSWORD};

const MARK: &str = "a-secret-that-must-not-be-printed-by-anybody-ever";

fn prints_nothing(what: &str, shown: &str) {
    for secret in [MARK, PASSWORD] {
        assert!(!shown.contains(secret), "{what}: {shown}");
    }
    assert!(!shown.is_empty(), "{what}");
}

fn headers(name: &'static str, value: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_str(value).unwrap());
    headers
}

#[test]
fn what_a_request_brought() {
    let issuer = gatelodge::issuer::Issuer::new(ISSUER);
    let code = format!("grant_type=authorization_code&code={MARK}&code_verifier={MARK}");
    let refresh = format!("grant_type=refresh_token&refresh_token={MARK}");
    let client = format!("client_id=c&client_secret={MARK}");
    let bearer = headers("authorization", &format!("Bearer {MARK}"));
    let cookie = headers("cookie", &format!("__Host-gatelodge-browser={MARK}"));
    let parse = |text: &str| Parameters::parse(text.as_bytes());
    let posted = UnverifiedCredentials::parse(&HeaderMap::new(), &parse(&client));
    for (what, shown) in [
        ("Secret", format!("{:?}", Secret::new(MARK.into()))),
        (
            "CodeVerifier",
            format!("{:?}", CodeVerifier::parse(MARK).unwrap()),
        ),
        (
            "code",
            format!("{:?}", TokenRequest::parse(&parse(&code)).unwrap()),
        ),
        (
            "refresh",
            format!("{:?}", TokenRequest::parse(&parse(&refresh)).unwrap()),
        ),
        ("client", format!("{:?}", posted.unwrap().unwrap())),
        ("bearer", format!("{:?}", Credentials::read(&bearer))),
        (
            "browser",
            format!("{:?}", KnownBrowser::known(&cookie, &issuer).unwrap()),
        ),
    ] {
        prints_nothing(what, &shown);
        assert!(shown.contains("[redacted]"), "{what}: {shown}");
    }
}

#[test]
fn what_the_edge_made() {
    let gate = Gate::new();
    let (config, now) = (&gate.world.config, gate.now());
    let key = MasterKey::from_bytes([0x41; 32]);
    assert_eq!(format!("{key:?}"), "[redacted]");
    assert_eq!(
        format!("{:?}", client_secret("c", &config.keys)),
        "[redacted]"
    );
    let session = Session::begin(&config.password, &config.keys, &gate.world.random, now);
    prints_nothing("session", &format!("{session:?}"));

    let client = Client::register(&gate);
    client.authorize(&gate, &mut Browser::of_owner(&gate));
    let record = gate.world.only_grant();
    let attempt = Redemption {
        client: record.authorization.client.id,
        credential: Credential::Nothing,
        redirect_uri: None,
        challenge: record.code.challenge,
        mount: None,
    };
    let (_, tokens) = redeem(record, &attempt, &gate.world.mint(), now);
    let tokens = tokens.unwrap();
    let shown = format!("{tokens:?}");
    let refresh = tokens.refresh_token.unwrap();
    for token in [&tokens.access_token, &refresh] {
        assert!(!shown.contains(token.expose()), "{shown}");
    }
}

#[test]
fn what_the_configuration_holds() {
    let headers = format!(r#"{{"/mcp": {{"X-Api-Key": "{MARK}"}}}}"#);
    let gate = Gate::with(&[("ORIGIN_HEADERS", &headers)]);
    let config = &gate.world.config;
    prints_nothing(
        "headers",
        &format!("{:?}", config.first_mount().origin_headers),
    );
    prints_nothing("password", &format!("{:?}", config.password));
    assert_eq!(config.first_mount().origin_headers["x-api-key"], MARK);
}

/// A dump of everything that is stored lets nobody in.
#[test]
fn what_is_stored() {
    let gate = Gate::new();
    let client = Client::register_with_secret(&gate);
    let connection = client.connect(&gate);
    let next = connection.refresh(&gate);
    let dump = gate.world.dump();
    let secret = client.secret.unwrap();
    for secret in [
        secret.as_str(),
        PASSWORD,
        &client.verifier,
        &connection.access,
        &connection.refresh,
        &next.access,
        &next.refresh,
    ] {
        assert!(!dump.contains(secret), "{dump}");
    }
    assert!(dump.contains("client.example"), "the dump is not empty");
}
