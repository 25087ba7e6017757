//! Home gets the call, and nothing of what the client proves itself with (RS-26, TR-15).

use serde_json::json;

use crate::support::{Carried, Client, Gate, Request};

#[test]
fn credentials_and_invented_headers_stay_at_the_gate() {
    let headers = r#"{"/mcp": {"X-Api-Key": "the-operators-own"}}"#;
    let gate = Gate::with(&[("ORIGIN_HEADERS", headers)]);
    let access = Client::register(&gate).connect(&gate).access;
    let query = format!("/mcp?a=1&access_token={access}&b=%20");
    let mut request = Request::post(&query)
        .json(&json!({"id": 1}))
        .bearer(&access);
    for (name, value) in [
        ("proxy-authorization", "Basic YTpi"),
        ("cookie", "__Host-gatelodge-session=x"),
        ("dpop", "x"),
        ("x-forwarded-for", "192.0.2.1"),
        ("forwarded", "for=192.0.2.1"),
        ("cf-connecting-ip", "192.0.2.1"),
        ("cf-access-jwt-assertion", "x"),
        ("x-real-ip", "192.0.2.1"),
        ("gatelodge-subject", "forged"),
        ("gatelodge-assertion", "forged"),
        ("x-api-key", "the-clients-own"),
        ("host", "mcp.example.com"),
        ("origin", "https://claude.ai"),
        ("referer", "https://claude.ai"),
        ("connection", "mcp-name"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", "2025-11-25"),
        ("mcp-param-region", "eu"),
        ("traceparent", "00-1-2-01"),
    ] {
        request = request.header(name, value);
    }
    let answer = gate.send(request);
    assert_eq!(answer.status, 200);
    assert!(answer.from_home);

    let got = gate.world.home.got();
    let [sent] = got.as_slice() else {
        panic!("{got:?}");
    };
    let mut names: Vec<_> = sent.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "content-type",
            "gatelodge-assertion",
            "gatelodge-client",
            "gatelodge-scope",
            "gatelodge-subject",
            "mcp-param-region",
            "mcp-protocol-version",
            "traceparent",
            "user-agent",
            "x-api-key",
        ]
    );
    assert_eq!(sent.headers["x-api-key"], "the-operators-own");
    let forged = |(_, value): (_, &http::HeaderValue)| value == "forged";
    assert!(!sent.headers.iter().any(forged), "{:?}", sent.headers);
    assert_eq!(
        sent.url.as_str(),
        "https://home.example.net:8383/mcp?a=1&b=%20"
    );
    assert!(!format!("{sent:?}").contains(&access));
    let body = json!({"id": 1}).to_string();
    assert_eq!(sent.body, Carried::Held(body.into()));
}

#[test]
fn every_method_of_mcp_goes_home_without_the_token() {
    let gate = Gate::new();
    let access = Client::register(&gate).connect(&gate).access;
    for method in ["GET", "POST", "DELETE"] {
        gate.send(Request::new(method, "/mcp").bearer(&access));
        let got = gate.world.home.got();
        assert_eq!(got.len(), 1, "{method}");
        assert_eq!(got[0].method.as_str(), method);
        assert!(got[0].headers.get("authorization").is_none(), "{method}");
        assert!(!format!("{got:?}").contains(&access), "{method}");
    }
    for method in ["PUT", "PATCH", "HEAD", "TRACE"] {
        let answer = gate.send(Request::new(method, "/mcp").bearer(&access));
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(
            answer.header("allow"),
            Some("GET, POST, DELETE"),
            "{method}"
        );
        assert!(gate.world.home.got().is_empty(), "{method}");
    }
}

/// TR-14: the origin's own challenge or redirect would send the client elsewhere.
#[test]
fn what_the_origin_says_of_authorization_is_not_relayed() {
    let gate = Gate::new();
    let access = Client::register(&gate).connect(&gate).access;
    for (status, expected) in [
        (401, 502),
        (403, 502),
        (301, 502),
        (302, 502),
        (303, 502),
        (200, 200),
    ] {
        gate.world.home.behave(move |_| {
            http::Response::builder()
                .status(status)
                .header(
                    "www-authenticate",
                    "Bearer resource_metadata=\"https://evil.example\"",
                )
                .header("set-cookie", "a=b")
                .header("location", "https://evil.example")
                .header("content-type", "application/json")
                .body(bytes::Bytes::from_static(b"{}"))
                .unwrap()
        });
        let answer = gate.send(Request::post("/mcp").bearer(&access));
        assert_eq!(answer.status, expected, "{status}");
        for name in ["www-authenticate", "set-cookie", "location"] {
            assert_eq!(answer.header(name), None, "{status} {name}");
        }
    }
}
