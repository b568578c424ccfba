//! Reads the rows of an earlier run that may be carried over.

use std::borrow::Cow;

use threshold_matrix::bulk::{Outputs, ResultColumn, ResultForm};
use threshold_matrix::workspace::number;
use threshold_matrix::{Date, Matrix, Outcome, Points};

use crate::NextResult;
use crate::write::{LIBRARY, NEXT_CHANGE, NEXT_RESULT, STANDS_UNTIL, UNTIL};

/// The columns that are read beside those of results.
const OWN: [&str; 8] = [
    "tier",
    "status",
    "as_at",
    NEXT_CHANGE.0,
    NEXT_RESULT.0,
    STANDS_UNTIL.0,
    UNTIL.0,
    LIBRARY.0,
];

/// The columns of a row that may be carried over.
#[derive(Debug, Clone)]
pub(crate) struct RowColumns {
    columns: Vec<ResultColumn>,
    /// The names of tiers, and then of statuses.
    results: Vec<String>,
    tiers: usize,
}

/// A row of an earlier run in which nothing is open, but for the values of its columns.
#[derive(Debug)]
pub(crate) struct EarlierRow {
    result: Option<u8>,
    pub(crate) as_at: Date,
    pub(crate) next: Option<NextResult>,
    pub(crate) stands_until: Date,
    pub(crate) until: Date,
    pub(crate) library: String,
}

impl RowColumns {
    pub(crate) fn new(matrix: &Matrix, outputs: Outputs) -> Self {
        let results = matrix.tiers().iter().chain(matrix.statuses());
        Self {
            columns: ResultColumn::all(matrix, outputs),
            results: results.cloned().collect(),
            tiers: matrix.tiers().len(),
        }
    }

    /// Returns the names of the columns.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter().map(|column| column.name.as_str());
        OWN.into_iter().chain(columns)
    }

    /// Returns the row and its values, by the cells of the columns in the order of [`RowColumns::names`]: nothing where a cell is empty. Returns `None` if
    /// the row does not say how long it stands, or a cell cannot be read.
    pub(crate) fn row<'a>(
        &self,
        cell: impl Fn(usize) -> Option<Cow<'a, str>>,
    ) -> Option<(EarlierRow, Vec<Option<i64>>)> {
        let own = |name: &str| cell(OWN.iter().position(|own| *own == name)?);
        let date = |name: &str| own(name)?.parse::<Date>().ok();
        let stands_until = date(STANDS_UNTIL.0)?;
        let place = |name: &str, from: usize| {
            let names = self.results.iter().enumerate().skip(from);
            let (place, _) = { names }.find(|(_, own)| *own == name)?;
            u8::try_from(place).ok()
        };
        let result = match (own("tier"), own("status")) {
            (Some(tier), _) => Some(place(&tier, 0)?),
            (None, Some(status)) => Some(place(&status, self.tiers)?),
            (None, None) => None,
        };
        let next = own(NEXT_CHANGE.0);
        let next = match next.as_deref() {
            None => None,
            Some(json) if json.starts_with('{') => Some(NextResult::of_json(json)?),
            Some(day) => Some(NextResult {
                on: day.parse().ok()?,
                result: own(NEXT_RESULT.0).unwrap_or_default().into_owned(),
                json: String::new(),
            }),
        };
        let columns = self.columns.iter().zip(OWN.len()..);
        let values = columns.map(|(column, at)| match cell(at) {
            None => Some(None),
            Some(text) => value(&column.form, &text).map(Some),
        });
        let row = EarlierRow {
            result,
            as_at: date("as_at")?,
            next,
            stands_until,
            until: date(UNTIL.0)?,
            library: own(LIBRARY.0)?.into_owned(),
        };
        Some((row, values.collect::<Option<_>>()?))
    }

    /// Returns the outcome of a row on a later date, of which the values come first among others.
    pub(crate) fn outcome(
        &self,
        matrix: &Matrix,
        as_at: Date,
        row: &EarlierRow,
        values: &[Option<i64>],
    ) -> Option<Outcome> {
        let values = self.columns.iter().zip(values.iter().copied());
        ResultColumn::outcome(matrix, as_at, row.result, values)
    }
}

/// Returns the value of a cell.
fn value(form: &ResultForm, text: &str) -> Option<i64> {
    match form {
        ResultForm::Number => {
            let points = Points::from_decimal(number::parse(text)?)?;
            Some(points.millionths())
        }
        ResultForm::Truth => match text {
            "true" | "TRUE" => Some(1),
            "false" | "FALSE" => Some(0),
            _ => None,
        },
        ResultForm::Names(names) => {
            let place = names.iter().position(|name| name == text)?;
            i64::try_from(place).ok()
        }
    }
}
