//! What engines write differently.

use std::fmt;
use std::str::FromStr;

use crate::date::{Date, Unit};
use crate::diagnostic::{shortened, suggest};

/// An engine that runs SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// PostgreSQL.
    Postgres,
    /// SQLite 3.35 or later. It has neither decimals, dates nor lists: a decimal is a number, a date is a text such as `2026-12-05`, a truth is 1 or 0,
    /// and the members of a set are a text joined by bars.
    Sqlite,
    /// Spark SQL.
    Spark,
    /// DataFusion.
    DataFusion,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 5] = [
        Self::DuckDb,
        Self::Postgres,
        Self::Sqlite,
        Self::Spark,
        Self::DataFusion,
    ];

    /// Returns the name, as [`FromStr`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
            Self::Spark => "spark",
            Self::DataFusion => "datafusion",
        }
    }

    /// Returns the most bytes that a name can have, if there is a limit. What is longer would be cut off in silence.
    pub(super) fn longest_name(self) -> Option<usize> {
        (self == Self::Postgres).then_some(63)
    }

    /// Returns a name that means the same whatever is in it.
    pub(super) fn name_of(self, name: &str) -> String {
        match self {
            Self::Spark => format!("`{}`", name.replace('`', "``")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// Returns a text.
    pub(super) fn text(self, text: &str) -> String {
        let text = text.replace('\'', "''");
        match self {
            Self::Spark => format!("'{}'", text.replace('\\', "\\\\").replace("''", "\\'")),
            _ => format!("'{text}'"),
        }
    }

    /// Returns a text that is null.
    pub(super) fn no_text(self) -> &'static str {
        match self {
            Self::Spark => "CAST(NULL AS STRING)",
            Self::Sqlite => "NULL",
            _ => "CAST(NULL AS VARCHAR)",
        }
    }

    /// Returns a set as a column has it.
    pub(super) fn list(self, members: &[String]) -> String {
        let texts: Vec<String> = members.iter().map(|member| self.text(member)).collect();
        let texts = texts.join(", ");
        match self {
            Self::DuckDb => format!("CAST([{texts}] AS VARCHAR[])"),
            Self::Postgres => format!("ARRAY[{texts}]::text[]"),
            Self::Sqlite => self.text(&members.join("|")),
            Self::Spark => format!("CAST(array({texts}) AS ARRAY<STRING>)"),
            Self::DataFusion => format!("make_array({texts})"),
        }
    }

    /// Returns a date.
    pub(super) fn date(self, date: Date) -> String {
        match self {
            Self::Sqlite => format!("'{date}'"),
            _ => format!("DATE '{date}'"),
        }
    }

    /// Returns what begins a part of a query that is worked out once.
    pub(super) fn once(self) -> &'static str {
        match self {
            // These would otherwise write each part into the next, as often as it is read there.
            Self::Postgres | Self::Sqlite => "AS MATERIALIZED",
            _ => "AS",
        }
    }

    /// Returns a whole number of an expression.
    pub(super) fn whole(self, expression: &str) -> String {
        format!("CAST({expression} AS BIGINT)")
    }

    /// Returns a number without its decimal places.
    pub(super) fn floor(self, expression: &str) -> String {
        match self {
            Self::DuckDb | Self::Postgres => format!("floor({expression})"),
            _ => self.whole(expression),
        }
    }

    /// Returns an expression as a decimal with some places, which rounds. It has some digits at most.
    pub(super) fn decimal(self, expression: &str, places: u32, digits: u32) -> String {
        match self {
            Self::Sqlite => {
                let factor = 10_i64.pow(places.min(18));
                format!("CAST(round({expression} * {factor}) AS INTEGER) / {factor}.0")
            }
            _ => format!(
                "CAST({expression} AS DECIMAL({}, {places}))",
                digits.max(places + 1)
            ),
        }
    }

    /// Returns a number of the declared places as a whole number of its last place.
    pub(super) fn scaled(self, expression: &str, places: u32, digits: u32) -> String {
        let factor = 10_i64.pow(places.min(18));
        match self {
            Self::Sqlite => format!("CAST(round({expression} * {factor}) AS INTEGER)"),
            _ => self.whole(&format!(
                "{} * {factor}",
                self.decimal(expression, places, digits)
            )),
        }
    }

    /// Returns a whole number of the last of some places as the number that it is.
    pub(super) fn unscaled(self, expression: &str, places: u32) -> String {
        let zeros = "0".repeat(places.saturating_sub(1) as usize);
        match (self, places) {
            (_, 0) => expression.to_owned(),
            (Self::Sqlite, _) => format!("{expression} / 1{zeros}0.0"),
            _ => format!(
                "CAST({expression} AS DECIMAL(18, 0)) * CAST('0.{zeros}1' AS DECIMAL({}, {places}))",
                places + 1
            ),
        }
    }

    /// Returns the quotient of two whole numbers that are not negative, without its remainder.
    pub(super) fn quotient(self, number: &str, by: i64) -> String {
        match self {
            Self::DuckDb => format!("{number} // {by}"),
            Self::Spark => format!("{number} DIV {by}"),
            _ => format!("{number} / {by}"),
        }
    }

    /// Returns the smaller or the larger of some numbers.
    pub(super) fn extreme(self, largest: bool, numbers: &[String]) -> String {
        let function = match (self, largest) {
            (Self::Sqlite, true) => "max",
            (Self::Sqlite, false) => "min",
            (_, true) => "greatest",
            (_, false) => "least",
        };
        match numbers {
            [only] => only.clone(),
            all => format!("{function}({})", all.join(", ")),
        }
    }

    /// Returns the texts that are not null, joined.
    pub(super) fn joined(self, texts: &[String]) -> String {
        match (self, texts) {
            (_, [only]) => only.clone(),
            (Self::Sqlite, all) => {
                let each = all
                    .iter()
                    .map(|text| format!("coalesce({text} || '; ', '')"));
                let each = each.collect::<Vec<_>>().join(" ||\n      ");
                format!("rtrim(\n      {each}, '; ')")
            }
            (_, all) => format!("concat_ws('; ',\n      {})", all.join(",\n      ")),
        }
    }

    /// Returns the date that is some time before another, as java.time's `minus` has it.
    pub(super) fn ago(self, date: &str, count: i32, unit: Unit) -> String {
        let months = match unit {
            Unit::Days => {
                return match self {
                    Self::DuckDb | Self::Postgres => format!("({date} - {count})"),
                    Self::Sqlite => format!("date({date}, '-{count} days')"),
                    Self::Spark => format!("date_sub({date}, {count})"),
                    Self::DataFusion => {
                        format!("CAST({date} - INTERVAL '{count}' DAY AS DATE)")
                    }
                };
            }
            Unit::Months => count,
            Unit::Years => count.saturating_mul(12),
        };
        match self {
            _ if months == 0 => date.to_owned(),
            Self::DuckDb => format!("CAST({date} - INTERVAL {months} MONTH AS DATE)"),
            Self::Postgres => format!("({date} - INTERVAL '{months} months')::date"),
            // Its own months run over into the next where one has too few days.
            Self::Sqlite => format!(
                "min(date({date}, '-{months} months'), date({date}, 'start of month', '-{} months', '-1 day'))",
                months - 1
            ),
            Self::Spark => format!("add_months({date}, -{months})"),
            Self::DataFusion => format!("CAST({date} - INTERVAL '{months}' MONTH AS DATE)"),
        }
    }

    /// Returns the completed units from one date to another, rounded down.
    pub(super) fn completed(self, from: &str, to: &str, unit: Unit) -> String {
        let part = |part: &str, date: &str| match self {
            Self::Sqlite => {
                let format = match part {
                    "year" => "%Y",
                    "month" => "%m",
                    _ => "%d",
                };
                format!("CAST(strftime('{format}', {date}) AS INTEGER)")
            }
            _ => format!("CAST(extract({part} FROM {date}) AS BIGINT)"),
        };
        let difference = |name: &str| format!("{} - {}", part(name, to), part(name, from));
        match unit {
            Unit::Days => match self {
                Self::DuckDb | Self::Postgres => format!("({to} - {from})"),
                Self::Sqlite => {
                    format!("CAST(julianday({to}) - julianday({from}) AS INTEGER)")
                }
                Self::Spark => format!("datediff({to}, {from})"),
                Self::DataFusion => {
                    format!("(CAST({to} AS INT) - CAST({from} AS INT))")
                }
            },
            Unit::Months => format!(
                "(({}) * 12 + {} - CASE WHEN {} < {} THEN 1 ELSE 0 END)",
                difference("year"),
                difference("month"),
                part("day", to),
                part("day", from)
            ),
            Unit::Years => {
                let in_year =
                    |date: &str| format!("{} * 100 + {}", part("month", date), part("day", date));
                format!(
                    "({} - CASE WHEN {} < {} THEN 1 ELSE 0 END)",
                    difference("year"),
                    in_year(to),
                    in_year(from)
                )
            }
        }
    }

    /// Returns whether a set has a member.
    pub(super) fn has(self, set: &str, member: &str) -> String {
        let text = self.text(member);
        match self {
            Self::DuckDb => format!("list_contains({set}, {text})"),
            Self::Postgres => format!("({text} = ANY ({set}))"),
            Self::Sqlite => {
                let member = self.text(&format!("|{member}|"));
                format!("(instr('|' || {set} || '|', {member}) > 0)")
            }
            Self::Spark => format!("array_contains({set}, {text})"),
            Self::DataFusion => format!("array_has({set}, {text})"),
        }
    }

    /// Returns whether a set has nothing but some members.
    pub(super) fn has_only(self, set: &str, members: &[String]) -> String {
        let texts: Vec<String> = members.iter().map(|member| self.text(member)).collect();
        let texts = texts.join(", ");
        match self {
            Self::DuckDb => {
                format!("(list_has_all([{texts}], {set}) AND len({set}) = list_count({set}))")
            }
            Self::Postgres => {
                format!("({set} <@ ARRAY[{texts}]::text[] AND array_position({set}, NULL) IS NULL)")
            }
            Self::Sqlite => {
                // Each member goes, with the bars around it; what is left is not a member.
                let whole = format!("'|' || replace({set}, '|', '||') || '|'");
                let left = members.iter().fold(whole, |left, member| {
                    format!("replace({left}, {}, '')", self.text(&format!("|{member}|")))
                });
                format!("({left} IN ('', '||', '||||'))")
            }
            Self::Spark => format!("(size(array_except({set}, array({texts}))) = 0)"),
            Self::DataFusion => format!("array_has_all(make_array({texts}), {set})"),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A text that is not the name of a dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no dialect `{text}`; {help}")]
pub struct DialectError {
    text: String,
    help: String,
}

impl FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        let names = Self::ALL.map(Self::name);
        let found = Self::ALL.into_iter().find(|dialect| dialect.name() == text);
        found.ok_or_else(|| DialectError {
            text: shortened(text),
            help: suggest(text, names),
        })
    }
}
