//! What is known of a grant.

use std::rc::Rc;

use gatelodge::{
    ledger::record::{GrantRecord, GrantState, TokenFamily},
    oauth::grant::Generation,
};

use super::{
    network::Asker,
    universe::{Isolate, SKEW},
};

/// What is known of a grant.
#[derive(Default)]
pub(crate) struct Life {
    /// Every refresh token that was made for it.
    pub(crate) refresh_tokens: Vec<(Generation, String)>,
    /// The access token of each generation.
    pub(crate) access_tokens: Vec<(Generation, String)>,
    /// Why its client may find itself shut out.
    pub(crate) excuse: Option<&'static str>,
    pub(crate) over: Option<Over>,
    /// The client that it was opened for.
    pub(crate) client_id: String,
    /// The newest generation whose access token was revoked, with its elders.
    pub(crate) revoked_access: Option<Generation>,
    /// The generations whose access token was admitted.
    pub(crate) used: Vec<Generation>,
    /// Access tokens that were replaced as lost: which, since when, and when they are dead anyway.
    pub(crate) void: Vec<(Generation, u64, u64)>,
    pub(crate) openings: u32,
    pub(crate) redemptions: u32,
    /// The generations that are over, with their elders.
    pub(crate) ended: Vec<(Generation, Over)>,
}

/// A revocation that was answered.
pub(crate) struct Over {
    pub(crate) at: u64,
    /// The last request that began before.
    pub(crate) after: Asker,
    pub(crate) isolates: Vec<Rc<Isolate>>,
}

impl Life {
    /// Its client may find itself shut out from now on.
    pub(crate) fn forgive(&mut self, excuse: &'static str) {
        self.excuse.get_or_insert(excuse);
    }

    /// A pair was replaced as lost.
    pub(crate) fn replaced(&mut self, lost: &TokenFamily, now: u64) -> Result<(), String> {
        if self.used.contains(&lost.current) {
            return Err("a reply is replaced only when nobody has used it".into());
        }
        let dead_at = lost.access_expires_at.unix_seconds() - SKEW;
        self.void.push((lost.current, now, dead_at));
        Ok(())
    }
}

/// Whether a grant is not there any more, or is revoked.
pub(crate) fn is_over(record: Option<&GrantRecord>) -> bool {
    record.is_none_or(|record| matches!(record.state, GrantState::Revoked { .. }))
}

/// The tokens of a grant that is not over.
pub(crate) fn family_of(record: &GrantRecord) -> Option<&TokenFamily> {
    match &record.state {
        GrantState::Active(family) => Some(family),
        GrantState::Issued | GrantState::Revoked { .. } => None,
    }
}

/// A redemption in which all is right is refused only as a second one, and then the grant is over.
pub(crate) fn second_redemption(
    before: Option<&GrantRecord>,
    after: Option<&GrantRecord>,
) -> Result<(), String> {
    match before.map(|before| &before.state) {
        Some(GrantState::Active(_)) if !is_over(after) => {
            Err("a second redemption revokes the grant: it lives".into())
        }
        _ => Ok(()),
    }
}
