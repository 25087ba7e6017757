//! What clients and browsers keep for us: identifiers, codes, tokens, cookies and forms.

use gatelodge::{
    issuer::Issuer,
    keys::{Keys, MasterKey},
    mount_path::MountPath,
    oauth::{
        client::{AuthenticationMethod, Registration},
        grant::{AccessToken, AuthorizationCode, Generation, GrantId, RefreshToken},
        pkce::CodeVerifier,
        redirect_uri::{RedirectSchemes, RedirectUri},
        scope::ScopeSet,
    },
    owner::{
        cookies::Browser,
        session::Session,
        ticket::{Destination, Stage, Ticket},
    },
    secret::{Digest, Secret},
};
use http::{HeaderMap, HeaderValue};

use crate::{CHANGED, LATER, NOW, Zeros, grant, is_pinned};

#[test]
fn a_client_id() {
    let schemes = RedirectSchemes::built_in_and(Vec::new());
    let uri = RedirectUri::parse("https://client.example/callback", &schemes).unwrap();
    for (authentication, letter) in [
        (AuthenticationMethod::None, "n"),
        (AuthenticationMethod::ClientSecretBasic, "b"),
        (AuthenticationMethod::ClientSecretPost, "p"),
        (AuthenticationMethod::EitherSecret, "e"),
        (AuthenticationMethod::PrivateKeyJwt, "k"),
    ] {
        let registration = Registration {
            name: "Test Client".into(),
            redirect_uris: vec![uri.clone()],
            authentication,
            refreshes: true,
            issued_at: NOW,
        };
        let pinned = format!(
            r#"{{"n": "Test Client", "r": ["https://client.example/callback"], "a": "{letter}", "f": true, "t": 1800000000}}"#
        );
        is_pinned(&registration, &pinned);
    }
}

#[test]
fn codes_and_tokens() {
    let client = Digest::of(b"client");
    is_pinned(
        &AuthorizationCode {
            grant: grant(),
            client,
            expires_at: LATER,
            challenge: CodeVerifier::parse(&"v".repeat(43)).unwrap().challenge(),
        },
        r#"{
            "g": "abcdefghijklmnopqrstuv", "c": "lI_mA_YdwDa1xZbcCf484_PTDckPAkyF88gtssyrZ50", "e": 1800028800,
            "v": "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
        }"#,
    );
    is_pinned(
        &RefreshToken {
            grant: grant(),
            generation: Generation::FIRST,
            client,
            expires_at: LATER,
        },
        r#"{"g": "abcdefghijklmnopqrstuv", "n": 1, "c": "lI_mA_YdwDa1xZbcCf484_PTDckPAkyF88gtssyrZ50", "e": 1800028800}"#,
    );
    is_pinned(
        &AccessToken {
            grant: grant(),
            generation: Generation::FIRST.next(),
            mount: MountPath::default(),
            client,
            scope: ScopeSet::parse_lenient("read write"),
            expires_at: LATER,
        },
        r#"{"g": "abcdefghijklmnopqrstuv", "n": 2, "m": "/mcp", "c": "lI_mA_YdwDa1xZbcCf484_PTDckPAkyF88gtssyrZ50", "s": "read write", "e": 1800028800}"#,
    );
}

fn keys() -> Keys {
    Keys::derive(&MasterKey::from_bytes([1; 32]), None)
}

#[test]
fn a_session() {
    let password = Secret::new("correct horse battery".into());
    let session = Session::begin(&password, &keys(), &Zeros, NOW);
    is_pinned(
        &session,
        r#"{"i": "AAAAAAAAAAAAAAAAAAAAAA", "e": 1800043200, "p": "htYe6W8I0eBw2JjNbJ7I4JKzrR-2lmsb_dZG6EBeE8Y"}"#,
    );
}

#[test]
fn a_form_that_waits() {
    let (keys, issuer) = (keys(), Issuer::new("https://mcp.example.com"));
    let mut headers = HeaderMap::new();
    let cookie = HeaderValue::from_static("__Host-gatelodge-browser=browser");
    headers.insert("cookie", cookie);
    let browser = Browser::known(&headers, &issuer).unwrap();
    let (query, session) = ("client_id=x".to_owned(), "s".to_owned());
    for (stage, pinned) in [
        (
            Stage::Login(Destination::Authorize {
                query: query.clone(),
            }),
            r#"{"login": {"authorize": {"query": "client_id=x"}}}"#,
        ),
        (Stage::Login(Destination::Owner), r#"{"login": "owner"}"#),
        (
            Stage::Consent {
                session: session.clone(),
                query: query.clone(),
                client: None,
            },
            r#"{"consent": {"session": "s", "query": "client_id=x"}}"#,
        ),
        (
            Stage::Consent {
                session: session.clone(),
                query,
                client: Some(Registration {
                    name: "Test Client".into(),
                    redirect_uris: Vec::new(),
                    authentication: AuthenticationMethod::None,
                    refreshes: true,
                    issued_at: NOW,
                }),
            },
            r#"{"consent": {"session": "s", "query": "client_id=x",
                "client": {"n": "Test Client", "r": [], "a": "n", "f": true, "t": 1800000000}}}"#,
        ),
        (Stage::Owner { session }, r#"{"owner": {"session": "s"}}"#),
    ] {
        let sealed = Ticket::seal(stage, &browser, (&keys, &issuer), &Zeros, NOW);
        let ticket: Ticket = keys.open(&issuer, sealed.expose()).unwrap();
        let pinned = format!(
            r#"{{"i": "AAAAAAAAAAAAAAAAAAAAAA", "s": {pinned}, "b": "1MPooRJWq4Kk_HJWDrSisOh7rYIMKQ3ZsDYW3iQKpts", "e": 1800000600}}"#
        );
        is_pinned(&ticket, &pinned);
    }
}

/// The names that grants are found by.
#[test]
fn the_name_of_a_grant() {
    let name = GrantId::of_ticket("AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(name.as_str(), "1DpZ0EUIUxe4Z-KRsVue3Q", "{CHANGED}");
}
