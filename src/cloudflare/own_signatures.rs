//! The edge's own signatures: the platform computes them, and keeps the key that it was given.

use std::cell::OnceCell;

use worker::{
    js_sys::{self, Array, Uint8Array},
    wasm_bindgen::{JsCast as _, JsValue},
    wasm_bindgen_futures::JsFuture,
    web_sys::{CryptoKey, SubtleCrypto, WorkerGlobalScope},
};

use super::{
    crossings,
    platform::{NoAnswer, object, property},
    settled::settled,
};
use crate::{jose::OwnKey, keys::SigningKey, ports::Outage};

thread_local! {
    /// The one key that an isolate signs with, once the platform has taken it in.
    static SIGNING: OnceCell<CryptoKey> = const { OnceCell::new() };
}

/// The public part of a key, which the platform tells of a key that may leave it.
pub(super) async fn public_key(key: &SigningKey) -> Result<OwnKey, Outage> {
    let exported = async {
        let key = taken_in(key, true).await?;
        let jwk = JsFuture::from(subtle()?.export_key("jwk", &key)?).await?;
        let text = |name| property(&jwk, name).as_string();
        text("x").zip(text("y")).ok_or(JsValue::UNDEFINED)
    };
    let (x, y) = exported.await.map_err(outage)?;
    Ok(OwnKey::new(x, y))
}

/// Signs with the key of this isolate.
pub(super) async fn sign(key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, Outage> {
    let signed = async {
        let key = if let Some(key) = SIGNING.with(|known| known.get().cloned()) {
            key
        } else {
            let key = taken_in(key, false).await?;
            SIGNING.with(|known| known.get_or_init(|| key).clone())
        };
        settled(&crossings::sign(&key, message)?).await
    };
    let signature = signed.await.map_err(outage)?;
    Ok(Uint8Array::new(&signature).to_vec())
}

async fn taken_in(key: &SigningKey, extractable: bool) -> Result<CryptoKey, JsValue> {
    let algorithm = object(&[("name", "ECDSA".into()), ("namedCurve", "P-256".into())]);
    let usages = Array::of1(&JsValue::from_str("sign"));
    let pkcs8 = Uint8Array::from(key.to_pkcs8().as_slice());
    let key =
        subtle()?.import_key_with_object("pkcs8", &pkcs8, &algorithm, extractable, &usages)?;
    JsFuture::from(key).await?.dyn_into()
}

fn subtle() -> Result<SubtleCrypto, JsValue> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    Ok(scope.crypto()?.subtle())
}

fn outage(thrown: JsValue) -> Outage {
    NoAnswer::Thrown(thrown).of("own signature")
}
