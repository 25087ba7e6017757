//! The head of the origin's answer, as the client gets it, or the decision to answer instead.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::{gateway_error::GatewayError, media_type, session_id::MCP_SESSION_ID};

/// What comes back beside `Mcp-*`.
const RELAYED: [HeaderName; 3] = [header::ALLOW, header::CONTENT_TYPE, header::RETRY_AFTER];
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What becomes of the origin's answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Its status and body go to the client.
    Relay,
    /// It redirects to this location: the same endpoint with another slash may be followed.
    Redirect(String),
    /// The edge answers in its place.
    Instead(GatewayError),
}

/// Judges the origin's answer to a call of this method; `in_session` says whether the call named a
/// session.
pub fn judge(
    method: &Method,
    in_session: bool,
    status: StatusCode,
    headers: &HeaderMap,
) -> Verdict {
    // The platform sends no other status on.
    if !(200..600).contains(&status.as_u16()) {
        return Verdict::Instead(GatewayError::OriginDown);
    }
    if matches!(
        status,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    ) {
        let location = headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok());
        return location.map_or(
            Verdict::Instead(GatewayError::OriginRedirects),
            |location| Verdict::Redirect(location.to_owned()),
        );
    }
    if matches!(
        status,
        StatusCode::FOUND | StatusCode::MOVED_PERMANENTLY | StatusCode::SEE_OTHER
    ) {
        return Verdict::Instead(GatewayError::OriginRedirects);
    }
    if status.is_redirection() {
        return Verdict::Instead(GatewayError::OriginOdd);
    }
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return Verdict::Instead(GatewayError::OriginRefuses);
    }
    if status.as_u16() > 500 && !speaks_mcp(headers) {
        return Verdict::Instead(match status.as_u16() {
            504 | 522 | 524 => GatewayError::OriginSlow,
            _ => GatewayError::OriginDown,
        });
    }
    // Anything but a stream here sends clients into reconnection storms; a 404 to a session says
    // that it is over, and a failing server says so.
    if *method == Method::GET {
        let streams = status.is_success() && media_type::is_event_stream(headers);
        let session_over = in_session && status == StatusCode::NOT_FOUND;
        if !streams && !session_over && !status.is_server_error() {
            return Verdict::Instead(GatewayError::NoStream);
        }
    }
    Verdict::Relay
}

/// Makes the headers of the answer; `session_id` is the client's own spelling of the session.
pub fn headers(origin: &HeaderMap, session_id: Option<HeaderValue>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(origin.len());
    for (name, value) in origin {
        let is_mcp = name.as_str().starts_with("mcp-") && *name != MCP_SESSION_ID;
        if is_mcp || RELAYED.contains(name) {
            headers.append(name, value.clone());
        }
    }
    if let Some(session_id) = session_id {
        headers.insert(MCP_SESSION_ID, session_id);
    }
    // Whatever the origin says it is, a browser must not take it for a page of the edge.
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if media_type::is_event_stream(origin) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-transform"),
        );
        headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    } else {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers
}

fn speaks_mcp(headers: &HeaderMap) -> bool {
    let is_json = media_type::of(headers).is_some_and(|media| media_type::is_json(&media));
    is_json || media_type::is_event_stream(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(method: &Method, in_session: bool, status: u16, content_type: &str) -> Verdict {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(content_type) {
            headers.insert(header::CONTENT_TYPE, value);
        }
        judge(
            method,
            in_session,
            StatusCode::from_u16(status).unwrap(),
            &headers,
        )
    }

    #[test]
    fn an_answer_to_a_call_is_relayed_unless_it_is_not_the_origins_to_give() {
        use GatewayError::{OriginDown, OriginOdd, OriginRedirects, OriginRefuses, OriginSlow};
        for (status, content_type, expected) in [
            (200, "application/json", Verdict::Relay),
            (200, "text/event-stream; charset=utf-8", Verdict::Relay),
            (202, "", Verdict::Relay),
            (400, "application/json", Verdict::Relay),
            (404, "application/json", Verdict::Relay),
            (406, "text/plain", Verdict::Relay),
            (500, "text/plain", Verdict::Relay),
            (503, "application/json", Verdict::Relay),
            (301, "", Verdict::Instead(OriginRedirects)),
            (302, "text/html", Verdict::Instead(OriginRedirects)),
            (307, "", Verdict::Instead(OriginRedirects)),
            (303, "text/html", Verdict::Instead(OriginRedirects)),
            (300, "text/html", Verdict::Instead(OriginOdd)),
            (304, "", Verdict::Instead(OriginOdd)),
            (401, "application/json", Verdict::Instead(OriginRefuses)),
            (403, "application/json", Verdict::Instead(OriginRefuses)),
            (502, "text/html", Verdict::Instead(OriginDown)),
            (
                530,
                "text/html; charset=UTF-8",
                Verdict::Instead(OriginDown),
            ),
            (524, "text/html", Verdict::Instead(OriginSlow)),
        ] {
            let found = verdict(&Method::POST, false, status, content_type);
            assert_eq!(found, expected, "{status} {content_type}");
        }
    }

    #[test]
    fn a_get_gets_a_stream_or_a_plain_no() {
        let no = Verdict::Instead(GatewayError::NoStream);
        for (in_session, status, content_type, expected) in [
            (true, 200, "text/event-stream", Verdict::Relay),
            (false, 200, "text/event-stream", Verdict::Relay),
            (false, 200, "application/json", no.clone()),
            (false, 400, "application/json", no.clone()),
            (false, 404, "application/json", no.clone()),
            (true, 404, "application/json", Verdict::Relay),
            (true, 405, "", no.clone()),
            (true, 406, "application/json", no),
            (false, 500, "text/plain", Verdict::Relay),
        ] {
            let found = verdict(&Method::GET, in_session, status, content_type);
            assert_eq!(found, expected, "{in_session} {status} {content_type}");
        }
    }
}
