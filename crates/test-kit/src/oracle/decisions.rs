//! The four forms of a decision, and orders of results.

use super::inputs::{Present, read_value};
use super::{Reason, Scoring};
use crate::spec::{Action, Axis, Cell, Entries, Form, Subject};

/// Results from the most to the least intensive.
pub(super) struct Order<'o>(pub(super) &'o [String]);

impl Order<'_> {
    /// Returns how intensive a result is. A greater number is more intensive, and nothing is below every result.
    pub(super) fn intensity(&self, result: Option<&str>) -> usize {
        result.map_or(0, |result| self.0.len() - self.position(result))
    }

    fn position(&self, result: &str) -> usize {
        self.0
            .iter()
            .position(|other| other == result)
            .expect("a result of this order")
    }

    /// Returns what an override makes of a result.
    pub(super) fn after(&self, action: &Action, result: &str) -> String {
        let position = self.position(result);
        let position = match action {
            Action::Fix { result, .. } => self.position(result),
            Action::AtLeast(floor) => position.min(self.position(floor)),
            Action::AtMost(ceiling) => position.max(self.position(ceiling)),
            Action::Up(steps) => position.saturating_sub(*steps),
            Action::Down(steps) => (position + steps).min(self.0.len() - 1),
            Action::Status(_) => panic!("a status is in no order"),
        };
        self.0[position].clone()
    }
}

impl Scoring<'_> {
    /// Returns what the decision of this name gives; `None` is nothing.
    pub(super) fn result(&self, name: &str, form: &Form) -> Result<Option<String>, Reason> {
        match form {
            Form::Rules(rules) => {
                let rule = rules
                    .iter()
                    .find(|rule| rule.when.as_ref().is_none_or(|when| self.holds(when)));
                Ok(rule.map(|rule| rule.result.clone()))
            }
            Form::Table {
                rows,
                columns,
                cells,
            } => match &cells[self.place(rows)][self.place(columns)] {
                Cell::Gives(result) => Ok(Some(result.clone())),
                Cell::Nothing => Ok(None),
                Cell::Impossible => Err(Reason::Impossible(name.to_owned())),
            },
            Form::Highest { steps, default } => {
                let order = Order(&self.spec.tiers);
                let given = steps
                    .iter()
                    .filter_map(|step| self.outcome.decisions[step].clone());
                let highest = given.max_by_key(|result| order.intensity(Some(result)));
                Ok(highest.or_else(|| default.clone()))
            }
            Form::Bands { of, bands } => {
                let Some(Present::Number(number)) = self.present(of) else {
                    panic!("{of:?} has no number")
                };
                let band = bands
                    .iter()
                    .find(|(_, from)| from.is_none_or(|from| number >= from));
                Ok(band.map(|(result, _)| result.clone()))
            }
        }
    }

    /// Returns the row or column that the profile is in.
    fn place(&self, axis: &Axis) -> usize {
        let place = match (&axis.entries, &axis.subject) {
            (Entries::Results(results), Subject::Decision(name)) => results
                .iter()
                .position(|result| *result == self.outcome.decisions[name]),
            (Entries::Values(values), subject) => {
                let present = self.present(subject).expect("an axis always has a value");
                values.iter().position(|value| read_value(value) == present)
            }
            (Entries::Cuts(cuts), subject) => match self.present(subject) {
                Some(Present::Number(number)) => cuts.iter().position(|cut| number >= *cut),
                other => panic!("{subject:?} has no number: {other:?}"),
            },
            (entries, subject) => panic!("{subject:?} has no {entries:?}"),
        };
        place.expect("the axis covers every value")
    }
}
