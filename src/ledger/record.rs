//! The record of a grant, as it is stored.

use serde::{Deserialize, Serialize};

use crate::{
    issuer::Issuer,
    mount_path::MountPath,
    oauth::{
        credential::Credential,
        grant::{Generation, GrantId},
        pkce::CodeChallenge,
        scope::ScopeSet,
    },
    secret::Digest,
    time::{Lifetime, Timestamp},
};

/// A grant. All secrets in it are digests, or encrypted under a token that is stored nowhere.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantRecord {
    /// Its name, so that its rows in the register can be found when it dies.
    pub id: GrantId,
    /// What the owner approved.
    pub authorization: Authorization,
    /// When.
    pub opened_at: Timestamp,
    /// What the code is bound to.
    pub code: CodeBinding,
    /// How far it has come.
    pub state: GrantState,
    /// Whether its client has called; records that are older than the question have no answer.
    #[serde(default)]
    pub first_call: FirstCall,
    /// How often an old token was shown to be replayed.
    pub replays: u32,
    /// How often a client asked again for tokens that it had lost.
    pub retries: u32,
    /// When its row was entered in the register, which is for
    /// [`LISTED`](super::duty::LISTED); older records say nothing of it, and it was with the
    /// approval.
    #[serde(default)]
    pub listed_at: Option<Timestamp>,
}

/// What the owner approved, for whom.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Authorization {
    /// The issuer that it was approved at; its tokens are good there only.
    pub issuer: Issuer,
    /// The client.
    pub client: ApprovedClient,
    /// The resource.
    pub mount: MountPath,
    /// What is allowed there.
    pub scope: ScopeSet,
    /// Whether the client gets refresh tokens.
    pub refreshes: bool,
}

/// A client's facts, as approved. They outlive the key that its identifier is sealed with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ApprovedClient {
    /// Its identifier, as it sends it.
    pub client_id: String,
    /// The digest of that.
    pub id: Digest,
    /// What a request must show to be from it.
    #[serde(rename = "secret")]
    pub credential: Credential,
    /// What it calls itself; empty when that is nothing.
    pub name: String,
    /// The host that its answers go to.
    pub host: String,
}

/// What a request must show to redeem the code.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CodeBinding {
    /// The redirect URI of the authorization request.
    pub redirect_uri: String,
    /// Its challenge.
    pub challenge: CodeChallenge,
}

/// How far a grant has come.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// Approved; the code waits for its redemption.
    Issued,
    /// Redeemed; tokens are out.
    Active(TokenFamily),
    /// Over.
    Revoked {
        /// Since when.
        at: Timestamp,
        /// Why.
        cause: RevocationCause,
    },
}

/// Whether a client has called with what it fetched. Clients are seen to sign in and then to stay
/// silent, and their owners to wonder.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstCall {
    /// It is waited for until then.
    Due(Timestamp),
    /// It has come.
    #[default]
    Made,
    /// It has not come in time.
    Missed,
    /// The client has no tokens yet.
    NotDue,
}

/// Why a grant is over.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationCause {
    /// The client revoked its refresh token (RFC 7009).
    Client,
    /// Its code was redeemed twice (AS-84).
    CodeReplayed,
    /// The owner revoked it.
    Owner,
    /// An old refresh token was used (AS-89).
    RefreshTokenReplayed,
}

impl RevocationCause {
    /// Whether somebody may have stolen a token, so that the owner should see it.
    pub const fn is_replay(self) -> bool {
        match self {
            Self::CodeReplayed | Self::RefreshTokenReplayed => true,
            Self::Client | Self::Owner => false,
        }
    }
}

/// All tokens of an active grant: none of them is here, only which are good.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TokenFamily {
    /// The newest generation.
    pub current: Generation,
    /// Whether its access token has been used.
    pub current_used: bool,
    /// The lowest generation that is still admitted.
    pub lowest: Generation,
    /// Generations whose reply was lost and which were replaced, until their tokens are dead.
    pub void: Vec<VoidGeneration>,
    /// The generation that the newest replaced, while its reply may be asked for again.
    pub predecessor: Option<Predecessor>,
    /// When the newest access token dies.
    pub access_expires_at: Timestamp,
    /// When the newest refresh token dies; none when the client gets none.
    pub refresh_expires_at: Option<Timestamp>,
    /// When the last refresh was.
    pub refreshed_at: Option<Timestamp>,
}

/// A generation that is not admitted although it is not the lowest.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct VoidGeneration {
    /// Which.
    pub generation: Generation,
    /// When its access token is dead anyway.
    pub until: Timestamp,
}

/// The generation before the newest.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Predecessor {
    /// Which.
    pub generation: Generation,
    /// When it was used first.
    pub rotated_at: Timestamp,
    /// The reply that it got, encrypted under itself.
    pub reply: String,
    /// How often it got it again.
    pub repeats: u32,
    /// When it last did inside the window.
    #[serde(default)]
    pub repeated_at: Option<Timestamp>,
}

/// How long a client that has its first tokens may take to call.
pub const FIRST_CALL: Lifetime = Lifetime::from_seconds(30);

impl GrantRecord {
    /// The record, revoked. A grant that is over stays over for its first cause, except that the
    /// owner may put away what a replay ended.
    #[must_use]
    pub fn revoked(mut self, cause: RevocationCause, now: Timestamp) -> Self {
        self.state = match self.state {
            GrantState::Revoked { at, cause: first }
                if cause != RevocationCause::Owner || !first.is_replay() =>
            {
                GrantState::Revoked { at, cause: first }
            }
            GrantState::Active(_) | GrantState::Issued | GrantState::Revoked { .. } => {
                GrantState::Revoked { at: now, cause }
            }
        };
        self
    }

    /// Whether a generation is the newest, or the one that it replaced.
    pub fn is_recent(&self, generation: Generation) -> bool {
        match &self.state {
            GrantState::Active(family) => {
                let before = family.predecessor.as_ref();
                generation == family.current
                    || before.is_some_and(|before| before.generation == generation)
            }
            GrantState::Issued | GrantState::Revoked { .. } => false,
        }
    }

    /// The record, with one more replay.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        self.replays = self.replays.saturating_add(1);
        self
    }
}

impl ApprovedClient {
    /// Whether a request is from this client: its identifier, and its credential.
    ///
    /// # Errors
    ///
    /// Which of the two does not fit.
    pub fn recognise(&self, client: &Digest, shown: &Credential) -> Result<(), NotTheClient> {
        if self.id != *client {
            return Err(NotTheClient::OtherClient);
        }
        if self.credential.is_met_by(shown) {
            Ok(())
        } else {
            Err(NotTheClient::WrongCredential)
        }
    }
}

/// A request is not from the client that was approved.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum NotTheClient {
    /// It is from another one.
    OtherClient,
    /// It does not show the client's credential.
    WrongCredential,
}
