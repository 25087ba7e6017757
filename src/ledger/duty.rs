//! What becomes due in a grant, whether anybody asks or not, and when: the calendar of its alarm.

use super::record::{FirstCall, GrantRecord, GrantState};
use crate::time::{Lifetime, Timestamp};

/// The life of a ticket, and the longest of a code, and a minute for clocks that differ: after it
/// nothing can refer to an unredeemed grant.
const UNREDEEMED: Lifetime = Lifetime::from_minutes(11);
/// How long the owner can see that a token was replayed.
const REPLAY_SHOWN: Lifetime = Lifetime::from_days(30);
/// How long a row stays in the register, unless it is entered anew.
pub const LISTED: Lifetime = Lifetime::from_days(100);
/// When it is entered anew; the register may fail for a while.
const LISTED_ANEW: Lifetime = Lifetime::from_days(90);

/// What has become due in a grant, whether anybody asks or not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Duty {
    /// All in it is dead: its rows are to be struck, and then it is to be deleted.
    Bury,
    /// Its row is to be entered in the register anew, and that to be noted.
    List,
    /// Its client should have called, and that it has not is to be noted.
    NoteSilence,
    /// Nothing yet.
    Wait,
}

impl GrantRecord {
    /// When all in it is dead and it can be deleted. Until then its name must stay taken, so that
    /// its ticket cannot be approved again.
    pub fn dies_at(&self) -> Timestamp {
        let unredeemed = self.opened_at.plus(UNREDEEMED);
        let dead = match &self.state {
            GrantState::Issued => unredeemed,
            GrantState::Active(family) => family
                .refresh_expires_at
                .map_or(family.access_expires_at, |refresh| {
                    refresh.max(family.access_expires_at)
                }),
            GrantState::Revoked { at, cause } if cause.is_replay() => at.plus(REPLAY_SHOWN),
            GrantState::Revoked { at, .. } => *at,
        };
        dead.max(unredeemed)
    }

    /// When it must be looked at, whether anybody asks or not.
    pub fn wakes_at(&self) -> Timestamp {
        let due = self.dies_at().min(self.listing_is_due());
        self.call_is_due().map_or(due, |call| call.min(due))
    }

    /// What has become due in it.
    pub fn duty(&self, now: Timestamp) -> Duty {
        if self.dies_at() <= now {
            Duty::Bury
        } else if self.call_is_due().is_some_and(|due| due <= now) {
            Duty::NoteSilence
        } else if self.listing_is_due() <= now {
            Duty::List
        } else {
            Duty::Wait
        }
    }

    /// Whether its client has tokens and has not called, though it had time.
    pub fn is_silent(&self) -> bool {
        matches!(self.state, GrantState::Active(_)) && self.first_call == FirstCall::Missed
    }

    fn call_is_due(&self) -> Option<Timestamp> {
        match (&self.state, self.first_call) {
            (GrantState::Active(_), FirstCall::Due(due)) => Some(due),
            (GrantState::Active(_), FirstCall::Made | FirstCall::Missed | FirstCall::NotDue)
            | (GrantState::Issued | GrantState::Revoked { .. }, _) => None,
        }
    }

    fn listing_is_due(&self) -> Timestamp {
        let listed = self.listed_at.unwrap_or(self.opened_at);
        listed.plus(LISTED_ANEW)
    }

    /// The record of a client that has not called in time.
    #[must_use]
    pub fn silent(self) -> Self {
        Self {
            first_call: FirstCall::Missed,
            ..self
        }
    }

    /// The record, with its row entered now.
    #[must_use]
    pub fn listed(self, now: Timestamp) -> Self {
        Self {
            listed_at: Some(now),
            ..self
        }
    }

    /// The record, unless all in it is dead. What is dead stays so, whatever asks for it while it
    /// waits to be deleted.
    pub fn alive(self, now: Timestamp) -> Option<Self> {
        (now < self.dies_at()).then_some(self)
    }
}
