//! The store of the owner's register, in Workers KV. What a list shows of a row is its metadata, so
//! that listing is one operation.

use serde::Serialize;
use worker::{Env, KvStore};

use super::{configuration::REGISTER, deadline::in_time};
use crate::{
    ports::{KeyValue, Listing, Outage},
    time::Timestamp,
};

pub(super) struct RegisterStore<'a> {
    env: &'a Env,
}

impl<'a> RegisterStore<'a> {
    pub(super) const fn new(env: &'a Env) -> Self {
        Self { env }
    }

    fn store(&self) -> Result<KvStore, Outage> {
        self.env.kv(REGISTER).map_err(outage)
    }
}

impl KeyValue for RegisterStore<'_> {
    async fn get(&self, key: &str) -> Result<Option<String>, Outage> {
        let found = self.store()?.get(key);
        in_time(found.text()).await?.map_err(outage)
    }

    async fn put(
        &self,
        key: &str,
        row: &impl Serialize,
        expires_at: Timestamp,
    ) -> Result<(), Outage> {
        let text = serde_json::to_string(row).map_err(outage)?;
        let put = self.store()?.put(key, text).map_err(outage)?;
        let put = put.metadata(row).map_err(outage)?;
        let put = put.expiration(expires_at.unix_seconds());
        in_time(put.execute()).await?.map_err(outage)
    }

    async fn delete(&self, key: &str) -> Result<(), Outage> {
        in_time(self.store()?.delete(key)).await?.map_err(outage)
    }

    async fn list(&self, prefix: &str, most: usize) -> Result<Listing, Outage> {
        let limit = u64::try_from(most).unwrap_or(u64::MAX);
        let list = self.store()?.list().prefix(prefix.to_owned()).limit(limit);
        let list = in_time(list.execute()).await?.map_err(outage)?;
        let entries = list.keys.into_iter();
        Ok(Listing {
            entries: entries
                .map(|key| (key.name, key.metadata.map(|row| row.to_string())))
                .collect(),
            more: !list.list_complete,
        })
    }
}

fn outage(error: impl std::fmt::Display) -> Outage {
    Outage::new(format!("register: {error}"))
}
