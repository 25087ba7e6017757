//! A form that waits for the owner's answer: sealed into the form itself.

use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use super::{cookies::Browser, session::Session};
use crate::{
    issuer::Issuer,
    keys::{Keys, Kind, Sealable},
    oauth::client::Registration,
    secret::{Digest, Random, Secret, random_name},
    time::{Lifetime, Timestamp},
};

/// What a form is about, and the browser that it was sent to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Ticket {
    /// Its name; the grant that it may lead to is named after it.
    #[serde(rename = "i")]
    pub id: String,
    /// Which form it is; one cannot be sent for another.
    #[serde(rename = "s")]
    pub stage: Stage,
    /// The digest of the browser's cookie.
    #[serde(rename = "b")]
    browser: Digest,
    /// When it is too late.
    #[serde(rename = "e")]
    expires_at: Timestamp,
}

impl Sealable for Ticket {
    const KIND: Kind = Kind::Ticket;
}

/// Which form it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The owner is asked for the password.
    Login(Destination),
    /// The owner is asked to approve a client, in this session.
    Consent {
        /// The session.
        session: String,
        /// The whole authorization request.
        query: String,
        /// What the client's metadata document says, as it was shown; none for other clients.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<Registration>,
    },
    /// The owner's page, in this session.
    Owner {
        /// The session.
        session: String,
    },
}

/// Where the owner goes after signing in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// Back to this authorization request.
    Authorize {
        /// Its query.
        query: String,
    },
    /// To the owner's page.
    Owner,
}

/// Why the answer to a form is not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TicketError {
    /// The form was sent from another site's page.
    CrossSite,
    /// It is ours and was sent to this browser, but is too old.
    Expired(Box<Ticket>),
    /// It is not a form of ours, or another form of ours.
    Forged,
    /// It was sent to another browser, or the browser keeps no cookies.
    OtherBrowser,
    /// The session that it was shown in is over.
    OtherSession,
}

/// How long a form waits.
const PATIENCE: Lifetime = Lifetime::from_minutes(10);

impl Ticket {
    /// Makes the ticket of a form that is being sent to this browser.
    pub fn seal(
        stage: Stage,
        browser: &Browser,
        (keys, issuer): (&Keys, &Issuer),
        random: &dyn Random,
        now: Timestamp,
    ) -> Secret {
        let ticket = Self {
            id: random_name(random),
            stage,
            browser: browser.digest(),
            expires_at: now.plus(PATIENCE),
        };
        keys.seal(issuer, &ticket, random)
    }

    /// The ticket of the same form, sent to the same browser anew.
    pub fn renewed(
        self,
        (keys, issuer): (&Keys, &Issuer),
        random: &dyn Random,
        now: Timestamp,
    ) -> Secret {
        let ticket = Self {
            id: random_name(random),
            expires_at: now.plus(PATIENCE),
            ..self
        };
        keys.seal(issuer, &ticket, random)
    }

    /// Takes the answer to a form: sealed by us, in time, from our own page in the browser that it
    /// was sent to.
    ///
    /// # Errors
    ///
    /// Which of these does not hold.
    pub fn accept(
        sealed: &str,
        headers: &HeaderMap,
        (keys, issuer): (&Keys, &Issuer),
        now: Timestamp,
    ) -> Result<Self, TicketError> {
        if !is_same_origin(headers, issuer) {
            return Err(TicketError::CrossSite);
        }
        let ticket: Self = keys.open(issuer, sealed).ok_or(TicketError::Forged)?;
        let browser = Browser::known(headers, issuer).ok_or(TicketError::OtherBrowser)?;
        if browser.digest() != ticket.browser {
            return Err(TicketError::OtherBrowser);
        }
        if ticket.expires_at <= now {
            return Err(TicketError::Expired(Box::new(ticket)));
        }
        Ok(ticket)
    }
}

impl Session {
    /// Whether it is the session that a form was shown in.
    ///
    /// # Errors
    ///
    /// [`TicketError::OtherSession`] when it is not.
    pub fn shown(&self, session: &str) -> Result<(), TicketError> {
        if self.id == session {
            Ok(())
        } else {
            Err(TicketError::OtherSession)
        }
    }
}

/// Whether the browser says that its own page of ours sent the form. `Sec-Fetch-Site` cannot be
/// set by a page; browsers without it send `Origin` with every form.
fn is_same_origin(headers: &HeaderMap, issuer: &Issuer) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &http::HeaderValue| value.as_bytes())
    };
    match text("sec-fetch-site") {
        Some(site) => site == b"same-origin",
        None => text(header::ORIGIN.as_str()) == Some(issuer.as_str().as_bytes()),
    }
}
