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
    essence(headers).is_some_and(|media| {
        media
            .strip_prefix("application/")
            .is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
    })
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
        return HeaderValue::try_from(essence(headers)?).ok();
    }
    Some(value.clone())
}

/// Whether it is of a type that an MCP server may answer with: JSON, events, words, or none at all.
pub fn is_harmless(headers: &HeaderMap) -> bool {
    essence(headers).is_none_or(|media| media == "text/event-stream" || media == "text/plain")
        || is_json(headers)
}

fn is_essentially(headers: &HeaderMap, media: &str) -> bool {
    essence(headers).is_some_and(|essence| essence == media)
}

/// Type and subtype, in small letters (RFC 9110 §8.3.1).
fn essence(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?;
    let value = String::from_utf8_lossy(value.as_bytes());
    let essence = value.split([';', ',']).next().unwrap_or_default();
    Some(essence.trim().to_ascii_lowercase())
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
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
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
