//! The authorization endpoint (OAuth 2.1 §4.1.1): the owner signs in, is asked, and answers.
//!
//! GET shows and never redirects to the client; it is free, so a client may fetch it as often as
//! it likes. Every redirect to a client, errors too, follows the owner's POST.

use http::{HeaderMap, Method, StatusCode};

use super::{
    edge::{Edge, IncomingRequest},
    naming::Named,
    reply::{self, Reply},
};
use crate::{
    ledger::{
        opening::{AlreadyOpened, Opening},
        record::{ApprovedClient, Authorization, CodeBinding},
    },
    oauth::{
        authorization_request::{
            AuthorizationRequest, PARAMETERS, Rejection, Terms, UntrustedRequest,
        },
        client::Client,
        error::{ErrorAnswer, ErrorCode},
        form::Parameters,
        grant::{AuthorizationCode, GrantId},
    },
    owner::{
        cookies::Browser,
        register::{GrantRow, RowName},
        session::{Session, Visitor},
        ticket::{Destination, Stage, Ticket, TicketError},
    },
    pages::{self, ConsentView, Message, RefusedView},
    ports::{Outage, World},
    time::Timestamp,
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
            _ => Ok(reply::method_not_allowed("GET, HEAD, POST")),
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
                Err(undescribed) => return Ok(self.undescribed(undescribed)),
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
                    client: &refused.client.display_name(),
                    host: &uri.host(),
                    reason: refused.error.error_description,
                });
                reply::page(StatusCode::BAD_REQUEST, html, Some(uri))
            }
            Ok(request) => {
                let approved = self.world.approved_before(&request.client.digest()).await?;
                let uri = request.callback.redirect_uri().uri();
                let html = pages::consent(&ConsentView {
                    server,
                    ticket,
                    client: &request.client.display_name(),
                    host: &uri.host(),
                    loopback: uri.is_loopback(),
                    described_by: request.client.described_by(),
                    resource: &self.issuer.url(request.mount.as_str()),
                    scopes: request.scope.iter().collect(),
                    approved_before: approved.map(Timestamp::for_people),
                });
                reply::page(StatusCode::OK, html, Some(uri))
            }
        };
        self.name_browser(&browser, &mut reply);
        Ok(reply)
    }

    /// 1. The form is ours, from this browser and this session.
    /// 2. The request is judged again, as it was shown.
    /// 3. The answer goes to the client, 303.
    async fn decide(&self, headers: &HeaderMap, form: &Parameters) -> Result<Reply, Outage> {
        let ticket = match self.ticket(headers, form) {
            Ok(ticket) => ticket,
            Err(error) => return Ok(self.bad_ticket(error, None)),
        };
        let Stage::Consent {
            session,
            query,
            client,
        } = &ticket.stage
        else {
            return Ok(self.bad_ticket(TicketError::Forged, None));
        };
        let shown = match self.visitor(headers) {
            Visitor::Owner(own) => own.shown(session),
            Visitor::KnownBrowser(_) | Visitor::Stranger => Err(TicketError::OtherSession),
        };
        if let Err(error) = shown {
            return Ok(self.bad_ticket(error, Some(query)));
        }
        let parameters = Parameters::parse(query.as_bytes());
        let client = match (self.named(&parameters), client) {
            (Ok(Named::Known(client)), _) => client,
            (Ok(Named::Described(url)), Some(shown)) => Client::described(&url, shown.clone()),
            (Ok(Named::Described(_)), None) => {
                return Ok(self.bad_ticket(TicketError::Forged, Some(query)));
            }
            (Err(untrusted), _) => return Ok(self.untrusted(untrusted)),
        };
        let request = match self.judge(&parameters, client) {
            Ok(request) => request,
            Err(Rejection::Untrusted(untrusted)) => return Ok(self.untrusted(untrusted)),
            Err(Rejection::Refused(refused)) => {
                return Ok(reply::see_other(
                    &refused.callback.with_error(refused.error),
                ));
            }
        };
        match form.one("decision") {
            Ok(Some("approve")) => self.approve(&ticket, request).await,
            Ok(Some("deny")) => Ok(reply::see_other(&request.callback.with_error(DENIED))),
            _ => Ok(self.bad_form()),
        }
    }

    /// The register is written first: a row without a grant is only a line on the owner's page,
    /// but a grant without a row could not be revoked there.
    async fn approve(
        &self,
        ticket: &Ticket,
        request: AuthorizationRequest,
    ) -> Result<Reply, Outage> {
        let (keys, issuer) = self.seals();
        let grant = GrantId::of_ticket(&ticket.id);
        let client = request.client.digest();
        let uri = request.callback.redirect_uri().uri();
        let approved = ApprovedClient {
            client_id: request.client.id.clone(),
            id: client,
            credential: request.client.credential(keys),
            name: request.client.display_name(),
            host: uri.host(),
        };
        let name = RowName::new(client, grant.clone());
        let row = GrantRow {
            client: approved.name.clone(),
            host: approved.host.clone(),
            mount: request.mount.clone(),
            approved_at: self.now(),
        };
        self.world.enter(&name, &row).await?;
        let opening = Opening {
            id: grant.clone(),
            authorization: Authorization {
                issuer: issuer.clone(),
                client: approved,
                mount: request.mount.clone(),
                scope: request.scope.clone(),
                refreshes: request.refreshes(),
            },
            code: CodeBinding {
                redirect_uri: uri.as_str().to_owned(),
                challenge: request.challenge,
            },
        };
        if let Err(AlreadyOpened) = self.world.open(opening, self.now()).await? {
            return Ok(self.already_answered());
        }
        let code = AuthorizationCode {
            grant,
            client,
            expires_at: self.now().plus(self.config.lifetimes.code),
        };
        let code = keys.seal(issuer, &code, self.random);
        Ok(reply::see_other(&request.callback.with_code(&code)))
    }

    fn judge(
        &self,
        parameters: &Parameters,
        client: Client,
    ) -> Result<AuthorizationRequest, Rejection> {
        let terms = Terms {
            issuer: &self.issuer,
            schemes: &self.config.redirect_schemes,
            resources: &self.resources(),
        };
        AuthorizationRequest::parse(parameters, client, &terms)
    }

    fn already_answered(&self) -> Reply {
        let message = Message {
            title: "This request has been answered",
            text: "You have approved it before, perhaps in another tab. Nothing more was granted.",
            link: None,
        };
        reply::message(StatusCode::CONFLICT, &self.config.name, &message)
    }
}

const DENIED: ErrorAnswer =
    ErrorAnswer::new(ErrorCode::AccessDenied, "The owner refused the request.");
