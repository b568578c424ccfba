//! Decisions and overrides.

use super::{Entries, Printer, entries, plain, subject_name, text, texts, value_node};
use crate::spec::{Action, Axis, Cell, Entries as AxisEntries, Form, NamedDecision, Override};
use crate::yaml::Node;

impl Printer<'_> {
    pub(super) fn named_decision(&self, decision: &NamedDecision) -> Node {
        let own = decision.values.as_ref();
        let form = self
            .form(&decision.form, own.is_some())
            .with_some("values", own.map(|values| texts(values)))
            .with_some(
                "labels",
                own.and_then(|values| self.labels(&decision.name, values)),
            );
        self.noted(&decision.name, form).map()
    }

    /// Writes the form of a decision. `own` says that the decision gives values of its own.
    pub(super) fn form(&self, form: &Form, own: bool) -> Entries {
        let result_key = if own { "value" } else { "tier" };
        match form {
            Form::Rules(rules) => {
                let rules = rules.iter().enumerate().map(|(position, rule)| {
                    let key = if self.spec.statuses.contains(&rule.result) {
                        "status"
                    } else {
                        result_key
                    };
                    let title = self
                        .seldom(&format!("{} {position}", rule.result))
                        .then(|| text("a rule's title"));
                    entries()
                        .with(key, text(&rule.result))
                        .with_some("when", rule.when.as_ref().map(|when| self.condition(when)))
                        .with_some("title", title)
                        .map()
                });
                entries().with("rules", Node::List(rules.collect()))
            }
            Form::Table {
                rows,
                columns,
                cells,
            } => {
                let cells = cells
                    .iter()
                    .map(|row| Node::List(row.iter().map(cell).collect()));
                let table = entries()
                    .with("rows", self.axis(rows))
                    .with("columns", self.axis(columns))
                    .with("cells", Node::List(cells.collect()));
                entries().with("table", table.map())
            }
            Form::Highest { steps, default } => entries()
                .with("highest", texts(steps))
                .with_some("default", default.as_ref().map(|default| text(default))),
            Form::Bands { of, bands } => {
                let bands = bands.iter().map(|(result, from)| {
                    entries()
                        .with(result_key, text(result))
                        .with_some("from", from.map(|from| self.points(from)))
                        .map()
                });
                let bands = entries()
                    .with("of", text(&subject_name(of)))
                    .with("tiers", Node::List(bands.collect()));
                entries().with("bands", bands.map())
            }
        }
    }

    fn axis(&self, axis: &Axis) -> Node {
        let list = match &axis.entries {
            AxisEntries::Values(values) => values.iter().map(value_node).collect(),
            AxisEntries::Results(results) => results
                .iter()
                .map(|result| text(result.as_deref().unwrap_or("nothing")))
                .collect(),
            AxisEntries::Cuts(cuts) => {
                let digits = self.digits(&axis.subject);
                cuts.iter().map(|cut| self.number(*cut, digits)).collect()
            }
        };
        entries()
            .with(&subject_name(&axis.subject), Node::List(list))
            .map()
    }

    pub(super) fn override_rule(&self, rule: &Override) -> Node {
        let start = entries()
            .with("id", text(&rule.id))
            .with_some(
                "dimension",
                rule.dimension.as_ref().map(|dimension| text(dimension)),
            )
            .with("when", self.condition(&rule.when));
        let acting = match &rule.action {
            Action::Fix { result, points } => {
                let key = if rule.dimension.is_some() {
                    "level"
                } else {
                    "tier"
                };
                start
                    .with(key, text(result))
                    .with_some("points", points.map(|points| self.points(points)))
            }
            Action::AtLeast(result) => start.with("at_least", text(result)),
            Action::AtMost(result) => start.with("at_most", text(result)),
            Action::Up(steps) => start.with("up", plain(steps)),
            Action::Down(steps) => start.with("down", plain(steps)),
            Action::Status(status) => start.with("status", text(status)),
        };
        let ending = acting
            .with_true("final", rule.is_final)
            .with("reason", text("the panel's rule"));
        self.noted(&rule.id, ending).map()
    }
}

fn cell(cell: &Cell) -> Node {
    match cell {
        Cell::Gives(result) => text(result),
        Cell::Nothing => text("nothing"),
        Cell::Impossible => text("impossible"),
    }
}
