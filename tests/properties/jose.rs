//! No token and no key set makes a parser panic, and what is taken of them is what may be.

use gatelodge::{
    jose::{Algorithm, KeySet, LARGEST_JWT, UnverifiedJwt},
    secret::base64url,
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};

use super::cases;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        vec(any::<u8>(), 0..300).prop_map(|bytes| base64url(&bytes).into()),
        vec(any::<u8>(), 32).prop_map(|bytes| base64url(&bytes).into()),
        prop::sample::select(vec![
            "RS256", "ES256", "EdDSA", "none", "HS256", "RSA", "EC", "OKP", "oct", "P-256",
            "Ed25519", "AQAB", "sig", "verify",
        ])
        .prop_map(Value::from),
    ];
    prop_oneof![
        leaf.clone(),
        vec(leaf.clone(), 0..3).prop_map(Value::from),
        vec(("[a-z]{0,4}", leaf), 0..3)
            .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
    ]
}

fn object(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    vec((prop::sample::select(names), value()), 0..8).prop_map(|members| {
        let members = members.into_iter();
        let members: Map<_, _> = members
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        members.into()
    })
}

fn token() -> impl Strategy<Value = String> {
    const HEADER: &[&str] = &["alg", "kid", "typ", "crit", "jwk", "b64"];
    const CLAIMS: &[&str] = &[
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "scope",
        "scp",
        "cnf",
        "client_id",
    ];
    let part = |names| object(names).prop_map(|object| base64url(object.to_string().as_bytes()));
    prop_oneof![
        any::<String>(),
        "[A-Za-z0-9_=-]{0,40}(\\.[A-Za-z0-9_-]{0,40}){0,4}",
        (part(HEADER), part(CLAIMS), "[A-Za-z0-9_-]{0,90}")
            .prop_map(|(header, claims, signature)| format!("{header}.{claims}.{signature}")),
        (0..2 * LARGEST_JWT).prop_map(|length| "a".repeat(length)),
    ]
}

fn key_set() -> impl Strategy<Value = Vec<u8>> {
    const MEMBERS: &[&str] = &[
        "kty", "kid", "alg", "use", "key_ops", "crv", "n", "e", "x", "y", "d", "k",
    ];
    prop_oneof![
        vec(any::<u8>(), 0..200),
        value().prop_map(|value| json!({"keys": value}).to_string().into_bytes()),
        vec(object(MEMBERS), 0..4).prop_map(|keys| json!({"keys": keys}).to_string().into_bytes()),
    ]
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn a_token_is_read_or_refused(text in token()) {
        if let Ok(jwt) = UnverifiedJwt::parse(&text) {
            prop_assert!(text.len() <= LARGEST_JWT);
            prop_assert!(Algorithm::ALL.contains(&jwt.algorithm()));
            prop_assert!(text.as_bytes().starts_with(jwt.message()));
            let end = format!(".{}", base64url(jwt.signature()));
            prop_assert_eq!(&text[jwt.message().len()..], end);
        }
    }

    #[test]
    fn a_key_set_yields_only_public_keys_for_what_the_token_says(
        document in key_set(),
        text in token(),
    ) {
        let (Some(keys), Ok(jwt)) = (KeySet::parse(&document), UnverifiedJwt::parse(&text)) else {
            return Ok(());
        };
        for key in keys.keys_for(&jwt) {
            prop_assert_eq!(key.algorithm(), jwt.algorithm());
            let jwk = key.to_jwk();
            for secret in ["d", "k", "p", "q"] {
                prop_assert!(jwk.get(secret).is_none());
            }
        }
    }
}
