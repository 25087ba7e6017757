//! The owner's answer to an authorization request.

use futures_util::future::join;
use http::{HeaderMap, StatusCode};

use super::{
    edge::Edge,
    forms::{ASK_AGAIN, ask_again},
    naming::Named,
    reply::{self, Reply},
};
use crate::{
    ledger::{
        duty::LISTED,
        opening::{AlreadyOpened, Opening},
        record::{ApprovedClient, Authorization, CodeBinding},
    },
    oauth::{
        authorization_request::{AuthorizationRequest, Rejection},
        client::Client,
        error::{ErrorAnswer, ErrorCode},
        form::Parameters,
        grant::{AuthorizationCode, GrantId},
    },
    owner::{
        register::{GrantRow, Register as _, RowName},
        session::Visitor,
        ticket::{Stage, Ticket, TicketError},
    },
    pages::Message,
    ports::{Outage, World},
    steps::Step,
};

impl<W: World> Edge<'_, W> {
    /// 1. The form is ours, from this browser and this session.
    /// 2. The request is judged again, as it was shown.
    /// 3. The answer goes to the client, 303.
    pub(super) async fn decide(
        &self,
        headers: &HeaderMap,
        form: &Parameters,
    ) -> Result<Reply, Outage> {
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
            let again = ask_again(query);
            return Ok(self.bad_ticket(error, Some((&again, ASK_AGAIN))));
        }
        let parameters = Parameters::parse(query.as_bytes());
        let client = match (self.named(&parameters), client) {
            (Ok(Named::Known(client)), _) => client,
            (Ok(Named::Described(url)), Some(shown)) => Client::described(&url, shown.clone()),
            (Ok(Named::Described(_)), None) => {
                return Ok(self.bad_ticket(TicketError::Forged, None));
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
            Ok(Some("approve")) => self.approve(query, &ticket, request).await,
            Ok(Some("deny")) => Ok(reply::see_other(&request.callback.with_error(DENIED))),
            _ => Ok(self.bad_form()),
        }
    }

    /// The register is written first: a row without a grant is only a line that nobody sees, but a
    /// grant without a row could not be revoked by the owner. That the client is recognised next
    /// time is worth no failure.
    async fn approve(
        &self,
        query: &str,
        ticket: &Ticket,
        request: AuthorizationRequest,
    ) -> Result<Reply, Outage> {
        let (keys, issuer) = self.seals();
        let grant = GrantId::of_ticket(&ticket.id);
        let client = request.client.digest();
        let uri = request.callback.redirect_uri().uri();
        let opening = Opening {
            id: grant.clone(),
            authorization: Authorization {
                issuer: issuer.clone(),
                client: ApprovedClient {
                    client_id: request.client.id.clone(),
                    id: client,
                    credential: request.client.credential(keys),
                    name: request.client.name().unwrap_or_default(),
                    host: uri.host(),
                },
                mount: request.mount.clone(),
                scope: request.scope.clone(),
                refreshes: request.refreshes(),
            },
            code: CodeBinding {
                redirect_uri: uri.as_str().to_owned(),
                challenge: request.challenge,
            },
        };
        let now = self.now();
        let name = RowName::new(client, grant.clone());
        let row = GrantRow::new(&opening.authorization, now);
        let expires_at = now.plus(LISTED);
        let entered = self.world.register().enter(&name, &row, expires_at);
        let recognised = self.world.register().recognise(&client, &row, expires_at);
        let (entered, recognised) = join(entered, recognised).await;
        entered?;
        if let Err(outage) = recognised {
            self.report(&outage);
        }
        if let Err(AlreadyOpened) = self.world.open(opening, now).await? {
            return Ok(self.already_answered(query));
        }
        let code = AuthorizationCode {
            grant,
            client,
            expires_at: self.now().plus(self.config.lifetimes.code),
            challenge: request.challenge,
        };
        let code = keys.seal(issuer, &code, self.random);
        let line = self.line(Step::Consented).at(&request.mount);
        self.world.log(&line.by(client));
        Ok(reply::see_other(&request.callback.with_code(&code)))
    }

    fn already_answered(&self, query: &str) -> Reply {
        let again = ask_again(query);
        let message = Message {
            title: "This request has been answered",
            text: "You have approved it before, perhaps in another tab. Nothing more was granted. If your app is still waiting, look at its request once more.",
            link: Some((&again, ASK_AGAIN)),
        };
        reply::message(StatusCode::CONFLICT, &self.config.name, &message)
    }
}

const DENIED: ErrorAnswer =
    ErrorAnswer::new(ErrorCode::AccessDenied, "The owner refused the request.");
