//! Takes the profile out of a trace. Whatever is drawn from the trace cannot show what it does not hold.

use crate::matrix::Matrix;
use crate::model::{Axis, Decision, Method};
use crate::score::trace::{DecisionStep, MethodStep, OverrideStep, Steps};

/// Takes out each value, and each condition, cell and rule that a value met. What is left follows from the outcome and from which inputs had no
/// value.
pub(super) fn redacted(mut steps: Steps, matrix: &Matrix) -> Steps {
    let model = matrix.model();
    for input in steps
        .inputs
        .iter_mut()
        .filter(|input| matches!(input.standing, "given" | "derived"))
    {
        input.value = None;
        input.standing = "hidden";
    }
    for (step, criterion) in steps.criteria.iter_mut().zip(model.criteria.items()) {
        step.conditions.clear();
        step.matched = None;
        // What was read, and from which source, tells how far a choice got.
        step.inputs.clear();
        step.sources.clone_from(&criterion.heading.sources);
    }
    for dimension in &mut steps.dimensions {
        if !dimension.levels_by.is_empty() {
            dimension.levels_by.clear();
            // Which list applies was said by an input.
            dimension.cuts.clear();
        }
        redact_overrides(&mut dimension.overrides);
    }
    for (step, decision) in steps.decisions.iter_mut().zip(model.decisions.items()) {
        redact_decision(step, decision);
    }
    for (step, decision) in steps.decision.iter_mut().zip(&model.decision) {
        redact_decision(step, decision);
    }
    redact_overrides(&mut steps.overrides);
    steps.flags.iter_mut().for_each(|flag| flag.when.clear());
    steps
}

/// Keeps what overrides changed, and takes out which rule changed it.
fn redact_overrides(steps: &mut Vec<OverrideStep>) {
    steps.retain(|step| step.before != step.after);
    for step in steps {
        *step = OverrideStep {
            holds: step.holds,
            applies: step.applies,
            before: std::mem::take(&mut step.before),
            after: std::mem::take(&mut step.after),
            ..OverrideStep::default()
        };
    }
}

fn redact_decision(step: &mut DecisionStep, decision: &Decision) {
    match (&mut step.method, &decision.method) {
        (MethodStep::Rules(rules), _) => rules.clear(),
        (MethodStep::Table { row, column, .. }, Method::Table { rows, columns, .. }) => {
            let reads_an_input =
                |axis: &Axis| matches!(axis, Axis::Input { .. } | Axis::InputCuts { .. });
            row.take_if(|_| reads_an_input(rows));
            column.take_if(|_| reads_an_input(columns));
        }
        _ => {}
    }
}
