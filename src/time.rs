//! Time as a value: the shell samples it once per request, the core is told.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// An instant, in whole seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The instant that many seconds after the Unix epoch.
    pub const fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    pub const fn unix_seconds(self) -> u64 {
        self.0
    }

    /// The instant `lifetime` after this one.
    #[must_use]
    pub const fn plus(self, lifetime: Lifetime) -> Self {
        Self(self.0.saturating_add(lifetime.0))
    }

    /// How long it is from this instant until `later`; zero when that is past.
    pub const fn until(self, later: Self) -> Lifetime {
        Lifetime(later.0.saturating_sub(self.0))
    }

    /// The instant for people, in the form of RFC 9110 §5.6.7, such as
    /// `Sat, 21 Nov 2026 03:32:00 GMT`.
    pub fn for_people(self) -> String {
        let end_of_9999 = 253_402_300_799;
        let seconds = Duration::from_secs(self.0.min(end_of_9999));
        httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + seconds)
    }
}

/// A length of time, in whole seconds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Lifetime(u64);

impl Lifetime {
    /// That many seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// That many minutes.
    pub const fn from_minutes(minutes: u64) -> Self {
        Self(minutes * 60)
    }

    /// That many hours.
    pub const fn from_hours(hours: u64) -> Self {
        Self(hours * 3_600)
    }

    /// That many days.
    pub const fn from_days(days: u64) -> Self {
        Self(days * 86_400)
    }

    /// The length, that many times.
    #[must_use]
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }

    /// The length in seconds.
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_a_date_in_gmt() {
        let instant = Timestamp::from_unix_seconds(1_795_231_920);
        assert_eq!(instant.for_people(), "Sat, 21 Nov 2026 03:32:00 GMT");
    }

    #[test]
    fn a_span_into_the_past_is_zero() {
        let (early, late) = (Timestamp(10), Timestamp(25));
        assert_eq!(early.until(late), Lifetime(15));
        assert_eq!(late.until(early), Lifetime(0));
    }
}
