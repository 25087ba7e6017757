//! The ports of the endpoints, in memory.

use bytes::Bytes;
use gatelodge::{
    jose::PublicKey,
    ledger::{
        admission::{Admission, admit},
        assertion::{AlreadySpent, SpentAssertion},
        minting::Tokens,
        opening::{AlreadyOpened, Opening, open},
        redemption::{Redemption, RedemptionRefusal, redeem},
        revocation::{NotAuthenticated, Revocation, revoke},
        rotation::{Rotation, RotationRefusal, rotate},
        sign_in::{SignInAttempt, SignInVerdict, Source, Throttle},
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
use http::{HeaderMap, Method};
use url::Url;

use super::{
    signature::sign,
    world::{MemoryWorld, Port},
};

impl World for MemoryWorld {
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
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
        upload: Upload<Bytes, Bytes>,
    ) -> Result<http::Response<Bytes>, Outage> {
        self.called(Port::Send)?;
        Ok(self.home.answer(method, url, headers, upload))
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
    async fn open(
        &self,
        opening: Opening,
        now: Timestamp,
    ) -> Result<Result<(), AlreadyOpened>, Outage> {
        self.called(Port::Open)?;
        let record = self.record(&opening.id);
        Ok(open(record.as_ref(), opening, now).map(|opened| self.save(&opened)))
    }

    async fn redeem(
        &self,
        grant: &GrantId,
        attempt: Redemption,
        now: Timestamp,
    ) -> Result<Result<Tokens, RedemptionRefusal>, Outage> {
        self.called(Port::Redeem)?;
        let Some(record) = self.living(grant, now) else {
            return Ok(Err(RedemptionRefusal::Gone));
        };
        let (changed, outcome) = redeem(record, &attempt, &self.mint(), now);
        self.save(&changed);
        Ok(outcome)
    }

    async fn rotate(
        &self,
        grant: &GrantId,
        attempt: Rotation,
        now: Timestamp,
    ) -> Result<Result<Tokens, RotationRefusal>, Outage> {
        self.called(Port::Rotate)?;
        let Some(record) = self.living(grant, now) else {
            return Ok(Err(RotationRefusal::Gone));
        };
        let policy = self.replay_policy();
        let (changed, outcome) = rotate(record, &attempt, &self.mint(), policy, now);
        self.save(&changed);
        Ok(outcome)
    }

    async fn admit(
        &self,
        grant: &GrantId,
        generation: Generation,
        now: Timestamp,
    ) -> Result<Admission, Outage> {
        self.called(Port::Admit)?;
        let Some(record) = self.living(grant, now) else {
            return Ok(Admission::Refused);
        };
        let (changed, admission) = admit(record, generation);
        if let Some(changed) = changed {
            self.save(&changed);
        }
        Ok(admission)
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

    async fn revoke(
        &self,
        grant: &GrantId,
        revocation: Revocation,
        now: Timestamp,
    ) -> Result<Result<(), NotAuthenticated>, Outage> {
        self.called(Port::Revoke)?;
        let Some(record) = self.living(grant, now) else {
            return Ok(Ok(()));
        };
        Ok(revoke(record, &revocation, now).map(|changed| self.save(&changed)))
    }

    async fn summary(
        &self,
        grant: &GrantId,
        now: Timestamp,
    ) -> Result<Option<GrantSummary>, Outage> {
        self.called(Port::Summary)?;
        Ok(self.living(grant, now).as_ref().map(GrantSummary::from))
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

impl Register for MemoryWorld {
    async fn enter(&self, name: &RowName, row: &GrantRow) -> Result<(), Outage> {
        self.called(Port::Enter)?;
        let text = serde_json::to_string(row).expect("a row is plain data");
        let (name, client) = (name.to_string(), name.client.to_base64url());
        self.storage.rows.borrow_mut().insert(name, text);
        let approved_at = row.approved_at.unix_seconds();
        self.storage
            .clients
            .borrow_mut()
            .insert(client, approved_at);
        Ok(())
    }

    async fn approved_before(&self, client: &Digest) -> Result<Option<Timestamp>, Outage> {
        self.called(Port::ApprovedBefore)?;
        let clients = self.storage.clients.borrow();
        let approved_at = clients.get(&client.to_base64url()).copied();
        Ok(approved_at.map(Timestamp::from_unix_seconds))
    }

    async fn strike(&self, row: &RowName) -> Result<(), Outage> {
        self.called(Port::Strike)?;
        let mut rows = self.storage.rows.borrow_mut();
        rows.remove(&row.to_string());
        let client = row.client.to_base64url();
        if !rows.keys().any(|left| left.starts_with(&client)) {
            self.storage.clients.borrow_mut().remove(&client);
        }
        Ok(())
    }

    async fn rows(&self, most: usize) -> Result<(Vec<(RowName, GrantRow)>, bool), Outage> {
        self.called(Port::Rows)?;
        let names: Vec<_> = self.storage.rows.borrow().keys().cloned().collect();
        let more = names.len() > most;
        let rows = names.iter().take(most).filter_map(|name| self.row(name));
        Ok((rows.collect(), more))
    }
}
