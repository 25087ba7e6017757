//! The token endpoint (OAuth 2.1 §3.2): from a code or a refresh token to the next tokens.

use http::StatusCode;

use super::{
    asking::{Asking, Use},
    body::ReadRequest,
    client_keys::Likeness,
    edge::{Edge, IncomingRequest},
    reply::{self, Caching, Reply},
    token_answer::{
        EXPIRED, NO_CLIENT, NOT_VALID, OTHER_REDIRECT_URI, OTHER_RESOURCE, SPENT, TOO_OFTEN,
        TokenAnswer, WRONG_VERIFIER,
    },
};
use crate::{
    config::RefreshReuse,
    keys::ReplyKey,
    ledger::{
        minting::Tokens,
        record::NotTheClient,
        redemption::{Redemption, RedemptionRefusal},
        rotation::{Rotation, RotationRefusal},
    },
    mount_path::MountPath,
    oauth::{
        client_authentication::{ClientProof, ClientStanding, UnverifiedCredentials},
        credential::Credential,
        form::Parameters,
        grant::{AccessToken, AuthorizationCode, GrantId, RefreshToken},
        pkce::CodeVerifier,
        resource::audience,
        token_request::TokenRequest,
    },
    ports::{Outage, World},
    secret::{Digest, Secret},
    steps::Step,
    time::Timestamp,
};

/// A client that has shown who it is, and what it asks for beside the grant.
struct TokenClient {
    credentials: UnverifiedCredentials,
    proof: ClientProof,
    mount: Option<MountPath>,
}

impl<W: World> Edge<'_, W> {
    /// Answers a token request.
    pub(super) async fn token(&self, request: IncomingRequest<W::Body>) -> Result<Reply, Outage> {
        Ok(match self.form(request).await? {
            Ok(read) => self.exchange(&read).await,
            Err(reply) => reply,
        })
    }

    /// 1. Reads what is asked for (`invalid_request`).
    /// 2. Authenticates the client (`invalid_client`).
    /// 3. Finds the resource (`invalid_target`).
    /// 4. Opens what is presented (`invalid_grant`); until here, without storage.
    /// 5. Turns away what is known to be over (`invalid_grant`).
    /// 6. Checks a client's signature, if it has one (`invalid_client`).
    /// 7. Turns away a flood (`slow_down`).
    /// 8. Asks the grant's Ledger, once.
    async fn exchange(&self, request: &ReadRequest<Parameters>) -> Reply {
        let token_request = match TokenRequest::parse(&request.body) {
            Ok(token_request) => token_request,
            Err(error) => return reply::error(error),
        };
        let caller = match self.caller(request) {
            Ok(caller) => caller,
            Err(reply) => return reply,
        };
        let client = caller.proof.client;
        let grant_type = token_request.grant_type();
        let outcome = match token_request {
            TokenRequest::AuthorizationCode {
                code,
                redirect_uri,
                code_verifier,
            } => {
                self.redeem(&code, redirect_uri, &code_verifier, &caller)
                    .await
            }
            TokenRequest::RefreshToken {
                refresh_token,
                scope,
            } => self.rotate(&refresh_token, scope, caller).await,
        };
        match outcome {
            Ok(Ok(tokens)) => {
                let line = self.line(Step::Token).by(client).saying(grant_type);
                let (keys, issuer) = self.seals();
                let access: Option<AccessToken> = keys.open(issuer, tokens.access_token.expose());
                self.world.log(&match &access {
                    Some(access) => line.at(&access.mount),
                    None => line,
                });
                // The Ledger may have been asked in the second before it answered.
                let answer = TokenAnswer::new(&tokens, self.world.now());
                reply::json(StatusCode::OK, Caching::Never, &answer)
            }
            Ok(Err(mut reply)) => {
                reply.extensions_mut().insert(client);
                reply
            }
            Err(outage) => {
                self.report(&outage);
                reply::unavailable()
            }
        }
    }

    fn caller(&self, request: &ReadRequest<Parameters>) -> Result<TokenClient, Reply> {
        let credentials = UnverifiedCredentials::parse(&request.headers, &request.body)
            .map_err(reply::not_authenticated)?
            .ok_or_else(|| reply::error(NO_CLIENT))?;
        let proof = credentials
            .verify(&self.recognition())
            .map_err(reply::not_authenticated)?;
        let resources: Vec<_> = request.body.all("resource").collect();
        let resource = audience(&self.issuer, &self.resources(), resources.iter())
            .map_err(|_| reply::error(OTHER_RESOURCE))?;
        Ok(TokenClient {
            credentials,
            proof,
            mount: (!resources.is_empty()).then(|| resource.path.clone()),
        })
    }

    async fn redeem(
        &self,
        code: &Secret,
        redirect_uri: Option<String>,
        verifier: &CodeVerifier,
        caller: &TokenClient,
    ) -> Result<Result<Tokens, Reply>, Outage> {
        let (keys, issuer) = self.seals();
        let code: Option<AuthorizationCode> = keys.open(issuer, code.expose());
        let code = match self.presented(code, |code| (code.client, code.expires_at), caller) {
            Ok(code) => code,
            Err(reply) => return Ok(Err(reply)),
        };
        if verifier.challenge() != code.challenge {
            return Ok(Err(reply::error(WRONG_VERIFIER)));
        }
        let credential = self.due_credential(&code.grant, caller, |_| Use::Code);
        let credential = match credential.await? {
            Ok(credential) => credential,
            Err(reply) => return Ok(Err(reply)),
        };
        let attempt = Redemption {
            client: caller.proof.client,
            credential,
            redirect_uri,
            challenge: verifier.challenge(),
            mount: caller.mount.clone(),
        };
        let outcome = self.world.redeem(&code.grant, attempt, self.now()).await?;
        Ok(outcome.map_err(|refusal| match refusal {
            RedemptionRefusal::Gone | RedemptionRefusal::Replayed => self.ended(&code.grant),
            RedemptionRefusal::OtherRedirectUri => reply::error(OTHER_REDIRECT_URI),
            RedemptionRefusal::OtherResource => reply::error(OTHER_RESOURCE),
            RedemptionRefusal::WrongVerifier => reply::error(WRONG_VERIFIER),
            RedemptionRefusal::NotTheClient(other) => not_the_client(other, caller),
        }))
    }

    async fn rotate(
        &self,
        refresh_token: &Secret,
        scope: Option<String>,
        caller: TokenClient,
    ) -> Result<Result<Tokens, Reply>, Outage> {
        let (keys, issuer) = self.seals();
        let token: Option<RefreshToken> = keys.open(issuer, refresh_token.expose());
        let token = match self.presented(token, |token| (token.client, token.expires_at), &caller) {
            Ok(token) => token,
            Err(reply) => return Ok(Err(reply)),
        };
        let credential = self.due_credential(&token.grant, &caller, |by| {
            // Where an old token ends its grant, a thief cannot flood with it.
            match (self.config.refresh_reuse, by) {
                (RefreshReuse::Revoke, Likeness::Shown | Likeness::Signed) => {
                    Use::Refresh(by, caller.mount.as_ref())
                }
                (RefreshReuse::Refuse, _) | (_, Likeness::Claimed) => {
                    Use::RefreshOf(token.generation)
                }
            }
        });
        let credential = match credential.await? {
            Ok(credential) => credential,
            Err(reply) => return Ok(Err(reply)),
        };
        let attempt = Rotation {
            generation: token.generation,
            reply_key: ReplyKey::of(refresh_token.expose()),
            client: caller.proof.client,
            credential,
            mount: caller.mount.clone(),
            scope,
        };
        let outcome = self.world.rotate(&token.grant, attempt, self.now()).await?;
        Ok(outcome.map_err(|refusal| match refusal {
            RotationRefusal::Gone | RotationRefusal::Replayed => self.ended(&token.grant),
            RotationRefusal::Old => reply::error(SPENT),
            RotationRefusal::OtherResource => reply::error(OTHER_RESOURCE),
            RotationRefusal::NotTheClient(other) => not_the_client(other, &caller),
            RotationRefusal::TooOften { wait } => reply::wait(TOO_OFTEN, wait),
        }))
    }

    /// What the client shows beside its identifier, if this grant's Ledger is to be asked.
    async fn due_credential<'u>(
        &self,
        grant: &GrantId,
        caller: &TokenClient,
        of: impl FnOnce(Likeness) -> Use<'u>,
    ) -> Result<Result<Credential, Reply>, Outage> {
        if self.knows_over(grant) {
            return Ok(Err(reply::error(SPENT)));
        }
        let shown = match self.proven(&caller.credentials, &caller.proof).await? {
            Ok(shown) => shown,
            Err(reply) => return Ok(Err(reply)),
        };
        match self.asking(grant, of(shown.likeness(&caller.proof))).await {
            Asking::Due => self.spend(shown, &caller.proof.client).await,
            Asking::Over => Ok(Err(reply::error(SPENT))),
            Asking::TooMany(reply) => Ok(Err(reply)),
        }
    }

    /// A grant turned out to be over.
    fn ended(&self, grant: &GrantId) -> Reply {
        let admissions = &self.world.memory().admissions;
        admissions.borrow_mut().end(grant, self.now());
        reply::error(SPENT)
    }

    /// What was presented, if it is ours, this client's and in time.
    fn presented<T>(
        &self,
        opened: Option<T>,
        facts: impl Fn(&T) -> (Digest, Timestamp),
        caller: &TokenClient,
    ) -> Result<T, Reply> {
        let own = opened.filter(|token| facts(token).0 == caller.proof.client);
        let Some(token) = own else {
            return Err(match caller.proof.standing {
                // Such a client has nothing to register again: it only needs a new grant.
                ClientStanding::Described(_) | ClientStanding::Verified => reply::error(NOT_VALID),
                ClientStanding::Unknown => reply::not_authenticated(caller.credentials.unknown()),
            });
        };
        if facts(&token).1 <= self.now() {
            return Err(reply::error(EXPIRED));
        }
        Ok(token)
    }
}

fn not_the_client(other: NotTheClient, caller: &TokenClient) -> Reply {
    match other {
        NotTheClient::OtherClient => reply::error(NOT_VALID),
        NotTheClient::WrongCredential => {
            reply::not_authenticated(caller.credentials.insufficient())
        }
    }
}
