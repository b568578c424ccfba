//! Simplifies the plan at one date: what cannot happen is dropped, what is constant is folded, and reading becomes steps over whole numbers.

use std::collections::{BTreeSet, HashMap};

use crate::arena::{Arena, FormulaId, Id, InputId, NodeId};
use crate::bulk::span::Span;
use crate::date::{Date, Unit};
use crate::model::{Domain, Input, Missing, Model, Order};
use crate::plan::{ABSENT, Lookup, Node, Plan};

/// The most steps that are listed. More steps are worked out by division.
const MOST_STEPS: i64 = 4096;

/// A step of a program over columns. A boolean is 1 or 0, points are in millionths, and levels and results are positions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Formula {
    /// A constant, which may be `ABSENT`.
    Constant(i64),
    Input(InputId),
    /// The number of these members that a set has.
    Count {
        input: InputId,
        members: i64,
    },
    /// The completed units between two dates.
    Length {
        unit: Unit,
        from: FormulaId,
        to: FormulaId,
    },
    SumOfInputs(Vec<FormulaId>),
    /// The number `gives[k]` for a value that has reached `k` of the ascending cuts.
    Steps {
        of: FormulaId,
        cuts: Vec<i64>,
        gives: Vec<i64>,
        absent: i64,
    },
    /// Points for each whole unit, where there are too many units to list.
    Each {
        of: FormulaId,
        lookup: Lookup,
        absent: i64,
    },
    Sum(Vec<FormulaId>),
    Highest(Vec<FormulaId>),
    Lowest(Vec<FormulaId>),
    Select {
        arms: Vec<(FormulaId, FormulaId)>,
        default: FormulaId,
    },
    Table {
        row: FormulaId,
        column: FormulaId,
        cells: Vec<Vec<i64>>,
        default: i64,
    },
    Compare {
        one: FormulaId,
        order: Order,
        other: FormulaId,
    },
}

/// The formulas of some results at one date. Every formula stands after those that it reads.
#[derive(Debug)]
pub(super) struct Formulas {
    pub(super) all: Arena<FormulaId, Formula>,
    pub(super) spans: Arena<FormulaId, Span>,
    /// The formula of each node that was asked for.
    of: HashMap<NodeId, FormulaId>,
    /// Whether an input that the matrix asks for is taken to be absent where nobody recorded it. If not, it always has a value.
    unknown_is_absent: bool,
    known: HashMap<Formula, FormulaId>,
}

impl Formulas {
    pub(super) fn of(
        model: &Model,
        plan: &Plan,
        as_at: Date,
        roots: &[NodeId],
        unknown_is_absent: bool,
    ) -> Self {
        let mut formulas = Self {
            unknown_is_absent,
            all: Arena::new(),
            spans: Arena::new(),
            of: HashMap::new(),
            known: HashMap::new(),
        };
        let needed = plan.needed(roots);
        for (id, node) in plan.nodes.iter() {
            if needed.get(id.index()).copied().unwrap_or(false) {
                let formula = formulas.formula(model, plan, as_at, node);
                formulas.of.insert(id, formula);
            }
        }
        formulas
    }

    pub(super) fn at(&self, node: NodeId) -> FormulaId {
        self.of
            .get(&node)
            .copied()
            .unwrap_or(FormulaId::from_index(0))
    }

    /// Returns the value of a formula that is a constant.
    pub(super) fn constant(&self, id: FormulaId) -> Option<i64> {
        if let Formula::Constant(value) = self.all[id] {
            Some(value)
        } else {
            None
        }
    }

    /// Returns a formula that says whether an input was recorded.
    pub(super) fn recorded(&mut self, model: &Model, input: InputId) -> FormulaId {
        let of = match model.inputs[input].domain {
            Domain::Set { .. } => self.add(Formula::Count { input, members: 0 }, model),
            _ => self.add(Formula::Input(input), model),
        };
        self.steps(model, of, Vec::new(), vec![1], 0)
    }

    fn may_be_absent(&self, input: &Input) -> bool {
        match input.missing {
            Missing::Absent => true,
            Missing::Unknown => self.unknown_is_absent,
            Missing::Assume(_) | Missing::Error => false,
        }
    }

    fn many(&self, nodes: &[NodeId]) -> Vec<FormulaId> {
        nodes.iter().map(|node| self.at(*node)).collect()
    }

    fn formula(&mut self, model: &Model, plan: &Plan, as_at: Date, node: &Node) -> FormulaId {
        match node {
            Node::Constant(value) => self.add(Formula::Constant(*value), model),
            Node::Input(id) => self.add(Formula::Input(*id), model),
            Node::Between { unit, from, to } => {
                let today = self.add(Formula::Constant(as_at.days()), model);
                let date = |date: &Option<NodeId>| date.map_or(today, |date| self.at(date));
                let (from, to) = (date(from), date(to));
                self.add(
                    Formula::Length {
                        unit: *unit,
                        from,
                        to,
                    },
                    model,
                )
            }
            Node::SumOfInputs(parts) => self.add(Formula::SumOfInputs(self.many(parts)), model),
            Node::Read { of, lookup, absent } => {
                if let Node::Input(input) = plan.nodes[*of]
                    && let Domain::Set { values } = &model.inputs[input].domain
                {
                    return self.read_of_set(model, input, values.len(), lookup, *absent);
                }
                self.read(model, self.at(*of), lookup, *absent, as_at)
            }
            Node::Sum(parts) => self.gather(self.many(parts), Formula::Sum, model),
            Node::Highest(parts) | Node::Any(parts) => {
                self.gather(self.many(parts), Formula::Highest, model)
            }
            Node::Lowest(parts) | Node::All(parts) => {
                let parts = self.many(parts);
                // Nothing to hold means that all of it holds.
                if parts.is_empty() {
                    self.add(Formula::Constant(1), model)
                } else {
                    self.gather(parts, Formula::Lowest, model)
                }
            }
            Node::Not(part) => self.steps(model, self.at(*part), vec![1], vec![1, 0], 1),
            Node::Select { arms, default } => {
                let arms = arms
                    .iter()
                    .map(|(when, value)| (self.at(*when), self.at(*value)))
                    .collect();
                self.select(model, arms, self.at(*default))
            }
            Node::Table {
                row,
                column,
                cells,
                default,
            } => self.add(
                Formula::Table {
                    row: self.at(*row),
                    column: self.at(*column),
                    cells: cells.clone(),
                    default: *default,
                },
                model,
            ),
            Node::Compare { one, order, other } => self.add(
                Formula::Compare {
                    one: self.at(*one),
                    order: *order,
                    other: self.at(*other),
                },
                model,
            ),
        }
    }

    fn add(&mut self, formula: Formula, model: &Model) -> FormulaId {
        let span = self.span(&formula, model);
        let formula = match (span.only(), span.ends()) {
            (Some(value), _) => Formula::Constant(value),
            (None, None) if span.absent => Formula::Constant(ABSENT),
            _ => formula,
        };
        if let Some(known) = self.known.get(&formula) {
            return *known;
        }
        let id = self.all.push(formula.clone());
        self.spans.push(span);
        self.known.insert(formula, id);
        id
    }

    fn gather(
        &mut self,
        parts: Vec<FormulaId>,
        how: fn(Vec<FormulaId>) -> Formula,
        model: &Model,
    ) -> FormulaId {
        match parts.as_slice() {
            [only] => *only,
            _ => self.add(how(parts), model),
        }
    }

    fn select(
        &mut self,
        model: &Model,
        arms: Vec<(FormulaId, FormulaId)>,
        default: FormulaId,
    ) -> FormulaId {
        let (mut kept, mut default) = (Vec::new(), default);
        for (when, value) in arms {
            match self.constant(when) {
                Some(1) => {
                    default = value;
                    break;
                }
                Some(_) => {}
                None => kept.push((when, value)),
            }
        }
        while kept.last().is_some_and(|(_, value)| *value == default) {
            kept.pop();
        }
        match kept.as_slice() {
            [] => default,
            [(when, value)]
                if self.constant(*value).is_some() && self.constant(default).is_some() =>
            {
                let gives = vec![
                    self.constant(default).unwrap_or_default(),
                    self.constant(*value).unwrap_or_default(),
                ];
                self.steps(model, *when, vec![1], gives, ABSENT)
            }
            _ => self.add(
                Formula::Select {
                    arms: kept,
                    default,
                },
                model,
            ),
        }
    }

    fn read_of_set(
        &mut self,
        model: &Model,
        input: InputId,
        members: usize,
        lookup: &Lookup,
        absent: i64,
    ) -> FormulaId {
        let every = (1_i64 << members) - 1;
        let (mask, cuts, gives) = match lookup {
            // Only whether there is a set, which counting none of its members tells.
            Lookup::Steps { cuts, gives } => (0, cuts.clone(), gives.clone()),
            Lookup::HasAny(members) => (*members, vec![1], vec![0, 1]),
            Lookup::HasAll(members) => {
                (*members, vec![i64::from(members.count_ones())], vec![0, 1])
            }
            Lookup::Count { from, below } => (every, vec![*from, *below], vec![0, 1, 0]),
            Lookup::Members { members, .. } => {
                let most = i64::from(members.count_ones());
                // The lookup counts members by bits, so a set of the lowest so many stands for any of that size.
                let gives = (0..=most).map(|count| counted(lookup, count)).collect();
                (*members, (1..=most).collect(), gives)
            }
            Lookup::Each { .. } | Lookup::Dates { .. } => (0, Vec::new(), vec![0]),
        };
        let count = self.add(
            Formula::Count {
                input,
                members: mask & every,
            },
            model,
        );
        self.steps(model, count, cuts, gives, absent)
    }

    fn read(
        &mut self,
        model: &Model,
        of: FormulaId,
        lookup: &Lookup,
        absent: i64,
        as_at: Date,
    ) -> FormulaId {
        match lookup {
            Lookup::Steps { cuts, gives } => {
                self.steps(model, of, cuts.clone(), gives.clone(), absent)
            }
            Lookup::Dates { from, below } => {
                let from = from.map_or(i64::MIN + 1, |from| from.at(as_at));
                let below = below.map_or(i64::MAX, |below| below.at(as_at));
                let (cuts, gives) = if from < below {
                    (vec![from, below], vec![0, 1, 0])
                } else {
                    (Vec::new(), vec![0])
                };
                self.steps(model, of, cuts, gives, absent)
            }
            Lookup::Each { each, .. } => {
                let Some((least, most)) = self.spans[of].ends() else {
                    return self.steps(model, of, Vec::new(), vec![0], absent);
                };
                if (most - least) / each.max(&1) > MOST_STEPS {
                    return self.add(
                        Formula::Each {
                            of,
                            lookup: lookup.clone(),
                            absent,
                        },
                        model,
                    );
                }
                let (mut cuts, mut gives) = (Vec::new(), vec![lookup.of(least, as_at)]);
                // The next value with other points is found by halving: points go one way.
                let mut at = least;
                while let Some(next) = first(at, most, |value| {
                    lookup.of(value, as_at) != lookup.of(at, as_at)
                }) {
                    cuts.push(next);
                    gives.push(lookup.of(next, as_at));
                    at = next;
                }
                self.steps(model, of, cuts, gives, absent)
            }
            // Sets are read above.
            Lookup::Members { .. }
            | Lookup::HasAny(_)
            | Lookup::HasAll(_)
            | Lookup::Count { .. } => self.steps(model, of, Vec::new(), vec![0], absent),
        }
    }

    /// Makes steps over a length of time up to or from a fixed date into steps over the other date.
    fn steps(
        &mut self,
        model: &Model,
        of: FormulaId,
        cuts: Vec<i64>,
        gives: Vec<i64>,
        absent: i64,
    ) -> FormulaId {
        if let Formula::Length { unit, from, to } = self.all[of] {
            let (today_is_to, date, today) = match (self.constant(from), self.constant(to)) {
                (None, Some(today)) => (true, from, today),
                (Some(today), None) => (false, to, today),
                _ => return self.plain_steps(model, of, cuts, gives, absent),
            };
            let Some((least, most)) = self.spans[date].ends() else {
                return self.plain_steps(model, of, cuts, gives, absent);
            };
            let length = |day: i64| {
                let (day, today) = (Date::from_days(day), Date::from_days(today));
                if today_is_to {
                    day.completed_until(today, unit)
                } else {
                    today.completed_until(day, unit)
                }
            };
            let place = |cut: &i64| {
                // The first day on the other side of the cut-off: lengths go one way.
                first_of(least, most, |day| (length(day) >= *cut) != today_is_to)
                    .unwrap_or(i64::MAX)
            };
            let mut places: Vec<i64> = cuts.iter().map(place).collect();
            let mut gives = gives;
            if today_is_to {
                places.reverse();
                gives.reverse();
            }
            return self.plain_steps(model, date, places, gives, absent);
        }
        self.plain_steps(model, of, cuts, gives, absent)
    }

    /// Makes steps without those that no value reaches, or that change nothing.
    fn plain_steps(
        &mut self,
        model: &Model,
        of: FormulaId,
        cuts: Vec<i64>,
        gives: Vec<i64>,
        absent: i64,
    ) -> FormulaId {
        let span = &self.spans[of];
        let give = |value: i64| {
            gives
                .get(cuts.partition_point(|cut| *cut <= value))
                .copied()
                .unwrap_or_default()
        };
        let places: Vec<i64> = match (span.listed(), span.ends()) {
            (Some(values), _) => values.iter().copied().collect(),
            (None, Some((least, most))) => std::iter::once(least)
                .chain(
                    cuts.iter()
                        .copied()
                        .filter(|cut| *cut > least && *cut <= most),
                )
                .collect(),
            (None, None) => Vec::new(),
        };
        let (mut new_cuts, mut new_gives): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
        for place in &places {
            let gives = give(*place);
            if new_gives.last() != Some(&gives) {
                if !new_gives.is_empty() {
                    new_cuts.push(*place);
                }
                new_gives.push(gives);
            }
        }
        let changes_nothing = span
            .listed()
            .is_some_and(|values| values.iter().all(|value| give(*value) == *value))
            && (!span.absent || absent == ABSENT);
        if changes_nothing && !new_gives.is_empty() {
            return of;
        }
        let absent = if span.absent {
            absent
        } else {
            new_gives.first().copied().unwrap_or_default()
        };
        if new_gives.is_empty() {
            new_gives.push(absent);
        }
        self.add(
            Formula::Steps {
                of,
                cuts: new_cuts,
                gives: new_gives,
                absent,
            },
            model,
        )
    }

    fn span(&self, formula: &Formula, model: &Model) -> Span {
        let of = |id: &FormulaId| &self.spans[*id];
        match formula {
            Formula::Constant(ABSENT) => Span::absent(),
            Formula::Constant(value) => Span::one(*value),
            Formula::Input(id) => {
                let input = &model.inputs[*id];
                let (least, most) = input.domain.bounds();
                Span::range(least, most).or_absent(self.may_be_absent(input))
            }
            Formula::Count { input, members } => Span::range(0, i64::from(members.count_ones()))
                .or_absent(self.may_be_absent(&model.inputs[*input])),
            Formula::Length { unit, from, to } => {
                let absent = of(from).absent || of(to).absent;
                let length = |from: i64, to: i64| {
                    Date::from_days(from).completed_until(Date::from_days(to), *unit)
                };
                match (of(from).ends(), of(to).ends()) {
                    (Some((first, last)), Some((earliest, latest))) => {
                        Span::range(length(last, earliest), length(first, latest))
                    }
                    _ => Span::absent(),
                }
                .or_absent(absent)
            }
            Formula::SumOfInputs(parts) => {
                let absent = parts.iter().any(|part| of(part).absent);
                parts
                    .iter()
                    .fold(Span::one(0), |sum, part| {
                        sum.with(of(part), |one, two| one + two)
                    })
                    .or_absent(absent)
            }
            Formula::Steps {
                of: read,
                gives,
                absent,
                ..
            } => {
                let mut values: BTreeSet<i64> = if of(read).ends().is_some() {
                    gives.iter().copied().collect()
                } else {
                    BTreeSet::new()
                };
                if of(read).absent {
                    values.insert(*absent);
                }
                given(values)
            }
            Formula::Each {
                of: read,
                lookup,
                absent,
            } => {
                let (least, most) = of(read).ends().unwrap_or_default();
                let at = |value| lookup.of(value, Date::from_days(0));
                let (one, two) = (at(least), at(most));
                let span = Span::range(one.min(two), one.max(two));
                if of(read).absent {
                    span.or(&given([*absent].into()))
                } else {
                    span
                }
            }
            Formula::Sum(parts) => parts.iter().fold(Span::one(0), |sum, part| {
                sum.with(of(part), |one, two| one + two)
            }),
            Formula::Highest(parts) => joined(parts.iter().map(of), i64::max),
            Formula::Lowest(parts) => joined(parts.iter().map(of), i64::min),
            Formula::Select { arms, default } => arms
                .iter()
                .fold(of(default).clone(), |span, (_, value)| span.or(of(value))),
            Formula::Table { cells, default, .. } => {
                given(cells.iter().flatten().chain([default]).copied().collect())
            }
            Formula::Compare { .. } => Span::range(0, 1),
        }
    }
}

/// Returns the span of what the steps give, which may be nothing.
fn given(mut values: BTreeSet<i64>) -> Span {
    let absent = values.remove(&ABSENT);
    Span::of(values).or_absent(absent)
}

fn joined<'a>(spans: impl Iterator<Item = &'a Span>, together: fn(i64, i64) -> i64) -> Span {
    spans
        .cloned()
        .reduce(|one, two| one.with(&two, together))
        .unwrap_or_else(|| Span::one(0))
}

/// Returns what a lookup gives to a set, by the number of its members.
fn counted(lookup: &Lookup, count: i64) -> i64 {
    let Lookup::Members {
        members,
        points,
        cap,
    } = lookup
    else {
        return 0;
    };
    let mut kept = 0_i64;
    for bit in 0..63 {
        if members >> bit & 1 == 1 && i64::from(kept.count_ones()) < count {
            kept |= 1 << bit;
        }
    }
    Lookup::Members {
        members: *members,
        points: *points,
        cap: *cap,
    }
    .of(kept, Date::from_days(0))
}

/// Returns the first value after `after`, up to `most`, for which a test holds. The test must not hold before that value, and must hold after it.
fn first(after: i64, most: i64, test: impl Fn(i64) -> bool) -> Option<i64> {
    if after >= most {
        None
    } else {
        first_of(after + 1, most, test)
    }
}

fn first_of(least: i64, most: i64, test: impl Fn(i64) -> bool) -> Option<i64> {
    if !test(most) {
        return None;
    }
    let (mut low, mut high) = (least, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if test(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low)
}
