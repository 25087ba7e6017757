//! The owner's register in Workers KV. Keys hold digests; everything that a list needs is in the
//! metadata, so that listing is one operation.

use serde::{Deserialize, Serialize};
use worker::{Env, KvError, KvStore};

use super::configuration::REGISTER;
use crate::{
    owner::register::{GrantRow, RowName},
    ports::{Outage, Register},
    secret::Digest,
    time::Timestamp,
};

const GRANTS: &str = "grant/";
const CLIENTS: &str = "client/";

/// What the register keeps of a client.
#[derive(Deserialize, Serialize)]
struct ClientRow {
    client: String,
    host: String,
    approved_at: Timestamp,
}

pub(super) struct KvRegister<'a> {
    env: &'a Env,
}

impl<'a> KvRegister<'a> {
    pub(super) const fn new(env: &'a Env) -> Self {
        Self { env }
    }

    fn store(&self) -> Result<KvStore, Outage> {
        self.env
            .kv(REGISTER)
            .map_err(|error| Outage::new(format!("register: {error}")))
    }
}

impl Register for KvRegister<'_> {
    async fn enter(&self, name: &RowName, row: &GrantRow) -> Result<(), Outage> {
        let store = self.store()?;
        let client = ClientRow {
            client: row.client.clone(),
            host: row.host.clone(),
            approved_at: row.approved_at,
        };
        put(&store, &client_key(&name.client), &client).await?;
        put(&store, &format!("{GRANTS}{name}"), row).await
    }

    async fn approved_before(&self, client: &Digest) -> Result<Option<Timestamp>, Outage> {
        let key = client_key(client);
        let row: Option<ClientRow> = self.store()?.get(&key).json().await.map_err(outage)?;
        Ok(row.map(|row| row.approved_at))
    }

    async fn strike(&self, name: &RowName) -> Result<(), Outage> {
        let store = self.store()?;
        let key = format!("{GRANTS}{name}");
        store.delete(&key).await.map_err(outage)?;
        let siblings = format!("{GRANTS}{}/", name.client.to_base64url());
        let left = store.list().prefix(siblings).limit(2).execute();
        let left = left.await.map_err(outage)?;
        if left.keys.iter().all(|left| left.name == key) {
            let client = client_key(&name.client);
            store.delete(&client).await.map_err(outage)?;
        }
        Ok(())
    }

    async fn rows(&self, most: usize) -> Result<(Vec<(RowName, GrantRow)>, bool), Outage> {
        let limit = u64::try_from(most).unwrap_or(u64::MAX);
        let list = self.store()?.list().prefix(GRANTS.to_owned()).limit(limit);
        let list = list.execute().await.map_err(outage)?;
        let rows = list.keys.into_iter().filter_map(|key| {
            let name = RowName::parse(key.name.strip_prefix(GRANTS)?)?;
            let row: GrantRow = serde_json::from_value(key.metadata?).ok()?;
            Some((name, row))
        });
        Ok((rows.collect(), !list.list_complete))
    }
}

fn client_key(client: &Digest) -> String {
    format!("{CLIENTS}{}", client.to_base64url())
}

async fn put(store: &KvStore, key: &str, row: &impl Serialize) -> Result<(), Outage> {
    let text = serde_json::to_string(row).map_err(outage)?;
    let put = store.put(key, text).map_err(outage)?;
    let put = put.metadata(row).map_err(outage)?;
    put.execute().await.map_err(|error: KvError| outage(error))
}

fn outage(error: impl std::fmt::Display) -> Outage {
    Outage::new(format!("register: {error}"))
}
