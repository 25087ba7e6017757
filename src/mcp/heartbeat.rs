//! Heartbeats in a silent stream of events: a comment, where nobody can take it for a part of an
//! event (WHATWG HTML, server-sent events).

/// What is sent. Every client ignores a comment, and the blank line after it ends no event.
pub const HEARTBEAT: &[u8] = b": gatelodge\n\n";

/// Longer pieces are not read as a whole, only their end.
const READ: u32 = 256;
/// As many bytes as tell whether a blank line is at the end: two line ends of two bytes each.
const END: u32 = 4;

/// Where a stream stands, by the bytes that have passed: whether an event is under way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pulse {
    line: Line,
    /// Whether a line of an event has come, and no blank line since.
    in_event: bool,
    /// Whether the last byte was CR, which ends a line by itself or together with LF.
    after_cr: bool,
}

/// What has come of the current line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Line {
    Nothing,
    Comment,
    Field,
}

impl Default for Pulse {
    /// The beginning of a stream.
    fn default() -> Self {
        Self {
            line: Line::Nothing,
            in_event: false,
            after_cr: false,
        }
    }
}

impl Pulse {
    /// Which end of a piece of this length is to be read.
    pub const fn read_from(length: u32) -> u32 {
        if length <= READ { 0 } else { length - END }
    }

    /// The stream, after a piece of which this end was read, and whether that is all of it.
    #[must_use]
    pub fn after(self, end: &[u8], is_all: bool) -> Self {
        let unread = Self {
            line: Line::Field,
            in_event: true,
            after_cr: false,
        };
        let start = if is_all { self } else { unread };
        end.iter()
            .fold(start, |pulse, byte| pulse.after_byte(*byte))
    }

    /// Whether a comment can be put in here.
    pub fn is_between_events(self) -> bool {
        self.line == Line::Nothing && !self.in_event
    }

    const fn after_byte(self, byte: u8) -> Self {
        match (byte, self.line) {
            (b'\n', _) if self.after_cr => Self {
                after_cr: false,
                ..self
            },
            (b'\n' | b'\r', line) => Self {
                line: Line::Nothing,
                in_event: self.in_event && !matches!(line, Line::Nothing),
                after_cr: byte == b'\r',
            },
            (b':', Line::Nothing) | (_, Line::Comment) => Self {
                line: Line::Comment,
                after_cr: false,
                ..self
            },
            (_, Line::Nothing | Line::Field) => Self {
                line: Line::Field,
                in_event: true,
                after_cr: false,
            },
        }
    }
}

/// How long it is until a heartbeat is due, by when something passed last; none when it is now. All in
/// milliseconds; clocks may step back.
pub const fn due_in(last: u64, now: u64, every: u64) -> Option<u64> {
    match every.saturating_sub(now.saturating_sub(last)) {
        0 => None,
        left => Some(left),
    }
}

/// A wait that ends at a full second, so that streams wake up together: that costs less than each by
/// itself.
pub const fn to_full_second(now: u64, wait: u64) -> u64 {
    now.saturating_add(wait).next_multiple_of(1_000) - now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pieces: &[&str]) -> Pulse {
        pieces.iter().fold(Pulse::default(), |pulse, piece| {
            let from = Pulse::read_from(u32::try_from(piece.len()).unwrap());
            pulse.after(&piece.as_bytes()[from as usize..], from == 0)
        })
    }

    #[test]
    fn a_heartbeat_is_due_after_the_silence_and_no_sooner() {
        for (last, now, expected) in [
            (0, 0, Some(25_000)),
            (1_000, 25_999, Some(1)),
            (1_000, 26_000, None),
            (1_000, 99_000, None),
            (9_000, 1_000, Some(25_000)),
        ] {
            assert_eq!(due_in(last, now, 25_000), expected, "{last} {now}");
        }
        for (now, wait, expected) in [(0, 25_000, 25_000), (1, 25_000, 25_999), (999, 1, 1)] {
            assert_eq!(to_full_second(now, wait), expected, "{now} {wait}");
        }
    }

    #[test]
    fn a_comment_fits_where_no_event_is_under_way() {
        let long = format!("data: {}", "x".repeat(READ as usize));
        for (pieces, expected) in [
            (&[""][..], true),
            (&["data: 1\n\n"], true),
            (&["data: 1\r\n\r\n"], true),
            (&["data: 1\r\r"], true),
            (&["data: 1\n\r\n"], true),
            (&["data: 1\r\n", "\r", "\n"], true),
            (&["data: 1\n", "\n"], true),
            (&["\n"], true),
            (&[": hello\n"], true),
            (&[": hello\n", "\n", ": again\r"], true),
            (&[&long, "\n\n"], true),
            (&[&long, "\n", "\r\n"], true),
            (&["data: 1"], false),
            (&["data: 1\n"], false),
            (&["data: 1\r\n"], false),
            (&["data: 1\r", "\n"], false),
            (&["id: 7\n", ": hello\n"], false),
            (&["retry: 1\n"], false),
            (&[": hello"], false),
            (&["data: 1\n\n", "d"], false),
            (&[&long], false),
            (&[&long, "\n"], false),
            (&[&format!("{long}\n\n")], true),
            (&[&format!("{long}\r\n\r\n")], true),
            (&[&format!("{long}\r\r")], true),
            (&[&format!("{long}\r\n")], false),
            (&[&format!("{long}\n\nd")], false),
            (&["\u{feff}"], false),
        ] {
            let found = after(pieces).is_between_events();
            assert_eq!(found, expected, "{pieces:?}");
        }
    }
}
