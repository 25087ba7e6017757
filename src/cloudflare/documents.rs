//! Fetching documents from other people's servers.

use std::pin::pin;

use futures_util::future::{Either, select};
use http::{HeaderMap, HeaderValue, Method, header};
use url::Url;
use worker::{AbortController, AbortSignal, Env};

use super::{
    home::{read, send},
    timer::after,
};
use crate::{
    mcp::media_type,
    oauth::freshness,
    ports::{Document, FetchLimits, HomeRequest, NotFetched, Upload},
};

/// Fetches a document within its limits; beyond them the connection is given up.
pub(super) async fn fetch(
    url: &Url,
    limits: FetchLimits,
    env: &Env,
) -> Result<Document, NotFetched> {
    let connection = AbortController::default();
    let outcome = {
        let fetched = pin!(fetch_unhurried(url, limits, env, connection.signal()));
        match select(fetched, after(limits.patience)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(NotFetched::Slow),
        }
    };
    if outcome.is_err() {
        connection.abort();
    }
    outcome
}

async fn fetch_unhurried(
    url: &Url,
    limits: FetchLimits,
    env: &Env,
    signal: AbortSignal,
) -> Result<Document, NotFetched> {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::ACCEPT, "application/json"),
        (
            header::USER_AGENT,
            concat!("Gatelodge/", env!("CARGO_PKG_VERSION")),
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let request = HomeRequest {
        method: &Method::GET,
        url,
        binding: None,
        headers: &headers,
        upload: Upload::Nothing,
        patience: limits.patience,
    };
    let answer = send(request, env, &signal).await;
    let answer = answer.map_err(|_| NotFetched::Unreachable)?;
    if answer.status() != http::StatusCode::OK {
        return Err(NotFetched::Refused);
    }
    if !media_type::is_json(answer.headers()) {
        return Err(NotFetched::NotJson);
    }
    let max_age = freshness::max_age(answer.headers());
    let body = read(answer.into_body(), limits).await;
    let body = body.map_err(|_| NotFetched::Unreachable)?;
    let body = body.map_err(|_| NotFetched::TooLarge)?;
    Ok(Document { body, max_age })
}
