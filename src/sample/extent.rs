//! Estimates how far the values of an input plausibly reach: somewhat beyond the last cut-off that any rule sets on it, however wide its range is.

use crate::arena::{Id, InputId};
use crate::model::{
    Axis, Decision, Derived, Domain, Gives, Limit, Measure, Method, Model, Reading, Rule, Test,
};

/// Returns the largest plausible value of each input, by its position.
pub(super) fn largest(model: &Model) -> Vec<i64> {
    let mut cuts: Vec<Option<i64>> = vec![None; model.inputs.len()];
    let mut note = |input: InputId, cut: i64| {
        if let Some(own) = cuts.get_mut(input.index()) {
            *own = Some(own.map_or(cut, |before| before.max(cut)));
        }
    };
    for criterion in model.criteria.items() {
        match &criterion.rule {
            Rule::One(reading) => note_reading(reading, &mut note),
            Rule::When { .. } => {}
            Rule::Choose(choices) => {
                for choice in choices {
                    if let Gives::Reading(reading) = &choice.gives {
                        note_reading(reading, &mut note);
                    }
                }
            }
        }
    }
    for condition in model.conditions.items() {
        match &condition.test {
            Test::InputRange { input, from, below } => {
                for limit in [from, below].into_iter().flatten() {
                    if let Limit::Fixed(cut) = limit {
                        note(*input, *cut);
                    }
                }
            }
            Test::InputIn { input, values } => values.iter().for_each(|value| note(*input, *value)),
            _ => {}
        }
    }
    model
        .decisions
        .items()
        .iter()
        .chain(&model.decision)
        .for_each(|decision| note_decision(decision, &mut note));
    // What is cut on a sum is reached by its parts.
    for (id, input) in model.inputs.iter() {
        if let (Some(Derived::Sum(parts)), Some(cut)) =
            (&input.derived, cuts.get(id.index()).copied().flatten())
        {
            for part in parts {
                if let Some(own) = cuts.get_mut(part.index()) {
                    own.get_or_insert(cut);
                }
            }
        }
    }
    // A protected number is mostly an age, which does not end soon after the last cut-off.
    model
        .inputs
        .items()
        .iter()
        .zip(cuts)
        .map(|(input, cut)| {
            reach(
                &input.domain,
                cut.filter(|_| !input.protected),
                if input.protected { 60 } else { 20 },
            )
        })
        .collect()
}

fn note_reading(reading: &Reading, note: &mut impl FnMut(InputId, i64)) {
    match &reading.measure {
        Measure::Bands(bands) => bands.iter().for_each(|band| note(reading.input, band.from)),
        Measure::Each {
            each,
            points,
            beyond,
            cap,
        } => {
            let points = points.millionths().abs().max(1);
            let steps = cap.map_or(60, |cap| (cap.millionths().abs() / points).min(1000));
            note(
                reading.input,
                beyond.saturating_add(each.saturating_mul(steps)),
            );
        }
        Measure::Values { .. } | Measure::Members { .. } => {}
    }
}

fn note_decision(decision: &Decision, note: &mut impl FnMut(InputId, i64)) {
    if let Method::Table { rows, columns, .. } = &decision.method {
        for axis in [rows, columns] {
            if let Axis::InputCuts { input, cuts } = axis {
                cuts.iter().for_each(|(cut, _)| note(*input, *cut));
            }
        }
    }
}

fn reach(domain: &Domain, cut: Option<i64>, otherwise: i64) -> i64 {
    let (from, to) = domain.bounds();
    let Domain::Number { places, .. } = domain else {
        return to;
    };
    let unit = 10_i64.saturating_pow(*places);
    let beyond = match cut {
        Some(cut) => cut.saturating_add(((cut - from) / 3).max(unit)),
        None => from.saturating_add(unit.saturating_mul(otherwise)),
    };
    beyond.clamp(from, to)
}
