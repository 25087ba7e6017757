//! The revocation endpoint (RFC 7009).

use http::StatusCode;

use super::{
    asking::{Asking, Use},
    body::ReadRequest,
    client_keys::Likeness,
    edge::{Edge, IncomingRequest},
    reply::{self, Reply},
};
use crate::{
    ledger::revocation::{NotAuthenticated, Revocation, Revoker},
    oauth::{
        client_authentication::{ClientStanding, UnverifiedCredentials},
        credential::Credential,
        error::{ErrorAnswer, ErrorCode},
        form::Parameters,
        grant::{AccessToken, Generation, GrantId, RefreshToken},
    },
    ports::{Outage, World},
    secret::Digest,
    time::Timestamp,
};

/// A token that is ours, by what it is; a wrong `token_type_hint` changes nothing.
enum Revocable {
    Access(AccessToken),
    Refresh(RefreshToken),
}

impl Revocable {
    const fn expires_at(&self) -> Timestamp {
        match self {
            Self::Access(token) => token.expires_at,
            Self::Refresh(token) => token.expires_at,
        }
    }

    const fn kind(&self) -> char {
        match self {
            Self::Access(_) => 'a',
            Self::Refresh(_) => 'r',
        }
    }

    const fn standing(&self) -> (&GrantId, Generation) {
        match self {
            Self::Access(token) => (&token.grant, token.generation),
            Self::Refresh(token) => (&token.grant, token.generation),
        }
    }

    const fn client(&self) -> &Digest {
        match self {
            Self::Access(token) => &token.client,
            Self::Refresh(token) => &token.client,
        }
    }

    fn revocation(self, by: Revoker) -> (GrantId, Revocation) {
        match self {
            Self::Access(AccessToken {
                grant, generation, ..
            }) => (grant, Revocation::AccessToken { generation, by }),
            Self::Refresh(RefreshToken {
                grant, generation, ..
            }) => (grant, Revocation::RefreshToken { generation, by }),
        }
    }
}

impl<W: World> Edge<'_, W> {
    /// Answers a revocation request.
    pub(super) async fn revoke(&self, request: IncomingRequest<W::Body>) -> Result<Reply, Outage> {
        Ok(match self.form(request).await? {
            Ok(read) => self.revoke_token(&read).await?,
            Err(reply) => reply,
        })
    }

    /// A token that is unknown, forged or another client's is answered like a revoked one, without
    /// storage.
    async fn revoke_token(&self, request: &ReadRequest<Parameters>) -> Result<Reply, Outage> {
        let token = match request.body.one("token") {
            Ok(Some(token)) => token,
            Ok(None) => return Ok(reply::error(NO_TOKEN)),
            Err(repeated) => return Ok(reply::error(repeated.into())),
        };
        let credentials = match UnverifiedCredentials::parse(&request.headers, &request.body) {
            Ok(credentials) => credentials,
            Err(failure) => return Ok(reply::not_authenticated(failure)),
        };
        let outcome = match credentials {
            Some(credentials) => self.revoke_own(token, &credentials).await?,
            None => self.revoke_anyones(token).await?,
        };
        Ok(match outcome {
            Ok(()) => reply::empty(StatusCode::OK),
            Err(reply) => reply,
        })
    }

    async fn revoke_own(
        &self,
        token: &str,
        credentials: &UnverifiedCredentials,
    ) -> Result<Result<(), Reply>, Outage> {
        let proof = match credentials.verify(&self.recognition()) {
            Ok(proof) => proof,
            Err(failure) => return Ok(Err(reply::not_authenticated(failure))),
        };
        let own = self.revocable(token);
        let Some(token) = own.filter(|token| *token.client() == proof.client) else {
            return Ok(match proof.standing {
                ClientStanding::Described(_) | ClientStanding::Verified => Ok(()),
                ClientStanding::Unknown => Err(reply::not_authenticated(credentials.unknown())),
            });
        };
        if self.knows_over(token.standing().0) {
            return Ok(Ok(()));
        }
        let shown = match self.proven(credentials, &proof).await? {
            Ok(shown) => shown,
            Err(reply) => return Ok(Err(reply)),
        };
        if let Some(answer) = self.unless_due(&token, shown.likeness(&proof)).await {
            return Ok(answer);
        }
        let credential = match self.spend(shown, &proof.client).await? {
            Ok(credential) => credential,
            Err(reply) => return Ok(Err(reply)),
        };
        let by = Revoker {
            client: Some(proof.client),
            credential,
        };
        self.revoke_by(token, by).await
    }

    /// A request that names no client is taken on the token alone: to hold it is to be able to use
    /// it, which is worse.
    async fn revoke_anyones(&self, token: &str) -> Result<Result<(), Reply>, Outage> {
        let Some(token) = self.revocable(token) else {
            return Ok(Ok(()));
        };
        if let Some(answer) = self.unless_due(&token, Likeness::Claimed).await {
            return Ok(answer);
        }
        let by = Revoker {
            client: None,
            credential: Credential::Nothing,
        };
        self.revoke_by(token, by).await
    }

    /// The answer where the Ledger is not to be asked.
    async fn unless_due(&self, token: &Revocable, by: Likeness) -> Option<Result<(), Reply>> {
        let (grant, generation) = token.standing();
        let of = Use::Revocation {
            kind: token.kind(),
            generation,
            by,
        };
        match self.asking(grant, of).await {
            Asking::Due => None,
            Asking::Over => Some(Ok(())),
            Asking::TooMany(reply) => Some(Err(reply)),
        }
    }

    fn revocable(&self, token: &str) -> Option<Revocable> {
        let (keys, issuer) = self.seals();
        keys.open(issuer, token)
            .map(Revocable::Refresh)
            .or_else(|| keys.open(issuer, token).map(Revocable::Access))
            .filter(|token| self.now() < token.expires_at())
    }

    async fn revoke_by(&self, token: Revocable, by: Revoker) -> Result<Result<(), Reply>, Outage> {
        let (grant, revocation) = token.revocation(by);
        let outcome = self.world.revoke(&grant, revocation, self.now()).await?;
        self.world.memory().admissions.borrow_mut().forget(&grant);
        Ok(outcome
            .map(drop)
            .map_err(|NotAuthenticated| reply::error(NOT_AUTHENTICATED)))
    }
}

const NO_TOKEN: ErrorAnswer = ErrorAnswer::new(ErrorCode::InvalidRequest, "The token is missing.");
const NOT_AUTHENTICATED: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidClient,
    "This client must authenticate to revoke its tokens.",
);
