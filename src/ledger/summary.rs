//! What the owner's page shows of a grant.

use serde::{Deserialize, Serialize};

use super::record::{GrantRecord, GrantState, RevocationCause};
use crate::time::Timestamp;

/// The facts of a grant that only its Ledger knows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantSummary {
    /// The client's identifier, as it sends it.
    pub client_id: String,
    /// How far it has come.
    pub standing: GrantStanding,
    /// Whether the client has its tokens and has not called, though it had time.
    pub is_silent: bool,
    /// How often an old token was replayed.
    pub replays: u32,
    /// How often a client asked again for tokens that it had lost.
    pub retries: u32,
}

/// How far a grant has come, for people.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum GrantStanding {
    /// The client has not fetched its first tokens.
    Waiting,
    /// The client is connected.
    Connected {
        /// When it last refreshed.
        refreshed_at: Option<Timestamp>,
    },
    /// The grant is over.
    Revoked {
        /// Since when.
        at: Timestamp,
        /// Whether because a token was replayed.
        replayed: bool,
    },
}

impl From<&GrantRecord> for GrantSummary {
    fn from(record: &GrantRecord) -> Self {
        let standing = match &record.state {
            GrantState::Issued => GrantStanding::Waiting,
            GrantState::Active(family) => GrantStanding::Connected {
                refreshed_at: family.refreshed_at,
            },
            GrantState::Revoked { at, cause } => GrantStanding::Revoked {
                at: *at,
                replayed: RevocationCause::is_replay(*cause),
            },
        };
        Self {
            client_id: record.authorization.client.client_id.clone(),
            standing,
            is_silent: record.is_silent(),
            replays: record.replays,
            retries: record.retries,
        }
    }
}
