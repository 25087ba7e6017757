//! What becomes of the origin's answer, by its head: it is relayed, or the edge answers instead.

use http::{HeaderMap, StatusCode, header};

use super::{gateway_error::GatewayError, home_failure::HomeFailure, media_type};

/// What was asked of the origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asked {
    /// For what.
    pub errand: Errand,
    /// Whether the call named a session.
    pub in_session: bool,
}

/// What a call wants of the origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Errand {
    /// It ends a session (DELETE).
    EndSession,
    /// It opens a stream (GET).
    Listen,
    /// It brings a message, to be answered here (POST).
    Message,
    /// It brings a message of the older transport, to be answered on the stream.
    StreamedMessage,
}

/// What becomes of the origin's answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Its status and body go to the client.
    Relay,
    /// It goes to the client, unless its body shows that something on the way has given it.
    Doubt(HomeFailure),
    /// It redirects to this location: the same endpoint with another slash may be followed.
    Redirect(String),
    /// It is a success that says nothing: enough for a notification (202), and for a request no
    /// answer at all.
    Silence(HomeFailure),
    /// The edge answers in its place.
    Instead(GatewayError),
}

/// Judges the origin's answer.
pub fn judge(asked: Asked, status: StatusCode, headers: &HeaderMap) -> Verdict {
    match status.as_u16() {
        200..300 => judge_success(asked.errand, status, headers),
        307 | 308 => judge_redirect(headers),
        301..=303 => match judge_redirect(headers) {
            Verdict::Redirect(_) => instead(HomeFailure::Redirects),
            verdict @ (Verdict::Doubt(_)
            | Verdict::Instead(_)
            | Verdict::Relay
            | Verdict::Silence(_)) => verdict,
        },
        401 | 403 | 407 | 421 => instead(HomeFailure::of_refusal(status, headers)),
        400..500 => judge_fault_of_the_call(asked, status, headers),
        500..520 if media_type::is_event_stream(headers) => Verdict::Relay,
        500..520 if speaks_mcp(headers) => Verdict::Doubt(HomeFailure::of_status(status)),
        500 if media_type::is_harmless(headers) => Verdict::Relay,
        100..200 | 300..400 | 500 => instead(HomeFailure::NotMcp),
        // The platform sends no status from 600 on, and those from 520 to 530 are Cloudflare's own.
        _ => instead(HomeFailure::of_status(status)),
    }
}

fn judge_redirect(headers: &HeaderMap) -> Verdict {
    let location = headers.get(header::LOCATION);
    let Some(location) = location.and_then(|value| value.to_str().ok()) else {
        return instead(HomeFailure::Redirects);
    };
    let failure = HomeFailure::of_redirect(location);
    if failure == HomeFailure::Redirects {
        Verdict::Redirect(location.to_owned())
    } else {
        instead(failure)
    }
}

fn judge_success(errand: Errand, status: StatusCode, headers: &HeaderMap) -> Verdict {
    let speaks = speaks_mcp(headers);
    match errand {
        Errand::Listen if status == StatusCode::OK && media_type::is_event_stream(headers) => {
            Verdict::Relay
        }
        Errand::Listen => Verdict::Instead(GatewayError::NoStream),
        _ if !media_type::is_harmless(headers) => Verdict::Silence(HomeFailure::NotMcp),
        Errand::EndSession | Errand::StreamedMessage => Verdict::Relay,
        Errand::Message if matches!(status.as_u16(), 202 | 204 | 205) => Verdict::Relay,
        Errand::Message if speaks && !is_empty(headers) => Verdict::Relay,
        Errand::Message if speaks || !headers.contains_key(header::CONTENT_TYPE) => {
            Verdict::Silence(HomeFailure::Empty)
        }
        Errand::Message => Verdict::Silence(HomeFailure::NotMcp),
    }
}

/// The origin finds fault with the call. A GET that gets anything but a stream or a 405 sends
/// clients into reconnection storms, but a 404 to a session says that it is over.
fn judge_fault_of_the_call(asked: Asked, status: StatusCode, headers: &HeaderMap) -> Verdict {
    let is_missing = status == StatusCode::NOT_FOUND;
    let is_page = !media_type::is_harmless(headers);
    if is_missing && asked.in_session && !is_page {
        return doubt_json(headers);
    }
    match (asked.errand, status.as_u16()) {
        (Errand::Listen, _) if !(is_missing && asked.in_session) => {
            Verdict::Instead(GatewayError::NoStream)
        }
        (_, 408 | 429) if is_page => instead(HomeFailure::Unavailable),
        (_, 413) if is_page => instead(HomeFailure::TooLarge),
        _ if is_page => instead(HomeFailure::NotMcp),
        // To a client it would mean an older protocol, or the end of a session (TR-13).
        (Errand::Message, 404) if !speaks_mcp(headers) => instead(HomeFailure::Missing),
        (_, 404) => doubt_json(headers),
        (Errand::EndSession | Errand::Listen | Errand::Message | Errand::StreamedMessage, _) => {
            Verdict::Relay
        }
    }
}

/// Cloudflare answers in JSON, too, where a name leads to no server.
fn doubt_json(headers: &HeaderMap) -> Verdict {
    if media_type::is_json(headers) {
        Verdict::Doubt(HomeFailure::NotMcp)
    } else {
        Verdict::Relay
    }
}

fn instead(failure: HomeFailure) -> Verdict {
    Verdict::Instead(failure.into())
}

fn is_empty(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_LENGTH)
        .is_some_and(|length| length.as_bytes() == b"0")
}

fn speaks_mcp(headers: &HeaderMap) -> bool {
    let is_json = media_type::is_json(headers) && !media_type::is_problem(headers);
    is_json || media_type::is_event_stream(headers)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn verdict(errand: Errand, in_session: bool, status: u16, content_type: &str) -> Verdict {
        let mut headers = HeaderMap::new();
        if !content_type.is_empty() {
            let value = HeaderValue::from_str(content_type).unwrap();
            headers.insert(header::CONTENT_TYPE, value);
        }
        let asked = Asked { errand, in_session };
        judge(asked, StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn an_answer_to_a_message_is_relayed_unless_it_is_not_the_origins_to_give() {
        use HomeFailure::{
            BadCertificate, Down, Empty, Missing, NotMcp, Redirects, Refuses, RefusesName, Slow,
            TooLarge, TunnelDown, Unavailable,
        };
        for (status, content_type, expected) in [
            (200, "application/json", Verdict::Relay),
            (200, "text/event-stream; charset=utf-8", Verdict::Relay),
            (202, "", Verdict::Relay),
            (204, "", Verdict::Relay),
            (400, "application/json", Verdict::Relay),
            (404, "application/json", Verdict::Doubt(NotMcp)),
            (405, "text/plain", Verdict::Relay),
            (406, "text/plain", Verdict::Relay),
            (500, "text/plain", Verdict::Relay),
            (500, "application/json", Verdict::Doubt(Down)),
            (503, "application/json", Verdict::Doubt(Unavailable)),
            (503, "text/event-stream", Verdict::Relay),
            (502, "application/problem+json", instead(Down)),
            (200, "", Verdict::Silence(Empty)),
            (200, "text/plain", Verdict::Silence(NotMcp)),
            (200, "text/html", Verdict::Silence(NotMcp)),
            (300, "text/html", instead(NotMcp)),
            (301, "", instead(Redirects)),
            (302, "text/html", instead(Redirects)),
            (303, "text/html", instead(Redirects)),
            (304, "", instead(NotMcp)),
            (307, "", instead(Redirects)),
            (400, "text/html", instead(NotMcp)),
            (401, "application/json", instead(Refuses)),
            (403, "application/json", instead(Refuses)),
            (404, "text/html; charset=utf-8", instead(NotMcp)),
            (404, "text/plain", instead(Missing)),
            (407, "", instead(Refuses)),
            (421, "text/plain", instead(RefusesName)),
            (500, "text/html", instead(NotMcp)),
            (502, "text/html", instead(Down)),
            (503, "text/html", instead(Unavailable)),
            (504, "text/html", instead(Slow)),
            (521, "text/html", instead(Down)),
            (524, "text/html", instead(Slow)),
            (526, "text/html", instead(BadCertificate)),
            (522, "application/json", instead(Slow)),
            (530, "application/json", instead(TunnelDown)),
            (530, "text/html; charset=UTF-8", instead(TunnelDown)),
            (600, "application/json", instead(Down)),
            (101, "", instead(NotMcp)),
            (429, "application/json", Verdict::Relay),
            (429, "text/html", instead(Unavailable)),
            (413, "text/html", instead(TooLarge)),
            (200, "text/html, application/json", Verdict::Silence(NotMcp)),
            (400, "image/svg+xml", instead(NotMcp)),
            (500, "application/xhtml+xml", instead(NotMcp)),
        ] {
            let found = verdict(Errand::Message, false, status, content_type);
            assert_eq!(found, expected, "{status} {content_type}");
        }
    }

    #[test]
    fn a_success_of_no_bytes_is_no_answer() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (header::CONTENT_TYPE, "application/json"),
            (header::CONTENT_LENGTH, "0"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let asked = |errand| Asked {
            errand,
            in_session: false,
        };
        let found = judge(asked(Errand::Message), StatusCode::OK, &headers);
        assert_eq!(found, Verdict::Silence(HomeFailure::Empty));
        let found = judge(asked(Errand::StreamedMessage), StatusCode::OK, &headers);
        assert_eq!(found, Verdict::Relay);
    }

    #[test]
    fn a_get_gets_a_stream_or_a_plain_no() {
        let no = Verdict::Instead(GatewayError::NoStream);
        for (in_session, status, content_type, expected) in [
            (true, 200, "text/event-stream", Verdict::Relay),
            (false, 200, "text/event-stream", Verdict::Relay),
            (false, 200, "application/json", no.clone()),
            (false, 200, "text/html", no.clone()),
            (false, 204, "", no.clone()),
            (false, 400, "application/json", no.clone()),
            (false, 404, "text/html", no.clone()),
            (false, 204, "text/event-stream", no.clone()),
            (true, 404, "text/plain", Verdict::Relay),
            (
                true,
                404,
                "application/json",
                Verdict::Doubt(HomeFailure::NotMcp),
            ),
            (true, 404, "text/html", instead(HomeFailure::NotMcp)),
            (true, 405, "", no.clone()),
            (true, 406, "application/json", no),
            (false, 500, "text/plain", Verdict::Relay),
            (false, 500, "text/html", instead(HomeFailure::NotMcp)),
            (false, 421, "text/plain", instead(HomeFailure::RefusesName)),
        ] {
            let found = verdict(Errand::Listen, in_session, status, content_type);
            assert_eq!(found, expected, "{in_session} {status} {content_type}");
        }
    }
}
