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

    /// The instant for people, such as `21 Nov 2026, 03:32 GMT`.
    pub fn for_people(self) -> String {
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        // Its parts are where they always are.
        let date = self.for_programs();
        let (year, month, day, time) = (&date[..4], &date[5..7], &date[8..10], &date[11..16]);
        let month: usize = month.parse().expect("a month has two digits");
        let (day, month) = (day.trim_start_matches('0'), MONTHS[month - 1]);
        format!("{day} {month} {year}, {time} GMT")
    }

    /// The instant for programs, such as `2026-11-21T03:32:00Z` (RFC 3339).
    pub fn for_programs(self) -> String {
        humantime::format_rfc3339_seconds(self.system_time()).to_string()
    }

    /// The instant, or the end of the year 9999, after which dates have no such form.
    fn system_time(self) -> SystemTime {
        let end_of_9999 = 253_402_300_799;
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.min(end_of_9999))
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

    /// One of so many equal parts, in whole seconds.
    #[must_use]
    pub const fn part(self, of: u64) -> Self {
        Self(self.0 / of)
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
    fn a_date_is_that_of_the_calendar() {
        for (seconds, people, programs) in [
            (0, "1 Jan 1970, 00:00 GMT", "1970-01-01T00:00:00Z"),
            (
                951_782_399,
                "28 Feb 2000, 23:59 GMT",
                "2000-02-28T23:59:59Z",
            ),
            (
                951_782_400,
                "29 Feb 2000, 00:00 GMT",
                "2000-02-29T00:00:00Z",
            ),
            (951_868_800, "1 Mar 2000, 00:00 GMT", "2000-03-01T00:00:00Z"),
            (
                1_709_251_199,
                "29 Feb 2024, 23:59 GMT",
                "2024-02-29T23:59:59Z",
            ),
            (
                1_795_231_920,
                "21 Nov 2026, 03:32 GMT",
                "2026-11-21T03:32:00Z",
            ),
            (
                1_798_761_599,
                "31 Dec 2026, 23:59 GMT",
                "2026-12-31T23:59:59Z",
            ),
            (
                4_107_542_399,
                "28 Feb 2100, 23:59 GMT",
                "2100-02-28T23:59:59Z",
            ),
            (
                4_107_542_400,
                "1 Mar 2100, 00:00 GMT",
                "2100-03-01T00:00:00Z",
            ),
            (
                253_402_300_799,
                "31 Dec 9999, 23:59 GMT",
                "9999-12-31T23:59:59Z",
            ),
        ] {
            let instant = Timestamp::from_unix_seconds(seconds);
            assert_eq!(instant.for_people(), people);
            assert_eq!(instant.for_programs(), programs);
        }
    }

    #[test]
    fn no_instant_is_without_a_date() {
        let mut last = String::new();
        for day in 0..150_000 {
            let date = Timestamp(day * 86_400).for_programs();
            assert!(date > last, "{date} after {last}");
            last = date;
        }
        assert!(Timestamp(u64::MAX).for_people().ends_with(" GMT"));
    }

    #[test]
    fn a_span_into_the_past_is_zero() {
        let (early, late) = (Timestamp(10), Timestamp(25));
        assert_eq!(early.until(late), Lifetime(15));
        assert_eq!(late.until(early), Lifetime(0));
    }
}
