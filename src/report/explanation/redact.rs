//! Takes the profile out of a trace. Whatever is drawn from the trace cannot show what it does not hold.

use crate::matrix::Matrix;
use crate::score::trace::{At, DecisionStep, Method, OverrideStep, Quantity, Read, Steps};

/// Takes out each value, and each condition, cell and rule that a value met. What is left follows from the outcome and from which inputs had no
/// value.
pub(super) fn redacted<'a>(mut steps: Steps<'a>, matrix: &'a Matrix) -> Steps<'a> {
    for list in &mut steps.events {
        list.events = None;
        list.given.clear();
        list.open.clear();
    }
    for input in &mut steps.inputs {
        if matches!(input.read, Read::Given(_) | Read::Derived(_) | Read::Open) {
            input.read = Read::Hidden;
        }
        input.counted = None;
    }
    let criteria = matrix.model().criteria.items();
    for (step, criterion) in steps.criteria.iter_mut().zip(criteria) {
        step.conditions.clear();
        step.matched = None;
        // What was read, and from which source, tells how far a choice got.
        step.inputs.clear();
        let sources = criterion.heading.sources.iter();
        step.sources = sources.map(String::as_str).collect();
    }
    for dimension in &mut steps.dimensions {
        if !dimension.levels_by.is_empty() {
            dimension.levels_by.clear();
            // Which list applies was said by an input.
            dimension.cuts.clear();
        }
        redact_overrides(&mut dimension.overrides);
    }
    steps.decisions.iter_mut().for_each(redact_decision);
    steps.decision.iter_mut().for_each(redact_decision);
    redact_overrides(&mut steps.overrides);
    steps.flags.iter_mut().for_each(|flag| flag.when = None);
    steps
}

/// Keeps what overrides changed, and takes out which rule changed it.
fn redact_overrides(steps: &mut Vec<OverrideStep<'_>>) {
    steps.retain(OverrideStep::changes);
    steps.iter_mut().for_each(|step| step.rule = None);
}

fn redact_decision(step: &mut DecisionStep<'_>) {
    match &mut step.method {
        Method::Rules(rules) => rules.clear(),
        Method::Table { rows, columns } => {
            for axis in [rows, columns] {
                if matches!(axis.reads, Quantity::Input { .. }) {
                    axis.at = At::Hidden;
                }
            }
        }
        Method::Highest(_) | Method::Bands { .. } => {}
    }
}
