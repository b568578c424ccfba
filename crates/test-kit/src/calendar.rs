//! Calendar arithmetic as `FORMAT.md` defines it.

use jiff::Span;
use jiff::civil::Date;

use crate::spec::Unit;

/// Returns the date that is `count` whole units later (or earlier). A day that the month lacks becomes the month's last day.
pub fn plus(date: Date, unit: Unit, count: i64) -> Date {
    let span = match unit {
        Unit::Years => Span::new().years(count),
        Unit::Months => Span::new().months(count),
        Unit::Days => Span::new().days(count),
    };
    date.checked_add(span)
        .expect("generated dates stay far inside the calendar")
}

/// Returns the day on which `count` months or years after a date are complete. It is the day with the same number or, where the month lacks it, the
/// first day of the next month.
fn completes(date: Date, unit: Unit, count: i64) -> Date {
    let clamped = plus(date, unit, count);
    if clamped.day() == date.day() {
        clamped
    } else {
        plus(clamped, Unit::Days, 1)
    }
}

/// Returns the largest count whose completion is not after `second`; negative when it has to be.
pub fn completed(unit: Unit, first: Date, second: Date) -> i64 {
    let years = i64::from(second.year()) - i64::from(first.year());
    let months = years * 12 + i64::from(second.month()) - i64::from(first.month());
    let mut count = match unit {
        Unit::Years => years,
        Unit::Months => months,
        Unit::Days => {
            return i64::from(
                first
                    .until(second)
                    .expect("days between two dates")
                    .get_days(),
            );
        }
    };
    while completes(first, unit, count) > second {
        count -= 1;
    }
    count
}

/// Returns every date from the first to the last.
pub fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first
        .series(Span::new().days(1))
        .take_while(move |date| *date <= last)
}
