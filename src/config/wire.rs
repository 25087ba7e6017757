//! The keys about the wire to home.

use std::ops::RangeInclusive;

use http::header;

use super::{Mount, settings::Settings};
use crate::time::Lifetime;

/// How calls go home, and how answers come back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wire {
    /// `ASSERTION`: how home is shown that a call comes from the edge.
    pub assertion: AssertionMode,
    /// `HEARTBEAT_SECONDS`: after how much silence an event stream gets a comment; none for never.
    pub heartbeat: Option<Lifetime>,
    /// `EARLY_STREAM_SECONDS`: how long home may say nothing until the edge opens the stream to the
    /// client in its place; none for never.
    pub early_stream: Option<Lifetime>,
    /// `ORIGIN_SECONDS`: how long home may take to begin an answer.
    pub origin_patience: Lifetime,
}

/// How home is shown that a call comes from the edge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AssertionMode {
    /// As a bearer token, for frameworks that verify one.
    Bearer,
    /// In a header of its own.
    Header,
    /// Not at all.
    Off,
}

/// Before that, what home does is not slow.
const EARLIEST: RangeInclusive<u64> = 20..=300;

impl Settings<'_> {
    pub(super) fn wire(&mut self) -> Wire {
        Wire {
            assertion: self.assertion(),
            heartbeat: self.seconds_unless_off("HEARTBEAT_SECONDS", 25, 1..=300, 10..=55),
            early_stream: self.seconds_unless_off("EARLY_STREAM_SECONDS", 0, EARLIEST, EARLIEST),
            origin_patience: self.seconds("ORIGIN_SECONDS", 300, 1..=3_600, 30..=1_800),
        }
    }

    fn assertion(&mut self) -> AssertionMode {
        match self.text("ASSERTION") {
            None | Some("header") => AssertionMode::Header,
            Some("bearer") => AssertionMode::Bearer,
            Some("off") => AssertionMode::Off,
            Some(_) => {
                self.problem("ASSERTION", "must be header, bearer or off.");
                AssertionMode::Header
            }
        }
    }

    /// A number of seconds, of which 0 means never.
    fn seconds_unless_off(
        &mut self,
        key: &str,
        default: u64,
        allowed: RangeInclusive<u64>,
        sensible: RangeInclusive<u64>,
    ) -> Option<Lifetime> {
        let off = match self.text(key) {
            None => default == 0,
            Some(text) => text == "0",
        };
        (!off).then(|| self.seconds(key, default, allowed, sensible))
    }

    /// One request has one `Authorization`.
    pub(super) fn refuse_two_credentials(&mut self, wire: Wire, mounts: &[Mount]) {
        let has_own = |mount: &Mount| mount.origin_headers.contains_key(header::AUTHORIZATION);
        if wire.assertion == AssertionMode::Bearer && mounts.iter().any(has_own) {
            self.problem(
                "ASSERTION",
                "is bearer, and ORIGIN_HEADERS has an Authorization, too. Use header, or take that one out.",
            );
        }
    }
}
