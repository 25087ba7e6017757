//! Whether the access tokens of a generation are good.

use serde::{Deserialize, Serialize};

use super::record::{FirstCall, GrantRecord, GrantState, TokenFamily};
use crate::oauth::grant::Generation;

/// Whether a token is admitted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Admission {
    /// It is.
    Admitted {
        /// Whether this is the first call that its client makes.
        first_call: bool,
    },
    /// Its grant is over, or the token was revoked or replaced.
    Refused,
}

/// Decides about a generation, and notes the first use of the newest: from then on its predecessor
/// was not lost. Returns the record to store, when it changed.
pub fn admit(record: GrantRecord, generation: Generation) -> (Option<GrantRecord>, Admission) {
    let GrantState::Active(family) = &record.state else {
        return (None, Admission::Refused);
    };
    if !family.admits(generation) {
        return (None, Admission::Refused);
    }
    let first_call = record.first_call != FirstCall::Made;
    let admission = Admission::Admitted { first_call };
    let first_use = generation == family.current && !family.current_used;
    if !first_call && !first_use {
        return (None, admission);
    }
    let family = TokenFamily {
        current_used: family.current_used || first_use,
        ..family.clone()
    };
    let changed = GrantRecord {
        state: GrantState::Active(family),
        first_call: FirstCall::Made,
        ..record
    };
    (Some(changed), admission)
}

impl TokenFamily {
    fn admits(&self, generation: Generation) -> bool {
        (self.lowest..=self.current).contains(&generation)
            && !self.void.iter().any(|void| void.generation == generation)
    }
}
