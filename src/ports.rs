//! What the endpoints need from the world: verbs, each with its promise.
#![expect(
    async_fn_in_trait,
    reason = "a Worker has one thread; the futures need not be Send"
)]

use std::cell::{Cell, RefCell};

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::{
    config::LearnedSlash,
    jose::{KeySet, PublicKey, UnverifiedJwt},
    ledger::{
        admission::Admission,
        assertion::AlreadySpent,
        minting::Tokens,
        opening::{AlreadyOpened, Opening},
        redemption::{Redemption, RedemptionRefusal},
        revocation::{NotAuthenticated, Revocation},
        rotation::{Rotation, RotationRefusal},
        sign_in::{SignInAttempt, SignInVerdict, Source},
        summary::GrantSummary,
    },
    mount_path::MountPath,
    oauth::{
        client_assertion::AssertionId,
        document_cache::DocumentCache,
        grant::{Generation, GrantId},
    },
    owner::register::{GrantRow, RowName},
    resource_server::{
        admission_cache::AdmissionCache, issuer_cache::IssuerCache, verified_tokens::VerifiedTokens,
    },
    secret::Digest,
    steps::StepLine,
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

    /// Takes an assertion of a client, whose signature was found good. Of any number of calls with
    /// one assertion, one succeeds.
    async fn spend(
        &self,
        client: &Digest,
        assertion: AssertionId,
        now: Timestamp,
    ) -> Result<Result<(), AlreadySpent>, Outage>;

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

/// The owner's register. It may be stale by a minute or more.
pub trait Register {
    /// Enters a grant, and its client if it is new.
    async fn enter(&self, name: &RowName, row: &GrantRow) -> Result<(), Outage>;

    /// When a client was last approved, if it ever was.
    async fn approved_before(&self, client: &Digest) -> Result<Option<Timestamp>, Outage>;

    /// Strikes a grant, and its client with its last grant. What is not there stays so.
    async fn strike(&self, name: &RowName) -> Result<(), Outage>;

    /// Up to `most` rows, in no order, and whether there are more.
    async fn rows(&self, most: usize) -> Result<(Vec<(RowName, GrantRow)>, bool), Outage>;
}

/// What a request to the origin carries.
pub enum Upload<B, H> {
    /// A body that was read; it goes with its length.
    Held(H),
    /// No body.
    Nothing,
    /// The client's own body, as it comes, with or without a length.
    Whole(B),
    /// The client's own body, as it comes.
    Stream {
        /// The body.
        body: B,
        /// How many bytes its head promises.
        length: u64,
        /// How long it may take to come; after that the request is given up, so that nobody keeps
        /// an admitted call half sent.
        patience: Lifetime,
    },
}

/// The body of a request is longer than it may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooLarge;

/// The home servers. Bodies are opaque, so that nothing here can buffer a stream by accident.
pub trait Home {
    /// A body, as the platform streams it.
    type Body;
    /// A body that was read; it can be sent more than once.
    type Held: Clone;

    /// Sends one request to an origin and gives its answer, without following a redirect.
    async fn send(
        &self,
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
        upload: Upload<Self::Body, Self::Held>,
    ) -> Result<http::Response<Self::Body>, Outage>;

    /// Reads a body, within the limits, to send it on; `length` is what its head promises.
    async fn hold(
        &self,
        body: Self::Body,
        length: Option<u64>,
        limits: FetchLimits,
    ) -> Result<Result<Self::Held, TooLarge>, Outage>;

    /// Reads the beginning of a body, until `enough` of it is there, but not beyond the limits.
    /// Returns what was read, and the rest; all of it, when the body ends before.
    async fn begin(
        &self,
        body: Self::Body,
        limits: FetchLimits,
        enough: impl Fn(&[u8]) -> bool,
    ) -> Result<Result<(Vec<u8>, Self::Body), TooLarge>, Outage>;

    /// A body that begins with these bytes.
    ///
    /// # Errors
    ///
    /// When the platform cannot make one.
    fn rejoin(&self, beginning: Vec<u8>, rest: Self::Body) -> Result<Self::Body, Outage>;

    /// Reads a body, within the limits; not one byte more is taken in.
    async fn read(
        &self,
        body: Self::Body,
        limits: FetchLimits,
    ) -> Result<Result<Bytes, TooLarge>, Outage>;
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

/// The signatures of others.
pub trait Signatures {
    /// Whether a signature of these bytes was made with the private part of this key, by the
    /// algorithm that the key is for. What is no proper key has signed nothing.
    async fn verifies(
        &self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, Outage>;

    /// Whether a token is signed with one of these keys.
    async fn signed_by(&self, keys: &KeySet, jwt: &UnverifiedJwt<'_>) -> Result<bool, Outage> {
        for key in keys.keys_for(jwt) {
            if self.verifies(key, jwt.message(), jwt.signature()).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// How much is waited for of what somebody else sends.
#[derive(Clone, Copy, Debug)]
pub struct FetchLimits {
    /// The largest body, in bytes.
    pub size: usize,
    /// The longest time, until the last byte of it.
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

/// What an isolate remembers between requests. All of it may be forgotten at any time.
#[derive(Default)]
pub struct IsolateMemory {
    /// The status of grants, for at most `GRANT_CACHE_SECONDS`.
    pub admissions: RefCell<AdmissionCache>,
    /// What other issuers publish.
    pub issuers: RefCell<IssuerCache>,
    /// How many bytes of messages are being taken in, or are on their way home.
    pub held: Cell<u64>,
    /// The learned spelling of each mount's origin.
    pub slashes: RefCell<Vec<(MountPath, LearnedSlash)>>,
    /// The metadata documents of clients.
    pub documents: RefCell<DocumentCache>,
    /// The tokens of other issuers that were verified a moment ago.
    pub verified_tokens: RefCell<VerifiedTokens>,
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
pub trait World: Documents + Home + Ledgers + Register + Signatures {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// What this isolate remembers.
    fn memory(&self) -> &IsolateMemory;

    /// Writes an outage that was answered to the log, with the name of the request.
    fn report(&self, outage: &Outage, request_id: &str);

    /// Writes a step to the log.
    fn log(&self, line: &StepLine<'_>);

    /// Whether one more attempt to sign in from there fits the platform's rate limit, which spares
    /// the Ledger a flood.
    async fn sign_in_fits(&self, from: Source) -> Result<bool, Outage>;

    /// Whether one more discovery stream for this network fits the platform's rate limit.
    async fn probe_fits(&self, network: &Digest) -> Result<bool, Outage>;
}
