//! Between the platform's requests and responses and the core's.

use std::rc::Rc;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use url::Url;
use worker::{Headers, web_sys};

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
    let builder = worker::Response::builder()
        .with_status(parts.status.as_u16())
        .with_headers(platform_headers(&parts.headers)?);
    let response = match payload {
        Payload::Own(body) if body.is_empty() => builder.empty(),
        Payload::Own(body) => builder.fixed(body),
        // The platform throws when a body goes with a status that has none.
        Payload::Home(_) | Payload::Events(..)
            if matches!(parts.status.as_u16(), 204 | 205 | 304) =>
        {
            builder.empty()
        }
        Payload::Home(body) => match body.into_stream() {
            None => builder.empty(),
            Some(stream) => builder.stream(stream),
        },
        Payload::Events(body, watch) => match body.into_stream() {
            None => builder.empty(),
            Some(stream) => builder.stream(events(stream, Listener::new(watch, config, world))?),
        },
        Payload::Probe => builder.stream(probe_events(Listener::new(None, config, world))?),
    };
    Ok(response.into())
}
