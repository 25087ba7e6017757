//! The owner is shown who asks, for what, and where the answer goes (AS-34, AS-41, AS-43).

use serde_json::json;

use crate::support::{Answer, Browser, Client, Gate, REDIRECT_URI};

fn question(gate: &Gate, client: &Client, uri: &str) -> Answer {
    let url = client.authorization_url(&[("redirect_uri", uri)]);
    Browser::of_owner(gate).get(gate, &url)
}

#[test]
fn the_question_names_what_would_be_granted() {
    let gate = Gate::new();
    let page = question(&gate, &Client::register(&gate), REDIRECT_URI);
    for shown in [
        "Test Client",
        "client.example",
        "https://mcp.example.com/mcp",
        "<dd>mcp</dd>",
    ] {
        assert!(page.text().contains(shown), "{shown}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.ends_with("form-action 'self' https://client.example"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

#[test]
fn a_client_that_was_let_in_before_is_recognised() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let first = question(&gate, &client, REDIRECT_URI).text();
    assert!(first.contains("You have not let this client in before."));
    client.connect(&gate);
    let second = question(&gate, &client, REDIRECT_URI).text();
    assert!(second.contains("You have let this client in before, on Fri, 15 Jan 2027"));
    let namesake = question(&gate, &Client::register(&gate), REDIRECT_URI).text();
    assert!(namesake.contains("You have not let this client in before."));
}

#[test]
fn a_program_on_this_computer_is_a_warning() {
    for (uri, warned) in [("http://localhost:3118/cb", true), (REDIRECT_URI, false)] {
        let gate = Gate::new();
        let metadata = json!({"redirect_uris": [uri], "token_endpoint_auth_method": "none"});
        let page = question(&gate, &Client::register_as(&gate, &metadata), uri).text();
        assert_eq!(page.contains("a program on the computer"), warned, "{uri}");
    }
}

/// AS-35: whatever a client says of itself is text.
#[test]
fn a_hostile_client_is_text() {
    let gate = Gate::new();
    let name = "</strong><script>alert(1)</script>\" onload=\"x";
    let metadata = json!({"redirect_uris": [REDIRECT_URI], "client_name": name, "token_endpoint_auth_method": "none"});
    let client = Client::register_as(&gate, &metadata);
    let mut owner = Browser::of_owner(&gate);
    let hostile = [("state", name), ("scope", name)];
    let consent = owner.get(&gate, &client.authorization_url(&hostile));
    client.connect(&gate);
    let list = owner.get(&gate, "/gatelodge");
    for page in [consent, list] {
        assert_eq!(page.status, 200);
        assert!(page.text().contains("&lt;script&gt;alert(1)"));
        assert!(!page.text().contains("<script") && !page.text().contains("\" onload="));
    }
}
