//! A request at the token endpoint (OAuth 2.1 §3.2.2).

use super::{
    error::{ErrorAnswer, ErrorCode},
    form::Parameters,
    pkce::CodeVerifier,
};
use crate::secret::Secret;

/// What is asked for; each grant has only what it needs.
#[derive(Clone, Debug)]
pub enum TokenRequest {
    /// The first tokens, for a code.
    AuthorizationCode {
        /// The code.
        code: Secret,
        /// The redirect URI of the authorization request; OAuth 2.1 no longer sends it.
        redirect_uri: Option<String>,
        /// The answer to the challenge.
        code_verifier: CodeVerifier,
    },
    /// The next tokens, for a refresh token.
    RefreshToken {
        /// The refresh token.
        refresh_token: Secret,
        /// Fewer scopes than were granted.
        scope: Option<String>,
    },
}

impl TokenRequest {
    /// The name of the grant type.
    pub const fn grant_type(&self) -> &'static str {
        match self {
            Self::AuthorizationCode { .. } => "authorization_code",
            Self::RefreshToken { .. } => "refresh_token",
        }
    }

    /// Reads the form.
    ///
    /// # Errors
    ///
    /// `unsupported_grant_type`, or `invalid_request` for what is missing, repeated or malformed.
    pub fn parse(form: &Parameters) -> Result<Self, ErrorAnswer> {
        match form.one("grant_type")? {
            Some("authorization_code") => Ok(Self::AuthorizationCode {
                code: required(form, "code", "The code is missing.")?,
                redirect_uri: form.one("redirect_uri")?.map(str::to_owned),
                code_verifier: CodeVerifier::parse(form.one("code_verifier")?.unwrap_or_default())
                    .ok_or(VERIFIER)?,
            }),
            Some("refresh_token") => Ok(Self::RefreshToken {
                refresh_token: required(form, "refresh_token", "The refresh_token is missing.")?,
                scope: form.one("scope")?.map(str::to_owned),
            }),
            Some(_) => Err(ErrorAnswer::new(
                ErrorCode::UnsupportedGrantType,
                "The grant_type must be authorization_code or refresh_token.",
            )),
            None => Err(ErrorAnswer::new(
                ErrorCode::InvalidRequest,
                "The grant_type is missing.",
            )),
        }
    }
}

const VERIFIER: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "The code_verifier must be 43 to 128 unreserved characters.",
);

fn required(form: &Parameters, name: &str, missing: &'static str) -> Result<Secret, ErrorAnswer> {
    let value = form.one(name)?;
    let value = value.ok_or(ErrorAnswer::new(ErrorCode::InvalidRequest, missing))?;
    Ok(Secret::new(value.to_owned()))
}
