//! What the token endpoint says.

use serde::Serialize;

use crate::{
    ledger::minting::Tokens,
    oauth::error::{ErrorAnswer, ErrorCode},
    secret::Secret,
    time::Timestamp,
};

/// For the answer's way to the client, and for clocks that count whole seconds.
const LEEWAY: u64 = 5;

/// A successful answer (RFC 6749 §5.1); `scope` is always there (AS-85).
#[derive(Serialize)]
pub(super) struct TokenAnswer<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

impl<'a> TokenAnswer<'a> {
    /// The client is told of a little less time than there is: it counts from when the answer has
    /// come, and some never refresh a token that is refused before their own count is over.
    pub(super) fn new(tokens: &'a Tokens, now: Timestamp) -> Self {
        let lives = now.until(tokens.access_expires_at).seconds();
        Self {
            access_token: tokens.access_token.expose(),
            token_type: "Bearer",
            expires_in: lives - LEEWAY.min(lives / 4),
            scope: tokens.scope.to_string(),
            refresh_token: tokens.refresh_token.as_ref().map(Secret::expose),
        }
    }
}

pub(super) const NO_CLIENT: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidClient,
    "The request does not say which client it is from.",
);
pub(super) const NOT_VALID: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidGrant,
    "The code or refresh token is not valid for this client.",
);
pub(super) const EXPIRED: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidGrant,
    "The code or refresh token has expired.",
);
pub(super) const SPENT: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidGrant,
    "The code or refresh token was used before, or was revoked.",
);
pub(super) const OTHER_REDIRECT_URI: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidGrant,
    "The redirect_uri is not that of the authorization request.",
);
pub(super) const OTHER_RESOURCE: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidTarget,
    "The resource is not the one that was granted.",
);
pub(super) const WRONG_VERIFIER: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidGrant,
    "The code_verifier does not answer the code_challenge.",
);
pub(super) const TOO_OFTEN: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::SlowDown,
    "The same refresh token was used too often; use the one that replaced it.",
);
