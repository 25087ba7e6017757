//! What the keys are for: one label, and so one key, for each use.

use serde::{Serialize, de::DeserializeOwned};

/// What a sealed value may be. Each has a prefix and a key of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// An access token.
    AccessToken,
    /// An authorization code.
    AuthorizationCode,
    /// A client identifier that is its own registration.
    ClientId,
    /// A refresh token.
    RefreshToken,
    /// The owner's session at the edge.
    Session,
    /// A form that waits for the owner's answer.
    Ticket,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [
        Self::AccessToken,
        Self::AuthorizationCode,
        Self::ClientId,
        Self::RefreshToken,
        Self::Session,
        Self::Ticket,
    ];

    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::AccessToken => "gl_access",
            Self::AuthorizationCode => "gl_code",
            Self::ClientId => "gl_client",
            Self::RefreshToken => "gl_refresh",
            Self::Session => "gl_session",
            Self::Ticket => "gl_ticket",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::AccessToken => "gatelodge seal access token",
            Self::AuthorizationCode => "gatelodge seal authorization code",
            Self::ClientId => "gatelodge seal client id",
            Self::RefreshToken => "gatelodge seal refresh token",
            Self::Session => "gatelodge seal session",
            Self::Ticket => "gatelodge seal ticket",
        }
    }
}

/// A value that can be sealed, as one kind only.
pub trait Sealable: Serialize + DeserializeOwned {
    /// What it is sealed as.
    const KIND: Kind;
}

/// What a MAC is for. Each has a key of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// The secret of a client, from its identifier.
    ClientSecret,
    /// Where a client of the legacy transport posts its messages.
    MessageEndpoint,
    /// The address of somebody who signs in, so that the throttle stores none.
    NetworkAddress,
    /// The owner's password.
    Password,
    /// An MCP session identifier, bound to its grant and mount (TR-28).
    SessionBinding,
}

impl Purpose {
    pub(super) const ALL: [Self; 5] = [
        Self::ClientSecret,
        Self::MessageEndpoint,
        Self::NetworkAddress,
        Self::Password,
        Self::SessionBinding,
    ];

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::ClientSecret => "gatelodge mac client secret",
            Self::MessageEndpoint => "gatelodge mac message endpoint",
            Self::NetworkAddress => "gatelodge mac network address",
            Self::Password => "gatelodge mac password",
            Self::SessionBinding => "gatelodge mac session binding",
        }
    }
}
