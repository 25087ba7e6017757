//! Between the platform's requests and responses and the core's.

use std::rc::Rc;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use url::Url;
use worker::{
    Headers,
    js_sys::Uint8Array,
    web_sys::{self, ReadableStream, ResponseInit},
};

use super::{
    SharedConfig,
    events::{events, probe_events},
    home::JsBody,
    listener::Listener,
    world::Worker,
};
use crate::{
    endpoints::{IncomingRequest, Payload},
    time::Timestamp,
};

/// The instant of a request.
pub(super) fn now() -> Timestamp {
    Timestamp::from_unix_seconds(worker::Date::now().as_millis() / 1_000)
}

/// A request as the core reads it; none when its URL or method is no proper one.
pub(super) fn incoming(request: web_sys::Request) -> Option<IncomingRequest<JsBody>> {
    Some(IncomingRequest {
        method: Method::from_bytes(request.method().as_bytes()).ok()?,
        url: Url::parse(&request.url()).ok()?,
        headers: headers_of(&request.headers()),
        body: JsBody::Incoming(request),
    })
}

/// The headers that the core can hold; others say nothing to it.
pub(super) fn headers_of(headers: &web_sys::Headers) -> HeaderMap {
    Headers(headers.clone())
        .entries()
        .filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
            Some((name, value))
        })
        .collect()
}

/// Headers as the platform sends them.
pub(super) fn platform_headers(headers: &HeaderMap) -> worker::Result<Headers> {
    let platform = Headers::new();
    for (name, value) in headers {
        platform.append(name.as_str(), &String::from_utf8_lossy(value.as_bytes()))?;
    }
    Ok(platform)
}

/// The answer as the platform sends it. The origin's body stays a native stream, and one that may
/// last is watched.
pub(super) fn respond(
    answer: Response<Payload<JsBody>>,
    config: &SharedConfig,
    world: &Rc<Worker>,
) -> worker::Result<web_sys::Response> {
    let (parts, payload) = answer.into_parts();
    // It panics for another one, and that would end every request of the isolate.
    if !(200..600).contains(&parts.status.as_u16()) {
        return Err("a status that cannot be sent".into());
    }
    let body = match payload {
        // The platform throws when a body goes with a status that has none.
        _ if matches!(parts.status.as_u16(), 204 | 205 | 304) => None,
        Payload::Own(body) if body.is_empty() => None,
        Payload::Own(body) => {
            let init = response_init(parts.status, &parts.headers)?;
            let body = Uint8Array::from(body.as_slice());
            let response = web_sys::Response::new_with_opt_js_u8_array_and_init;
            return Ok(response(Some(&body), &init)?);
        }
        Payload::Home(body) => body.into_stream(),
        Payload::Events(body, watch) => {
            let listener = Listener::new(watch, config, world);
            let stream = body.into_stream();
            stream.map(|stream| events(stream, listener)).transpose()?
        }
        Payload::Probe => Some(probe_events(Listener::new(None, config, world))?),
    };
    streaming(parts.status, &parts.headers, body.as_ref())
}

/// An answer whose body is a stream, or that has none.
pub(super) fn streaming(
    status: StatusCode,
    headers: &HeaderMap,
    body: Option<&ReadableStream>,
) -> worker::Result<web_sys::Response> {
    let init = response_init(status, headers)?;
    Ok(web_sys::Response::new_with_opt_readable_stream_and_init(
        body, &init,
    )?)
}

fn response_init(status: StatusCode, headers: &HeaderMap) -> worker::Result<ResponseInit> {
    let init = ResponseInit::new();
    init.set_status(status.as_u16());
    init.set_headers(platform_headers(headers)?.as_ref());
    Ok(init)
}
