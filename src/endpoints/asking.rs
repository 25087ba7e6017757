//! Whether the Ledger of a grant is asked at all about a code or token of it.

use super::{
    edge::Edge,
    reply::{self, Reply},
};
use crate::{
    oauth::{
        error::{ErrorAnswer, ErrorCode},
        grant::{Generation, GrantId},
        pkce::CodeChallenge,
    },
    ports::World,
    time::Lifetime,
};

/// What a request does with a code or token. Each has a limit of its own, so that nobody who can only
/// look, or revoke, holds up the client.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use {
    /// It redeems the code, with this answer to its challenge: who has another one holds up nobody
    /// but himself, in the minute that a code lives.
    Code(CodeChallenge),
    /// It asks whether an access token is good.
    Look(Generation),
    /// Its client rotates a refresh token.
    Refresh,
    /// Somebody does, who has yet to show that he is the client, or whom an old token ends nothing
    /// for: he holds up only those who hold the same.
    RefreshOf(Generation),
    /// It revokes a token.
    Revocation(Generation),
}

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
    pub(super) async fn asking(&self, grant: &GrantId, of: Use) -> Asking {
        if self.world.memory().admissions.borrow().is_over(grant) {
            return Asking::Over;
        }
        match self.world.grant_fits(&of.key(grant)).await {
            Ok(true) => Asking::Due,
            Ok(false) => Asking::TooMany(reply::wait(TOO_MANY, Lifetime::from_minutes(1))),
            Err(outage) => {
                self.report(&outage);
                Asking::Due
            }
        }
    }
}

impl Use {
    /// What it is counted under.
    fn key(self, grant: &GrantId) -> String {
        let grant = grant.as_str();
        match self {
            Self::Code(challenge) => format!("{grant}/code/{}", challenge.to_base64url()),
            Self::Look(generation) => format!("{grant}/look/{}", generation.number()),
            Self::Refresh => format!("{grant}/refresh"),
            Self::RefreshOf(generation) => format!("{grant}/refresh/{}", generation.number()),
            Self::Revocation(generation) => format!("{grant}/revoke/{}", generation.number()),
        }
    }
}

const TOO_MANY: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::SlowDown,
    "There are too many requests with this code or token.",
);
