//! The owner's session: a sealed cookie.

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::{cookies::CookieKind, password};
use crate::{
    issuer::Issuer,
    keys::{Keys, Kind, Sealable},
    secret::{Digest, Random, Secret, random_name},
    time::{Lifetime, Timestamp},
};

/// A session, as the cookie holds it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Session {
    /// Its name, which the forms that it is shown carry.
    #[serde(rename = "i")]
    pub id: String,
    /// When the owner must sign in again.
    #[serde(rename = "e")]
    pub expires_at: Timestamp,
    /// The fingerprint of the password that began it.
    #[serde(rename = "p")]
    password: Digest,
}

impl Sealable for Session {
    const KIND: Kind = Kind::Session;
}

/// How long a session lasts.
const SESSION: Lifetime = Lifetime::from_hours(12);

/// What a request's session cookie says.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// The owner, signed in.
    Owner(Session),
    /// A browser from which the owner signed in some time ago.
    KnownBrowser,
    /// Anybody.
    Stranger,
}

impl Session {
    /// Begins a session: the owner gave the password.
    pub fn begin(
        owner_password: &Secret,
        keys: &Keys,
        random: &dyn Random,
        now: Timestamp,
    ) -> Self {
        Self {
            id: random_name(random),
            expires_at: now.plus(SESSION),
            password: password::fingerprint(owner_password, keys),
        }
    }

    /// The session after the owner signed out: over, but the browser stays known.
    #[must_use]
    pub fn ended(mut self, now: Timestamp) -> Self {
        self.expires_at = now;
        self
    }
}

impl Visitor {
    /// Who a request comes from.
    pub fn of(
        headers: &HeaderMap,
        issuer: &Issuer,
        keys: &Keys,
        owner_password: &Secret,
        now: Timestamp,
    ) -> Self {
        let cookie = CookieKind::Session.read(headers, issuer);
        let session = cookie.and_then(|cookie| keys.open::<Session>(issuer, cookie.expose()));
        match session {
            None => Self::Stranger,
            Some(session)
                if session.expires_at > now
                    && password::is_fingerprint(&session.password, owner_password, keys) =>
            {
                Self::Owner(session)
            }
            Some(_) => Self::KnownBrowser,
        }
    }

    /// Whether the owner has signed in from this browser, now or earlier.
    pub const fn is_known(&self) -> bool {
        match self {
            Self::Owner(_) | Self::KnownBrowser => true,
            Self::Stranger => false,
        }
    }
}
