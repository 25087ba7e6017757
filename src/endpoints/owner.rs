//! The owner's page: who has been let in, and the end of it.

use futures_util::future::join_all;
use http::{HeaderMap, Method, StatusCode};

use super::{
    edge::{Edge, IncomingRequest},
    forms::OWNER_AGAIN,
    reply::{self, Reply},
};
use crate::{
    config::Mount,
    ledger::{
        revocation::{Revocation, Revoked},
        summary::GrantStanding,
    },
    oauth::form::Parameters,
    owner::{
        cookies::Browser,
        register::{GrantRow, Register as _, RowName},
        session::{Session, Visitor},
        ticket::{Destination, Stage, Ticket, TicketError},
    },
    pages::{self, GrantView, OwnerView, Standing},
    ports::{Outage, World},
    routes,
};

/// More rows than a home has clients; each costs a look at its Ledger.
const MOST_ROWS: usize = 100;

impl<W: World> Edge<'_, W> {
    /// Shows the page, after the sign-in.
    pub(super) async fn owner(&self, request: &IncomingRequest<W::Body>) -> Result<Reply, Outage> {
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return Ok(self.wrong_method("GET, HEAD"));
        }
        match self.visitor(&request.headers) {
            Visitor::Owner(session) => self.grants(&session, &request.headers).await,
            Visitor::KnownBrowser(_) | Visitor::Stranger => {
                Ok(self.sign_in_page(StatusCode::OK, Destination::Owner, None, &request.headers))
            }
        }
    }

    async fn grants(&self, session: &Session, headers: &HeaderMap) -> Result<Reply, Outage> {
        let (mut rows, more) = self.world.register().rows(MOST_ROWS).await?;
        rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.approved_at));
        let views = join_all(rows.iter().map(|(name, row)| self.grant_view(name, row))).await;
        let browser = Browser::of(headers, &self.issuer, self.random);
        let stage = Stage::Owner {
            session: session.id.clone(),
        };
        let ticket = Ticket::seal(stage, &browser, self.seals(), self.random, self.now());
        let html = pages::owner(&OwnerView {
            server: &self.config.name,
            ticket: ticket.expose(),
            resources: &self.resource_urls(Mount::is_owners),
            grants: views.into_iter().flatten().collect(),
            more,
        });
        let mut reply = reply::page(StatusCode::OK, html);
        self.name_browser(&browser, &mut reply);
        Ok(reply)
    }

    /// A row with what its Ledger knows. The register may be stale: what is over is not shown,
    /// but for replays, which the owner should see.
    async fn grant_view(&self, name: &RowName, row: &GrantRow) -> Option<GrantView> {
        let summary = match self.world.summary(&name.grant, self.now()).await {
            Ok(Some(summary)) => Some(summary),
            Ok(None) => return None,
            Err(outage) => {
                self.report(&outage);
                None
            }
        };
        let (replays, retries) = summary
            .as_ref()
            .map_or((0, 0), |summary| (summary.replays, summary.retries));
        let is_silent = summary.as_ref().is_some_and(|summary| summary.is_silent);
        let standing = match summary.map(|summary| summary.standing) {
            None => Standing::Unknown,
            Some(GrantStanding::Waiting) => Standing::Waiting,
            Some(GrantStanding::Connected { refreshed_at }) => Standing::Connected(refreshed_at),
            Some(GrantStanding::Revoked {
                replayed: false, ..
            }) => return None,
            Some(GrantStanding::Revoked { at, replayed: true }) => Standing::Replayed(at),
        };
        Some(GrantView {
            row: name.to_string(),
            client: Some(row.client.clone()).filter(|name| !name.is_empty()),
            host: row.host.clone(),
            mount: row.mount.to_string(),
            approved_at: row.approved_at,
            standing,
            is_silent,
            replays,
            retries,
        })
    }

    /// Revokes one grant.
    pub(super) async fn revoke_grant(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Result<Reply, Outage> {
        let (_, form) = match self.owner_form(request).await? {
            Ok(read) => read,
            Err(reply) => return Ok(reply),
        };
        let row = form.one("grant").ok().flatten().and_then(RowName::parse);
        let Some(row) = row else {
            return Ok(self.bad_form());
        };
        self.end(&row).await?;
        Ok(reply::see_other(routes::OWNER))
    }

    /// Revokes every grant that the page shows, if that is ticked.
    pub(super) async fn revoke_all(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Result<Reply, Outage> {
        let (_, form) = match self.owner_form(request).await? {
            Ok(read) => read,
            Err(reply) => return Ok(reply),
        };
        if form.one("all") != Ok(Some("yes")) {
            return Ok(self.bad_form());
        }
        let (rows, _) = self.world.register().rows(MOST_ROWS).await?;
        let ends = join_all(rows.iter().map(|(name, _)| self.end(name))).await;
        ends.into_iter().collect::<Result<Vec<()>, _>>()?;
        Ok(reply::see_other(routes::OWNER))
    }

    /// Ends the session; the browser stays known to the throttle.
    pub(super) async fn sign_out(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Result<Reply, Outage> {
        let (session, _) = match self.owner_form(request).await? {
            Ok(read) => read,
            Err(reply) => return Ok(reply),
        };
        let mut reply = reply::see_other(routes::OWNER);
        self.give_session(&session.ended(self.now()), &mut reply);
        Ok(reply)
    }

    /// The Ledger first: it decides. The register only lists, and what it lists too long is not
    /// shown, so that its failure is nothing to tell the owner. A row without a grant stays: it may
    /// be that of an approval that is on its way.
    async fn end(&self, name: &RowName) -> Result<(), Outage> {
        let revocation = Revocation::ByOwner;
        let revoked = self.world.revoke(&name.grant, revocation, self.now());
        let revoked = revoked.await?;
        let admissions = &self.world.memory().admissions;
        let Ok(Revoked::Grant) = revoked else {
            admissions.borrow_mut().forget(&name.grant);
            return Ok(());
        };
        admissions.borrow_mut().end(&name.grant, self.now());
        if let Err(outage) = self.world.register().strike(name).await {
            self.report(&outage);
        }
        Ok(())
    }

    /// A form of the owner's page, from the session that it was shown in.
    async fn owner_form(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Result<Result<(Session, Parameters), Reply>, Outage> {
        if let Some(reply) = self.unless_sent(&request.method) {
            return Ok(Err(reply));
        }
        let Ok(read) = self.form(request).await? else {
            return Ok(Err(self.bad_form()));
        };
        let session = match self.ticket(&read.headers, &read.body) {
            Ok(Ticket {
                stage: Stage::Owner { session },
                ..
            }) => session,
            Ok(_) => return Ok(Err(self.bad_ticket(TicketError::Forged, Some(OWNER_AGAIN)))),
            Err(error) => return Ok(Err(self.bad_ticket(error, Some(OWNER_AGAIN)))),
        };
        match self.visitor(&read.headers) {
            Visitor::Owner(own) if own.shown(&session).is_ok() => Ok(Ok((own, read.body))),
            Visitor::Owner(_) | Visitor::KnownBrowser(_) | Visitor::Stranger => {
                let error = TicketError::OtherSession;
                Ok(Err(self.bad_ticket(error, Some(OWNER_AGAIN))))
            }
        }
    }
}
