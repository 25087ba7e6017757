//! Errors never reach a redirect URI that the client did not register (AS-21, AS-25, AS-26).

use serde_json::json;

use crate::support::{Browser, Client, Gate, REDIRECT_URI, Request};

const UNREGISTERED: [&str; 12] = [
    "https://client.example/other",
    "https://client.example/callback/",
    "https://client.example/callback?x=1",
    "https://CLIENT.example/callback",
    "https://client.example:443/callback",
    "https://client.example/callback#f",
    "https://client.example.evil.example/callback",
    "https://evil.example/callback",
    "http://client.example/callback",
    "http://localhost/callback",
    "javascript:alert(1)",
    "//evil.example/callback",
];

#[test]
fn an_unregistered_redirect_uri_gets_a_page_whatever_else_is_wrong() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    for uri in UNREGISTERED {
        for wrong in [
            ("scope", "mcp"),
            ("response_type", "token"),
            ("code_challenge", ""),
        ] {
            let url = client.authorization_url(&[("redirect_uri", uri), wrong]);
            for browser in [&mut Browser::default(), &mut owner] {
                let answer = browser.get(&gate, &url);
                assert_eq!(answer.status, 400, "{uri}");
                assert!(answer.is_page(), "{uri}");
                assert_eq!(answer.header("location"), None, "{uri}");
                assert!(!answer.text().contains("name=\"ticket\""), "{uri}");
                let policy = answer.header("content-security-policy").unwrap();
                assert!(policy.ends_with("form-action 'self'"), "{policy}");
            }
        }
    }
}

#[test]
fn a_request_of_no_known_client_gets_a_page() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let damaged = format!("{}x", client.id);
    let repeated = format!("{}&client_id=x", client.authorization_url(&[]));
    for url in [
        client.authorization_url(&[("client_id", "")]),
        client.authorization_url(&[("client_id", "unknown")]),
        client.authorization_url(&[("client_id", &damaged)]),
        repeated,
    ] {
        let answer = gate.send(Request::get(&url));
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("location"), None);
    }
}

/// AS-29: what is wrong otherwise is told to the client only after the owner has signed in and
/// goes back to it.
#[test]
fn a_wrong_request_is_told_to_the_client_by_the_owner() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let url = client.authorization_url(&[("response_type", "token")]);
    let stranger = gate.send(Request::get(&url));
    assert_eq!(stranger.status, 200, "the sign-in comes first");
    assert_eq!(stranger.header("location"), None);

    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &url);
    assert_eq!(page.status, 400);
    assert_eq!(page.header("location"), None);
    let answer = owner.decide(&gate, &page, "return");
    let callback = answer.callback(REDIRECT_URI);
    assert!(callback.contains(&("error".into(), "unsupported_response_type".into())));
}

#[test]
fn a_uri_is_required_when_several_are_registered() {
    let gate = Gate::new();
    let metadata =
        |uris: &[&str]| json!({"redirect_uris": uris, "token_endpoint_auth_method": "none"});
    for (uris, status) in [
        (vec![REDIRECT_URI], 200),
        (vec![REDIRECT_URI, "https://client.example/b"], 400),
    ] {
        let client = Client::register_as(&gate, &metadata(&uris));
        let url = client.authorization_url(&[("redirect_uri", "")]);
        assert_eq!(gate.send(Request::get(&url)).status, status, "{uris:?}");
    }
}

#[test]
fn a_loopback_uri_may_have_any_port_and_nothing_else() {
    let gate = Gate::new();
    let client = Client::register_as(
        &gate,
        &json!({"redirect_uris": ["http://127.0.0.1:3000/cb"], "token_endpoint_auth_method": "none"}),
    );
    for (uri, status) in [
        ("http://127.0.0.1:3000/cb", 200),
        ("http://127.0.0.1:51004/cb", 200),
        ("http://127.0.0.1/cb", 200),
        ("http://localhost:3000/cb", 400),
        ("http://127.0.0.1:3000/other", 400),
        ("https://127.0.0.1:3000/cb", 400),
        ("http://127.0.0.1:3000@evil.example/cb", 400),
    ] {
        let url = client.authorization_url(&[("redirect_uri", uri)]);
        let answer = gate.send(Request::get(&url));
        assert_eq!(answer.status, status, "{uri}");
    }
}

/// A browser resolves these against our own page, so that they lead elsewhere than they seem to.
#[test]
fn a_uri_that_a_browser_reads_otherwise_cannot_be_registered() {
    let gate = Gate::new();
    for uri in [
        "https:client.example/cb",
        "https:/client.example/cb",
        "https:\\\\client.example/cb",
        "HTTPS:client.example",
    ] {
        let request = Request::post("/register").json(&json!({"redirect_uris": [uri]}));
        assert_eq!(
            gate.send(request).refusal(),
            (400, "invalid_redirect_uri".into()),
            "{uri}"
        );
    }
}
