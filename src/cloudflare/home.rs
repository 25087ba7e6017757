//! Fetching from the origin, and reading bodies with a bound.

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, Method};
use url::Url;
use worker::{
    AbortSignal, ByteStream,
    js_sys::{self, Uint8Array},
    wasm_bindgen::{JsCast as _, JsValue},
    wasm_bindgen_futures::JsFuture,
    web_sys::{self, ReadableStream},
};

use super::conversion::{headers_of, platform_headers};
use crate::ports::{Outage, TooLarge, Upload};

/// A body, as the platform streams it.
pub(super) struct JsBody(pub(super) Option<ReadableStream>);

/// Sends one request; when the client leaves, `signal` ends it.
pub(super) async fn send(
    method: &Method,
    url: &Url,
    headers: &HeaderMap,
    upload: Upload<JsBody>,
    signal: &AbortSignal,
) -> Result<http::Response<JsBody>, Outage> {
    let body = match upload {
        Upload::Nothing | Upload::Stream(JsBody(None)) => None,
        Upload::Bytes(bytes) => Some(JsValue::from(Uint8Array::from(bytes.as_ref()))),
        Upload::Stream(JsBody(Some(stream))) => Some(JsValue::from(stream)),
    };
    let init = web_sys::RequestInit::new();
    init.set_method(method.as_str());
    init.set_headers(platform_headers(headers).map_err(outage)?.as_ref());
    init.set_redirect(web_sys::RequestRedirect::Manual);
    init.set_signal(Some(signal));
    if let Some(body) = body {
        init.set_body(&body);
    }
    // The platform's own `fetch`: the crate's response type copies the answer, and throws for a
    // status that it does not know.
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let promise = scope.fetch_with_str_and_init(url.as_str(), &init);
    let response = JsFuture::from(promise).await.map_err(thrown)?;
    let response: web_sys::Response = response.dyn_into().map_err(thrown)?;
    let mut answer = http::Response::new(JsBody(response.body()));
    *answer.status_mut() = http::StatusCode::from_u16(response.status()).map_err(outage)?;
    *answer.headers_mut() = headers_of(&response.headers());
    Ok(answer)
}

/// Reads a body chunk by chunk, and stops at the first byte too many.
pub(super) async fn read(body: JsBody, limit: usize) -> Result<Result<Bytes, TooLarge>, Outage> {
    let mut bytes = Vec::new();
    let Some(stream) = body.0 else {
        return Ok(Ok(Bytes::new()));
    };
    let mut stream = ByteStream::from(stream);
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(outage)?);
        if bytes.len() > limit {
            return Ok(Err(TooLarge));
        }
    }
    Ok(Ok(bytes.into()))
}

fn outage(error: impl std::fmt::Display) -> Outage {
    Outage::new(format!("fetch: {error}"))
}

fn thrown(error: JsValue) -> Outage {
    outage(worker::Error::from(error))
}
