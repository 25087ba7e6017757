//! Whether the Ledger of a grant is asked at all about a code or token of it.

use super::{
    edge::Edge,
    reply::{self, Reply},
};
use crate::{
    oauth::{
        error::{ErrorAnswer, ErrorCode},
        grant::GrantId,
    },
    ports::World,
    time::Lifetime,
};

/// What is to be done with a request that holds a code or token of a grant.
pub(super) enum Asking {
    /// The Ledger decides.
    Due,
    /// The grant is known to be over; it has nothing more to say.
    Over,
    /// There are so many of them that the client must be out of its mind: this answer.
    TooMany(Reply),
}

impl<W: World> Edge<'_, W> {
    /// Judges such a request. The limit only spares the Ledger, so that nobody is turned away while
    /// it cannot be asked itself.
    pub(super) async fn asking(&self, grant: &GrantId) -> Asking {
        if self.world.memory().admissions.borrow().is_over(grant) {
            return Asking::Over;
        }
        match self.world.grant_fits(grant).await {
            Ok(true) => Asking::Due,
            Ok(false) => Asking::TooMany(reply::wait(TOO_MANY, Lifetime::from_minutes(1))),
            Err(outage) => {
                self.report(&outage);
                Asking::Due
            }
        }
    }
}

const TOO_MANY: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::SlowDown,
    "There are too many requests with tokens of this grant.",
);
