//! Whether the access tokens of a generation are good.

use serde::{Deserialize, Serialize};

use super::record::{GrantRecord, GrantState, TokenFamily};
use crate::oauth::grant::Generation;

/// Whether a token is admitted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Admission {
    /// It is.
    Admitted,
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
    if family.current_used || generation != family.current {
        return (None, Admission::Admitted);
    }
    let family = TokenFamily {
        current_used: true,
        ..family.clone()
    };
    let state = GrantState::Active(family);
    (Some(GrantRecord { state, ..record }), Admission::Admitted)
}

impl TokenFamily {
    fn admits(&self, generation: Generation) -> bool {
        (self.lowest..=self.current).contains(&generation)
            && !self.void.iter().any(|void| void.generation == generation)
    }
}
