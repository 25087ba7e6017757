//! The ports of the endpoints, on Cloudflare.

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;
use worker::{AbortSignal, Env, console_error, console_log, js_sys::ArrayBuffer, web_sys};

use super::{
    configuration::{PROBE_LIMIT, SIGN_IN_LIMIT},
    conversion::now,
    documents,
    home::{self, JsBody},
    ledger_client::{ask_client, ask_grant, ask_owner},
    ledger_wire::GrantCommand,
    register::KvRegister,
    signatures,
};
use crate::{
    jose::PublicKey,
    ledger::{
        admission::Admission,
        assertion::AlreadySpent,
        minting::{ExposedTokens, Tokens},
        opening::{AlreadyOpened, Opening},
        redemption::{Redemption, RedemptionRefusal},
        revocation::{NotAuthenticated, Revocation},
        rotation::{Rotation, RotationRefusal},
        sign_in::{SignInAttempt, SignInVerdict, Source},
        summary::GrantSummary,
    },
    oauth::{
        client_assertion::AssertionId,
        grant::{Generation, GrantId},
    },
    owner::register::{GrantRow, RowName},
    ports::{
        Document, Documents, FetchLimits, Home, IsolateMemory, Ledgers, NotFetched, Outage,
        Register, Signatures, TooLarge, Upload, World,
    },
    secret::Digest,
    steps::StepLine,
    time::Timestamp,
};

/// The world of one request.
pub(super) struct Worker {
    env: Env,
    signal: AbortSignal,
    memory: &'static IsolateMemory,
}

thread_local! {
    static MEMORY: &'static IsolateMemory = Box::leak(Box::default());
}

/// Writes a step to the log, as JSON on one line.
pub(super) fn log(line: &StepLine<'_>) {
    let text = serde_json::to_string(line).expect("a line is plain data");
    console_log!("{text}");
}

impl Worker {
    pub(super) fn new(env: Env, signal: web_sys::AbortSignal) -> Self {
        Self {
            env,
            signal: AbortSignal::from(signal),
            memory: MEMORY.with(|memory| *memory),
        }
    }

    async fn fits(&self, limit: &str, network: &Digest) -> Result<bool, Outage> {
        let outage = |error: worker::Error| Outage::new(format!("rate limit: {error}"));
        let limiter = self.env.rate_limiter(limit).map_err(outage)?;
        let outcome = limiter.limit(network.to_base64url()).await;
        Ok(outcome.map_err(outage)?.success)
    }

    const fn register(&self) -> KvRegister<'_> {
        KvRegister::new(&self.env)
    }
}

impl World for Worker {
    fn now(&self) -> Timestamp {
        now()
    }

    fn memory(&self) -> &IsolateMemory {
        self.memory
    }

    fn report(&self, outage: &Outage, request_id: &str) {
        console_error!("outage in {request_id}: {}", outage.cause);
    }

    fn log(&self, line: &StepLine<'_>) {
        log(line);
    }

    async fn sign_in_fits(&self, from: Source) -> Result<bool, Outage> {
        let (Source::Browser(digest) | Source::Network(digest)) = from;
        self.fits(SIGN_IN_LIMIT, &digest).await
    }

    async fn probe_fits(&self, network: &Digest) -> Result<bool, Outage> {
        self.fits(PROBE_LIMIT, network).await
    }
}

impl Documents for Worker {
    async fn fetch_document(&self, url: &Url, limits: FetchLimits) -> Result<Document, NotFetched> {
        documents::fetch(url, limits).await
    }
}

impl Home for Worker {
    type Body = JsBody;
    type Held = ArrayBuffer;

    async fn send(
        &self,
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
        upload: Upload<JsBody, ArrayBuffer>,
    ) -> Result<http::Response<JsBody>, Outage> {
        home::send(method, url, headers, upload, &self.signal).await
    }

    async fn hold(
        &self,
        body: JsBody,
        length: Option<u64>,
        limits: FetchLimits,
    ) -> Result<Result<ArrayBuffer, TooLarge>, Outage> {
        home::hold(body, length, limits).await
    }

    async fn begin(
        &self,
        body: JsBody,
        limits: FetchLimits,
        enough: impl Fn(&[u8]) -> bool,
    ) -> Result<Result<(Vec<u8>, JsBody), TooLarge>, Outage> {
        home::begin(body, limits, enough).await
    }

    fn rejoin(&self, beginning: Vec<u8>, rest: JsBody) -> Result<JsBody, Outage> {
        home::rejoin(&beginning, rest)
    }

    async fn read(
        &self,
        body: JsBody,
        limits: FetchLimits,
    ) -> Result<Result<Bytes, TooLarge>, Outage> {
        home::read(body, limits).await
    }
}

impl Ledgers for Worker {
    async fn open(
        &self,
        opening: Opening,
        now: Timestamp,
    ) -> Result<Result<(), AlreadyOpened>, Outage> {
        let grant = opening.id.clone();
        ask_grant(&self.env, &grant, GrantCommand::Open(opening), now).await
    }

    async fn redeem(
        &self,
        grant: &GrantId,
        attempt: Redemption,
        now: Timestamp,
    ) -> Result<Result<Tokens, RedemptionRefusal>, Outage> {
        let command = GrantCommand::Redeem(attempt);
        let outcome: Result<ExposedTokens, _> = ask_grant(&self.env, grant, command, now).await?;
        Ok(outcome.map(Tokens::from))
    }

    async fn rotate(
        &self,
        grant: &GrantId,
        attempt: Rotation,
        now: Timestamp,
    ) -> Result<Result<Tokens, RotationRefusal>, Outage> {
        let command = GrantCommand::Rotate(attempt.into());
        let outcome: Result<ExposedTokens, _> = ask_grant(&self.env, grant, command, now).await?;
        Ok(outcome.map(Tokens::from))
    }

    async fn admit(
        &self,
        grant: &GrantId,
        generation: Generation,
        now: Timestamp,
    ) -> Result<Admission, Outage> {
        ask_grant(&self.env, grant, GrantCommand::Admit(generation), now).await
    }

    async fn spend(
        &self,
        client: &Digest,
        assertion: AssertionId,
        now: Timestamp,
    ) -> Result<Result<(), AlreadySpent>, Outage> {
        ask_client(&self.env, client, assertion, now).await
    }

    async fn revoke(
        &self,
        grant: &GrantId,
        revocation: Revocation,
        now: Timestamp,
    ) -> Result<Result<(), NotAuthenticated>, Outage> {
        ask_grant(&self.env, grant, GrantCommand::Revoke(revocation), now).await
    }

    async fn summary(
        &self,
        grant: &GrantId,
        now: Timestamp,
    ) -> Result<Option<GrantSummary>, Outage> {
        ask_grant(&self.env, grant, GrantCommand::Summary, now).await
    }

    async fn sign_in(
        &self,
        attempt: SignInAttempt,
        now: Timestamp,
    ) -> Result<SignInVerdict, Outage> {
        ask_owner(&self.env, attempt, now).await
    }
}

impl Register for Worker {
    async fn enter(&self, name: &RowName, row: &GrantRow) -> Result<(), Outage> {
        self.register().enter(name, row).await
    }

    async fn approved_before(&self, client: &Digest) -> Result<Option<Timestamp>, Outage> {
        self.register().approved_before(client).await
    }

    async fn strike(&self, name: &RowName) -> Result<(), Outage> {
        self.register().strike(name).await
    }

    async fn rows(&self, most: usize) -> Result<(Vec<(RowName, GrantRow)>, bool), Outage> {
        self.register().rows(most).await
    }
}

impl Signatures for Worker {
    async fn verifies(
        &self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, Outage> {
        signatures::verifies(key, message, signature).await
    }
}
