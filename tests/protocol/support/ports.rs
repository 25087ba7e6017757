//! The ports of the endpoints, in memory.

use bytes::Bytes;
use gatelodge::{
    jose::{OwnKey, PublicKey},
    keys::SigningKey,
    ledger::{
        assertion::{AlreadySpent, SpentAssertion},
        command::{GrantAnswer, GrantCommand, TooOld, obey},
        sign_in::{SignInAttempt, SignInVerdict, Source, Throttle},
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
    signature::{point_of, sign, sign_with},
    world::{CAUSE, MemoryWorld, Port, StoredRow},
};

impl World for MemoryWorld {
    type Store = Self;

    fn register(&self) -> &Self {
        self
    }

    fn now(&self) -> Timestamp {
        self.clock.get()
    }

    fn memory(&self) -> &IsolateMemory {
        &self.memory
    }

    fn report(&self, outage: &Outage, _request_id: &str) {
        self.note(outage);
    }

    fn log(&self, line: &StepLine<'_>) {
        let text = serde_json::to_string(line).expect("a line is plain data");
        self.steps.borrow_mut().push(text);
    }

    async fn sign_in_fits(&self, _from: Source) -> Result<bool, Outage> {
        self.called(Port::SignInFits)?;
        Ok(!self.flooded.get())
    }

    async fn probe_fits(&self, _network: &Digest) -> Result<bool, Outage> {
        self.called(Port::SignInFits)?;
        Ok(!self.flooded.get())
    }

    async fn grant_fits(&self, key: &str) -> Result<bool, Outage> {
        self.called(Port::GrantFits)?;
        let mut counts = self.uses.borrow_mut();
        let count = counts.entry(key.to_owned()).or_default();
        *count += 1;
        Ok(!self.flooded.get() && *count <= self.most_uses.get())
    }
}

impl Documents for MemoryWorld {
    async fn fetch_document(&self, url: &Url, limits: FetchLimits) -> Result<Document, NotFetched> {
        self.web.fetch(url, limits)
    }
}

impl Home for MemoryWorld {
    type Body = Bytes;
    type Held = Bytes;

    async fn send(
        &self,
        request: HomeRequest<'_, Bytes, Bytes>,
    ) -> Result<http::Response<Bytes>, Outage> {
        self.called(Port::Send)?;
        Ok(self.home.answer(request))
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
        limits: FetchLimits,
        enough: impl Fn(&[u8]) -> bool,
    ) -> Result<Result<(Vec<u8>, Bytes), TooLarge>, Outage> {
        let begun = (1..=body.len()).find(|length| enough(&body[..*length]));
        let length = begun.unwrap_or(body.len());
        Ok(if length > limits.size {
            Err(TooLarge)
        } else {
            Ok((body[..length].to_vec(), body.slice(length..)))
        })
    }

    fn rejoin(&self, beginning: Vec<u8>, rest: Bytes) -> Result<Bytes, Outage> {
        Ok([beginning.as_slice(), &rest].concat().into())
    }

    async fn read(
        &self,
        body: Bytes,
        limits: FetchLimits,
    ) -> Result<Result<Bytes, TooLarge>, Outage> {
        self.called(Port::Read)?;
        self.pass(self.body_takes.take());
        Ok(if body.len() > limits.size {
            Err(TooLarge)
        } else {
            Ok(body)
        })
    }
}

impl OwnSignatures for MemoryWorld {
    async fn public_key(&self, key: &SigningKey) -> Result<OwnKey, Outage> {
        self.called(Port::PublicKey)?;
        Ok(point_of(key))
    }

    async fn sign(&self, key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, Outage> {
        self.called(Port::Sign)?;
        Ok(sign_with(key, message))
    }
}

impl Signatures for MemoryWorld {
    async fn verifies(
        &self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, Outage> {
        self.called(Port::Verifies)?;
        Ok(signature == sign(&key.to_jwk(), message))
    }
}

impl Ledgers for MemoryWorld {
    async fn ask_grant(
        &self,
        grant: &GrantId,
        command: GrantCommand,
        now: Timestamp,
    ) -> Result<GrantAnswer, Outage> {
        self.called(match command {
            GrantCommand::Admit(_) => Port::Admit,
            GrantCommand::Open(_) => Port::Open,
            GrantCommand::Redeem(_) => Port::Redeem,
            GrantCommand::Revoke(_) => Port::Revoke,
            GrantCommand::Rotate(_) => Port::Rotate,
            GrantCommand::Summary => Port::Summary,
        })?;
        let record = self.record(grant);
        let obeyed = obey(
            record,
            command,
            &self.config,
            &self.random,
            (now, self.now()),
        );
        let (changed, answer) = obeyed.map_err(|TooOld| Outage::new(CAUSE))?;
        if let Some(changed) = changed {
            self.save(&changed);
        }
        Ok(answer)
    }

    async fn spend(
        &self,
        client: &Digest,
        assertion: AssertionId,
        now: Timestamp,
    ) -> Result<Result<(), AlreadySpent>, Outage> {
        self.called(Port::Spend)?;
        let key = format!("{}/{}", client.to_base64url(), assertion.id.to_base64url());
        let mut assertions = self.storage.assertions.borrow_mut();
        let spent = SpentAssertion::spend(assertions.get(&key), assertion.expires_at, now);
        Ok(spent.map(|spent| {
            assertions.insert(key, spent);
        }))
    }

    async fn sign_in(
        &self,
        attempt: SignInAttempt,
        now: Timestamp,
    ) -> Result<SignInVerdict, Outage> {
        self.called(Port::SignIn)?;
        let from = format!("{:?}", attempt.from);
        let source = self.storage.sources.borrow().get(&from).cloned();
        let throttle = Throttle {
            source: source.unwrap_or_default(),
            global: self.storage.all_networks.borrow().clone(),
        };
        let (changed, verdict) = throttle.attempt(&attempt, now);
        if let Some(Throttle { source, global }) = changed {
            self.storage.sources.borrow_mut().insert(from, source);
            *self.storage.all_networks.borrow_mut() = global;
        }
        Ok(verdict)
    }
}

impl KeyValue for MemoryWorld {
    async fn get(&self, key: &str) -> Result<Option<String>, Outage> {
        self.called(Port::Get)?;
        let rows = self.storage.rows.borrow();
        let row = rows.get(key).filter(|row| self.now() < row.expires_at);
        Ok(row.map(|row| row.text.clone()))
    }

    async fn put(
        &self,
        key: &str,
        row: &impl Serialize,
        expires_at: Timestamp,
    ) -> Result<(), Outage> {
        self.called(Port::Put)?;
        let text = serde_json::to_string(row).expect("a row is plain data");
        let row = StoredRow { text, expires_at };
        self.storage.rows.borrow_mut().insert(key.to_owned(), row);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), Outage> {
        self.called(Port::Delete)?;
        self.storage.rows.borrow_mut().remove(key);
        Ok(())
    }

    async fn list(&self, prefix: &str, most: usize) -> Result<Listing, Outage> {
        self.called(Port::List)?;
        let rows = self.storage.rows.borrow();
        let mut found = rows
            .iter()
            .filter(|(key, row)| key.starts_with(prefix) && self.now() < row.expires_at);
        let entries = found.by_ref().take(most);
        Ok(Listing {
            entries: entries
                .map(|(key, row)| (key.clone(), Some(row.text.clone())))
                .collect(),
            more: found.next().is_some(),
        })
    }
}
