//! What the endpoints need from the world: verbs, each with its promise.
#![expect(
    async_fn_in_trait,
    reason = "a Worker has one thread; the futures need not be Send"
)]

mod outside;
mod storage;

use std::cell::{Cell, OnceCell, RefCell};

pub use outside::{
    Document, Documents, FetchLimits, Home, HomeRequest, NotFetched, OwnSignatures, Signatures,
    TooLarge, Upload,
};
pub use storage::{KeyValue, Ledgers, Listing};

use crate::{
    config::LearnedSlash,
    ledger::{pauses::Pauses, sign_in::Source},
    mount_path::MountPath,
    oauth::document_cache::DocumentCache,
    resource_server::{
        admission_cache::AdmissionCache, issuer_cache::IssuerCache, verified_tokens::VerifiedTokens,
    },
    secret::Digest,
    steps::StepLine,
    time::Timestamp,
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

/// What an isolate remembers between requests. All of it may be forgotten at any time.
#[derive(Default)]
pub struct IsolateMemory {
    /// The status of grants, for at most `GRANT_CACHE_SECONDS`.
    pub admissions: RefCell<AdmissionCache>,
    /// What other issuers publish.
    pub issuers: RefCell<IssuerCache>,
    /// How many bytes of messages are being taken in, or are on their way home.
    pub held: Cell<u64>,
    /// The header of the assertions to home.
    pub assertion_header: OnceCell<String>,
    /// The learned spelling of each mount's origin.
    pub slashes: RefCell<Vec<(MountPath, LearnedSlash)>>,
    /// The metadata documents of clients.
    pub documents: RefCell<DocumentCache>,
    /// Who has to wait before a password of his is tried.
    pub pauses: RefCell<Pauses>,
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
pub trait World: Documents + Home + Ledgers + OwnSignatures + Signatures {
    /// The store of the owner's register.
    type Store: KeyValue;

    /// The store of the owner's register.
    fn register(&self) -> &Self::Store;

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

    /// Whether one more request with a code or token of a grant fits the platform's rate limit,
    /// which spares its Ledger a client that is out of its mind. `key` is what it is counted under.
    async fn grant_fits(&self, key: &str) -> Result<bool, Outage>;

    /// Whether one more discovery stream for this network fits the platform's rate limit.
    async fn probe_fits(&self, network: &Digest) -> Result<bool, Outage>;
}
