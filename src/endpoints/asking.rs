//! Whether the Ledger of a grant is asked at all about a code or token of it.

use super::{
    client_keys::Likeness,
    edge::Edge,
    reply::{self, Reply},
};
use crate::{
    mount_path::MountPath,
    oauth::{
        error::{ErrorAnswer, ErrorCode},
        grant::{Generation, GrantId},
    },
    ports::World,
    time::Lifetime,
};

/// What a request does with a code or token. Each has a limit of its own, so that nobody who can only
/// look, or revoke, holds up the client.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use<'a> {
    /// It redeems the code, and has its verifier.
    Code,
    /// It asks whether an access token is good.
    Look(Generation),
    /// It rotates a refresh token, for this mount if it names one.
    Refresh(Likeness, Option<&'a MountPath>),
    /// It does so where an old token ends nothing, or for who has yet to show that he is the client:
    /// he holds up only those who hold the same.
    RefreshOf(Generation),
    /// It revokes a token of this kind.
    Revocation {
        /// A letter for the kind.
        kind: char,
        /// Its generation.
        generation: Generation,
        /// How far the request is the client's.
        by: Likeness,
    },
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
    /// Whether a grant is known to be over.
    pub(super) fn knows_over(&self, grant: &GrantId) -> bool {
        self.world.memory().admissions.borrow().is_over(grant)
    }

    /// Judges such a request. The limit only spares the Ledger, so that nobody is turned away while
    /// it cannot be asked itself.
    pub(super) async fn asking(&self, grant: &GrantId, of: Use<'_>) -> Asking {
        if self.knows_over(grant) {
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

impl Use<'_> {
    /// What it is counted under.
    fn key(self, grant: &GrantId) -> String {
        let grant = grant.as_str();
        match self {
            Self::Code => format!("{grant}/code"),
            Self::Look(generation) => format!("{grant}/look/{}", generation.number()),
            Self::Refresh(by, mount) => {
                let mount = mount.map(MountPath::as_str).unwrap_or_default();
                format!("{grant}/refresh/{}{mount}", by.letter())
            }
            Self::RefreshOf(generation) => format!("{grant}/refresh-of/{}", generation.number()),
            Self::Revocation {
                kind,
                generation,
                by,
            } => {
                let (number, by) = (generation.number(), by.letter());
                format!("{grant}/revoke/{kind}{number}/{by}")
            }
        }
    }
}

impl Likeness {
    const fn letter(self) -> char {
        match self {
            Self::Claimed => 'c',
            Self::Shown => 's',
            Self::Signed => 'k',
        }
    }
}

const TOO_MANY: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::SlowDown,
    "There are too many requests with this code or token.",
);
