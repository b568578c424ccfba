//! The steps of a trace as data.

use serde::Serialize;

use crate::arena::{ConditionId, DimensionId, Id, InputId, NodeId};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::words::Words;
use crate::model::{
    Action, Axis, Band, Decision, Domain, Gives, Heading, Measure, Method, Model, MoreIs, NOTHING,
    NumberOf, Override, Reading, Rule, Score, Slot, measure,
};
use crate::number::{self, Points};
use crate::score::answers::Answers;
use crate::score::outcome::{Outcome, PointsResult, truth};
use crate::score::prepare::Case;

/// A whole trace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Steps {
    pub(crate) as_at: Date,
    pub(crate) inputs: Vec<InputStep>,
    pub(crate) criteria: Vec<CriterionStep>,
    pub(crate) groups: Vec<GroupStep>,
    pub(crate) dimensions: Vec<DimensionStep>,
    pub(crate) decisions: Vec<DecisionStep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decision: Option<DecisionStep>,
    /// The overrides of the tier. The overrides of a level stand with their dimension.
    pub(crate) overrides: Vec<OverrideStep>,
    pub(crate) possible: Vec<String>,
    pub(crate) flags: Vec<FlagStep>,
}

/// An input as the profile gave it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct InputStep {
    pub(crate) name: String,
    pub(crate) title: String,
    /// `given`, `derived`, `assumed`, `absent` or `unknown`; `hidden` in a redacted trace.
    pub(crate) standing: &'static str,
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
    /// Whether it is, or stands for, a protected characteristic.
    pub(crate) protected: bool,
    /// Whether a person can change it.
    pub(crate) changeable: bool,
    /// What a larger value means: `worse` or `better`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) more_is: Option<&'static str>,
    pub(crate) line: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CriterionStep {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) points: Option<Points>,
    pub(crate) range: (Points, Points),
    /// Whether an override replaced the points: `None` where an unknown input decides it.
    pub(crate) replaced: Option<bool>,
    pub(crate) inputs: Vec<String>,
    /// The choices and conditions that were looked at, up to the one that holds.
    pub(crate) conditions: Vec<ConditionStep>,
    /// What was matched. It is `None` where an unknown input leaves it open.
    pub(crate) matched: Option<Located>,
    pub(crate) sources: Vec<String>,
    pub(crate) note: Option<String>,
    pub(crate) line: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ConditionStep {
    pub(crate) when: String,
    /// `None` where an unknown input decides it.
    pub(crate) holds: Option<bool>,
    pub(crate) line: usize,
}

/// The piece of a rule that a value fell in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub(crate) enum Located {
    Band {
        from: String,
        below: Option<String>,
        label: Option<String>,
        points: Points,
        before: Option<Points>,
        next: Option<Points>,
    },
    Value {
        value: String,
        points: Points,
    },
    Units {
        units: i64,
        each: String,
        beyond: String,
        points_each: Points,
        cap: Option<Points>,
        points: Points,
    },
    Members {
        members: Vec<String>,
        points_each: Points,
        cap: Option<Points>,
        points: Points,
    },
    Absent {
        points: Points,
    },
    Condition {
        holds: bool,
        points: Points,
    },
    Fixed {
        points: Points,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GroupStep {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) score: ScoreStep,
    pub(crate) replaced: Option<bool>,
    pub(crate) line: usize,
}

/// How points were put together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScoreStep {
    Points {
        of: String,
        title: String,
        range: (Points, Points),
    },
    Sum {
        of: Vec<ScoreStep>,
        range: (Points, Points),
    },
    Highest {
        of: Vec<ScoreStep>,
        range: (Points, Points),
    },
    Lowest {
        of: Vec<ScoreStep>,
        range: (Points, Points),
    },
    Capped {
        of: Vec<ScoreStep>,
        at: Points,
        range: (Points, Points),
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DimensionStep {
    pub(crate) name: String,
    pub(crate) title: String,
    /// The score as added up, before any override.
    pub(crate) score: ScoreStep,
    pub(crate) scale: Vec<ScaleStep>,
    pub(crate) scored_scaled: Option<Points>,
    pub(crate) levels_by: Vec<ConditionStep>,
    /// The cut-offs that apply. The list is empty where an unknown input decides between lists.
    pub(crate) cuts: Vec<CutStep>,
    /// The levels that the score may mean, before any override.
    pub(crate) scored_levels: Vec<String>,
    pub(crate) overrides: Vec<OverrideStep>,
    pub(crate) range: (Points, Points),
    pub(crate) scaled: Option<Points>,
    pub(crate) levels: Vec<String>,
    pub(crate) line: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ScaleStep {
    pub(crate) from: Points,
    pub(crate) gives: Points,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CutStep {
    pub(crate) level: String,
    pub(crate) label: Option<String>,
    pub(crate) from: Option<Points>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DecisionStep {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) method: MethodStep,
    pub(crate) default: Option<String>,
    /// The results that it may give, with "nothing" among them where it may leave the case undecided.
    pub(crate) gives: Vec<String>,
    pub(crate) line: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MethodStep {
    /// The rules up to the first that holds.
    Rules(Vec<RuleStep>),
    Table {
        rows: String,
        row: Option<String>,
        columns: String,
        column: Option<String>,
    },
    Highest(Vec<(String, Vec<String>)>),
    Bands {
        of: String,
        range: Option<(Points, Points)>,
        bands: Vec<BandStep>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct RuleStep {
    pub(crate) gives: String,
    pub(crate) title: Option<String>,
    pub(crate) when: String,
    pub(crate) holds: Option<bool>,
    pub(crate) line: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct BandStep {
    pub(crate) gives: String,
    pub(crate) from: Option<Points>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct OverrideStep {
    pub(crate) id: String,
    pub(crate) when: String,
    pub(crate) holds: Option<bool>,
    /// Whether it applies: its condition holds, and no override before it was final.
    pub(crate) applies: Option<bool>,
    pub(crate) action: String,
    pub(crate) points: Option<Points>,
    pub(crate) is_final: bool,
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
    pub(crate) reason: String,
    pub(crate) sources: Vec<String>,
    pub(crate) line: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FlagStep {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) when: String,
    pub(crate) raised: Option<bool>,
    pub(crate) line: usize,
}

pub(super) fn steps(outcome: &Outcome, answers: &Answers) -> Steps {
    let case = &answers.case;
    let matrix = &case.matrix;
    let builder = Builder {
        matrix,
        model: matrix.model(),
        case,
        outcome,
        answers,
        words: Words {
            model: matrix.model(),
            as_at: Some(case.as_at),
        },
    };
    builder.steps()
}

struct Builder<'a> {
    matrix: &'a Matrix,
    model: &'a Model,
    case: &'a Case,
    outcome: &'a Outcome,
    answers: &'a Answers,
    words: Words<'a>,
}

impl Builder<'_> {
    fn steps(&self) -> Steps {
        let plan = self.matrix.plan();
        let decisions = self.model.decisions.items().iter().zip(&plan.decisions);
        Steps {
            as_at: self.case.as_at,
            inputs: self.model.inputs.ids().map(|id| self.input(id)).collect(),
            criteria: self.criteria(),
            groups: self.groups(),
            dimensions: self
                .model
                .dimensions
                .ids()
                .map(|id| self.dimension(id))
                .collect(),
            decisions: decisions
                .map(|(decision, node)| self.decision(decision, *node))
                .collect(),
            decision: self
                .model
                .decision
                .as_ref()
                .zip(plan.decided)
                .map(|(decision, node)| self.decision(decision, node)),
            overrides: self.overrides(None),
            possible: self
                .outcome
                .possible()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            flags: self.flags(),
        }
    }

    fn input(&self, id: InputId) -> InputStep {
        let input = &self.model.inputs[id];
        let assumed = self.case.assumed.get(id.index()).copied().unwrap_or(false);
        let slot = self.case.slot(id);
        let (standing, value) = match slot {
            Slot::Value(value) if assumed => ("assumed", Some(value)),
            Slot::Value(value) if input.derived.is_some() => ("derived", Some(value)),
            Slot::Unknown if input.derived.is_some() => ("derived", None),
            Slot::Value(value) => ("given", Some(value)),
            Slot::Absent => ("absent", None),
            Slot::Unknown => ("unknown", None),
        };
        InputStep {
            name: input.heading.name.clone(),
            title: input.heading.spoken().to_owned(),
            standing,
            value: value.map(|value| input.domain.text_of(value)),
            unit: input.unit.clone(),
            protected: input.protected,
            changeable: input.changeable,
            more_is: input.more_is.map(MoreIs::name),
            line: input.heading.place.line,
        }
    }

    fn holds(&self, condition: ConditionId) -> Option<bool> {
        let node = self
            .matrix
            .plan()
            .conditions
            .get(condition.index())
            .copied()
            .flatten()?;
        truth(&self.answers.possible(node))
    }

    fn condition(&self, condition: ConditionId) -> ConditionStep {
        ConditionStep {
            when: self.words.condition(condition),
            holds: self.holds(condition),
            line: self.model.conditions[condition].place.line,
        }
    }

    fn criteria(&self) -> Vec<CriterionStep> {
        let criteria = self.model.criteria.iter();
        criteria
            .map(|(id, criterion)| {
                self.criterion(
                    &criterion.heading,
                    &criterion.rule,
                    self.outcome.criterion_result(id),
                )
            })
            .collect()
    }

    fn criterion(&self, heading: &Heading, rule: &Rule, result: PointsResult) -> CriterionStep {
        let mut conditions = Vec::new();
        let mut inputs = Vec::new();
        let mut sources = heading.sources.clone();
        let matched = match rule {
            Rule::One(reading) => {
                inputs.push(reading.input);
                self.located(reading)
            }
            Rule::When {
                when,
                points,
                otherwise,
            } => {
                let step = self.condition(*when);
                let holds = step.holds;
                conditions.push(step);
                self.model.inputs_read(*when, &mut inputs);
                holds.map(|holds| Located::Condition {
                    holds,
                    points: if holds { *points } else { *otherwise },
                })
            }
            Rule::Choose(choices) => {
                let mut matched = None;
                for choice in choices {
                    let holds = match choice.when {
                        Some(when) => {
                            let step = self.condition(when);
                            let holds = step.holds;
                            conditions.push(step);
                            self.model.inputs_read(when, &mut inputs);
                            holds
                        }
                        None => Some(true),
                    };
                    match holds {
                        Some(false) => {}
                        Some(true) => {
                            matched = match &choice.gives {
                                Gives::Fixed(points) => Some(Located::Fixed { points: *points }),
                                Gives::Reading(reading) => {
                                    inputs.push(reading.input);
                                    self.located(reading)
                                }
                            };
                            sources.extend(choice.heading.sources.iter().cloned());
                            break;
                        }
                        None => break,
                    }
                }
                matched
            }
        };
        inputs.dedup();
        CriterionStep {
            name: heading.name.clone(),
            title: heading.spoken().to_owned(),
            points: result.points(),
            range: result.range,
            replaced: if result.open {
                None
            } else {
                Some(result.replaced)
            },
            inputs: inputs
                .iter()
                .map(|input| self.model.inputs[*input].heading.name.clone())
                .collect(),
            conditions,
            matched,
            sources,
            note: heading.note.clone(),
            line: heading.place.line,
        }
    }

    /// Returns the piece of a reading that the value of its input fell in.
    fn located(&self, reading: &Reading) -> Option<Located> {
        let domain = &self.model.inputs[reading.input].domain;
        let value = match self.case.slot(reading.input) {
            Slot::Value(value) => value,
            Slot::Absent => {
                return Some(Located::Absent {
                    points: reading.absent.unwrap_or_default(),
                });
            }
            Slot::Unknown => return None,
        };
        let points = reading.measure.points_of(value);
        Some(match &reading.measure {
            Measure::Bands(bands) => {
                let at = bands
                    .partition_point(|band| band.from <= value)
                    .saturating_sub(1);
                let points_at = |at: Option<usize>| {
                    at.and_then(|at| bands.get(at))
                        .map(|band: &Band| band.points)
                };
                let from = |at: usize| bands.get(at).map(|band| domain.text_of(band.from));
                Located::Band {
                    from: from(at).unwrap_or_default(),
                    below: from(at + 1),
                    label: bands.get(at).and_then(|band| band.label.clone()),
                    points,
                    before: points_at(at.checked_sub(1)),
                    next: points_at(at.checked_add(1)),
                }
            }
            Measure::Values { .. } => Located::Value {
                value: domain.text_of(value),
                points,
            },
            Measure::Each {
                each,
                points: points_each,
                beyond,
                cap,
            } => {
                let places = if let Domain::Number { places, .. } = domain {
                    *places
                } else {
                    0
                };
                Located::Units {
                    units: measure::units(value, *each, *beyond),
                    each: number::scaled_text(*each, places),
                    beyond: number::scaled_text(*beyond, places),
                    points_each: *points_each,
                    cap: *cap,
                    points,
                }
            }
            Measure::Members {
                members,
                points: points_each,
                cap,
            } => {
                let counted = value & members;
                let names = domain
                    .names()
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| counted >> bit & 1 == 1);
                Located::Members {
                    members: names.map(|(_, name)| name.clone()).collect(),
                    points_each: *points_each,
                    cap: *cap,
                    points,
                }
            }
        })
    }

    fn groups(&self) -> Vec<GroupStep> {
        let groups = self
            .model
            .groups
            .iter()
            .map(|(id, group)| (group, self.outcome.group_result(id)));
        groups
            .map(|(group, result)| GroupStep {
                name: group.heading.name.clone(),
                title: group.heading.spoken().to_owned(),
                score: self.score(&group.score),
                replaced: if result.open {
                    None
                } else {
                    Some(result.replaced)
                },
                line: group.heading.place.line,
            })
            .collect()
    }

    fn score(&self, score: &Score) -> ScoreStep {
        let all = |of: &[Score]| of.iter().map(|score| self.score(score)).collect::<Vec<_>>();
        match score {
            Score::Criterion(id) => ScoreStep::Points {
                of: self.model.criteria[*id].heading.name.clone(),
                title: self.model.criteria[*id].heading.spoken().to_owned(),
                range: self.outcome.criterion_result(*id).range,
            },
            Score::Group(id) => ScoreStep::Points {
                of: self.model.groups[*id].heading.name.clone(),
                title: self.model.groups[*id].heading.spoken().to_owned(),
                range: self.outcome.group_result(*id).range,
            },
            Score::Sum(of) => {
                let of = all(of);
                let range = sum(&of);
                ScoreStep::Sum { of, range }
            }
            Score::Highest(of) => {
                let of = all(of);
                let end =
                    |end: fn(&ScoreStep) -> Points| of.iter().map(end).max().unwrap_or_default();
                let range = (end(|step| step.range().0), end(|step| step.range().1));
                ScoreStep::Highest { of, range }
            }
            Score::Lowest(of) => {
                let of = all(of);
                let end =
                    |end: fn(&ScoreStep) -> Points| of.iter().map(end).min().unwrap_or_default();
                let range = (end(|step| step.range().0), end(|step| step.range().1));
                ScoreStep::Lowest { of, range }
            }
            Score::Capped { of, at } => {
                let of = all(of);
                let (least, most) = sum(&of);
                ScoreStep::Capped {
                    of,
                    at: *at,
                    range: (least.min(*at), most.min(*at)),
                }
            }
        }
    }

    fn dimension(&self, id: DimensionId) -> DimensionStep {
        let dimension = &self.model.dimensions[id];
        let nodes = self.matrix.plan().dimensions.get(id.index()).copied();
        let result = self.outcome.dimensions().nth(id.index());
        let mut levels_by = Vec::new();
        let mut cuts = None;
        for list in &dimension.cuts {
            let holds = match list.when {
                Some(when) => {
                    let step = self.condition(when);
                    let holds = step.holds;
                    levels_by.push(step);
                    holds
                }
                None => Some(true),
            };
            match holds {
                Some(true) => {
                    cuts = Some(&list.from);
                    break;
                }
                Some(false) => {}
                None => break,
            }
        }
        let names: Vec<String> = dimension
            .levels
            .iter()
            .map(|level| level.name.clone())
            .collect();
        let scale = dimension.scale.as_deref().unwrap_or_default();
        let scored_scaled = scale.first().and(nodes).and_then(|nodes| {
            let possible = self.answers.possible(nodes.scored);
            let (least, most) = (
                possible.values.first().copied()?,
                possible.values.last().copied()?,
            );
            let give = |score: i64| dimension.scaled(Points::from_millionths(score));
            if give(least) == give(most) {
                give(least)
            } else {
                None
            }
        });
        DimensionStep {
            name: dimension.heading.name.clone(),
            title: dimension.heading.spoken().to_owned(),
            score: self.score(&dimension.score),
            scale: scale
                .iter()
                .map(|band| ScaleStep {
                    from: band.from,
                    gives: band.gives,
                })
                .collect(),
            scored_scaled,
            levels_by,
            cuts: cuts.map_or_else(Vec::new, |cuts| {
                let levels = dimension.levels.iter().take(cuts.len() + 1).enumerate();
                levels
                    .map(|(index, level)| CutStep {
                        level: level.name.clone(),
                        label: level.label.clone(),
                        from: cuts.get(index).copied(),
                    })
                    .collect()
            }),
            scored_levels: nodes
                .and_then(|nodes| nodes.scored_level)
                .map_or_else(Vec::new, |level| self.names(level, &names)),
            overrides: self.overrides(Some(id)),
            range: result.map_or_else(Default::default, |result| result.range()),
            scaled: result.and_then(|result| result.scaled()),
            levels: result.map_or_else(Vec::new, |result| {
                result
                    .possible_levels()
                    .into_iter()
                    .map(str::to_owned)
                    .collect()
            }),
            line: dimension.heading.place.line,
        }
    }

    /// Returns the names of the positions that a node can take: values, then statuses, then nothing.
    fn names(&self, node: NodeId, values: &[String]) -> Vec<String> {
        let possible = crate::plan::Plan::between(&self.answers.possible(node));
        let name = |position: i64| {
            let position = usize::try_from(position).ok()?;
            match values.get(position) {
                Some(value) => Some(value.clone()),
                None if position == NOTHING => Some("nothing".to_owned()),
                None => self.model.statuses.get(position - values.len()).cloned(),
            }
        };
        possible.into_iter().filter_map(name).collect()
    }

    fn overrides(&self, dimension: Option<DimensionId>) -> Vec<OverrideStep> {
        let rules = self
            .model
            .overrides
            .items()
            .iter()
            .zip(&self.matrix.plan().overrides);
        let rules = rules.filter(|(rule, _)| rule.dimension == dimension);
        rules
            .map(|(rule, nodes)| {
                let values = self.values_moved(rule);
                let points = if let Action::Replace { points, .. } = rule.action {
                    Some(points)
                } else {
                    None
                };
                OverrideStep {
                    id: rule.heading.name.clone(),
                    when: self.words.condition(rule.when),
                    holds: truth(&self.answers.possible(nodes.when)),
                    applies: truth(&self.answers.possible(nodes.applies)),
                    action: self.words.action(rule),
                    points,
                    is_final: rule.is_final,
                    before: self.names(nodes.before, &values),
                    after: self.names(nodes.after, &values),
                    reason: rule.reason.clone(),
                    sources: rule.heading.sources.clone(),
                    line: rule.heading.place.line,
                }
            })
            .collect()
    }

    fn values_moved(&self, rule: &Override) -> Vec<String> {
        match rule.dimension {
            Some(dimension) => self.model.dimensions[dimension]
                .levels
                .iter()
                .map(|level| level.name.clone())
                .collect(),
            None => self.model.tiers.clone(),
        }
    }

    fn decision(&self, decision: &Decision, node: NodeId) -> DecisionStep {
        let values = self.model.values_of(decision);
        let name = |verdict| {
            self.model
                .verdict_name(values, verdict)
                .unwrap_or("nothing")
                .to_owned()
        };
        let method = match &decision.method {
            Method::Rules(rules) => {
                let mut steps = Vec::new();
                for rule in rules {
                    let holds = rule.when.map_or(Some(true), |when| self.holds(when));
                    steps.push(RuleStep {
                        gives: name(rule.gives),
                        title: rule.heading.title.clone(),
                        when: rule.when.map_or_else(
                            || "in every other case".to_owned(),
                            |when| self.words.condition(when),
                        ),
                        holds,
                        line: rule.heading.place.line,
                    });
                    if holds == Some(true) {
                        break;
                    }
                }
                MethodStep::Rules(steps)
            }
            Method::Table { rows, columns, .. } => {
                let ((rows, row), (columns, column)) = (self.axis(rows), self.axis(columns));
                MethodStep::Table {
                    rows,
                    row,
                    columns,
                    column,
                }
            }
            Method::Highest(steps) => MethodStep::Highest(
                steps
                    .iter()
                    .map(|step| {
                        let of = &self.model.decisions[*step];
                        let node = self.matrix.plan().decisions.get(step.index()).copied();
                        let gives = node.map_or_else(Vec::new, |node| {
                            self.names(node, self.model.values_of(of))
                        });
                        (of.heading.spoken().to_owned(), gives)
                    })
                    .collect(),
            ),
            Method::Bands { of, bands } => MethodStep::Bands {
                of: self.words.number(*of),
                range: self.range_of(*of),
                bands: bands
                    .iter()
                    .map(|band| BandStep {
                        gives: name(band.gives),
                        from: band.from,
                    })
                    .collect(),
            },
        };
        DecisionStep {
            name: decision.heading.name.clone(),
            title: decision.heading.spoken().to_owned(),
            method,
            default: self
                .model
                .verdict_name(values, decision.default)
                .map(str::to_owned),
            gives: self.names(node, values),
            line: decision.heading.place.line,
        }
    }

    fn range_of(&self, number: NumberOf) -> Option<(Points, Points)> {
        let dimension = |id: DimensionId| self.outcome.dimensions().nth(id.index());
        match number {
            NumberOf::Criterion(id) => Some(self.outcome.criterion_result(id).range),
            NumberOf::Group(id) => Some(self.outcome.group_result(id).range),
            NumberOf::Score(id) => dimension(id).map(|dimension| dimension.range()),
            NumberOf::Scaled(id) => dimension(id)
                .and_then(|dimension| dimension.scaled())
                .map(|scaled| (scaled, scaled)),
            NumberOf::Total => {
                let ranges: Vec<_> = self
                    .outcome
                    .dimensions()
                    .map(|dimension| dimension.range())
                    .collect();
                Some((
                    ranges.iter().map(|range| range.0).sum(),
                    ranges.iter().map(|range| range.1).sum(),
                ))
            }
        }
    }

    /// Returns what an axis reads, and where on it the profile is. The place is `None` where it is absent or open.
    fn axis(&self, axis: &Axis) -> (String, Option<String>) {
        let at = match axis {
            Axis::Input { input, .. } | Axis::InputCuts { input, .. } => {
                match self.case.slot(*input) {
                    Slot::Value(value) => Some(self.model.inputs[*input].domain.text_of(value)),
                    Slot::Absent => Some("not in the profile".to_owned()),
                    Slot::Unknown => None,
                }
            }
            Axis::NumberCuts { number, .. } => self
                .range_of(*number)
                .filter(|(least, most)| least == most)
                .map(|(at, _)| at.to_string()),
            Axis::Level { dimension, .. } => self
                .outcome
                .dimensions()
                .nth(dimension.index())
                .and_then(|dimension| dimension.level())
                .map(str::to_owned),
            Axis::Decision { decision, .. } => self
                .outcome
                .decisions()
                .nth(decision.index())
                .and_then(|(_, value)| value)
                .map(str::to_owned),
        };
        (self.words.axis(axis), at)
    }

    fn flags(&self) -> Vec<FlagStep> {
        let flags = self
            .model
            .flags
            .items()
            .iter()
            .zip(self.outcome.flags().map(|(_, raised)| raised));
        flags
            .map(|(flag, raised)| FlagStep {
                name: flag.heading.name.clone(),
                title: flag.heading.spoken().to_owned(),
                when: self.words.condition(flag.when),
                raised,
                line: flag.heading.place.line,
            })
            .collect()
    }
}

impl ScoreStep {
    pub(crate) fn range(&self) -> (Points, Points) {
        match self {
            Self::Points { range, .. }
            | Self::Sum { range, .. }
            | Self::Highest { range, .. }
            | Self::Lowest { range, .. }
            | Self::Capped { range, .. } => *range,
        }
    }
}

fn sum(of: &[ScoreStep]) -> (Points, Points) {
    (
        of.iter().map(|step| step.range().0).sum(),
        of.iter().map(|step| step.range().1).sum(),
    )
}
