//! Whatever address a client names itself by, and whatever is there, nothing panics and only what
//! is public and without secrets is taken.

use gatelodge::{
    issuer::Issuer,
    jose::UnverifiedJwt,
    oauth::{
        client_assertion::{ASSERTION_TYPE, AssertionId},
        client_authentication::UnverifiedCredentials,
        client_document::{ClientDocument, ClientKeys, DocumentTerms},
        client_id_url::ClientIdUrl,
        credential::Credential,
        form::Parameters,
        redirect_uri::RedirectSchemes,
    },
    secret::base64url,
    time::Timestamp,
};
use http::HeaderMap;
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};
use url::{Host, form_urlencoded};

const CLIENT: &str = "https://client.example/c";
const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

fn issuer() -> Issuer {
    Issuer::new("https://mcp.example.com")
}

/// No `%`, for the reason that `parsers` gives.
fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "https://[a-z0-9.-]{1,24}(:[0-9]{1,6})?/[ -$&-~]{0,24}",
        "https://([0-9]{1,3}\\.){0,3}[0-9x]{1,10}/c",
        "https://\\[[0-9a-f:.]{2,20}\\]/c",
        "https?:[/\\\\]{0,3}[a-zA-Z@:.]{1,24}[/\\\\?#]?[a-z/.]{0,16}",
        "https://[a-z]{1,8}\\.(local|localhost|internal|home\\.arpa|example)\\.?/c",
    ]
}

fn member() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        Just(Value::Null),
        any::<u8>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        address().prop_map(Value::from),
        prop::sample::select(vec![
            "none",
            "private_key_jwt",
            "client_secret_post",
            "code",
            "x"
        ])
        .prop_map(Value::from),
        Just(json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "", "y": ""}]})),
        Just(json!({"keys": [{"kty": "EC", "d": ""}]})),
    ];
    prop_oneof![one.clone(), vec(one, 0..3).prop_map(Value::from)]
}

fn document() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "client_id",
        "client_name",
        "client_secret",
        "grant_types",
        "jwks",
        "jwks_uri",
        "redirect_uris",
        "token_endpoint_auth_method",
        "token_endpoint_auth_methods_supported",
    ]);
    vec((names, member()), 0..4).prop_map(|members| {
        let mut document: Map<_, _> = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        for (name, value) in [
            ("client_id", json!(CLIENT)),
            ("client_name", json!("Client")),
            ("redirect_uris", json!(["https://client.example/cb"])),
        ] {
            document.entry(name).or_insert(value);
        }
        document.into()
    })
}

proptest! {
    #![proptest_config(crate::cases(400))]

    #[test]
    fn addresses(text in address()) {
        if let Some(id) = ClientIdUrl::parse(&text, &issuer()) {
            let url = id.url();
            prop_assert_eq!(url.as_str(), &text);
            prop_assert_eq!(url.scheme(), "https");
            prop_assert!(url.username().is_empty() && url.password().is_none());
            prop_assert!(url.fragment().is_none() && url.path() != "/");
            let Some(Host::Domain(host)) = url.host() else { panic!("{text} is no name") };
            prop_assert!(host.contains('.') && !host.ends_with('.'));
            prop_assert!(host != "mcp.example.com");
            for private in [".local", ".localhost", ".internal", ".arpa"] {
                prop_assert!(!host.ends_with(private), "{}", host);
            }
            prop_assert!(ClientIdUrl::is_meant(&text));
        }
    }

    #[test]
    fn documents(document in document(), junk in vec(any::<u8>(), 0..200)) {
        let (schemes, issuer) = (RedirectSchemes::built_in_and(Vec::new()), issuer());
        let terms = DocumentTerms { issuer: &issuer, schemes: &schemes, now: NOW };
        let url = ClientIdUrl::parse(CLIENT, &issuer).unwrap();
        let _ = ClientDocument::parse(&junk, &url, &terms);
        let text = document.to_string();
        if let Ok(parsed) = ClientDocument::parse(text.as_bytes(), &url, &terms) {
            let client = &parsed.client;
            prop_assert_eq!(&client.id, CLIENT);
            prop_assert_eq!(&document["client_id"], CLIENT);
            prop_assert!(!client.registration.name.is_empty());
            prop_assert!(!client.registration.redirect_uris.is_empty());
            prop_assert!(!client.registration.authentication.has_secret());
            prop_assert!(document.get("client_secret").is_none());
            let keys = document.get("jwks").unwrap_or(&Value::Null).to_string();
            prop_assert!(!keys.contains("\"d\":"), "{}", keys);
            let signs = client.registration.authentication.as_str() == "private_key_jwt";
            prop_assert!(!signs || parsed.keys != ClientKeys::None);
        }
    }

    #[test]
    fn assertions(header in member(), claims in member(), text in any::<String>(), client in "[a-z:/.]{0,12}") {
        let encode = |part: &Value| base64url(part.to_string().as_bytes());
        let built = format!("{}.{}.{}", encode(&json!({"alg": "ES256", "typ": header})), encode(&json!({"sub": CLIENT, "iss": CLIENT, "aud": claims, "jti": header})), "c2ln");
        for assertion in [&text, &built] {
            if let Ok(jwt) = UnverifiedJwt::parse(assertion) {
                let checked = AssertionId::of(&jwt, CLIENT, &issuer(), NOW);
                prop_assert!(checked.is_err(), "nothing without an exp is taken");
            }
            let fields = [("client_id", client.as_str()), ("client_assertion", assertion), ("client_assertion_type", ASSERTION_TYPE)];
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let parsed = UnverifiedCredentials::parse(&HeaderMap::new(), &Parameters::parse(form.as_bytes()));
            if let Ok(Some(credentials)) = parsed {
                prop_assert!(client.is_empty() || client == CLIENT || credentials.assertion().is_none());
            }
        }
    }

    #[test]
    fn stored_credentials(text in prop_oneof![any::<String>(), "[A-Za-z0-9_-]{43}", Just("private_key_jwt".to_owned())]) {
        if let Ok(credential) = serde_json::from_value::<Credential>(json!(text)) {
            prop_assert!(credential != Credential::Nothing);
            let written = serde_json::to_value(credential).unwrap();
            let read: Credential = serde_json::from_value(written).unwrap();
            prop_assert_eq!(read, credential);
        }
    }
}
