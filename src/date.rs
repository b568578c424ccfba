//! Civil dates. Nothing in the library reads a clock, so a date is always an argument.

use std::fmt;
use std::str::FromStr;

use jiff::civil;

/// A civil date, such as the date of a scoring.
///
/// It is written and read as `2026-11-21`, and its year is from 1 to 9999.
///
/// ```
/// use threshold_matrix::Date;
///
/// let date: Date = "2026-11-21".parse()?;
/// assert_eq!(date, Date::new(2026, 11, 21)?);
/// assert!("2026-02-30".parse::<Date>().is_err());
/// # Ok::<(), threshold_matrix::DateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

/// A text or some numbers that are not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a date; write it as `2026-11-21`")]
pub struct DateError {
    text: String,
}

/// A unit of calendar time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    Years,
    Months,
    Days,
}

impl Date {
    /// Creates a date from its year (1 to 9999), month and day.
    ///
    /// # Errors
    /// Returns an error if the calendar does not have such a date.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        match civil::Date::new(year, month, day) {
            Ok(date) if year >= 1 => Ok(Self(date)),
            _ => Err(DateError {
                text: format!("{year}-{month:02}-{day:02}"),
            }),
        }
    }

    /// Returns the number of days since 1970-01-01.
    pub(crate) fn days(self) -> i64 {
        self.0.duration_since(civil::Date::ZERO).as_hours() / 24 - DAYS_TO_1970
    }

    /// Returns the date that is a number of days after 1970-01-01 or, outside the years 1 to 9999, the nearest date that there is.
    pub(crate) fn from_days(days: i64) -> Self {
        let span = jiff::Span::new().try_days(days.saturating_add(DAYS_TO_1970));
        Self(
            span.and_then(|span| civil::Date::ZERO.checked_add(span))
                .unwrap_or(if days < 0 {
                    civil::Date::MIN
                } else {
                    civil::Date::MAX
                }),
        )
    }

    /// Returns the day as people say it, such as "3 May 2027".
    ///
    /// ```
    /// let day: threshold_matrix::Date = "2027-05-03".parse()?;
    /// assert_eq!((day.in_words(), day.to_string()), ("3 May 2027".to_owned(), "2027-05-03".to_owned()));
    /// # Ok::<(), threshold_matrix::DateError>(())
    /// ```
    #[must_use]
    pub fn in_words(self) -> String {
        let month = usize::from(self.0.month().unsigned_abs()).saturating_sub(1);
        let month = MONTHS.get(month).copied().unwrap_or_default();
        format!("{} {month} {}", self.0.day(), self.0.year())
    }

    /// Returns a day between two, both included, in words, such as "some day in March 2028". It is the day itself where the two are one.
    pub(crate) fn between_in_words(self, last: Self) -> String {
        let (from, until) = (self.0, last.0);
        if from == until {
            return self.in_words();
        }
        let are_whole_months =
            from.year() == until.year() && from.day() == 1 && until == until.last_of_month();
        if are_whole_months && from.month() == until.month() {
            let day = self.in_words();
            let month = day.split_once(' ').map_or("", |(_, month)| month);
            return format!("some day in {month}");
        }
        if are_whole_months && (from.month(), until.month()) == (1, 12) {
            return format!("some day in {}", from.year());
        }
        format!("some day from {} to {}", self.in_words(), last.in_words())
    }

    /// Returns the date that is a number of calendar units before this one. A day that the month does not have becomes its last day.
    pub(crate) fn ago(self, count: i32, unit: Unit) -> Self {
        let span = match unit {
            Unit::Years => jiff::Span::new().try_years(count),
            Unit::Months => jiff::Span::new().try_months(count),
            Unit::Days => jiff::Span::new().try_days(count),
        };
        Self(
            span.and_then(|span| self.0.checked_sub(span))
                .unwrap_or(civil::Date::MIN),
        )
    }

    /// Returns the completed units from this date to another. They are those of java.time's `Period.between`, but rounded down where the other date
    /// is earlier.
    ///
    /// A month is complete on the day with the same number or, where the month has no such day, on the first day of the next month.
    pub(crate) fn completed_until(self, other: Self, unit: Unit) -> i64 {
        if unit == Unit::Days {
            return other.days() - self.days();
        }
        let months = |date: civil::Date| i64::from(date.year()) * 12 + i64::from(date.month());
        let is_short = other.0.day() < self.0.day();
        let months = months(other.0) - months(self.0) - i64::from(is_short);
        match unit {
            Unit::Years => months.div_euclid(12),
            _ => months,
        }
    }
}

/// A length of calendar time: a count of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Duration {
    pub(crate) count: i32,
    pub(crate) unit: Unit,
}

impl Duration {
    /// Reads `P28D`, `P3M` or `P1Y`: ISO 8601 with one unit, from 1 to 9999 of it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let count_and_unit = text.strip_prefix('P')?;
        let unit = match count_and_unit.chars().next_back()? {
            'D' => Unit::Days,
            'M' => Unit::Months,
            'Y' => Unit::Years,
            _ => return None,
        };
        let digits = count_and_unit.get(..count_and_unit.len() - 1)?;
        let is_plain = (1..=4).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self {
            count: if is_plain {
                digits.parse().ok()?
            } else {
                return None;
            },
            unit,
        })
    }

    /// Returns the date that is this length of time earlier. A day that the month does not have becomes its last day.
    pub(crate) fn before(self, date: Date) -> Date {
        date.ago(self.count, self.unit)
    }

    /// Returns the date that is this length of time later. A day that the month does not have becomes its last day.
    pub(crate) fn after(self, date: Date) -> Date {
        date.ago(-self.count, self.unit)
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Days from 0000-01-01 to 1970-01-01 in the proleptic Gregorian calendar.
const DAYS_TO_1970: i64 = 719_528;

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let error = || DateError {
            text: text.chars().take(40).collect(),
        };
        let mut parts = text.splitn(3, '-');
        let mut part = |length: usize| {
            parts
                .next()
                .filter(|part| {
                    part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
                })
                .ok_or_else(error)
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        match (year.parse(), month.parse(), day.parse()) {
            (Ok(year), Ok(month), Ok(day)) => Self::new(year, month, day).map_err(|_| error()),
            _ => Err(error()),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn whole_months_and_years_are_told_by_their_names() {
        let told = |from, until| date(from).between_in_words(date(until));
        assert_eq!(told("2028-03-01", "2028-03-01"), "1 March 2028");
        assert_eq!(
            told("2028-02-01", "2028-02-29"),
            "some day in February 2028"
        );
        assert_eq!(told("2028-01-01", "2028-12-31"), "some day in 2028");
        for (from, until, words) in [
            (
                "2028-02-01",
                "2028-02-28",
                "1 February 2028 to 28 February 2028",
            ),
            (
                "2028-01-01",
                "2028-02-29",
                "1 January 2028 to 29 February 2028",
            ),
            (
                "2027-01-01",
                "2028-12-31",
                "1 January 2027 to 31 December 2028",
            ),
        ] {
            assert_eq!(told(from, until), format!("some day from {words}"));
        }
    }

    #[test]
    fn days_and_back() {
        assert_eq!(date("1970-01-01").days(), 0);
        assert_eq!(date("2026-11-21").days(), 20_778);
        for days in [-700_000, -1, 0, 59, 60, 20_778, 2_900_000] {
            assert_eq!(Date::from_days(days).days(), days);
        }
        assert_eq!(Date::from_days(i64::MAX), date("9999-12-31"));
    }

    #[test]
    fn a_year_before_the_29th_of_february_is_the_28th() {
        assert_eq!(date("2024-02-29").ago(1, Unit::Years), date("2023-02-28"));
        assert_eq!(date("2026-03-31").ago(1, Unit::Months), date("2026-02-28"));
        assert_eq!(date("2026-03-01").ago(1, Unit::Days), date("2026-02-28"));
    }

    #[test]
    fn completed_units_are_those_of_java_time_and_round_down() {
        #[track_caller]
        fn check(from: &str, to: &str, years: i64, months: i64, days: i64) {
            let (from, to) = (date(from), date(to));
            assert_eq!(from.completed_until(to, Unit::Years), years);
            assert_eq!(from.completed_until(to, Unit::Months), months);
            assert_eq!(from.completed_until(to, Unit::Days), days);
        }
        check("2000-06-15", "2026-06-14", 25, 311, 9495);
        check("2000-06-15", "2026-06-15", 26, 312, 9496);
        check("2024-02-29", "2025-02-28", 0, 11, 365);
        check("2024-02-29", "2025-03-01", 1, 12, 366);
        check("2008-02-29", "2026-02-28", 17, 215, 6574);
        check("2008-02-29", "2026-03-01", 18, 216, 6575);
        check("2008-02-29", "2028-02-28", 19, 239, 7304);
        check("2008-02-29", "2028-02-29", 20, 240, 7305);
        check("2008-02-28", "2026-02-28", 18, 216, 6575);
        check("2026-06-15", "2026-06-15", 0, 0, 0);
        check("2026-06-15", "2026-06-14", -1, -1, -1);
        check("2026-06-15", "2025-06-15", -1, -12, -365);
        check("2026-01-28", "2026-02-28", 0, 1, 31);
        check("2026-01-29", "2026-02-28", 0, 0, 30);
        check("2026-01-31", "2026-02-28", 0, 0, 28);
        check("2026-01-31", "2026-03-01", 0, 1, 29);
        check("2026-08-31", "2026-09-30", 0, 0, 30);
        check("2026-08-31", "2026-10-01", 0, 1, 31);
        check("2026-03-31", "2026-02-28", -1, -2, -31);
    }

    #[test]
    fn only_a_full_iso_date_is_a_date() {
        for text in [
            "",
            "2026",
            "2026-1-2",
            "2026-13-01",
            "2026-02-29",
            "21-11-2026",
            "2026-11-21T00:00",
            "0000-01-01",
            "２０２６-01-01",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
