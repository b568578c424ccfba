//! Finds both sides of the cut-offs that do not belong to a level: those of the bands of inputs, and of decisions that are made of bands.

use crate::analysis::{Part, PartKind};
use crate::arena::NodeId;
use crate::model::{Band, Decision, Gives, Measure, Method, Reading, Rule};
use crate::number::Points;
use crate::plan::{Lookup, Node};
use crate::profile::{Profile, Value};
use crate::prove::prover::Prover;
use crate::score::outcome::PointsOutcome;

/// A profile on one side of a cut-off, and what it shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Edge {
    pub(super) title: String,
    pub(super) profile: Profile,
    /// The criterion whose band it is.
    pub(super) criterion: Option<String>,
}

pub(super) fn edges(prover: &mut Prover<'_>, parts: &[Part]) -> Vec<Edge> {
    let mut edges = Vec::new();
    let matrix = prover.matrix;
    for criterion in matrix.model().criteria.items() {
        let name = &criterion.heading.name;
        match &criterion.rule {
            Rule::One(reading) => of_bands(prover, parts, name, name, reading, &mut edges),
            Rule::When { .. } => {}
            Rule::Choose(choices) => {
                for (choice, number) in choices.iter().zip(1..) {
                    if let Gives::Reading(reading) = &choice.gives {
                        of_bands(
                            prover,
                            parts,
                            name,
                            &format!("{name}.{number}"),
                            reading,
                            &mut edges,
                        );
                    }
                }
            }
        }
    }
    for (decision, node) in matrix
        .model()
        .decisions
        .items()
        .iter()
        .zip(&matrix.plan().decisions)
    {
        of_decision(prover, decision, *node, &decision.heading.name, &mut edges);
    }
    if let (Some(decision), Some(node)) = (&matrix.model().decision, matrix.plan().decided) {
        of_decision(prover, decision, node, "decision", &mut edges);
    }
    edges
}

/// Finds, from a profile that reaches a band, the two profiles that differ in the band's input alone: one at the cut-off, and one a step of the
/// input below it.
fn of_bands(
    prover: &Prover<'_>,
    parts: &[Part],
    criterion: &str,
    label: &str,
    reading: &Reading,
    edges: &mut Vec<Edge>,
) {
    let Measure::Bands(bands) = &reading.measure else {
        return;
    };
    let input = &prover.matrix.model().inputs[reading.input];
    // A value that is worked out from others cannot be set.
    if input.derived.is_some() {
        return;
    }
    for (pair, number) in bands.windows(2).zip(2..) {
        let [before, band] = pair else { continue };
        let reached = parts
            .iter()
            .find(|part| part.kind == PartKind::Band && part.name == format!("{label}.{number}"));
        let Some(reached) = reached.and_then(|part| part.reached.shown()) else {
            continue;
        };
        let from = input.domain.text_of(band.from);
        let side = |value: i64, band: &Band, words: &str| {
            let mut profile = reached.clone();
            profile.set(input.heading.name.as_str(), Value::of(&input.domain, value));
            // Another rule may refuse the value, or read it and choose another list of bands.
            let outcome = prover.matrix.score(&profile, prover.as_at).ok()?;
            let title = format!(
                "{label}: {} {}{words}",
                input.heading.name,
                input.domain.text_of(value)
            );
            (outcome.points(criterion) == Some(PointsOutcome::Settled(band.points))).then_some(
                Edge {
                    title,
                    profile,
                    criterion: Some(criterion.to_owned()),
                },
            )
        };
        edges.extend(side(band.from - 1, before, &format!(", just below {from}")));
        edges.extend(side(band.from, band, ""));
    }
}

/// Finds, for each cut-off, the largest attained number below it and the smallest attained number that meets it.
fn of_decision(
    prover: &mut Prover<'_>,
    decision: &Decision,
    node: NodeId,
    name: &str,
    edges: &mut Vec<Edge>,
) {
    if !matches!(decision.method, Method::Bands { .. }) {
        return;
    }
    let space = prover.space.clone();
    let read = match &space.nodes[node] {
        Node::Select { default, .. } => *default,
        _ => node,
    };
    let Node::Read {
        of,
        lookup: Lookup::Steps { cuts, .. },
        ..
    } = &space.nodes[read]
    else {
        return;
    };
    let roots = [*of];
    let Ok(answer) = prover.ask(&space, &roots, None) else {
        return;
    };
    let numbers = || {
        answer
            .arrivals()
            .filter_map(|arrival| arrival.values.first().copied())
    };
    for cut in cuts {
        let sides = [
            (numbers().filter(|number| number < cut).max(), "just below"),
            (
                numbers().filter(|number| cut <= number).min(),
                "at or just above",
            ),
        ];
        for (number, words) in sides {
            let Some(arrival) = number
                .and_then(|number| answer.arrivals().find(|arrival| arrival.values == [number]))
            else {
                continue;
            };
            let profile = prover.witness(&roots, arrival.values, &answer.path(&arrival));
            let title = format!("{name} {words} {}", Points::from_millionths(*cut));
            edges.extend(profile.map(|profile| Edge {
                title,
                profile,
                criterion: None,
            }));
        }
    }
}
