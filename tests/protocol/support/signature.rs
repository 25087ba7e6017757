//! Signatures in the stead of cryptography: whoever knows a key can sign with it.

use gatelodge::{
    jose::OwnKey,
    keys::SigningKey,
    secret::{Digest, base64url},
};
use serde_json::Value;

/// The signature of these bytes by the key of these numbers.
pub(crate) fn sign(jwk: &Value, message: &[u8]) -> Vec<u8> {
    let signed = [jwk.to_string().as_bytes(), message].join(&0);
    Digest::of(&signed).as_bytes().to_vec()
}

/// What stands for the public part of a key of the edge's.
pub(crate) fn point_of(key: &SigningKey) -> OwnKey {
    let half = |side: &[u8]| {
        let digest = Digest::of(&[side, &key.to_pkcs8()].concat());
        base64url(digest.as_bytes())
    };
    OwnKey::new(half(b"x"), half(b"y"))
}

/// The signature of these bytes by a key of the edge's.
pub(crate) fn sign_with(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let jwk = serde_json::from_str(&point_of(key).to_jwk()).expect("a key is JSON");
    sign(&jwk, message)
}
