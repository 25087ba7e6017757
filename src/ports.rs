//! What the endpoints need from the world: verbs, each with its promise.
#![expect(
    async_fn_in_trait,
    reason = "a Worker has one thread; the futures need not be Send"
)]

use std::cell::RefCell;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    ledger::{
        admission::Admission,
        minting::Tokens,
        opening::{AlreadyOpened, Opening},
        redemption::{Redemption, RedemptionRefusal},
        revocation::{NotAuthenticated, Revocation},
        rotation::{Rotation, RotationRefusal},
        sign_in::{SignInAttempt, SignInVerdict},
        summary::GrantSummary,
    },
    mount_path::MountPath,
    oauth::{
        document_cache::DocumentCache,
        grant::{Generation, GrantId},
    },
    resource_server::admission_cache::AdmissionCache,
    secret::Digest,
    time::{Lifetime, Timestamp},
};

/// The world failed, not the request: storage or a platform service does not answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outage {
    /// The cause, for the log; it is never sent.
    pub cause: String,
}

impl Outage {
    /// An outage with its cause.
    pub fn new(cause: impl Into<String>) -> Self {
        Self {
            cause: cause.into(),
        }
    }
}

/// The grants. Each call loads one record, applies one rule and saves, with nothing in between:
/// of any number of concurrent calls the outcome is that of some order of them.
pub trait Ledgers {
    /// Opens a grant under its name. Of any number of calls with one name, one succeeds.
    async fn open(
        &self,
        opening: Opening,
        now: Timestamp,
    ) -> Result<Result<(), AlreadyOpened>, Outage>;

    /// Redeems the code of a grant. Of any number of calls, one succeeds.
    async fn redeem(
        &self,
        grant: &GrantId,
        attempt: Redemption,
        now: Timestamp,
    ) -> Result<Result<Tokens, RedemptionRefusal>, Outage>;

    /// Rotates a refresh token of a grant.
    async fn rotate(
        &self,
        grant: &GrantId,
        attempt: Rotation,
        now: Timestamp,
    ) -> Result<Result<Tokens, RotationRefusal>, Outage>;

    /// Decides whether the access tokens of a generation are good.
    async fn admit(
        &self,
        grant: &GrantId,
        generation: Generation,
        now: Timestamp,
    ) -> Result<Admission, Outage>;

    /// Revokes; a grant that is over or gone stays so.
    async fn revoke(
        &self,
        grant: &GrantId,
        revocation: Revocation,
        now: Timestamp,
    ) -> Result<Result<(), NotAuthenticated>, Outage>;

    /// Tells how far a grant has come; none when there is none.
    async fn summary(
        &self,
        grant: &GrantId,
        now: Timestamp,
    ) -> Result<Option<GrantSummary>, Outage>;

    /// Judges an attempt to sign in, and counts a failure, in one step.
    async fn sign_in(
        &self,
        attempt: SignInAttempt,
        now: Timestamp,
    ) -> Result<SignInVerdict, Outage>;
}

/// A row of the owner's register: one grant, as approved. Nothing is decided from it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantRow {
    /// The grant.
    #[serde(skip)]
    pub name: RowName,
    /// What the client calls itself.
    pub client: String,
    /// The host that its answers go to.
    pub host: String,
    /// The mount that it may call.
    pub mount: MountPath,
    /// When it was approved.
    pub approved_at: Timestamp,
}

/// The name of a row: the client, and one of its grants.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RowName {
    key: String,
}

impl RowName {
    /// The name of the row of a grant.
    pub fn new(client: &Digest, grant: &GrantId) -> Self {
        Self {
            key: format!("{}/{}", client.to_base64url(), grant.as_str()),
        }
    }

    /// The name that such text spells.
    pub fn parse(text: &str) -> Option<Self> {
        let (client, grant) = text.split_once('/')?;
        let client = Digest::from_base64url(client)?;
        GrantId::parse(grant).map(|grant| Self::new(&client, &grant))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.key
    }

    /// The digest of the client, as text.
    pub fn client(&self) -> &str {
        self.key.split_once('/').map_or("", |(client, _)| client)
    }

    /// The grant.
    pub fn grant(&self) -> Option<GrantId> {
        GrantId::parse(self.key.split_once('/')?.1)
    }
}

/// The owner's register. It may be stale by a minute or more.
pub trait Register {
    /// Enters a grant, and its client if it is new.
    async fn enter(&self, row: &GrantRow) -> Result<(), Outage>;

    /// When a client was last approved, if it ever was.
    async fn approved_before(&self, client: &Digest) -> Result<Option<Timestamp>, Outage>;

    /// Strikes a grant, and its client with its last grant. What is not there stays so.
    async fn strike(&self, row: &RowName) -> Result<(), Outage>;

    /// Up to `most` rows, in no order, and whether there are more.
    async fn rows(&self, most: usize) -> Result<(Vec<GrantRow>, bool), Outage>;
}

/// What a request to the origin carries.
pub enum Upload<B> {
    /// Bytes that were read, with their length.
    Bytes(Bytes),
    /// No body.
    Nothing,
    /// The client's own body, as it comes.
    Stream(B),
}

/// The body of a request is longer than it may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooLarge;

/// The home servers. Bodies are opaque, so that nothing here can buffer a stream by accident.
pub trait Home {
    /// A body, as the platform streams it.
    type Body;

    /// Sends one request to an origin and gives its answer, without following a redirect.
    async fn send(
        &self,
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
        upload: Upload<Self::Body>,
    ) -> Result<http::Response<Self::Body>, Outage>;

    /// Reads a body of at most `limit` bytes; not one byte more is taken in.
    async fn read(&self, body: Self::Body, limit: usize)
    -> Result<Result<Bytes, TooLarge>, Outage>;
}

/// Documents on other people's servers: clients' metadata, issuers' metadata, key sets.
pub trait Documents {
    /// Fetches one JSON document by GET. No redirect is followed, and nothing of the request that
    /// is being answered goes along.
    ///
    /// # Errors
    ///
    /// Why there is no document; none of these is an outage of the edge.
    async fn fetch_document(&self, url: &Url, limits: FetchLimits) -> Result<Document, NotFetched>;

    /// Fetches one JSON document of which only the text matters.
    ///
    /// # Errors
    ///
    /// As [`Documents::fetch_document`].
    async fn fetch(&self, url: &Url, limits: FetchLimits) -> Result<Bytes, NotFetched> {
        let fetched = self.fetch_document(url, limits).await;
        fetched.map(|document| document.body)
    }
}

/// A document that was fetched.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Document {
    /// Its text.
    pub body: Bytes,
    /// How long its headers say that it may be kept; none when they say nothing.
    pub max_age: Option<Lifetime>,
}

/// How much of a stranger's document is waited for.
#[derive(Clone, Copy, Debug)]
pub struct FetchLimits {
    /// The largest body, in bytes.
    pub size: usize,
    /// The longest time, from the request to the last byte.
    pub patience: Lifetime,
}

/// Why a document was not fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotFetched {
    /// Its `Content-Type` is no JSON.
    NotJson,
    /// The server answers with another status than 200, redirects among them.
    Refused,
    /// It took too long.
    Slow,
    /// It is larger than it may be.
    TooLarge,
    /// The server cannot be reached.
    Unreachable,
}

/// Which spelling of its own endpoint an origin answers at, as far as this isolate has learned.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LearnedSlash {
    /// Nothing was answered yet.
    #[default]
    Unknown,
    /// At the configured URL.
    AsConfigured,
    /// At the configured URL with, or without, a slash at its end.
    Other,
}

/// What an isolate remembers between requests. All of it may be forgotten at any time.
#[derive(Default)]
pub struct IsolateMemory {
    /// The status of grants, for at most `GRANT_CACHE_SECONDS`.
    pub admissions: RefCell<AdmissionCache>,
    /// The learned spelling of each mount's origin.
    pub slashes: RefCell<Vec<(MountPath, LearnedSlash)>>,
    /// The metadata documents of clients.
    pub documents: RefCell<DocumentCache>,
}

impl IsolateMemory {
    /// What was learned of a mount's origin.
    pub fn learned_slash(&self, mount: &MountPath) -> LearnedSlash {
        let slashes = self.slashes.borrow();
        let found = slashes.iter().find(|(known, _)| known == mount);
        found.map(|(_, slash)| *slash).unwrap_or_default()
    }

    /// Remembers what was learned.
    pub fn learn_slash(&self, mount: &MountPath, slash: LearnedSlash) {
        let mut slashes = self.slashes.borrow_mut();
        slashes.retain(|(known, _)| known != mount);
        slashes.push((mount.clone(), slash));
    }
}

/// The whole world, as the endpoints see it.
pub trait World: Documents + Home + Ledgers + Register {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// What this isolate remembers.
    fn memory(&self) -> &IsolateMemory;

    /// Writes an outage that was answered to the log.
    fn report(&self, outage: &Outage);

    /// Whether one more attempt to sign in from this network fits the platform's rate limit, which
    /// spares the Ledger a flood.
    async fn sign_in_fits(&self, network: &Digest) -> Result<bool, Outage>;

    /// Whether one more discovery stream for this network fits the platform's rate limit.
    async fn probe_fits(&self, network: &Digest) -> Result<bool, Outage>;
}
