//! The gate under test: configuration, world and a clock that stands still until it is moved.

use std::collections::BTreeMap;

use gatelodge::{
    config::Config, endpoints::Edge, ledger::record::RevocationCause, time::Timestamp,
};

use super::{
    exchange::{Answer, Request},
    world::{MemoryWorld, Seeded, Storage},
};

pub(crate) const ISSUER: &str = "https://mcp.example.com";
pub(crate) const RESOURCE: &str = "https://mcp.example.com/mcp";
pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";
pub(crate) const OTHER_KEY: &str =
    "0202020202020202020202020202020202020202020202020202020202020202";

const START: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

pub(crate) struct Gate {
    pub(crate) world: MemoryWorld,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// A gate with these settings beside the required ones.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let random = Seeded::new(7);
        Self {
            world: MemoryWorld::new(config(settings), Storage::default(), random, START),
        }
    }

    /// The same gate after a deployment with other settings: storage stays, memory does not.
    pub(crate) fn redeployed(self, settings: &[(&str, &str)]) -> Self {
        let now = self.now();
        let MemoryWorld {
            storage, random, ..
        } = self.world;
        Self {
            world: MemoryWorld::new(config(settings), storage, random, now),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.world.clock.get()
    }

    /// Time goes by.
    pub(crate) fn pass(&self, seconds: u64) {
        self.world.pass(seconds);
    }

    /// The owner revokes the one grant of a test at another isolate.
    pub(crate) fn revoked_elsewhere(&self) {
        let record = self.world.only_grant();
        let revoked = record.revoked(RevocationCause::Owner, self.now());
        self.world.save(&revoked);
    }

    /// The answer to a request.
    pub(crate) fn send(&self, request: Request) -> Answer {
        let world = &self.world;
        let answer = Edge::answer(&world.config, world, &world.random, request.into());
        pollster::block_on(answer).into()
    }
}

fn config(settings: &[(&str, &str)]) -> Config {
    let required = [
        ("ORIGIN", "https://home.example.net:8383"),
        ("GATELODGE_KEY", KEY),
        ("OWNER_PASSWORD", PASSWORD),
    ];
    let environment: BTreeMap<_, _> = required
        .iter()
        .chain(settings)
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    match Config::parse(&environment) {
        Ok(config) => config,
        Err(problems) => panic!("{problems:?}"),
    }
}
