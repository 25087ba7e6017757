//! The authorization endpoint (OAuth 2.1 §4.1.1): the owner signs in and is asked.
//!
//! GET shows and never redirects to the client; it is free, so a client may fetch it as often as
//! it likes. Every redirect to a client, errors too, follows the owner's POST (`super::consent`).

use http::{HeaderMap, Method, StatusCode};

use super::{
    edge::{Edge, IncomingRequest},
    naming::Named,
    reply::{self, Reply},
};
use crate::{
    oauth::{
        authorization_request::{
            AuthorizationRequest, PARAMETERS, Rejection, RequestTerms, UntrustedRequest,
        },
        client::Client,
        form::Parameters,
        receiver::Receiver,
        redirect_uri::RedirectUri,
    },
    owner::{
        cookies::Browser,
        register::Register as _,
        session::{Session, Visitor},
        ticket::{Destination, Stage, Ticket},
    },
    pages::{self, ConsentView, ReceiverView, RefusedView, UseView},
    ports::{Outage, World},
};

/// No client needs a longer query, and it must fit into a form that is sealed.
const LONGEST_QUERY: usize = 8 * 1024;

impl<W: World> Edge<'_, W> {
    /// Shows a request, or takes the owner's answer to it.
    pub(super) async fn authorize(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Result<Reply, Outage> {
        match request.method {
            Method::GET | Method::HEAD => self.ask(&request).await,
            Method::POST => match self.form(request).await? {
                Ok(read) => self.decide(&read.headers, &read.body).await,
                Err(_) => Ok(self.bad_form()),
            },
            _ => Ok(self.wrong_method("GET, HEAD, POST")),
        }
    }

    /// 1. The client and its redirect URI, or a page.
    /// 2. The owner's session, or the sign-in.
    /// 3. The rest of the request, or a page that leads back to the client.
    /// 4. The question.
    async fn ask(&self, request: &IncomingRequest<W::Body>) -> Result<Reply, Outage> {
        let query = request.url.query().unwrap_or_default();
        let parameters = Parameters::parse(query.as_bytes());
        // Spelled anew it may be longer than it came; it must still fit after the sign-in.
        let spelled = parameters.only(&PARAMETERS);
        if query.len().max(spelled.len()) > LONGEST_QUERY {
            return Ok(self.untrusted(UntrustedRequest::TooLong));
        }
        let named = match self.named(&parameters) {
            Ok(named) => named,
            Err(untrusted) => return Ok(self.untrusted(untrusted)),
        };
        if let Named::Known(client) = &named
            && let Err(Rejection::Untrusted(untrusted)) = self.judge(&parameters, client.clone())
        {
            return Ok(self.untrusted(untrusted));
        }
        let query = spelled;
        let Visitor::Owner(session) = self.visitor(&request.headers) else {
            let destination = Destination::Authorize { query };
            return Ok(self.sign_in_page(StatusCode::OK, destination, None, &request.headers));
        };
        let client = match named {
            Named::Known(client) => client,
            Named::Described(url) => match self.client_document(&url).await {
                Ok(document) => document.client,
                Err(undescribed) => return Ok(self.undescribed(&url, undescribed)),
            },
        };
        let judged = self.judge(&parameters, client);
        self.question(judged, query, &session, &request.headers)
            .await
    }

    async fn question(
        &self,
        judged: Result<AuthorizationRequest, Rejection>,
        query: String,
        session: &Session,
        headers: &HeaderMap,
    ) -> Result<Reply, Outage> {
        let (client, callback) = match &judged {
            Ok(request) => (&request.client, &request.callback),
            Err(Rejection::Refused(refused)) => (&refused.client, &refused.callback),
            Err(Rejection::Untrusted(untrusted)) => return Ok(self.untrusted(*untrusted)),
        };
        let browser = Browser::of(headers, &self.issuer, self.random);
        let stage = Stage::Consent {
            session: session.id.clone(),
            query,
            client: client.as_shown(callback.redirect_uri().uri()),
        };
        let ticket = Ticket::seal(stage, &browser, self.seals(), self.random, self.now());
        let ticket = ticket.expose();
        let server = self.config.name.as_str();
        let mut reply = match judged {
            Err(Rejection::Untrusted(untrusted)) => return Ok(self.untrusted(untrusted)),
            Err(Rejection::Refused(refused)) => {
                let uri = refused.callback.redirect_uri().uri();
                let html = pages::refused(&RefusedView {
                    server,
                    ticket,
                    client: refused.client.name().as_deref(),
                    host: &uri.host(),
                    receiver: receiver(uri),
                    reason: refused.error.error_description,
                });
                reply::page_that_leads_on(StatusCode::BAD_REQUEST, html)
            }
            Ok(request) => {
                let approved = self
                    .world
                    .register()
                    .approved_before(&request.client.digest())
                    .await?;
                let uri = request.callback.redirect_uri().uri();
                let html = pages::consent(&ConsentView {
                    server,
                    ticket,
                    client: request.client.name().as_deref(),
                    host: &uri.host(),
                    receiver: receiver(uri),
                    described_by: request.client.described_by(),
                    resource: &self.issuer.url(request.mount.as_str()),
                    use_of: self.use_of(&request),
                    approved_before: approved,
                });
                reply::page_that_leads_on(StatusCode::OK, html)
            }
        };
        self.name_browser(&browser, &mut reply);
        Ok(reply)
    }

    /// What a request would be granted, as the page tells it.
    fn use_of<'r>(&self, request: &'r AuthorizationRequest) -> UseView<'r> {
        if request.scope == self.config.mount(&request.mount).scopes {
            UseView::Everything
        } else {
            UseView::Scopes(request.scope.iter().collect())
        }
    }

    pub(super) fn judge(
        &self,
        parameters: &Parameters,
        client: Client,
    ) -> Result<AuthorizationRequest, Rejection> {
        let terms = RequestTerms {
            issuer: &self.issuer,
            schemes: &self.config.redirect_schemes,
            resources: &self.resources(),
        };
        AuthorizationRequest::parse(parameters, client, &terms)
    }
}

/// Who takes the answer, as the page tells it.
fn receiver(uri: &RedirectUri) -> ReceiverView {
    match uri.receiver() {
        Receiver::App => ReceiverView::App,
        Receiver::ThisComputer => ReceiverView::ThisComputer,
        Receiver::Website => ReceiverView::Website,
    }
}
