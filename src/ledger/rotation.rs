//! Rotating a refresh token: on every use, without losing a client whose reply was lost (AS-89,
//! AS-90).

use serde::{Deserialize, Serialize};

use super::{
    minting::{ExposedTokens, Mint, Tokens},
    record::{
        GrantRecord, GrantState, NotTheClient, Predecessor, RevocationCause, TokenFamily,
        VoidGeneration,
    },
};
use crate::{
    config::RefreshReuse,
    keys::ReplyKey,
    mount_path::MountPath,
    oauth::{credential::Credential, grant::Generation},
    secret::Digest,
    time::{Lifetime, Timestamp},
};

/// What a token request shows for a refresh token.
#[derive(Deserialize, Serialize)]
pub struct Rotation {
    /// The generation of the token.
    pub generation: Generation,
    /// The key that only its holder can derive. It goes to the Ledger from memory to memory and is
    /// stored nowhere.
    #[serde(with = "crate::keys::exposed_reply_key")]
    pub reply_key: ReplyKey,
    /// The digest of the client's identifier.
    pub client: Digest,
    /// What it shows beside that.
    pub credential: Credential,
    /// The mount that its `resource` means, if it was sent.
    pub mount: Option<MountPath>,
    /// The scope that it asks for, if any.
    pub scope: Option<String>,
}

/// Why a refresh token is not rotated.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum RotationRefusal {
    /// There is no such grant any more, or it is revoked.
    Gone,
    /// The token cannot be used any more, and its grant goes on.
    Old,
    /// The resource is not the one that was granted.
    OtherResource,
    /// The token was replaced long ago, or its replacement is in use; its grant is over.
    Replayed,
    /// The request is not the client's.
    NotTheClient(NotTheClient),
    /// The same reply was asked for too often; it can be asked for again after this time.
    TooOften {
        /// How long to wait.
        wait: Lifetime,
    },
}

/// What the owner has decided about replays.
#[derive(Clone, Copy, Debug)]
pub struct ReplayPolicy {
    /// How long the predecessor may ask for its reply again.
    pub window: Lifetime,
    /// What a proven replay does.
    pub reuse: RefreshReuse,
}

/// How often the predecessor may ask for its reply again.
const MOST_REPEATS: u32 = 64;

/// How many void generations are remembered, so that a record stays small.
const MOST_VOID: usize = 256;

/// What a refresh token of a family is.
enum TokenPlace {
    /// The newest: it rotates.
    Current,
    /// The one before, within its window: the same reply again.
    Repeat(Predecessor),
    /// The one before, whose reply was never used: a new reply.
    Lost(Predecessor),
    /// Anything else that was once good: a replay.
    Old,
}

/// Rotates the refresh token of a grant. Returns the record to store.
pub fn rotate(
    record: GrantRecord,
    attempt: &Rotation,
    mint: &Mint<'_>,
    policy: ReplayPolicy,
    now: Timestamp,
) -> (GrantRecord, Result<Tokens, RotationRefusal>) {
    let family = match attempt.fits(&record) {
        Ok(family) => family.clone(),
        Err(refusal) => return (record, Err(refusal)),
    };
    match family.place_of(attempt.generation, policy.window, now) {
        TokenPlace::Current => {
            let generation = family.current;
            replace(record, family, generation, attempt, mint, now)
        }
        TokenPlace::Lost(predecessor) => {
            let family = family.without_current();
            let record = GrantRecord {
                retries: record.retries.saturating_add(1),
                ..record
            };
            replace(record, family, predecessor.generation, attempt, mint, now)
        }
        TokenPlace::Repeat(predecessor) => {
            repeat(record, family, predecessor, attempt, policy, now)
        }
        TokenPlace::Old => {
            let record = record.replayed();
            match policy.reuse {
                RefreshReuse::Refuse => (record, Err(RotationRefusal::Old)),
                RefreshReuse::Revoke => (
                    record.revoked(RevocationCause::RefreshTokenReplayed, now),
                    Err(RotationRefusal::Replayed),
                ),
            }
        }
    }
}

/// A new generation in the place of the current one; `presented` becomes its predecessor.
fn replace(
    record: GrantRecord,
    family: TokenFamily,
    presented: Generation,
    attempt: &Rotation,
    mint: &Mint<'_>,
    now: Timestamp,
) -> (GrantRecord, Result<Tokens, RotationRefusal>) {
    let generation = family.current.next();
    let scope = match &attempt.scope {
        Some(requested) => record.authorization.scope.granted(Some(requested)),
        None => record.authorization.scope.clone(),
    };
    let tokens = mint.tokens(&record, generation, scope, now);
    let reply = serde_json::to_vec(&ExposedTokens::from(&tokens)).expect("tokens are plain data");
    let (void, lowest) = trimmed(family.void, family.lowest, now);
    let family = TokenFamily {
        current: generation,
        current_used: false,
        void,
        predecessor: Some(Predecessor {
            generation: presented,
            rotated_at: now,
            reply: attempt.reply_key.encrypt(&reply, mint.random),
            repeats: 0,
            repeated_at: None,
        }),
        access_expires_at: tokens.access_expires_at,
        refresh_expires_at: Some(mint.refresh_expires_at(now)),
        refreshed_at: Some(now),
        lowest,
    };
    let state = GrantState::Active(family);
    (GrantRecord { state, ..record }, Ok(tokens))
}

/// The void generations that still matter, and the lowest that is admitted. So many are void only when
/// a client loses every answer for hours; then what is elder than the first of them ends, too.
fn trimmed(
    mut void: Vec<VoidGeneration>,
    lowest: Generation,
    now: Timestamp,
) -> (Vec<VoidGeneration>, Generation) {
    void.retain(|void| void.until > now);
    let beyond = void.len().saturating_sub(MOST_VOID);
    let trimmed = void.drain(..beyond).next_back();
    let lowest = trimmed.map_or(lowest, |last| lowest.max(last.generation.next()));
    (void, lowest)
}

/// The same two tokens again.
fn repeat(
    record: GrantRecord,
    family: TokenFamily,
    predecessor: Predecessor,
    attempt: &Rotation,
    policy: ReplayPolicy,
    now: Timestamp,
) -> (GrantRecord, Result<Tokens, RotationRefusal>) {
    if predecessor.repeats >= MOST_REPEATS {
        let wait = now.until(predecessor.spared_until(policy.window));
        return (record, Err(RotationRefusal::TooOften { wait }));
    }
    let reply = attempt.reply_key.decrypt(&predecessor.reply);
    let tokens = reply.and_then(|reply| serde_json::from_slice::<ExposedTokens>(&reply).ok());
    let Some(tokens) = tokens else {
        return (record, Err(RotationRefusal::Old));
    };
    let in_window = now < predecessor.rotated_at.plus(policy.window);
    let predecessor = Predecessor {
        repeats: predecessor.repeats + 1,
        repeated_at: in_window.then_some(now).or(predecessor.repeated_at),
        ..predecessor
    };
    let record = GrantRecord {
        state: GrantState::Active(TokenFamily {
            predecessor: Some(predecessor),
            ..family
        }),
        retries: record.retries.saturating_add(1),
        ..record
    };
    (record, Ok(tokens.into()))
}

impl Rotation {
    fn fits<'a>(&self, record: &'a GrantRecord) -> Result<&'a TokenFamily, RotationRefusal> {
        let authorization = &record.authorization;
        authorization
            .client
            .recognise(&self.client, &self.credential)
            .map_err(RotationRefusal::NotTheClient)?;
        if !self
            .mount
            .as_ref()
            .is_none_or(|mount| *mount == authorization.mount)
        {
            return Err(RotationRefusal::OtherResource);
        }
        match &record.state {
            GrantState::Active(family) => Ok(family),
            GrantState::Issued | GrantState::Revoked { .. } => Err(RotationRefusal::Gone),
        }
    }
}

impl Predecessor {
    /// Until when a reply that nobody has used is given again and not replaced: to the end of the
    /// window, and a quarter of it after the last time that it was given there. So what was just
    /// given again is not taken away by a request that was sent before.
    fn spared_until(&self, window: Lifetime) -> Timestamp {
        let again = self.repeated_at.map(|at| at.plus(window.part(4)));
        let end = self.rotated_at.plus(window);
        again.map_or(end, |again| again.max(end))
    }
}

impl TokenFamily {
    fn place_of(&self, generation: Generation, window: Lifetime, now: Timestamp) -> TokenPlace {
        if generation == self.current {
            return TokenPlace::Current;
        }
        match &self.predecessor {
            Some(predecessor) if predecessor.generation == generation => {
                if now < predecessor.rotated_at.plus(window) {
                    TokenPlace::Repeat(predecessor.clone())
                } else if self.current_used {
                    TokenPlace::Old
                } else if now < predecessor.spared_until(window) {
                    TokenPlace::Repeat(predecessor.clone())
                } else {
                    TokenPlace::Lost(predecessor.clone())
                }
            }
            _ => TokenPlace::Old,
        }
    }

    /// The family after its newest generation turned out to have been lost on the way.
    fn without_current(mut self) -> Self {
        self.void.push(VoidGeneration {
            generation: self.current,
            until: self.access_expires_at,
        });
        self
    }
}
