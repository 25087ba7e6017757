//! What other issuers publish: their descriptions, which are served here too, and their keys.

use std::rc::Rc;

use http::StatusCode;
use url::Url;

use super::{
    edge::Edge,
    reply::{self, Caching, Reply},
};
use crate::{
    jose::KeySet,
    oauth::trust::{MetadataForm, TrustedIssuer},
    ports::{FetchLimits, NotFetched, Outage, World},
    resource_server::issuer_cache::{IssuerDocument, Known, NoDescription},
    time::Lifetime,
};

/// Why an issuer is not asked.
pub(super) const ASKED: &str = "it was asked a few times just now, in vain";

const LIMITS: FetchLimits = FetchLimits {
    size: 64 * 1024,
    patience: Lifetime::from_seconds(3),
};

impl<W: World> Edge<'_, W> {
    /// The issuer's own description, as it wrote it; a 404 when it cannot be had, for discovery is
    /// never a fault (RS-11). Where an issuer describes itself as an `OpenID` provider only, that
    /// says the same and more.
    pub(super) async fn forwarded_metadata(
        &self,
        issuer: &TrustedIssuer,
        form: MetadataForm,
    ) -> Reply {
        let described = match form {
            MetadataForm::OauthServer => self.any_description(issuer).await,
            MetadataForm::OpenidProvider => {
                let described = self.description(issuer, form).await;
                described.map_err(Outage::from)
            }
        };
        described.map_or_else(
            |outage| {
                self.report(&outage);
                reply::not_found()
            },
            |document| {
                let text = document.text().as_bytes().to_vec();
                reply::json_text(StatusCode::OK, Caching::Public, text)
            },
        )
    }

    /// The keys of an issuer, from itself. When they are not where its description says, the
    /// description is to be asked for again.
    pub(super) async fn fetch_keys(&self, issuer: &TrustedIssuer) -> Result<Rc<KeySet>, Outage> {
        let fetched = self.fetch_described_keys(issuer).await;
        let mut issuers = self.world.memory().issuers.borrow_mut();
        let known = issuers.of(issuer);
        match &fetched {
            Ok(keys) => known.keys.learn(Rc::clone(keys), self.now()),
            Err(_) => {
                for form in [MetadataForm::OauthServer, MetadataForm::OpenidProvider] {
                    known.description(form).suspect();
                }
            }
        }
        fetched
    }

    async fn fetch_described_keys(&self, issuer: &TrustedIssuer) -> Result<Rc<KeySet>, Outage> {
        let mut described = self.any_description(issuer).await?;
        if described.keys_url().is_none() {
            let form = MetadataForm::OpenidProvider;
            described = self.description(issuer, form).await?;
        }
        let url = described.keys_url();
        let url =
            url.ok_or_else(|| outage(issuer, "its metadata has no jwks_uri that is https"))?;
        let document = self.world.fetch(url, LIMITS).await;
        let document = document.map_err(|reason| not_fetched(issuer, url, reason))?;
        let keys = KeySet::parse(&document).map(Rc::new);
        keys.ok_or_else(|| outage(issuer, "its jwks_uri has no key set"))
    }

    /// How an issuer describes itself, in the one form or else in the other.
    async fn any_description(&self, issuer: &TrustedIssuer) -> Result<Rc<IssuerDocument>, Outage> {
        let [server, provider] = [MetadataForm::OauthServer, MetadataForm::OpenidProvider];
        let issuers = &self.world.memory().issuers;
        let is_provider_only = issuers.borrow_mut().of(issuer).is_provider_only(self.now());
        if is_provider_only {
            return Ok(self.description(issuer, provider).await?);
        }
        match self.description(issuer, server).await {
            Ok(document) => Ok(document),
            Err(Undescribed::Silent(outage)) => Err(outage),
            Err(Undescribed::Otherwise(outage)) => {
                let described = self.description(issuer, provider).await;
                let described = described.map_err(|_| outage)?;
                let mut issuers = issuers.borrow_mut();
                issuers.of(issuer).learn_provider_only(self.now());
                Ok(described)
            }
        }
    }

    async fn description(
        &self,
        issuer: &TrustedIssuer,
        form: MetadataForm,
    ) -> Result<Rc<IssuerDocument>, Undescribed> {
        let issuers = &self.world.memory().issuers;
        let known = issuers
            .borrow_mut()
            .of(issuer)
            .description(form)
            .look(self.now());
        match known {
            Known::Fresh(document) => Ok(document),
            Known::Due(document) => {
                Ok(self
                    .fetch_description(issuer, form)
                    .await
                    .unwrap_or_else(|undescribed| {
                        self.report(&undescribed.into());
                        document
                    }))
            }
            Known::Nothing => self.fetch_description(issuer, form).await,
            Known::Asked => Err(Undescribed::Silent(outage(issuer, ASKED))),
        }
    }

    async fn fetch_description(
        &self,
        issuer: &TrustedIssuer,
        form: MetadataForm,
    ) -> Result<Rc<IssuerDocument>, Undescribed> {
        let mut failure = outage(issuer, "it has no metadata");
        for url in issuer.metadata_urls(form) {
            let fetched = self.world.fetch(&url, LIMITS).await;
            let read = match fetched {
                Ok(document) => IssuerDocument::read(document, issuer),
                Err(reason @ (NotFetched::Slow | NotFetched::Unreachable)) => {
                    return Err(Undescribed::Silent(not_fetched(issuer, &url, reason)));
                }
                Err(
                    reason @ (NotFetched::NotJson | NotFetched::Refused | NotFetched::TooLarge),
                ) => {
                    failure = not_fetched(issuer, &url, reason);
                    continue;
                }
            };
            match read {
                Ok(document) => {
                    let document = Rc::new(document);
                    let mut issuers = self.world.memory().issuers.borrow_mut();
                    let known = issuers.of(issuer).description(form);
                    known.learn(Rc::clone(&document), self.now());
                    return Ok(document);
                }
                Err(NoDescription::Malformed) => {
                    failure = outage(issuer, "its metadata is malformed");
                }
                Err(NoDescription::OtherIssuer) => {
                    failure = outage(
                        issuer,
                        "its metadata names another issuer; MOUNTS must spell it as the metadata does",
                    );
                }
            }
        }
        Err(Undescribed::Otherwise(failure))
    }
}

/// Why there is no description.
enum Undescribed {
    /// The issuer does not answer, so there is no use in asking it for another document.
    Silent(Outage),
    /// It answers something else.
    Otherwise(Outage),
}

impl From<Undescribed> for Outage {
    fn from(undescribed: Undescribed) -> Self {
        match undescribed {
            Undescribed::Otherwise(outage) | Undescribed::Silent(outage) => outage,
        }
    }
}

fn not_fetched(issuer: &TrustedIssuer, url: &Url, reason: NotFetched) -> Outage {
    outage(issuer, &format!("{url}: {reason:?}"))
}

fn outage(issuer: &TrustedIssuer, cause: &str) -> Outage {
    Outage::new(format!("issuer {}: {cause}", issuer.as_str()))
}
