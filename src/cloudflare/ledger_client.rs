//! The Worker's side of the Ledgers.

use serde::de::DeserializeOwned;
use worker::{Env, Method, Request, RequestInit, wasm_bindgen::JsValue};

use super::{
    configuration::LEDGER,
    ledger_wire::{Command, Envelope, GrantCommand},
};
use crate::{
    ledger::{
        assertion::AlreadySpent,
        sign_in::{SignInAttempt, SignInVerdict},
    },
    oauth::{client_assertion::AssertionId, grant::GrantId},
    ports::Outage,
    secret::Digest,
    time::Timestamp,
};

/// Sends one command to the Ledger of a grant and reads its answer.
pub(super) async fn ask_grant<T: DeserializeOwned>(
    env: &Env,
    grant: &GrantId,
    command: GrantCommand,
    now: Timestamp,
) -> Result<T, Outage> {
    let name = format!("grant:{}", grant.as_str());
    ask(env, &name, Command::Grant(command), now).await
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

async fn ask<T: DeserializeOwned>(
    env: &Env,
    name: &str,
    command: Command,
    now: Timestamp,
) -> Result<T, Outage> {
    let message = serde_json::to_string(&Envelope { now, command }).map_err(outage)?;
    let init = RequestInit {
        method: Method::Post,
        body: Some(JsValue::from(message)),
        ..RequestInit::new()
    };
    let request = Request::new_with_init("https://ledger/", &init).map_err(outage)?;
    let namespace = env.durable_object(LEDGER).map_err(outage)?;
    let stub = namespace.get_by_name(name).map_err(outage)?;
    let mut response = stub.fetch_with_request(request).await.map_err(outage)?;
    let text = response.text().await.map_err(outage)?;
    if response.status_code() != 200 {
        return Err(Outage::new(format!("ledger: {text}")));
    }
    serde_json::from_slice(text.as_bytes())
        .map_err(|_| Outage::new("ledger: an answer that cannot be read"))
}

fn outage(error: impl std::fmt::Display) -> Outage {
    Outage::new(format!("ledger: {error}"))
}
