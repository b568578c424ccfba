//! What comes out of one scoring.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use threshold_matrix::{Case, PointsOutcome, Profile, Refusal};

use crate::errors::of_refusal;
use crate::values::{of_date, points};
use crate::{json, values};

/// What comes out of scoring one profile: the tier, or what is still possible, and everything that it was made of.
#[pyclass(module = "threshold_matrix", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Outcome {
    outcome: threshold_matrix::Outcome,
}

impl Outcome {
    pub(crate) fn new(outcome: threshold_matrix::Outcome) -> Self {
        Self { outcome }
    }
}

#[pymethods]
impl Outcome {
    /// The tier, or None if it is open, or if there is a status in its place.
    #[getter]
    fn tier(&self) -> Option<&str> {
        self.outcome.tier()
    }

    /// The status that stands in the place of a tier, if there is one.
    #[getter]
    fn status(&self) -> Option<&str> {
        self.outcome.status()
    }

    /// Every tier and status that is possible still: one if the result is settled.
    #[getter]
    fn possible(&self) -> Vec<&str> {
        self.outcome.possible()
    }

    /// Whether something that nobody recorded leaves the result open.
    #[getter]
    fn provisional(&self) -> bool {
        self.outcome.is_provisional()
    }

    /// Whether each result that is said to be possible is one that some completion of the profile has.
    #[getter]
    fn exact(&self) -> bool {
        self.outcome.is_exact()
    }

    /// Whether the matrix is in force on the date of the scoring.
    #[getter]
    fn in_force(&self) -> bool {
        self.outcome.is_in_force()
    }

    /// The date of the scoring.
    #[getter]
    fn as_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        of_date(py, self.outcome.as_at())
    }

    /// The dimensions by name. Each has a score, or None if it is open, the range of the score, the level, the levels that are possible still, and the
    /// scaled number.
    #[getter]
    fn dimensions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for dimension in self.outcome.dimensions() {
            let own = PyDict::new(py);
            let number = |number: Option<_>| number.map(|number| points(py, number)).transpose();
            let (least, most) = dimension.range();
            own.set_item("score", number(dimension.score())?)?;
            own.set_item("range", (points(py, least)?, points(py, most)?))?;
            own.set_item("level", dimension.level())?;
            own.set_item("possible_levels", dimension.possible_levels())?;
            own.set_item("scaled", number(dimension.scaled())?)?;
            all.set_item(dimension.name(), own)?;
        }
        Ok(all)
    }

    /// The points of each criterion and group, or None where they are open. Those that an override replaced are left out.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for name in self.outcome.criteria_and_groups() {
            let own = self.outcome.points(name);
            if let Some(own) = own.filter(|own| *own != PointsOutcome::Replaced) {
                let settled = own.settled().map(|own| points(py, own));
                all.set_item(name, settled.transpose()?)?;
            }
        }
        Ok(all)
    }

    /// Whether each flag is raised, or None where that is open.
    #[getter]
    fn flags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (name, raised) in self.outcome.flags() {
            all.set_item(name, raised)?;
        }
        Ok(all)
    }

    /// The result of each named decision, or None where it is open or there is none.
    #[getter]
    fn decisions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (name, result) in self.outcome.decisions() {
            all.set_item(name, result)?;
        }
        Ok(all)
    }

    /// Returns the outcome as the program writes it in JSON, with numbers as `int` and `Decimal`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.outcome)
    }

    /// Returns the outcome as JSON.
    fn to_json(&self) -> PyResult<String> {
        json::text(&self.outcome)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        json::text(&self.outcome)?.into_pyobject(py)?.hash()
    }

    fn __repr__(&self) -> String {
        let (outcome, matrix) = (&self.outcome, self.outcome.matrix());
        let result = match outcome.possible().as_slice() {
            [] => outcome
                .dimensions()
                .map(|dimension| {
                    let level = dimension.possible_levels().join(" or ");
                    let (least, most) = dimension.range();
                    let score = match dimension.score() {
                        Some(score) => score.to_string(),
                        None => format!("{least} to {most}"),
                    };
                    format!("{} {level} ({score})", dimension.name())
                })
                .collect::<Vec<_>>()
                .join(", "),
            possible => possible.join(" or "),
        };
        let open = if outcome.is_provisional() {
            ", not settled"
        } else {
            ""
        };
        format!(
            "<Outcome {result}{open}, by {} {} as at {}>",
            matrix.id(),
            matrix.version(),
            outcome.as_at()
        )
    }
}

/// Reads a profile, and prepares it to be scored.
pub(crate) fn prepared(
    py: Python<'_>,
    matrix: &threshold_matrix::Matrix,
    profile: &Bound<'_, PyAny>,
    as_at: &Bound<'_, PyAny>,
) -> PyResult<(Profile, Case)> {
    let as_at = values::date(as_at)?;
    let (profile, mut problems) = values::profile(profile)?;
    let prepared = matrix.prepare(&profile, as_at);
    if problems.is_empty() {
        return match prepared {
            Ok(case) => Ok((profile, case)),
            Err(refusal) => Err(of_refusal(py, &refusal)),
        };
    }
    // An input whose value is none at all is not missing as well.
    if let Err(refusal) = prepared {
        let told: Vec<String> = problems.iter().flat_map(|own| own.inputs.clone()).collect();
        let others = refusal.problems().iter();
        let others = others.filter(|own| !own.inputs.iter().any(|input| told.contains(input)));
        problems.extend(others.cloned());
    }
    Err(of_refusal(py, &Refusal::new(problems)))
}
