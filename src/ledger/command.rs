//! What the Ledger of a grant can be asked to do, and how it obeys: one rule, applied to one record.

use serde::{Deserialize, Serialize};

use super::{
    admission::{Admission, admit},
    minting::{ExposedTokens, Mint, Tokens},
    opening::{AlreadyOpened, Opening, open},
    record::GrantRecord,
    redemption::{Redemption, RedemptionRefusal, redeem},
    revocation::{NotAuthenticated, Revocation, Revoked, revoke},
    rotation::{ReplayPolicy, Rotation, RotationRefusal, rotate},
    summary::GrantSummary,
};
use crate::{
    config::Config,
    oauth::grant::Generation,
    secret::Random,
    time::{Lifetime, Timestamp},
};

/// What the Ledger of a grant is asked to do.
#[derive(Deserialize, Serialize)]
pub enum GrantCommand {
    /// Decide whether the access tokens of a generation are good.
    Admit(Generation),
    /// Open the grant.
    Open(Opening),
    /// Redeem its code.
    Redeem(Redemption),
    /// Revoke it, or some of its tokens.
    Revoke(Revocation),
    /// Rotate a refresh token.
    Rotate(Rotation),
    /// Tell how far it has come.
    Summary,
}

impl GrantCommand {
    /// Whether it may be given again when nobody knows what became of it. A rotation may, since
    /// the same token gets the same reply.
    pub const fn may_be_repeated(&self) -> bool {
        match self {
            Self::Admit(_) | Self::Revoke(_) | Self::Rotate(_) | Self::Summary => true,
            Self::Open(_) | Self::Redeem(_) => false,
        }
    }
}

/// What the Ledger of a grant answers; each command has an answer of its own.
#[derive(Deserialize, Serialize)]
pub enum GrantAnswer {
    /// To [`GrantCommand::Admit`].
    Judged(Admission),
    /// To [`GrantCommand::Open`].
    Opened(Result<(), AlreadyOpened>),
    /// To [`GrantCommand::Redeem`].
    Redeemed(Result<ExposedTokens, RedemptionRefusal>),
    /// To [`GrantCommand::Revoke`].
    Revoked(Result<Revoked, NotAuthenticated>),
    /// To [`GrantCommand::Rotate`].
    Rotated(Result<ExposedTokens, RotationRefusal>),
    /// To [`GrantCommand::Summary`]; none when there is no grant.
    Told(Option<GrantSummary>),
}

/// How long the edge waits for an answer of storage.
pub const PATIENCE: Lifetime = Lifetime::from_seconds(10);
/// How old a command may be when it is obeyed. The edge has given it up by then, and said so; the
/// rest is for clocks that differ.
const LATEST: Lifetime = PATIENCE.times(2);

/// A command is too old: nothing is done long after it was given up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooOld;

/// The instant of a command that was sent then, by the Ledger's own `clock`: the later of the two, so
/// that nobody gains time on the way.
///
/// # Errors
///
/// When it was on its way for too long.
pub fn instant(sent: Timestamp, clock: Timestamp) -> Result<Timestamp, TooOld> {
    if sent.plus(LATEST) < clock {
        return Err(TooOld);
    }
    Ok(sent.max(clock))
}

/// Obeys a command, at its [`instant`]. Returns the record to store, when it changed, and the
/// answer.
///
/// A grant in which all is dead is one that is not there, but its name stays taken.
///
/// # Errors
///
/// When it was on its way for too long.
pub fn obey(
    record: Option<GrantRecord>,
    command: GrantCommand,
    config: &Config,
    random: &dyn Random,
    (sent, clock): (Timestamp, Timestamp),
) -> Result<(Option<GrantRecord>, GrantAnswer), TooOld> {
    let now = instant(sent, clock)?;
    let stored = record.clone();
    let living = record.and_then(|record| record.alive(now));
    let mint = Mint {
        keys: &config.keys,
        lifetimes: config.lifetimes,
        random,
    };
    let (after, answer) = match (command, living) {
        (GrantCommand::Open(opening), _) => {
            let opened = open(stored.as_ref(), opening, now);
            let answer = opened.as_ref().map(|_| ()).map_err(|taken| *taken);
            (opened.ok(), GrantAnswer::Opened(answer))
        }
        (GrantCommand::Admit(_), None) => (None, GrantAnswer::Judged(Admission::Refused)),
        (GrantCommand::Admit(generation), Some(record)) => {
            let (after, admission) = admit(record, generation);
            (after, GrantAnswer::Judged(admission))
        }
        (GrantCommand::Redeem(_), None) => {
            (None, GrantAnswer::Redeemed(Err(RedemptionRefusal::Gone)))
        }
        (GrantCommand::Redeem(attempt), Some(record)) => {
            let (after, outcome) = redeem(record, &attempt, &mint, now);
            (Some(after), GrantAnswer::Redeemed(exposed(outcome)))
        }
        (GrantCommand::Revoke(_), None) => (None, GrantAnswer::Revoked(Ok(Revoked::Nothing))),
        (GrantCommand::Revoke(revocation), Some(record)) => {
            let revoked = revoke(record, &revocation, now);
            let answer = revoked.as_ref().map(|_| Revoked::Grant);
            let answer = answer.map_err(|refused| *refused);
            (revoked.ok(), GrantAnswer::Revoked(answer))
        }
        (GrantCommand::Rotate(_), None) => (None, GrantAnswer::Rotated(Err(RotationRefusal::Gone))),
        (GrantCommand::Rotate(attempt), Some(record)) => {
            let policy = ReplayPolicy {
                window: config.lifetimes.refresh_replay,
                reuse: config.refresh_reuse,
            };
            let (after, outcome) = rotate(record, &attempt, &mint, policy, now);
            (Some(after), GrantAnswer::Rotated(exposed(outcome)))
        }
        (GrantCommand::Summary, living) => {
            let summary = living.as_ref().map(GrantSummary::from);
            (None, GrantAnswer::Told(summary))
        }
    };
    let changed = after.filter(|after| stored.as_ref() != Some(after));
    Ok((changed, answer))
}

fn exposed<E>(outcome: Result<Tokens, E>) -> Result<ExposedTokens, E> {
    outcome.map(|tokens| ExposedTokens::from(&tokens))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::secret::SystemRandom;

    /// Twice what the edge waits, so that a clock may be ahead or behind by as much as that.
    #[test]
    fn what_was_given_up_is_not_obeyed_long_after() {
        let settings = [
            ("ORIGIN", "https://home.example"),
            ("GATELODGE_KEY", &"01".repeat(32)),
            ("OWNER_PASSWORD", "correct horse"),
        ];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let Ok(config) = Config::parse(&BTreeMap::from(settings)) else {
            panic!("the settings are right");
        };
        let sent = Timestamp::from_unix_seconds(1_000);
        let asked = |clock: Timestamp| {
            let times = (sent, clock);
            obey(None, GrantCommand::Summary, &config, &SystemRandom, times).map(drop)
        };
        assert_eq!(asked(Timestamp::from_unix_seconds(0)), Ok(()));
        assert_eq!(asked(sent.plus(LATEST)), Ok(()));
        let later = sent.plus(LATEST).plus(Lifetime::from_seconds(1));
        assert_eq!(asked(later), Err(TooOld));
        assert!(PATIENCE.seconds() < LATEST.seconds());
    }
}
