//! A server at home that answers only the gate in front of it. It is no whole MCP server: it
//! answers `ping`, and the call of one tool, `whoami`. The guard is a layer that goes in front of
//! any other service of axum or tower as well, such as that of the official SDK.
//!
//! Of each request, on whatever path, it checks `Gatelodge-Assertion` before it reads the body: the
//! signature (ES256, by a key of the gate), iss, aud, exp (without leeway), htm (the method), htu
//! (the URL), and jti (each is good once). It does not check the query, the body, or scope. It
//! remembers what was used in this process: several of them, or one that was just started, do not
//! know what another one has seen.

mod guard;
mod keys;

use std::{env, error::Error, sync::Arc};

use axum::{
    Extension, Json, Router,
    http::{StatusCode, Uri},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::guard::{Caller, Guard, only_the_gate};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT").unwrap_or("8383".to_owned());
    let (issuer, audience) = (env::var("ISSUER")?, env::var("AUDIENCE")?);
    let url: Uri = audience.parse()?;
    let path = url.path();
    let origin = audience.strip_suffix(path).ok_or("AUDIENCE has no path")?;
    let guard = Arc::new(Guard::new(&issuer, &audience, origin.to_owned()));
    let app = Router::new()
        .route(path, post(answer))
        .layer(from_fn_with_state(guard, only_the_gate));
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("Listening on http://127.0.0.1:{port}{path}");
    axum::serve(listener, app).await?;
    Ok(())
}

#[derive(Deserialize)]
struct Message {
    id: Option<Value>,
    method: String,
    #[serde(default)]
    params: Params,
}

#[derive(Default, Deserialize)]
struct Params {
    #[serde(default)]
    name: String,
}

/// The server that is guarded.
async fn answer(Extension(caller): Extension<Caller>, Json(message): Json<Message>) -> Response {
    let Some(id) = message.id else {
        return StatusCode::ACCEPTED.into_response();
    };
    let (member, value) = match (message.method.as_str(), message.params.name.as_str()) {
        ("ping", _) => ("result", json!({})),
        ("tools/call", "whoami") => {
            println!("whoami: {caller}");
            let text = json!({ "type": "text", "text": caller.to_string() });
            ("result", json!({ "content": [text] }))
        }
        _ => (
            "error",
            json!({ "code": -32601, "message": "Method not found" }),
        ),
    };
    Json(json!({ "jsonrpc": "2.0", "id": id, member: value })).into_response()
}
