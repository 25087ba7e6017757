//! Time as a value: the shell samples it once per request, the core is told.

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
        let (date, [hour, minute, _]) = (self.date(), self.time_of_day());
        let (day, month, year) = (date.day, MONTHS[date.month - 1], date.year);
        format!("{day} {month} {year}, {hour:02}:{minute:02} GMT")
    }

    /// The instant for programs, such as `2026-11-21T03:32:00Z` (RFC 3339).
    pub fn for_programs(self) -> String {
        let (date, [hour, minute, second]) = (self.date(), self.time_of_day());
        let Date { year, month, day } = date;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    const fn time_of_day(self) -> [u64; 3] {
        [self.0 / 3_600 % 24, self.0 / 60 % 60, self.0 % 60]
    }

    /// The day in the Gregorian calendar. Years are counted from March, so that a leap day is the
    /// last of its year; 400 of them have 146,097 days, whatever year they begin with.
    fn date(self) -> Date {
        const DAYS_OF_400_YEARS: u64 = 146_097;
        /// From 1 March of the year 0 to 1 January 1970.
        const BEFORE_THE_EPOCH: u64 = 719_468;
        let days = self.0 / 86_400 + BEFORE_THE_EPOCH;
        let (era, of_era) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
        let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * years + years / 4 - years / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let (month, next) = match from_march {
            0..10 => (from_march + 3, 0),
            _ => (from_march - 9, 1),
        };
        Date {
            year: era * 400 + years + next,
            month: usize::try_from(month).expect("a year has twelve months"),
            day,
        }
    }
}

struct Date {
    year: u64,
    month: usize,
    day: u64,
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
