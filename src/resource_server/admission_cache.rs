//! The status of grants, as an isolate remembers it: the revocation bound.

use std::collections::HashMap;

use crate::{
    ledger::admission::Admission,
    oauth::grant::{Generation, GrantId},
    time::Timestamp,
};

/// Verdicts of Ledgers, each until it must be asked for again. A verdict is never extended.
#[derive(Default)]
pub struct AdmissionCache(HashMap<(GrantId, Generation), (Admission, Timestamp)>);

/// More than a home has clients; beyond it, forgetting is cheaper than choosing.
const MOST: usize = 4_096;

impl AdmissionCache {
    /// The verdict on a generation, while it is fresh.
    pub fn verdict(
        &self,
        grant: &GrantId,
        generation: Generation,
        now: Timestamp,
    ) -> Option<Admission> {
        let key = (grant.clone(), generation);
        let (admission, until) = self.0.get(&key)?;
        (now < *until).then_some(*admission)
    }

    /// Remembers a verdict.
    pub fn remember(
        &mut self,
        grant: GrantId,
        generation: Generation,
        admission: Admission,
        until: Timestamp,
        now: Timestamp,
    ) {
        if self.0.len() >= MOST {
            self.0.retain(|_, (_, until)| now < *until);
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert((grant, generation), (admission, until));
    }
}
