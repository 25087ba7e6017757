//! What a message says that its body is, or may be.

use http::{HeaderMap, header};
use mime::Mime;

/// The `Content-Type`; none when there is none, or it is malformed.
pub fn of(headers: &HeaderMap) -> Option<Mime> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    text.parse().ok()
}

/// Whether the `Accept` header names a media type.
pub fn accepts(headers: &HeaderMap, media: &str) -> bool {
    headers
        .get(header::ACCEPT)
        .is_some_and(|accept| String::from_utf8_lossy(accept.as_bytes()).contains(media))
}

/// Whether it is JSON, also as the suffix of another type (RFC 6839 §3.1).
pub fn is_json(media: &Mime) -> bool {
    media.type_() == mime::APPLICATION
        && (media.subtype() == mime::JSON || media.suffix() == Some(mime::JSON))
}

/// Whether it is a stream of server-sent events, whatever follows that: clients look no further.
pub fn is_event_stream(headers: &HeaderMap) -> bool {
    is_essentially(headers, "text/event-stream")
}

/// Whether it is a web page.
pub fn is_html(headers: &HeaderMap) -> bool {
    is_essentially(headers, "text/html")
}

fn is_essentially(headers: &HeaderMap, media: &str) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let essence = value.split([';', ',']).next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(media)
    })
}
