//! The owner's page says of each app what its owner needs to know, in words and not in terms.

use serde_json::json;

use crate::support::{Browser, Client, Connection, Gate, ISSUER, REDIRECT_URI, exchange::only};

const MOUNTS: &str = r#"[{"path": "/mcp"}, {"path": "/notes"}]"#;

fn connect_to(gate: &Gate, mount: &str) -> Connection {
    let client = Client::register(gate);
    let resource = format!("{ISSUER}{mount}");
    let url = client.authorization_url(&[("resource", &resource)]);
    let mut owner = Browser::of_owner(gate);
    let page = owner.get(gate, &url);
    let callback = owner.decide(gate, &page, "approve").callback(REDIRECT_URI);
    client.connection(&client.redeem(gate, only(&callback, "code").unwrap()))
}

fn owners_page(gate: &Gate) -> String {
    Browser::of_owner(gate).get(gate, "/gatelodge").text()
}

#[test]
fn every_app_is_shown_with_its_path() {
    let gate = Gate::with(&[("MOUNTS", MOUNTS)]);
    connect_to(&gate, "/mcp");
    connect_to(&gate, "/mcp");
    connect_to(&gate, "/notes");
    let page = owners_page(&gate);
    for (path, times) in [("/mcp", 2), ("/notes", 1)] {
        let shown = format!("<dt>Path</dt><dd><code>{path}</code></dd>");
        assert_eq!(page.matches(&shown).count(), times, "{page}");
    }
}

#[test]
fn what_has_happened_is_told() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
    assert!(owners_page(&gate).contains("has not connected yet"));
    let connection = client.connection(&client.redeem(&gate, &code));
    let page = owners_page(&gate);
    assert!(page.contains("connected, not renewed yet"));
    let let_in = "<dt>Let in</dt><dd><time datetime=\"2027-01-15T08:00:00Z\">15 Jan 2027, 08:00 GMT</time></dd>";
    assert!(page.contains(let_in), "{page}");
    assert!(page.contains("<dt>Old tokens used again</dt><dd>never</dd>"));
    assert!(!page.contains("Lost answers"));

    gate.pass(3_600);
    connection.refresh(&gate);
    let renewed = "<dt>Last renewed</dt><dd><time datetime=\"2027-01-15T09:00:00Z\">15 Jan 2027, 09:00 GMT</time></dd>";
    assert!(owners_page(&gate).contains(renewed));
}

#[test]
fn how_many_would_be_revoked_is_told() {
    let gate = Gate::new();
    assert!(!owners_page(&gate).contains("revoke-all"));
    connect_to(&gate, "/mcp");
    assert!(owners_page(&gate).contains("Revoke the app</button>"));
    connect_to(&gate, "/mcp");
    assert!(owners_page(&gate).contains("Revoke all 2 apps</button>"));
}

/// A private-use scheme is no place that people know.
#[test]
fn a_wrong_request_leads_back_by_a_name_that_means_something() {
    for (uri, words) in [
        (REDIRECT_URI, "Go back to client.example</button>"),
        (
            "cursor://anysphere.cursor-mcp/cb",
            "Go back to the app</button>",
        ),
    ] {
        let gate = Gate::new();
        let metadata = json!({"redirect_uris": [uri], "token_endpoint_auth_method": "none"});
        let client = Client::register_as(&gate, &metadata);
        let wrong = [("redirect_uri", uri), ("code_challenge", "")];
        let page = Browser::of_owner(&gate).get(&gate, &client.authorization_url(&wrong));
        assert_eq!(page.status, 400);
        assert!(page.text().contains(words), "{}", page.text());
    }
}

/// The bare host says what there is to add, and leads nowhere that is not there.
#[test]
fn the_bare_host_names_every_mount() {
    let page = |settings: &[(&str, &str)]| {
        let gate = Gate::with(settings);
        let request = crate::support::Request::get("/").header("accept", "text/html");
        gate.send(request).text()
    };
    let owner = page(&[("MOUNTS", MOUNTS)]);
    for shown in [
        "https://mcp.example.com/mcp",
        "https://mcp.example.com/notes",
        "/gatelodge",
    ] {
        assert!(owner.contains(shown), "{shown}");
    }
    let open = page(&[("MOUNTS", r#"[{"auth": "open"}]"#)]);
    assert!(open.contains("https://mcp.example.com/mcp"));
    assert!(open.contains("an open MCP server") && !open.contains("/gatelodge"));
}
