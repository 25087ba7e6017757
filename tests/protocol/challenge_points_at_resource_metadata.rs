//! Whoever is not admitted is told where the resource's metadata is (RS-40 to RS-51).

use serde_json::json;

use crate::support::{Client, Gate, ISSUER, Request};

/// The metadata URL that a challenge names.
fn metadata_url(challenge: &str) -> &str {
    let (_, rest) = challenge.split_once("resource_metadata=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[test]
fn the_challenge_is_followed_to_the_url_that_was_called() {
    let gate = Gate::new();
    for method in ["GET", "POST", "DELETE", "HEAD"] {
        for (path, resource) in [("/mcp", "/mcp"), ("/mcp/", "/mcp/"), ("/", "/")] {
            let request = Request::new(method, path).header("accept", "text/event-stream");
            let answer = gate.send(request);
            assert_eq!(answer.status, 401, "{method} {path}");
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(!challenge.contains("error"), "RS-44: {challenge}");
            assert!(challenge.contains(", scope=\"mcp\""), "RS-43: {challenge}");
            assert!(!challenge.contains("offline_access"), "RS-48: {challenge}");
            let document = gate.send(Request::get(metadata_url(challenge)));
            assert_eq!(document.status, 200);
            assert_eq!(
                document.field("resource"),
                format!("{ISSUER}{resource}"),
                "RS-07"
            );
            assert_eq!(document.json()["authorization_servers"], json!([ISSUER]));
        }
    }
}

/// RFC 9728 §3.1: the well-known path stands between the host and the path of the resource (RS-04).
#[test]
fn the_document_is_where_the_address_of_its_resource_says() {
    for (resource, url, named) in [
        (
            "https://h",
            "https://h/.well-known/oauth-protected-resource",
            "https://h/",
        ),
        (
            "https://h/",
            "https://h/.well-known/oauth-protected-resource",
            "https://h/",
        ),
        (
            "https://h/mcp",
            "https://h/.well-known/oauth-protected-resource/mcp",
            "https://h/mcp",
        ),
        (
            "https://h/a/mcp",
            "https://h/.well-known/oauth-protected-resource/a/mcp",
            "https://h/a/mcp",
        ),
        (
            "https://h:8443/mcp",
            "https://h:8443/.well-known/oauth-protected-resource/mcp",
            "https://h:8443/mcp",
        ),
    ] {
        let authority = resource.split('/').nth(2).unwrap();
        let gate = Gate::with(&[
            ("PUBLIC_URL", &format!("https://{authority}")),
            ("MOUNTS", r#"[{"path": "/mcp"}, {"path": "/a/mcp"}]"#),
        ]);
        let stream = Request::get(resource).header("accept", "text/event-stream");
        let challenge = gate.send(stream);
        let challenge = challenge.header("www-authenticate").unwrap();
        assert_eq!(metadata_url(challenge), url, "{resource}");
        let document = gate.send(Request::get(url));
        assert_eq!(document.status, 200, "{url}");
        assert_eq!(document.field("resource"), named, "{url}");
    }
}

#[test]
fn a_bad_token_is_told_what_is_wrong_last() {
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    let bearer = |token: &str| Request::post("/mcp").bearer(token);
    gate.pass(28_800);
    let expired = bearer(&connection.access);
    for (case, request, status, error) in [
        ("forged", bearer("x"), 401, "invalid_token"),
        (
            "empty",
            Request::get("/mcp").header("authorization", "Bearer "),
            401,
            "invalid_token",
        ),
        ("expired", expired, 401, "invalid_token"),
        (
            "two headers",
            bearer("x").bearer("y"),
            400,
            "invalid_request",
        ),
        ("two in one", bearer("x, Bearer y"), 400, "invalid_request"),
    ] {
        let answer = gate.send(request);
        assert_eq!(answer.refusal(), (status, error.into()), "{case}");
        let challenge = answer.header("www-authenticate").unwrap();
        let (head, description) = challenge.split_once(", error_description=").unwrap();
        assert!(
            head.starts_with("Bearer resource_metadata=\""),
            "{challenge}"
        );
        assert!(
            head.ends_with(&format!(", error=\"{error}\"")),
            "{challenge}"
        );
        assert!(!description.contains('='), "RS-50: {challenge}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
    }
}

#[test]
fn what_is_no_bearer_token_is_no_token() {
    let gate = Gate::new();
    let access = Client::register(&gate).connect(&gate).access;
    let query = format!("/mcp?access_token={access}");
    for (case, request) in [
        ("query, RS-22", Request::post(&query)),
        (
            "basic",
            Request::post("/mcp").header("authorization", "Basic YTpi"),
        ),
        (
            "bare scheme",
            Request::post("/mcp").header("authorization", "Bearer"),
        ),
        (
            "bare token",
            Request::post("/mcp").header("authorization", &access),
        ),
    ] {
        let answer = gate.send(request);
        assert_eq!(answer.status, 401, "{case}");
        assert!(
            !answer.header("www-authenticate").unwrap().contains("error"),
            "{case}"
        );
    }
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let value = format!("{scheme} {access}");
        let request = Request::post("/mcp").header("authorization", &value);
        assert_eq!(gate.send(request).status, 200, "RS-21: {scheme}");
    }
}

#[test]
fn home_is_not_asked_before_a_caller_is_admitted() {
    let gate = Gate::new();
    for method in ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"] {
        gate.send(Request::new(method, "/mcp"));
        gate.send(Request::new(method, "/mcp").bearer("x"));
    }
    assert!(gate.world.home.got().is_empty(), "RS-29");
}

#[test]
fn a_page_of_another_origin_is_refused_before_its_token_is_read() {
    let gate = Gate::new();
    let access = Client::register(&gate).connect(&gate).access;
    for (origin, status) in [
        ("https://evil.example", 403),
        ("null", 403),
        ("https://claude.ai", 200),
        ("http://localhost:6274", 200),
        (ISSUER, 200),
    ] {
        let answer = gate.send(
            Request::post("/mcp")
                .bearer(&access)
                .header("origin", origin),
        );
        assert_eq!(answer.status, status, "TR-02: {origin}");
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, (status == 200).then_some(origin), "{origin}");
        let preflight = Request::new("OPTIONS", "/mcp").header("origin", origin);
        let expected = if status == 200 { 204 } else { 403 };
        assert_eq!(gate.send(preflight).status, expected, "{origin}");
    }
    let challenge = gate.send(Request::post("/mcp").header("origin", "https://claude.ai"));
    let exposed = challenge.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("WWW-Authenticate"), "{exposed}");
}
