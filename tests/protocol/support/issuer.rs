//! Another issuer: it describes itself, publishes keys and signs tokens. Its signatures are those of
//! [`super::signature`].

use gatelodge::{ports::NotFetched, secret::base64url};
use serde_json::{Value, json};

use super::{
    client::call,
    exchange::Answer,
    gate::{Gate, RESOURCE},
    signature::sign,
};

pub(crate) const AUTH: &str = "https://auth.example";
pub(crate) const METADATA: &str = "https://auth.example/.well-known/oauth-authorization-server";
pub(crate) const OPENID: &str = "https://auth.example/.well-known/openid-configuration";
pub(crate) const KEYS: &str = "https://keys.example/auth.json";

/// One mount that takes this issuer's tokens, with these members beside.
pub(crate) fn external_gate(members: &Value) -> Gate {
    let mut mount = json!({"auth": "external", "issuer": AUTH, "audience": RESOURCE});
    for (name, value) in members.as_object().expect("members") {
        mount[name] = value.clone();
    }
    Gate::with(&[("MOUNTS", &json!([mount]).to_string())])
}

/// A gate whose issuer publishes these keys.
pub(crate) fn gate_with_keys(keys: &[Value]) -> Gate {
    let gate = external_gate(&json!({}));
    publish(&gate, keys);
    gate
}

pub(crate) fn metadata() -> Value {
    json!({"issuer": AUTH, "jwks_uri": KEYS, "token_endpoint": "https://auth.example/t"})
}

/// The issuer is there, with these keys.
pub(crate) fn publish(gate: &Gate, keys: &[Value]) {
    let web = &gate.world.web;
    web.answer(METADATA, Ok(&metadata().to_string()));
    web.answer(OPENID, Err(NotFetched::Refused));
    web.answer(KEYS, Ok(&json!({"keys": keys}).to_string()));
}

/// The issuer is not there any more.
pub(crate) fn silence(gate: &Gate) {
    for url in [METADATA, OPENID, KEYS] {
        gate.world.web.answer(url, Err(NotFetched::Unreachable));
    }
}

/// How often this address was asked.
pub(crate) fn asked(gate: &Gate, url: &str) -> usize {
    let asked = gate.world.web.asked();
    asked.iter().filter(|one| *one == url).count()
}

/// An Ed25519 key of this name.
pub(crate) fn key(kid: &str) -> Value {
    let mut x = [7; 32];
    x[..kid.len()].copy_from_slice(kid.as_bytes());
    json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(&x), "kid": kid})
}

/// The claims of a token that is good here and now.
pub(crate) fn claims(gate: &Gate) -> Value {
    let exp = gate.now().unix_seconds() + 3_600;
    json!({"iss": AUTH, "aud": RESOURCE, "sub": "alice", "exp": exp, "client_id": "app"})
}

/// A token with these header and claims, signed with this key.
pub(crate) fn token(key: &Value, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let numbers = json!({"kty": key["kty"], "crv": key["crv"], "x": key["x"]});
    let signature = sign(&numbers, message.as_bytes());
    format!("{message}.{}", base64url(&signature))
}

/// A good token, but for these claims; `null` takes one away.
pub(crate) fn token_with(gate: &Gate, kid: &str, changes: &Value) -> String {
    let mut claims = claims(gate);
    for (name, value) in changes.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    let claims = claims.as_object_mut().expect("claims");
    claims.retain(|_, value| !value.is_null());
    let header = json!({"alg": "EdDSA", "kid": kid, "typ": "at+jwt"});
    token(&key(kid), &header, &json!(claims))
}

/// A call with a token that is good but for these claims.
pub(crate) fn call_with(gate: &Gate, kid: &str, changes: &Value) -> Answer {
    call(gate, &token_with(gate, kid, changes))
}
