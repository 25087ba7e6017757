//! Heartbeats change nothing: neither what a client makes of a stream, nor, once they are taken
//! out, a byte of it (TR-06, TR-08).

use gatelodge::mcp::heartbeat::{HEARTBEAT, Pulse};
use proptest::{collection::vec, prelude::*};

/// What a client makes of a stream: each event as its fields, and what it remembers of ids.
fn events(stream: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(stream)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let (mut events, mut fields, mut id) = (Vec::new(), String::new(), String::new());
    // The last line has not ended, so it is none yet.
    let (lines, _) = text.rsplit_once('\n').unwrap_or_default();
    for line in lines.split('\n') {
        if line.is_empty() {
            if fields.contains("data") {
                events.push(format!("{fields} {id}"));
            }
            fields.clear();
        } else if let Some(new) = line.strip_prefix("id:") {
            new.clone_into(&mut id);
        } else if !line.starts_with(':') {
            fields.push_str(line);
            fields.push('|');
        }
    }
    events
}

/// Where a stream stands after a piece, of which no more is read than the gate reads.
fn after(pulse: Pulse, piece: &[u8]) -> Pulse {
    let from = Pulse::read_from(u32::try_from(piece.len()).unwrap());
    pulse.after(&piece[from as usize..], from == 0)
}

fn piece() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => Just("\n"),
        2 => Just("\r"),
        2 => Just("\r\n"),
        1 => Just(":"),
        1 => Just(": c"),
        2 => Just("data: 1"),
        1 => Just("id: 7"),
        1 => Just("x"),
    ];
    let long = prop_oneof![9 => Just(0_usize), 1 => 250_usize..270];
    (vec(token, 0..6), long).prop_map(|(tokens, long)| "y".repeat(long) + &tokens.concat())
}

proptest! {
    #![proptest_config(crate::cases(2_000))]

    #[test]
    fn a_stream_with_heartbeats_is_the_same_stream(pieces in vec((piece(), any::<bool>()), 0..12)) {
        let mut pulse = Pulse::default();
        let (mut sent, mut passed) = (Vec::new(), Vec::new());
        for (piece, is_silent) in &pieces {
            if *is_silent && pulse.is_between_events() {
                passed.extend_from_slice(HEARTBEAT);
            }
            let bytes = piece.as_bytes();
            pulse = after(pulse, bytes);
            sent.extend_from_slice(bytes);
            passed.extend_from_slice(bytes);
        }
        prop_assert_eq!(events(&passed), events(&sent));
        let heartbeat = std::str::from_utf8(HEARTBEAT).unwrap();
        let stripped = String::from_utf8(passed).unwrap().replace(heartbeat, "");
        prop_assert_eq!(stripped.as_bytes(), sent);
    }

    /// Where nothing is in doubt, a heartbeat can be given.
    #[test]
    fn after_every_event_there_is_room(pieces in vec(piece(), 0..6), end in prop_oneof![Just("\n\n"), Just("\r\r"), Just("\r\n\r\n")]) {
        let pieces = pieces.concat() + "x" + end;
        let pulse = after(Pulse::default(), pieces.as_bytes());
        prop_assert!(pulse.is_between_events());
    }
}
