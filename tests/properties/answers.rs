//! Whatever is sent, the edge answers, and it answers as it promises.

use http::{HeaderName, HeaderValue};
use proptest::{collection::vec, prelude::*};

use crate::support::{Answer, Browser, Client, Connection, Gate, Request};

const PATHS: [&str; 16] = [
    "/",
    "/mcp",
    "/mcp/",
    "/authorize",
    "/token",
    "/register",
    "/revoke",
    "/gatelodge",
    "/gatelodge/sign-in",
    "/gatelodge/sign-out",
    "/gatelodge/revoke",
    "/gatelodge/revoke-all",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/openid-configuration",
    "/elsewhere",
];

const HEADERS: [&str; 12] = [
    "accept",
    "access-control-request-headers",
    "authorization",
    "cf-connecting-ip",
    "content-length",
    "content-type",
    "cookie",
    "last-event-id",
    "mcp-protocol-version",
    "mcp-session-id",
    "origin",
    "sec-fetch-site",
];

const VALUES: [&str; 12] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/event-stream",
    "text/html",
    "same-origin",
    "https://claude.ai",
    "https://mcp.example.com",
    "null",
    "Bearer x",
    "Basic YTpi",
    "12",
    "sid.mac",
];

fn request() -> impl Strategy<Value = Request> {
    let method = prop_oneof![
        prop::sample::select(vec!["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT"])
            .prop_map(str::to_owned),
        "[A-Z]{1,8}",
    ];
    let path = prop_oneof![
        4 => prop::sample::select(PATHS.to_vec()).prop_map(str::to_owned),
        1 => "/[ -~]{0,40}",
    ];
    let query = prop_oneof![
        Just(String::new()),
        any::<String>(),
        "((client_id|redirect_uri|response_type|state|resource|scope|code_challenge)=[ -~]{0,12}&){0,6}",
    ];
    let value = prop_oneof![
        prop::sample::select(VALUES.to_vec()).prop_map(|value| value.as_bytes().to_vec()),
        vec(any::<u8>(), 0..40),
    ];
    let body = prop_oneof![
        vec(any::<u8>(), 0..200),
        "((grant_type|code|ticket|token|client_id|password|decision|grant)=[ -~]{0,12}&){0,6}"
            .prop_map(String::into_bytes),
        Just(br#"{"redirect_uris": ["https://a.example/b"]}"#.to_vec()),
    ];
    let headers = vec((prop::sample::select(HEADERS.to_vec()), value), 0..6);
    (method, path, query, headers, body).prop_map(|(method, path, query, headers, body)| {
        let target = format!("https://mcp.example.com{path}?{query}");
        let mut request = Request::new(&method, &target).body(body);
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                request = request.raw_header(HeaderName::from_static(name), value);
            }
        }
        request
    })
}

/// What holds for every answer.
fn is_proper(answer: &Answer, secrets: &[&str]) -> Result<(), TestCaseError> {
    let status = answer.status;
    prop_assert!(status < 500 || matches!(status, 502..=504), "{answer:?}");
    prop_assert!(
        !matches!(status, 301 | 302 | 307 | 308),
        "AS-33: {answer:?}"
    );
    let json = answer.header("content-type") == Some("application/json");
    if json && !answer.from_home && !answer.body.is_empty() {
        answer.json();
    }
    let shown = format!("{:?}{:?}", answer.headers, answer.body);
    for secret in secrets {
        prop_assert!(!shown.contains(secret), "{answer:?}");
    }
    Ok(())
}

#[test]
fn a_stranger_gets_an_answer_and_costs_no_storage() {
    let gate = Gate::new();
    proptest!(crate::cases(600), |(request in request())| {
        let answer = gate.send(request);
        is_proper(&answer, &[])?;
        prop_assert_eq!(gate.world.storage_operations(), 0);
        prop_assert!(gate.world.home.got().is_empty());
        prop_assert!(answer.status < 500);
    });
}

#[test]
fn a_client_and_the_owner_get_an_answer_and_no_secret() {
    let gate = Gate::new();
    let Connection {
        access, refresh, ..
    } = Client::register(&gate).connect(&gate);
    let owner = Browser::of_owner(&gate);
    proptest!(crate::cases(400), |(request in request())| {
        let request = owner.with_cookies(request).bearer(&access);
        let answer = gate.send(request);
        is_proper(&answer, &[&access, &refresh])?;
        for sent in gate.world.home.got() {
            prop_assert!(!format!("{sent:?}").contains(&access), "RS-26");
        }
    });
}
