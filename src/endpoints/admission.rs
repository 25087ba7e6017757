//! Admission to a mount: the token, the status of its grant, and the challenge.

use http::{HeaderMap, header};
use serde::Serialize;

use super::{
    edge::Edge,
    reply::{self, Caching, Reply},
};
use crate::{
    config::{Auth, Config, Mount},
    ledger::admission::Admission,
    oauth::grant::{Generation, GrantId},
    ports::{Outage, World},
    resource_server::{
        bearer::Credentials,
        challenge::NotAdmitted,
        principal::{Passage, UnadmittedToken},
    },
    steps::Step,
    time::Timestamp,
};

/// What is known of a token's grant.
enum GrantStatus {
    FirstCall,
    Good,
    Revoked,
}

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
        let status = status(grant, generation, self.config, self.world, self.now());
        Ok(match status.await? {
            GrantStatus::FirstCall => {
                let line = self.line(Step::FirstCall).at(&mount.path);
                self.world.log(&line.by(*token.client()));
                Ok(Passage::Granted(token.admitted()))
            }
            GrantStatus::Good => Ok(Passage::Granted(token.admitted())),
            GrantStatus::Revoked => Err(NotAdmitted::Revoked),
        })
    }

    /// Admits a caller once more, whose call, or its answer, was long on its way.
    pub(super) async fn readmit(
        &self,
        passage: &Passage,
    ) -> Result<Result<(), NotAdmitted>, Outage> {
        readmit(passage, self.config, self.world, self.world.now()).await
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

/// Admits a caller once more.
pub(super) async fn readmit(
    passage: &Passage,
    config: &Config,
    world: &impl World,
    now: Timestamp,
) -> Result<Result<(), NotAdmitted>, Outage> {
    let principal = match passage {
        Passage::External(subject) => return Ok(subject.in_time(now)),
        Passage::Open => return Ok(Ok(())),
        Passage::Granted(principal) => principal,
    };
    if let Err(expired) = principal.in_time(now) {
        return Ok(Err(expired));
    }
    let (grant, generation) = (principal.grant(), principal.generation());
    Ok(match status(grant, generation, config, world, now).await? {
        GrantStatus::FirstCall | GrantStatus::Good => Ok(()),
        GrantStatus::Revoked => Err(NotAdmitted::Revoked),
    })
}

/// The status of a grant, from the isolate's memory or from its Ledger.
async fn status(
    grant: &GrantId,
    generation: Generation,
    config: &Config,
    world: &impl World,
    now: Timestamp,
) -> Result<GrantStatus, Outage> {
    let admissions = &world.memory().admissions;
    let known = admissions.borrow().verdict(grant, generation, now);
    if let Some(admission) = known {
        return Ok(match admission {
            Admission::Admitted { .. } => GrantStatus::Good,
            Admission::Refused => GrantStatus::Revoked,
        });
    }
    let asked = admissions.borrow().ask();
    let admission = world.admit(grant, generation, now).await?;
    let until = now.plus(config.lifetimes.grant_cache);
    let mut admissions = admissions.borrow_mut();
    admissions.remember(asked, grant, generation, admission, until, now);
    Ok(match admission {
        Admission::Admitted { first_call: true } => GrantStatus::FirstCall,
        Admission::Admitted { first_call: false } => GrantStatus::Good,
        Admission::Refused => GrantStatus::Revoked,
    })
}
