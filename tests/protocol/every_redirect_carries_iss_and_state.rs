//! Every redirect to a client carries `iss` once and `state` as it was sent, errors too (AS-30,
//! AS-31), and it is a 303 (AS-33).

use serde_json::json;

use crate::support::{Browser, Client, Gate, ISSUER, REDIRECT_URI, exchange::only};

/// Parameters that differ from those of a proper request.
type Changes = &'static [(&'static str, &'static str)];

/// What is asked for, how the owner answers, and the error that comes back; none for a code.
const OUTCOMES: [(Changes, &str, Option<&str>); 9] = [
    (&[], "approve", None),
    (&[], "deny", Some("access_denied")),
    (&[("response_type", "")], "return", Some("invalid_request")),
    (
        &[("response_type", "token")],
        "return",
        Some("unsupported_response_type"),
    ),
    (&[("code_challenge", "")], "return", Some("invalid_request")),
    (
        &[("code_challenge_method", "plain")],
        "return",
        Some("invalid_request"),
    ),
    (
        &[("resource", "https://other.example/mcp")],
        "return",
        Some("invalid_target"),
    ),
    (
        &[("resource", "https://mcp.example.com/mcp#f")],
        "return",
        Some("invalid_target"),
    ),
    (&[("scope", "unknown")], "approve", None),
];

const STATES: [&str; 5] = [
    "state-1",
    "eyJhbGciOi.J-_~",
    "a b+c%20d&e=f#g",
    "\"><script>alert(1)</script>",
    "ключ 🔑",
];

#[test]
fn whatever_the_outcome() {
    for (changes, decision, error) in OUTCOMES {
        for state in STATES {
            let gate = Gate::new();
            let client = Client::register(&gate);
            let mut owner = Browser::of_owner(&gate);
            let mut changes = changes.to_vec();
            changes.push(("state", state));
            let page = owner.get(&gate, &client.authorization_url(&changes));
            let callback = owner.decide(&gate, &page, decision).callback(REDIRECT_URI);
            assert_eq!(only(&callback, "iss"), Some(ISSUER), "{changes:?}");
            assert_eq!(only(&callback, "state"), Some(state), "{changes:?}");
            assert_eq!(only(&callback, "error"), error, "{changes:?}");
            assert_eq!(
                only(&callback, "code").is_some(),
                error.is_none(),
                "{changes:?}"
            );
        }
    }
}

#[test]
fn a_state_that_was_not_sent_is_not_made_up() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client.authorization_url(&[("state", "")]));
    let callback = owner.decide(&gate, &page, "deny").callback(REDIRECT_URI);
    assert_eq!(only(&callback, "state"), None);
    assert_eq!(only(&callback, "iss"), Some(ISSUER));
}

#[test]
fn the_redirect_uris_own_query_is_kept() {
    for uri in [
        "https://client.example/cb?app=7",
        "https://client.example/cb?",
    ] {
        let gate = Gate::new();
        let metadata = json!({"redirect_uris": [uri], "token_endpoint_auth_method": "none"});
        let client = Client::register_as(&gate, &metadata);
        let mut owner = Browser::of_owner(&gate);
        let page = owner.get(&gate, &client.authorization_url(&[("redirect_uri", uri)]));
        let answer = owner.decide(&gate, &page, "approve");
        let location = answer.header("location").unwrap();
        let rest = location.strip_prefix(uri).unwrap();
        assert!(
            rest.trim_start_matches('&').starts_with("code=gl_code."),
            "{location}"
        );
        assert!(
            !location.contains("?&") && !location.contains("??"),
            "{location}"
        );
    }
}
