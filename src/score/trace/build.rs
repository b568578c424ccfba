//! Makes the steps of a trace from what was worked out.

use crate::arena::{ConditionId, DimensionId, EventsId, Id, InputId, NodeId};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::events::{Count, DATE, EventList, Field, Takes};
use crate::model::named::{Given, InputValue, Named};
use crate::model::{
    self, Axis, Band, Decision, Domain, Gives, Heading, Input, Level, Measure, Missing, Model,
    MoreIs, NumberOf, Reading, Rule, Score, Slot, measure,
};
use crate::number::{self, Points};
use crate::plan::{ABSENT, Plan};
use crate::score::answers::{Answers, Possible};
use crate::score::events::{
    Event, Events, Reason, Standing, alone, gives, has_nothing, repeated, standing,
};
use crate::score::outcome::{DimensionResult, Outcome, PointsResult, truth};
use crate::score::trace::condition::Condition;
use crate::score::trace::step::{
    At, AxisStep, BandStep, ConditionStep, CountedStep, CriterionStep, CutStep, DecisionStep,
    DimensionStep, EventStep, EventsStanding, EventsStep, FieldStep, FlagStep, GivenEvent,
    GroupStep, InputStep, Matched, Method, NotCounted, OtherStep, OverrideRule, OverrideStep, Read,
    RuleStep, ScaleStep, ScoreStep, Steps,
};

pub(super) fn steps<'a>(outcome: &'a Outcome, answers: &'a Answers) -> Steps<'a> {
    let matrix = outcome.matrix();
    let builder = Builder {
        matrix,
        model: matrix.model(),
        outcome,
        answers,
    };
    builder.steps()
}

struct Builder<'a> {
    matrix: &'a Matrix,
    model: &'a Model,
    outcome: &'a Outcome,
    answers: &'a Answers,
}

impl<'a> Builder<'a> {
    fn steps(&self) -> Steps<'a> {
        let (model, plan) = (self.model, self.matrix.plan());
        let decisions = model.decisions.items().iter().zip(&plan.decisions);
        let positions = self.outcome.positions();
        Steps {
            as_at: self.outcome.as_at(),
            events: model.events.ids().map(|id| self.list(id)).collect(),
            inputs: model.inputs.ids().map(|id| self.input(id)).collect(),
            criteria: model
                .criteria
                .iter()
                .map(|(id, criterion)| {
                    let result = self.outcome.criterion_result(id);
                    self.criterion(&criterion.heading, &criterion.rule, result)
                })
                .collect(),
            groups: self.groups(),
            dimensions: model
                .dimensions
                .ids()
                .map(|id| self.dimension(id))
                .collect(),
            decisions: decisions
                .map(|(decision, node)| self.decision(decision, *node))
                .collect(),
            decision: model
                .decision
                .as_ref()
                .zip(plan.decided)
                .map(|(decision, node)| self.decision(decision, node)),
            overrides: self.overrides(None),
            possible: positions
                .into_iter()
                .filter_map(|position| model.result(usize::from(position)))
                .collect(),
            flags: self.flags(),
        }
    }

    fn list(&self, id: EventsId) -> EventsStep<'a> {
        let case = &self.answers.case;
        let list = &self.model.events[id];
        let given = case.counts.events(id);
        let mut slots = list.counted.iter().map(|input| case.slot(*input));
        let standing = match given {
            Some(_) => EventsStanding::Given,
            None if list.missing == Missing::Absent && slots.all(|slot| slot == Slot::Absent) => {
                EventsStanding::Absent
            }
            None if list.missing == Missing::Unknown && case.is_open(id) => EventsStanding::Unknown,
            None => EventsStanding::Counted,
        };
        let open = given.into_iter().flat_map(|events| {
            let events = events.list.iter().enumerate();
            events.filter(|(_, event)| event.is_open())
        });
        let all = given.into_iter().flat_map(|events| events.list.iter());
        EventsStep {
            given: all.map(|event| given_event(list, event)).collect(),
            name: &list.heading.name,
            title: list.heading.spoken(),
            standing,
            events: given.map(|events| events.list.len()),
            open: open.map(|(place, _)| place).collect(),
            is_open: case.is_open(id),
            line: list.heading.place.line,
        }
    }

    /// Returns which events count for an input, if it was counted.
    fn counted(&self, id: InputId) -> Option<CountedStep<'a>> {
        let case = &self.answers.case;
        let count = self.model.inputs[id].counted.as_ref()?;
        let (list, events) = (
            &self.model.events[count.list],
            case.counts.events(count.list)?,
        );
        let standings = standing(self.model, list, id, events, &case.slots, case.as_at);
        let mut step = CountedStep {
            list: &list.heading.name,
            counts: Vec::new(),
            repeated: Vec::new(),
            one_per: self.one_per(list, count),
            range: self.range(list, id, events),
            may_count: Vec::new(),
            first_not: None,
            not: 0,
        };
        for ((place, event), standing) in events.list.iter().enumerate().zip(standings) {
            let own = EventStep {
                event: place,
                from: Date::from_days(event.first),
                until: Date::from_days(event.last_at(case.as_at)),
                gives: gives(count, event, place),
            };
            let reason = match standing {
                Standing::Counts if has_nothing(count, event, place) => NotCounted::NoValue,
                Standing::Counts => {
                    step.counts.push(own);
                    continue;
                }
                Standing::MayCount => {
                    step.may_count.push(own);
                    continue;
                }
                Standing::CountsNot(Reason::TooOld(days)) => NotCounted::TooOld { days },
                Standing::CountsNot(Reason::TooLate) => NotCounted::TooLate,
                Standing::CountsNot(Reason::Other) => NotCounted::Other,
            };
            step.not += 1;
            let is_old = |reason| matches!(reason, NotCounted::TooOld { .. });
            let is_first = step.first_not.is_none_or(|(other, known)| {
                (is_old(reason), own.until) > (is_old(known), other.until)
            });
            if is_first {
                step.first_not = Some((own, reason));
            }
        }
        let by_day = |event: &EventStep| (event.from, event.until, event.event);
        step.counts.sort_by_key(by_day);
        let counting: Vec<usize> = step.counts.iter().map(|event| event.event).collect();
        let repeated = repeated(count, events, &counting);
        (step.repeated, step.counts) =
            (step.counts.into_iter()).partition(|event| repeated.contains(&event.event));
        step.may_count.sort_by_key(by_day);
        Some(step)
    }

    /// Returns the label of the field of which each value counts once.
    fn one_per(&self, list: &'a EventList, count: &Count) -> Option<&'a str> {
        let field = match count.takes {
            Takes::Distinct(field) => field,
            _ => count.one_per?,
        };
        let heading = match field {
            Field::Value(field) => &list.fields.inputs[field].heading,
            Field::Reference(at) => &list.references.get(at)?.heading,
        };
        Some(heading.spoken())
    }

    /// Returns the least and the most that a number can be which is counted of events of which not everything is known.
    fn range(
        &self,
        list: &EventList,
        id: InputId,
        events: &Events,
    ) -> Option<(InputValue<'a>, InputValue<'a>)> {
        let case = &self.answers.case;
        let input = &self.model.inputs[id];
        let has_ends = matches!(input.domain, Domain::Number { .. } | Domain::Date { .. });
        if case.slot(id) != Slot::Unknown || !has_ends {
            return None;
        }
        let alone = alone(self.model, list, id, events, &case.slots, case.as_at);
        let (least, most) = input.domain.bounds();
        let values: Option<Vec<i64>> = (alone.into_iter())
            .map(|slot| match slot {
                Slot::Value(value) => Some(value),
                Slot::Absent | Slot::Unknown => None,
            })
            .collect();
        let values = values?.into_iter();
        let within: Vec<i64> = values
            .filter(|value| (least..=most).contains(value))
            .collect();
        let ends = within.iter().min().zip(within.iter().max())?;
        Some((input.value(*ends.0), input.value(*ends.1)))
    }

    fn input(&self, id: InputId) -> InputStep<'a> {
        let case = &self.answers.case;
        let input = &self.model.inputs[id];
        let assumed = case.assumed.get(id.index()).copied().unwrap_or(false);
        let counted = self.counted(id);
        // What is not known then is the list.
        let is_of_open_list =
            (input.counted.as_ref()).is_some_and(|count| case.is_open(count.list));
        let is_worked_out = input.derived.is_some() || counted.is_some();
        let read = match case.slot(id) {
            Slot::Value(value) if assumed => Read::Assumed(input.value(value)),
            Slot::Value(value) if is_worked_out => Read::Derived(input.value(value)),
            Slot::Value(value) => Read::Given(input.value(value)),
            Slot::Absent => Read::Absent,
            Slot::Unknown if is_worked_out || is_of_open_list => Read::Open,
            Slot::Unknown => Read::Unknown,
        };
        InputStep {
            name: &input.heading.name,
            title: input.heading.spoken(),
            read,
            counted,
            unit: input.unit.as_deref(),
            protected: input.protected,
            changeable: input.changeable,
            more_is: input.more_is.map(MoreIs::name),
            line: input.heading.place.line,
        }
    }

    fn condition(&self, id: ConditionId) -> Condition<'a> {
        Condition::new(self.model, id, self.outcome.as_at())
    }

    fn holds(&self, condition: ConditionId) -> Option<bool> {
        let nodes = &self.matrix.plan().conditions;
        let node = nodes.get(condition.index()).copied().flatten()?;
        truth(&self.answers.possible(node))
    }

    fn looked_at(&self, condition: ConditionId) -> ConditionStep<'a> {
        ConditionStep {
            when: self.condition(condition),
            holds: self.holds(condition),
            line: self.model.conditions[condition].place.line,
        }
    }

    fn criterion(
        &self,
        heading: &'a Heading,
        rule: &'a Rule,
        result: PointsResult,
    ) -> CriterionStep<'a> {
        let mut conditions = Vec::new();
        let mut inputs = Vec::new();
        let mut sources = texts(&heading.sources);
        let matched = match rule {
            Rule::One(reading) => {
                inputs.push(reading.input);
                self.matched(reading)
            }
            Rule::When {
                when,
                points,
                otherwise,
            } => {
                let step = self.looked_at(*when);
                conditions.push(step);
                self.model.inputs_read(*when, &mut inputs);
                step.holds.map(|holds| Matched::Condition {
                    holds,
                    points: if holds { *points } else { *otherwise },
                })
            }
            Rule::Choose(choices) => {
                let mut matched = None;
                for choice in choices {
                    let holds = match choice.when {
                        Some(when) => {
                            let step = self.looked_at(when);
                            conditions.push(step);
                            self.model.inputs_read(when, &mut inputs);
                            step.holds
                        }
                        None => Some(true),
                    };
                    match holds {
                        Some(false) => {}
                        Some(true) => {
                            matched = match &choice.gives {
                                Gives::Fixed(points) => Some(Matched::Fixed { points: *points }),
                                Gives::Reading(reading) => {
                                    inputs.push(reading.input);
                                    self.matched(reading)
                                }
                            };
                            sources.extend(texts(&choice.heading.sources));
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
            name: &heading.name,
            title: heading.spoken(),
            points: result.points(),
            range: result.range,
            replaced: replaced(result),
            inputs: inputs.iter().map(|input| self.name_of(*input)).collect(),
            conditions,
            matched,
            sources,
            note: heading.note.as_deref(),
            line: heading.place.line,
        }
    }

    fn name_of(&self, input: InputId) -> &'a str {
        &self.model.inputs[input].heading.name
    }

    /// Returns the piece of a reading that the value of its input fell in.
    fn matched(&self, reading: &'a Reading) -> Option<Matched<'a>> {
        let input = &self.model.inputs[reading.input];
        let value = match self.answers.case.slot(reading.input) {
            Slot::Value(value) => value,
            Slot::Absent => {
                return Some(Matched::Absent {
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
                let from = |at: usize| bands.get(at).map(|band| input.value(band.from));
                Matched::Band {
                    from: from(at)?,
                    below: from(at + 1),
                    label: bands.get(at).and_then(|band| band.label.as_deref()),
                    points,
                    before: points_at(at.checked_sub(1)),
                    next: points_at(at.checked_add(1)),
                }
            }
            Measure::Values { .. } => Matched::Value {
                value: input.value(value),
                points,
            },
            Measure::Each {
                each,
                points: points_each,
                beyond,
                cap,
            } => {
                let places = if let Domain::Number { places, .. } = input.domain {
                    places
                } else {
                    0
                };
                Matched::Units {
                    units: measure::units(value, *each, *beyond),
                    each: number::unscaled(*each, places),
                    beyond: number::unscaled(*beyond, places),
                    points_each: *points_each,
                    cap: *cap,
                    points,
                }
            }
            Measure::Members {
                members,
                points: points_each,
                cap,
            } => Matched::Members {
                members: input.members(value & members),
                points_each: *points_each,
                cap: *cap,
                points,
            },
        })
    }

    fn groups(&self) -> Vec<GroupStep<'a>> {
        let groups = self.model.groups.iter();
        groups
            .map(|(id, group)| {
                let result = self.outcome.group_result(id);
                GroupStep {
                    name: &group.heading.name,
                    title: group.heading.spoken(),
                    score: self.score(&group.score).within(result.range),
                    replaced: replaced(result),
                    line: group.heading.place.line,
                }
            })
            .collect()
    }

    fn score(&self, score: &Score) -> ScoreStep<'a> {
        let all = |of: &[Score]| of.iter().map(|score| self.score(score)).collect();
        let range = Default::default();
        let step = match score {
            Score::Criterion(id) => {
                let heading = &self.model.criteria[*id].heading;
                return ScoreStep::Points {
                    of: &heading.name,
                    title: heading.spoken(),
                    range: self.outcome.criterion_result(*id).range,
                };
            }
            Score::Group(id) => {
                let heading = &self.model.groups[*id].heading;
                return ScoreStep::Points {
                    of: &heading.name,
                    title: heading.spoken(),
                    range: self.outcome.group_result(*id).range,
                };
            }
            Score::Sum(of) => ScoreStep::Sum { of: all(of), range },
            Score::Highest(of) => ScoreStep::Highest { of: all(of), range },
            Score::Lowest(of) => ScoreStep::Lowest { of: all(of), range },
            Score::Capped { of, at } => ScoreStep::Capped {
                of: all(of),
                at: *at,
                range,
            },
        };
        let apart = step.apart();
        step.ranging(apart)
    }

    fn dimension(&self, id: DimensionId) -> DimensionStep<'a> {
        let dimension = &self.model.dimensions[id];
        let nodes = self.matrix.plan().dimensions.get(id.index());
        let result = self.outcome.dimension_result(id);
        let scored = nodes.map(|nodes| self.answers.possible(nodes.scored));
        let mut levels_by = Vec::new();
        let mut cuts = None;
        for list in &dimension.cuts {
            let holds = match list.when {
                Some(when) => {
                    let step = self.looked_at(when);
                    levels_by.push(step);
                    step.holds
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
        let level = |position: usize| dimension.levels.get(position).map(Level::named);
        let scale = dimension.scale.as_deref().unwrap_or_default();
        let ends = scored.as_ref().and_then(ends);
        let scored_scaled = ends.and_then(|(least, most)| {
            let gives = dimension.scaled(least);
            gives.filter(|_| gives == dimension.scaled(most))
        });
        let score = self.score(&dimension.score);
        DimensionStep {
            name: &dimension.heading.name,
            title: dimension.heading.spoken(),
            score: match ends {
                Some(ends) => score.within(ends),
                None => score,
            },
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
                        level: level.named(),
                        from: cuts.get(index).copied(),
                    })
                    .collect()
            }),
            scored_levels: nodes.and_then(|nodes| nodes.scored_level).map_or_else(
                Vec::new,
                |node| {
                    let positions = Plan::between(&self.answers.possible(node));
                    let positions = positions.into_iter();
                    positions
                        .filter_map(|position| level(usize::try_from(position).ok()?))
                        .collect()
                },
            ),
            overrides: self.overrides(Some(id)),
            range: result.range,
            scaled: result.scaled,
            levels: levels_of(&dimension.levels, result),
            line: dimension.heading.place.line,
        }
    }

    /// Returns what a node can give: values, then statuses, then nothing.
    fn given(
        &self,
        node: NodeId,
        values: usize,
        value: impl Fn(usize) -> Option<Named<'a>>,
    ) -> Vec<Given<'a>> {
        let positions = Plan::between(&self.answers.possible(node)).into_iter();
        let model = self.model;
        positions
            .filter_map(|position| model.given_at(usize::try_from(position).ok()?, values, &value))
            .collect()
    }

    fn given_by(&self, decision: &'a Decision, node: NodeId) -> Vec<Given<'a>> {
        let model = self.model;
        self.given(node, model.values_of(decision).len(), |position| {
            model.decision_value(decision, position)
        })
    }

    fn overrides(&self, dimension: Option<DimensionId>) -> Vec<OverrideStep<'a>> {
        let model = self.model;
        let count = match dimension {
            Some(dimension) => model.dimensions[dimension].levels.len(),
            None => model.tiers.len(),
        };
        let rules = model.overrides.items().iter();
        let rules = rules.zip(&self.matrix.plan().overrides);
        rules
            .filter(|(rule, _)| rule.dimension == dimension)
            .map(|(rule, nodes)| {
                let moved = |position| model.moved(rule, position);
                OverrideStep {
                    rule: Some(OverrideRule {
                        id: &rule.heading.name,
                        when: self.condition(rule.when),
                        effect: model.effect(rule),
                        is_final: rule.is_final,
                        reason: &rule.reason,
                        sources: texts(&rule.heading.sources),
                        line: rule.heading.place.line,
                    }),
                    holds: truth(&self.answers.possible(nodes.when)),
                    applies: truth(&self.answers.possible(nodes.applies)),
                    before: self.given(nodes.before, count, moved),
                    after: self.given(nodes.after, count, moved),
                }
            })
            .collect()
    }

    fn decision(&self, decision: &'a Decision, node: NodeId) -> DecisionStep<'a> {
        let model = self.model;
        let method = match &decision.method {
            model::Method::Rules(rules) => {
                let mut steps = Vec::new();
                for rule in rules {
                    let holds = rule.when.map_or(Some(true), |when| self.holds(when));
                    steps.push(RuleStep {
                        gives: model.given(decision, rule.gives),
                        title: rule.heading.title.as_deref(),
                        when: rule.when.map(|when| self.condition(when)),
                        holds,
                        line: rule.heading.place.line,
                    });
                    if holds == Some(true) {
                        break;
                    }
                }
                Method::Rules(steps)
            }
            model::Method::Table { rows, columns, .. } => Method::Table {
                rows: self.axis(rows),
                columns: self.axis(columns),
            },
            model::Method::Highest(others) => Method::Highest(
                others
                    .iter()
                    .map(|other| {
                        let of = &model.decisions[*other];
                        let node = self.matrix.plan().decisions.get(other.index());
                        OtherStep {
                            name: &of.heading.name,
                            title: of.heading.spoken(),
                            gives: node.map_or_else(Vec::new, |node| self.given_by(of, *node)),
                        }
                    })
                    .collect(),
            ),
            model::Method::Bands { of, bands } => Method::Bands {
                of: model.quantity(*of),
                range: self.range_of(*of),
                bands: bands
                    .iter()
                    .map(|band| BandStep {
                        gives: model.given(decision, band.gives),
                        from: band.from,
                    })
                    .collect(),
            },
        };
        DecisionStep {
            name: &decision.heading.name,
            title: decision.heading.spoken(),
            method,
            default: model.given(decision, decision.default),
            gives: self.given_by(decision, node),
            line: decision.heading.place.line,
        }
    }

    fn range_of(&self, number: NumberOf) -> Option<(Points, Points)> {
        let dimension = |id: DimensionId| self.outcome.dimension_result(id);
        match number {
            NumberOf::Criterion(id) => Some(self.outcome.criterion_result(id).range),
            NumberOf::Group(id) => Some(self.outcome.group_result(id).range),
            NumberOf::Score(id) => Some(dimension(id).range),
            NumberOf::Scaled(id) => dimension(id).scaled.map(|scaled| (scaled, scaled)),
            NumberOf::Total => {
                let ids = || self.model.dimensions.ids();
                Some((
                    ids().map(|id| dimension(id).range.0).sum(),
                    ids().map(|id| dimension(id).range.1).sum(),
                ))
            }
        }
    }

    /// Returns what an axis reads, and where on it the profile is.
    fn axis(&self, axis: &Axis) -> AxisStep<'a> {
        let model = self.model;
        let at = match axis {
            Axis::Input { input, .. } | Axis::InputCuts { input, .. } => {
                match self.answers.case.slot(*input) {
                    Slot::Value(value) => At::Value(model.inputs[*input].value(value)),
                    Slot::Absent => At::Absent,
                    Slot::Unknown => At::Open,
                }
            }
            Axis::NumberCuts { number, .. } => match self.range_of(*number) {
                Some((least, most)) if least == most => At::Number(least),
                _ => At::Open,
            },
            Axis::Level { dimension, .. } => {
                let levels = &model.dimensions[*dimension].levels;
                let result = self.outcome.dimension_result(*dimension);
                match levels_of(levels, result).as_slice() {
                    [only] => At::Level(*only),
                    _ => At::Open,
                }
            }
            Axis::Decision { decision, .. } => {
                let node = self.matrix.plan().decisions.get(decision.index());
                let of = &model.decisions[*decision];
                let given = node.map_or_else(Vec::new, |node| self.given_by(of, *node));
                match given.as_slice() {
                    [only] => At::Given(*only),
                    _ => At::Open,
                }
            }
        };
        AxisStep {
            reads: model.read_along(axis),
            at,
        }
    }

    fn flags(&self) -> Vec<FlagStep<'a>> {
        let flags = self.model.flags.items().iter();
        flags
            .zip(self.outcome.flags())
            .map(|(flag, (name, raised))| FlagStep {
                name,
                title: flag.heading.spoken(),
                when: Some(self.condition(flag.when)),
                raised,
                line: flag.heading.place.line,
            })
            .collect()
    }
}

fn texts<T: AsRef<str>>(texts: &[T]) -> Vec<&str> {
    texts.iter().map(AsRef::as_ref).collect()
}

fn replaced(result: PointsResult) -> Option<bool> {
    (!result.open).then_some(result.replaced)
}

/// Returns the least and the most points that a node can have, if it has any.
fn ends(possible: &Possible) -> Option<(Points, Points)> {
    let ends = (possible.values.first()?, possible.values.last()?);
    let is_there = *ends.0 != ABSENT;
    is_there.then(|| {
        (
            Points::from_millionths(*ends.0),
            Points::from_millionths(*ends.1),
        )
    })
}

fn levels_of(levels: &[Level], result: DimensionResult) -> Vec<Named<'_>> {
    let positions = result.levels.iter();
    positions
        .filter_map(|position| levels.get(position).map(Level::named))
        .collect()
}

/// Returns what a profile gave of an event.
fn given_event<'a>(list: &'a EventList, event: &Event) -> GivenEvent<'a> {
    let fields = list.fields.inputs.items().iter().zip(&event.fields);
    let field = |(field, slot): (&'a Input, &Slot)| FieldStep {
        name: &field.heading.name,
        title: field.heading.spoken(),
        read: match slot {
            Slot::Value(value) => Read::Given(field.value(*value)),
            Slot::Absent => Read::Absent,
            Slot::Unknown => Read::Unknown,
        },
        unit: field.unit.as_deref(),
    };
    GivenEvent {
        from: Date::from_days(event.first),
        until: Date::from_days(event.last),
        fields: fields.skip(DATE + 1).map(field).collect(),
    }
}
