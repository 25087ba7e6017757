//! Of all refresh tokens that were ever made for a grant at most one branch is alive. The rules are
//! pure, so they can be asked without effect.

use gatelodge::{
    config::Config,
    keys::ReplyKey,
    ledger::{
        minting::{Mint, Tokens},
        record::{GrantRecord, GrantState, TokenFamily},
        rotation::{ReplayPolicy, Rotation, RotationRefusal, rotate},
    },
    oauth::grant::Generation,
    time::Timestamp,
};

use super::life::Life;
use crate::support::world::Seeded;

/// What would become of a refresh token.
enum Would {
    /// It would make a new pair.
    Branch(Box<GrantRecord>),
    /// It would get the newest pair again.
    Repeat,
    Refused,
}

/// Asks the rules about every refresh token of a grant.
///
/// # Errors
///
/// What is wrong.
pub(crate) fn one_branch(
    record: &GrantRecord,
    life: &Life,
    config: &Config,
    now: Timestamp,
) -> Result<(), String> {
    let GrantState::Active(family) = &record.state else {
        return Ok(());
    };
    let probe = Probe { config, now, life };
    let mut branches = Vec::new();
    for token in &life.refresh_tokens {
        let place = place_of(token.0, family);
        match (probe.try_out(record, token)?, place) {
            (Would::Branch(after), Place::Newest | Place::Predecessor) => {
                branches.push((token, after));
            }
            (Would::Repeat, Place::Predecessor) if !probe.is_in_window(family) => {
                return Err("a reply can be had again for a while: it still can".into());
            }
            (Would::Repeat, Place::Predecessor) | (Would::Refused, Place::Elder) => {}
            (Would::Refused, Place::Newest) => {
                return Err("the newest refresh token is good: it is refused".into());
            }
            (Would::Refused, Place::Predecessor) if family.current_used => {}
            (Would::Refused, Place::Predecessor) => {
                return Err("a reply that was lost can be had again: it is refused".into());
            }
            (Would::Branch(_) | Would::Repeat, Place::Elder) => {
                return Err("one live family: an old refresh token is alive".into());
            }
            (Would::Repeat, Place::Newest) => {
                return Err("the newest refresh token rotates: it gets its own pair".into());
            }
        }
    }
    for (used, after) in &branches {
        for (other, _) in branches.iter().filter(|(other, _)| other != used) {
            if !matches!(probe.try_out(after, other)?, Would::Refused) {
                return Err("one live family: two refresh tokens are alive side by side".into());
            }
        }
    }
    Ok(())
}

enum Place {
    Newest,
    Predecessor,
    Elder,
}

fn place_of(generation: Generation, family: &TokenFamily) -> Place {
    let before = family.predecessor.as_ref();
    if generation == family.current {
        Place::Newest
    } else if before.is_some_and(|before| before.generation == generation) {
        Place::Predecessor
    } else {
        Place::Elder
    }
}

struct Probe<'a> {
    config: &'a Config,
    now: Timestamp,
    life: &'a Life,
}

impl Probe<'_> {
    fn try_out(
        &self,
        record: &GrantRecord,
        (generation, token): &(Generation, String),
    ) -> Result<Would, String> {
        let client = &record.authorization.client;
        let attempt = Rotation {
            generation: *generation,
            reply_key: ReplyKey::of(token),
            client: client.id,
            credential: client.credential,
            mount: None,
            scope: None,
        };
        let random = Seeded::new(3);
        let mint = Mint {
            keys: &self.config.keys,
            lifetimes: self.config.lifetimes,
            random: &random,
        };
        let policy = ReplayPolicy {
            window: self.config.lifetimes.refresh_replay,
            reuse: self.config.refresh_reuse,
        };
        let newest = |record: &GrantRecord| match &record.state {
            GrantState::Active(family) => Some(family.current),
            GrantState::Issued | GrantState::Revoked { .. } => None,
        };
        let (after, outcome) = rotate(record.clone(), &attempt, &mint, policy, self.now);
        match outcome {
            Ok(_) if newest(&after) != newest(record) => Ok(Would::Branch(Box::new(after))),
            Ok(tokens) if self.is_newest_pair(&tokens, newest(record)) => Ok(Would::Repeat),
            Ok(_) => Err("the same pair is given again: it is another one".into()),
            Err(RotationRefusal::TooOften { .. }) => Ok(Would::Repeat),
            Err(_) => Ok(Would::Refused),
        }
    }

    fn is_in_window(&self, family: &TokenFamily) -> bool {
        let window = self.config.lifetimes.refresh_replay;
        let before = family.predecessor.as_ref();
        // A reply that was given again at the very end is given a little longer.
        let longest = |since: Timestamp| since.plus(window).plus(window.part(4));
        before.is_some_and(|before| self.now < longest(before.rotated_at))
    }

    fn is_newest_pair(&self, tokens: &Tokens, newest: Option<Generation>) -> bool {
        let made = |made: &[(Generation, String)], token: &str| {
            made.iter()
                .any(|(generation, known)| Some(*generation) == newest && known == token)
        };
        let refresh = tokens.refresh_token.as_ref();
        made(&self.life.access_tokens, tokens.access_token.expose())
            && refresh.is_some_and(|token| made(&self.life.refresh_tokens, token.expose()))
    }
}
