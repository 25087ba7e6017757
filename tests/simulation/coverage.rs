//! How often what matters has happened, so that a check that checks nothing is found out.

use std::collections::BTreeMap;

use gatelodge::ledger::{
    command::GrantAnswer,
    record::{GrantRecord, GrantState, RevocationCause, TokenFamily},
    redemption::RedemptionRefusal,
    revocation::Revoked,
    rotation::RotationRefusal,
};

#[derive(Default)]
pub(crate) struct Coverage(BTreeMap<&'static str, u64>);

impl Coverage {
    pub(crate) fn saw(&mut self, event: &'static str) {
        *self.0.entry(event).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (event, count) in other.0 {
            *self.0.entry(event).or_default() += count;
        }
    }

    pub(crate) fn count(&self, event: &str) -> u64 {
        self.0.get(event).copied().unwrap_or_default()
    }

    /// One line for each event.
    pub(crate) fn report(&self) -> String {
        let lines = self.0.iter();
        let lines = lines.map(|(event, count)| format!("{count:>9}  {event}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What a Ledger did, in a word.
    pub(crate) fn obeyed(
        &mut self,
        answer: &GrantAnswer,
        before: Option<&GrantRecord>,
        after: Option<&GrantRecord>,
    ) -> &'static str {
        let event = match answer {
            GrantAnswer::Judged(_) if before != after => "admit: first use",
            GrantAnswer::Judged(_) => "admit",
            GrantAnswer::Opened(Ok(())) => "open",
            GrantAnswer::Opened(Err(_)) => "open: the name is taken",
            GrantAnswer::Redeemed(Ok(_)) => "redeem",
            GrantAnswer::Redeemed(Err(refusal)) => match refusal {
                RedemptionRefusal::Gone => "redeem: gone",
                RedemptionRefusal::NotTheClient(_) => "redeem: not the client",
                RedemptionRefusal::OtherRedirectUri => "redeem: other redirect URI",
                RedemptionRefusal::OtherResource => "redeem: other resource",
                RedemptionRefusal::Replayed => "redeem: a second time",
                RedemptionRefusal::WrongVerifier => "redeem: wrong verifier",
            },
            GrantAnswer::Revoked(Err(_)) => "revoke: not authenticated",
            GrantAnswer::Revoked(Ok(Revoked::Nothing)) => "revoke: nothing is there",
            GrantAnswer::Revoked(Ok(_)) if before == after => "revoke: nothing to revoke",
            GrantAnswer::Revoked(Ok(Revoked::Grant)) => match after.and_then(cause) {
                Some(RevocationCause::Owner) => "revoke: by the owner",
                Some(_) => "revoke: by the client",
                None => "revoke: an access token",
            },
            GrantAnswer::Rotated(Ok(_)) => rotated(before, after),
            GrantAnswer::Rotated(Err(refusal)) => match refusal {
                RotationRefusal::Gone => "rotate: gone",
                RotationRefusal::NotTheClient(_) => "rotate: not the client",
                RotationRefusal::OtherResource => "rotate: other resource",
                RotationRefusal::Replayed => "rotate: (c) a replay",
                RotationRefusal::Old => "rotate: an old token, and the grant goes on",
                RotationRefusal::TooOften { .. } => "rotate: too often",
            },
            GrantAnswer::Told(_) => "summary",
        };
        self.saw(event);
        event
    }
}

/// The immediate predecessor, inside its window.
pub(crate) const REPEATED: &str = "rotate: (a) the same pair again";
/// The immediate predecessor, after its window, with a successor that nobody has used.
pub(crate) const REPLACED: &str = "rotate: (b) a lost reply is replaced";

/// By which of the rules a refresh token was rotated.
fn rotated(before: Option<&GrantRecord>, after: Option<&GrantRecord>) -> &'static str {
    match (
        before.map(|before| &before.state),
        after.map(|after| &after.state),
    ) {
        (Some(GrantState::Active(before)), Some(GrantState::Active(after))) => {
            let presented =
                |family: &TokenFamily| family.predecessor.as_ref().map(|it| it.generation);
            if before.current == after.current {
                REPEATED
            } else if presented(before) == presented(after) {
                REPLACED
            } else {
                "rotate"
            }
        }
        _ => "rotate: oddly",
    }
}

fn cause(record: &GrantRecord) -> Option<RevocationCause> {
    match &record.state {
        GrantState::Revoked { cause, .. } => Some(*cause),
        GrantState::Active(_) | GrantState::Issued => None,
    }
}
