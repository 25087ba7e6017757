//! The owner's register: what is listed of each grant. Nothing is decided from it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{mount_path::MountPath, oauth::grant::GrantId, secret::Digest, time::Timestamp};

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
