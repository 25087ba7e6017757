//! The gateway's own errors towards MCP clients (TR-13): a status that no client takes for a sign
//! of the protocol, and a JSON-RPC body.

use http::StatusCode;
use serde_json::{Value, json};

use super::home_failure::HomeFailure;

/// Why the gateway answers in the origin's place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GatewayError {
    /// Too much is on its way already.
    Busy,
    /// The call is larger than what can be read to set its length.
    CallTooLarge,
    /// The call broke off before it was read.
    CallUnreadable,
    /// The platform does not sign what home is to be told.
    CannotSign,
    /// The call is a page's, and its web origin is not listed (TR-02).
    ForeignOrigin,
    /// There is no answer of the origin's to relay.
    Home(HomeFailure),
    /// The edge cannot tell whether the caller is good: the Ledger of its grant, or the issuer of
    /// its token, does not answer.
    LedgerUnreachable,
    /// The method is none of MCP's.
    MethodNotOffered,
    /// The origin has no stream to offer.
    NoStream,
    /// Messages are posted to where the stream says, so the stream comes first.
    StreamFirst,
    /// The session was not given to this grant. The one 404 that the edge makes here (TR-28).
    UnknownSession,
}

impl GatewayError {
    /// The status of the answer.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::CallTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy | Self::CallUnreadable | Self::CannotSign | Self::LedgerUnreachable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::MethodNotOffered | Self::NoStream | Self::StreamFirst => {
                StatusCode::METHOD_NOT_ALLOWED
            }
            Self::Home(failure) => failure.status(),
            Self::UnknownSession => StatusCode::NOT_FOUND,
        }
    }

    /// Whether trying again later can help.
    pub const fn is_passing(self) -> bool {
        match self {
            Self::Busy | Self::CallUnreadable | Self::CannotSign | Self::LedgerUnreachable => true,
            Self::Home(failure) => failure.is_passing(),
            Self::CallTooLarge
            | Self::ForeignOrigin
            | Self::MethodNotOffered
            | Self::NoStream
            | Self::StreamFirst
            | Self::UnknownSession => false,
        }
    }

    /// The methods that there are, when it is about the method (RFC 9110 §10.2.1).
    pub const fn allow(self) -> Option<&'static str> {
        match self {
            Self::MethodNotOffered => Some("GET, POST, DELETE"),
            Self::NoStream => Some("POST, DELETE"),
            Self::StreamFirst => Some("GET"),
            Self::Busy
            | Self::CallTooLarge
            | Self::CallUnreadable
            | Self::CannotSign
            | Self::ForeignOrigin
            | Self::Home(_)
            | Self::LedgerUnreachable
            | Self::UnknownSession => None,
        }
    }

    /// Whether the MCP server at home has answered, and not something on the way to it.
    pub const fn is_origins_own(self) -> bool {
        match self {
            Self::Home(failure) => failure.is_servers_own(),
            Self::NoStream => true,
            Self::Busy
            | Self::CallTooLarge
            | Self::CallUnreadable
            | Self::CannotSign
            | Self::ForeignOrigin
            | Self::LedgerUnreachable
            | Self::MethodNotOffered
            | Self::StreamFirst
            | Self::UnknownSession => false,
        }
    }

    /// Whether it is about home, and not about the call.
    pub const fn is_about_home(self) -> bool {
        matches!(self, Self::Home(_))
    }

    /// The body, with what the log calls the request. The call's own id is not known: messages are
    /// not parsed on their way.
    pub fn body(self, request: &str) -> Value {
        let (code, message) = self.words();
        json!({
            "jsonrpc": "2.0",
            "id": null,
            "error": {"code": code, "message": message, "data": {"request_id": request}},
        })
    }

    /// The code of JSON-RPC, and one sentence.
    pub const fn words(self) -> (i32, &'static str) {
        match self {
            Self::Busy => (
                -32603,
                "The gateway has too many messages on their way. Try again.",
            ),
            Self::CallTooLarge => (-32600, "The message is too large."),
            Self::CallUnreadable => (-32603, "The message broke off. Send it again."),
            Self::CannotSign => (-32603, "The gateway cannot sign its calls now. Try again."),
            Self::ForeignOrigin => (-32600, "Pages of this web origin may not call this server."),
            Self::LedgerUnreachable => (
                -32603,
                "The gateway cannot check this connection now. Try again.",
            ),
            Self::MethodNotOffered => (-32600, "This server does not offer that method here."),
            Self::NoStream => (-32600, "This server offers no stream here."),
            Self::Home(failure) => (-32603, failure.words()),
            Self::StreamFirst => (
                -32600,
                "This server speaks the older transport: open its stream with GET first.",
            ),
            Self::UnknownSession => (-32001, "Session not found."),
        }
    }
}

impl From<HomeFailure> for GatewayError {
    fn from(failure: HomeFailure) -> Self {
        Self::Home(failure)
    }
}
