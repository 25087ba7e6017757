//! What a message says that its body is, or may be. It is read as leniently as clients read it: the
//! essence of a type decides, whatever follows it.

use http::{HeaderMap, HeaderValue, header};

/// Whether the `Accept` header names a media type.
pub fn accepts(headers: &HeaderMap, media: &str) -> bool {
    headers
        .get(header::ACCEPT)
        .is_some_and(|accept| String::from_utf8_lossy(accept.as_bytes()).contains(media))
}

/// Whether the body is JSON, also as the suffix of another type (RFC 6839 §3.1).
pub fn is_json(headers: &HeaderMap) -> bool {
    const SUFFIX: &[u8] = b"+json";
    let media = essence(headers).unwrap_or_default();
    let is_application = media
        .get(..APPLICATION.len())
        .is_some_and(|kind| kind.eq_ignore_ascii_case(APPLICATION));
    let subtype = media.get(APPLICATION.len()..).unwrap_or_default();
    let suffix = &subtype[subtype.len().saturating_sub(SUFFIX.len())..];
    is_application && (subtype.eq_ignore_ascii_case(b"json") || suffix.eq_ignore_ascii_case(SUFFIX))
}

/// Whether it describes a problem of the server that answers (RFC 9457), as no MCP server does.
pub fn is_problem(headers: &HeaderMap) -> bool {
    is_essentially(headers, "application/problem+json")
}

/// Whether it is a form.
pub fn is_form(headers: &HeaderMap) -> bool {
    is_essentially(headers, "application/x-www-form-urlencoded")
}

/// Whether it is a stream of server-sent events.
pub fn is_event_stream(headers: &HeaderMap) -> bool {
    is_essentially(headers, "text/event-stream")
}

/// What the client is told of the type. No browser may take it for a page or a program: those are
/// never relayed, and where a type is said twice browsers believe the last one, so only the one that
/// was judged is passed on.
pub fn told(headers: &HeaderMap) -> Option<HeaderValue> {
    let value = headers.get(header::CONTENT_TYPE)?;
    if value.as_bytes().contains(&b',') {
        return HeaderValue::from_bytes(essence(headers)?).ok();
    }
    Some(value.clone())
}

/// Whether it is of a type that an MCP server may answer with: JSON, events, words, or none at all.
pub fn is_harmless(headers: &HeaderMap) -> bool {
    !headers.contains_key(header::CONTENT_TYPE)
        || is_json(headers)
        || is_event_stream(headers)
        || is_essentially(headers, "text/plain")
}

const APPLICATION: &[u8] = b"application/";

fn is_essentially(headers: &HeaderMap, media: &str) -> bool {
    essence(headers).is_some_and(|essence| essence.eq_ignore_ascii_case(media.as_bytes()))
}

/// Type and subtype, as they are spelled (RFC 9110 §8.3.1).
fn essence(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::CONTENT_TYPE)?.as_bytes();
    let mut parts = value.split(|byte| matches!(byte, b';' | b','));
    parts.next().map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_essence_decides() {
        for (value, json, form) in [
            ("application/json", true, false),
            ("Application/JSON ; charset", true, false),
            ("application/json, application/json", true, false),
            ("application/problem+json;x=y", true, false),
            ("application/jsonx", false, false),
            ("application/json-seq", false, false),
            ("application/LD+JSON", true, false),
            ("application/+json", true, false),
            ("application/", false, false),
            ("\u{e9}", false, false),
            ("text/json", false, false),
            ("json", false, false),
            (
                "application/x-www-form-urlencoded;charset=UTF-8",
                false,
                true,
            ),
            ("", false, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::try_from(value).unwrap());
            assert_eq!(
                (is_json(&headers), is_form(&headers)),
                (json, form),
                "{value}"
            );
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn one_type_is_told_and_it_is_the_one_that_was_judged() {
        for (value, harmless, expected) in [
            (
                "application/json; charset=utf-8",
                true,
                "application/json; charset=utf-8",
            ),
            ("application/json, text/html", true, "application/json"),
            (
                "text/event-stream, text/javascript",
                true,
                "text/event-stream",
            ),
            ("text/plain;charset=utf-8", true, "text/plain;charset=utf-8"),
            (",text/html", false, ""),
            ("text/html", false, "text/html"),
            ("image/svg+xml", false, "image/svg+xml"),
            ("application/xhtml+xml", false, "application/xhtml+xml"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            assert_eq!(is_harmless(&headers), harmless, "{value}");
            assert_eq!(told(&headers).unwrap(), expected, "{value}");
        }
        assert!(is_harmless(&HeaderMap::new()));
    }
}
