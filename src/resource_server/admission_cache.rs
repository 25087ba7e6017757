//! The status of grants, as an isolate remembers it: the revocation bound.

use std::collections::HashMap;

use crate::{
    ledger::admission::Admission,
    oauth::grant::{Generation, GrantId},
    time::Timestamp,
};

/// Verdicts of Ledgers, each until it must be asked for again. A verdict is never extended.
#[derive(Default)]
pub struct AdmissionCache {
    grants: HashMap<GrantId, KnownGrant>,
    /// How many revocations were answered here.
    revocations: u64,
}

/// What is known of a grant.
enum KnownGrant {
    /// It is over, and what is over stays so.
    Over,
    /// What its Ledger said of some generations.
    Judged(Vec<CachedAdmission>),
}

/// What a Ledger said of a generation.
struct CachedAdmission {
    generation: Generation,
    admission: Admission,
    until: Timestamp,
}

/// When a Ledger was asked. What it said before a revocation is not remembered after it.
#[derive(Clone, Copy)]
pub struct Asked {
    revocations: u64,
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
        let verdicts = match self.grants.get(grant)? {
            KnownGrant::Over => return Some(Admission::Refused),
            KnownGrant::Judged(verdicts) => verdicts,
        };
        let mut verdicts = verdicts.iter();
        let verdict = verdicts.find(|verdict| verdict.generation == generation)?;
        (now < verdict.until).then_some(verdict.admission)
    }

    /// Whether a grant is known to be over, so that its Ledger need not be asked for anything.
    pub fn is_over(&self, grant: &GrantId) -> bool {
        matches!(self.grants.get(grant), Some(KnownGrant::Over))
    }

    /// A Ledger is asked now.
    pub const fn ask(&self) -> Asked {
        Asked {
            revocations: self.revocations,
        }
    }

    /// Remembers a verdict.
    pub fn remember(
        &mut self,
        asked: Asked,
        grant: &GrantId,
        generation: Generation,
        admission: Admission,
        until: Timestamp,
        now: Timestamp,
    ) {
        if asked.revocations != self.revocations {
            return;
        }
        self.make_room(now);
        let known = self.grants.entry(grant.clone());
        let known = known.or_insert_with(|| KnownGrant::Judged(Vec::new()));
        if let KnownGrant::Judged(verdicts) = known {
            verdicts.retain(|verdict| verdict.generation != generation && now < verdict.until);
            verdicts.push(CachedAdmission {
                generation,
                admission,
                until,
            });
        }
    }

    /// Something of a grant was revoked here: its Ledger is asked again at the next call.
    pub fn forget(&mut self, grant: &GrantId) {
        self.revocations += 1;
        if !self.is_over(grant) {
            self.grants.remove(grant);
        }
    }

    /// A grant is over.
    pub fn end(&mut self, grant: &GrantId, now: Timestamp) {
        self.revocations += 1;
        self.make_room(now);
        self.grants.insert(grant.clone(), KnownGrant::Over);
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.grants.len() < MOST {
            return;
        }
        self.grants.retain(|_, known| match known {
            KnownGrant::Over => false,
            KnownGrant::Judged(verdicts) => verdicts.iter().any(|verdict| now < verdict.until),
        });
        if self.grants.len() >= MOST {
            self.grants.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_000);
    const LATER: Timestamp = Timestamp::from_unix_seconds(1_030);
    const GOOD: Admission = Admission::Admitted { first_call: false };

    fn grant(number: usize) -> GrantId {
        GrantId::parse(&format!("{number:022}")).unwrap()
    }

    fn learn(cache: &mut AdmissionCache, asked: Asked, number: usize) {
        cache.remember(asked, &grant(number), Generation::FIRST, GOOD, LATER, NOW);
    }

    fn verdict(cache: &AdmissionCache, number: usize) -> Option<Admission> {
        cache.verdict(&grant(number), Generation::FIRST, NOW)
    }

    #[test]
    fn what_was_asked_before_a_revocation_is_not_remembered_after_it() {
        let mut cache = AdmissionCache::default();
        for revoke in [AdmissionCache::forget, |cache: &mut _, grant: &_| {
            AdmissionCache::end(cache, grant, NOW);
        }] {
            let asked = cache.ask();
            revoke(&mut cache, &grant(1));
            learn(&mut cache, asked, 1);
            assert_ne!(verdict(&cache, 1), Some(GOOD));
        }
    }

    #[test]
    fn what_is_over_stays_so() {
        let mut cache = AdmissionCache::default();
        cache.end(&grant(1), NOW);
        let asked = cache.ask();
        learn(&mut cache, asked, 1);
        cache.forget(&grant(1));
        assert!(cache.is_over(&grant(1)));
        assert_eq!(verdict(&cache, 1), Some(Admission::Refused));
        assert!(!cache.is_over(&grant(2)));
    }

    #[test]
    fn it_never_grows_beyond_its_bound() {
        let mut cache = AdmissionCache::default();
        for number in 0..3 * MOST {
            if number % 2 == 0 {
                cache.end(&grant(number), NOW);
            } else {
                let asked = cache.ask();
                learn(&mut cache, asked, number);
            }
            assert!(cache.grants.len() <= MOST);
        }
    }
}
