//! The ports of the endpoints, on Cloudflare.

use std::cell::{Cell, OnceCell};

use bytes::Bytes;
use url::Url;
use worker::{
    AbortSignal, Env, console_error, console_log,
    js_sys::{ArrayBuffer, Uint8Array},
    web_sys,
    worker_sys::RateLimiter,
};

use super::{
    configuration::{GRANT_LIMIT, PROBE_LIMIT, SIGN_IN_LIMIT},
    conversion::now,
    documents,
    home::{self, JsBody},
    key_value::RegisterStore,
    ledger_client::{ask_client, ask_grant, ask_owner},
    own_signatures,
    platform::{answered, binding, object, property},
    signatures,
    timer::{after_milliseconds, milliseconds},
};
use crate::{
    jose::{OwnKey, PublicKey},
    keys::SigningKey,
    ledger::{
        assertion::AlreadySpent,
        command::{GrantAnswer, GrantCommand},
        sign_in::{SignInAttempt, SignInVerdict, Source},
    },
    oauth::{client_assertion::AssertionId, grant::GrantId},
    ports::{
        Document, Documents, FetchLimits, Home, HomeRequest, IsolateMemory, Ledgers, NotFetched,
        Outage, OwnSignatures, Signatures, TooLarge, World,
    },
    secret::Digest,
    steps::StepLine,
    time::{Lifetime, Timestamp},
};

/// The world of one request.
pub(super) struct Worker {
    env: Env,
    signal: AbortSignal,
    memory: &'static IsolateMemory,
    register: OnceCell<RegisterStore>,
    context: worker::Context,
    /// When home was asked last, in milliseconds.
    asked: Cell<Option<u64>>,
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
    pub(super) fn new(env: Env, signal: web_sys::AbortSignal, context: worker::Context) -> Self {
        Self {
            env,
            signal: AbortSignal::from(signal),
            memory: MEMORY.with(|memory| *memory),
            register: OnceCell::new(),
            context,
            asked: Cell::new(None),
        }
    }

    /// Does something that the answer does not wait for; the platform then waits for it.
    pub(super) fn beside(&self, act: impl Future<Output = ()> + 'static) {
        self.context.wait_until(act);
    }

    /// What tells that the client has left.
    pub(super) fn signal(&self) -> &web_sys::AbortSignal {
        &self.signal
    }

    /// Until home has let the request wait for so long. It is not home's fault how long the message
    /// was on its way to the edge.
    pub(super) async fn home_is_slow(&self, patience: Lifetime) {
        let patience = patience.seconds() * 1_000;
        let mut left = patience;
        while left > 0 {
            after_milliseconds(left).await;
            let asked = self.asked.get().unwrap_or_else(milliseconds);
            left = patience.saturating_sub(milliseconds().saturating_sub(asked));
        }
    }

    async fn fits(&self, limit: &str, key: &str) -> Result<bool, Outage> {
        let limiter: RateLimiter = binding(&self.env, limit);
        let asked = limiter.limit(object(&[("key", key.into())]));
        let outcome = answered(asked).await;
        let outcome = outcome.map_err(|failure| failure.of("rate limit"))?;
        Ok(property(&outcome, "success").is_truthy())
    }
}

impl World for Worker {
    type Store = RegisterStore;

    fn register(&self) -> &RegisterStore {
        self.register.get_or_init(|| RegisterStore::new(&self.env))
    }

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
        self.fits(SIGN_IN_LIMIT, &digest.to_base64url()).await
    }

    async fn probe_fits(&self, network: &Digest) -> Result<bool, Outage> {
        self.fits(PROBE_LIMIT, &network.to_base64url()).await
    }

    async fn grant_fits(&self, key: &str) -> Result<bool, Outage> {
        self.fits(GRANT_LIMIT, key).await
    }
}

impl Documents for Worker {
    async fn fetch_document(&self, url: &Url, limits: FetchLimits) -> Result<Document, NotFetched> {
        documents::fetch(url, limits, &self.env).await
    }
}

impl Home for Worker {
    type Body = JsBody;
    type Held = ArrayBuffer;

    async fn send(
        &self,
        request: HomeRequest<'_, JsBody, ArrayBuffer>,
    ) -> Result<http::Response<JsBody>, Outage> {
        self.asked.set(Some(milliseconds()));
        home::send(request, &self.env, &self.signal).await
    }

    fn nothing(&self) -> JsBody {
        JsBody::Answer(None)
    }

    fn length(&self, held: &ArrayBuffer) -> u64 {
        held.byte_length().into()
    }

    fn look_into(&self, held: &ArrayBuffer) -> Vec<u8> {
        Uint8Array::new(held).to_vec()
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
        home::rejoin(&beginning, rest, &self.signal)
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
    async fn ask_grant(
        &self,
        grant: &GrantId,
        command: GrantCommand,
        now: Timestamp,
    ) -> Result<GrantAnswer, Outage> {
        ask_grant(&self.env, grant, command, now).await
    }

    async fn spend(
        &self,
        client: &Digest,
        assertion: AssertionId,
        now: Timestamp,
    ) -> Result<Result<(), AlreadySpent>, Outage> {
        ask_client(&self.env, client, assertion, now).await
    }

    async fn sign_in(
        &self,
        attempt: SignInAttempt,
        now: Timestamp,
    ) -> Result<SignInVerdict, Outage> {
        ask_owner(&self.env, attempt, now).await
    }
}

impl OwnSignatures for Worker {
    async fn public_key(&self, key: &SigningKey) -> Result<OwnKey, Outage> {
        own_signatures::public_key(key).await
    }

    async fn sign(&self, key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, Outage> {
        own_signatures::sign(key, message).await
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
