//! A client may be described by a document at the address that is its identifier (AS-50 to AS-63).

use gatelodge::ports::NotFetched;
use serde_json::{Value, json};

use crate::support::{Browser, Client, Gate, Port, REDIRECT_URI, Request};

const URL: &str = "https://client.example/metadata.json";

fn document() -> Value {
    json!({"client_id": URL, "client_name": "Described", "redirect_uris": [REDIRECT_URI]})
}

fn with(changes: &Value) -> String {
    let mut document = document();
    for (name, value) in changes.as_object().unwrap() {
        document[name] = value.clone();
    }
    document.to_string()
}

fn described() -> Client {
    Client {
        id: URL.into(),
        secret: None,
        verifier: "a-verifier-of-at-least-forty-three-characters".into(),
    }
}

fn gate(document: &str) -> Gate {
    let gate = Gate::new();
    gate.world.web.answer(URL, Ok(document));
    gate
}

#[test]
fn it_connects_and_stays_connected_with_one_fetch() {
    let gate = gate(&document().to_string());
    let connection = described().connect(&gate);
    assert_eq!(connection.call(&gate), 200);
    let connection = connection.refresh(&gate);
    assert_eq!(connection.call(&gate), 200);
    assert_eq!(connection.revoke(&gate, &connection.refresh).status, 200);
    assert_eq!(gate.world.web.asked(), [URL]);
}

/// AS-51.
#[test]
fn nothing_is_fetched_for_a_stranger() {
    let gate = gate(&document().to_string());
    let page = gate.send(Request::get(&described().authorization_url(&[])));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<input type=\"password\""));
    let guess = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "gl_refresh.x.y"),
    ];
    let refused = described().ask(&gate, &guess).refusal();
    assert_eq!(refused, (400, "invalid_grant".into()));
    let someone_elses = Client::register(&gate).connect(&gate);
    let refused = described()
        .ask(&gate, &someone_elses.refreshing())
        .refusal();
    assert_eq!(refused, (400, "invalid_grant".into()));
    assert!(gate.world.web.asked().is_empty());
}

/// AS-50.
#[test]
fn an_address_that_cannot_be_one_is_no_client() {
    let gate = Gate::new();
    let mut owner = Browser::of_owner(&gate);
    for id in [
        "https://client.example",
        "http://client.example/c",
        "https://169.254.169.254/c",
        "https://localhost/c",
        "https://mcp.example.com/c",
        "https://client.example/../c",
        "cursor://client/c",
    ] {
        let url = described().authorization_url(&[("client_id", id)]);
        for browser in [&mut Browser::default(), &mut owner] {
            let page = browser.get(&gate, &url);
            assert_eq!(page.status, 400, "{id}");
            assert!(page.text().contains("public host"), "{id}");
        }
        let client = Client {
            id: id.into(),
            ..described()
        };
        let refused = client.redeem(&gate, "gl_code.x.y").refusal();
        assert_eq!(refused, (401, "invalid_client".into()), "{id}");
    }
    assert!(gate.world.web.asked().is_empty());
}

/// AS-52, AS-53, AS-55, AS-59, AS-60, AS-63.
#[test]
fn a_document_that_is_not_fit_gets_a_page_and_is_not_remembered() {
    let many = with(&json!({"x": "x".repeat(5_120)}));
    let long_name = with(&json!({"client_name": "x".repeat(81)}));
    let other = |id: &str| with(&json!({"client_id": id}));
    let private = json!({"keys": [{"kty": "EC", "d": "x"}]});
    let signs = "private_key_jwt";
    let cases = [
        ("<!doctype html>".to_owned(), "not a JSON object"),
        ("[]".to_owned(), "not a JSON object"),
        (String::new(), "not a JSON object"),
        (
            other("https://client.example:443/metadata.json"),
            "another app",
        ),
        (other("https://CLIENT.example/metadata.json"), "another app"),
        (
            other("https://client.example/metadata.json/"),
            "another app",
        ),
        (with(&json!({"client_id": 7})), "another app"),
        (with(&json!({"client_id": null})), "another app"),
        (with(&json!({"client_name": ""})), "what it is called"),
        (with(&json!({"client_name": null})), "what it is called"),
        (with(&json!({"client_name": ["x"]})), "must be a string"),
        (long_name, "80 characters"),
        (with(&json!({"redirect_uris": []})), "redirect_uris"),
        (
            with(&json!({"redirect_uris": ["http://a.example/"]})),
            "redirect_uris",
        ),
        (with(&json!({"client_secret": "x"})), "publishes a secret"),
        (
            with(&json!({"client_secret_expires_at": 0})),
            "publishes a secret",
        ),
        (
            with(&json!({"token_endpoint_auth_method": "client_secret_basic"})),
            "publishes a secret",
        ),
        (
            with(&json!({"token_endpoint_auth_method": "client_secret_post"})),
            "publishes a secret",
        ),
        (
            with(&json!({"token_endpoint_auth_method": "client_secret_jwt"})),
            "publishes a secret",
        ),
        (with(&json!({"jwks": private})), "publishes a secret"),
        (
            with(&json!({"token_endpoint_auth_method": "tls_client_auth"})),
            "way of authenticating",
        ),
        (
            with(&json!({"token_endpoint_auth_method": signs})),
            "no keys",
        ),
        (
            with(&json!({"token_endpoint_auth_method": signs, "jwks_uri": "https://10.0.0.1/k"})),
            "no keys",
        ),
        (
            with(&json!({"jwks": {"keys": []}, "jwks_uri": "https://client.example/k"})),
            "no keys",
        ),
        (
            with(&json!({"grant_types": ["client_credentials"]})),
            "grant_types",
        ),
        (
            with(&json!({"response_types": ["token"]})),
            "response_types",
        ),
        (many, "larger than 5 KB"),
    ];
    for (text, says) in cases {
        let gate = gate(&text);
        let mut owner = Browser::of_owner(&gate);
        let page = owner.get(&gate, &described().authorization_url(&[]));
        assert_eq!(page.status, 400, "{text}");
        assert_eq!(page.header("location"), None, "{text}");
        assert!(page.text().contains(says), "{says}: {}", page.text());
        gate.world.web.answer(URL, Ok(&document().to_string()));
        let page = owner.get(&gate, &described().authorization_url(&[]));
        assert_eq!(
            page.status, 200,
            "a mended document is read at once: {text}"
        );
    }
}

/// AS-57, AS-60, AS-63.
#[test]
fn what_cannot_be_fetched_gets_a_page_and_is_asked_for_again() {
    let gate = Gate::new();
    let mut owner = Browser::of_owner(&gate);
    for (not_fetched, says) in [
        (NotFetched::NotJson, "is not JSON"),
        (NotFetched::Refused, "does not answer with a document"),
        (NotFetched::Slow, "too long"),
        (NotFetched::TooLarge, "larger than 5 KB"),
        (NotFetched::Unreachable, "cannot be reached"),
    ] {
        gate.world.web.answer(URL, Err(not_fetched));
        let before = gate.world.web.asked().len();
        for asked in 1..=2 {
            let page = owner.get(&gate, &described().authorization_url(&[]));
            assert_eq!(page.status, 400);
            assert!(page.text().contains(says), "{says}");
            assert_eq!(gate.world.web.asked().len(), before + asked);
            let log = gate.world.steps.take().concat();
            assert!(log.contains("refused") && log.contains(says), "{log}");
            assert!(!log.contains("client.example"), "{log}");
        }
    }
}

/// AS-60.
#[test]
fn a_document_is_kept_as_its_headers_say_within_bounds() {
    for (max_age, kept) in [
        (None, 600),
        (Some(0), 600),
        (Some(3_600), 3_600),
        (Some(1_000_000_000), 86_400),
    ] {
        let gate = Gate::new();
        match max_age {
            None => gate.world.web.answer(URL, Ok(&document().to_string())),
            Some(seconds) => gate
                .world
                .web
                .answer_for(URL, &document().to_string(), seconds),
        }
        let ask = || {
            let page = Browser::of_owner(&gate).get(&gate, &described().authorization_url(&[]));
            assert_eq!(page.status, 200);
            gate.world.web.asked().len()
        };
        assert_eq!(ask(), 1);
        gate.pass(kept - 1);
        assert_eq!(ask(), 1, "{max_age:?}");
        gate.pass(1);
        assert_eq!(ask(), 2, "{max_age:?}");
    }
}

/// The form has the document with it, so that what was shown is what is approved, in any isolate.
#[test]
fn what_was_shown_is_what_is_approved() {
    let gate = gate(&document().to_string());
    let client = described();
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client.authorization_url(&[]));
    assert_eq!(page.status, 200);

    let gate = gate.redeployed(&[]);
    let answer = owner.decide(&gate, &page, "approve");
    let callback = answer.callback(REDIRECT_URI);
    let code = &callback.iter().find(|(name, _)| name == "code").unwrap().1;
    assert_eq!(client.redeem(&gate, code).status, 200);
    assert!(
        gate.world.web.asked().is_empty(),
        "nothing is fetched twice"
    );
    let approved = gate.world.only_grant().authorization.client;
    assert_eq!(
        (approved.name.as_str(), approved.client_id.as_str()),
        ("Described", URL)
    );
}

/// AS-54.
#[test]
fn the_answer_goes_to_an_address_of_the_document_only() {
    let text = with(&json!({"redirect_uris": [REDIRECT_URI, "http://127.0.0.1/cb"]}));
    let gate = gate(&text);
    let mut owner = Browser::of_owner(&gate);
    for (uri, status) in [
        (REDIRECT_URI, 200),
        ("http://127.0.0.1:5005/cb", 200),
        ("http://localhost:5005/cb", 400),
        ("https://client.example/callback/", 400),
        ("https://evil.example/callback", 400),
        ("", 400),
    ] {
        let page = owner.get(
            &gate,
            &described().authorization_url(&[("redirect_uri", uri)]),
        );
        assert_eq!(page.status, status, "{uri}");
        assert_eq!(page.header("location"), None);
        if status == 200 {
            assert_eq!(owner.decide(&gate, &page, "approve").status, 303, "{uri}");
        }
    }
    assert_eq!(gate.world.count(&[Port::Open]), 2);
}

/// AS-42, AS-43.
#[test]
fn the_page_says_whose_word_the_document_is() {
    let text = with(&json!({
        "redirect_uris": [REDIRECT_URI, "https://elsewhere.example/cb", "http://localhost/cb"],
    }));
    let gate = gate(&text);
    let mut owner = Browser::of_owner(&gate);
    for (uri, elsewhere, loopback) in [
        (REDIRECT_URI, false, false),
        ("https://elsewhere.example/cb", true, false),
        ("http://localhost:5005/cb", false, true),
    ] {
        let url = described().authorization_url(&[("redirect_uri", uri)]);
        let text = owner.get(&gate, &url).text();
        assert!(text.contains("<dt>Described by</dt><dd><strong>client.example</strong></dd>"));
        assert_eq!(
            text.contains("another website than the one"),
            elsewhere,
            "{uri}"
        );
        assert_eq!(
            text.contains("on the computer that you are using"),
            loopback,
            "{uri}"
        );
    }
    let registered = Client::register(&gate).authorization_url(&[]);
    assert!(
        !owner
            .get(&gate, &registered)
            .text()
            .contains("Described by")
    );
}

/// Some documents have a list beside the standard's member; who offers `none` needs no signature.
#[test]
fn all_that_a_document_offers_counts() {
    let keys = json!({"keys": []});
    for (changes, wanted) in [
        (json!({}), "null"),
        (json!({"token_endpoint_auth_method": "none"}), "null"),
        (json!({"token_endpoint_auth_method": ""}), "null"),
        (
            json!({
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
                "jwks_uri": "https://client.example/keys.json",
            }),
            "null",
        ),
        (
            json!({
                "token_endpoint_auth_method": "tls_client_auth",
                "token_endpoint_auth_methods_supported": ["none"],
            }),
            "null",
        ),
        (
            json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": keys}),
            "\"private_key_jwt\"",
        ),
        (
            json!({"token_endpoint_auth_methods_supported": ["private_key_jwt"], "jwks": keys}),
            "\"private_key_jwt\"",
        ),
    ] {
        let gate = gate(&with(&changes));
        described().authorize(&gate, &mut Browser::of_owner(&gate));
        let approved = gate.world.only_grant().authorization.client;
        let stored = serde_json::to_string(&approved.credential).unwrap();
        assert_eq!(stored, wanted, "{changes}");
    }
}

/// AS-11.
#[test]
fn the_server_says_that_it_reads_documents() {
    let answer = Gate::new().send(Request::get("/.well-known/oauth-authorization-server"));
    assert_eq!(answer.json()["client_id_metadata_document_supported"], true);
}
