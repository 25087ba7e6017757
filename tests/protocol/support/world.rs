//! Storage and platform in memory. Records are kept as the JSON that the real storage keeps, the
//! rules are those that the Durable Object applies, and every call is counted.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use gatelodge::{
    config::Config,
    ledger::{
        assertion::SpentAssertion,
        minting::Mint,
        record::GrantRecord,
        sign_in::{GlobalRecord, SourceRecord},
    },
    oauth::grant::GrantId,
    ports::{IsolateMemory, Outage},
    secret::Random,
    time::{Lifetime, Timestamp},
};

use super::{home::TestHome, web::TestWeb};

/// A verb of the world that may fail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Port {
    Admit,
    Delete,
    Get,
    GrantFits,
    List,
    Open,
    PublicKey,
    Put,
    Read,
    Redeem,
    Revoke,
    Rotate,
    Send,
    Sign,
    SignIn,
    SignInFits,
    Spend,
    Summary,
    Verifies,
}

const LEDGER_PORTS: [Port; 8] = [
    Port::Admit,
    Port::Open,
    Port::Redeem,
    Port::Revoke,
    Port::Rotate,
    Port::SignIn,
    Port::Spend,
    Port::Summary,
];
const REGISTER_PORTS: [Port; 4] = [Port::Delete, Port::Get, Port::List, Port::Put];

/// Numbers that look random and are the same in every run.
pub(crate) struct Seeded(Cell<u64>);

impl Seeded {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let state = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
            self.0.set(state);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            *byte = mixed.to_be_bytes()[1];
        }
    }
}

/// What outlives an isolate and a deployment.
#[derive(Default)]
pub(crate) struct Storage {
    pub(crate) grants: RefCell<BTreeMap<String, String>>,
    pub(crate) assertions: RefCell<BTreeMap<String, SpentAssertion>>,
    pub(crate) rows: RefCell<BTreeMap<String, StoredRow>>,
    pub(crate) sources: RefCell<BTreeMap<String, SourceRecord>>,
    pub(crate) all_networks: RefCell<GlobalRecord>,
}

/// A row of the register, as JSON.
#[derive(Clone, Debug)]
pub(crate) struct StoredRow {
    pub(crate) text: String,
    pub(crate) expires_at: Timestamp,
}

/// The world of one deployment.
pub(crate) struct MemoryWorld {
    pub(crate) config: Config,
    pub(crate) storage: Storage,
    pub(crate) random: Seeded,
    pub(crate) memory: IsolateMemory,
    pub(crate) home: TestHome,
    pub(crate) web: TestWeb,
    pub(crate) flooded: Cell<bool>,
    /// How often each use of a code or token fits the platform's rate limit, and how often it was.
    pub(crate) most_uses: Cell<u32>,
    pub(super) uses: RefCell<BTreeMap<String, u32>>,
    pub(crate) clock: Cell<Timestamp>,
    /// How many seconds the next body takes to arrive.
    pub(crate) body_takes: Cell<u64>,
    down: RefCell<Vec<Port>>,
    calls: RefCell<Vec<Port>>,
    reports: RefCell<Vec<String>>,
    pub(crate) steps: RefCell<Vec<String>>,
}

/// In the cause of every outage here; it must reach the log and nobody else.
pub(crate) const CAUSE: &str = "cause-for-the-log-only";

impl MemoryWorld {
    pub(crate) fn new(config: Config, storage: Storage, random: Seeded, now: Timestamp) -> Self {
        Self {
            config,
            storage,
            random,
            memory: IsolateMemory::default(),
            home: TestHome::default(),
            web: TestWeb::default(),
            flooded: Cell::new(false),
            most_uses: Cell::new(u32::MAX),
            uses: RefCell::default(),
            clock: Cell::new(now),
            body_takes: Cell::new(0),
            down: RefCell::default(),
            calls: RefCell::default(),
            reports: RefCell::default(),
            steps: RefCell::default(),
        }
    }

    /// That many seconds pass.
    pub(crate) fn pass(&self, seconds: u64) {
        self.clock
            .set(self.clock.get().plus(Lifetime::from_seconds(seconds)));
    }

    /// From now on this verb fails.
    pub(crate) fn fail(&self, port: Port) {
        self.down.borrow_mut().push(port);
    }

    /// From now on every verb works.
    pub(crate) fn recover(&self) {
        self.down.borrow_mut().clear();
    }

    /// How often any of these verbs was asked for.
    pub(crate) fn count(&self, ports: &[Port]) -> usize {
        let calls = self.calls.borrow();
        calls.iter().filter(|port| ports.contains(port)).count()
    }

    /// How many calls went to a Ledger.
    pub(crate) fn ledger_calls(&self) -> usize {
        self.count(&LEDGER_PORTS)
    }

    /// How many operations went to any storage.
    pub(crate) fn storage_operations(&self) -> usize {
        self.ledger_calls() + self.count(&REGISTER_PORTS)
    }

    pub(crate) fn reports(&self) -> Vec<String> {
        self.reports.borrow().clone()
    }

    /// The record of a grant, as it is stored.
    pub(crate) fn record(&self, grant: &GrantId) -> Option<GrantRecord> {
        let grants = self.storage.grants.borrow();
        let text = grants.get(grant.as_str())?;
        Some(serde_json::from_str(text).expect("the stored record is a record"))
    }

    /// The one grant of a test that makes one.
    pub(crate) fn only_grant(&self) -> GrantRecord {
        let grants = self.storage.grants.borrow();
        assert_eq!(grants.len(), 1, "one grant is expected");
        let text = grants.values().next().expect("it is there");
        serde_json::from_str(text).expect("the stored record is a record")
    }

    /// Everything that is stored, as text.
    pub(crate) fn dump(&self) -> String {
        format!(
            "{:?}{:?}",
            self.storage.grants.borrow(),
            self.storage.rows.borrow()
        )
    }

    pub(super) fn called(&self, port: Port) -> Result<(), Outage> {
        self.calls.borrow_mut().push(port);
        if self.down.borrow().contains(&port) {
            return Err(Outage::new(CAUSE));
        }
        Ok(())
    }

    pub(super) fn note(&self, outage: &Outage) {
        self.reports.borrow_mut().push(outage.cause.clone());
    }

    pub(crate) fn save(&self, record: &GrantRecord) {
        let text = serde_json::to_string(record).expect("a record is plain data");
        let name = record.id.as_str().to_owned();
        self.storage.grants.borrow_mut().insert(name, text);
    }

    pub(crate) const fn mint(&self) -> Mint<'_> {
        Mint {
            keys: &self.config.keys,
            lifetimes: self.config.lifetimes,
            random: &self.random,
        }
    }
}
