//! Signatures, verified by the platform: it has RSA and elliptic curves, and is fast at them.

use serde_json::Value;
use worker::{
    js_sys::{self, Array, JSON, Object, Uint8Array},
    wasm_bindgen::{JsCast as _, JsValue},
    wasm_bindgen_futures::JsFuture,
    web_sys::{CryptoKey, SubtleCrypto, WorkerGlobalScope},
};

use super::platform::{NoAnswer, object};
use crate::{
    jose::{Algorithm, PublicKey},
    ports::Outage,
};

/// Whether the signature is the key's. The platform throws for a key that is none, such as a point
/// that is not on its curve, and for a signature of the wrong length.
pub(super) async fn verifies(
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, Outage> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let subtle = scope.crypto().map_err(outage)?.subtle();
    let algorithm = parameters(key.algorithm());
    let jwk = parsed(&key.to_jwk()).map_err(outage)?;
    // Copies: the platform may read them after this memory has changed.
    let (message, signature) = (Uint8Array::from(message), Uint8Array::from(signature));
    let verdict = verify(&subtle, &jwk, &algorithm, &message, &signature).await;
    Ok(verdict.is_ok_and(|verdict| verdict.is_truthy()))
}

async fn verify(
    subtle: &SubtleCrypto,
    jwk: &Object,
    algorithm: &Object,
    message: &Uint8Array,
    signature: &Uint8Array,
) -> Result<JsValue, JsValue> {
    let usages = Array::of1(&JsValue::from_str("verify"));
    let key = subtle.import_key_with_object("jwk", jwk, algorithm, false, &usages)?;
    let key: CryptoKey = JsFuture::from(key).await?.dyn_into()?;
    let verdict = subtle.verify_with_object_and_buffer_source_and_buffer_source(
        algorithm, &key, signature, message,
    )?;
    JsFuture::from(verdict).await
}

/// What the platform wants to know of an algorithm, to import a key for it and to verify with it.
fn parameters(algorithm: Algorithm) -> Object {
    let members: &[_] = match algorithm {
        Algorithm::EdDsa => &[("name", "Ed25519")],
        Algorithm::Es256 => &[
            ("name", "ECDSA"),
            ("namedCurve", "P-256"),
            ("hash", "SHA-256"),
        ],
        Algorithm::Rs256 => &[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")],
    };
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| (*name, JsValue::from_str(value)))
        .collect();
    object(&members)
}

fn parsed(value: &Value) -> Result<Object, JsValue> {
    JSON::parse(&value.to_string())?.dyn_into()
}

fn outage(thrown: JsValue) -> Outage {
    NoAnswer::Thrown(thrown).of("signature")
}
