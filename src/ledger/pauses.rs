//! Who has to wait before a password of his is tried, as an isolate remembers it: until then his
//! attempts cost the Ledger nothing.

use super::sign_in::{SignInVerdict, Source};
use crate::time::{Lifetime, Timestamp};

/// The waits that the Ledger has ordered; none is ever shortened, so that they can be believed.
#[derive(Default)]
pub struct Pauses {
    sources: Vec<(Source, Timestamp)>,
    strangers: Option<Timestamp>,
}

/// More would be looked through slowly; the eldest is forgotten, and its next attempt asks.
const MOST: usize = 256;

impl Pauses {
    /// How long an attempt from there has to wait, as far as is known.
    pub fn wait(&self, from: Source, now: Timestamp) -> Option<Lifetime> {
        let own = self.sources.iter().find(|(source, _)| *source == from);
        let strangers = match from {
            Source::Browser(_) => None,
            Source::Network(_) => self.strangers,
        };
        let until = own.map(|(_, until)| *until).max(strangers)?;
        (now < until).then(|| now.until(until))
    }

    /// Remembers what the Ledger has said.
    pub fn remember(&mut self, from: Source, verdict: SignInVerdict, now: Timestamp) {
        match verdict {
            SignInVerdict::SignedIn | SignInVerdict::WrongPassword => {}
            SignInVerdict::Closed { wait } => self.strangers = Some(now.plus(wait)),
            SignInVerdict::Throttled { wait } => {
                self.sources
                    .retain(|(source, until)| *source != from && now < *until);
                if self.sources.len() >= MOST {
                    self.sources.remove(0);
                }
                self.sources.push((from, now.plus(wait)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Digest;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_000);
    const MINUTE: Lifetime = Lifetime::from_minutes(1);
    const BROWSER: Source = Source::Browser(Digest::from_bytes([1; 32]));

    const fn network(number: u8) -> Source {
        Source::Network(Digest::from_bytes([number; 32]))
    }

    #[test]
    fn who_is_told_to_wait_waits_that_long() {
        let mut pauses = Pauses::default();
        pauses.remember(network(1), SignInVerdict::Throttled { wait: MINUTE }, NOW);
        assert_eq!(pauses.wait(network(1), NOW), Some(MINUTE));
        assert_eq!(pauses.wait(network(2), NOW), None);
        assert_eq!(pauses.wait(network(1), NOW.plus(MINUTE)), None);
    }

    #[test]
    fn when_strangers_have_to_wait_a_known_browser_has_not() {
        let mut pauses = Pauses::default();
        pauses.remember(network(1), SignInVerdict::Closed { wait: MINUTE }, NOW);
        assert_eq!(pauses.wait(network(2), NOW), Some(MINUTE));
        assert_eq!(pauses.wait(BROWSER, NOW), None);
        pauses.remember(BROWSER, SignInVerdict::Throttled { wait: MINUTE }, NOW);
        assert_eq!(pauses.wait(BROWSER, NOW), Some(MINUTE));
    }

    #[test]
    fn it_never_grows_beyond_its_bound() {
        let mut pauses = Pauses::default();
        for number in 0..3 * 256_u16 {
            let mut bytes = [0; 32];
            bytes[..2].copy_from_slice(&number.to_be_bytes());
            let from = Source::Network(Digest::from_bytes(bytes));
            pauses.remember(from, SignInVerdict::Throttled { wait: MINUTE }, NOW);
            assert!(pauses.sources.len() <= MOST);
            assert!(pauses.wait(from, NOW).is_some());
        }
    }
}
