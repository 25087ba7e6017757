//! What is not the edge's: home, other people's documents, and their signatures.
#![expect(
    async_fn_in_trait,
    reason = "a Worker has one thread; the futures need not be Send"
)]

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use super::Outage;
use crate::{
    jose::{KeySet, OwnKey, PublicKey, UnverifiedJwt},
    keys::SigningKey,
    time::Lifetime,
};

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

/// A request to a home server.
pub struct HomeRequest<'a, B, H> {
    /// Its method.
    pub method: &'a Method,
    /// Where it goes.
    pub url: &'a Url,
    /// The binding of the platform that it goes through; none for the public network.
    pub binding: Option<&'a str>,
    /// Its head.
    pub headers: &'a HeaderMap,
    /// Its body.
    pub upload: Upload<B, H>,
    /// How long the answer may take to begin; after that the request is given up.
    pub patience: Lifetime,
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
        request: HomeRequest<'_, Self::Body, Self::Held>,
    ) -> Result<http::Response<Self::Body>, Outage>;

    /// A body without a byte in it.
    fn nothing(&self) -> Self::Body;

    /// How many bytes a body has that was read.
    fn length(&self, held: &Self::Held) -> u64;

    /// The bytes of a body that was read.
    fn look_into(&self, held: &Self::Held) -> Vec<u8>;

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

/// The edge's own signatures, for home.
pub trait OwnSignatures {
    /// The public part of a key.
    async fn public_key(&self, key: &SigningKey) -> Result<OwnKey, Outage>;

    /// Signs a message: ECDSA with P-256 and SHA-256, as a JWT has it (RFC 7518 §3.4).
    async fn sign(&self, key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, Outage>;
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
