//! The revocation endpoint (RFC 7009).

use http::StatusCode;

use super::{
    body::ReadRequest,
    edge::{Edge, IncomingRequest},
    reply::{self, Reply},
};
use crate::{
    ledger::revocation::{NotAuthenticated, Revocation, Revoker},
    oauth::{
        client_authentication::{ClientProof, UnverifiedCredentials},
        error::{ErrorAnswer, ErrorCode},
        form::Parameters,
        grant::{AccessToken, GrantId, RefreshToken},
    },
    ports::{Outage, World},
    secret::Digest,
};

/// A token that is ours, by what it is; a wrong `token_type_hint` changes nothing.
enum Revocable {
    Access(AccessToken),
    Refresh(RefreshToken),
}

impl Revocable {
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
            Self::Refresh(RefreshToken { grant, .. }) => (grant, Revocation::RefreshToken { by }),
        }
    }
}

impl<W: World> Edge<'_, W> {
    /// Answers a revocation request.
    pub(super) async fn revoke(&self, request: IncomingRequest<W::Body>) -> Result<Reply, Outage> {
        Ok(match self.form(request).await? {
            Ok(read) => self.revoke_token(&read).await,
            Err(reply) => reply,
        })
    }

    /// A token that is unknown, forged or another client's is answered like a revoked one, without
    /// storage.
    async fn revoke_token(&self, request: &ReadRequest<Parameters>) -> Reply {
        let (keys, issuer) = self.seals();
        let token = match request.body.one("token") {
            Ok(Some(token)) => token,
            Ok(None) => return reply::error(NO_TOKEN),
            Err(repeated) => return reply::error(repeated.into()),
        };
        let credentials = match UnverifiedCredentials::parse(&request.headers, &request.body) {
            Ok(credentials) => credentials,
            Err(failure) => return reply::not_authenticated(failure),
        };
        let proof = match credentials
            .as_ref()
            .map(|own| own.verify(keys, issuer))
            .transpose()
        {
            Ok(proof) => proof,
            Err(failure) => return reply::not_authenticated(failure),
        };
        let revocable = keys
            .open(issuer, token)
            .map(Revocable::Refresh)
            .or_else(|| keys.open(issuer, token).map(Revocable::Access));
        let own = revocable.filter(|token| is_own(token, proof.as_ref()));
        let Some(token) = own else {
            return match (&credentials, &proof) {
                (Some(credentials), Some(proof)) if !proof.verified => {
                    reply::not_authenticated(credentials.unknown())
                }
                _ => reply::empty(StatusCode::OK),
            };
        };
        let by = Revoker {
            client: proof.as_ref().map(|proof| proof.client),
            secret: proof.as_ref().and_then(|proof| proof.secret),
        };
        let (grant, revocation) = token.revocation(by);
        match self.world.revoke(&grant, revocation, self.now()).await {
            Ok(Ok(())) => reply::empty(StatusCode::OK),
            Ok(Err(NotAuthenticated)) => reply::error(NOT_AUTHENTICATED),
            Err(outage) => {
                self.world.report(&outage);
                reply::unavailable()
            }
        }
    }
}

/// A request that names no client is taken on the token alone: to hold it is to be able to use it,
/// which is worse.
fn is_own(token: &Revocable, proof: Option<&ClientProof>) -> bool {
    proof.is_none_or(|proof| proof.client == *token.client())
}

const NO_TOKEN: ErrorAnswer = ErrorAnswer::new(ErrorCode::InvalidRequest, "The token is missing.");
const NOT_AUTHENTICATED: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidClient,
    "This client must authenticate to revoke its tokens.",
);
