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
        let trust = match &mount.auth {
            Auth::External(trust) => Some(trust),
            Auth::Open => return Ok(Ok(Passage::Open)),
            Auth::Owner => None,
        };
        let token = match Credentials::read(headers) {
            Credentials::Bearer(token) => token,
            Credentials::None => return Ok(Err(NotAdmitted::NoToken)),
            Credentials::Several => return Ok(Err(NotAdmitted::SeveralTokens)),
        };
        if let Some(trust) = trust {
            return self.admit_external(mount, trust, &token).await;
        }
        let token = match UnadmittedToken::open(&token, &mount.path, self.seals(), self.now()) {
            Ok(token) => token,
            Err(refused) => return Ok(Err(refused)),
        };
        let (grant, generation) = token.standing();
        let admissions = &self.world.memory().admissions;
        let remembered = admissions.borrow().verdict(grant, generation, self.now());
        let admission = if let Some(admission) = remembered {
            admission
        } else {
            let admission = self.world.admit(grant, generation, self.now()).await?;
            let until = self.now().plus(self.config.lifetimes.grant_cache);
            let grant = grant.clone();
            admissions
                .borrow_mut()
                .remember(grant, generation, admission, until, self.now());
            admission
        };
        Ok(match admission {
            Admission::Admitted => Ok(Passage::Granted(token.admitted())),
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
