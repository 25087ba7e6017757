//! The ports of the endpoints, for one request at one isolate. Storage is behind the network;
//! bodies and home answer at once.

use std::rc::Rc;

use bytes::Bytes;
use gatelodge::{
    jose::{OwnKey, PublicKey},
    keys::SigningKey,
    ledger::{
        assertion::AlreadySpent,
        command::{GrantAnswer, GrantCommand},
        sign_in::{SignInAttempt, SignInVerdict, Source},
    },
    oauth::{client_assertion::AssertionId, grant::GrantId},
    ports::{
        Document, Documents, FetchLimits, Home, HomeRequest, IsolateMemory, KeyValue, Ledgers,
        Listing, NotFetched, Outage, OwnSignatures, Signatures, TooLarge, World,
    },
    secret::Digest,
    steps::StepLine,
    time::Timestamp,
};
use serde::Serialize;
use url::Url;

use super::{
    network::{Asker, Done, Failure, Operation},
    universe::{Isolate, Universe},
};
use crate::support::{
    home::{HOME_ANSWER, json_answer},
    signature::{point_of, sign_with},
};

pub(crate) struct Visit {
    pub(crate) universe: Rc<Universe>,
    isolate: Rc<Isolate>,
    asker: Asker,
}

impl Visit {
    pub(crate) const fn new(universe: Rc<Universe>, isolate: Rc<Isolate>, asker: Asker) -> Self {
        Self {
            universe,
            isolate,
            asker,
        }
    }

    async fn ask(&self, operation: Operation) -> Result<Done, Failure> {
        let Universe { network, clock, .. } = &*self.universe;
        let from = (self.asker, self.isolate.location);
        network.ask(from, operation, clock.get()).await
    }
}

impl World for Visit {
    type Store = Self;

    fn register(&self) -> &Self {
        self
    }

    fn now(&self) -> Timestamp {
        self.universe.time_at(self.isolate.location)
    }

    fn memory(&self) -> &IsolateMemory {
        &self.isolate.memory
    }

    fn report(&self, outage: &Outage, _request_id: &str) {
        let Self {
            universe, asker, ..
        } = self;
        universe.tell(|| format!("{asker}: outage: {}", outage.cause));
    }

    fn log(&self, _line: &StepLine<'_>) {}

    async fn sign_in_fits(&self, _from: Source) -> Result<bool, Outage> {
        Ok(true)
    }

    async fn grant_fits(&self, _key: &str) -> Result<bool, Outage> {
        Ok(true)
    }

    async fn probe_fits(&self, _network: &Digest) -> Result<bool, Outage> {
        Ok(true)
    }
}

impl Ledgers for Visit {
    /// What the platform says that may be asked again is asked again, as in the Worker.
    async fn ask_grant(
        &self,
        grant: &GrantId,
        command: GrantCommand,
        now: Timestamp,
    ) -> Result<GrantAnswer, Outage> {
        let may_be_repeated = command.may_be_repeated();
        let operation = Operation::Ask {
            grant: grant.clone(),
            command: serde_json::to_string(&command).expect("a command is plain data"),
            now,
        };
        let done = match self.ask(operation.clone()).await {
            Err(Failure::Passing) if may_be_repeated => self.ask(operation).await,
            done => done,
        };
        let Done::Answered(text) = done? else {
            return Err(wrong_answer());
        };
        Ok(serde_json::from_str(&text).expect("it is an answer"))
    }

    async fn spend(
        &self,
        _client: &Digest,
        _assertion: AssertionId,
        _now: Timestamp,
    ) -> Result<Result<(), AlreadySpent>, Outage> {
        Err(Outage::new("no client signs here"))
    }

    async fn sign_in(
        &self,
        attempt: SignInAttempt,
        now: Timestamp,
    ) -> Result<SignInVerdict, Outage> {
        let Done::Verdict(verdict) = self.ask(Operation::SignIn { attempt, now }).await? else {
            return Err(wrong_answer());
        };
        Ok(verdict)
    }
}

impl KeyValue for Visit {
    async fn get(&self, key: &str) -> Result<Option<String>, Outage> {
        let Done::Found(found) = self.ask(Operation::Get(key.to_owned())).await? else {
            return Err(wrong_answer());
        };
        Ok(found)
    }

    async fn put(
        &self,
        key: &str,
        row: &impl Serialize,
        expires_at: Timestamp,
    ) -> Result<(), Outage> {
        let operation = Operation::Put {
            key: key.to_owned(),
            row: serde_json::to_string(row).expect("a row is plain data"),
            expires_at,
        };
        self.ask(operation).await?;
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), Outage> {
        self.ask(Operation::Delete(key.to_owned())).await?;
        Ok(())
    }

    async fn list(&self, prefix: &str, most: usize) -> Result<Listing, Outage> {
        let prefix = prefix.to_owned();
        let Done::Listed(entries, more) = self.ask(Operation::List { prefix, most }).await? else {
            return Err(wrong_answer());
        };
        let entries = entries.into_iter();
        Ok(Listing {
            entries: entries.map(|(key, row)| (key, Some(row))).collect(),
            more,
        })
    }
}

fn wrong_answer() -> Outage {
    Outage::new("an answer to another operation")
}

impl Home for Visit {
    type Body = Bytes;
    type Held = Bytes;

    async fn send(
        &self,
        _request: HomeRequest<'_, Bytes, Bytes>,
    ) -> Result<http::Response<Bytes>, Outage> {
        Ok(json_answer(200, HOME_ANSWER))
    }

    fn nothing(&self) -> Bytes {
        Bytes::new()
    }

    fn length(&self, held: &Bytes) -> u64 {
        held.len() as u64
    }

    fn look_into(&self, held: &Bytes) -> Vec<u8> {
        held.to_vec()
    }

    async fn hold(
        &self,
        body: Bytes,
        _length: Option<u64>,
        limits: FetchLimits,
    ) -> Result<Result<Bytes, TooLarge>, Outage> {
        self.read(body, limits).await
    }

    async fn begin(
        &self,
        body: Bytes,
        _limits: FetchLimits,
        _enough: impl Fn(&[u8]) -> bool,
    ) -> Result<Result<(Vec<u8>, Bytes), TooLarge>, Outage> {
        Ok(Ok((body.to_vec(), Bytes::new())))
    }

    fn rejoin(&self, beginning: Vec<u8>, rest: Bytes) -> Result<Bytes, Outage> {
        Ok([beginning.as_slice(), &rest].concat().into())
    }

    async fn read(
        &self,
        body: Bytes,
        _limits: FetchLimits,
    ) -> Result<Result<Bytes, TooLarge>, Outage> {
        Ok(Ok(body))
    }
}

impl Documents for Visit {
    async fn fetch_document(
        &self,
        _url: &Url,
        _limits: FetchLimits,
    ) -> Result<Document, NotFetched> {
        Err(NotFetched::Unreachable)
    }
}

impl OwnSignatures for Visit {
    async fn public_key(&self, key: &SigningKey) -> Result<OwnKey, Outage> {
        Ok(point_of(key))
    }

    async fn sign(&self, key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, Outage> {
        Ok(sign_with(key, message))
    }
}

impl Signatures for Visit {
    async fn verifies(
        &self,
        _key: &PublicKey,
        _message: &[u8],
        _signature: &[u8],
    ) -> Result<bool, Outage> {
        Err(Outage::new("no client signs here"))
    }
}
