//! Compiles formulas into a program over columns: a list of loops over a chunk of rows. Each loop writes a register of the narrowest whole numbers
//! that hold its values.

use std::collections::HashMap;

use crate::arena::{FormulaId, Id, InputId, NodeId};
use crate::bulk::formula::{Formula, Formulas};
use crate::date::{Date, Unit};
use crate::model::{Domain, Model, Order};
use crate::plan::{ABSENT, Lookup, Plan};

/// The width of the whole numbers of a column. The least number stands for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Lane {
    I8,
    I16,
    I32,
    I64,
}

impl Lane {
    pub(super) fn holding(ends: Option<(i64, i64)>) -> Self {
        let (least, most) = ends.unwrap_or_default();
        let lanes = [Self::I8, Self::I16, Self::I32];
        lanes
            .into_iter()
            .find(|lane| lane.nothing() < least && most <= -(lane.nothing() + 1))
            .unwrap_or(Self::I64)
    }

    pub(super) fn nothing(self) -> i64 {
        match self {
            Self::I8 => i64::from(i8::MIN),
            Self::I16 => i64::from(i16::MIN),
            Self::I32 => i64::from(i32::MIN),
            Self::I64 => i64::MIN,
        }
    }
}

/// A place for a chunk of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Register {
    pub(super) lane: Lane,
    pub(super) index: usize,
}

/// One loop over a chunk.
#[derive(Debug, Clone)]
pub(super) enum Op {
    /// Loads the values of an input, or a 1 where a set has a member.
    Load {
        input: InputId,
        member: Option<usize>,
        /// The number that stands for an absent value.
        absent: i64,
    },
    /// Loads a 1 where there is a set.
    LoadPresence {
        input: InputId,
    },
    /// Counts how many of some members, given as bits, a set has.
    Count {
        input: InputId,
        members: i64,
    },
    /// Gives `base`, and a constant for each unit by which a value is above the least. If `adds`, this is added to what is there.
    Line {
        of: Register,
        adds: bool,
        least: i64,
        base: i64,
        each: i64,
    },
    /// Counts how many of the cut-offs a value has reached.
    Reached {
        of: Register,
        cuts: Vec<i64>,
    },
    /// Gives `base`, and the change of each step whose cut-off a value has reached. If `adds`, this is added to what is there. The steps are over the
    /// narrowest numbers.
    Steps {
        of: Register,
        adds: bool,
        base: i64,
        steps: Vec<(i64, i64)>,
    },
    /// Does the same as `Steps` where there are many of them, which are found by halving.
    Find {
        of: Register,
        adds: bool,
        cuts: Vec<i64>,
        gives: Vec<i64>,
    },
    /// Does the same as `Steps` where there are many near each other, which are found by position. The first is for `least` and below.
    Look {
        of: Register,
        adds: bool,
        least: i64,
        gives: Vec<i64>,
    },
    /// Gives points for each whole unit of values from `least` to `most`.
    Each {
        of: Register,
        lookup: Lookup,
        least: i64,
        most: i64,
        unit: i64,
        absent: i64,
    },
    /// Gives the same values in a wider register.
    Widen {
        of: Register,
    },
    /// Copies the values in the same width.
    Copy {
        of: Register,
    },
    Join {
        of: Register,
        how: Join,
    },
    /// Takes the other value where a condition holds.
    Blend {
        when: Register,
        of: Register,
    },
    /// Gives nothing where a condition does not hold.
    Unless {
        present: Register,
    },
    Table {
        row: Register,
        column: Register,
        cells: Vec<i64>,
        rows: usize,
        columns: usize,
        default: i64,
    },
    Compare {
        one: Register,
        order: Order,
        other: Register,
    },
    Length {
        unit: Unit,
        from: Register,
        to: Register,
    },
    /// Marks the rows where a condition does not hold, which are scored one by one.
    Admit {
        of: Register,
    },
    /// Stores the register as a result.
    Store {
        of: Register,
        result: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    Add,
    Highest,
    Lowest,
    /// Gives the sum, or nothing where a part is nothing.
    AddInputs,
}

impl Op {
    pub(super) fn reads(&self) -> Vec<Register> {
        match self {
            Self::Load { .. } | Self::LoadPresence { .. } | Self::Count { .. } => Vec::new(),
            Self::Line { of, .. }
            | Self::Reached { of, .. }
            | Self::Steps { of, .. }
            | Self::Find { of, .. }
            | Self::Look { of, .. }
            | Self::Each { of, .. } => vec![*of],
            Self::Widen { of }
            | Self::Copy { of }
            | Self::Join { of, .. }
            | Self::Admit { of }
            | Self::Store { of, .. } => vec![*of],
            Self::Blend { when, of } => vec![*when, *of],
            Self::Unless { present } => vec![*present],
            Self::Table { row, column, .. } => vec![*row, *column],
            Self::Compare { one, other, .. } => vec![*one, *other],
            Self::Length { from, to, .. } => vec![*from, *to],
        }
    }

    fn rename(&mut self, rename: impl Fn(&mut Register)) {
        match self {
            Self::Load { .. } | Self::LoadPresence { .. } | Self::Count { .. } => {}
            Self::Line { of, .. }
            | Self::Reached { of, .. }
            | Self::Steps { of, .. }
            | Self::Find { of, .. }
            | Self::Look { of, .. }
            | Self::Each { of, .. } => rename(of),
            Self::Widen { of }
            | Self::Copy { of }
            | Self::Join { of, .. }
            | Self::Admit { of }
            | Self::Store { of, .. } => rename(of),
            Self::Blend { when, of } => {
                rename(when);
                rename(of);
            }
            Self::Unless { present } => rename(present),
            Self::Table { row, column, .. } => {
                rename(row);
                rename(column);
            }
            Self::Compare { one, other, .. } => {
                rename(one);
                rename(other);
            }
            Self::Length { from, to, .. } => {
                rename(from);
                rename(to);
            }
        }
    }
}

/// The form in which a result of the program is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) lane: Lane,
    /// What one unit means, in millionths of a point. It is 1 for positions and booleans.
    pub(super) unit: i64,
}

/// A result that a program has to give: a node, whether the node is points, and a node that says where it counts for nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) node: NodeId,
    pub(super) is_points: bool,
    pub(super) unless: Option<NodeId>,
}

/// A program over chunks of columns.
#[derive(Debug)]
pub(super) struct Program {
    /// The operations, each with the register that it writes.
    pub(super) ops: Vec<(Option<Register>, Op)>,
    pub(super) constants: Vec<(Register, i64)>,
    /// How many registers there are of each lane.
    pub(super) registers: [usize; 4],
    pub(super) stored: Vec<Stored>,
}

impl Program {
    /// Compiles the loops that give these results of rows in which nothing is unknown. Other rows are marked to be scored by themselves.
    pub(super) fn of(model: &Model, plan: &Plan, as_at: Date, wanted: &[Wanted]) -> Self {
        let mut roots: Vec<NodeId> = wanted
            .iter()
            .flat_map(|wanted| [Some(wanted.node), wanted.unless])
            .flatten()
            .collect();
        roots.push(plan.admissible);
        let formulas = Formulas::of(model, plan, as_at, &roots, false);
        let admissible = formulas.at(plan.admissible);
        let mut compiler = Compiler::new(&formulas, model, wanted, &[admissible]);
        let stored = compiler.results(wanted);
        if formulas.constant(admissible) != Some(1) {
            let of = compiler.register(admissible);
            compiler.ops.push((None, Op::Admit { of }));
        }
        compiler.check(model);
        compiler.finish(stored)
    }

    /// Compiles the loops that give nodes as they are with everything absent that is unknown, and behind them a 1 where each of some inputs was
    /// recorded. Only rows with values that the matrix refuses are marked.
    pub(super) fn of_known(
        model: &Model,
        plan: &Plan,
        as_at: Date,
        nodes: &[NodeId],
        inputs: &[InputId],
    ) -> Self {
        let mut formulas = Formulas::of(model, plan, as_at, nodes, true);
        let recorded = inputs.iter().map(|input| formulas.recorded(model, *input));
        let recorded: Vec<FormulaId> = recorded.collect();
        let wanted = nodes.iter().map(|node| Wanted {
            node: *node,
            is_points: true,
            unless: None,
        });
        let wanted: Vec<Wanted> = wanted.collect();
        let mut compiler = Compiler::new(&formulas, model, &wanted, &recorded);
        let mut stored = compiler.results(&wanted);
        for id in recorded {
            let of = compiler.register(id);
            let result = stored.len();
            compiler.ops.push((None, Op::Store { of, result }));
            stored.push(Stored {
                lane: of.lane,
                unit: 1,
            });
        }
        compiler.check(model);
        compiler.finish(stored)
    }
}

/// Returns the number of readers of each formula. What the program tests or stores needs a register of its own.
fn users(formulas: &Formulas, wanted: &[Wanted], others: &[FormulaId]) -> Vec<usize> {
    let mut users = vec![0; formulas.all.len()];
    let mut count = |id: FormulaId, times: usize| {
        if let Some(slot) = users.get_mut(id.index()) {
            *slot += times;
        }
    };
    for formula in formulas.all.items() {
        formula.parts().into_iter().for_each(|part| count(part, 1));
    }
    for wanted in wanted {
        // A result needs a register of its own.
        count(formulas.at(wanted.node), 2);
        wanted
            .unless
            .into_iter()
            .for_each(|unless| count(formulas.at(unless), 2));
    }
    others.iter().for_each(|other| count(*other, 2));
    users
}

/// Returns the inputs for which no formula tells an absent value from the least value, each with that least value. So an absent boolean need not
/// be made false first.
fn least_if_absent(formulas: &Formulas, users: &[usize]) -> HashMap<InputId, i64> {
    let mut alike = vec![0; users.len()];
    for formula in formulas.all.items() {
        if let Formula::Steps {
            of, gives, absent, ..
        } = formula
            && gives.first() == Some(absent)
            && let Some(count) = alike.get_mut(of.index())
        {
            *count += 1;
        }
    }
    let inputs = formulas.all.iter().filter(|(id, _)| {
        formulas.spans[*id].absent && alike.get(id.index()) == users.get(id.index())
    });
    inputs
        .filter_map(|(id, formula)| {
            if let Formula::Input(input) = formula {
                Some((*input, formulas.spans[id].ends()?.0))
            } else {
                None
            }
        })
        .collect()
}

impl Formula {
    fn parts(&self) -> Vec<FormulaId> {
        match self {
            Self::Constant(_) | Self::Input(_) | Self::Count { .. } => Vec::new(),
            Self::Length { from, to, .. } => vec![*from, *to],
            Self::Steps { of, .. } | Self::Each { of, .. } => vec![*of],
            Self::SumOfInputs(parts)
            | Self::Sum(parts)
            | Self::Highest(parts)
            | Self::Lowest(parts) => parts.clone(),
            Self::Select { arms, default } => arms
                .iter()
                .flat_map(|(when, value)| [*when, *value])
                .chain([*default])
                .collect(),
            Self::Table { row, column, .. } => vec![*row, *column],
            Self::Compare { one, other, .. } => vec![*one, *other],
        }
    }

    /// Returns the parts from which it takes its values, and which must have its unit.
    fn sources(&self) -> Vec<FormulaId> {
        match self {
            Self::Sum(parts) | Self::Highest(parts) | Self::Lowest(parts) => parts.clone(),
            Self::Select { arms, default } => arms
                .iter()
                .map(|(_, value)| *value)
                .chain([*default])
                .collect(),
            _ => Vec::new(),
        }
    }

    fn own_values(&self) -> Vec<i64> {
        match self {
            Self::Constant(value) => vec![*value],
            Self::Steps { gives, absent, .. } => gives.iter().copied().chain([*absent]).collect(),
            Self::Each {
                lookup: Lookup::Each { points, cap, .. },
                absent,
                ..
            } => vec![*points, cap.unwrap_or(0), *absent],
            Self::Table { cells, default, .. } => {
                cells.iter().flatten().copied().chain([*default]).collect()
            }
            // Values as they are: inputs, lengths of time, counts, truth.
            Self::Input(_)
            | Self::Count { .. }
            | Self::Length { .. }
            | Self::SumOfInputs(_)
            | Self::Compare { .. } => vec![1],
            Self::Sum(_)
            | Self::Highest(_)
            | Self::Lowest(_)
            | Self::Select { .. }
            | Self::Each { .. } => Vec::new(),
        }
    }
}

/// The unit of each formula, which is a power of ten that divides all its values. Formulas between which values flow share a unit.
struct Units {
    parent: Vec<usize>,
    unit: Vec<i64>,
}

impl Units {
    fn of(formulas: &Formulas, wanted: &[Wanted], others: &[FormulaId]) -> Self {
        let mut units = Self {
            parent: (0..formulas.all.len()).collect(),
            unit: vec![1_000_000; formulas.all.len()],
        };
        let limit = |units: &mut Self, id: FormulaId, value: i64| {
            let root = units.root(id.index());
            if let Some(unit) = units.unit.get_mut(root) {
                while value != ABSENT && value % *unit != 0 {
                    *unit /= 10;
                }
            }
        };
        for (id, formula) in formulas.all.iter() {
            for source in formula.sources() {
                // A constant is written in the unit of each reader.
                match formulas.constant(source) {
                    Some(value) => limit(&mut units, id, value),
                    None => units.join(id.index(), source.index()),
                }
            }
            formula
                .own_values()
                .into_iter()
                .for_each(|value| limit(&mut units, id, value));
            if let Formula::Select { arms, .. } = formula {
                arms.iter()
                    .for_each(|(when, _)| limit(&mut units, *when, 1));
            }
            if let Formula::Table { row, column, .. }
            | Formula::Compare {
                one: row,
                other: column,
                ..
            } = formula
            {
                limit(&mut units, *row, 1);
                limit(&mut units, *column, 1);
            }
        }
        for wanted in wanted {
            if !wanted.is_points {
                limit(&mut units, formulas.at(wanted.node), 1);
            }
            if let Some(unless) = wanted.unless {
                limit(&mut units, formulas.at(unless), 1);
            }
        }
        for other in others {
            limit(&mut units, *other, 1);
        }
        units
    }

    fn root(&self, index: usize) -> usize {
        let mut index = index;
        while let Some(parent) = self
            .parent
            .get(index)
            .copied()
            .filter(|parent| *parent != index)
        {
            index = parent;
        }
        index
    }

    fn join(&mut self, one: usize, two: usize) {
        let (one, two) = (self.root(one), self.root(two));
        let smaller = self
            .unit
            .get(one)
            .copied()
            .unwrap_or(1)
            .min(self.unit.get(two).copied().unwrap_or(1));
        if let Some(parent) = self.parent.get_mut(two) {
            *parent = one;
        }
        if let Some(unit) = self.unit.get_mut(one) {
            *unit = smaller;
        }
    }

    fn at(&self, id: FormulaId) -> i64 {
        self.unit.get(self.root(id.index())).copied().unwrap_or(1)
    }
}

/// Returns the first of some values and the change from each to the next, if that change is always the same and what stands for nothing gives the
/// first.
fn line(values: impl Iterator<Item = i64> + Clone, nothing: i64) -> Option<(i64, i64)> {
    let mut changes = values
        .clone()
        .zip(values.clone().skip(1))
        .map(|(value, next)| next.wrapping_sub(value));
    let (first, each) = (values.clone().next()?, changes.next()?);
    (nothing == first && changes.all(|change| change == each)).then_some((first, each))
}

/// Turns formulas into a list of operations, each operation once.
struct Compiler<'a> {
    formulas: &'a Formulas,
    units: Units,
    input_lanes: Vec<Lane>,
    least_if_absent: HashMap<InputId, i64>,
    /// The operations, with registers that are each written for one formula alone.
    ops: Vec<(Option<Register>, Op)>,
    made: HashMap<FormulaId, Register>,
    members: HashMap<(InputId, usize), Register>,
    presences: HashMap<InputId, Register>,
    constants: HashMap<(Lane, i64), Register>,
    wider: HashMap<(Register, Lane), Register>,
    next: [usize; 4],
    users: Vec<usize>,
}

impl<'a> Compiler<'a> {
    /// Begins a program that gives some results and some other formulas, which are positions or booleans.
    fn new(formulas: &'a Formulas, model: &Model, wanted: &[Wanted], others: &[FormulaId]) -> Self {
        let input_lanes = model.inputs.items().iter().map(|input| match input.domain {
            // A set is read member by member.
            Domain::Set { .. } => Lane::I8,
            _ => Lane::holding(Some(input.domain.bounds())),
        });
        let users = users(formulas, wanted, others);
        Self {
            formulas,
            units: Units::of(formulas, wanted, others),
            input_lanes: input_lanes.collect(),
            least_if_absent: least_if_absent(formulas, &users),
            ops: Vec::new(),
            made: HashMap::new(),
            members: HashMap::new(),
            presences: HashMap::new(),
            constants: HashMap::new(),
            wider: HashMap::new(),
            next: [0; 4],
            users,
        }
    }

    fn results(&mut self, wanted: &[Wanted]) -> Vec<Stored> {
        let wanted = wanted.iter().enumerate();
        let results = wanted.map(|(result, wanted)| self.result(result, *wanted));
        results.collect()
    }

    /// Reads also what no result reads, so that it is checked, as it is of one profile.
    fn check(&mut self, model: &Model) {
        for (id, input) in model.inputs.iter() {
            if input.derived.is_some() {
                continue;
            }
            match &input.domain {
                Domain::Set { .. } => {
                    self.presence(id);
                }
                _ => {
                    self.input(id);
                }
            }
        }
    }

    fn fresh(&mut self, lane: Lane) -> Register {
        let next = match lane {
            Lane::I8 => &mut self.next[0],
            Lane::I16 => &mut self.next[1],
            Lane::I32 => &mut self.next[2],
            Lane::I64 => &mut self.next[3],
        };
        *next += 1;
        Register {
            lane,
            index: *next - 1,
        }
    }

    fn push(&mut self, to: Register, op: Op) {
        self.ops.push((Some(to), op));
    }

    fn constant(&mut self, lane: Lane, value: i64) -> Register {
        if let Some(known) = self.constants.get(&(lane, value)) {
            return *known;
        }
        let register = self.fresh(lane);
        self.constants.insert((lane, value), register);
        register
    }

    /// Returns a value in a unit and a lane.
    fn scaled(value: i64, unit: i64, lane: Lane) -> i64 {
        if value == ABSENT {
            lane.nothing()
        } else {
            value / unit
        }
    }

    /// Returns the narrowest lane of a formula's own values.
    fn lane(&self, id: FormulaId) -> Lane {
        let unit = self.units.at(id);
        let holding = |ends: Option<(i64, i64)>| {
            let ends = ends.map(|(least, most)| (least.div_euclid(unit), most.div_euclid(unit)));
            Lane::holding(ends)
        };
        let own = holding(self.formulas.spans[id].ends());
        match &self.formulas.all[id] {
            // The least of some parts may be far from one that is always the same, which must not wrap around.
            Formula::Highest(parts) | Formula::Lowest(parts) => {
                let constants = parts
                    .iter()
                    .filter_map(|part| self.formulas.constant(*part));
                constants.fold(own, |lane, value| lane.max(holding(Some((value, value)))))
            }
            _ => own,
        }
    }

    /// Returns the register of a formula. A constant gets the lane and the unit of its reader.
    fn register_in(&mut self, id: FormulaId, reader: FormulaId, lane: Lane) -> Register {
        match self.formulas.constant(id) {
            Some(value) => self.constant(lane, Self::scaled(value, self.units.at(reader), lane)),
            None => {
                let register = self.register(id);
                self.widened(register, lane)
            }
        }
    }

    /// Returns a register with the same values in a lane that is at least as wide.
    fn widened(&mut self, of: Register, lane: Lane) -> Register {
        if of.lane == lane {
            return of;
        }
        if let Some(known) = self.wider.get(&(of, lane)) {
            return *known;
        }
        let register = self.fresh(lane);
        self.push(register, Op::Widen { of });
        self.wider.insert((of, lane), register);
        register
    }

    fn register(&mut self, id: FormulaId) -> Register {
        if let Some(known) = self.made.get(&id) {
            return *known;
        }
        let lane = self.lane(id);
        let formula = self.formulas.all[id].clone();
        let register = match &formula {
            Formula::Constant(value) => {
                self.constant(lane, Self::scaled(*value, self.units.at(id), lane))
            }
            Formula::Input(input) => self.input(*input),
            Formula::Count { input, members } => self.count(*input, *members, lane, id),
            Formula::Length { unit, from, to } => {
                let (from, to) = (self.register(*from), self.register(*to));
                let register = self.fresh(Lane::I32);
                self.push(
                    register,
                    Op::Length {
                        unit: *unit,
                        from,
                        to,
                    },
                );
                register
            }
            Formula::Steps { of, .. } if self.is_same(id) => self.register(*of),
            Formula::Steps { .. } => {
                let register = self.fresh(lane);
                self.steps(id, register, false);
                register
            }
            Formula::Each { of, lookup, absent } => {
                let from = self.register(*of);
                let register = self.fresh(lane);
                let unit = self.units.at(id);
                let (least, most) = self.formulas.spans[*of].ends().unwrap_or_default();
                self.push(
                    register,
                    Op::Each {
                        of: from,
                        lookup: lookup.clone(),
                        least,
                        most,
                        unit,
                        absent: Self::scaled(*absent, unit, lane),
                    },
                );
                register
            }
            Formula::SumOfInputs(parts) => self.joined(id, parts, lane, Join::AddInputs),
            Formula::Sum(parts) => self.joined(id, parts, lane, Join::Add),
            Formula::Highest(parts) => self.joined(id, parts, lane, Join::Highest),
            Formula::Lowest(parts) => self.joined(id, parts, lane, Join::Lowest),
            Formula::Select { arms, default } => {
                let lane = self.widest(lane, formula.sources());
                let default = self.register_in(*default, id, lane);
                let arms: Vec<_> = arms
                    .iter()
                    .map(|(when, value)| (self.register(*when), self.register_in(*value, id, lane)))
                    .collect();
                let register = self.fresh(lane);
                self.push(register, Op::Copy { of: default });
                for (when, of) in arms.into_iter().rev() {
                    self.push(register, Op::Blend { when, of });
                }
                register
            }
            Formula::Table {
                row,
                column,
                cells,
                default,
            } => {
                let unit = self.units.at(id);
                let columns = cells.iter().map(Vec::len).max().unwrap_or_default();
                let flat = cells
                    .iter()
                    .flatten()
                    .map(|cell| Self::scaled(*cell, unit, lane))
                    .collect();
                let (row, column) = (self.register(*row), self.register(*column));
                let register = self.fresh(lane);
                let default = Self::scaled(*default, unit, lane);
                self.push(
                    register,
                    Op::Table {
                        row,
                        column,
                        cells: flat,
                        rows: cells.len(),
                        columns,
                        default,
                    },
                );
                register
            }
            Formula::Compare { one, order, other } => {
                let (one, other) = (self.register(*one), self.register(*other));
                let register = self.fresh(lane);
                self.push(
                    register,
                    Op::Compare {
                        one,
                        order: *order,
                        other,
                    },
                );
                register
            }
        };
        self.made.insert(id, register);
        register
    }

    fn input(&mut self, input: InputId) -> Register {
        if let Some((Some(register), _)) = self
            .ops
            .iter()
            .find(|(_, op)| matches!(op, Op::Load { input: loaded, .. } if *loaded == input))
        {
            return *register;
        }
        let lane = self
            .input_lanes
            .get(input.index())
            .copied()
            .unwrap_or(Lane::I64);
        let register = self.fresh(lane);
        let absent = self.least_if_absent.get(&input).copied().unwrap_or(ABSENT);
        self.push(
            register,
            Op::Load {
                input,
                member: None,
                absent,
            },
        );
        register
    }

    fn member(&mut self, input: InputId, member: usize) -> Register {
        if let Some(known) = self.members.get(&(input, member)) {
            return *known;
        }
        let register = self.fresh(Lane::I8);
        self.push(
            register,
            Op::Load {
                input,
                member: Some(member),
                absent: 0,
            },
        );
        self.members.insert((input, member), register);
        register
    }

    fn presence(&mut self, input: InputId) -> Register {
        if let Some(known) = self.presences.get(&input) {
            return *known;
        }
        let register = self.fresh(Lane::I8);
        self.push(register, Op::LoadPresence { input });
        self.presences.insert(input, register);
        register
    }

    fn count(&mut self, input: InputId, members: i64, lane: Lane, id: FormulaId) -> Register {
        let may_be_absent = self.formulas.spans[id].absent;
        let only = (members.count_ones() == 1)
            .then(|| self.member(input, members.trailing_zeros() as usize));
        if let (Some(only), false) = (only, may_be_absent) {
            return only;
        }
        let register = self.fresh(Lane::I8);
        self.push(
            register,
            only.map_or(Op::Count { input, members }, |of| Op::Copy { of }),
        );
        if may_be_absent {
            let present = self.presence(input);
            self.push(register, Op::Unless { present });
        }
        self.widened(register, lane)
    }

    fn widest(&self, lane: Lane, parts: Vec<FormulaId>) -> Lane {
        let lanes = parts
            .into_iter()
            .filter(|part| self.formulas.constant(*part).is_none())
            .map(|part| self.lane_made(part));
        lanes.max().unwrap_or(lane).max(lane)
    }

    /// Returns the lane that a formula has, or will have.
    fn lane_made(&self, id: FormulaId) -> Lane {
        if let Some(register) = self.made.get(&id) {
            return register.lane;
        }
        let formula = &self.formulas.all[id];
        match formula {
            Formula::Input(input) => self
                .input_lanes
                .get(input.index())
                .copied()
                .unwrap_or(Lane::I64),
            Formula::Length { .. } => Lane::I32,
            Formula::SumOfInputs(parts) => self.widest(self.lane(id), parts.clone()),
            _ => self.widest(self.lane(id), formula.sources()),
        }
    }

    fn joined(&mut self, id: FormulaId, parts: &[FormulaId], lane: Lane, how: Join) -> Register {
        let lane = self.widest(lane, parts.to_vec());
        let constants: Vec<i64> = parts
            .iter()
            .filter_map(|part| self.formulas.constant(*part))
            .collect();
        let constant = match how {
            Join::Add | Join::AddInputs if !constants.contains(&ABSENT) => {
                Some(constants.iter().sum()).filter(|sum| *sum != 0)
            }
            Join::Add | Join::AddInputs => Some(ABSENT),
            Join::Highest => constants.iter().copied().max(),
            Join::Lowest => constants.iter().copied().min(),
        };
        let unit = self.units.at(id);
        let others: Vec<FormulaId> = parts
            .iter()
            .copied()
            .filter(|part| self.formulas.constant(*part).is_none())
            .collect();
        let (inline, apart): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|part| how == Join::Add && self.is_only_added(*part));
        let apart: Vec<Register> = apart
            .into_iter()
            .map(|part| self.register_in(part, id, lane))
            .collect();
        let register = self.fresh(lane);
        let mut rest = apart.as_slice();
        let mut inline = inline.as_slice();
        if let Some(value) = constant {
            let of = self.constant(lane, Self::scaled(value, unit, lane));
            self.push(register, Op::Copy { of });
        } else if let Some((first, others)) = rest.split_first() {
            self.push(register, Op::Copy { of: *first });
            rest = others;
        } else if let Some((first, others)) = inline.split_first() {
            self.steps(*first, register, false);
            inline = others;
        }
        for of in rest {
            self.push(register, Op::Join { of: *of, how });
        }
        for part in inline {
            self.steps(*part, register, true);
        }
        register
    }

    /// Returns whether nothing but one sum reads a formula, which can then add it as it is worked out.
    fn is_only_added(&self, id: FormulaId) -> bool {
        matches!(self.formulas.all[id], Formula::Steps { .. })
            && self.users.get(id.index()) == Some(&1)
    }

    /// Returns whether the register of a formula may hold nothing.
    fn may_be_absent(&self, id: FormulaId) -> bool {
        let is_least = matches!(&self.formulas.all[id], Formula::Input(input) if self.least_if_absent.contains_key(input));
        self.formulas.spans[id].absent && !is_least
    }

    /// Returns whether steps give the same values that they read, such as 1 where a boolean is 1. They are then not worked out again.
    fn is_same(&self, id: FormulaId) -> bool {
        let Formula::Steps {
            of, cuts, gives, ..
        } = &self.formulas.all[id]
        else {
            return false;
        };
        let (ends, absent) = (self.formulas.spans[*of].ends(), self.may_be_absent(*of));
        let has_lane = self.lane_made(*of) == self.lane(id);
        let Some((least, most)) =
            ends.filter(|_| !absent && self.units.at(id) == 1 && self.units.at(*of) == 1)
        else {
            return false;
        };
        has_lane
            && most - least < 64
            && (least..=most)
                .all(|value| gives.get(cuts.partition_point(|cut| *cut <= value)) == Some(&value))
    }

    fn steps(&mut self, id: FormulaId, to: Register, adds: bool) {
        let Formula::Steps {
            of,
            cuts,
            gives,
            absent,
        } = &self.formulas.all[id]
        else {
            return;
        };
        let (unit, of_unit) = (self.units.at(id), self.units.at(*of));
        let (may_be_absent, ends) = (self.may_be_absent(*of), self.formulas.spans[*of].ends());
        let from = self.register(*of);
        let scaled = |value: i64| Self::scaled(value, unit, to.lane);
        // A cut-off between two units is reached at the upper.
        let mut cuts: Vec<i64> = cuts.iter().map(|cut| -(-cut).div_euclid(of_unit)).collect();
        let mut gives: Vec<i64> = gives.iter().map(|value| scaled(*value)).collect();
        if may_be_absent && gives.first() != Some(&scaled(*absent)) {
            cuts.insert(0, from.lane.nothing() + 1);
            gives.insert(0, scaled(*absent));
        }
        let near = ends.map(|(least, most)| (least.div_euclid(of_unit), most.div_euclid(of_unit)));
        let give = |value: i64| {
            gives
                .get(cuts.partition_point(|cut| *cut <= value))
                .copied()
                .unwrap_or_default()
        };
        let even = near.filter(|_| from.lane == Lane::I8 && cuts.len() > 3);
        let even = even.and_then(|(least, most)| {
            Some((
                least,
                line((least..=most).map(give), give(from.lane.nothing()))?,
            ))
        });
        let op = match (even, near) {
            (Some((least, (base, each))), _) => Op::Line {
                of: from,
                adds,
                least,
                base,
                each,
            },
            _ if cuts.len() <= 12 => {
                let base = gives.first().copied().unwrap_or_default();
                let changes = gives
                    .iter()
                    .zip(gives.iter().skip(1))
                    .map(|(before, after)| after.wrapping_sub(*before));
                if from.lane == Lane::I8 {
                    Op::Steps {
                        of: from,
                        adds,
                        base,
                        steps: cuts.into_iter().zip(changes).collect(),
                    }
                } else {
                    let steps = (1..).zip(changes).collect();
                    let reached = self.fresh(Lane::I8);
                    self.push(reached, Op::Reached { of: from, cuts });
                    Op::Steps {
                        of: reached,
                        adds,
                        base,
                        steps,
                    }
                }
            }
            (_, Some((least, most))) if most - least < 8192 => {
                // The first stands for nothing.
                let gives = std::iter::once(give(from.lane.nothing()))
                    .chain((least..=most).map(give))
                    .collect();
                Op::Look {
                    of: from,
                    adds,
                    least: least - 1,
                    gives,
                }
            }
            _ => Op::Find {
                of: from,
                adds,
                cuts,
                gives,
            },
        };
        self.push(to, op);
    }

    fn result(&mut self, result: usize, wanted: Wanted) -> Stored {
        let id = self.formulas.at(wanted.node);
        let unit = if wanted.is_points {
            self.units.at(id)
        } else {
            1
        };
        let mut of = self.register(id);
        let unless = wanted
            .unless
            .map(|unless| self.formulas.at(unless))
            .filter(|unless| self.formulas.constant(*unless) != Some(0));
        if let Some(unless) = unless {
            let when = self.register(unless);
            let nothing = self.constant(of.lane, of.lane.nothing());
            let register = self.fresh(of.lane);
            self.push(register, Op::Copy { of });
            self.push(register, Op::Blend { when, of: nothing });
            of = register;
        }
        self.ops.push((None, Op::Store { of, result }));
        Stored {
            lane: of.lane,
            unit,
        }
    }

    /// Reuses registers that are no longer read for later formulas, so that a chunk stays in the nearest cache.
    fn finish(self, stored: Vec<Stored>) -> Program {
        let mut last: HashMap<Register, usize> = HashMap::new();
        for (at, (to, op)) in self.ops.iter().enumerate() {
            for register in op.reads().into_iter().chain(*to) {
                last.insert(register, at);
            }
        }
        let mut free: HashMap<Lane, Vec<usize>> = HashMap::new();
        let mut count: HashMap<Lane, usize> = HashMap::new();
        let mut places: HashMap<Register, Register> = HashMap::new();
        let mut take = |lane: Lane, free: &mut HashMap<Lane, Vec<usize>>| {
            let index = free.entry(lane).or_default().pop().unwrap_or_else(|| {
                let count = count.entry(lane).or_default();
                *count += 1;
                *count - 1
            });
            Register { lane, index }
        };
        let mut constants: Vec<_> = self
            .constants
            .iter()
            .map(|((lane, value), register)| (*register, *lane, *value))
            .collect();
        constants.sort_by_key(|(register, lane, _)| (*lane, register.index));
        let mut held = Vec::new();
        for (register, lane, value) in constants {
            let place = take(lane, &mut free);
            places.insert(register, place);
            last.remove(&register);
            held.push((place, value));
        }
        let mut ops = Vec::new();
        for (at, (to, mut op)) in self.ops.into_iter().enumerate() {
            // What is not read again need not be copied.
            if let (Some(to), Op::Copy { of }) = (to, &op)
                && last.get(of) == Some(&at)
                && let Some(place) = places.get(of).copied()
            {
                last.remove(of);
                places.insert(to, place);
                continue;
            }
            let reads = op.reads();
            op.rename(|register| *register = places.get(register).copied().unwrap_or(*register));
            let place = to.map(|to| *places.entry(to).or_insert_with(|| take(to.lane, &mut free)));
            ops.push((place, op));
            for register in reads.into_iter().chain(to) {
                if last.get(&register) == Some(&at)
                    && let Some(place) = places.get(&register)
                {
                    free.entry(place.lane).or_default().push(place.index);
                    last.remove(&register);
                }
            }
        }
        let registers = [Lane::I8, Lane::I16, Lane::I32, Lane::I64]
            .map(|lane| count.get(&lane).copied().unwrap_or_default());
        Program {
            ops,
            constants: held,
            registers,
            stored,
        }
    }
}
