//! `WWW-Authenticate`: how a client learns where to sign in (RFC 6750 §3, RFC 9728 §5.1).

use http::{HeaderValue, StatusCode};

use crate::{
    issuer::Issuer,
    oauth::{error::ErrorCode, scope::ScopeSet},
    routes::resource_metadata_path,
};

/// Why a call is not admitted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotAdmitted {
    /// It carries no token; nothing is said of an error then (RS-44).
    NoToken,
    /// It carries more than one.
    SeveralTokens,
    /// Its token is good, but does not allow this.
    InsufficientScope,
    /// Its token is forged, damaged, or for another resource.
    Invalid,
    /// Its token has expired.
    Expired,
    /// Its token was revoked.
    Revoked,
}

impl NotAdmitted {
    /// The status of the answer (RS-40).
    pub const fn status(self) -> StatusCode {
        match self {
            Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::SeveralTokens => StatusCode::BAD_REQUEST,
            Self::Expired | Self::Invalid | Self::NoToken | Self::Revoked => {
                StatusCode::UNAUTHORIZED
            }
        }
    }

    /// The error code of the answer's body.
    pub const fn error(self) -> ErrorCode {
        match self {
            Self::InsufficientScope => ErrorCode::InsufficientScope,
            Self::SeveralTokens => ErrorCode::InvalidRequest,
            Self::Expired | Self::Invalid | Self::NoToken | Self::Revoked => {
                ErrorCode::InvalidToken
            }
        }
    }

    /// One sentence for the client's developer. It goes into a quoted string, so it has no quotes.
    pub const fn description(self) -> &'static str {
        match self {
            Self::NoToken => "This server needs an access token",
            Self::SeveralTokens => "The request carries more than one access token",
            Self::InsufficientScope => "The access token does not allow this",
            Self::Invalid => "The access token is not valid here",
            Self::Expired => "The access token expired",
            Self::Revoked => "The access token was revoked",
        }
    }

    /// The challenge for a resource, as the path that was called. Clients read this header with
    /// regular expressions, so the description comes last (RS-50).
    pub fn challenge(self, issuer: &Issuer, resource: &str, scopes: &ScopeSet) -> HeaderValue {
        let metadata = issuer.url(&resource_metadata_path(resource));
        let error = match self {
            Self::NoToken => String::new(),
            Self::Expired
            | Self::InsufficientScope
            | Self::Invalid
            | Self::Revoked
            | Self::SeveralTokens => format!(
                ", error=\"{}\", error_description=\"{}\"",
                self.error().as_str(),
                self.description()
            ),
        };
        let scope = if scopes.is_empty() {
            String::new()
        } else {
            format!(", scope=\"{scopes}\"")
        };
        let challenge = format!("Bearer resource_metadata=\"{metadata}\"{scope}{error}");
        HeaderValue::try_from(challenge).expect("scopes and URLs are visible ASCII")
    }
}
