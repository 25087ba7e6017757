//! The error codes of the standards, and the safe sentence that goes with each.

use http::StatusCode;
use serde::Serialize;

/// An error answer of `/token`, `/register` and `/revoke` (RFC 6749 §5.2, RFC 7591 §3.2.2).
///
/// The description is a fixed sentence, so that nothing of a request comes back in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct ErrorAnswer {
    /// The code that the client's program reads.
    pub error: ErrorCode,
    /// One sentence that the client's developer reads.
    pub error_description: &'static str,
}

impl ErrorAnswer {
    /// An error with its sentence.
    pub const fn new(error: ErrorCode, error_description: &'static str) -> Self {
        Self {
            error,
            error_description,
        }
    }
}

/// An `error` value.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// RFC 6749 §4.1.2.1: the owner said no.
    AccessDenied,
    /// RFC 6749 §5.2: unknown client, or it did not authenticate as registered.
    InvalidClient,
    /// RFC 6750 §3.1: the token is good, but not for this.
    InsufficientScope,
    /// RFC 7591 §3.2.2.
    InvalidClientMetadata,
    /// RFC 6749 §5.2: the code or refresh token is invalid, expired, revoked or another client's.
    InvalidGrant,
    /// RFC 7591 §3.2.2.
    InvalidRedirectUri,
    /// RFC 6749 §5.2: a parameter is missing, repeated or malformed.
    InvalidRequest,
    /// RFC 8707 §2: the resource is none of this edge's.
    InvalidTarget,
    /// RFC 6750 §3.1.
    InvalidToken,
    /// RFC 6749 §4.1.2.1: ours to mend, later.
    ServerError,
    /// The client should wait, and come back with what it has.
    SlowDown,
    /// RFC 6749 §4.1.2.1, §5.2: storage does not answer.
    TemporarilyUnavailable,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
}

impl ErrorCode {
    /// The code as it is spelled in a query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidClient => "invalid_client",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::ServerError => "server_error",
            Self::SlowDown => "slow_down",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
        }
    }

    /// The status that goes with the code in a JSON answer.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::InvalidClient | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::AccessDenied
            | Self::InvalidClientMetadata
            | Self::InvalidGrant
            | Self::InvalidRedirectUri
            | Self::InvalidRequest
            | Self::InvalidTarget
            | Self::UnsupportedGrantType
            | Self::UnsupportedResponseType => StatusCode::BAD_REQUEST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_spelled_the_same_in_json_and_in_a_query() {
        for code in [
            ErrorCode::AccessDenied,
            ErrorCode::InvalidClientMetadata,
            ErrorCode::InvalidRedirectUri,
            ErrorCode::UnsupportedResponseType,
        ] {
            let json = serde_json::to_value(code).unwrap();
            assert_eq!(json, code.as_str());
        }
    }
}
