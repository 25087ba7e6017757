//! The status of grants, as an isolate remembers it: the revocation bound.

use std::collections::HashMap;

use crate::{
    ledger::admission::Admission,
    oauth::grant::{Generation, GrantId},
    time::Timestamp,
};

/// Verdicts of Ledgers, each until it must be asked for again. A verdict is never extended.
#[derive(Default)]
pub struct AdmissionCache(HashMap<GrantId, Vec<CachedAdmission>>);

/// What a Ledger said of a generation.
struct CachedAdmission {
    generation: Generation,
    admission: Admission,
    until: Timestamp,
}

/// More than a home has clients; beyond it, forgetting is cheaper than choosing.
const MOST: usize = 4_096;

impl AdmissionCache {
    /// The verdict on a generation, while it is fresh; what it says of a first call is over.
    pub fn verdict(
        &self,
        grant: &GrantId,
        generation: Generation,
        now: Timestamp,
    ) -> Option<Admission> {
        let mut verdicts = self.0.get(grant)?.iter();
        let verdict = verdicts.find(|verdict| verdict.generation == generation)?;
        (now < verdict.until).then_some(verdict.admission)
    }

    /// Remembers a verdict.
    pub fn remember(
        &mut self,
        grant: &GrantId,
        generation: Generation,
        admission: Admission,
        until: Timestamp,
        now: Timestamp,
    ) {
        if self.0.len() >= MOST {
            self.0
                .retain(|_, verdicts| verdicts.iter().any(|verdict| now < verdict.until));
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        let verdicts = self.0.entry(grant.clone()).or_default();
        verdicts.retain(|verdict| verdict.generation != generation && now < verdict.until);
        verdicts.push(CachedAdmission {
            generation,
            admission,
            until,
        });
    }
}
