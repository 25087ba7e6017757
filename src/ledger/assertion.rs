//! The assertions that a client has shown: each counts once (RFC 7523 §3).

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// An assertion that was shown, as it is stored under the digest of its `jti`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SpentAssertion {
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

/// The assertion was shown before.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AlreadySpent;

impl SpentAssertion {
    /// Takes an assertion, unless one of its name still counts. Returns the record to store.
    ///
    /// # Errors
    ///
    /// When it was shown before, or might have been: it is over.
    pub fn spend(
        stored: Option<&Self>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Self, AlreadySpent> {
        // One that is over here may have been forgotten: nothing tells that it was not shown.
        let spent = Self { expires_at };
        if spent.is_over(now) || stored.is_some_and(|stored| !stored.is_over(now)) {
            return Err(AlreadySpent);
        }
        Ok(spent)
    }

    /// Whether it can be forgotten.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}
