//! Scopes are parsed and rendered anew, never echoed: what a client sends with stray spaces or for
//! another server connects all the same.

use serde_json::json;

use crate::support::{Browser, Client, Gate, REDIRECT_URI, Request, exchange::only};

/// What is configured, asked for, and granted.
const TABLE: [(&str, &str, &str); 13] = [
    (r#"["claudeai"]"#, "claudeai ", "claudeai"),
    (r#"["claudeai"]"#, " claudeai", "claudeai"),
    (r#"["claudeai"]"#, "claudeai  claudeai", "claudeai"),
    (r#"["claudeai"]"#, "", "claudeai"),
    (r#"["claudeai"]"#, " ", "claudeai"),
    (r#"["claudeai"]"#, "offline_access claudeai", "claudeai"),
    (r#"["claudeai"]"#, "openid profile email", "claudeai"),
    (r#"["claudeai"]"#, "CLAUDEAI", "claudeai"),
    (r#"["claudeai"]"#, "\"><script> claudeai", "claudeai"),
    (r#"["read","write"]"#, "write", "write"),
    (r#"["read","write"]"#, "write read", "read write"),
    (r#"["read","write"]"#, "write admin", "write"),
    (r#"["read","write"]"#, "admin", "read write"),
];

#[test]
fn what_is_asked_for_is_granted_as_far_as_it_exists() {
    for (configured, asked, granted) in TABLE {
        let gate = Gate::with(&[("SCOPES", configured)]);
        let client = Client::register(&gate);
        let mut owner = Browser::of_owner(&gate);
        let page = owner.get(&gate, &client.authorization_url(&[("scope", asked)]));
        assert_eq!(page.status, 200, "{asked}");
        let all = configured.replace(['[', ']', '"'], "").replace(',', " ");
        let shown = if all == granted {
            "<dd>Everything that Home MCP offers at this address</dd>".to_owned()
        } else {
            format!("<dd>{}</dd>", granted.replace(' ', ", "))
        };
        assert!(page.text().contains(&shown), "{asked}: {}", page.text());
        let callback = owner.decide(&gate, &page, "approve").callback(REDIRECT_URI);
        let answer = client.redeem(&gate, only(&callback, "code").unwrap());
        assert_eq!(answer.field("scope"), granted, "{asked}");
        let connection = client.connection(&answer);
        assert_eq!(
            connection.try_refresh(&gate).field("scope"),
            granted,
            "{asked}"
        );
        assert_eq!(connection.call(&gate), 200, "{asked}");
    }
}

#[test]
fn a_refresh_may_ask_for_less_and_get_it_back_later() {
    let gate = Gate::with(&[("SCOPES", "read write")]);
    let mut connection = Client::register(&gate).connect(&gate);
    for (asked, granted) in [
        ("read", "read"),
        ("", "read write"),
        ("write", "write"),
        ("admin", "read write"),
    ] {
        let mut fields = connection.refreshing();
        fields.push(("scope", asked));
        let answer = connection.client.ask(&gate, &fields);
        assert_eq!(answer.field("scope"), granted, "AS-89: {asked}");
        connection = connection.client.connection(&answer);
    }
}

#[test]
fn a_refresh_never_gets_more_than_was_approved() {
    let gate = Gate::with(&[("SCOPES", "read write")]);
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client.authorization_url(&[("scope", "read")]));
    let callback = owner.decide(&gate, &page, "approve").callback(REDIRECT_URI);
    let answer = client.redeem(&gate, only(&callback, "code").unwrap());
    let connection = client.connection(&answer);
    let gate = gate.redeployed(&[("SCOPES", "read write admin")]);
    let mut fields = connection.refreshing();
    fields.push(("scope", "read write admin"));
    assert_eq!(client.ask(&gate, &fields).field("scope"), "read", "AS-89");
}

#[test]
fn documents_name_what_exists_in_clean_spelling() {
    let gate = Gate::with(&[("SCOPES", " claudeai  other ")]);
    let scopes = |path: &str| gate.send(Request::get(path)).json()["scopes_supported"].clone();
    assert_eq!(
        scopes("/.well-known/oauth-protected-resource/mcp"),
        json!(["claudeai", "other"])
    );
    let server = scopes("/.well-known/oauth-authorization-server");
    assert_eq!(server, json!(["claudeai", "other", "offline_access"]));
    let challenge = gate.send(Request::get("/mcp"));
    let challenge = challenge.header("www-authenticate").unwrap();
    assert!(
        challenge.contains("scope=\"claudeai other\""),
        "{challenge}"
    );
}

/// AS-91: who lists the grant type, says nothing, or asks for `offline_access`.
#[test]
fn refresh_tokens_go_to_who_uses_them() {
    for (types, asked, expected) in [
        (json!(["authorization_code"]), "mcp", false),
        (json!(["authorization_code"]), "mcp offline_access", true),
        (json!(["authorization_code", "refresh_token"]), "mcp", true),
        (json!([]), "mcp", true),
        (json!(null), "mcp", true),
    ] {
        let gate = Gate::new();
        let metadata = json!({"redirect_uris": [REDIRECT_URI], "grant_types": types, "token_endpoint_auth_method": "none"});
        let client = Client::register_as(&gate, &metadata);
        let mut owner = Browser::of_owner(&gate);
        let page = owner.get(&gate, &client.authorization_url(&[("scope", asked)]));
        let callback = owner.decide(&gate, &page, "approve").callback(REDIRECT_URI);
        let answer = client
            .redeem(&gate, only(&callback, "code").unwrap())
            .json();
        assert_eq!(
            answer.get("refresh_token").is_some(),
            expected,
            "{types} {asked}"
        );
        assert_eq!(answer["scope"], "mcp", "{types} {asked}");
    }
}
