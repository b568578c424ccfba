//! Builds the graph of a matrix. Equal nodes are made once. Overrides make new nodes, so that each reader has the version that it should see.

use std::collections::HashMap;

use crate::arena::{Arena, ConditionId, DimensionId, Id, InputId, NodeId};
use crate::model::{
    Action, Axis, Cell, Decision, Derived, Dimension, Gives, Limit, Measure, Method, Model, Moment,
    NOTHING, NumberOf, Override, Positions, Quantifier, Reading, ResultOf, Rule, Score, Test,
    Verdict,
};
use crate::plan::{ABSENT, DimensionNodes, Lookup, Node, OverrideNodes, Plan, ReadBy};

pub(super) fn build(model: &Model) -> Plan {
    let builder = Builder {
        model,
        nodes: Arena::new(),
        known: HashMap::new(),
        inputs: Vec::new(),
        criteria: Vec::new(),
        groups: Vec::new(),
        dimensions: Vec::new(),
        decisions: vec![None; model.decisions.len()],
        result: None,
        conditions: vec![None; model.conditions.len()],
        admissible: Vec::new(),
    };
    builder.build()
}

struct Builder<'a> {
    model: &'a Model,
    nodes: Arena<NodeId, Node>,
    known: HashMap<Node, NodeId>,
    inputs: Vec<NodeId>,
    criteria: Vec<NodeId>,
    groups: Vec<NodeId>,
    /// The dimensions, as the overrides so far leave them.
    dimensions: Vec<DimensionNodes>,
    decisions: Vec<Option<NodeId>>,
    /// The result, as the overrides so far leave it.
    result: Option<NodeId>,
    conditions: Vec<Option<NodeId>>,
    admissible: Vec<NodeId>,
}

impl Builder<'_> {
    fn build(mut self) -> Plan {
        let model = self.model;
        for (id, input) in model.inputs.iter() {
            let node = match &input.derived {
                None => Node::Input(id),
                Some(Derived::Sum(parts)) => {
                    Node::SumOfInputs(parts.iter().map(|part| self.input(*part)).collect())
                }
                Some(Derived::Between { unit, from, to }) => Node::Between {
                    unit: *unit,
                    from: self.moment(*from),
                    to: self.moment(*to),
                },
            };
            let node = self.node(node);
            self.inputs.push(node);
            if input.derived.is_some() {
                let (least, most) = input.domain.bounds();
                let lookup = Lookup::Steps {
                    cuts: vec![least, most + 1],
                    gives: vec![0, 1, 0],
                };
                let in_range = self.read(node, lookup, 1);
                self.admissible.push(in_range);
            }
        }
        let checks: Vec<_> = model
            .checks
            .iter()
            .map(|check| {
                let require = self.condition(check.require);
                let passes = match check.when {
                    Some(when) => {
                        let when = self.condition(when);
                        let spared = self.node(Node::Not(when));
                        self.node(Node::Any(vec![spared, require]))
                    }
                    None => require,
                };
                self.admissible.push(passes);
                passes
            })
            .collect();
        for criterion in model.criteria.items() {
            let node = self.criterion(&criterion.rule);
            self.criteria.push(node);
        }
        for group in model.groups.items() {
            let node = self.score(&group.score);
            self.groups.push(node);
        }
        for dimension in model.dimensions.items() {
            let nodes = self.dimension(dimension);
            self.dimensions.push(nodes);
        }
        let mut overrides = self.overrides_of_dimensions();
        self.named_decisions(false);
        self.result = model
            .decision
            .as_ref()
            .map(|decision| self.decision(decision));
        let decided = self.result;
        overrides.extend(self.overrides_of_result());
        self.named_decisions(true);
        let flags = model
            .flags
            .items()
            .iter()
            .map(|flag| self.condition(flag.when))
            .collect();
        let admissible = std::mem::take(&mut self.admissible);
        let admissible = self.node(Node::All(admissible));
        overrides.sort_unstable_by_key(|(index, _)| *index);
        let nothing = self.constant(NOTHING as i64);
        let criteria_replaced = model
            .criteria
            .ids()
            .map(|id| self.replaced(|dimension| dimension.criteria.contains(&id)))
            .collect();
        let groups_replaced = model
            .groups
            .ids()
            .map(|id| self.replaced(|dimension| dimension.groups.contains(&id)))
            .collect();
        Plan {
            criteria_replaced,
            groups_replaced,
            nodes: self.nodes,
            admissible,
            inputs: self.inputs,
            criteria: self.criteria,
            groups: self.groups,
            dimensions: self.dimensions,
            decisions: self
                .decisions
                .into_iter()
                .map(|node| node.unwrap_or(nothing))
                .collect(),
            decided,
            result: self.result,
            flags,
            overrides: overrides.into_iter().map(|(_, nodes)| nodes).collect(),
            checks,
            conditions: self.conditions,
            read_by: ReadBy::default(),
        }
    }

    /// Returns a node that says whether an override replaced all the dimensions that use something.
    fn replaced(&mut self, used: impl Fn(&Dimension) -> bool) -> Option<NodeId> {
        let users = self
            .model
            .dimensions
            .items()
            .iter()
            .zip(&self.dimensions)
            .filter(|(dimension, _)| used(dimension));
        let users: Vec<NodeId> = users.map(|(_, nodes)| nodes.replaced).collect();
        (!users.is_empty()).then(|| self.node(Node::All(users)))
    }

    fn node(&mut self, node: Node) -> NodeId {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let id = self.nodes.push(node.clone());
        self.known.insert(node, id);
        id
    }

    fn constant(&mut self, value: i64) -> NodeId {
        self.node(Node::Constant(value))
    }

    fn read(&mut self, of: NodeId, lookup: Lookup, absent: i64) -> NodeId {
        self.node(Node::Read { of, lookup, absent })
    }

    fn input(&self, id: InputId) -> NodeId {
        // Derived inputs read declared ones, which all stand before them.
        self.inputs
            .get(id.index())
            .copied()
            .unwrap_or(NodeId::from_index(0))
    }

    fn moment(&self, moment: Moment) -> Option<NodeId> {
        match moment {
            Moment::AsAt => None,
            Moment::Input(id) => Some(self.input(id)),
        }
    }

    fn criterion(&mut self, rule: &Rule) -> NodeId {
        match rule {
            Rule::One(reading) => self.reading(reading),
            Rule::When {
                when,
                points,
                otherwise,
            } => {
                let (when, points) = (self.condition(*when), self.constant(points.millionths()));
                let default = self.constant(otherwise.millionths());
                self.node(Node::Select {
                    arms: vec![(when, points)],
                    default,
                })
            }
            Rule::Choose(choices) => {
                let mut arms = Vec::new();
                for choice in choices {
                    let value = match &choice.gives {
                        Gives::Fixed(points) => self.constant(points.millionths()),
                        Gives::Reading(reading) => self.reading(reading),
                    };
                    match choice.when {
                        Some(when) => arms.push((self.condition(when), value)),
                        None => {
                            return self.node(Node::Select {
                                arms,
                                default: value,
                            });
                        }
                    }
                }
                self.constant(0)
            }
        }
    }

    fn reading(&mut self, reading: &Reading) -> NodeId {
        let lookup = match &reading.measure {
            Measure::Bands(bands) => {
                let cuts = bands.iter().skip(1).map(|band| band.from).collect();
                Lookup::Steps {
                    cuts,
                    gives: bands.iter().map(|band| band.points.millionths()).collect(),
                }
            }
            Measure::Values { first, points } => {
                let cuts = (first + 1..).take(points.len().saturating_sub(1)).collect();
                Lookup::Steps {
                    cuts,
                    gives: points.iter().map(|points| points.millionths()).collect(),
                }
            }
            Measure::Each {
                each,
                points,
                beyond,
                cap,
            } => Lookup::Each {
                each: *each,
                points: points.millionths(),
                beyond: *beyond,
                cap: cap.map(|cap| cap.millionths()),
                within: self.model.inputs[reading.input].domain.bounds(),
            },
            Measure::Members {
                members,
                points,
                cap,
            } => Lookup::Members {
                members: *members,
                points: points.millionths(),
                cap: cap.map(|cap| cap.millionths()),
            },
        };
        let of = self.input(reading.input);
        self.read(of, lookup, reading.absent.unwrap_or_default().millionths())
    }

    fn scores(&mut self, of: &[Score]) -> Vec<NodeId> {
        of.iter().map(|score| self.score(score)).collect()
    }

    fn score(&mut self, score: &Score) -> NodeId {
        let node = match score {
            Score::Criterion(id) => {
                return self
                    .criteria
                    .get(id.index())
                    .copied()
                    .unwrap_or(NodeId::from_index(0));
            }
            Score::Group(id) => {
                return self
                    .groups
                    .get(id.index())
                    .copied()
                    .unwrap_or(NodeId::from_index(0));
            }
            Score::Sum(of) => Node::Sum(self.scores(of)),
            Score::Highest(of) => Node::Highest(self.scores(of)),
            Score::Lowest(of) => Node::Lowest(self.scores(of)),
            Score::Capped { of, at } => {
                let sum = Node::Sum(self.scores(of));
                let (sum, at) = (self.node(sum), self.constant(at.millionths()));
                Node::Lowest(vec![sum, at])
            }
        };
        self.node(node)
    }

    fn dimension(&mut self, dimension: &Dimension) -> DimensionNodes {
        let score = self.score(&dimension.score);
        let scaled = dimension.scale.as_ref().map(|scale| {
            let cuts = scale
                .iter()
                .skip(1)
                .map(|band| band.from.millionths())
                .collect();
            let lookup = Lookup::Steps {
                cuts,
                gives: scale.iter().map(|band| band.gives.millionths()).collect(),
            };
            self.read(score, lookup, ABSENT)
        });
        let mut level = None;
        let mut arms = Vec::new();
        for cuts in &dimension.cuts {
            let last = cuts.from.len() as i64;
            let lookup = Lookup::Steps {
                cuts: cuts.from.iter().rev().map(|cut| cut.millionths()).collect(),
                gives: (0..=last).rev().collect(),
            };
            let by_these = self.read(scaled.unwrap_or(score), lookup, last);
            match cuts.when {
                Some(when) => arms.push((self.condition(when), by_these)),
                None if arms.is_empty() => level = Some(by_these),
                None => {
                    level = Some(self.node(Node::Select {
                        arms: std::mem::take(&mut arms),
                        default: by_these,
                    }))
                }
            }
        }
        let replaced = self.constant(0);
        DimensionNodes {
            scored: score,
            score,
            scaled,
            scored_level: level,
            level,
            replaced,
        }
    }

    /// Adds an override of a position among `count` positions, which applies unless one before it was final.
    fn override_nodes(
        &mut self,
        rule: &Override,
        locks: &mut Vec<NodeId>,
        before: NodeId,
        count: usize,
    ) -> OverrideNodes {
        let when = self.condition(rule.when);
        let applies = if locks.is_empty() {
            when
        } else {
            let locked = self.node(Node::Any(locks.clone()));
            let open = self.node(Node::Not(locked));
            self.node(Node::All(vec![when, open]))
        };
        if rule.is_final {
            locks.push(applies);
        }
        let gives = (0..=NOTHING)
            .map(|position| moved(rule.action, position, count) as i64)
            .collect();
        let lookup = Lookup::Steps {
            cuts: (1..=NOTHING as i64).collect(),
            gives,
        };
        let moved = self.read(before, lookup, 0);
        let after = self.node(Node::Select {
            arms: vec![(applies, moved)],
            default: before,
        });
        OverrideNodes {
            when,
            applies,
            before,
            after,
        }
    }

    fn overrides_of_dimensions(&mut self) -> Vec<(usize, OverrideNodes)> {
        let model = self.model;
        let mut locks: HashMap<DimensionId, Vec<NodeId>> = HashMap::new();
        let mut overrides = Vec::new();
        for (id, rule) in model.overrides.iter() {
            let Some(dimension) = rule.dimension else {
                continue;
            };
            let count = model.dimensions[dimension].levels.len();
            let level = self.level(dimension);
            let made = self.override_nodes(rule, locks.entry(dimension).or_default(), level, count);
            overrides.push((id.index(), made));
            let Some(mut nodes) = self.dimensions.get(dimension.index()).copied() else {
                continue;
            };
            nodes.level = Some(made.after);
            if let Action::Replace { points, .. } = rule.action {
                let points = self.constant(points.millionths());
                nodes.score = self.node(Node::Select {
                    arms: vec![(made.applies, points)],
                    default: nodes.score,
                });
                let none = self.constant(ABSENT);
                nodes.scaled = nodes.scaled.map(|scaled| {
                    self.node(Node::Select {
                        arms: vec![(made.applies, none)],
                        default: scaled,
                    })
                });
                nodes.replaced = self.node(Node::Any(vec![nodes.replaced, made.applies]));
            }
            if let Some(slot) = self.dimensions.get_mut(dimension.index()) {
                *slot = nodes;
            }
        }
        overrides
    }

    fn overrides_of_result(&mut self) -> Vec<(usize, OverrideNodes)> {
        let model = self.model;
        let mut locks = Vec::new();
        let mut overrides = Vec::new();
        for (id, rule) in model.overrides.iter() {
            if let (None, Some(result)) = (rule.dimension, self.result) {
                let made = self.override_nodes(rule, &mut locks, result, model.tiers.len());
                self.result = Some(made.after);
                overrides.push((id.index(), made));
            }
        }
        overrides
    }

    fn named_decisions(&mut self, after_result: bool) {
        for (id, decision) in self.model.decisions.iter() {
            if decision.after_result == after_result {
                let node = self.decision(decision);
                if let Some(slot) = self.decisions.get_mut(id.index()) {
                    *slot = Some(node);
                }
            }
        }
    }

    fn decision(&mut self, decision: &Decision) -> NodeId {
        let values = self.model.values_of(decision).len();
        let position = |verdict: Verdict| verdict.position(values) as i64;
        let given = match &decision.method {
            Method::Rules(rules) => {
                let mut arms = Vec::new();
                let mut default = NOTHING as i64;
                for rule in rules {
                    match rule.when {
                        Some(when) => {
                            let when = self.condition(when);
                            arms.push((when, self.constant(position(rule.gives))));
                        }
                        None => default = position(rule.gives),
                    }
                }
                let default = self.constant(default);
                self.node(Node::Select { arms, default })
            }
            Method::Highest(steps) => {
                let mut steps: Vec<_> = steps
                    .iter()
                    .filter_map(|step| self.decisions.get(step.index()).copied().flatten())
                    .collect();
                steps.push(self.constant(NOTHING as i64));
                self.node(Node::Lowest(steps))
            }
            Method::Bands { of, bands } => {
                let of = self.number(*of);
                let cuts = bands
                    .iter()
                    .rev()
                    .filter_map(|band| band.from)
                    .map(|cut| cut.millionths())
                    .collect();
                let gives = bands
                    .iter()
                    .rev()
                    .map(|band| position(band.gives))
                    .collect();
                self.read(of, Lookup::Steps { cuts, gives }, NOTHING as i64)
            }
            Method::Table {
                rows,
                columns,
                cells,
            } => {
                let (row, column) = (self.axis(rows), self.axis(columns));
                let map = |f: &dyn Fn(&Cell) -> i64| {
                    cells
                        .iter()
                        .map(|row| row.iter().map(f).collect())
                        .collect::<Vec<Vec<i64>>>()
                };
                let impossible = map(&|cell| i64::from(*cell == Cell::Impossible));
                if impossible.iter().flatten().any(|cell| *cell == 1) {
                    let lands = self.node(Node::Table {
                        row,
                        column,
                        cells: impossible,
                        default: 0,
                    });
                    let spared = self.node(Node::Not(lands));
                    self.admissible.push(spared);
                }
                let cells = map(&|cell| match cell {
                    Cell::Gives(verdict) => position(*verdict),
                    Cell::Impossible => NOTHING as i64,
                });
                self.node(Node::Table {
                    row,
                    column,
                    cells,
                    default: NOTHING as i64,
                })
            }
        };
        if decision.default == Verdict::Nothing {
            return given;
        }
        let lookup = Lookup::Steps {
            cuts: vec![NOTHING as i64],
            gives: vec![0, 1],
        };
        let (nothing, default) = (
            self.read(given, lookup, 0),
            self.constant(position(decision.default)),
        );
        self.node(Node::Select {
            arms: vec![(nothing, default)],
            default: given,
        })
    }

    /// Returns a node that gives the row or column that a profile is in, or `ABSENT`.
    fn axis(&mut self, axis: &Axis) -> NodeId {
        let steps = |positions: &[u8]| {
            let cuts = (1..positions.len() as i64).collect();
            Lookup::Steps {
                cuts,
                gives: positions
                    .iter()
                    .map(|position| i64::from(*position))
                    .collect(),
            }
        };
        // A number below the first cut-off stays in the first band, as the loader proved it to be there.
        let cut_steps = |cuts: Vec<(i64, u8)>| {
            let gives = cuts
                .iter()
                .map(|(_, position)| i64::from(*position))
                .collect();
            Lookup::Steps {
                cuts: cuts.into_iter().skip(1).map(|(cut, _)| cut).collect(),
                gives,
            }
        };
        match axis {
            Axis::Input { input, positions } => {
                let of = self.input(*input);
                self.read(of, steps(positions), ABSENT)
            }
            Axis::InputCuts { input, cuts } => {
                let of = self.input(*input);
                self.read(of, cut_steps(cuts.clone()), ABSENT)
            }
            Axis::NumberCuts { number, cuts } => {
                let of = self.number(*number);
                self.read(
                    of,
                    cut_steps(
                        cuts.iter()
                            .map(|(cut, position)| (cut.millionths(), *position))
                            .collect(),
                    ),
                    ABSENT,
                )
            }
            Axis::Level {
                dimension,
                positions,
            } => {
                let of = self.level(*dimension);
                self.read(of, steps(positions), ABSENT)
            }
            Axis::Decision {
                decision,
                positions,
                nothing,
            } => {
                let of = self
                    .decisions
                    .get(decision.index())
                    .copied()
                    .flatten()
                    .unwrap_or(NodeId::from_index(0));
                let Lookup::Steps {
                    mut cuts,
                    mut gives,
                } = steps(positions)
                else {
                    return of;
                };
                cuts.push(NOTHING as i64);
                gives.push(nothing.map_or(ABSENT, i64::from));
                self.read(of, Lookup::Steps { cuts, gives }, ABSENT)
            }
        }
    }

    fn number(&mut self, number: NumberOf) -> NodeId {
        let of = |nodes: &[NodeId], index: usize| nodes.get(index).copied();
        let node = match number {
            NumberOf::Criterion(id) => of(&self.criteria, id.index()),
            NumberOf::Group(id) => of(&self.groups, id.index()),
            NumberOf::Score(id) => self.dimensions.get(id.index()).map(|nodes| nodes.score),
            NumberOf::Scaled(id) => self
                .dimensions
                .get(id.index())
                .and_then(|nodes| nodes.scaled),
            NumberOf::Total => {
                let scores = self.dimensions.iter().map(|nodes| nodes.score).collect();
                Some(self.node(Node::Sum(scores)))
            }
        };
        node.unwrap_or(NodeId::from_index(0))
    }

    fn level(&self, dimension: DimensionId) -> NodeId {
        self.dimensions
            .get(dimension.index())
            .and_then(|nodes| nodes.level)
            .unwrap_or(NodeId::from_index(0))
    }

    fn conditions(&mut self, parts: &[ConditionId]) -> Vec<NodeId> {
        parts.iter().map(|part| self.condition(*part)).collect()
    }

    fn condition(&mut self, id: ConditionId) -> NodeId {
        let model = self.model;
        let node = match &model.conditions[id].test {
            Test::All(parts) => {
                let parts = self.conditions(parts);
                self.node(Node::All(parts))
            }
            Test::Any(parts) => {
                let parts = self.conditions(parts);
                self.node(Node::Any(parts))
            }
            Test::Not(part) => {
                let part = self.condition(*part);
                self.node(Node::Not(part))
            }
            Test::Known(input) => self.test_of(
                *input,
                Lookup::Steps {
                    cuts: Vec::new(),
                    gives: vec![1],
                },
                0,
            ),
            Test::Missing(input) => self.test_of(
                *input,
                Lookup::Steps {
                    cuts: Vec::new(),
                    gives: vec![0],
                },
                1,
            ),
            Test::InputRange { input, from, below } => {
                let fixed = |limit: &Option<Limit>| {
                    limit.map_or(Some(None), |limit| limit.fixed().map(Some))
                };
                let lookup = match (fixed(from), fixed(below)) {
                    (Some(from), Some(below)) => range(from, below),
                    _ => Lookup::Dates {
                        from: *from,
                        below: *below,
                    },
                };
                self.test_of(*input, lookup, 0)
            }
            Test::InputIn { input, values } => {
                self.test_of(*input, among(values.iter().copied()), 0)
            }
            Test::Members {
                input,
                has,
                quantifier,
            } => {
                let members = has.iter().fold(0, |members, bit| members | 1 << bit);
                let lookup = match quantifier {
                    Quantifier::Any => Lookup::HasAny(members),
                    Quantifier::All => Lookup::HasAll(members),
                };
                self.test_of(*input, lookup, 0)
            }
            Test::MemberCount { input, from, below } => self.test_of(
                *input,
                Lookup::Count {
                    from: from.unwrap_or(0),
                    below: below.unwrap_or(64),
                },
                0,
            ),
            Test::Number {
                number,
                from,
                below,
            } => {
                let of = self.number(*number);
                let lookup = range(
                    from.map(|from| from.millionths()),
                    below.map(|below| below.millionths()),
                );
                self.read(of, lookup, 0)
            }
            Test::Level { dimension, among } => {
                let of = self.level(*dimension);
                self.read(of, positions(*among), 0)
            }
            Test::Result { of, among } => {
                let of = match of {
                    ResultOf::Outcome => self.result,
                    ResultOf::Decision(decision) => {
                        self.decisions.get(decision.index()).copied().flatten()
                    }
                };
                match of {
                    Some(of) => self.read(of, positions(*among), 0),
                    None => self.constant(0),
                }
            }
            Test::Compare { one, order, other } => {
                let of = |decision: &crate::arena::DecisionId| {
                    self.decisions.get(decision.index()).copied().flatten()
                };
                match (of(one), of(other)) {
                    (Some(one), Some(other)) => self.node(Node::Compare {
                        one,
                        order: *order,
                        other,
                    }),
                    _ => self.constant(0),
                }
            }
        };
        if let Some(slot) = self.conditions.get_mut(id.index()) {
            *slot = Some(node);
        }
        node
    }

    fn test_of(&mut self, input: InputId, lookup: Lookup, absent: i64) -> NodeId {
        let of = self.input(input);
        self.read(of, lookup, absent)
    }
}

fn range(from: Option<i64>, below: Option<i64>) -> Lookup {
    match (from, below) {
        (Some(from), Some(below)) => Lookup::Steps {
            cuts: vec![from, below],
            gives: vec![0, 1, 0],
        },
        (Some(from), None) => Lookup::Steps {
            cuts: vec![from],
            gives: vec![0, 1],
        },
        (None, Some(below)) => Lookup::Steps {
            cuts: vec![below],
            gives: vec![1, 0],
        },
        (None, None) => Lookup::Steps {
            cuts: Vec::new(),
            gives: vec![1],
        },
    }
}

/// Returns a lookup that says whether a value is one of these, which are in ascending order.
fn among(values: impl Iterator<Item = i64>) -> Lookup {
    let (mut cuts, mut gives) = (Vec::new(), vec![0]);
    for value in values {
        if cuts.last() == Some(&value) {
            cuts.pop();
            gives.pop();
        } else {
            cuts.push(value);
            gives.push(1);
        }
        cuts.push(value + 1);
        gives.push(0);
    }
    Lookup::Steps { cuts, gives }
}

fn positions(positions: Positions) -> Lookup {
    among(positions.iter().map(|position| position as i64))
}

/// Returns to where an override moves a position among `count` positions. A status and nothing stay where they are, unless the override fixes the
/// result.
pub(crate) fn moved(action: Action, position: usize, count: usize) -> usize {
    let in_order = position < count;
    match action {
        Action::Fix(to) | Action::Replace { level: to, .. } => usize::from(to),
        Action::Status(status) => count + usize::from(status),
        _ if !in_order => position,
        Action::AtLeast(floor) => position.min(usize::from(floor)),
        Action::AtMost(ceiling) => position.max(usize::from(ceiling)),
        Action::Up(steps) => position.saturating_sub(steps as usize),
        Action::Down(steps) => (position + steps as usize).min(count - 1),
    }
}
