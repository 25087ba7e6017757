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

/// How long after its end a session still tells that the browser is the owner's.
const KNOWN: Lifetime = Lifetime::from_days(180);

/// What a request's session cookie says.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// The owner, signed in.
    Owner(Session),
    /// A browser from which the owner signed in some time ago, with the password of today.
    KnownBrowser(Session),
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
        let session = session
            .filter(|session| password::is_fingerprint(&session.password, owner_password, keys));
        match session {
            Some(session) if now < session.expires_at => Self::Owner(session),
            Some(session) if now < session.expires_at.plus(KNOWN) => Self::KnownBrowser(session),
            Some(_) | None => Self::Stranger,
        }
    }

    /// The session that the browser has or had, as the throttle counts by.
    pub fn known(&self) -> Option<Digest> {
        match self {
            Self::Owner(session) | Self::KnownBrowser(session) => {
                Some(Digest::of(session.id.as_bytes()))
            }
            Self::Stranger => None,
        }
    }
}
