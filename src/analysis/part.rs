//! Finds a profile that reaches each tier, status, level, rule, band, cell, override and flag, or proves that there is none.

use crate::analysis::Proof;
use crate::arena::{ConditionId, Id, NodeId};
use crate::diagnostic::Place;
use crate::model::{Action, Cell, Criterion, Decision, Gives, Measure, Method, Reading, Rule};
use crate::plan::budget::OverBudget;
use crate::plan::{ABSENT, Lookup, Node};
use crate::profile::Profile;
use crate::prove::prover::Prover;

/// A piece of a matrix, and whether some profile reaches it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Part {
    /// The kind of the part.
    pub kind: PartKind,
    /// The name of the part: `high`, `protect.A`, `by_release.2` for the second rule, `by_reoffending.1.3` for the third cell of the first row.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// A profile that reaches it.
    pub reached: Proof<Profile>,
}

/// The kind of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PartKind {
    /// A tier, given to somebody.
    Tier,
    /// A status, given to somebody.
    Status,
    /// A level of a dimension, given to somebody.
    Level,
    /// The cut-off of a level, met by some score and by none of the more intensive levels' cut-offs.
    CutOff,
    /// A rule of a decision, the first to hold for somebody.
    Rule,
    /// A band of a criterion or decision that somebody is in.
    Band,
    /// A cell of a table that somebody lands on.
    Cell,
    /// A choice of a criterion, the first to apply for somebody.
    Choice,
    /// An override whose condition holds for somebody.
    Condition,
    /// An override that applies to somebody, because no override before it was final.
    Override,
    /// An override that changes something for somebody.
    Effect,
    /// A flag that is raised for somebody.
    Flag,
}

pub(super) fn parts(prover: &mut Prover<'_>) -> Vec<Part> {
    let mut parts = Parts {
        prover,
        parts: Vec::new(),
    };
    parts.criteria();
    parts.levels();
    parts.decisions();
    parts.overrides();
    parts.results();
    parts.flags();
    parts.parts
}

struct Parts<'p, 'm> {
    prover: &'p mut Prover<'m>,
    parts: Vec<Part>,
}

/// A part that is asked about, and the values of the roots with which it is reached.
struct Wanted<'a> {
    kind: PartKind,
    name: String,
    place: Place,
    is: &'a dyn Fn(&[i64]) -> bool,
}

impl Parts<'_, '_> {
    /// Asks one question for several parts.
    fn ask(&mut self, roots: &[NodeId], wanted: &[Wanted<'_>]) {
        let space = self.prover.space.clone();
        let answer = self.prover.ask(&space, roots, None);
        for part in wanted {
            let reached = match &answer {
                Err(OverBudget) => Proof::Open,
                Ok(answer) => match answer.arrivals().find(|arrival| (part.is)(arrival.values)) {
                    None => Proof::Never,
                    Some(arrival) => {
                        let profile =
                            self.prover
                                .witness(roots, arrival.values, &answer.path(&arrival));
                        profile.map_or(Proof::Open, Proof::Shown)
                    }
                },
            };
            self.parts.push(Part {
                kind: part.kind,
                name: part.name.clone(),
                place: part.place,
                reached,
            });
        }
    }

    /// Asks for each of some values of the first root.
    fn ask_values(&mut self, roots: &[NodeId], wanted: Vec<(i64, PartKind, String, Place)>) {
        let tests: Vec<_> = wanted
            .iter()
            .map(|(value, ..)| move |values: &[i64]| values.first() == Some(value))
            .collect();
        let wanted: Vec<_> = wanted
            .iter()
            .zip(&tests)
            .map(|((_, kind, name, place), is)| Wanted {
                kind: *kind,
                name: name.clone(),
                place: *place,
                is,
            })
            .collect();
        self.ask(roots, &wanted);
    }

    fn condition(&self, id: ConditionId) -> NodeId {
        self.prover
            .matrix
            .plan()
            .conditions
            .get(id.index())
            .copied()
            .flatten()
            .unwrap_or(NodeId::from_index(0))
    }

    fn first_of(&mut self, conditions: impl Iterator<Item = ConditionId>) -> NodeId {
        let nodes: Vec<NodeId> = conditions
            .map(|condition| self.condition(condition))
            .collect();
        self.prover.space.first_of(&nodes)
    }

    fn criteria(&mut self) {
        let matrix = self.prover.matrix;
        for Criterion { heading, rule } in matrix.model().criteria.items() {
            match rule {
                Rule::One(reading) => self.bands(reading, &heading.name, None),
                Rule::When { .. } => {}
                Rule::Choose(choices) => {
                    let chosen = self.first_of(choices.iter().filter_map(|choice| choice.when));
                    let wanted = choices.iter().zip(0_i64..);
                    let wanted = wanted.map(|(choice, index)| {
                        (
                            index,
                            PartKind::Choice,
                            format!("{}.{}", heading.name, index + 1),
                            choice.heading.place,
                        )
                    });
                    self.ask_values(&[chosen], wanted.collect());
                    for (choice, index) in choices.iter().zip(0_i64..) {
                        if let Gives::Reading(reading) = &choice.gives {
                            self.bands(
                                reading,
                                &format!("{}.{}", heading.name, index + 1),
                                Some((chosen, index)),
                            );
                        }
                    }
                }
            }
        }
    }

    /// Asks which bands of a criterion, or of one of its choices, are reached.
    fn bands(&mut self, reading: &Reading, name: &str, chosen: Option<(NodeId, i64)>) {
        let Measure::Bands(bands) = &reading.measure else {
            return;
        };
        let Some(of) = self
            .prover
            .matrix
            .plan()
            .inputs
            .get(reading.input.index())
            .copied()
        else {
            return;
        };
        let cuts = bands.iter().skip(1).map(|band| band.from).collect();
        let band = self.prover.space.read(
            of,
            Lookup::Steps {
                cuts,
                gives: (0..bands.len() as i64).collect(),
            },
            ABSENT,
        );
        let roots: Vec<NodeId> = [band]
            .into_iter()
            .chain(chosen.map(|(node, _)| node))
            .collect();
        let choice = chosen.map(|(_, choice)| choice);
        let tests: Vec<_> = (0..bands.len() as i64)
            .map(|index| {
                move |values: &[i64]| {
                    values.first() == Some(&index)
                        && choice.is_none_or(|choice| values.get(1) == Some(&choice))
                }
            })
            .collect();
        let wanted = bands.iter().zip(&tests).zip(1..);
        let wanted: Vec<_> = wanted
            .map(|((band, is), number)| Wanted {
                kind: PartKind::Band,
                name: format!("{name}.{number}"),
                place: band.place,
                is,
            })
            .collect();
        self.ask(&roots, &wanted);
    }

    fn levels(&mut self) {
        let matrix = self.prover.matrix;
        for (dimension, nodes) in matrix
            .model()
            .dimensions
            .items()
            .iter()
            .zip(&matrix.plan().dimensions)
        {
            let (Some(level), Some(scored)) = (nodes.level, nodes.scored_level) else {
                continue;
            };
            let name = &dimension.heading.name;
            let place_of = |case: usize, level: usize| {
                let places = dimension.level_places.get(case);
                places
                    .and_then(|places| places.get(level))
                    .copied()
                    .unwrap_or(dimension.heading.place)
            };
            let wanted = dimension.levels.iter().zip(0_i64..);
            let wanted = wanted
                .map(|(level, index)| {
                    (
                        index,
                        PartKind::Level,
                        format!("{name}.{}", level.name),
                        place_of(0, index as usize),
                    )
                })
                .collect();
            self.ask_values(&[level], wanted);
            let chosen = self.first_of(dimension.cuts.iter().filter_map(|cuts| cuts.when));
            let mut wanted = Vec::new();
            for (case, cuts) in dimension.cuts.iter().enumerate() {
                for level in 0..=cuts.from.len() {
                    let own = dimension
                        .levels
                        .get(level)
                        .map_or("", |level| level.name.as_str());
                    let label = if dimension.cuts.len() > 1 {
                        format!("{name}.{}.{own}", case + 1)
                    } else {
                        format!("{name}.{own}")
                    };
                    wanted.push((label, place_of(case, level), move |values: &[i64]| {
                        values == [level as i64, case as i64]
                    }));
                }
            }
            let wanted: Vec<_> = wanted
                .iter()
                .map(|(name, place, is)| Wanted {
                    kind: PartKind::CutOff,
                    name: name.clone(),
                    place: *place,
                    is,
                })
                .collect();
            self.ask(&[scored, chosen], &wanted);
        }
    }

    fn decisions(&mut self) {
        let matrix = self.prover.matrix;
        for (decision, node) in matrix
            .model()
            .decisions
            .items()
            .iter()
            .zip(&matrix.plan().decisions)
        {
            self.decision(decision, *node, &decision.heading.name);
        }
        if let (Some(decision), Some(node)) = (&matrix.model().decision, matrix.plan().decided) {
            self.decision(decision, node, "decision");
        }
    }

    fn decision(&mut self, decision: &Decision, node: NodeId, name: &str) {
        let place_of = |row: usize, column: usize| {
            let places = decision.places.get(row);
            places
                .and_then(|places| places.get(column))
                .copied()
                .unwrap_or(decision.heading.place)
        };
        let given = match &self.prover.space.nodes[node] {
            Node::Select { default, .. } if !matches!(decision.method, Method::Rules(_)) => {
                *default
            }
            _ => node,
        };
        let node = self.prover.space.nodes[given].clone();
        match (&decision.method, node) {
            (Method::Rules(rules), _) => {
                let first = self.first_of(rules.iter().filter_map(|rule| rule.when));
                let wanted = rules.iter().zip(0_i64..);
                let wanted = wanted.map(|(rule, index)| {
                    (
                        index,
                        PartKind::Rule,
                        format!("{name}.{}", index + 1),
                        rule.heading.place,
                    )
                });
                self.ask_values(&[first], wanted.collect());
            }
            (Method::Table { cells, .. }, Node::Table { row, column, .. }) => {
                let width = cells.iter().map(Vec::len).max().unwrap_or_default();
                let index = |row: usize, column: usize| (row * width + column) as i64;
                let numbered = cells
                    .iter()
                    .enumerate()
                    .map(|(row, cells)| (0..cells.len()).map(|column| index(row, column)).collect())
                    .collect();
                let landed = self.prover.space.node(Node::Table {
                    row,
                    column,
                    cells: numbered,
                    default: ABSENT,
                });
                let mut wanted = Vec::new();
                for (row, own) in cells.iter().enumerate() {
                    for (column, _) in own
                        .iter()
                        .enumerate()
                        .filter(|(_, cell)| **cell != Cell::Impossible)
                    {
                        wanted.push((
                            index(row, column),
                            PartKind::Cell,
                            format!("{name}.{}.{}", row + 1, column + 1),
                            place_of(row, column),
                        ));
                    }
                }
                self.ask_values(&[landed], wanted);
            }
            (
                Method::Bands { bands, .. },
                Node::Read {
                    of,
                    lookup: Lookup::Steps { cuts, .. },
                    ..
                },
            ) => {
                let last = cuts.len() as i64;
                let band = self.prover.space.read(
                    of,
                    Lookup::Steps {
                        cuts,
                        gives: (0..=last).rev().collect(),
                    },
                    ABSENT,
                );
                let wanted = (0..bands.len()).map(|index| {
                    (
                        index as i64,
                        PartKind::Band,
                        format!("{name}.{}", index + 1),
                        place_of(0, index),
                    )
                });
                self.ask_values(&[band], wanted.collect());
            }
            _ => {}
        }
    }

    fn overrides(&mut self) {
        let matrix = self.prover.matrix;
        for (rule, nodes) in matrix
            .model()
            .overrides
            .items()
            .iter()
            .zip(&matrix.plan().overrides)
        {
            let score = rule
                .dimension
                .and_then(|dimension| matrix.plan().dimensions.get(dimension.index()));
            let replaces = matches!(rule.action, Action::Replace { .. }) && score.is_some();
            let wanted = |kind, is| Wanted {
                kind,
                name: rule.heading.name.clone(),
                place: rule.heading.place,
                is,
            };
            let changes = |values: &[i64]| {
                values.get(1) == Some(&1) && (replaces || values.get(2) != values.get(3))
            };
            let wanted = [
                wanted(PartKind::Condition, &|values: &[i64]| {
                    values.first() == Some(&1)
                }),
                wanted(PartKind::Override, &|values: &[i64]| {
                    values.get(1) == Some(&1)
                }),
                wanted(PartKind::Effect, &changes),
            ];
            self.ask(
                &[nodes.when, nodes.applies, nodes.before, nodes.after],
                &wanted,
            );
        }
    }

    fn results(&mut self) {
        let matrix = self.prover.matrix;
        let Some(result) = matrix.plan().result else {
            return;
        };
        let tiers = matrix.tiers().iter().map(|name| (PartKind::Tier, name));
        let all = tiers.chain(
            matrix
                .statuses()
                .iter()
                .map(|name| (PartKind::Status, name)),
        );
        let places = &matrix.model().result_places;
        let wanted = all
            .zip(places)
            .zip(0..)
            .map(|(((kind, name), place), index)| (index, kind, name.clone(), *place));
        self.ask_values(&[result], wanted.collect());
    }

    fn flags(&mut self) {
        let matrix = self.prover.matrix;
        for (flag, node) in matrix
            .model()
            .flags
            .items()
            .iter()
            .zip(&matrix.plan().flags)
        {
            self.ask_values(
                &[*node],
                vec![(
                    1,
                    PartKind::Flag,
                    flag.heading.name.clone(),
                    flag.heading.place,
                )],
            );
        }
    }
}
