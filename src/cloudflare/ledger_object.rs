//! The Durable Object of a grant, and of the sign-in throttle: a mailbox around the rules of
//! [`crate::ledger`]. It loads a record, applies one rule, saves and replies; between load and
//! save only storage is awaited, so the platform lets no other request in between.

use serde::{Serialize, de::DeserializeOwned};
use worker::{
    DurableObject, Env, Request, Response, State, console_error, durable_object,
    js_sys::{self, Promise},
    wasm_bindgen::{self, JsCast as _, JsValue},
    wasm_bindgen_futures::JsFuture,
    worker_sys::{DurableObjectState, DurableObjectStorage},
};

use super::{
    configuration::configuration,
    key_value::RegisterStore,
    ledger_wire::{Command, Envelope},
    platform::object,
    world::log,
};
use crate::{
    config::Config,
    ledger::{
        assertion::{AlreadySpent, SpentAssertion},
        command::{GrantCommand, is_late, obey},
        record::{Duty, GrantRecord, LISTED},
        sign_in::{MEMORY, SignInAttempt, SignInVerdict, Source, SourceRecord, Throttle},
    },
    owner::register::{GrantRow, Register as _, RowName},
    secret::{Digest, SystemRandom},
    steps::{Step, StepLine},
    time::{Lifetime, Timestamp},
};

/// The one record of a grant's Ledger.
const GRANT: &str = "grant";
/// The failures from all networks, in the owner's Ledger.
const ALL_NETWORKS: &str = "all-networks";
/// The failures from one source, in the owner's Ledger.
const SOURCES: &str = "from/";
/// One assertion that a client has shown, in the client's Ledger.
const ASSERTIONS: &str = "assertion/";
/// When an alarm tries again, while the register is away.
const AGAIN: Lifetime = Lifetime::from_hours(1);

/// The Durable Object class that `wrangler.toml` binds.
#[durable_object]
pub struct Ledger {
    state: DurableObjectState,
    env: Env,
}

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        Self {
            state: state._inner(),
            env,
        }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let message = request.bytes().await?;
        let Envelope { now: sent, command } = readable(&message)?;
        match command {
            Command::SignIn(attempt) => answer(&self.judge(&attempt, instant(sent)).await?),
            Command::Spend { id, expires_at } => {
                answer(&self.spend(&id, expires_at, instant(sent)).await?)
            }
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
        let now = super::conversion::now();
        match self.load::<GrantRecord>(GRANT).await? {
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
        let record: Option<GrantRecord> = self.load(GRANT).await?;
        let now = instant(sent);
        if is_late(sent, now) {
            return Response::error("the command is too old", 503);
        }
        let is_dead = record
            .as_ref()
            .is_some_and(|record| record.dies_at() <= now);
        let (changed, said) = obey(record, command, config, &SystemRandom, now);
        if let Some(changed) = changed {
            self.save(&changed).await?;
        } else if is_dead && !self.is_to_wake().await? {
            // Storage was away for so long that the platform has given up the alarm.
            self.wake_at(now).await?;
        }
        answer(&said)
    }

    /// Does what has become due in a grant. The register is waited for, and another request may
    /// change the record meanwhile; but the dead stay dead.
    async fn look_after(&self, record: GrantRecord, now: Timestamp) -> worker::Result<()> {
        let name = RowName::from(&record);
        let register = RegisterStore::new(&self.env);
        let duty = record.duty(now);
        let done = match duty {
            Duty::Bury => register.strike(&name).await,
            Duty::List => {
                let row = GrantRow::from(&record);
                register.enter_anew(&name, &row, now.plus(LISTED)).await
            }
            Duty::NoteSilence => {
                log(&silence(&record));
                return self.save(&record.silent()).await;
            }
            Duty::Wait => return self.wake_at(record.wakes_at()).await,
        };
        if let Err(outage) = done {
            console_error!("outage in an alarm: {}", outage.cause);
            return self.wake_at(now.plus(AGAIN)).await;
        }
        if duty == Duty::Bury {
            return self.delete_all().await;
        }
        match self.load::<GrantRecord>(GRANT).await? {
            Some(record) => self.save(&record.listed(now)).await,
            None => Ok(()),
        }
    }

    async fn judge(
        &self,
        attempt: &SignInAttempt,
        now: Timestamp,
    ) -> worker::Result<SignInVerdict> {
        let source = match attempt.from {
            Source::Browser(digest) => format!("{SOURCES}browser/{}", digest.to_base64url()),
            Source::Network(digest) => format!("{SOURCES}network/{}", digest.to_base64url()),
        };
        let throttle = Throttle {
            source: self.load(&source).await?.unwrap_or_default(),
            global: self.load(ALL_NETWORKS).await?.unwrap_or_default(),
        };
        let (changed, verdict) = throttle.attempt(attempt, now);
        if let Some(changed) = changed {
            let is_to_wake = self.is_to_wake().await?;
            let (own, global) = (&changed.source, &changed.global);
            let mut writes = vec![self.put(&source, own)?, self.put(ALL_NETWORKS, global)?];
            if !is_to_wake {
                writes.push(self.wake(now.plus(MEMORY))?);
            }
            together(&writes).await?;
        }
        Ok(verdict)
    }

    async fn spend(
        &self,
        id: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> worker::Result<Result<(), AlreadySpent>> {
        let key = format!("{ASSERTIONS}{}", id.to_base64url());
        let stored: Option<SpentAssertion> = self.load(&key).await?;
        let spent = SpentAssertion::spend(stored.as_ref(), expires_at, now);
        if let Ok(spent) = &spent {
            let is_to_wake = self.is_to_wake().await?;
            let mut writes = vec![self.put(&key, spent)?];
            if !is_to_wake {
                writes.push(self.wake(expires_at)?);
            }
            together(&writes).await?;
        }
        Ok(spent.map(|_| ()))
    }

    /// Deletes the sources whose failures are forgotten, and the assertions that have expired.
    /// There are never many: failures are judged only while there are few in an hour, and only
    /// the client itself can make assertions.
    async fn forget(&self, now: Timestamp) -> worker::Result<()> {
        let forgotten = |source: SourceRecord| source.is_forgotten(now);
        let over = |assertion: SpentAssertion| assertion.is_over(now);
        let left = self.sweep(SOURCES, forgotten).await? | self.sweep(ASSERTIONS, over).await?;
        if left {
            self.wake_at(now.plus(MEMORY)).await
        } else {
            self.delete_all().await
        }
    }

    /// Deletes the entries below a prefix that are over; whether others are left.
    async fn sweep<T: DeserializeOwned>(
        &self,
        prefix: &str,
        is_over: impl Fn(T) -> bool,
    ) -> worker::Result<bool> {
        let listed = object(&[("prefix", prefix.into())]);
        let entries = done(self.storage()?.list_with_options(listed)).await?;
        let entries: js_sys::Map = entries.unchecked_into();
        let mut left = false;
        for key in entries.keys() {
            let Some(key) = key?.as_string() else {
                continue;
            };
            if self.load(&key).await?.is_none_or(&is_over) {
                done(self.storage()?.delete(&key)).await?;
            } else {
                left = true;
            }
        }
        Ok(left)
    }

    async fn save(&self, record: &GrantRecord) -> worker::Result<()> {
        together(&[self.put(GRANT, record)?, self.wake(record.wakes_at())?]).await
    }

    async fn load<T: DeserializeOwned>(&self, key: &str) -> worker::Result<Option<T>> {
        let text = done(self.storage()?.get(key)).await?.as_string();
        text.map(|text| readable(text.as_bytes())).transpose()
    }

    fn put(&self, key: &str, record: &impl Serialize) -> worker::Result<Promise> {
        let text = serde_json::to_string(record)?;
        Ok(self.storage()?.put(key, text.into())?)
    }

    async fn delete_all(&self) -> worker::Result<()> {
        done(self.storage()?.delete_all()).await.map(drop)
    }

    fn wake(&self, instant: Timestamp) -> worker::Result<Promise> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "dates are far below 2^53 milliseconds"
        )]
        let milliseconds = JsValue::from((instant.unix_seconds() * 1_000) as f64);
        let time = js_sys::Date::new(&milliseconds);
        Ok(self.storage()?.set_alarm(time, object(&[]))?)
    }

    async fn wake_at(&self, instant: Timestamp) -> worker::Result<()> {
        together(&[self.wake(instant)?]).await
    }

    /// Whether an alarm is set. It stays as it is: a stranger must not put the deletion off.
    async fn is_to_wake(&self) -> worker::Result<bool> {
        let alarm = done(self.storage()?.get_alarm(object(&[]))).await?;
        Ok(!alarm.is_null())
    }

    fn storage(&self) -> worker::Result<DurableObjectStorage> {
        Ok(self.state.storage()?)
    }
}

/// When a command is obeyed: one that was long on its way is not judged by when it left.
fn instant(sent: Timestamp) -> Timestamp {
    sent.max(super::conversion::now())
}

/// What such JSON says. Of what cannot be read nothing is told, since it is told to the log.
fn readable<T: DeserializeOwned>(text: &[u8]) -> worker::Result<T> {
    serde_json::from_slice(text).map_err(|_| "JSON of another version".into())
}

/// Waits for writes that were begun in one go: the platform makes all of them, or none.
async fn together(writes: &[Promise]) -> worker::Result<()> {
    let all = Promise::all(&writes.iter().collect::<js_sys::Array>());
    done(Ok(all)).await.map(drop)
}

/// Storage of one's own answers, or the object is restarted by the platform.
async fn done(asked: Result<Promise, JsValue>) -> worker::Result<JsValue> {
    Ok(JsFuture::from(asked?).await?)
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

fn answer(answer: &impl Serialize) -> worker::Result<Response> {
    Response::ok(serde_json::to_string(answer)?)
}
