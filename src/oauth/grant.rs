//! Grants, and the tokens that are sealed for them.

use serde::{Deserialize, Serialize};

use super::{pkce::CodeChallenge, scope::ScopeSet};
use crate::{
    keys::{Kind, Sealable},
    mount_path::MountPath,
    secret::{Digest, base64url},
    time::Timestamp,
};

/// The name of a grant, and of its Ledger: it can only be formed from an approved ticket.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct GrantId(String);

impl GrantId {
    /// The grant that approving this ticket makes. A second approval makes the same, and the
    /// Ledger refuses it. The ticket was sealed, so nobody else can name one.
    pub fn of_ticket(ticket_id: &str) -> Self {
        let digest = Digest::of(format!("gatelodge grant {ticket_id}").as_bytes());
        Self(base64url(&digest.as_bytes()[..16]))
    }

    /// A name that the owner sent back from the list of grants; none when it is of no such shape.
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = text.len() == 22
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        shaped.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which pair of tokens of a grant it is; each use of a refresh token makes the next.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Generation(u32);

impl Generation {
    /// What a code is redeemed for.
    pub const FIRST: Self = Self(1);

    /// The generation after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Its place in the order, from 1.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What an authorization code is to the edge; it reads nothing to its bearer (AS-32).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuthorizationCode {
    /// The grant that it begins.
    #[serde(rename = "g")]
    pub grant: GrantId,
    /// The client that it is for.
    #[serde(rename = "c")]
    pub client: Digest,
    /// When it is too late.
    #[serde(rename = "e")]
    pub expires_at: Timestamp,
    /// What its verifier has to answer, so that a wrong one asks no Ledger.
    #[serde(rename = "v")]
    pub challenge: CodeChallenge,
}

impl Sealable for AuthorizationCode {
    const KIND: Kind = Kind::AuthorizationCode;
}

/// What a refresh token is to the edge.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RefreshToken {
    /// The grant that it prolongs.
    #[serde(rename = "g")]
    pub grant: GrantId,
    /// Its generation.
    #[serde(rename = "n")]
    pub generation: Generation,
    /// The client that it is for.
    #[serde(rename = "c")]
    pub client: Digest,
    /// When it is too late.
    #[serde(rename = "e")]
    pub expires_at: Timestamp,
}

impl Sealable for RefreshToken {
    const KIND: Kind = Kind::RefreshToken;
}

/// What an access token is to the edge.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessToken {
    /// The grant that it stands for.
    #[serde(rename = "g")]
    pub grant: GrantId,
    /// Its generation.
    #[serde(rename = "n")]
    pub generation: Generation,
    /// The one mount that it is good for (RFC 8707, RS-25).
    #[serde(rename = "m")]
    pub mount: MountPath,
    /// The client that it is for.
    #[serde(rename = "c")]
    pub client: Digest,
    /// What it allows.
    #[serde(rename = "s")]
    pub scope: ScopeSet,
    /// When it is too late.
    #[serde(rename = "e")]
    pub expires_at: Timestamp,
}

impl Sealable for AccessToken {
    const KIND: Kind = Kind::AccessToken;
}
