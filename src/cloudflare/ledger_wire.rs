//! What the Worker and a Ledger say to each other: JSON, within one deployment.

use serde::{Deserialize, Serialize};

use crate::{
    ledger::{command::GrantCommand, sign_in::SignInAttempt},
    secret::Digest,
    time::Timestamp,
};

/// A command and the instant of the request that it belongs to.
#[derive(Deserialize, Serialize)]
pub(super) struct Envelope {
    pub(super) now: Timestamp,
    pub(super) command: Command,
}

/// What a Ledger is asked to do.
#[derive(Deserialize, Serialize)]
pub(super) enum Command {
    Grant(GrantCommand),
    SignIn(SignInAttempt),
    /// The digest of an assertion's name, and when it is of no use any more.
    Spend {
        id: Digest,
        expires_at: Timestamp,
    },
}
