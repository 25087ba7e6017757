//! Making tokens.

use serde::{Deserialize, Serialize};

use super::record::{Authorization, GrantRecord};
use crate::{
    config::Lifetimes,
    keys::Keys,
    oauth::{
        grant::{AccessToken, Generation, RefreshToken},
        scope::ScopeSet,
    },
    secret::{Random, Secret},
    time::Timestamp,
};

/// What is needed to make tokens.
pub struct Mint<'a> {
    /// The keys that seal them.
    pub keys: &'a Keys,
    /// How long they live.
    pub lifetimes: Lifetimes,
    /// Where their nonces come from.
    pub random: &'a dyn Random,
}

/// A pair of tokens, for the client only.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: Secret,
    /// When it dies.
    pub access_expires_at: Timestamp,
    /// The refresh token, for clients that use them.
    pub refresh_token: Option<Secret>,
    /// What the access token allows.
    pub scope: ScopeSet,
}

/// Tokens in clear, for the way between the Ledger and the edge and for the encrypted reply; it is
/// never stored as it is.
#[derive(Deserialize, Serialize)]
pub struct ExposedTokens {
    #[serde(rename = "a")]
    access_token: String,
    #[serde(rename = "e")]
    access_expires_at: Timestamp,
    #[serde(rename = "r")]
    refresh_token: Option<String>,
    #[serde(rename = "s")]
    scope: ScopeSet,
}

impl From<&Tokens> for ExposedTokens {
    fn from(tokens: &Tokens) -> Self {
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            access_expires_at: tokens.access_expires_at,
            refresh_token: tokens
                .refresh_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
            scope: tokens.scope.clone(),
        }
    }
}

impl From<ExposedTokens> for Tokens {
    fn from(exposed: ExposedTokens) -> Self {
        Self {
            access_token: Secret::new(exposed.access_token),
            access_expires_at: exposed.access_expires_at,
            refresh_token: exposed.refresh_token.map(Secret::new),
            scope: exposed.scope,
        }
    }
}

impl Mint<'_> {
    /// Makes the tokens of one generation. The refresh token is for all that was granted, the
    /// access token for `scope` (AS-89).
    pub fn tokens(
        &self,
        record: &GrantRecord,
        generation: Generation,
        scope: ScopeSet,
        now: Timestamp,
    ) -> Tokens {
        let Authorization {
            issuer,
            client,
            mount,
            refreshes,
            ..
        } = &record.authorization;
        let access_expires_at = now.plus(self.lifetimes.access_token);
        let access = AccessToken {
            grant: record.id.clone(),
            generation,
            mount: mount.clone(),
            client: client.id,
            scope: scope.clone(),
            expires_at: access_expires_at,
        };
        let refresh = RefreshToken {
            grant: record.id.clone(),
            generation,
            client: client.id,
            expires_at: self.refresh_expires_at(now),
        };
        Tokens {
            access_token: self.keys.seal(issuer, &access, self.random),
            access_expires_at,
            refresh_token: refreshes.then(|| self.keys.seal(issuer, &refresh, self.random)),
            scope,
        }
    }

    /// When a refresh token that is made now dies, unless it is used before.
    pub const fn refresh_expires_at(&self, now: Timestamp) -> Timestamp {
        now.plus(self.lifetimes.refresh_token)
    }
}
