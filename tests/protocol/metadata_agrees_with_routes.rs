//! What is advertised is there, and what is not there is a JSON 404 (AS-12, RS-11).

use serde_json::Value;

use crate::support::{Client, Gate, ISSUER, Request};

const SERVER_METADATA: &str = "/.well-known/oauth-authorization-server";
const RESOURCE_METADATA: &str = "/.well-known/oauth-protected-resource";

#[test]
fn every_advertised_endpoint_answers() {
    let gate = Gate::new();
    let document = gate.send(Request::get(SERVER_METADATA)).json();
    let members = document.as_object().unwrap();
    let endpoints = members
        .iter()
        .filter(|(name, _)| name.ends_with("_endpoint"));
    let mut walked = 0;
    for (name, url) in endpoints {
        let url = url.as_str().unwrap();
        assert!(url.starts_with(&format!("{ISSUER}/")), "{name}: {url}");
        for method in ["GET", "POST"] {
            let answer = gate.send(Request::new(method, url));
            assert_ne!(answer.status, 404, "{name}: {method} {url}");
        }
        walked += 1;
    }
    assert_eq!(walked, 4);
    assert_eq!(document["issuer"], ISSUER, "AS-06");
}

#[test]
fn what_is_advertised_works() {
    let gate = Gate::new();
    let document = gate.send(Request::get(SERVER_METADATA)).json();
    let advertises = |name: &str, value: &str| {
        let values = document[name].as_array().unwrap();
        assert!(values.contains(&Value::from(value)), "{name} has {value}");
    };
    advertises("response_types_supported", "code");
    advertises("code_challenge_methods_supported", "S256");
    advertises("grant_types_supported", "authorization_code");
    advertises("grant_types_supported", "refresh_token");
    advertises("scopes_supported", "mcp");
    advertises("token_endpoint_auth_methods_supported", "none");
    advertises(
        "token_endpoint_auth_methods_supported",
        "client_secret_post",
    );
    assert_eq!(
        document["authorization_response_iss_parameter_supported"],
        true
    );
    for client in [Client::register(&gate), Client::register_with_secret(&gate)] {
        let connection = client.connect(&gate).refresh(&gate);
        assert_eq!(connection.call(&gate), 200);
        assert_eq!(connection.revoke(&gate, &connection.refresh).status, 200);
    }
}

#[test]
fn registration_is_advertised_when_it_is_there() {
    for (setting, advertised, status) in [("on", true, 400), ("off", false, 404)] {
        let gate = Gate::with(&[("REGISTRATION", setting)]);
        let document = gate.send(Request::get(SERVER_METADATA)).json();
        assert_eq!(document.get("registration_endpoint").is_some(), advertised);
        assert_eq!(
            gate.send(Request::post("/register")).status,
            status,
            "AS-70"
        );
    }
}

#[test]
fn documents_are_static_and_without_empty_members() {
    let gate = Gate::new();
    for path in [
        SERVER_METADATA,
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/oauth-authorization-server/",
        RESOURCE_METADATA,
        "/.well-known/oauth-protected-resource/",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource/mcp/",
    ] {
        let document = gate.send(Request::get(path).header("origin", "https://any.example"));
        assert_eq!(document.status, 200, "{path}");
        assert_eq!(document.header("access-control-allow-origin"), Some("*"));
        assert_eq!(
            document.header("cache-control"),
            Some("public, max-age=300")
        );
        for (name, value) in document.json().as_object().unwrap() {
            assert!(
                !value.is_null() && *value != serde_json::json!([]),
                "RS-04: {path} {name}"
            );
        }
        let head = gate.send(Request::new("HEAD", path));
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(
            gate.send(Request::new("OPTIONS", path)).status,
            204,
            "{path}"
        );
        assert_eq!(gate.send(Request::post(path)).status, 405, "{path}");
    }
}

#[test]
fn what_is_not_there_is_a_json_404() {
    let gate = Gate::new();
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/mcp",
        "/mcp/.well-known/openid-configuration",
        "/.well-known/oauth-protected-resource/other",
        "/.well-known/oauth-authorization-server/other",
        "/.well-known/oauth-protected-resourcex",
        "/.well-known/anything",
        "/sse",
        "/mcp/tools",
        "/favicon.ico",
        "/gatelodge/other",
        "/%6dcp",
    ] {
        for method in ["GET", "POST", "HEAD", "OPTIONS"] {
            let answer = gate.send(Request::new(method, path));
            assert_eq!(answer.status, 404, "{method} {path}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("location"), None);
        }
    }
}

#[test]
fn a_method_that_is_not_offered_is_named() {
    let gate = Gate::new();
    for (path, allow) in [
        ("/token", "POST, OPTIONS"),
        ("/register", "POST, OPTIONS"),
        ("/revoke", "POST, OPTIONS"),
        ("/authorize", "GET, HEAD, POST"),
        ("/gatelodge", "GET, HEAD"),
        ("/gatelodge/sign-in", "GET, HEAD, POST"),
        ("/gatelodge/sign-out", "GET, HEAD, POST"),
        ("/gatelodge/revoke", "GET, HEAD, POST"),
        ("/gatelodge/revoke-all", "GET, HEAD, POST"),
    ] {
        for path in [path.to_owned(), format!("{path}/")] {
            let answer = gate.send(Request::new("PUT", &path));
            assert_eq!(answer.status, 405, "{path}");
            assert_eq!(answer.header("allow"), Some(allow), "{path}");
            assert_eq!(answer.is_page(), allow.contains("GET"), "{path}");
        }
    }
    for path in ["/authorize", "/gatelodge"] {
        let answer = gate.send(Request::get(path));
        assert_eq!(answer.header("access-control-allow-origin"), None, "AS-20");
    }
}

#[test]
fn a_person_at_the_bare_host_is_told_the_address() {
    let gate = Gate::new();
    let page = gate.send(Request::get("/").header("accept", "text/html,*/*;q=0.8"));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("https://mcp.example.com/mcp"));
}

/// A page can read that there is no such document: its browser asks before, because clients send a
/// header of their protocol.
#[test]
fn a_browser_may_ask_for_a_document_that_is_not_there() {
    let open = [("MOUNTS", r#"[{"auth": "open"}]"#)];
    for (gate, what) in [(Gate::new(), "owner"), (Gate::with(&open), "open")] {
        for path in [
            "/.well-known/openid-configuration",
            "/mcp/.well-known/openid-configuration",
            "/.well-known/oauth-protected-resource/nowhere",
            "/.well-known/oauth-protected-resource/mcp",
        ] {
            let preflight = Request::new("OPTIONS", path)
                .header("origin", "https://inspector.example")
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "mcp-protocol-version");
            let answer = gate.send(preflight);
            assert_eq!(answer.status, 204, "{what} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            let allowed = answer.header("access-control-allow-headers");
            assert!(allowed.is_some_and(|names| names.contains("MCP-Protocol-Version")));
            let asked = gate.send(Request::get(path).header("origin", "https://inspector.example"));
            assert_eq!(
                asked.header("access-control-allow-origin"),
                Some("*"),
                "{what} {path}"
            );
        }
    }
}

/// A preflight tells of sign-in only where there is one.
#[test]
fn an_open_mount_names_no_way_to_sign_in() {
    let open = [("MOUNTS", r#"[{"auth": "open"}]"#)];
    for (gate, told) in [(Gate::new(), Some("oauth2")), (Gate::with(&open), None)] {
        let answer = gate.send(Request::new("OPTIONS", "/mcp"));
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("x-mcp-auth"), told);
    }
}
