//! Admission by another issuer's token.

use std::rc::Rc;

use super::{edge::Edge, issuer_documents::ASKED};
use crate::{
    config::Mount,
    jose::{KeySet, UnverifiedJwt},
    oauth::trust::{Trust, TrustedIssuer},
    ports::{Outage, World},
    resource_server::{
        challenge::NotAdmitted, external_token::UnverifiedToken, issuer_cache::Known,
        principal::Passage,
    },
    secret::Secret,
};

impl<W: World> Edge<'_, W> {
    /// 1. A token that was verified a moment ago is good.
    /// 2. What the token says is judged, without asking anybody.
    /// 3. Its signature is verified, with a key of its issuer's.
    /// 4. It allows what a call needs.
    ///
    /// The token itself goes no further than this (RS-26).
    pub(super) async fn admit_external(
        &self,
        mount: &Mount,
        trust: &Trust,
        token: &Secret,
    ) -> Result<Result<Passage, NotAdmitted>, Outage> {
        let (path, now) = (&mount.path, self.now());
        let verified = &self.world.memory().verified_tokens;
        let remembered = verified.borrow().subject(path, token, now);
        if let Some(subject) = remembered {
            return Ok(Ok(Passage::External(subject)));
        }
        let unverified = match UnverifiedToken::judge(token, path, trust, now) {
            Ok(unverified) => unverified,
            Err(refused) => return Ok(Err(refused)),
        };
        let jwt = unverified.jwt();
        let keys = self.keys_for(&trust.issuer, jwt).await?;
        if !self.world.signed_by(&keys, jwt).await? {
            return Ok(Err(NotAdmitted::Invalid));
        }
        Ok(unverified
            .verified(&mount.scopes)
            .map(|(subject, expires_at)| {
                let known = subject.clone();
                let mut verified = verified.borrow_mut();
                verified.remember(path, token, known, expires_at, now);
                Passage::External(subject)
            }))
    }

    /// The keys that a token may be signed with. For one that names a key that is not known, the
    /// issuer is asked again, at most once in a minute.
    async fn keys_for(
        &self,
        issuer: &TrustedIssuer,
        jwt: &UnverifiedJwt<'_>,
    ) -> Result<Rc<KeySet>, Outage> {
        let issuers = &self.world.memory().issuers;
        let known = issuers.borrow_mut().of(issuer).keys.look(self.now());
        let keys = match known {
            Known::Fresh(keys) => keys,
            Known::Due(keys) => return Ok(self.fetch_keys_or(issuer, keys).await),
            Known::Nothing => return self.fetch_keys(issuer).await,
            Known::Asked => {
                let named = issuer.as_str();
                return Err(Outage::new(format!("issuer {named}: {ASKED}")));
            }
        };
        let is_unknown = keys.keys_for(jwt).next().is_none();
        if is_unknown && issuers.borrow_mut().of(issuer).may_search(self.now()) {
            return Ok(self.fetch_keys_or(issuer, keys).await);
        }
        Ok(keys)
    }

    /// Newer keys, or, when there are none to be had, those that are known.
    async fn fetch_keys_or(&self, issuer: &TrustedIssuer, known: Rc<KeySet>) -> Rc<KeySet> {
        self.fetch_keys(issuer).await.unwrap_or_else(|outage| {
            self.report(&outage);
            known
        })
    }
}
