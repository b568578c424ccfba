//! Scores rows in which inputs are unknown, as columns.
//!
//! The rows are taken by patterns: which inputs are unknown. Of all that is known, a question about a pattern can see only a few numbers, which loops
//! work out for all rows at once. Each distinct set of these numbers is answered once, by the search that one profile would need, and looked up for
//! all other rows.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::arena::{Id, InputId, NodeId};
use crate::bulk::bind::Bound;
use crate::bulk::chunk::{Lanes, Owned, lanes};
use crate::bulk::number::Number;
use crate::bulk::program::Program;
use crate::bulk::run::{Job, Target, Workspace};
use crate::bulk::scored::{Kind, Sheet};
use crate::bulk::sets::Sets;
use crate::bulk::told::{Open, OpenPoints, OpenResults, several};
use crate::bulk::unchecked::Processor;
use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::{Missing, Slot};
use crate::number::Points;
use crate::plan::budget::BUDGET;
use crate::plan::evaluate::gathered;
use crate::plan::pattern::Pattern;
use crate::plan::reach::Values;
use crate::plan::tuples::Tuples;
use crate::plan::{ABSENT, Node, Plan};
use crate::score::outcome::{level_positions, result_positions, truth_of};

/// The fewest rows of a block for which its loops are run.
pub(super) const FEWEST: usize = 16;

/// The most answers that are kept.
const MOST_ANSWERS: usize = 1 << 17;

/// What of a matrix is worked out by loops for rows in which inputs are unknown.
#[derive(Debug)]
pub(super) struct KnownProgram {
    program: Program,
    /// The column of each node that has one.
    columns: HashMap<NodeId, usize>,
    /// The inputs that may be unknown. Behind the nodes, each has a column that says where it was recorded.
    inputs: Vec<InputId>,
}

impl KnownProgram {
    /// Compiles the loops, if an input may be unknown.
    pub(super) fn new(matrix: &Matrix, as_at: Date) -> Option<Self> {
        let (model, plan) = (matrix.model(), matrix.plan());
        let inputs = model.inputs.iter();
        // What is counted of a list that is unknown is open together, and goes the way of one profile.
        let may_be_unknown = inputs.filter(|(_, input)| {
            input.missing == Missing::Unknown && input.derived.is_none() && input.counted.is_none()
        });
        let inputs: Vec<InputId> = may_be_unknown.map(|(id, _)| id).collect();
        if inputs.is_empty() {
            return None;
        }
        // Inputs and what is derived of them are read through lookups, but for the other parts of a derived input of which one is unknown.
        let parts = plan.nodes.items().iter().filter_map(|node| match node {
            Node::Between { .. } | Node::SumOfInputs(_) => Some(node.parts()),
            _ => None,
        });
        let parts: Vec<NodeId> = parts.flatten().collect();
        let nodes = plan.nodes.iter().filter(|(id, node)| match node {
            Node::Constant(_) | Node::Between { .. } | Node::SumOfInputs(_) => false,
            Node::Input(_) => parts.contains(id),
            _ => true,
        });
        let nodes: Vec<NodeId> = nodes.map(|(id, _)| id).collect();
        Some(Self {
            program: Program::of_known(model, plan, as_at, &nodes, &inputs),
            columns: nodes.into_iter().zip(0..).collect(),
            inputs,
        })
    }

    /// Returns where the number of a node comes from that nothing unknown matters to.
    fn number(&self, plan: &Plan, node: NodeId) -> Known {
        match (self.columns.get(&node), &plan.nodes[node]) {
            (Some(column), _) => Known::Column(*column),
            (None, Node::Constant(value)) => Known::Constant(*value),
            (None, _) => Known::Constant(ABSENT),
        }
    }
}

/// What one thread knows of the patterns that it met.
#[derive(Debug, Default)]
pub(super) struct Memo {
    registers: Option<Workspace>,
    numbers: Numbers,
    patterns: Vec<Asked>,
    places: HashMap<Box<[u64]>, usize>,
    answers: usize,
}

/// A pattern, and the answers to its questions so far.
#[derive(Debug)]
struct Asked {
    pattern: Arc<Pattern>,
    not_recorded: Arc<[String]>,
    questions: Vec<Question>,
    /// The open results that do not follow from one root of a question alone, with where their values come from.
    results: Vec<OpenResult>,
    /// Whether all questions were answered so far within the work that one profile may take.
    is_answered: bool,
    /// The places of the answers to the questions that see anything, if there are several such questions.
    open_keys: Tuples,
    /// What is open with each of these, or with each answer to the only such question, once it was asked.
    opens: Vec<Option<Option<Arc<Open>>>>,
    /// The results of these, each once.
    shared: Vec<Arc<OpenResults>>,
}

/// A result to which an unknown input matters, by its place among the results, and the node that says where it counts for nothing.
#[derive(Debug)]
struct OpenResult {
    place: usize,
    kind: Kind,
    node: Source,
    unless: Option<Source>,
}

/// Where the values of a node come from: from a question, or from a column as they are.
#[derive(Debug)]
enum Source {
    Question { question: usize, root: usize },
    Known(Known),
}

/// Where a number comes from that nothing unknown matters to.
#[derive(Debug)]
enum Known {
    Column(usize),
    Constant(i64),
    /// What numbers give together, which are parts of a node.
    Together(NodeId, Vec<Known>),
}

/// A question, and its answers so far.
#[derive(Debug)]
struct Question {
    seen: Vec<(NodeId, Known)>,
    /// The results that follow from one root alone: the place among the results, their kind, and the root.
    gives: Vec<(usize, Kind, usize)>,
    keys: Tuples,
    answers: Vec<Answer>,
    /// How many of the answers were looked at, all of which name a value for every root, and what the dearest cost.
    good: usize,
    most: u64,
}

/// What each root of a question can be, and what finding it cost; nothing if that was too much.
#[derive(Debug)]
struct Answer {
    roots: Option<Vec<Values>>,
    /// What is stored of the results that follow from one root alone.
    gives: Vec<Option<i64>>,
    cost: u64,
}

impl Answer {
    /// Returns whether it names a value for every root. If there is none, no values of the unknown inputs are admissible.
    fn is_answer(&self) -> bool {
        let roots = self.roots.as_ref();
        roots.is_some_and(|roots| roots.iter().all(|values| !values.is_empty()))
    }
}

impl Question {
    /// Returns whether all answers so far name a value for every root.
    fn are_answers(&mut self) -> bool {
        let new = self.answers.get(self.good..).unwrap_or_default();
        self.good += new.iter().take_while(|answer| answer.is_answer()).count();
        self.good == self.answers.len()
    }
}

impl Asked {
    /// Returns whether one profile would find the answers for a row, too.
    fn is_answered_at(&self, answers: &[Places], row: usize) -> bool {
        let mut cost = 0_u64;
        let mut all = self.questions.iter().zip(answers);
        all.all(|(question, places)| {
            let answer = question.answers.get(places.at(row));
            cost = cost.saturating_add(answer.map_or(0, |answer| answer.cost));
            answer.is_some_and(Answer::is_answer)
        }) && cost <= BUDGET
    }

    /// Returns how much is remembered of the pattern.
    fn size(&self) -> usize {
        let answers = self.questions.iter().map(|question| question.answers.len());
        answers.sum::<usize>() + self.opens.len()
    }

    fn new(
        matrix: &Matrix,
        as_at: Date,
        known: &KnownProgram,
        kinds: &[Kind],
        bits: &[u64],
    ) -> Self {
        let (model, plan) = (matrix.model(), matrix.plan());
        let mut slots = vec![Slot::Absent; model.inputs.len()];
        let is_unknown = |place: usize| {
            let bits = bits.get(place / 64).copied().unwrap_or_default();
            bits >> (place % 64) & 1 == 1
        };
        for (place, input) in known.inputs.iter().enumerate() {
            if let (true, Some(slot)) = (is_unknown(place), slots.get_mut(input.index())) {
                *slot = Slot::Unknown;
            }
        }
        let unknown = model.inputs.items().iter().zip(&slots);
        let unknown = unknown.filter(|(_, slot)| **slot == Slot::Unknown);
        let not_recorded = unknown.map(|(input, _)| input.heading.name.clone());
        let not_recorded = not_recorded.collect();
        let pattern = matrix.pattern(&slots, as_at);
        let with_overrides = kinds.iter().any(|kind| matches!(kind, Kind::Override(_)));
        let questions = (0..pattern.questions(with_overrides)).map(|question| {
            let seen = pattern.seen(plan, question).into_iter();
            let seen = seen.map(|seen| match pattern.together(question, seen) {
                Some((node, parts)) => {
                    let parts = parts.iter().map(|part| known.number(plan, *part));
                    (seen, Known::Together(node, parts.collect()))
                }
                None => (seen, known.number(plan, seen)),
            });
            let seen: Vec<_> = seen.collect();
            Question {
                gives: Vec::new(),
                keys: Tuples::new(seen.len()),
                answers: Vec::new(),
                good: 0,
                most: 0,
                seen,
            }
        });
        let mut questions: Vec<Question> = questions.collect();
        let source = |node: NodeId| match pattern.question(node) {
            Some((question, root)) => Source::Question { question, root },
            None => Source::Known(known.number(plan, node)),
        };
        // The columns of everything else are right already.
        let results = kinds.iter().enumerate().filter_map(|(place, kind)| {
            let (node, unless) = kind.nodes(plan)?;
            let is_open = [Some(node), unless].into_iter().flatten();
            is_open
                .into_iter()
                .any(|node| pattern.depends(node))
                .then(|| OpenResult {
                    place,
                    kind: *kind,
                    node: source(node),
                    unless: unless.map(source),
                })
        });
        let mut results: Vec<OpenResult> = results.collect();
        results.retain(|result| {
            let (Source::Question { question, root }, None) = (&result.node, &result.unless) else {
                return true;
            };
            if let Some(question) = questions.get_mut(*question) {
                question.gives.push((result.place, result.kind, *root));
            }
            false
        });
        let seeing = questions
            .iter()
            .filter(|question| !question.seen.is_empty());
        Self {
            open_keys: Tuples::new(seeing.count()),
            opens: Vec::new(),
            shared: Vec::new(),
            is_answered: false,
            not_recorded,
            questions,
            results,
            pattern,
        }
    }
}

/// Everything that scores the open rows of a cohort.
pub(super) struct OpenRows<'a> {
    pub(super) matrix: &'a Matrix,
    pub(super) as_at: Date,
    pub(super) known: &'a KnownProgram,
    pub(super) processor: Processor,
}

/// The numbers of a block of rows.
#[derive(Debug, Default)]
struct Numbers {
    columns: Vec<(Owned, i64)>,
    /// Whether each row has values that the matrix refuses.
    refused: Vec<bool>,
}

impl Numbers {
    /// Returns the numbers of some rows in one column.
    fn of(&self, column: usize, rows: &[usize]) -> Vec<i64> {
        fn take<T: Number>(numbers: &[T], rows: &[usize], unit: i64) -> Vec<i64> {
            let number = |row: &usize| match numbers.get(*row) {
                Some(number) if *number != T::NOTHING => number.wide() * unit,
                _ => ABSENT,
            };
            rows.iter().map(number).collect()
        }
        let Some((column, unit)) = self.columns.get(column) else {
            return vec![ABSENT; rows.len()];
        };
        lanes!(column, column => take(column, rows, *unit))
    }

    /// Returns the numbers of some rows that come from somewhere.
    fn known(&self, plan: &Plan, known: &Known, rows: &[usize]) -> Vec<i64> {
        match known {
            Known::Column(column) => self.of(*column, rows),
            Known::Constant(value) => vec![*value; rows.len()],
            Known::Together(node, parts) => {
                let node = &plan.nodes[*node];
                let mut parts = parts.iter().map(|part| self.known(plan, part, rows));
                let mut all = parts.next().unwrap_or_default();
                for part in parts {
                    for (all, part) in all.iter_mut().zip(part) {
                        *all = gathered(node, [*all, part].into_iter());
                    }
                }
                all
            }
        }
    }
}

impl OpenRows<'_> {
    /// Scores some rows of a block into a sheet that begins with the row `first`, and adds what is open of each of them to `opens`, in order. Returns the
    /// rows that have to be scored one by one, in order.
    #[expect(
        clippy::too_many_arguments,
        reason = "all of them are what the rows are read from or written to"
    )]
    pub(super) fn score(
        &self,
        bound: &Bound<'_>,
        block: Range<usize>,
        rows: &[usize],
        first: usize,
        sheet: &mut Sheet<'_>,
        memo: &mut Memo,
        sets: &mut Sets,
        opens: &mut Vec<(usize, Arc<Open>)>,
    ) -> Vec<usize> {
        let mut numbers = std::mem::take(&mut memo.numbers);
        let registers = memo
            .registers
            .get_or_insert_with(|| Workspace::new(&self.known.program));
        // Sets are read once for both programs.
        std::mem::swap(registers.sets(), sets);
        self.work_out(&mut numbers, registers, bound, block.clone());
        std::mem::swap(registers.sets(), sets);
        let mut by_pattern: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut of_pattern: Vec<Option<usize>> = Vec::new();
        let mut apart = Vec::new();
        let places: Vec<usize> = rows.iter().map(|row| row - block.start).collect();
        let patterns = self.patterns(&numbers, &places, sheet.kinds, memo);
        for (row, pattern) in places.iter().zip(patterns) {
            match pattern {
                Some(pattern) if numbers.refused.get(*row) != Some(&true) => {
                    if of_pattern.len() <= pattern {
                        of_pattern.resize(pattern + 1, None);
                    }
                    let place = of_pattern.get_mut(pattern).map(|place| {
                        *place.get_or_insert_with(|| {
                            by_pattern.push((pattern, Vec::new()));
                            by_pattern.len() - 1
                        })
                    });
                    if let Some((_, rows)) = place.and_then(|place| by_pattern.get_mut(place)) {
                        rows.push(*row);
                    }
                }
                _ => apart.push(*row),
            }
        }
        for (pattern, rows) in by_pattern {
            let Some(asked) = memo.patterns.get_mut(pattern) else {
                continue;
            };
            let before = asked.size();
            let settled =
                self.score_pattern(asked, &numbers, rows, (block.start, first), sheet, opens);
            apart.extend(settled);
            memo.answers += asked.size() - before;
        }
        memo.numbers = numbers;
        if memo.answers > MOST_ANSWERS {
            *memo = Memo::default();
        }
        opens.sort_unstable_by_key(|(row, _)| *row);
        apart.sort_unstable();
        apart.into_iter().map(|row| block.start + row).collect()
    }

    /// Works out the numbers of a block.
    fn work_out(
        &self,
        numbers: &mut Numbers,
        registers: &mut Workspace,
        bound: &Bound<'_>,
        block: Range<usize>,
    ) {
        let program = &self.known.program;
        let Numbers { columns, refused } = numbers;
        if columns.is_empty() {
            let stored = program.stored.iter();
            columns.extend(stored.map(|stored| (Owned::nothing(stored.lane, 0), stored.unit)));
        }
        for (column, _) in columns.iter_mut() {
            column.grow(block.len(), block.len().max(column.rows()));
        }
        let targets = columns.iter_mut();
        let mut targets: Vec<Target<'_>> = targets
            .map(|(column, _)| Target::new(column.part(0..block.len()), None))
            .collect();
        let mut job = Job {
            program,
            bound,
            rows: block.clone(),
            slow: Vec::new(),
        };
        self.processor.run(&mut job, registers, &mut targets);
        refused.clear();
        refused.resize(block.len(), false);
        for row in job.slow {
            if let Some(refused) = refused.get_mut(row - block.start) {
                *refused = true;
            }
        }
    }

    /// Returns the place of the pattern of each row, or `None` where nothing is unknown.
    fn patterns(
        &self,
        numbers: &Numbers,
        rows: &[usize],
        kinds: &[Kind],
        memo: &mut Memo,
    ) -> Vec<Option<usize>> {
        let words = self.known.inputs.len().div_ceil(64);
        let mut bits = vec![0_u64; words * rows.len()];
        let first = self.known.columns.len();
        for place in 0..self.known.inputs.len() {
            let recorded = numbers.of(first + place, rows);
            for (bits, recorded) in bits.chunks_mut(words).zip(recorded) {
                if let Some(word) = bits.get_mut(place / 64) {
                    *word |= u64::from(recorded != 1) << (place % 64);
                }
            }
        }
        let Memo {
            patterns, places, ..
        } = memo;
        let mut last: Option<(&[u64], usize)> = None;
        let mut of_row = |bits: &[u64]| {
            if bits.iter().all(|word| *word == 0) {
                return None;
            }
            if let Some(place) = places.get(bits) {
                return Some(*place);
            }
            patterns.push(Asked::new(self.matrix, self.as_at, self.known, kinds, bits));
            places.insert(bits.into(), patterns.len() - 1);
            Some(patterns.len() - 1)
        };
        let mut found = Vec::with_capacity(rows.len());
        for bits in bits.chunks(words) {
            let place = match last {
                Some((own, place)) if own == bits => Some(place),
                _ => of_row(bits),
            };
            last = place.map(|place| (bits, place));
            found.push(place);
        }
        found
    }

    /// Scores rows of one pattern. Returns those that have to be scored one by one.
    fn score_pattern(
        &self,
        asked: &mut Asked,
        numbers: &Numbers,
        rows: Vec<usize>,
        (start, first): (usize, usize),
        sheet: &mut Sheet<'_>,
        opens: &mut Vec<(usize, Arc<Open>)>,
    ) -> Vec<usize> {
        let plan = self.matrix.plan();
        let guard = asked.pattern.guard(plan);
        if guard.is_some_and(|guard| asked.pattern.question(guard).is_none()) {
            return rows;
        }
        let (mut kept, mut apart) = (rows, Vec::new());
        if guard.is_none() {
            // What contradicts itself is told by one profile.
            let admissible = self.known.number(plan, plan.admissible);
            let mut admissible = numbers.known(plan, &admissible, &kept).into_iter();
            (kept, apart) = kept.into_iter().partition(|_| admissible.next() == Some(1));
        }
        let mut answers = self.answers(asked, numbers, sheet, &kept);
        if !asked.is_answered {
            let mut is_answered = (0..kept.len()).map(|at| asked.is_answered_at(&answers, at));
            let (good, bad): (_, Vec<usize>) = kept
                .into_iter()
                .partition(|_| is_answered.next() == Some(true));
            apart.extend(bad);
            kept = good;
            answers = self.answers(asked, numbers, sheet, &kept);
        }
        let Asked {
            pattern,
            questions,
            results,
            not_recorded,
            open_keys,
            opens: known,
            shared,
            ..
        } = asked;
        let found = Found {
            questions,
            answers: &answers,
        };
        let place = |row: usize| start + row - first;
        let column = |source: &Source| match source {
            Source::Question { .. } => Vec::new(),
            Source::Known(own) => numbers.known(plan, own, &kept),
        };
        for result in &*results {
            let columns = [Some(&result.node), result.unless.as_ref()];
            let [node, unless] = columns.map(|source| source.map_or_else(Vec::new, column));
            for (at, row) in kept.iter().enumerate() {
                let replaced = match &result.unless {
                    Some(source) => truth_of(found.values(source, &unless, at)),
                    None => Some(false),
                };
                let values = found.values(&result.node, &node, at);
                let value = result
                    .kind
                    .of_possible(self.matrix.model(), values, replaced);
                let value = value.and_then(|value| sheet.in_units(result.place, value));
                sheet.set_units(place(*row), result.place, value);
            }
        }
        for (question, places) in questions.iter().zip(&answers) {
            for (at, row) in kept.iter().enumerate() {
                let gives = question.answers.get(places.at(at));
                let gives = gives.map_or(&[][..], |answer| &answer.gives);
                for ((result, ..), value) in question.gives.iter().zip(gives) {
                    sheet.set_units(place(*row), *result, *value);
                }
            }
        }
        let mut key = Vec::new();
        for (at, row) in kept.iter().enumerate() {
            key.clear();
            key.extend(answers.iter().filter_map(|places| places.key(at)));
            // The answers to a question are numbered already.
            let own = match key.as_slice() {
                [only] => usize::try_from(*only).unwrap_or_default(),
                _ => open_keys.insert(&key).0,
            };
            if known.len() <= own {
                known.resize(own + 1, None);
            }
            if known.get(own).is_some_and(Option::is_none) {
                let values = |node: NodeId| match pattern.question(node) {
                    Some((question, root)) => found.of_root(question, root, at).into(),
                    None => {
                        let known = self.known.number(plan, node);
                        numbers.known(plan, &known, &[*row]).into()
                    }
                };
                let open = self.open(pattern, not_recorded, shared, values);
                known
                    .iter_mut()
                    .skip(own)
                    .take(1)
                    .for_each(|known| *known = Some(open.clone()));
            }
            let open = known
                .get(own)
                .and_then(Option::as_ref)
                .and_then(Option::as_ref);
            sheet.set_open(place(*row), open.map(|open| &**open));
            opens.extend(open.map(|open| (start + row, open.clone())));
        }
        apart
    }

    /// Returns the place of the answer to each question for each row.
    fn answers(
        &self,
        asked: &mut Asked,
        numbers: &Numbers,
        sheet: &Sheet<'_>,
        rows: &[usize],
    ) -> Vec<Places> {
        let Asked {
            pattern,
            questions,
            is_answered,
            ..
        } = asked;
        let answers = questions.iter_mut().enumerate().map(|(place, question)| {
            let width = question.seen.len();
            let mut keys = vec![0_i64; width * rows.len()];
            for (at, (_, known)) in question.seen.iter().enumerate() {
                let column = numbers.known(self.matrix.plan(), known, rows);
                let places = keys.iter_mut().skip(at).step_by(width.max(1));
                places.zip(column).for_each(|(key, number)| *key = number);
            }
            let mut answer = |key: &[i64]| {
                let (at, is_new) = question.keys.insert(key);
                if is_new {
                    let seen = question.seen.iter().zip(key);
                    let seen = seen.map(|((node, _), number)| (*node, *number));
                    let mut budget = BUDGET;
                    let graph = (self.matrix.plan(), self.matrix.model());
                    let found = pattern.answer_to(graph, place, seen, &mut budget);
                    question.most = question.most.max(BUDGET - budget);
                    let roots = found.ok().map(compact);
                    let gives = question.gives.iter().map(|(place, kind, root)| {
                        let values = roots.as_ref()?.get(*root)?;
                        let model = self.matrix.model();
                        let value = kind.of_possible(model, values, Some(false))?;
                        sheet.in_units(*place, value)
                    });
                    question.answers.push(Answer {
                        gives: gives.collect(),
                        roots,
                        cost: BUDGET - budget,
                    });
                }
                at
            };
            if width == 0 {
                return Places::One(answer(&[]));
            }
            Places::Each(keys.chunks_exact(width).map(answer).collect())
        });
        let answers: Vec<Places> = answers.collect();
        let costs = questions.iter().map(|question| question.most);
        let is_affordable = costs.fold(0, u64::saturating_add) <= BUDGET;
        *is_answered = is_affordable && questions.iter_mut().all(Question::are_answers);
        answers
    }

    /// Returns what is open of rows for which nodes can take these values.
    fn open(
        &self,
        pattern: &Pattern,
        not_recorded: &Arc<[String]>,
        known: &mut Vec<Arc<OpenResults>>,
        values: impl Fn(NodeId) -> Values,
    ) -> Option<Arc<Open>> {
        let (model, plan) = (self.matrix.model(), self.matrix.plan());
        let depends = |node: &NodeId| pattern.depends(*node);
        let count = model.tiers.len() + model.statuses.len();
        let possible = plan.result.filter(depends);
        let possible = possible.and_then(|node| several(result_positions(&values(node), count)));
        let end = |end: Option<&i64>| Points::from_millionths(end.copied().unwrap_or_default());
        let ranges = plan.dimensions.iter().map(|nodes| {
            let scores = Some(nodes.score).filter(depends).map(&values);
            let scores = scores.filter(|scores| scores.len() > 1);
            scores.map(|scores| (end(scores.first()), end(scores.last())))
        });
        let ranges: Vec<Option<(Points, Points)>> = ranges.collect();
        let levels = plan.dimensions.iter().map(|nodes| {
            let levels = nodes.level.filter(depends).map(&values);
            let levels = levels.map_or(0, |levels| level_positions(&levels));
            several((0..64).filter(|level| levels >> level & 1 == 1).collect())
        });
        let levels: Vec<Option<Vec<usize>>> = levels.collect();
        let is_provisional = match plan.result {
            Some(_) => possible.is_some(),
            None => {
                let mut all = levels.iter().zip(&ranges).zip(&plan.dimensions);
                all.any(|((levels, range), nodes)| match nodes.level {
                    Some(_) => levels.is_some(),
                    None => range.is_some(),
                })
            }
        };
        let criteria = model
            .criteria
            .iter()
            .map(|(id, criterion)| (Kind::Criterion(id), &criterion.heading));
        let groups = model
            .groups
            .iter()
            .map(|(id, group)| (Kind::Group(id), &group.heading));
        let points = criteria.chain(groups).filter_map(|(kind, heading)| {
            let (node, unless) = kind.nodes(plan)?;
            let is_replaced = unless.map_or(Some(false), |unless| truth_of(&values(unless)));
            let own = Some(node).filter(depends).map(&values);
            let (least, most) =
                own.map_or_else(Default::default, |own| (end(own.first()), end(own.last())));
            (is_replaced.is_none() || is_replaced == Some(false) && least != most)
                .then(|| OpenPoints::new(&heading.name, least, most))
        });
        let results = OpenResults {
            possible,
            levels,
            is_provisional,
            is_exact: true,
            not_recorded: match is_provisional {
                true => not_recorded.clone(),
                false => Arc::default(),
            },
        };
        let shared = known.iter().find(|known| ***known == results).cloned();
        let results = shared.unwrap_or_else(|| {
            let results = Arc::new(results);
            known.push(results.clone());
            results
        });
        let open = Open {
            results,
            ranges,
            points: points.collect(),
        };
        open.any().then(|| Arc::new(open))
    }
}

/// Returns values without those in the midst of very many, which nothing asks for.
fn compact(mut roots: Vec<Values>) -> Vec<Values> {
    for values in &mut roots {
        if let (true, Some(first), Some(last)) = (values.len() > 256, values.first(), values.last())
        {
            *values = Values::from_slice(&[*first, *last]);
        }
    }
    roots
}

/// What was found of some rows.
struct Found<'a> {
    questions: &'a [Question],
    answers: &'a [Places],
}

impl Found<'_> {
    /// Returns the values of a row from a source, which is a column of these numbers if it is not a question.
    fn values<'b>(&'b self, source: &Source, column: &'b [i64], row: usize) -> &'b [i64] {
        match source {
            Source::Question { question, root } => self.of_root(*question, *root, row),
            Source::Known(_) => column.get(row).map_or(&[], std::slice::from_ref),
        }
    }

    fn of_root(&self, question: usize, root: usize, row: usize) -> &[i64] {
        let place = self
            .answers
            .get(question)
            .map_or(0, |places| places.at(row));
        let question = self.questions.get(question);
        let answer = question.and_then(|question| question.answers.get(place));
        let roots = answer.and_then(|answer| answer.roots.as_ref());
        roots
            .and_then(|roots| roots.get(root))
            .map_or(&[], |values| values)
    }
}

/// The places of the answers to a question for some rows.
enum Places {
    /// The question sees nothing of the rows.
    One(usize),
    Each(Vec<usize>),
}

impl Places {
    fn at(&self, row: usize) -> usize {
        match self {
            Self::One(place) => *place,
            Self::Each(places) => places.get(row).copied().unwrap_or_default(),
        }
    }

    /// Returns the place of a row, if it is not that of all rows.
    fn key(&self, row: usize) -> Option<i64> {
        match self {
            Self::One(_) => None,
            Self::Each(places) => places.get(row).map(|place| *place as i64),
        }
    }
}
