//! What the forms of the pages share: their ticket, and a page for what is not taken.

use http::{HeaderMap, Method, StatusCode};

use super::{
    edge::Edge,
    reply::{self, Reply},
};
use crate::{
    oauth::form::Parameters,
    owner::ticket::{Stage, Ticket, TicketError},
    pages::{Message, SignInNotice},
    ports::World,
    routes,
};

impl<W: World> Edge<'_, W> {
    /// The ticket that a form came with.
    pub(super) fn ticket(
        &self,
        headers: &HeaderMap,
        form: &Parameters,
    ) -> Result<Ticket, TicketError> {
        let sealed = form
            .one("ticket")
            .ok()
            .flatten()
            .ok_or(TicketError::Forged)?;
        Ticket::accept(sealed, headers, self.seals(), self.now())
    }

    /// The page for a form that is not taken, with the way on: an address at the edge and its
    /// words. What is only too old knows its own, and a sign-in is asked for again at once.
    pub(super) fn bad_ticket(&self, error: TicketError, way_on: Option<(&str, &str)>) -> Reply {
        const OLD: &str = "The page was open for too long.";
        match error {
            TicketError::CrossSite => self.not_taken(
                StatusCode::FORBIDDEN,
                "The form was not sent from this server’s own page.",
                way_on,
            ),
            TicketError::Expired(ticket) => match &ticket.stage {
                Stage::Login(_) => {
                    let ticket = ticket.renewed(self.seals(), self.random, self.now());
                    let notice = Some(SignInNotice::Expired);
                    self.sign_in_form(StatusCode::BAD_REQUEST, &ticket, notice)
                }
                Stage::Consent { query, .. } => {
                    let again = ask_again(query);
                    let again = Some((again.as_str(), ASK_AGAIN));
                    self.not_taken(StatusCode::BAD_REQUEST, OLD, again)
                }
                Stage::Owner { .. } => {
                    self.not_taken(StatusCode::BAD_REQUEST, OLD, Some(OWNER_AGAIN))
                }
            },
            TicketError::Forged => self.not_taken(
                StatusCode::BAD_REQUEST,
                "The form is not one that this server sent.",
                way_on,
            ),
            TicketError::OtherBrowser => self.not_taken(
                StatusCode::BAD_REQUEST,
                "The page was opened in another tab or browser, or this browser keeps no cookies.",
                way_on,
            ),
            TicketError::OtherSession => self.not_taken(
                StatusCode::FORBIDDEN,
                "You have signed out, or signed in again, since this page was shown.",
                way_on,
            ),
        }
    }

    fn not_taken(&self, status: StatusCode, why: &str, way_on: Option<(&str, &str)>) -> Reply {
        let text = match way_on {
            Some(_) => why.to_owned(),
            None => format!("{why} Start again where you came from, such as in your app."),
        };
        let message = Message {
            title: "This page is no longer good",
            text: &text,
            link: way_on,
        };
        reply::message(status, &self.config.name, &message)
    }

    /// The answer to a request for a form's address that does not send the form. People reload,
    /// and go back: they get to a page.
    pub(super) fn unless_sent(&self, method: &Method) -> Option<Reply> {
        match *method {
            Method::POST => None,
            Method::GET | Method::HEAD => Some(reply::see_other(routes::OWNER)),
            _ => Some(self.wrong_method("GET, HEAD, POST")),
        }
    }

    /// The page for a method that no browser uses there by itself.
    pub(super) fn wrong_method(&self, allow: &'static str) -> Reply {
        let message = Message {
            title: "Not in this way",
            text: "This page answers only when it is opened, or when its form is sent.",
            link: None,
        };
        let mut reply = reply::message(StatusCode::METHOD_NOT_ALLOWED, &self.config.name, &message);
        reply::allow(&mut reply, allow);
        reply
    }

    /// The page for a form that cannot be read.
    pub(super) fn bad_form(&self) -> Reply {
        let message = Message {
            title: "The form cannot be read",
            text: "It is incomplete, or too large. Go back and try again.",
            link: None,
        };
        reply::message(StatusCode::BAD_REQUEST, &self.config.name, &message)
    }
}

/// The way on from a form of the owner's page that is not taken.
pub(super) const OWNER_AGAIN: (&str, &str) = (routes::OWNER, "Open the page again");

/// The words of the way back to a question.
pub(super) const ASK_AGAIN: &str = "Try again";

/// The address where the owner is asked about a request again.
pub(super) fn ask_again(query: &str) -> String {
    format!("{}?{query}", routes::AUTHORIZE)
}
