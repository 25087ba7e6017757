//! What one issuer sealed is nothing to another, even under the same key (AS-06, RS-24).

use serde_json::json;

use crate::support::{Browser, Client, Gate, ISSUER, Request, call};

#[test]
fn nothing_crosses_from_one_host_to_another() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
    let connection = client.connect(&gate);
    let calls = gate.world.ledger_calls();

    let there = |path: &str| Request::post(&format!("https://other.example{path}"));
    let call = gate.send(there("/mcp").json(&json!({})).bearer(&connection.access));
    assert_eq!(call.refusal(), (401, "invalid_token".into()));
    let challenge = call.header("www-authenticate").unwrap();
    assert!(
        challenge.contains("https://other.example/.well-known/"),
        "{challenge}"
    );

    for fields in [client.redemption(&code), connection.refreshing()] {
        let answer = gate.send(there("/token").form(&client.authenticated(&fields)));
        assert_eq!(answer.refusal(), (401, "invalid_client".into()));
    }
    let url = client
        .authorization_url(&[])
        .replace("mcp.example.com", "other.example");
    assert_eq!(gate.send(Request::get(&url)).status, 400);
    let form = [("token", connection.refresh.as_str())];
    assert_eq!(gate.send(there("/revoke").form(&form)).status, 200);
    assert_eq!(gate.world.ledger_calls(), calls, "no Ledger was asked");
    assert_eq!(connection.call(&gate), 200, "nothing was revoked");
}

#[test]
fn a_configured_issuer_is_the_only_one() {
    let gate = Gate::with(&[("PUBLIC_URL", "https://mcp.example.com")]);
    let elsewhere = "https://gatelodge.example.workers.dev";
    for path in [
        "/mcp",
        "/token",
        "/authorize",
        "/gatelodge",
        "/.well-known/oauth-protected-resource",
    ] {
        let answer = gate.send(Request::get(&format!("{elsewhere}{path}")));
        assert_eq!(answer.refusal(), (421, "invalid_request".into()), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    assert_eq!(gate.send(Request::get("/gatelodge")).status, 200);
}

#[test]
fn a_session_of_another_host_is_nobodys() {
    let gate = Gate::new();
    let owner = Browser::of_owner(&gate);
    let request = owner.with_cookies(Request::get("https://other.example/gatelodge"));
    let page = gate.send(request).text();
    assert!(
        page.contains("<input type=\"password\""),
        "the owner must sign in there"
    );
}

#[test]
fn plain_http_is_an_issuer_on_this_machine_only() {
    let gate = Gate::new();
    let issuer = |url: &str| {
        let document = format!("{url}/.well-known/oauth-authorization-server");
        gate.send(Request::get(&document)).field("issuer")
    };
    assert_eq!(issuer("http://localhost:8787"), "http://localhost:8787");
    assert_eq!(
        issuer("https://mcp.example.com:8443"),
        "https://mcp.example.com:8443"
    );
}

/// Nothing is answered over plain http, on which anybody can read along: a browser is led to the
/// right address, and a program is told.
#[test]
fn plain_http_to_another_machine_is_refused() {
    for gate in [Gate::new(), Gate::with(&[("PUBLIC_URL", ISSUER)])] {
        for path in [
            "/mcp",
            "/token",
            "/authorize",
            "/.well-known/oauth-authorization-server",
        ] {
            let url = format!("http://mcp.example.com{path}?a=b");
            let answer = gate.send(Request::post(&url));
            assert_eq!(answer.refusal(), (403, "invalid_request".into()), "{path}");
            let browser = Request::get(&url).header("accept", "text/html,*/*");
            let answer = gate.send(browser);
            assert_eq!(answer.status, 308, "{path}");
            let there = format!("{ISSUER}{path}?a=b");
            assert_eq!(answer.header("location"), Some(there.as_str()));
            let proxied = Request::get(&url).header("x-forwarded-proto", "https");
            let is_refused = gate.send(proxied).status == 403;
            let is_set = gate.world.config.public_url.is_some();
            assert_eq!(
                is_refused, !is_set,
                "{path}: only the configured name has a proxy"
            );
        }
        assert_eq!(gate.world.storage_operations(), 0);
    }
}

#[test]
fn browsers_are_told_to_come_by_https() {
    let gate = Gate::new();
    let answer = |url: &str| gate.send(Request::get(url));
    for path in ["/gatelodge", "/mcp", "/nowhere"] {
        let secured = answer(path);
        let year = secured.header("strict-transport-security");
        assert_eq!(year, Some("max-age=31536000"), "{path}");
    }
    let local = answer("http://localhost:8787/gatelodge");
    assert_eq!(local.header("strict-transport-security"), None);
}

#[test]
fn forged_and_damaged_tokens_are_refused_without_storage() {
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    let (before, access) = (gate.world.storage_operations(), connection.access.as_str());
    let changed_in_the_middle = {
        let (head, tail) = access.split_at(access.len() / 2);
        let next = if tail.starts_with('A') { 'B' } else { 'A' };
        format!("{head}{next}{}", &tail[1..])
    };
    for token in [
        "x",
        "gl_access",
        "gl_access..",
        &access[..access.len() - 4],
        &changed_in_the_middle,
        &access.replacen("gl_access", "gl_refresh", 1),
        &connection.refresh.replacen("gl_refresh", "gl_access", 1),
        &connection.refresh,
        &connection.client.id,
    ] {
        assert_eq!(
            call(&gate, token).refusal(),
            (401, "invalid_token".into()),
            "{token}"
        );
    }
    assert_eq!(gate.world.storage_operations(), before);
    assert_eq!(connection.call(&gate), 200);
}
