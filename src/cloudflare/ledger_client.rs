//! The Worker's side of the Ledgers.

use serde::de::DeserializeOwned;
use worker::{Env, Method, Request, RequestInit, js_sys::Reflect, wasm_bindgen::JsValue};

use super::{
    configuration::LEDGER,
    deadline::in_time,
    ledger_wire::{Command, Envelope},
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
    let message = message(now, Command::Grant(command))?;
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
    Ok(call(env, name, &message(now, command)?).await?)
}

fn message(now: Timestamp, command: Command) -> Result<JsValue, Outage> {
    let text = serde_json::to_string(&Envelope { now, command }).map_err(outage)?;
    Ok(JsValue::from(text))
}

/// A stub does not outlive a failure, so each call has its own.
async fn call<T: DeserializeOwned>(env: &Env, name: &str, message: &JsValue) -> Result<T, Failure> {
    let init = RequestInit {
        method: Method::Post,
        body: Some(message.clone()),
        ..RequestInit::new()
    };
    let request = Request::new_with_init("https://ledger/", &init).map_err(failure)?;
    let namespace = env.durable_object(LEDGER).map_err(failure)?;
    let stub = namespace.get_by_name(name).map_err(failure)?;
    let answered = in_time(async {
        let mut response = stub.fetch_with_request(request).await?;
        Ok((response.status_code(), response.text().await?))
    });
    let (status, text) = answered.await.map_err(Failure::Lasting)?.map_err(failure)?;
    if status != 200 {
        return Err(Failure::Lasting(outage(text)));
    }
    serde_json::from_slice(text.as_bytes())
        .map_err(|_| Failure::Lasting(outage("an answer that cannot be read")))
}

fn failure(error: worker::Error) -> Failure {
    let says = |original: &JsValue, name: &str| {
        Reflect::get(original, &name.into()).is_ok_and(|said| said.is_truthy())
    };
    let is_passing = if let worker::Error::UnknownJsError { original, .. } = &error {
        says(original, "retryable") && !says(original, "overloaded")
    } else {
        false
    };
    let outage = outage(error);
    if is_passing {
        Failure::Passing(outage)
    } else {
        Failure::Lasting(outage)
    }
}

fn outage(error: impl std::fmt::Display) -> Outage {
    Outage::new(format!("ledger: {error}"))
}
