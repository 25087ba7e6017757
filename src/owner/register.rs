//! The owner's register: what is listed of each grant. Nothing is decided from it.
#![expect(
    async_fn_in_trait,
    reason = "a Worker has one thread; the futures need not be Send"
)]

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    ledger::{
        duty::{Duty, LISTED},
        record::{Authorization, GrantRecord},
    },
    mount_path::MountPath,
    oauth::grant::GrantId,
    ports::{KeyValue, Outage},
    secret::Digest,
    time::{Lifetime, Timestamp},
};

/// The rows of grants; a key goes on with the row's name.
const GRANTS: &str = "grant/";
/// The rows of clients; a key goes on with the digest of the client's identifier.
const CLIENTS: &str = "client/";

/// The name of a row: a client, and one of its grants.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowName {
    /// The digest of the client's identifier.
    pub client: Digest,
    /// The grant.
    pub grant: GrantId,
}

/// A row: one grant, as approved.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantRow {
    /// What the client calls itself; empty when that is nothing.
    pub client: String,
    /// The host that its answers go to.
    pub host: String,
    /// The mount that it may call.
    pub mount: MountPath,
    /// When it was approved.
    pub approved_at: Timestamp,
}

/// What the register keeps of a client.
#[derive(Serialize)]
struct ClientRow<'a> {
    client: &'a str,
    host: &'a str,
    approved_at: Timestamp,
}

impl GrantRow {
    /// The row of what the owner approved.
    pub fn new(authorization: &Authorization, approved_at: Timestamp) -> Self {
        Self {
            client: authorization.client.name.clone(),
            host: authorization.client.host.clone(),
            mount: authorization.mount.clone(),
            approved_at,
        }
    }
}

impl From<&GrantRecord> for GrantRow {
    fn from(record: &GrantRecord) -> Self {
        Self::new(&record.authorization, record.opened_at)
    }
}

impl RowName {
    /// The name of the row of a grant.
    pub const fn new(client: Digest, grant: GrantId) -> Self {
        Self { client, grant }
    }

    /// The name that such text spells.
    pub fn parse(text: &str) -> Option<Self> {
        let (client, grant) = text.split_once('/')?;
        Some(Self {
            client: Digest::from_base64url(client)?,
            grant: GrantId::parse(grant)?,
        })
    }
}

impl fmt::Display for RowName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (client, grant) = (self.client.to_base64url(), self.grant.as_str());
        write!(formatter, "{client}/{grant}")
    }
}

impl From<&GrantRecord> for RowName {
    fn from(record: &GrantRecord) -> Self {
        Self::new(record.authorization.client.id, record.id.clone())
    }
}

/// The register, wherever there is a store.
pub trait Register: KeyValue {
    /// Enters a grant.
    async fn enter(
        &self,
        name: &RowName,
        row: &GrantRow,
        expires_at: Timestamp,
    ) -> Result<(), Outage> {
        self.put(&format!("{GRANTS}{name}"), row, expires_at).await
    }

    /// Enters a grant anew, and its client as it was approved last.
    async fn enter_anew(
        &self,
        name: &RowName,
        row: &GrantRow,
        expires_at: Timestamp,
    ) -> Result<(), Outage> {
        self.enter(name, row, expires_at).await?;
        let last = self.approved_before(&name.client).await?;
        let last = GrantRow {
            approved_at: last.map_or(row.approved_at, |last| last.max(row.approved_at)),
            ..row.clone()
        };
        self.recognise(&name.client, &last, expires_at).await
    }

    /// Enters the client of a grant, so that it is recognised.
    async fn recognise(
        &self,
        client: &Digest,
        row: &GrantRow,
        expires_at: Timestamp,
    ) -> Result<(), Outage> {
        let known = ClientRow {
            client: &row.client,
            host: &row.host,
            approved_at: row.approved_at,
        };
        self.put(&client_key(client), &known, expires_at).await
    }

    /// When a client was last approved, if it ever was.
    async fn approved_before(&self, client: &Digest) -> Result<Option<Timestamp>, Outage> {
        let text = self.get(&client_key(client)).await?;
        let row = text.and_then(|text| serde_json::from_slice::<Approved>(text.as_bytes()).ok());
        Ok(row.map(|row| row.approved_at))
    }

    /// Strikes a grant, and its client with its last grant. What is not there stays so.
    async fn strike(&self, name: &RowName) -> Result<(), Outage> {
        let key = format!("{GRANTS}{name}");
        self.delete(&key).await?;
        let siblings = format!("{GRANTS}{}/", name.client.to_base64url());
        let left = self.list(&siblings, 2).await?;
        if left.entries.iter().all(|(left, _)| *left == key) {
            self.delete(&client_key(&name.client)).await?;
        }
        Ok(())
    }

    /// Up to `most` rows, in no order, and whether there are more.
    async fn rows(&self, most: usize) -> Result<(Vec<(RowName, GrantRow)>, bool), Outage> {
        let listing = self.list(GRANTS, most).await?;
        let rows = listing.entries.into_iter().filter_map(|(key, row)| {
            let name = RowName::parse(key.strip_prefix(GRANTS)?)?;
            Some((name, serde_json::from_slice(row?.as_bytes()).ok()?))
        });
        Ok((rows.collect(), listing.more))
    }
}

impl<K: KeyValue> Register for K {}

/// When an alarm tries again, while the register is away.
const AGAIN: Lifetime = Lifetime::from_hours(1);

/// What the alarm of a grant does in its Ledger, once it has done the rest.
#[derive(Debug)]
pub enum AlarmStep {
    /// All is dead, and listed no more: delete everything.
    Delete,
    /// Store that its client is silent.
    NoteSilence,
    /// Store that its row was entered: in the record as it is by then.
    NoteListing,
    /// Wake again then; the outage, if there was one, is for the log.
    Sleep(Timestamp, Option<Outage>),
}

/// Does what has become due in a grant outside of its Ledger. The register is waited for, and another
/// request may change the record meanwhile; but the dead stay dead.
pub async fn attend(record: &GrantRecord, register: &impl KeyValue, now: Timestamp) -> AlarmStep {
    let name = RowName::from(record);
    let (done, step) = match record.duty(now) {
        Duty::Bury => (register.strike(&name).await, AlarmStep::Delete),
        Duty::List => {
            let row = GrantRow::from(record);
            let entered = register.enter_anew(&name, &row, now.plus(LISTED));
            (entered.await, AlarmStep::NoteListing)
        }
        Duty::NoteSilence => return AlarmStep::NoteSilence,
        Duty::Wait => return AlarmStep::Sleep(record.wakes_at(), None),
    };
    match done {
        Ok(()) => step,
        Err(outage) => AlarmStep::Sleep(now.plus(AGAIN), Some(outage)),
    }
}

/// What is read again of a client's row.
#[derive(Deserialize)]
struct Approved {
    approved_at: Timestamp,
}

fn client_key(client: &Digest) -> String {
    format!("{CLIENTS}{}", client.to_base64url())
}
