//! A mount of another issuer's leads clients to that issuer, and offers nothing of its own.

use gatelodge::ports::NotFetched;
use serde_json::json;

use crate::support::{
    Client, Gate, Request,
    gate::RESOURCE,
    issuer::{AUTH, METADATA, OPENID, asked, external_gate, gate_with_keys, metadata, silence},
};

const SERVER_PATHS: [&str; 5] = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/",
    "/.well-known/oauth-authorization-server/mcp",
    "/.well-known/oauth-authorization-server/mcp/",
    "/mcp/.well-known/oauth-authorization-server",
];
const OPENID_PATHS: [&str; 5] = [
    "/.well-known/openid-configuration",
    "/.well-known/openid-configuration/",
    "/.well-known/openid-configuration/mcp",
    "/.well-known/openid-configuration/mcp/",
    "/mcp/.well-known/openid-configuration",
];

#[test]
fn the_resource_names_the_issuer_as_it_writes_itself() {
    for issuer in [
        "https://auth.example",
        "https://auth.example/",
        "https://AUTH.example/t",
    ] {
        let gate = external_gate(&json!({"issuer": issuer}));
        let path = "/.well-known/oauth-protected-resource/mcp";
        let document = gate.send(Request::get(path)).json();
        assert_eq!(document["authorization_servers"], json!([issuer]), "RS-02");
        assert_eq!(document["resource"], RESOURCE);
        assert_eq!(document.get("scopes_supported"), None, "RS-04");
        assert!(gate.world.web.asked().is_empty(), "it needs no issuer");
    }
}

#[test]
fn its_metadata_is_served_wherever_clients_look() {
    let gate = gate_with_keys(&[]);
    let (server, provider) = (
        format!(" {} ", metadata()),
        json!({"issuer": AUTH, "subject_types_supported": ["public"]}).to_string(),
    );
    gate.world.web.answer(METADATA, Ok(&server));
    gate.world.web.answer(OPENID, Ok(&provider));
    for (paths, expected) in [(SERVER_PATHS, &server), (OPENID_PATHS, &provider)] {
        for path in paths {
            let answer = gate.send(Request::get(path));
            assert_eq!((answer.status, &answer.text()), (200, expected), "{path}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            let head = gate.send(Request::new("HEAD", path));
            assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
            for (method, status) in [("OPTIONS", 204), ("POST", 405), ("DELETE", 405)] {
                assert_eq!(
                    gate.send(Request::new(method, path)).status,
                    status,
                    "{path}"
                );
            }
        }
    }
    assert_eq!(gate.world.web.asked(), [METADATA, OPENID]);
    assert_eq!(gate.world.storage_operations(), 0);
}

#[test]
fn metadata_that_cannot_be_had_is_a_404_that_is_not_remembered() {
    for failure in [
        Err(NotFetched::NotJson),
        Err(NotFetched::Refused),
        Err(NotFetched::Slow),
        Err(NotFetched::TooLarge),
        Err(NotFetched::Unreachable),
        Ok("{}"),
        Ok(r#"{"issuer":"https://evil.example"}"#),
    ] {
        let gate = gate_with_keys(&[]);
        gate.world.web.answer(METADATA, failure);
        for path in SERVER_PATHS.iter().chain(&OPENID_PATHS) {
            let answer = gate.send(Request::get(path));
            assert_eq!(
                answer.refusal(),
                (404, "not_found".into()),
                "{path} {failure:?}"
            );
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
        gate.pass(10);
        gate.world.web.answer(METADATA, Ok(&metadata().to_string()));
        assert_eq!(gate.send(Request::get(SERVER_PATHS[0])).status, 200);
        silence(&gate);
        for seconds in [0, 3_600, 60] {
            gate.pass(seconds);
            assert_eq!(gate.send(Request::get(SERVER_PATHS[0])).status, 200, "warm");
        }
    }
}

/// Strangers do not decide how often an issuer is asked, least of all one that struggles.
#[test]
fn an_issuer_that_does_not_answer_is_asked_a_few_times_in_ten_seconds() {
    let gate = gate_with_keys(&[]);
    gate.world.web.answer(METADATA, Err(NotFetched::Slow));
    let before = gate.world.web.asked().len();
    for _ in 0..20 {
        assert_eq!(gate.send(Request::get(SERVER_PATHS[0])).status, 404);
    }
    assert_eq!(gate.world.web.asked().len() - before, 5);
    gate.pass(10);
    gate.send(Request::get(SERVER_PATHS[0]));
    assert_eq!(gate.world.web.asked().len() - before, 6);
}

#[test]
fn a_provider_only_is_a_server_too() {
    let gate = gate_with_keys(&[]);
    gate.world.web.answer(METADATA, Err(NotFetched::Refused));
    gate.world.web.answer(OPENID, Ok(&metadata().to_string()));
    for path in SERVER_PATHS.iter().chain(&OPENID_PATHS) {
        assert_eq!(gate.send(Request::get(path)).text(), metadata().to_string());
    }
    assert_eq!((asked(&gate, METADATA), asked(&gate, OPENID)), (1, 1));
}

#[test]
fn the_path_of_an_issuer_is_looked_up_where_the_standards_put_it() {
    let gate = external_gate(&json!({"issuer": "https://auth.example/t"}));
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ] {
        assert_eq!(gate.send(Request::get(path)).status, 404);
    }
    let server = "https://auth.example/.well-known/oauth-authorization-server/t";
    let provider = "https://auth.example/t/.well-known/openid-configuration";
    assert_eq!(gate.world.web.asked(), [server, provider]);
    let inserted = "https://auth.example/.well-known/openid-configuration/t";
    gate.world.web.answer(provider, Err(NotFetched::Refused));
    let own = json!({"issuer": "https://auth.example/t"}).to_string();
    gate.world.web.answer(inserted, Ok(&own));
    let answer = gate.send(Request::get("/.well-known/openid-configuration/mcp"));
    assert_eq!(answer.text(), own);
}

#[test]
fn nothing_is_offered_that_could_make_a_token() {
    let gate = gate_with_keys(&[]);
    for path in [
        "/authorize",
        "/token",
        "/register",
        "/revoke",
        "/oauth/token",
        "/mcp/authorize",
        "/mcp/token",
        "/mcp/register",
        "/mcp/clients",
        "/mcp/revoke",
        "/gatelodge",
        "/gatelodge/sign-in",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let answer = gate.send(Request::new(method, path));
            assert_eq!(
                answer.refusal(),
                (404, "not_found".into()),
                "{method} {path}"
            );
        }
    }
    assert_eq!(gate.world.storage_operations(), 0);
    assert!(gate.world.web.asked().is_empty());
}

#[test]
fn an_owners_mount_may_stand_before_it() {
    let mounts = json!([
        {"path": "/mcp"},
        {"path": "/wiki", "auth": "external", "issuer": AUTH, "audience": "wiki"},
    ]);
    let gate = Gate::with(&[("MOUNTS", &mounts.to_string())]);
    gate.world.web.answer(METADATA, Ok(&metadata().to_string()));
    let issuer_at = |path: &str| {
        let answer = gate.send(Request::get(path));
        (answer.status == 200).then(|| answer.field("issuer"))
    };
    let own = Some("https://mcp.example.com".to_owned());
    for (path, expected) in [
        ("/.well-known/oauth-authorization-server", own.clone()),
        ("/.well-known/oauth-authorization-server/mcp", own.clone()),
        ("/mcp/.well-known/oauth-authorization-server", own),
        (
            "/.well-known/oauth-authorization-server/wiki",
            Some(AUTH.to_owned()),
        ),
        (
            "/wiki/.well-known/oauth-authorization-server",
            Some(AUTH.to_owned()),
        ),
        ("/.well-known/openid-configuration", None),
        ("/mcp/.well-known/openid-configuration", None),
    ] {
        assert_eq!(issuer_at(path), expected, "{path}");
    }
    let document = gate.send(Request::get("/.well-known/oauth-authorization-server"));
    assert_eq!(
        document.json()["scopes_supported"],
        json!(["mcp", "offline_access"])
    );

    let connection = Client::register(&gate).connect(&gate);
    assert_eq!(connection.call(&gate), 200);
    let at_wiki = gate.send(Request::post("/wiki").bearer(&connection.access));
    assert_eq!(at_wiki.status, 401, "RS-25");
    for (path, status) in [
        ("/mcp/register", 400),
        ("/wiki/register", 404),
        ("/wiki/token", 404),
    ] {
        assert_eq!(
            gate.send(Request::post(path).json(&json!({}))).status,
            status,
            "{path}"
        );
    }
    let mut refreshing = connection.refreshing();
    refreshing.push(("resource", "https://mcp.example.com/wiki"));
    let answer = connection.client.ask(&gate, &refreshing);
    assert_eq!(
        answer.refusal(),
        (400, "invalid_target".into()),
        "none of this edge's"
    );
}
