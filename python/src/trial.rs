//! A revision, tried on the people of a table.

use std::collections::BTreeMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use threshold_matrix_cohort::trial::{self, Audience};

use crate::errors::{of_columns, of_trial};
use crate::explanation::framed;
use crate::json;
use crate::matrix::Matrix;
use crate::table::{columns_of, reader};

/// Two revisions, tried on the people of a table: who moves and why, and what is counted of them. A report of text (`str`), Markdown or HTML, or data.
#[pyclass(module = "threshold_matrix", frozen)]
pub(crate) struct Trial {
    trial: trial::Trial,
}

/// What is asked about the people of a table.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Asked {
    outcome: Option<String>,
    by: Vec<String>,
    #[pyo3(item("where"))]
    only: BTreeMap<String, Values>,
    at_least: Option<String>,
    capacity: BTreeMap<String, u64>,
    existing: Option<String>,
    score: Option<String>,
    sweep: Option<String>,
    audience: String,
    threshold: u64,
    merge: u64,
}

/// One value of a column, or several of which one is enough.
#[derive(FromPyObject)]
pub(crate) enum Values {
    One(String),
    Several(Vec<String>),
}

impl Asked {
    /// Returns a trial of nobody yet that counts what is asked.
    fn trial(self, old: &Matrix, new: &Matrix) -> PyResult<trial::Trial> {
        let audience = match self.audience.as_str() {
            "release" => Audience::Release,
            "board" => Audience::Board,
            other => {
                return Err(PyValueError::new_err(format!(
                    "`audience` is `release` or `board`, not `{other}`"
                )));
            }
        };
        if self.threshold < 2 {
            return Err(PyValueError::new_err("`threshold` is 2 or more"));
        }
        if let (Some(existing), None) = (&self.existing, &self.outcome) {
            return Err(PyValueError::new_err(format!(
                "`existing` (`{existing}`) compares a score with what was seen later; name its column with `outcome`"
            )));
        }
        let asked = || -> Result<trial::Trial, trial::TrialError> {
            let mut trial = trial::Trial::new(&old.matrix, &new.matrix)
                .from_source("from a table")
                .audience(audience)
                .threshold(self.threshold)
                .merge(self.merge)
                .by(&self.by)?;
            for (column, values) in self.only {
                let values = match values {
                    Values::One(value) => vec![value],
                    Values::Several(values) => values,
                };
                for value in values {
                    trial = trial.only(&column, value);
                }
            }
            for (tier, room) in &self.capacity {
                trial = trial.capacity(tier, *room)?;
            }
            if let Some(tier) = &self.at_least {
                trial = trial.at_least(tier)?;
            }
            if let Some(column) = self.existing {
                trial = trial.existing(column);
            }
            if let Some(name) = &self.score {
                trial = trial.score(name)?;
            }
            if let Some(cut_off) = &self.sweep {
                trial = trial.sweep(&cut_off.parse()?)?;
            }
            Ok(trial)
        };
        asked().map_err(|error| of_trial(&error))
    }
}

impl Trial {
    /// Tries two revisions on the people of a table.
    pub(crate) fn new(
        py: Python<'_>,
        [old, new]: [&Matrix; 2],
        table: &Bound<'_, PyAny>,
        as_at: threshold_matrix::Date,
        columns: Option<&Bound<'_, PyAny>>,
        id: Option<String>,
        asked: Asked,
    ) -> PyResult<Self> {
        let mut columns = columns_of(py, &[&old.matrix, &new.matrix], columns)?;
        if let Some(id) = id {
            columns = columns.with_id(id);
        }
        if let Some(outcome) = &asked.outcome {
            columns = columns.with_outcome(outcome);
        }
        let mut trial = asked.trial(old, new)?;
        let columns = trial.columns(columns);
        let people = reader(table)?;
        let (old, new) = (&old.matrix, &new.matrix);
        let tried = py.detach(move || {
            trial = trial.with_comparison(old.compare(new, as_at));
            trial.add_batches(&people.schema(), people, &columns, as_at)?;
            Ok(trial)
        });
        let trial = tried.map_err(|error| of_columns(py, &error))?;
        trial.check_groups().map_err(|error| of_trial(&error))?;
        if [trial.old(), trial.revised()]
            .iter()
            .any(|tally| tally.people() > 0 && tally.refused() == tally.people())
        {
            return Err(PyValueError::new_err(
                "everybody is refused by a revision, so there is nothing to compare; `score_table` says why",
            ));
        }
        Ok(Self { trial })
    }
}

#[pymethods]
impl Trial {
    /// How many people were counted.
    #[getter]
    fn people(&self) -> u64 {
        self.trial.people()
    }

    /// How many people have another result by the new revision.
    #[getter]
    fn moved(&self) -> u64 {
        self.trial.moved()
    }

    /// How many people went from each result to each, or stayed.
    #[getter]
    fn ways<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.trial.ways())
    }

    /// The changes of the rules that move people by themselves, those that move most first.
    #[getter]
    fn causes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.trial.causes())
    }

    /// What differs between the explanations of people who moved, the most frequent first.
    #[getter]
    fn differences<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.trial.differences())
    }

    /// Returns everything that the report shows, as data.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.trial)
    }

    /// Returns the report in Markdown.
    fn to_markdown(&self) -> String {
        self.trial.report().to_markdown()
    }

    /// Returns the report as a page of HTML.
    fn to_html(&self) -> String {
        self.trial.report().to_html()
    }

    fn _repr_html_(&self) -> String {
        framed(&self.to_html())
    }

    fn __str__(&self) -> String {
        self.trial.report().to_string()
    }

    fn __repr__(&self) -> String {
        format!(
            "<Trial of {} people, of whom {} move; print it, or use to_markdown() or to_html()>",
            self.trial.people(),
            self.trial.moved()
        )
    }
}
