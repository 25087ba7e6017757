//! A message that a client posted. It is looked into only where home's answer to it says nothing.

use serde_json::Value;

/// Whether a body has a request in it, which wants an answer; notifications and responses want
/// none. It may be several messages, as in the protocol of March 2025 (TR-27). What cannot be read
/// is taken for a request.
pub fn wants_answer(body: &[u8]) -> bool {
    match serde_json::from_slice(body) {
        Ok(Value::Array(messages)) => messages.iter().any(is_request),
        Ok(message) => is_request(&message),
        Err(_) => true,
    }
}

fn is_request(message: &Value) -> bool {
    let has = |member| message.get(member).is_some_and(|value| !value.is_null());
    has("id") && has("method")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_want_an_answer() {
        for (body, expected) in [
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, true),
            (r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#, true),
            (
                r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
                false,
            ),
            (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, false),
            (r#"[{"method":"a"},{"id":1,"result":{}}]"#, false),
            (r#"[{"method":"a"},{"id":1,"method":"b"}]"#, true),
            ("[]", false),
            ("", true),
            ("no json", true),
            ("7", false),
        ] {
            assert_eq!(wants_answer(body.as_bytes()), expected, "{body}");
        }
    }
}
