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
        "Everything that Home MCP offers",
    ] {
        assert!(page.text().contains(shown), "{shown}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(!policy.contains("form-action"), "{policy}");
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
    assert!(first.contains("You have not let this app in before."));
    client.connect(&gate);
    let second = question(&gate, &client, REDIRECT_URI).text();
    assert!(second.contains("You have let this app in before, on <time datetime=\"2027-01-15T08:00:00Z\">15 Jan 2027, 08:00 GMT</time>."));
    let namesake = question(&gate, &Client::register(&gate), REDIRECT_URI).text();
    assert!(namesake.contains("You have not let this app in before."));
}

#[test]
fn a_program_on_this_computer_is_a_warning() {
    const PROGRAM: &str = "to a program on the computer that you are using";
    const APP: &str = "to an app on this device";
    for (uri, warning) in [
        ("http://localhost:3118/cb", Some(PROGRAM)),
        ("https://localhost:3118/cb", Some(PROGRAM)),
        ("https://127.0.0.1/cb", Some(PROGRAM)),
        ("cursor://anysphere.cursor-mcp/cb", Some(APP)),
        (REDIRECT_URI, None),
    ] {
        let gate = Gate::new();
        let metadata = json!({"redirect_uris": [uri], "token_endpoint_auth_method": "none"});
        let page = question(&gate, &Client::register_as(&gate, &metadata), uri).text();
        for text in [PROGRAM, APP] {
            assert_eq!(page.contains(text), warning == Some(text), "{uri}: {text}");
        }
    }
}

/// A host that the answer does not go to is never shown, least of all as a name.
#[test]
fn a_client_without_a_name_is_called_that() {
    for name in ["", " ", "\u{200b}\u{3164}", "\u{2800} \u{e0041}"] {
        let gate = Gate::new();
        let metadata = json!({
            "redirect_uris": ["https://well-known.example/cb", REDIRECT_URI],
            "client_name": name,
            "token_endpoint_auth_method": "none",
        });
        let client = Client::register_as(&gate, &metadata);
        let refused = [("code_challenge_method", "plain")];
        let mut owner = Browser::of_owner(&gate);
        let pages = [
            question(&gate, &client, REDIRECT_URI),
            owner.get(&gate, &client.authorization_url(&refused)),
            {
                client.connect(&gate);
                owner.get(&gate, "/gatelodge")
            },
        ];
        for page in pages {
            let text = page.text();
            assert!(text.contains("An app without a name"), "{name:?}: {text}");
            assert!(text.contains("client.example"), "{name:?}: {text}");
            assert!(!text.contains("well-known.example"), "{name:?}: {text}");
        }
    }
}

/// The metadata of a key in the register may have 1,024 bytes of JSON.
#[test]
fn whatever_can_be_let_in_fits_into_the_register() {
    let host = ["a".repeat(49), "b".repeat(203)].join(".");
    let uri = format!("https://{host}/cb");
    let path = format!("/{}", "m".repeat(127));
    let mounts = json!([{"path": path}]).to_string();
    for name in [
        "\u{1f3e1}".repeat(80),
        "\"\\".repeat(40),
        "\u{7f}".repeat(80),
    ] {
        let gate = Gate::with(&[("MOUNTS", &mounts)]);
        let metadata = json!({"redirect_uris": [uri], "client_name": name, "token_endpoint_auth_method": "none"});
        let client = Client::register_as(&gate, &metadata);
        let mut owner = Browser::of_owner(&gate);
        let page = owner.get(&gate, &client.authorization_url(&[("redirect_uri", &uri)]));
        assert_eq!(owner.decide(&gate, &page, "approve").status, 303);
        let rows = gate.world.storage.rows.borrow();
        let mut rows = rows.iter().filter(|(key, _)| key.starts_with("grant/"));
        let row = &rows.next().unwrap().1.text;
        assert!(row.contains(&host) && row.contains(&path), "{row}");
        assert!(row.len() <= 1_024, "{} bytes: {row}", row.len());
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
