//! The throttle of the owner's sign-in: failures are counted, successes are not.

use serde::{Deserialize, Serialize};

use crate::{
    secret::Digest,
    time::{Lifetime, Timestamp},
};

/// One attempt to sign in.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SignInAttempt {
    /// Where it comes from.
    pub from: Source,
    /// Whether the password was right.
    pub right: bool,
}

/// Where an attempt comes from: what its failures are counted under.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A browser that the owner has signed in with; the digest of that session's name. It is not
    /// held up by what strangers do, neither in its own network nor anywhere.
    Browser(Digest),
    /// Anybody else; a MAC of the network.
    Network(Digest),
}

/// What becomes of it. A throttled attempt is not judged, so its password tells nothing.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum SignInVerdict {
    /// The owner is in.
    SignedIn,
    /// The password is wrong.
    WrongPassword,
    /// Too many failures everywhere; until after this time only known browsers are tried.
    Closed {
        /// How long to wait.
        wait: Lifetime,
    },
    /// Too many failures from there; the next attempt counts after this time.
    Throttled {
        /// How long to wait.
        wait: Lifetime,
    },
}

/// The failures from one source.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct SourceRecord {
    failures: u32,
    last_failure: Option<Timestamp>,
    blocked_until: Option<Timestamp>,
}

/// The failures from all networks, in the hour that began with the first of them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct GlobalRecord {
    failures: u32,
    since: Option<Timestamp>,
}

/// The two records that an attempt is judged by.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Throttle {
    /// Of the attempt's own source.
    pub source: SourceRecord,
    /// Of all networks.
    pub global: GlobalRecord,
}

const FREE_FAILURES: u32 = 5;
const FIRST_BLOCK: Lifetime = Lifetime::from_seconds(30);
const LONGEST_BLOCK: Lifetime = Lifetime::from_minutes(15);
const GLOBAL_FAILURES: u32 = 100;
const GLOBAL_WINDOW: Lifetime = Lifetime::from_hours(1);
/// How long a source's failures are remembered.
pub const MEMORY: Lifetime = Lifetime::from_hours(1);

impl Throttle {
    /// Judges an attempt. Returns the records to store, when they changed.
    pub fn attempt(
        mut self,
        attempt: &SignInAttempt,
        now: Timestamp,
    ) -> (Option<Self>, SignInVerdict) {
        self.forget(now);
        if let Some(verdict) = self.wait(attempt, now) {
            return (None, verdict);
        }
        if attempt.right {
            let cleared = self.source.failures > 0;
            self.source = SourceRecord::default();
            return (cleared.then_some(self), SignInVerdict::SignedIn);
        }
        self.source.fail(now);
        match attempt.from {
            Source::Browser(_) => {}
            Source::Network(_) => self.global.fail(now),
        }
        (Some(self), SignInVerdict::WrongPassword)
    }

    fn wait(&self, attempt: &SignInAttempt, now: Timestamp) -> Option<SignInVerdict> {
        if let Some(until) = self.source.blocked_until.filter(|until| *until > now) {
            let wait = now.until(until);
            return Some(SignInVerdict::Throttled { wait });
        }
        match attempt.from {
            Source::Browser(_) => None,
            Source::Network(_) if self.global.failures < GLOBAL_FAILURES => None,
            Source::Network(_) => {
                let wait = now.until(self.global.since?.plus(GLOBAL_WINDOW));
                Some(SignInVerdict::Closed { wait })
            }
        }
    }

    fn forget(&mut self, now: Timestamp) {
        if self.source.is_forgotten(now) {
            self.source = SourceRecord::default();
        }
        if self
            .global
            .since
            .is_some_and(|since| since.plus(GLOBAL_WINDOW) <= now)
        {
            self.global = GlobalRecord::default();
        }
    }
}

impl SourceRecord {
    /// Whether it says nothing any more and can be deleted.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.last_failure
            .is_none_or(|last| last.plus(MEMORY) <= now)
    }

    fn fail(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.last_failure = Some(now);
        if let Some(beyond) = self.failures.checked_sub(FREE_FAILURES) {
            let block = FIRST_BLOCK.seconds().saturating_mul(1 << beyond.min(5));
            let block = Lifetime::from_seconds(block).min(LONGEST_BLOCK);
            self.blocked_until = Some(now.plus(block));
        }
    }
}

impl GlobalRecord {
    fn fail(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.since.get_or_insert(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_unix_seconds(1_000_000);

    const STRANGER: Source = Source::Network(Digest::from_bytes([1; 32]));
    const KNOWN: Source = Source::Browser(Digest::from_bytes([2; 32]));

    const fn attempt(right: bool, from: Source) -> SignInAttempt {
        SignInAttempt { from, right }
    }

    #[test]
    fn five_failures_are_free_then_the_wait_doubles_to_fifteen_minutes() {
        for source in [STRANGER, KNOWN] {
            let (mut throttle, mut now) = (Throttle::default(), START);
            let mut waits = Vec::new();
            for _ in 0..12 {
                let (next, verdict) = throttle.attempt(&attempt(false, source), now);
                assert_eq!(verdict, SignInVerdict::WrongPassword);
                throttle = next.unwrap();
                let (unchanged, verdict) = throttle.clone().attempt(&attempt(true, source), now);
                if let SignInVerdict::Throttled { wait } = verdict {
                    assert_eq!(unchanged, None);
                    waits.push(wait.seconds());
                    now = now.plus(wait);
                }
            }
            assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900, 900]);
        }
    }

    #[test]
    fn a_success_is_not_counted_and_clears_its_network() {
        let (record, verdict) = Throttle::default().attempt(&attempt(true, STRANGER), START);
        assert_eq!((record, verdict), (None, SignInVerdict::SignedIn));

        let (failed, _) = Throttle::default().attempt(&attempt(false, STRANGER), START);
        let (cleared, _) = failed.unwrap().attempt(&attempt(true, STRANGER), START);
        assert_eq!(cleared.unwrap().source, SourceRecord::default());
    }

    #[test]
    fn a_hundred_failures_from_everywhere_leave_only_known_browsers() {
        let mut global = GlobalRecord::default();
        for _ in 0..100 {
            let throttle = Throttle {
                source: SourceRecord::default(),
                global,
            };
            global = throttle
                .attempt(&attempt(false, STRANGER), START)
                .0
                .unwrap()
                .global;
        }
        let elsewhere = Throttle {
            source: SourceRecord::default(),
            global,
        };
        let verdict = |source, now| elsewhere.clone().attempt(&attempt(true, source), now).1;
        assert!(matches!(
            verdict(STRANGER, START),
            SignInVerdict::Closed { .. }
        ));
        assert_eq!(verdict(KNOWN, START), SignInVerdict::SignedIn);
        assert_eq!(
            verdict(STRANGER, START.plus(GLOBAL_WINDOW)),
            SignInVerdict::SignedIn
        );
    }

    /// `docs/storage.md` promises the hour.
    #[test]
    fn failures_are_remembered_for_an_hour_after_the_last() {
        const HOUR: u64 = 60 * 60;
        let record = |failures: u32| {
            (0..failures).fold(Throttle::default(), |throttle, _| {
                throttle
                    .attempt(&attempt(false, STRANGER), START)
                    .0
                    .unwrap()
            })
        };
        let source = record(4).source;
        let after = |seconds| START.plus(Lifetime::from_seconds(seconds));
        assert!(!source.is_forgotten(after(HOUR - 1)));
        assert!(source.is_forgotten(after(HOUR)));
        for (seconds, failures) in [(HOUR - 1, 5), (HOUR, 1)] {
            let (next, _) = record(4).attempt(&attempt(false, STRANGER), after(seconds));
            assert_eq!(next.unwrap().source.failures, failures, "{seconds} s later");
        }
    }

    #[test]
    fn a_known_browser_does_not_spend_what_strangers_have() {
        let (changed, _) = Throttle::default().attempt(&attempt(false, KNOWN), START);
        assert_eq!(changed.unwrap().global, GlobalRecord::default());
    }
}
