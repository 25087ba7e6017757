//! The owner's sign-in: the page, and the answer to it.

use http::{HeaderMap, StatusCode};

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
    pages::{self, SignInNotice, SignInView},
    ports::{Outage, World},
    routes,
    secret::Secret,
    time::Lifetime,
};

impl<W: World> Edge<'_, W> {
    /// Takes the password.
    pub(super) async fn sign_in(&self, request: IncomingRequest<W::Body>) -> Result<Reply, Outage> {
        if let Some(reply) = self.unless_sent(&request.method) {
            return Ok(reply);
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
        let pauses = &self.world.memory().pauses;
        let wait = pauses.borrow().wait(from, self.now());
        if let Some(wait) = wait {
            return Ok(self.throttled(wait, destination, headers));
        }
        if !self.world.sign_in_fits(from).await? {
            return Ok(self.throttled(Lifetime::from_minutes(1), destination, headers));
        }
        let attempt = SignInAttempt {
            from,
            right: password::is_owners(&given, &config.password, &config.keys),
        };
        let verdict = self.world.sign_in(attempt, self.now()).await?;
        pauses.borrow_mut().remember(from, verdict, self.now());
        Ok(match verdict {
            SignInVerdict::SignedIn => self.signed_in(&destination, visitor),
            SignInVerdict::WrongPassword => {
                let notice = Some(SignInNotice::WrongPassword);
                self.sign_in_page(StatusCode::FORBIDDEN, destination, notice, headers)
            }
            SignInVerdict::Closed { wait } | SignInVerdict::Throttled { wait } => {
                self.throttled(wait, destination, headers)
            }
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
        let mut reply = self.sign_in_form(status, &ticket, notice);
        self.name_browser(&browser, &mut reply);
        reply
    }

    /// The page that asks for the password, with a ticket that is there.
    pub(super) fn sign_in_form(
        &self,
        status: StatusCode,
        ticket: &Secret,
        notice: Option<SignInNotice>,
    ) -> Reply {
        let html = pages::sign_in(&SignInView {
            server: &self.config.name,
            ticket: ticket.expose(),
            notice,
        });
        reply::page(status, html)
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
}
