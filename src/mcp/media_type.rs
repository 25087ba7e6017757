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
    headers.get(header::CONTENT_TYPE).is_some_and(|media| {
        let media = String::from_utf8_lossy(media.as_bytes());
        let essence = media.split([';', ',']).next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("text/event-stream")
    })
}
