//! The Durable Object of a grant, and of the sign-in throttle: a mailbox around the rules of
//! [`crate::ledger`]. It loads a record, applies one rule, saves and replies; between load and
//! save only storage is awaited, so the platform lets no other request in between.

use serde::{Serialize, de::DeserializeOwned};
use worker::{
    DurableObject, Env, Request, Response, ScheduledTime, State, Storage, durable_object, js_sys,
    wasm_bindgen::{self, JsValue},
};

use super::{
    configuration::configuration,
    ledger_wire::{Command, Message},
    register::KvRegister,
};
use crate::{
    config::Config,
    ledger::{
        admission::{Admission, admit},
        minting::{ExposedTokens, Mint, Tokens},
        opening::open,
        record::GrantRecord,
        redemption::{RedemptionRefusal, redeem},
        revocation::revoke,
        rotation::{ReplayPolicy, RotationRefusal, rotate},
        sign_in::{MEMORY, SignInAttempt, SignInVerdict, SourceRecord, Throttle},
        summary::GrantSummary,
    },
    ports::{Register as _, RowName},
    secret::SystemRandom,
    time::Timestamp,
};

/// The one record of a grant's Ledger.
const GRANT: &str = "grant";
/// The failures from everywhere, in the owner's Ledger.
const ALL_NETWORKS: &str = "all-networks";
/// The failures from one network, in the owner's Ledger.
const NETWORK: &str = "network/";

/// The Durable Object class that `wrangler.toml` binds.
#[durable_object]
pub struct Ledger {
    state: State,
    env: Env,
}

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let mut message: Message = serde_json::from_str(&request.text().await?)?;
        // A caller that sends its body slowly must not choose the time that it is judged by.
        message.now = message.now.max(super::conversion::now());
        let configuration = configuration(&self.env);
        let Ok(config) = configuration.as_ref() else {
            return Response::error("the configuration is wrong", 500);
        };
        self.obey(message, config).await
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let now = super::conversion::now();
        match self.load::<GrantRecord>(GRANT).await? {
            Some(record) => self.bury(&record, now).await?,
            None => self.forget(now).await?,
        }
        Response::empty()
    }
}

impl Ledger {
    async fn obey(
        &self,
        Message { now, command }: Message,
        config: &Config,
    ) -> worker::Result<Response> {
        if let Command::SignIn(attempt) = command {
            return answer(&self.judge(&attempt, now).await?);
        }
        let record: Option<GrantRecord> = self.load(GRANT).await?;
        let mint = Mint {
            keys: &config.keys,
            lifetimes: config.lifetimes,
            random: &SystemRandom,
        };
        match (command, record) {
            (Command::Open(opening), record) => match open(record.as_ref(), opening, now) {
                Ok(opened) => {
                    self.save(&opened).await?;
                    answer(&Ok::<(), ()>(()))
                }
                Err(taken) => answer(&Err::<(), _>(taken)),
            },
            (Command::Redeem(attempt), Some(record)) => {
                let (changed, outcome) = redeem(record.clone(), &attempt, &mint, now);
                self.save_change(&record, &changed).await?;
                answer(&exposed(outcome))
            }
            (Command::Redeem(_), None) => answer(&exposed(Err(RedemptionRefusal::Gone))),
            (Command::Rotate(attempt), Some(record)) => {
                let attempt = attempt.into_rotation().ok_or("a rotation without a key")?;
                let policy = ReplayPolicy {
                    window: config.lifetimes.refresh_replay,
                    reuse: config.refresh_reuse,
                };
                let (changed, outcome) = rotate(record.clone(), &attempt, &mint, policy, now);
                self.save_change(&record, &changed).await?;
                answer(&exposed(outcome))
            }
            (Command::Rotate(_), None) => answer(&exposed(Err(RotationRefusal::Gone))),
            (Command::Admit(generation), Some(record)) => {
                let (changed, admission) = admit(record, generation);
                if let Some(changed) = changed {
                    self.save(&changed).await?;
                }
                answer(&admission)
            }
            (Command::Admit(_), None) => answer(&Admission::Refused),
            (Command::Revoke(revocation), Some(record)) => match revoke(record, &revocation, now) {
                Ok(changed) => {
                    if let Some(changed) = changed {
                        self.save(&changed).await?;
                    }
                    answer(&Ok::<(), ()>(()))
                }
                Err(refusal) => answer(&Err::<(), _>(refusal)),
            },
            (Command::Revoke(_), None) => answer(&Ok::<(), ()>(())),
            (Command::Summary, record) => answer(&record.as_ref().map(GrantSummary::from)),
            (Command::SignIn(_), Some(_)) => Response::error("a grant signs nobody in", 500),
            (Command::SignIn(_), None) => Response::error("answered above", 500),
        }
    }

    /// Deletes a grant in which all is dead, with its rows; or waits on.
    async fn bury(&self, record: &GrantRecord, now: Timestamp) -> worker::Result<()> {
        if now < record.dies_at() {
            return self.wake_at(record.dies_at()).await;
        }
        let row = RowName::new(&record.authorization.client.id, &record.id);
        let register = KvRegister::new(&self.env);
        register.strike(&row).await.map_err(|outage| outage.cause)?;
        self.storage().delete_all().await
    }

    async fn judge(
        &self,
        attempt: &SignInAttempt,
        now: Timestamp,
    ) -> worker::Result<SignInVerdict> {
        let source = format!("{NETWORK}{}", attempt.source.to_base64url());
        let throttle = Throttle {
            source: self.load(&source).await?.unwrap_or_default(),
            global: self.load(ALL_NETWORKS).await?.unwrap_or_default(),
        };
        let (changed, verdict) = throttle.attempt(attempt, now);
        if let Some(Throttle {
            source: network,
            global,
        }) = changed
        {
            self.store(&source, &network).await?;
            self.store(ALL_NETWORKS, &global).await?;
            self.wake_at(now.plus(MEMORY)).await?;
        }
        Ok(verdict)
    }

    /// Deletes the networks whose failures are forgotten.
    async fn forget(&self, now: Timestamp) -> worker::Result<()> {
        let entries = self.storage().list().await?;
        let mut left = false;
        for key in entries.keys() {
            let Some(key) = key?.as_string().filter(|key| key.starts_with(NETWORK)) else {
                continue;
            };
            let source: Option<SourceRecord> = self.load(&key).await?;
            if source.is_none_or(|source| source.is_forgotten(now)) {
                self.storage().delete(&key).await?;
            } else {
                left = true;
            }
        }
        if left {
            self.wake_at(now.plus(MEMORY)).await
        } else {
            self.storage().delete_all().await
        }
    }

    async fn save_change(&self, before: &GrantRecord, after: &GrantRecord) -> worker::Result<()> {
        if before == after {
            return Ok(());
        }
        self.save(after).await
    }

    async fn save(&self, record: &GrantRecord) -> worker::Result<()> {
        self.store(GRANT, record).await?;
        self.wake_at(record.dies_at()).await
    }

    async fn load<T: DeserializeOwned>(&self, key: &str) -> worker::Result<Option<T>> {
        let text: Option<String> = self.storage().get(key).await?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    async fn store(&self, key: &str, record: &impl Serialize) -> worker::Result<()> {
        let text = serde_json::to_string(record)?;
        self.storage().put_raw(key, JsValue::from(text)).await
    }

    async fn wake_at(&self, instant: Timestamp) -> worker::Result<()> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "dates are far below 2^53 milliseconds"
        )]
        let milliseconds = JsValue::from((instant.unix_seconds() * 1_000) as f64);
        let time = ScheduledTime::new(js_sys::Date::new(&milliseconds));
        self.storage().set_alarm(time).await
    }

    fn storage(&self) -> Storage {
        self.state.storage()
    }
}

fn exposed<E>(outcome: Result<Tokens, E>) -> Result<ExposedTokens, E> {
    outcome.map(|tokens| ExposedTokens::from(&tokens))
}

fn answer(answer: &impl Serialize) -> worker::Result<Response> {
    Response::ok(serde_json::to_string(answer)?)
}
