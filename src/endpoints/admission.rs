//! Admission to a mount: the token, the status of its grant, and the challenge.

use http::{HeaderMap, header};
use serde::Serialize;

use super::{
    edge::Edge,
    reply::{self, Caching, Reply},
};
use crate::{
    config::{Auth, Mount},
    ledger::admission::Admission,
    oauth::grant::{Generation, GrantId},
    ports::{Outage, World},
    resource_server::{
        bearer::Credentials,
        challenge::NotAdmitted,
        principal::{Passage, UnadmittedToken},
    },
};

impl<W: World> Edge<'_, W> {
    /// The token is opened here; only the status of its grant is asked for, and that at most once
    /// in `GRANT_CACHE_SECONDS`.
    pub(super) async fn admit(
        &self,
        mount: &Mount,
        headers: &HeaderMap,
    ) -> Result<Result<Passage, NotAdmitted>, Outage> {
        match mount.auth {
            Auth::Open => return Ok(Ok(Passage::Open)),
            Auth::Owner => {}
        }
        let token = match Credentials::read(headers) {
            Credentials::Bearer(token) => token,
            Credentials::None => return Ok(Err(NotAdmitted::NoToken)),
            Credentials::Several => return Ok(Err(NotAdmitted::SeveralTokens)),
        };
        let token = match UnadmittedToken::open(&token, &mount.path, self.seals(), self.now()) {
            Ok(token) => token,
            Err(refused) => return Ok(Err(refused)),
        };
        let (grant, generation) = token.standing();
        let status = self.status(grant, generation).await?;
        Ok(status.map(|()| Passage::Granted(token.admitted())))
    }

    /// Admits a caller once more, whose call was long on its way.
    pub(super) async fn readmit(
        &self,
        passage: &Passage,
    ) -> Result<Result<(), NotAdmitted>, Outage> {
        match passage {
            Passage::Open => Ok(Ok(())),
            Passage::Granted(principal) => match principal.in_time(self.now()) {
                Ok(()) => self.status(principal.grant(), principal.generation()).await,
                Err(expired) => Ok(Err(expired)),
            },
        }
    }

    /// The status of a grant, from the isolate's memory or from its Ledger.
    async fn status(
        &self,
        grant: &GrantId,
        generation: Generation,
    ) -> Result<Result<(), NotAdmitted>, Outage> {
        let admissions = &self.world.memory().admissions;
        let remembered = admissions.borrow().verdict(grant, generation, self.now());
        let admission = if let Some(admission) = remembered {
            admission
        } else {
            let admission = self.world.admit(grant, generation, self.now()).await?;
            let until = self.now().plus(self.config.lifetimes.grant_cache);
            let mut admissions = admissions.borrow_mut();
            admissions.remember(grant, generation, admission, until, self.now());
            admission
        };
        Ok(match admission {
            Admission::Admitted => Ok(()),
            Admission::Refused => Err(NotAdmitted::Revoked),
        })
    }

    /// A challenge names the metadata of the URL that was typed.
    pub(super) fn challenge(
        &self,
        refused: NotAdmitted,
        mount: &Mount,
        typed: &str,
        body: &impl Serialize,
    ) -> Reply {
        let mut reply = reply::json(refused.status(), Caching::Never, body);
        let challenge = refused.challenge(&self.issuer, typed, &mount.scopes);
        reply
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
        reply
    }
}
