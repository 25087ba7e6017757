//! Signatures in the stead of cryptography: whoever knows a key can sign with it.

use gatelodge::secret::Digest;
use serde_json::Value;

/// The signature of these bytes by the key of these numbers.
pub(crate) fn sign(jwk: &Value, message: &[u8]) -> Vec<u8> {
    let signed = [jwk.to_string().as_bytes(), message].join(&0);
    Digest::of(&signed).as_bytes().to_vec()
}
