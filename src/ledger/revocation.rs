//! Ending a grant, or only its access tokens (RFC 7009).

use serde::{Deserialize, Serialize};

use super::record::{GrantRecord, GrantState, RevocationCause};
use crate::{
    oauth::{credential::Credential, grant::Generation},
    secret::Digest,
    time::Timestamp,
};

/// What is to be revoked, by whom.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Revocation {
    /// The owner ends the grant.
    ByOwner,
    /// The client ends it, by its refresh token or the one before; elder ones are dead and end
    /// nothing.
    RefreshToken {
        /// Its generation.
        generation: Generation,
        /// The client's proof.
        by: Revoker,
    },
    /// The client ends one access token, and those before it: the refresh token stays, because
    /// some clients revoke the old access token after each refresh.
    AccessToken {
        /// Its generation.
        generation: Generation,
        /// The client's proof.
        by: Revoker,
    },
}

/// A client that shows one of its tokens.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Revoker {
    /// The digest of its identifier; none when the request named no client.
    pub client: Option<Digest>,
    /// What it shows beside that.
    pub credential: Credential,
}

/// What a revocation has found.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Revoked {
    /// A grant; what was to be revoked in it is.
    Grant,
    /// None. One of this name may still be opened, if it never was.
    Nothing,
}

/// A client with a credential did not show it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NotAuthenticated;

/// Revokes. Returns the record to store.
///
/// # Errors
///
/// When the grant's client has a credential and the request does not show it.
pub fn revoke(
    record: GrantRecord,
    revocation: &Revocation,
    now: Timestamp,
) -> Result<GrantRecord, NotAuthenticated> {
    match revocation {
        Revocation::ByOwner => Ok(record.revoked(RevocationCause::Owner, now)),
        Revocation::RefreshToken { generation, by }
            if by.is_client_of(&record)? && record.is_recent(*generation) =>
        {
            Ok(record.revoked(RevocationCause::Client, now))
        }
        Revocation::AccessToken { generation, by } if by.is_client_of(&record)? => {
            Ok(raise_lowest(record, *generation))
        }
        Revocation::AccessToken { .. } | Revocation::RefreshToken { .. } => Ok(record),
    }
}

/// Ends a generation and its elders. A client that revokes the newest has had it, so that its
/// reply was not lost.
fn raise_lowest(mut record: GrantRecord, revoked: Generation) -> GrantRecord {
    match &mut record.state {
        GrantState::Active(family) => {
            family.lowest = family.lowest.max(revoked.next());
            family.current_used |= revoked == family.current;
        }
        GrantState::Issued | GrantState::Revoked { .. } => {}
    }
    record
}

impl Revoker {
    fn is_client_of(&self, record: &GrantRecord) -> Result<bool, NotAuthenticated> {
        let client = &record.authorization.client;
        if self.client.is_some_and(|id| id != client.id) {
            return Ok(false);
        }
        match client.credential {
            Credential::Nothing => Ok(true),
            Credential::Key | Credential::Secret(_) => client
                .credential
                .is_met_by(&self.credential)
                .then_some(true)
                .ok_or(NotAuthenticated),
        }
    }
}
