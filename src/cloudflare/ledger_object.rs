//! The Durable Object of a grant, and of the sign-in throttle: a mailbox around the rules of
//! [`crate::ledger`]. It loads a record, applies one rule, saves and replies; between load and
//! save only storage is awaited, so the platform lets no other request in between.

use serde::Serialize;
use worker::{
    DurableObject, Env, Request, Response, State, console_error, durable_object, wasm_bindgen,
};

use super::{
    configuration::configuration,
    conversion,
    key_value::RegisterStore,
    ledger_storage::{LedgerStorage, readable, together},
    ledger_wire::{Command, Envelope},
    world::log,
};
use crate::{
    config::Config,
    ledger::{
        assertion::{AlreadySpent, SpentAssertion},
        command::{GrantCommand, TooOld, instant, obey},
        record::GrantRecord,
        sign_in::{MEMORY, SignInAttempt, SignInVerdict, Source, SourceRecord, Throttle},
    },
    owner::register::{AlarmStep, attend},
    secret::{Digest, SystemRandom},
    steps::{Step, StepLine},
    time::Timestamp,
};

/// The one record of a grant's Ledger.
const GRANT: &str = "grant";
/// The failures from all networks, in the owner's Ledger.
const ALL_NETWORKS: &str = "all-networks";
/// The failures from one source, in the owner's Ledger.
const SOURCES: &str = "from/";
/// One assertion that a client has shown, in the client's Ledger.
const ASSERTIONS: &str = "assertion/";

/// The Durable Object class that `wrangler.toml` binds.
#[durable_object(alarm)]
pub struct Ledger {
    storage: LedgerStorage,
    env: Env,
}

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        Self {
            storage: LedgerStorage::of(state),
            env,
        }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let message = request.bytes().await?;
        let Envelope { now: sent, command } = readable(&message)?;
        let Ok(now) = instant(sent, conversion::now()) else {
            return too_old();
        };
        match command {
            Command::SignIn(attempt) => answer(&self.judge(&attempt, now).await?),
            Command::Spend { id, expires_at } => answer(&self.spend(&id, expires_at, now).await?),
            Command::Grant(command) => {
                let configuration = configuration(&self.env);
                let Ok(config) = configuration.as_ref() else {
                    return Response::error("the configuration is wrong", 500);
                };
                self.obey(command, config, sent).await
            }
        }
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let now = conversion::now();
        match self.storage.load::<GrantRecord>(GRANT).await? {
            Some(record) => self.look_after(record, now).await?,
            None => self.forget(now).await?,
        }
        Response::empty()
    }
}

impl Ledger {
    async fn obey(
        &self,
        command: GrantCommand,
        config: &Config,
        sent: Timestamp,
    ) -> worker::Result<Response> {
        let record: Option<GrantRecord> = self.storage.load(GRANT).await?;
        let clock = conversion::now();
        let dead = record.as_ref().filter(|record| record.dies_at() <= clock);
        // Storage was away for so long that the platform has given up the alarm.
        if dead.is_some() && !self.storage.is_to_wake().await? {
            together(vec![self.storage.wake(clock)?]).await?;
        }
        match obey(record, command, config, &SystemRandom, (sent, clock)) {
            Ok((changed, said)) => {
                if let Some(changed) = changed {
                    self.save(&changed).await?;
                }
                answer(&said)
            }
            Err(TooOld) => too_old(),
        }
    }

    async fn look_after(&self, record: GrantRecord, now: Timestamp) -> worker::Result<()> {
        let register = RegisterStore::new(&self.env);
        match attend(&record, &register, now).await {
            AlarmStep::Delete => self.storage.delete_all().await,
            AlarmStep::NoteListing => match self.storage.load::<GrantRecord>(GRANT).await? {
                Some(record) => self.save(&record.listed(now)).await,
                None => Ok(()),
            },
            AlarmStep::NoteSilence => {
                log(&silence(&record));
                self.save(&record.silent()).await
            }
            AlarmStep::Sleep(until, outage) => {
                if let Some(outage) = outage {
                    console_error!("outage in an alarm: {}", outage.cause);
                }
                together(vec![self.storage.wake(until)?]).await
            }
        }
    }

    async fn save(&self, record: &GrantRecord) -> worker::Result<()> {
        let storage = &self.storage;
        together(vec![
            storage.put(GRANT, record)?,
            storage.wake(record.wakes_at())?,
        ])
        .await
    }

    async fn judge(
        &self,
        attempt: &SignInAttempt,
        now: Timestamp,
    ) -> worker::Result<SignInVerdict> {
        let storage = &self.storage;
        let source = match attempt.from {
            Source::Browser(digest) => format!("{SOURCES}browser/{}", digest.to_base64url()),
            Source::Network(digest) => format!("{SOURCES}network/{}", digest.to_base64url()),
        };
        let throttle = Throttle {
            source: storage.load(&source).await?.unwrap_or_default(),
            global: storage.load(ALL_NETWORKS).await?.unwrap_or_default(),
        };
        let (changed, verdict) = throttle.attempt(attempt, now);
        if let Some(changed) = changed {
            let is_to_wake = storage.is_to_wake().await?;
            let mut writes = vec![
                storage.put(&source, &changed.source)?,
                storage.put(ALL_NETWORKS, &changed.global)?,
            ];
            if !is_to_wake {
                writes.push(storage.wake(now.plus(MEMORY))?);
            }
            together(writes).await?;
        }
        Ok(verdict)
    }

    async fn spend(
        &self,
        id: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> worker::Result<Result<(), AlreadySpent>> {
        let storage = &self.storage;
        let key = format!("{ASSERTIONS}{}", id.to_base64url());
        let stored: Option<SpentAssertion> = storage.load(&key).await?;
        let spent = SpentAssertion::spend(stored.as_ref(), expires_at, now);
        if let Ok(spent) = &spent {
            let is_to_wake = storage.is_to_wake().await?;
            let mut writes = vec![storage.put(&key, spent)?];
            if !is_to_wake {
                writes.push(storage.wake(expires_at)?);
            }
            together(writes).await?;
        }
        Ok(spent.map(|_| ()))
    }

    /// Deletes the sources whose failures are forgotten, and the assertions that have expired.
    /// There are never many: failures are judged only while there are few in an hour, and only
    /// the client itself can make assertions.
    async fn forget(&self, now: Timestamp) -> worker::Result<()> {
        let storage = &self.storage;
        let forgotten = |source: SourceRecord| source.is_forgotten(now);
        let over = |assertion: SpentAssertion| assertion.is_over(now);
        let sources = storage.sweep(SOURCES, forgotten).await?;
        let assertions = storage.sweep(ASSERTIONS, over).await?;
        if sources || assertions {
            together(vec![storage.wake(now.plus(MEMORY))?]).await
        } else {
            storage.delete_all().await
        }
    }
}

/// A client has its tokens and has not called.
fn silence(record: &GrantRecord) -> StepLine<'_> {
    let authorization = &record.authorization;
    StepLine {
        step: Step::Silent,
        request: None,
        mount: Some(&authorization.mount),
        client: Some(authorization.client.id),
        detail: None,
    }
}

fn too_old() -> worker::Result<Response> {
    Response::error("the command is too old", 503)
}

fn answer(answer: &impl Serialize) -> worker::Result<Response> {
    Response::ok(serde_json::to_string(answer)?)
}
