//! The owner's sign-in: the page, and the answer to it.

use http::{HeaderMap, Method, StatusCode};

use super::{
    edge::{Edge, IncomingRequest},
    reply::{self, Reply},
};
use crate::{
    config::Config,
    ledger::sign_in::{SignInAttempt, SignInVerdict, Source},
    oauth::form::Parameters,
    owner::{
        cookies::{Browser, CookieKind},
        network, password,
        session::{Session, Visitor},
        ticket::{Destination, Stage, Ticket, TicketError},
    },
    pages::{self, Message, SignInNotice, SignInView},
    ports::{Outage, World},
    routes,
    secret::Secret,
    time::Lifetime,
};

impl<W: World> Edge<'_, W> {
    /// Takes the password.
    pub(super) async fn sign_in(&self, request: IncomingRequest<W::Body>) -> Result<Reply, Outage> {
        if request.method != Method::POST {
            return Ok(reply::method_not_allowed("POST"));
        }
        match self.form(request).await? {
            Ok(read) => self.judge_password(&read.headers, &read.body).await,
            Err(_) => Ok(self.bad_form()),
        }
    }

    /// 1. The form is ours and from this browser, so that junk costs no storage.
    /// 2. The platform's rate limit.
    /// 3. The Ledger counts, or refuses to.
    /// 4. The session.
    async fn judge_password(
        &self,
        headers: &HeaderMap,
        form: &Parameters,
    ) -> Result<Reply, Outage> {
        let ticket = match self.ticket(headers, form) {
            Ok(ticket) => ticket,
            Err(error) => return Ok(self.bad_ticket(error, None)),
        };
        let Stage::Login(destination) = ticket.stage else {
            return Ok(self.bad_ticket(TicketError::Forged, None));
        };
        let Ok(given) = form.one("password") else {
            return Ok(self.bad_form());
        };
        let Some(given) = given.map(|given| Secret::new(given.to_owned())) else {
            let notice = Some(SignInNotice::NoPassword);
            return Ok(self.sign_in_page(StatusCode::BAD_REQUEST, destination, notice, headers));
        };
        let config = self.config;
        let visitor = self.visitor(headers);
        let from = visitor.known().map_or_else(
            || Source::Network(network::of_request(headers, &config.keys)),
            Source::Browser,
        );
        if !self.world.sign_in_fits(from).await? {
            return Ok(self.throttled(Lifetime::from_minutes(1), destination, headers));
        }
        let attempt = SignInAttempt {
            from,
            right: password::is_owners(&given, &config.password, &config.keys),
        };
        Ok(match self.world.sign_in(attempt, self.now()).await? {
            SignInVerdict::SignedIn => self.signed_in(&destination, visitor),
            SignInVerdict::WrongPassword => {
                let notice = Some(SignInNotice::WrongPassword);
                self.sign_in_page(StatusCode::FORBIDDEN, destination, notice, headers)
            }
            SignInVerdict::Throttled { wait } => self.throttled(wait, destination, headers),
        })
    }

    /// A session that the browser has goes on: pages that were shown in it, perhaps in another
    /// tab, stay good.
    fn signed_in(&self, destination: &Destination, visitor: Visitor) -> Reply {
        let Config { keys, password, .. } = self.config;
        let session = match visitor {
            Visitor::Owner(session) => session,
            Visitor::KnownBrowser(_) | Visitor::Stranger => {
                Session::begin(password, keys, self.random, self.now())
            }
        };
        let mut reply = match destination {
            Destination::Authorize { query } => {
                reply::see_other(&format!("{}?{query}", routes::AUTHORIZE))
            }
            Destination::Owner => reply::see_other(routes::OWNER),
        };
        self.give_session(&session, &mut reply);
        reply
    }

    fn throttled(&self, wait: Lifetime, destination: Destination, headers: &HeaderMap) -> Reply {
        let notice = Some(SignInNotice::Throttled { wait });
        let mut reply =
            self.sign_in_page(StatusCode::TOO_MANY_REQUESTS, destination, notice, headers);
        reply::retry_after(&mut reply, wait);
        reply
    }

    /// The page that asks for the password.
    pub(super) fn sign_in_page(
        &self,
        status: StatusCode,
        destination: Destination,
        notice: Option<SignInNotice>,
        headers: &HeaderMap,
    ) -> Reply {
        let browser = Browser::of(headers, &self.issuer, self.random);
        let stage = Stage::Login(destination);
        let ticket = Ticket::seal(stage, &browser, self.seals(), self.random, self.now());
        let html = pages::sign_in(&SignInView {
            server: &self.config.name,
            ticket: ticket.expose(),
            notice,
        });
        let mut reply = reply::page(status, html, None);
        self.name_browser(&browser, &mut reply);
        reply
    }

    /// Gives the browser a session, or an ended one.
    pub(super) fn give_session(&self, session: &Session, reply: &mut Reply) {
        let (keys, issuer) = self.seals();
        let sealed = keys.seal(issuer, session, self.random);
        let cookie = CookieKind::Session.set(&sealed, issuer);
        reply.headers_mut().append(http::header::SET_COOKIE, cookie);
    }

    /// Gives a new browser its name.
    pub(super) fn name_browser(&self, browser: &Browser, reply: &mut Reply) {
        if let Some(cookie) = browser.cookie(&self.issuer) {
            reply.headers_mut().append(http::header::SET_COOKIE, cookie);
        }
    }

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

    /// The page for a form that is not taken; `query` is the request to ask again about.
    pub(super) fn bad_ticket(&self, error: TicketError, query: Option<&str>) -> Reply {
        let (status, text) = match error {
            TicketError::CrossSite => (
                StatusCode::FORBIDDEN,
                "The form was not sent from this server’s own page. Start again from your client.",
            ),
            TicketError::Expired => (
                StatusCode::BAD_REQUEST,
                "The page was open for too long. Start again from your client.",
            ),
            TicketError::Forged => (
                StatusCode::BAD_REQUEST,
                "The form is not one that this server sent. Start again from your client.",
            ),
            TicketError::OtherBrowser => (
                StatusCode::BAD_REQUEST,
                "The page was opened in another tab or browser, or this browser keeps no cookies. Start again from your client.",
            ),
            TicketError::OtherSession => (
                StatusCode::FORBIDDEN,
                "You have signed out, or signed in again, since this page was shown.",
            ),
        };
        let again = query.map(|query| format!("{}?{query}", routes::AUTHORIZE));
        let message = Message {
            title: "This page is no longer good",
            text,
            link: again.as_deref().map(|address| (address, "Try again")),
        };
        reply::message(status, &self.config.name, &message)
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
