//! The Worker's side of the Ledgers.

use serde::de::DeserializeOwned;
use worker::{
    Env,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys,
    worker_sys::{DurableObjectNamespace, Fetcher},
};

use super::{
    configuration::LEDGER,
    ledger_wire::{Command, Envelope},
    platform::{NoAnswer, answered, binding, property},
};
use crate::{
    ledger::{
        assertion::AlreadySpent,
        command::{GrantAnswer, GrantCommand},
        sign_in::{SignInAttempt, SignInVerdict},
    },
    oauth::{client_assertion::AssertionId, grant::GrantId},
    ports::Outage,
    secret::Digest,
    time::Timestamp,
};

/// Sends one command to the Ledger of a grant and reads its answer. When the platform moves or
/// restarts a Ledger, what it was doing fails; what may be repeated then is, once.
pub(super) async fn ask_grant(
    env: &Env,
    grant: &GrantId,
    command: GrantCommand,
    now: Timestamp,
) -> Result<GrantAnswer, Outage> {
    let name = format!("grant:{}", grant.as_str());
    let may_be_repeated = command.may_be_repeated();
    let message = message(now, Command::Grant(command));
    match call(env, &name, &message).await {
        Err(Failure::Passing(_)) if may_be_repeated => call(env, &name, &message).await,
        answer => answer,
    }
    .map_err(Outage::from)
}

/// Has the one Ledger of all sign-ins judge an attempt.
pub(super) async fn ask_owner(
    env: &Env,
    attempt: SignInAttempt,
    now: Timestamp,
) -> Result<SignInVerdict, Outage> {
    ask(env, "owner", Command::SignIn(attempt), now).await
}

/// Has the Ledger of a client take an assertion.
pub(super) async fn ask_client(
    env: &Env,
    client: &Digest,
    assertion: AssertionId,
    now: Timestamp,
) -> Result<Result<(), AlreadySpent>, Outage> {
    let name = format!("client:{}", client.to_base64url());
    let AssertionId { id, expires_at } = assertion;
    ask(env, &name, Command::Spend { id, expires_at }, now).await
}

/// Why a Ledger has not answered.
enum Failure {
    /// The platform says that it would now.
    Passing(Outage),
    /// It may be anything.
    Lasting(Outage),
}

impl From<Failure> for Outage {
    fn from(failure: Failure) -> Self {
        let (Failure::Passing(outage) | Failure::Lasting(outage)) = failure;
        outage
    }
}

async fn ask<T: DeserializeOwned>(
    env: &Env,
    name: &str,
    command: Command,
    now: Timestamp,
) -> Result<T, Outage> {
    Ok(call(env, name, &message(now, command)).await?)
}

fn message(now: Timestamp, command: Command) -> JsValue {
    let text = serde_json::to_string(&Envelope { now, command }).expect("a command is plain data");
    JsValue::from(text)
}

/// A stub does not outlive a failure, so each call has its own.
async fn call<T: DeserializeOwned>(env: &Env, name: &str, message: &JsValue) -> Result<T, Failure> {
    let (status, text) = exchange(env, name, message).await?;
    if status != 200 {
        return Err(Failure::Lasting(outage(&text)));
    }
    serde_json::from_slice(text.as_bytes())
        .map_err(|_| Failure::Lasting(outage("an answer that cannot be read")))
}

async fn exchange(env: &Env, name: &str, message: &JsValue) -> Result<(u16, String), NoAnswer> {
    let namespace: DurableObjectNamespace = binding(env, LEDGER);
    let stub: Fetcher = namespace.get_by_name(name)?.unchecked_into();
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(message);
    let response = answered(stub.fetch_with_str_and_init("https://ledger/", &init)).await?;
    let response: web_sys::Response = response.unchecked_into();
    let text = answered(response.text()).await?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

impl From<NoAnswer> for Failure {
    fn from(failure: NoAnswer) -> Self {
        let is_passing = match &failure {
            NoAnswer::Late => false,
            NoAnswer::Thrown(thrown) => {
                let says = |name| property(thrown, name).is_truthy();
                says("retryable") && !says("overloaded")
            }
        };
        let outage = failure.of("ledger");
        if is_passing {
            Self::Passing(outage)
        } else {
            Self::Lasting(outage)
        }
    }
}

fn outage(words: &str) -> Outage {
    Outage::new(format!("ledger: {words}"))
}
