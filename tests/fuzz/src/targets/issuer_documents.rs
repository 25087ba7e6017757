use bytes::Bytes;
use gatelodge::{
    jose::{Algorithm, KeySet, UnverifiedJwt},
    oauth::trust::TrustedIssuer,
    resource_server::issuer_cache::IssuerDocument,
    secret::{base64url, from_base64url},
};
use serde_json::{Value, json};

/// What an issuer publishes: a key set yields public keys only, for their own algorithm, and reads
/// the same when it is rendered; a description is its issuer's own.
pub(super) fn issuer_documents(data: &[u8]) {
    if let Some(keys) = KeySet::parse(data) {
        let listed: Vec<_> = Algorithm::ALL
            .into_iter()
            .flat_map(|algorithm| keys_of(&keys, algorithm))
            .collect();
        let rendered = json!({ "keys": listed }).to_string();
        let again = KeySet::parse(rendered.as_bytes()).expect("a key set");
        let relisted: Vec<_> = Algorithm::ALL
            .into_iter()
            .flat_map(|algorithm| keys_of(&again, algorithm))
            .collect();
        // A key that has a name is not among those that are tried on a token without one, unless
        // the token names none: then all are.
        assert_eq!(relisted, listed);
    }
    let issuer = TrustedIssuer::parse("https://auth.example").expect("an issuer");
    if let Ok(document) = IssuerDocument::read(Bytes::copy_from_slice(data), &issuer) {
        assert_eq!(document.text().as_bytes(), data);
        let facts: Value = serde_json::from_slice(data).expect("what is read is JSON");
        assert_eq!(facts["issuer"], issuer.as_str());
        if let Some(url) = document.keys_url() {
            assert_eq!(url.scheme(), "https");
            assert!(url.username().is_empty() && url.password().is_none());
        }
    }
}

/// The keys that a token of this algorithm, which names none, may be signed with.
fn keys_of(keys: &KeySet, algorithm: Algorithm) -> Vec<Value> {
    let header = json!({"alg": algorithm.name()}).to_string();
    let text = format!("{}.{}.", base64url(header.as_bytes()), base64url(b"{}"));
    let jwt = UnverifiedJwt::parse(&text).expect("a token");
    let fitting = keys.keys_for(&jwt).map(|key| {
        assert_eq!(key.algorithm(), algorithm);
        key.to_jwk()
    });
    let fitting: Vec<_> = fitting.collect();
    assert!(fitting.len() <= 4);
    fitting.iter().for_each(is_public);
    fitting
}

fn is_public(jwk: &Value) {
    let members = jwk.as_object().expect("a key is an object");
    for (name, value) in members {
        assert!(["kty", "crv", "n", "e", "x", "y"].contains(&name.as_str()));
        let bytes = || value.as_str().and_then(from_base64url);
        match name.as_str() {
            "x" | "y" => assert_eq!(bytes().map(|bytes| bytes.len()), Some(32)),
            "n" => assert!(bytes().is_some_and(|bytes| (256..=1_024).contains(&bytes.len()))),
            "e" => assert!(bytes().is_some_and(|bytes| bytes != [1])),
            _ => {}
        }
    }
}
