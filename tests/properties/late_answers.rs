//! JSON that comes late is told as one event, however it is cut and whatever ends its lines; and what
//! home says in the place of an answer is looked into without a fault.

use gatelodge::mcp::{
    home_failure::HomeFailure,
    late_answer::{EVENT, EventData, excuse},
    message,
};
use http::StatusCode;
use proptest::{collection::vec, prelude::*};
use serde_json::Value;

/// What a client reads of the stream: the data of its one event.
fn data_of(stream: &str) -> String {
    let event = stream.strip_suffix("\n\n").unwrap();
    let lines = event
        .split('\n')
        .filter_map(|line| line.strip_prefix("data: "));
    lines.collect::<Vec<_>>().join("\n")
}

proptest! {
    #![proptest_config(crate::cases(500))]

    #[test]
    fn json_is_told_as_it_was_said(texts in vec(any::<String>(), 0..6), end in prop_oneof![Just("\n"), Just("\r"), Just("\r\n")], cuts in vec(any::<prop::sample::Index>(), 0..5)) {
        let said = serde_json::json!({"jsonrpc": "2.0", "id": 1, "result": texts});
        let json = serde_json::to_string_pretty(&said).unwrap().replace('\n', end);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(json.len() + 1)).collect();
        cuts.extend([0, json.len()]);
        cuts.sort_unstable();
        let mut data = EventData::default();
        let mut stream = EVENT.0.to_vec();
        for piece in cuts.windows(2) {
            stream.extend(data.piece(&json.as_bytes()[piece[0]..piece[1]]));
        }
        stream.extend_from_slice(EVENT.1);
        let told = data_of(&String::from_utf8(stream).unwrap());
        prop_assert_eq!(serde_json::from_str::<Value>(&told).unwrap(), said);
    }

    #[test]
    fn an_excuse_is_one_comment_and_no_event(status in 100_u16..600, error in vec(any::<u8>(), 0..60)) {
        let excuse = excuse(StatusCode::from_u16(status).unwrap(), &error);
        let text = String::from_utf8(excuse).unwrap();
        prop_assert!(text.starts_with(": ") && text.ends_with("\n\n"), "{}", text);
        prop_assert!(!text[..text.len() - 2].contains(['\n', '\r']), "{}", text);
    }

    #[test]
    fn whatever_is_looked_into_is_no_fault(body in prop_oneof![vec(any::<u8>(), 0..80), "[\\[\\]{}:,\"a-z0-9]{0,40}".prop_map(String::into_bytes)]) {
        let _ = message::wants_answer(&body);
        let _ = HomeFailure::is_cloudflares(&body);
        for failure in [HomeFailure::TunnelDown, HomeFailure::Refuses, HomeFailure::Down] {
            let seen = failure.seen_in(&body);
            prop_assert!(seen.status().is_server_error());
        }
    }

    /// A notification is never taken for a request, nor the other way round.
    #[test]
    fn a_message_is_what_it_has(id in prop::option::of(any::<i64>()), method in prop::option::of("[a-z/]{1,12}"), others in vec("[a-z]{1,6}", 0..4)) {
        let mut one = serde_json::json!({"jsonrpc": "2.0"});
        for name in &others {
            one[format!("x-{name}")] = Value::from(name.as_str());
        }
        if let Some(id) = id {
            one["id"] = id.into();
        }
        if let Some(method) = &method {
            one["method"] = method.as_str().into();
        }
        let is_request = id.is_some() && method.is_some();
        prop_assert_eq!(message::wants_answer(one.to_string().as_bytes()), is_request);
        let batch = serde_json::json!([{"method": "a"}, one]);
        prop_assert_eq!(message::wants_answer(batch.to_string().as_bytes()), is_request);
    }
}
