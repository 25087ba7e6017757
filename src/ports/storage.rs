//! What is stored: the Ledgers, which are strong, and the store of the register, which is not.
#![expect(
    async_fn_in_trait,
    reason = "a Worker has one thread; the futures need not be Send"
)]

use serde::Serialize;

use super::Outage;
use crate::{
    ledger::{
        admission::Admission,
        assertion::AlreadySpent,
        command::{GrantAnswer, GrantCommand},
        minting::Tokens,
        opening::{AlreadyOpened, Opening},
        redemption::{Redemption, RedemptionRefusal},
        revocation::{NotAuthenticated, Revocation, Revoked},
        rotation::{Rotation, RotationRefusal},
        sign_in::{SignInAttempt, SignInVerdict},
        summary::GrantSummary,
    },
    oauth::{
        client_assertion::AssertionId,
        grant::{Generation, GrantId},
    },
    secret::Digest,
    time::Timestamp,
};

/// The grants, and what else must be strong. Each call loads one record, applies one rule and saves,
/// with nothing in between: of any number of concurrent calls the outcome is that of some order of
/// them. After an outage nobody knows whether a call was obeyed.
pub trait Ledgers {
    /// Has the Ledger of a grant obey a command, by [`crate::ledger::command::obey`].
    async fn ask_grant(
        &self,
        grant: &GrantId,
        command: GrantCommand,
        now: Timestamp,
    ) -> Result<GrantAnswer, Outage>;

    /// Takes an assertion of a client, whose signature was found good. Of any number of calls with
    /// one assertion, one succeeds.
    async fn spend(
        &self,
        client: &Digest,
        assertion: AssertionId,
        now: Timestamp,
    ) -> Result<Result<(), AlreadySpent>, Outage>;

    /// Judges an attempt to sign in, and counts a failure, in one step.
    async fn sign_in(
        &self,
        attempt: SignInAttempt,
        now: Timestamp,
    ) -> Result<SignInVerdict, Outage>;

    /// Opens a grant under its name. Of any number of calls with one name, one succeeds.
    async fn open(
        &self,
        opening: Opening,
        now: Timestamp,
    ) -> Result<Result<(), AlreadyOpened>, Outage> {
        let grant = opening.id.clone();
        let command = GrantCommand::Open(opening);
        let GrantAnswer::Opened(outcome) = self.ask_grant(&grant, command, now).await? else {
            return Err(another_answer());
        };
        Ok(outcome)
    }

    /// Redeems the code of a grant. Of any number of calls, one succeeds.
    async fn redeem(
        &self,
        grant: &GrantId,
        attempt: Redemption,
        now: Timestamp,
    ) -> Result<Result<Tokens, RedemptionRefusal>, Outage> {
        let command = GrantCommand::Redeem(attempt);
        let GrantAnswer::Redeemed(outcome) = self.ask_grant(grant, command, now).await? else {
            return Err(another_answer());
        };
        Ok(outcome.map(Tokens::from))
    }

    /// Rotates a refresh token of a grant.
    async fn rotate(
        &self,
        grant: &GrantId,
        attempt: Rotation,
        now: Timestamp,
    ) -> Result<Result<Tokens, RotationRefusal>, Outage> {
        let command = GrantCommand::Rotate(attempt);
        let GrantAnswer::Rotated(outcome) = self.ask_grant(grant, command, now).await? else {
            return Err(another_answer());
        };
        Ok(outcome.map(Tokens::from))
    }

    /// Decides whether the access tokens of a generation are good.
    async fn admit(
        &self,
        grant: &GrantId,
        generation: Generation,
        now: Timestamp,
    ) -> Result<Admission, Outage> {
        let command = GrantCommand::Admit(generation);
        let GrantAnswer::Judged(admission) = self.ask_grant(grant, command, now).await? else {
            return Err(another_answer());
        };
        Ok(admission)
    }

    /// Revokes; a grant that is over or gone stays so.
    async fn revoke(
        &self,
        grant: &GrantId,
        revocation: Revocation,
        now: Timestamp,
    ) -> Result<Result<Revoked, NotAuthenticated>, Outage> {
        let command = GrantCommand::Revoke(revocation);
        let GrantAnswer::Revoked(outcome) = self.ask_grant(grant, command, now).await? else {
            return Err(another_answer());
        };
        Ok(outcome)
    }

    /// Tells how far a grant has come; none when there is none.
    async fn summary(
        &self,
        grant: &GrantId,
        now: Timestamp,
    ) -> Result<Option<GrantSummary>, Outage> {
        let GrantAnswer::Told(summary) = self.ask_grant(grant, GrantCommand::Summary, now).await?
        else {
            return Err(another_answer());
        };
        Ok(summary)
    }
}

/// A Ledger of another version of the Worker may say anything.
fn another_answer() -> Outage {
    Outage::new("ledger: an answer to another command")
}

/// The store of the owner's register. It may be stale by a minute or more, also about what is not
/// there, and takes one write a second for each key.
pub trait KeyValue {
    /// The JSON text under a key, if there is any.
    async fn get(&self, key: &str) -> Result<Option<String>, Outage>;

    /// Puts a row under a key, as its value and as what a list shows of it, until it expires.
    async fn put(
        &self,
        key: &str,
        row: &impl Serialize,
        expires_at: Timestamp,
    ) -> Result<(), Outage>;

    /// Deletes a key. What is not there stays so.
    async fn delete(&self, key: &str) -> Result<(), Outage>;

    /// Up to `most` keys that begin so, in no order.
    async fn list(&self, prefix: &str, most: usize) -> Result<Listing, Outage>;
}

/// What is stored under keys that begin alike.
pub struct Listing {
    /// The keys, each with its row as JSON text, if it has one.
    pub entries: Vec<(String, Option<String>)>,
    /// Whether there are more.
    pub more: bool,
}
