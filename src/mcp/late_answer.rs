//! An answer that comes after the edge has opened the stream to the client in home's place. Its
//! head is lost, so it has to be one that needs none.

use http::{HeaderMap, StatusCode};

use super::{media_type, session_id::MCP_SESSION_ID};

/// What becomes of a late answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LateAnswer {
    /// It is a stream of events, and goes on as one.
    Events,
    /// It is JSON, and becomes one event.
    Json,
    /// It says that all is well and nothing else; the stream ends.
    Nothing,
    /// It cannot be told any more; the stream breaks off.
    Untold,
}

impl LateAnswer {
    /// Judges an answer to a call that named a session, or did not. An answer that opens one does so
    /// in its head.
    pub fn of(status: StatusCode, headers: &HeaderMap, in_session: bool) -> Self {
        let opens_session = headers.contains_key(MCP_SESSION_ID) && !in_session;
        if !status.is_success() || opens_session {
            return Self::Untold;
        }
        if media_type::is_event_stream(headers) {
            return Self::Events;
        }
        if matches!(status.as_u16(), 202 | 204 | 205) {
            return Self::Nothing;
        }
        if media_type::is_json(headers) {
            return Self::Json;
        }
        Self::Untold
    }
}

/// What stands before JSON that becomes an event, and after it.
pub const EVENT: (&[u8], &[u8]) = (b"event: message\ndata: ", b"\n\n");

/// JSON as the data of an event, piece by piece: each line of it is a line of data.
#[derive(Default)]
pub struct EventData {
    after_cr: bool,
}

impl EventData {
    /// The next piece. Between its tokens JSON may have line ends, and in them it has none.
    pub fn piece(&mut self, json: &[u8]) -> Vec<u8> {
        let mut data = Vec::with_capacity(json.len());
        for byte in json {
            match byte {
                b'\n' if self.after_cr => {}
                b'\n' | b'\r' => data.extend_from_slice(b"\ndata: "),
                _ => data.push(*byte),
            }
            self.after_cr = *byte == b'\r';
        }
        data
    }
}

/// A comment in the stream that says why it breaks off, for whoever looks into it.
pub fn excuse(status: StatusCode, error: &[u8]) -> Vec<u8> {
    let error = String::from_utf8_lossy(error).replace(['\r', '\n'], " ");
    format!(": {} came too late: {error}\n\n", status.as_u16()).into_bytes()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_needs_no_head_is_told() {
        use LateAnswer::{Events, Json, Nothing, Untold};
        for (status, content_type, session, in_session, expected) in [
            (200, "text/event-stream", false, false, Events),
            (200, "application/json", false, false, Json),
            (200, "application/json", true, true, Json),
            (200, "application/json", true, false, Untold),
            (200, "text/event-stream", true, false, Untold),
            (202, "", false, false, Nothing),
            (204, "", false, true, Nothing),
            (200, "", false, false, Untold),
            (400, "application/json", false, false, Untold),
            (404, "application/json", false, true, Untold),
            (405, "application/json", false, false, Untold),
            (502, "application/json", false, false, Untold),
        ] {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_str(content_type).unwrap();
            headers.insert(http::header::CONTENT_TYPE, value);
            if session {
                headers.insert(MCP_SESSION_ID, HeaderValue::from_static("s"));
            }
            let status = StatusCode::from_u16(status).unwrap();
            let found = LateAnswer::of(status, &headers, in_session);
            assert_eq!(
                found, expected,
                "{status} {content_type} {session} {in_session}"
            );
        }
    }

    #[test]
    fn json_of_several_lines_is_one_event() {
        for pieces in [
            &["{\"a\":\r\n 1,\r\"b\":\n2}"][..],
            &["{\"a\":\r", "\n 1,\r", "\"b\":", "\n", "2}"],
        ] {
            let mut data = EventData::default();
            let told: Vec<_> = pieces
                .iter()
                .flat_map(|piece| data.piece(piece.as_bytes()))
                .collect();
            let told = String::from_utf8(told).unwrap();
            assert_eq!(told, "{\"a\":\ndata:  1,\ndata: \"b\":\ndata: 2}");
        }
    }

    #[test]
    fn an_excuse_is_one_comment() {
        let excuse = excuse(StatusCode::BAD_GATEWAY, b"{\"a\":1}\r\ndata: x\n\n");
        let text = String::from_utf8(excuse).unwrap();
        assert_eq!(text, ": 502 came too late: {\"a\":1}  data: x  \n\n");
    }
}
