//! The store of the owner's register, in Workers KV. What a list shows of a row is its metadata, so
//! that listing is one operation.

use serde::Serialize;
use worker::{
    Env,
    js_sys::{Array, JSON},
    wasm_bindgen::{JsCast as _, JsValue},
};

use super::{
    configuration::REGISTER,
    platform::{KvNamespace, NoAnswer, answered, binding, object, property},
};
use crate::{
    ports::{KeyValue, Listing, Outage},
    time::Timestamp,
};

pub(super) struct RegisterStore(KvNamespace);

impl RegisterStore {
    pub(super) fn new(env: &Env) -> Self {
        Self(binding(env, REGISTER))
    }
}

impl KeyValue for RegisterStore {
    async fn get(&self, key: &str) -> Result<Option<String>, Outage> {
        let found = answered(self.0.get(key)).await.map_err(outage)?;
        Ok(found.as_string())
    }

    async fn put(
        &self,
        key: &str,
        row: &impl Serialize,
        expires_at: Timestamp,
    ) -> Result<(), Outage> {
        let text = serde_json::to_string(row).expect("a row is plain data");
        let metadata = JSON::parse(&text).map_err(thrown)?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "dates are far below 2^53 seconds"
        )]
        let expiration = JsValue::from(expires_at.unix_seconds() as f64);
        let options = object(&[("expiration", expiration), ("metadata", metadata)]);
        let put = answered(self.0.put(key, &text, &options));
        put.await.map(drop).map_err(outage)
    }

    async fn delete(&self, key: &str) -> Result<(), Outage> {
        let deleted = answered(self.0.delete(key));
        deleted.await.map(drop).map_err(outage)
    }

    async fn list(&self, prefix: &str, most: usize) -> Result<Listing, Outage> {
        let most = JsValue::from(u32::try_from(most).unwrap_or(u32::MAX));
        let options = object(&[("prefix", prefix.into()), ("limit", most)]);
        let listed = answered(self.0.list(&options)).await.map_err(outage)?;
        let keys: Array = property(&listed, "keys").dyn_into().map_err(thrown)?;
        let entries = keys.iter().filter_map(|key| {
            let metadata = property(&key, "metadata");
            let row = JSON::stringify(&metadata)
                .ok()
                .and_then(|row| row.as_string());
            Some((property(&key, "name").as_string()?, row))
        });
        Ok(Listing {
            entries: entries.collect(),
            more: property(&listed, "list_complete").is_falsy(),
        })
    }
}

fn thrown(thrown: JsValue) -> Outage {
    outage(NoAnswer::Thrown(thrown))
}

fn outage(failure: NoAnswer) -> Outage {
    failure.of("register")
}
