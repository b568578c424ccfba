//! A threshold matrix.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use threshold_matrix::record::Record as Kept;
use threshold_matrix::sql::{Dialect, Query};
use threshold_matrix::{Date, IfMissing, InputKind, sample};

use crate::comparison::Analysis;
use crate::errors::{of_faults, of_open, of_record, of_refusal};
use crate::explanation::{Explanation, framed};
use crate::outcome::{Outcome, prepared};
use crate::record::Record;
use crate::table::ScoredTable;
use crate::values;

/// A threshold matrix: rules that turn profiles into tiers.
#[pyclass(module = "threshold_matrix", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Matrix {
    pub(crate) matrix: threshold_matrix::Matrix,
}

#[pymethods]
impl Matrix {
    /// Opens a matrix that comes with the package (`iom-threshold@1.1.0`), or a file that ends in `.yaml` or `.yml`.
    ///
    /// Without a version, `as_at` says which one is meant: the one that is in force then.
    #[classmethod]
    #[pyo3(signature = (name, *, as_at=None))]
    fn open(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        name: &str,
        as_at: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let is_file = name.ends_with(".yaml") || name.ends_with(".yml");
        let day = match as_at {
            Some(day) => values::date(day)?,
            // Beside a version, the day does not matter.
            None if is_file || name.contains('@') => {
                Date::new(2026, 1, 1).map_err(|error| PyValueError::new_err(error.to_string()))?
            }
            None => {
                return Err(PyValueError::new_err(format!(
                    "`{name}` does not say which version; write one behind it, such as `{name}@1.0.0`, or give `as_at` for the version in force then"
                )));
            }
        };
        let opened = threshold_matrix::Matrix::open(name, day);
        opened
            .map(|matrix| Self { matrix })
            .map_err(|error| of_open(py, &error))
    }

    /// Loads a matrix from the text of its file.
    #[classmethod]
    #[pyo3(signature = (text, *, name="matrix.yaml"))]
    fn from_yaml(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        text: &str,
        name: &str,
    ) -> PyResult<Self> {
        threshold_matrix::Matrix::from_named_yaml(name, text.as_bytes())
            .map(|matrix| Self { matrix })
            .map_err(|faults| of_faults(py, &faults))
    }

    /// The id of the matrix.
    #[getter]
    fn id(&self) -> &str {
        self.matrix.id()
    }

    /// The version.
    #[getter]
    fn version(&self) -> String {
        self.matrix.version().to_string()
    }

    /// The title.
    #[getter]
    fn title(&self) -> &str {
        self.matrix.title()
    }

    /// The hash of everything that can move a result: `sha256:` and 64 digits.
    #[getter]
    fn hash(&self) -> &str {
        self.matrix.content_hash()
    }

    /// The tiers, the most intensive first.
    #[getter]
    fn tiers(&self) -> Vec<&str> {
        self.matrix.tiers().iter().map(String::as_str).collect()
    }

    /// The statuses that may stand in the place of a tier.
    #[getter]
    fn statuses(&self) -> Vec<&str> {
        self.matrix.statuses().iter().map(String::as_str).collect()
    }

    /// A description of each input that a profile can give: its name, label, kind, values with their labels, unit and note, whether it is required or
    /// protected, and what its leaving out means (`missing`: `error`, `absent`, `unknown` or `assume`).
    #[getter]
    fn inputs<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let inputs = self.matrix.described_inputs();
        let described = inputs.map(|input| {
            let own = PyDict::new(py);
            own.set_item("name", input.name)?;
            own.set_item("label", input.label)?;
            let (kind, has_values) = match input.kind {
                InputKind::Number { places, from, to } => {
                    own.set_item("places", places)?;
                    own.set_item("from", from.to_string())?;
                    own.set_item("to", to.to_string())?;
                    (if places == 0 { "integer" } else { "decimal" }, false)
                }
                InputKind::Level(_) => ("level", true),
                InputKind::Category(_) => ("category", true),
                InputKind::Set(_) => ("set", true),
                InputKind::Boolean => ("boolean", false),
                InputKind::Date { from, to } => {
                    own.set_item("from", values::of_date(py, from)?)?;
                    own.set_item("to", values::of_date(py, to)?)?;
                    ("date", false)
                }
                _ => ("other", false),
            };
            own.set_item("kind", kind)?;
            if has_values {
                let names: Vec<&str> = input.values.iter().map(|value| value.name).collect();
                let labels: Vec<&str> = input.values.iter().map(|value| value.label).collect();
                own.set_item("values", names)?;
                own.set_item("labels", labels)?;
            }
            own.set_item("unit", input.unit)?;
            own.set_item("note", input.note)?;
            own.set_item("required", input.missing == IfMissing::Refused)?;
            own.set_item(
                "missing",
                match input.missing {
                    IfMissing::Refused => "error",
                    IfMissing::Absent => "absent",
                    IfMissing::Assumed(_) => "assume",
                    _ => "unknown",
                },
            )?;
            own.set_item("protected", input.protected)?;
            Ok(own)
        });
        described.collect()
    }

    /// Returns the profiles of made-up people, the same for the same seed, with every input as a key, so that they make a table.
    #[pyo3(signature = (count, *, as_at, seed=1))]
    fn sample<'py>(
        &self,
        py: Python<'py>,
        count: usize,
        as_at: &Bound<'py, PyAny>,
        seed: u64,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let people = sample::profiles(&self.matrix, values::date(as_at)?, seed, count);
        let made = people.map(|profile| {
            let own = PyDict::new(py);
            for input in self.matrix.described_inputs() {
                let value = profile.get(input.name);
                own.set_item(input.name, values::of_value(py, &input.kind, value)?)?;
            }
            Ok(own)
        });
        made.collect()
    }

    /// Scores a profile at a date. A value that is not recorded is None, or is left out.
    ///
    /// Raises `Refused` with every problem of the profile.
    #[pyo3(signature = (profile, *, as_at))]
    fn score(
        &self,
        py: Python<'_>,
        profile: &Bound<'_, PyAny>,
        as_at: &Bound<'_, PyAny>,
    ) -> PyResult<Outcome> {
        let (_, case) = prepared(py, &self.matrix, profile, as_at)?;
        case.score()
            .map(Outcome::new)
            .map_err(|refusal| of_refusal(py, &refusal))
    }

    /// Explains what comes out for a profile at a date.
    ///
    /// `full` has every rule with its line in the file, `redacted` leaves out the person's values, and `changes` tells what would change the result.
    #[pyo3(signature = (profile, *, as_at, full=false, redacted=false, changes=true))]
    fn explain(
        &self,
        py: Python<'_>,
        profile: &Bound<'_, PyAny>,
        as_at: &Bound<'_, PyAny>,
        full: bool,
        redacted: bool,
        changes: bool,
    ) -> PyResult<Explanation> {
        let (_, case) = prepared(py, &self.matrix, profile, as_at)?;
        let _ = case.score().map_err(|refusal| of_refusal(py, &refusal))?;
        Ok(Explanation::new(case, full, redacted, changes))
    }

    /// Scores a profile and makes a record of it, to keep: what was scored, what came out and why. `person` is a reference that the case system knows.
    #[pyo3(signature = (profile, *, as_at, person=None))]
    fn record(
        &self,
        py: Python<'_>,
        profile: &Bound<'_, PyAny>,
        as_at: &Bound<'_, PyAny>,
        person: Option<&str>,
    ) -> PyResult<Record> {
        let (profile, case) = prepared(py, &self.matrix, profile, as_at)?;
        let record = Kept::new(&self.matrix, &profile, case.as_at());
        let record = record.map_err(|refusal| of_refusal(py, &refusal))?;
        let record = match person {
            Some(person) => record.of_person(person),
            None => Ok(record),
        };
        record
            .map(Record::new)
            .map_err(|error| of_record(py, &error))
    }

    /// Scores everybody in a table: any object with `__arrow_c_stream__` or `__arrow_c_array__`, such as a data frame of Polars or pandas.
    ///
    /// Returns an object of the same kind, with one row of results for each row, which is worked out as it is read.
    /// `columns` says how the table's columns are read, as a columns file does: a dictionary, or the text of such a file.
    /// Raises `ColumnError` with everything that is wrong with the columns.
    #[pyo3(signature = (table, *, as_at, columns=None, id=None, keep=Vec::new(), points=false, threads=1))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn score_table(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        as_at: &Bound<'_, PyAny>,
        columns: Option<&Bound<'_, PyAny>>,
        id: Option<String>,
        keep: Vec<String>,
        points: bool,
        threads: usize,
    ) -> PyResult<ScoredTable> {
        let as_at = values::date(as_at)?;
        ScoredTable::new(
            py,
            &self.matrix,
            table,
            as_at,
            columns,
            id,
            keep,
            points,
            threads,
        )
    }

    /// Proves what can be proved of the matrix over all profiles: what is never reached, and where more of what is worse lowers a result.
    #[pyo3(signature = (*, as_at))]
    fn analyse(&self, py: Python<'_>, as_at: &Bound<'_, PyAny>) -> PyResult<Analysis> {
        let as_at = values::date(as_at)?;
        Ok(Analysis::new(py.detach(|| self.matrix.analyse(as_at))))
    }

    /// Returns the matrix as the tables that a panel knows, in text.
    fn to_text(&self) -> String {
        #[cfg(feature = "deliberate-panic")]
        crate::table::deliberate_panic();
        self.matrix.sheet().to_string()
    }

    /// Returns the same as a page of HTML.
    fn to_html(&self) -> String {
        self.matrix.sheet().to_html()
    }

    /// Returns the matrix as one SELECT over a relation with `id` and a column for each input: `duckdb`, `postgres`, `sqlite`, `spark` or `datafusion`.
    ///
    /// Without `as_at`, the relation has the date of each scoring as a column `as_at`. With `member_columns`, a set is read from a column of truths for
    /// each member, called `input.member`. A row of which something is unknown is marked by `needs_scorer`.
    #[pyo3(signature = (dialect, *, as_at=None, relation="cohort", member_columns=false, points=false))]
    fn to_sql(
        &self,
        dialect: &str,
        as_at: Option<&Bound<'_, PyAny>>,
        relation: &str,
        member_columns: bool,
        points: bool,
    ) -> PyResult<String> {
        let wrong = |error: &dyn std::error::Error| PyValueError::new_err(error.to_string());
        let dialect: Dialect = dialect.parse().map_err(|error| wrong(&error))?;
        let mut query = Query::new(dialect).from(relation);
        if let Some(date) = as_at {
            query = query.as_at(values::date(date)?);
        }
        if member_columns {
            query = query.member_columns();
        }
        if points {
            query = query.points();
        }
        self.matrix.to_sql(&query).map_err(|error| wrong(&error))
    }

    /// Returns the canonical text of the matrix, from which it can be loaded again.
    fn to_yaml(&self) -> String {
        self.matrix.to_yaml()
    }

    fn _repr_html_(&self) -> String {
        framed(&self.to_html())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let load = slf.get_type().getattr("from_yaml")?;
        Ok((load, (slf.get().to_yaml(),)))
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.matrix.content_hash().into_pyobject(py)?.hash()
    }

    fn __repr__(&self) -> String {
        format!("<Matrix {} {}>", self.matrix.id(), self.matrix.version())
    }
}
