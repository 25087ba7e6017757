//! Clients that sign: their keys, and their assertions, each of which counts once.

use super::{
    client_documents::Undescribed,
    edge::Edge,
    reply::{self, Reply},
};
use crate::{
    jose::{KeySet, UnverifiedJwt},
    ledger::assertion::AlreadySpent,
    oauth::{
        client_assertion::AssertionId,
        client_authentication::{ClientProof, ClientStanding, UnverifiedCredentials},
        client_document::{ClientKeys, DocumentFault},
        client_id_url::ClientIdUrl,
        credential::Credential,
        error::{ErrorAnswer, ErrorCode},
    },
    ports::{FetchLimits, NotFetched, Outage, World},
    secret::Digest,
    time::Lifetime,
};

const LIMITS: FetchLimits = FetchLimits {
    size: 64 * 1024,
    patience: Lifetime::from_seconds(3),
};

/// What a request shows beside its client's identifier.
pub(super) enum Shown {
    /// An assertion of the client's, which has yet to be spent.
    Assertion(AssertionId),
    /// Anything else.
    Credential(Credential),
}

/// How far a request is from its client, as far as the edge can tell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Likeness {
    /// It is signed with the client's key.
    Signed,
    /// No secret is left for the grant's Ledger to compare.
    Shown,
    /// Its secret has yet to be compared.
    Claimed,
}

impl Shown {
    /// How far the request is from the client.
    pub(super) fn likeness(&self, proof: &ClientProof) -> Likeness {
        match (&proof.standing, self) {
            (_, Self::Assertion(_)) => Likeness::Signed,
            (ClientStanding::Verified, _)
            | (ClientStanding::Described(_), Self::Credential(Credential::Nothing)) => {
                Likeness::Shown
            }
            (ClientStanding::Described(_) | ClientStanding::Unknown, Self::Credential(_)) => {
                Likeness::Claimed
            }
        }
    }
}

impl<W: World> Edge<'_, W> {
    /// What a request shows to be from its client, signatures included. It is asked for once what
    /// was presented has opened as that client's, so that a stranger causes no fetch (AS-51); and
    /// before anything is counted, so that nobody else is counted as the client.
    ///
    /// 1. What the assertion says.
    /// 2. Its signature, with the keys of the client's document.
    pub(super) async fn proven(
        &self,
        credentials: &UnverifiedCredentials,
        proof: &ClientProof,
    ) -> Result<Result<Shown, Reply>, Outage> {
        let Some(jwt) = credentials.assertion() else {
            return Ok(Ok(Shown::Credential(proof.credential)));
        };
        let ClientStanding::Described(url) = &proof.standing else {
            return Ok(Err(reply::not_authenticated(credentials.unknown())));
        };
        let assertion = match AssertionId::of(&jwt, url.as_str(), &self.issuer, self.now()) {
            Ok(assertion) => assertion,
            Err(error) => return Ok(Err(reply::error(error))),
        };
        Ok(match self.is_signed(url, &jwt).await? {
            Ok(true) => Ok(Shown::Assertion(assertion)),
            Ok(false) => Err(reply::error(SIGNATURE)),
            Err(undescribed) => Err(without_keys(undescribed)),
        })
    }

    /// The credential that was shown. The client's Ledger says whether an assertion was shown before.
    pub(super) async fn spend(
        &self,
        shown: Shown,
        client: &Digest,
    ) -> Result<Result<Credential, Reply>, Outage> {
        let assertion = match shown {
            Shown::Assertion(assertion) => assertion,
            Shown::Credential(credential) => return Ok(Ok(credential)),
        };
        let spent = self.world.spend(client, assertion, self.now());
        Ok(match spent.await? {
            Ok(()) => Ok(Credential::Key),
            Err(AlreadySpent) => Err(reply::error(SPENT)),
        })
    }

    /// Whether a key of the client's has signed. When none that is remembered has, the client may
    /// have new ones, which are asked for at most once a minute.
    async fn is_signed(
        &self,
        url: &ClientIdUrl,
        jwt: &UnverifiedJwt<'_>,
    ) -> Result<Result<bool, Undescribed>, Outage> {
        let known = match self.client_keys(url).await {
            Ok(known) => known,
            Err(undescribed) => return Ok(Err(undescribed)),
        };
        if self.world.signed_by(&known, jwt).await? {
            return Ok(Ok(true));
        }
        let documents = &self.world.memory().documents;
        if !documents.borrow_mut().may_renew(url.as_str(), self.now()) {
            return Ok(Ok(false));
        }
        if let Err(undescribed) = self.fetch_client_document(url).await {
            return Ok(Err(undescribed));
        }
        Ok(match self.client_keys(url).await {
            Ok(renewed) => Ok(self.world.signed_by(&renewed, jwt).await?),
            Err(undescribed) => Err(undescribed),
        })
    }

    async fn client_keys(&self, url: &ClientIdUrl) -> Result<KeySet, Undescribed> {
        let documents = &self.world.memory().documents;
        let at = match self.client_document(url).await?.keys {
            ClientKeys::At(at) => at,
            ClientKeys::Listed(keys) => return Ok(keys),
            ClientKeys::None => return Ok(KeySet::default()),
        };
        let remembered = documents.borrow().keys(url.as_str(), self.now());
        if let Some(keys) = remembered {
            return Ok(keys);
        }
        let fetched = self.world.fetch(at.url(), LIMITS).await;
        let fetched = fetched.map_err(Undescribed::NotFetched)?;
        let keys = KeySet::parse(&fetched).ok_or(Undescribed::Faulty(DocumentFault::Keys))?;
        documents
            .borrow_mut()
            .learn_keys(url.as_str(), keys.clone(), self.now());
        Ok(keys)
    }
}

/// A client whose server is away should come back with what it has; one that publishes what is
/// wrong cannot authenticate.
fn without_keys(undescribed: Undescribed) -> Reply {
    match undescribed {
        Undescribed::NotFetched(
            NotFetched::Refused | NotFetched::Slow | NotFetched::Unreachable,
        ) => reply::wait(AWAY, Lifetime::from_seconds(30)),
        Undescribed::NotFetched(NotFetched::NotJson | NotFetched::TooLarge)
        | Undescribed::Faulty(_) => reply::error(NO_KEYS),
    }
}

const AWAY: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::TemporarilyUnavailable,
    "The client's metadata document, or its keys, cannot be fetched now. Try again.",
);
const NO_KEYS: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidClient,
    "The client's metadata document, or its keys, cannot be used.",
);
const SIGNATURE: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidClient,
    "The client_assertion is not signed with a key of this client.",
);
const SPENT: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidClient,
    "The client_assertion was used before; each request needs its own.",
);
