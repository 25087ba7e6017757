//! Opening a grant: the owner approved.

use serde::{Deserialize, Serialize};

use super::record::{Authorization, CodeBinding, FirstCall, GrantRecord, GrantState};
use crate::{oauth::grant::GrantId, time::Timestamp};

/// What the owner approved.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Opening {
    /// The name of the grant.
    pub id: GrantId,
    /// What is granted to whom.
    pub authorization: Authorization,
    /// What the code is bound to.
    pub code: CodeBinding,
}

/// The same ticket was approved before.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AlreadyOpened;

/// Opens a grant under a name that is free.
///
/// # Errors
///
/// When the name is taken, whatever became of that grant.
pub fn open(
    record: Option<&GrantRecord>,
    opening: Opening,
    now: Timestamp,
) -> Result<GrantRecord, AlreadyOpened> {
    if record.is_some() {
        return Err(AlreadyOpened);
    }
    Ok(GrantRecord {
        id: opening.id,
        authorization: opening.authorization,
        opened_at: now,
        code: opening.code,
        state: GrantState::Issued,
        first_call: FirstCall::NotDue,
        replays: 0,
        retries: 0,
        listed_at: Some(now),
    })
}
