//! Between the platform's requests and responses and the core's.

use std::rc::Rc;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use url::Url;
use worker::{
    js_sys::Uint8Array,
    wasm_bindgen::JsValue,
    web_sys::{self, ReadableStream},
};

use super::{
    SharedConfig,
    crossings::{answer, head_of},
    events::{events, probe_events},
    home::JsBody,
    listener::Listener,
    timer::milliseconds,
    world::Worker,
};
use crate::{
    endpoints::{IncomingRequest, Payload},
    time::Timestamp,
};

/// The instant of a request.
pub(super) fn now() -> Timestamp {
    Timestamp::from_unix_seconds(milliseconds() / 1_000)
}

/// A request as the core reads it; none when its URL or method is no proper one, or its headers are
/// too many.
pub(super) fn incoming(request: web_sys::Request) -> Option<IncomingRequest<JsBody>> {
    let head = head_of(&request);
    let (method, head) = head.split_once('\n')?;
    let (url, fields) = head.split_once('\n').unwrap_or((head, ""));
    Some(IncomingRequest {
        method: Method::from_bytes(method.as_bytes()).ok()?,
        url: Url::parse(url).ok()?,
        headers: headers_of(fields)?,
        body: JsBody::Incoming(request),
    })
}

/// The headers that the core can hold, of lines; others say nothing to it. None when there are more
/// than a map can have.
pub(super) fn headers_of(fields: &str) -> Option<HeaderMap> {
    let fields = fields.lines().filter_map(|field| {
        let (name, value) = field.split_once(',')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        Some((name, value))
    });
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.try_append(name, value).ok()?;
    }
    Some(headers)
}

/// Headers as lines, as the platform takes them.
pub(super) fn fields(headers: &HeaderMap) -> String {
    let mut lines = String::with_capacity(1_024);
    for (name, value) in headers {
        lines.push_str(name.as_str());
        lines.push(',');
        lines.push_str(&String::from_utf8_lossy(value.as_bytes()));
        lines.push('\n');
    }
    lines
}

/// The answer as the platform sends it. The origin's body stays a native stream, and one that may
/// last is watched.
pub(super) fn respond(
    answered: Response<Payload<JsBody>>,
    config: &SharedConfig,
    world: &Rc<Worker>,
) -> worker::Result<web_sys::Response> {
    let (parts, payload) = answered.into_parts();
    // It panics for another one, and that would end every request of the isolate.
    if !(200..600).contains(&parts.status.as_u16()) {
        return Err("a status that cannot be sent".into());
    }
    let body = match payload {
        // The platform throws when a body goes with a status that has none.
        _ if matches!(parts.status.as_u16(), 204 | 205 | 304) => None,
        Payload::Own(body) if body.is_empty() => None,
        Payload::Own(body) => {
            let body = Uint8Array::from(body.as_slice());
            return Ok(answer(
                parts.status.as_u16(),
                &fields(&parts.headers),
                &body,
            )?);
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
    let body = body.map_or(JsValue::NULL, JsValue::from);
    Ok(answer(status.as_u16(), &fields(headers), &body)?)
}
