//! A cohort in a file of columns, counted as it would be person by person.
//!
//! Both revisions score each batch by their loops. People of whom the loops give the same numbers count alike: the first of them is scored as one
//! profile, and what comes out is counted for all of them. Why somebody moved is looked for in the same way, by the numbers that differ. Whoever has
//! a value that is not only arithmetic, refused or unknown, is scored as one profile.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use rayon::ThreadPool;

use super::Trial;
use super::causes::{Causes, Found};
use super::subject::{Subject, Tried};
use super::sweep::Sweep;
use crate::bulk::arrow::{self, Batches, Names};
use crate::bulk::files::{ColumnFile, FileError, ReadBatches};
use crate::bulk::{Bound, Bulk, BulkError, ColumnProblem, Numbers, Outputs, Scored, Whole};
use crate::cohort::{Columns, observed, trimmed};
use crate::date::Date;
use crate::diagnostic::closest;
use crate::matrix::Matrix;
use crate::matrix::model::Missing;
use crate::number::Points;
use crate::plan::reach::Slot;
use crate::profile::{Problem, Profile, Refusal, Value};

/// So many different results are remembered from one part of a file to the next, and of unknown inputs within a part.
const MOST_KNOWN: usize = 1 << 16;

impl Trial {
    /// Scores the people of a Parquet or Arrow file by both revisions, and counts what came out: the same as if each were [added](Trial::add), in
    /// the order of the file, whatever the number of threads. Ids are not read.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow_array::{RecordBatch, StringArray, UInt8Array};
    /// # use threshold_matrix::bulk::files::{ColumnFileKind, ColumnWriter};
    /// use threshold_matrix::bulk::files::ColumnFile;
    /// use threshold_matrix::cohort::Columns;
    /// use threshold_matrix::{Matrix, trial::Trial};
    ///
    /// # let people = RecordBatch::try_from_iter([
    /// #     ("arrests", Arc::new(UInt8Array::from(vec![12, 4, 1])) as arrow_array::ArrayRef),
    /// #     ("rosh", Arc::new(StringArray::from(vec!["low", "low", "low"]))),
    /// #     ("sex", Arc::new(StringArray::from(vec!["f", "m", "f"]))),
    /// # ])?;
    /// # let path = std::env::temp_dir().join(format!("threshold-matrix-{}.parquet", std::process::id()));
    /// # let mut writer = ColumnWriter::create(&path, ColumnFileKind::Parquet, people.schema_ref())?;
    /// # writer.write(&people)?;
    /// # writer.finish()?;
    /// let old = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let new = Matrix::from_yaml(&threshold_matrix::doc_example().replace("medium, from: 3", "medium, from: 5"))?;
    /// let mut trial = Trial::new(&old, &new).by(["sex"]);
    /// let pool = rayon::ThreadPoolBuilder::new().build()?;
    /// trial.add_file(&ColumnFile::open(&path)?, &trial.columns(Columns::new()), "2026-11-21".parse()?, &pool)?;
    /// assert_eq!((trial.people(), trial.moved()), (3, 1));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be read; every column that is named and not there, or that a revision cannot read, at once.
    pub fn add_file(&mut self, file: &ColumnFile, columns: &Columns, as_at: Date, pool: &ThreadPool) -> Result<(), FileError> {
        let outputs = Outputs::tiers().with_dimensions().with_points().with_overrides();
        let bulks = self.matrices.each_ref().map(|matrix| matrix.bulk(as_at, outputs));
        let sweep = self.sweep.iter().flat_map(Sweep::matrices).map(|matrix| matrix.bulk(as_at, Outputs::tiers())).collect();
        let read = Loops::read(&bulks, file.schema(), columns).map_err(|error| file.column_error(error))?;
        let loops = Loops::new(&bulks, sweep, &file.projected(&read), columns).map_err(|error| file.column_error(error))?;
        let work = |(trial, known): &(&mut Self, Known), batches: ReadBatches<'_>| {
            let mut part = Part::new();
            for batch in batches {
                loops.count(trial, known, &batch?, &mut part).map_err(|error| file.column_error(error))?;
            }
            Ok(part)
        };
        file.fold_parts(pool, &read, &mut (self, Known::default()), work, |(trial, known), part| {
            trial.add_part(part, as_at, known);
            Ok(())
        })
    }

    fn add_part(&mut self, part: Part, as_at: Date, known: &mut Known) {
        for alike in &part.people {
            if let Some(beside) = part.besides.get(alike.beside) {
                self.spans(as_at);
                self.count(&alike.tried, 0, beside.observed, &beside.kept, alike.people);
            }
        }
        part.movers.values().for_each(|(found, people)| self.causes.count(found, *people));
        self.causes.add(part.causes);
        if known.tried.len() + known.found.len() > MOST_KNOWN {
            *known = Known::default();
        }
        known.tried.extend(part.fresh.tried);
        known.found.extend(part.fresh.found);
    }
}

/// What follows from the numbers that the loops gave of somebody.
#[derive(Debug, Default)]
struct Known {
    tried: HashMap<Vec<u8>, Arc<Tried>>,
    found: HashMap<Vec<u8>, Arc<Found>>,
}

/// What a row says beside the inputs.
#[derive(Debug, Clone, Default)]
struct Beside {
    observed: Option<bool>,
    /// What keeps the outcome from being read.
    problem: Option<Problem>,
    kept: Vec<String>,
}

/// People who count alike.
#[derive(Debug)]
struct Alike {
    tried: Arc<Tried>,
    /// Which of the part's.
    beside: usize,
    people: u64,
}

/// The people of a part of a file.
#[derive(Debug)]
struct Part {
    besides: Vec<Beside>,
    /// Which of these follows one with the value of the next column.
    next: HashMap<(usize, Value), usize>,
    /// In the order in which the first of each came.
    people: Vec<Alike>,
    /// By what the loops gave, and what is beside it.
    by_loops: HashMap<Vec<u8>, usize>,
    /// By what came out of the scorer of one profile, and what is beside it.
    by_scorer: HashMap<(Arc<Tried>, usize), usize>,
    /// Who moved, by what the loops gave.
    movers: HashMap<Vec<u8>, (Arc<Found>, u64)>,
    /// Of those who moved and were scored as one profile.
    causes: Causes,
    /// What came out of profiles with unknown inputs, by their values.
    cases: HashMap<[Vec<Slot>; 2], (Arc<Tried>, Found)>,
    fresh: Known,
}

impl Part {
    fn new() -> Self {
        Self {
            besides: vec![Beside::default()],
            next: HashMap::new(),
            people: Vec::new(),
            by_loops: HashMap::new(),
            by_scorer: HashMap::new(),
            movers: HashMap::new(),
            causes: Causes::default(),
            cases: HashMap::new(),
            fresh: Known::default(),
        }
    }

    /// What is beside the inputs, with one more column.
    fn beside(&mut self, before: usize, value: &Value, is_outcome: bool) -> usize {
        let key = (before, value.clone());
        if let Some(found) = self.next.get(&key) {
            return *found;
        }
        let mut beside = self.besides.get(before).cloned().unwrap_or_default();
        let text = match value {
            Value::Missing => String::new(),
            Value::Boolean(truth) => truth.to_string(),
            Value::Whole(number) => number.to_string(),
            Value::Text(text) => trimmed(text).to_owned(),
            Value::Members(members) => members.join("|"),
        };
        match observed(&text) {
            _ if !is_outcome => beside.kept.push(text),
            Ok(seen) => beside.observed = seen,
            Err(problem) => beside.problem = Some(problem),
        }
        self.besides.push(beside);
        self.next.insert(key, self.besides.len() - 1);
        self.besides.len() - 1
    }

    fn first(&mut self, tried: Arc<Tried>, beside: usize) -> usize {
        self.people.push(Alike { tried, beside, people: 0 });
        self.people.len() - 1
    }

    fn one_more(&mut self, place: usize) {
        if let Some(alike) = self.people.get_mut(place) {
            alike.people += 1;
        }
    }

    /// Counts somebody by what came out of the scorer of one profile.
    fn by_itself(&mut self, tried: Arc<Tried>, found: &Found, beside: usize) {
        self.causes.count(found, 1);
        let key = (tried, beside);
        let place = match self.by_scorer.get(&key) {
            Some(place) => *place,
            None => {
                let place = self.first(key.0.clone(), beside);
                self.by_scorer.insert(key, place);
                place
            }
        };
        self.one_more(place);
    }
}

/// Something whose difference is a cause.
#[derive(Debug)]
enum Compared {
    Points(String),
    Score(String),
    Override(String),
}

impl Compared {
    fn all(matrices: [&Matrix; 2]) -> Vec<Self> {
        let names = |of: &dyn Fn(&Matrix) -> Vec<String>| matrices.into_iter().flat_map(of).collect::<BTreeSet<_>>();
        let points = names(&|matrix| {
            let model = matrix.model();
            let criteria = model.criteria.items().iter().map(|criterion| criterion.heading.name.clone());
            criteria.chain(model.groups.items().iter().map(|group| group.heading.name.clone())).collect()
        });
        let scores = names(&|matrix| matrix.model().dimensions.items().iter().map(|dimension| dimension.heading.name.clone()).collect());
        let overrides = names(&|matrix| matrix.model().overrides.items().iter().map(|rule| rule.heading.name.clone()).collect());
        let all = points.into_iter().map(Self::Points).chain(scores.into_iter().map(Self::Score));
        all.chain(overrides.into_iter().map(Self::Override)).collect()
    }

    fn of<'a>(&self, scored: &'a Scored) -> Option<Numbers<'a>> {
        match self {
            Self::Points(name) => scored.points(name),
            Self::Score(name) => scored.scores(name),
            Self::Override(id) => scored.overrides(id),
        }
    }
}

/// Both revisions as loops, and the columns of a file that they and the trial read.
struct Loops<'a> {
    batches: [Batches<'a>; 2],
    bulks: &'a [Bulk; 2],
    /// One for each cut-off of the sweep.
    sweep: Vec<Bulk>,
    compared: Vec<Compared>,
    has_outcome: bool,
    /// The outcome, if there is one, and what is kept.
    beside: Vec<usize>,
}

impl<'a> Loops<'a> {
    /// The positions of the columns that are read; every column that is not as it must be is an error, at once.
    fn read(bulks: &[Bulk; 2], schema: &Schema, columns: &Columns) -> Result<Vec<usize>, BulkError> {
        let mut problems = Vec::new();
        let mut read = Vec::new();
        let names = Names::from_columns(columns).unwrap_or_else(|error| {
            problems.extend(error.0);
            Names::new()
        });
        for bulk in bulks {
            let (batches, faults) = bulk.find(schema, &names.of(bulk.matrix()));
            read.extend(batches.read());
            problems.extend(faults);
            problems.extend(without_column(bulk.matrix(), &batches, schema));
        }
        for name in beside(columns) {
            match arrow::position(schema, name) {
                Ok(position) => read.push(position),
                Err(problem) => problems.push(problem),
            }
        }
        if let Some(name) = columns.as_at.as_deref().or_else(|| schema.column_with_name("as_at").map(|_| "as_at")) {
            let message =
                "gives each person a date, and a file of columns is scored at one; leave the column out, or give the cohort as .csv or .jsonl";
            problems.push(ColumnProblem { column: name.to_owned(), message: message.to_owned() });
        }
        read.sort_unstable();
        read.dedup();
        let mut seen = Vec::new();
        for problem in problems {
            if !seen.contains(&problem) {
                seen.push(problem);
            }
        }
        if seen.is_empty() { Ok(read) } else { Err(BulkError(seen)) }
    }

    fn new(bulks: &'a [Bulk; 2], sweep: Vec<Bulk>, schema: &Schema, columns: &Columns) -> Result<Self, BulkError> {
        let names = Names::from_columns(columns)?;
        let [old, new] = bulks;
        let beside: Result<_, _> = beside(columns).map(|name| arrow::position(schema, name)).collect();
        Ok(Self {
            batches: [old.batches(schema, &names.of(old.matrix()))?, new.batches(schema, &names.of(new.matrix()))?],
            bulks,
            sweep,
            compared: Compared::all([old.matrix(), new.matrix()]),
            has_outcome: columns.outcome.is_some(),
            beside: beside.map_err(|problem| BulkError(vec![problem]))?,
        })
    }

    /// Counts the people of a batch.
    fn count(&self, trial: &Trial, known: &Known, batch: &RecordBatch, part: &mut Part) -> Result<(), BulkError> {
        let rows = batch.num_rows();
        let [old, new] = &self.bulks;
        let arrays = [self.batches[0].arrays(batch)?, self.batches[1].arrays(batch)?];
        let bound = [Bound::new(old.matrix(), &arrays[0].cohort(old.matrix())?)?, Bound::new(new.matrix(), &arrays[1].cohort(new.matrix())?)?];
        let (old_scored, old_others) = old.score_by_loops(&bound[0], rows);
        let (new_scored, new_others) = new.score_by_loops(&bound[1], rows);
        // Another cut-off makes no other inputs.
        let (swept, swept_others): (Vec<_>, Vec<_>) = self.sweep.iter().map(|bulk| bulk.score_by_loops(&bound[1], rows)).unzip();
        let mut is_by_itself = vec![false; rows];
        for row in [old_others, new_others].into_iter().chain(swept_others).flatten() {
            if let Some(slot) = is_by_itself.get_mut(row) {
                *slot = true;
            }
        }
        let profiles = |row| [old.profile(&bound[0], row), new.profile(&bound[1], row)];
        let subject = |row| {
            let profiles = profiles(row);
            let cases = Subject::prepare(&trial.matrices, &profiles, old.as_at());
            Subject::new(profiles, cases, old.as_at())
        };
        let sheet = Sheet::new(&old_scored, &new_scored, &swept, &self.compared, self.has_outcome);
        let mut key = Vec::new();
        for ((row, is_by_itself), beside) in is_by_itself.into_iter().enumerate().zip(self.besides(batch, part)?) {
            let problem = part.besides.get(beside).and_then(|beside| beside.problem.clone());
            if is_by_itself || problem.is_some() {
                let profiles = problem.map_or_else(|| profiles(row), |problem| [0, 1].map(|_| Err(Refusal::new(vec![problem.clone()]))));
                self.by_itself(trial, part, profiles, beside);
                continue;
            }
            sheet.results(row, &mut key);
            let results = key.len();
            key.extend(beside.to_le_bytes());
            let place = match part.by_loops.get(&key) {
                Some(place) => *place,
                None => {
                    let results = key.get(..results).unwrap_or_default();
                    let tried = known.tried.get(results).or_else(|| part.fresh.tried.get(results)).cloned();
                    let tried = tried.unwrap_or_else(|| {
                        let tried = Arc::new(trial.tried(&subject(row), self.has_outcome, old.as_at()));
                        part.fresh.tried.insert(results.to_vec(), tried.clone());
                        tried
                    });
                    let place = part.first(tried, beside);
                    part.by_loops.insert(key.clone(), place);
                    place
                }
            };
            part.one_more(place);
            if part.people.get(place).is_some_and(|alike| alike.tried.moved()) {
                sheet.differences(row, &mut key);
                match part.movers.get_mut(&key) {
                    Some((_, people)) => *people += 1,
                    None => {
                        let found = known.found.get(&key).cloned().unwrap_or_else(|| {
                            let found = Arc::new(Found::of(&subject(row)));
                            part.fresh.found.insert(key.clone(), found.clone());
                            found
                        });
                        part.movers.insert(key.clone(), (found, 1));
                    }
                }
            }
        }
        Ok(())
    }

    /// Counts somebody who is scored as one profile. Those of whom the same is known are scored once.
    fn by_itself(&self, trial: &Trial, part: &mut Part, profiles: [Result<Profile, Refusal>; 2], beside: usize) {
        let as_at = self.bulks[0].as_at();
        let cases = Subject::prepare(&trial.matrices, &profiles, as_at);
        let slots = match &cases {
            [Ok(old), Ok(new)] => Some([old.slots.clone(), new.slots.clone()]),
            _ => None,
        };
        let (tried, found) = slots.as_ref().and_then(|slots| part.cases.get(slots).cloned()).unwrap_or_else(|| {
            let subject = Subject::new(profiles, cases, as_at);
            let tried = Arc::new(trial.tried(&subject, self.has_outcome, as_at));
            let found = if tried.moved() { Found::of(&subject) } else { Found::default() };
            if part.cases.len() >= MOST_KNOWN {
                part.cases.clear();
            }
            part.cases.extend(slots.map(|slots| (slots, (tried.clone(), found.clone()))));
            (tried, found)
        });
        part.by_itself(tried, &found, beside);
    }

    /// What each row says beside the inputs.
    fn besides(&self, batch: &RecordBatch, part: &mut Part) -> Result<Vec<usize>, BulkError> {
        let mut besides = vec![0; batch.num_rows()];
        for (nth, position) in self.beside.iter().enumerate() {
            let Some(array) = batch.columns().get(*position) else { continue };
            let values = arrow::values(array).map_err(|message| {
                let column = batch.schema_ref().fields().get(*position).map(|field| field.name().clone());
                BulkError(vec![ColumnProblem { column: column.unwrap_or_default(), message }])
            })?;
            for (beside, value) in besides.iter_mut().zip(&values) {
                *beside = part.beside(*beside, value, self.has_outcome && nth == 0);
            }
        }
        Ok(besides)
    }
}

/// The columns that are read beside the inputs, in order.
fn beside(columns: &Columns) -> impl Iterator<Item = &str> {
    columns.outcome.iter().chain(&columns.kept).map(String::as_str)
}

/// Inputs that must be given, and have no column.
fn without_column(matrix: &Matrix, batches: &Batches<'_>, schema: &Schema) -> Vec<ColumnProblem> {
    let inputs = matrix.model().inputs.items().iter().filter(|input| input.missing == Missing::Error);
    let inputs = inputs.map(|input| &input.heading.name).filter(|name| batches.inputs_without_column().contains(name));
    let problem = |name: &String| {
        let likely = closest(name, schema.fields().iter().map(|field| field.name().as_str())).map(|like| format!("; is it `{like}`?"));
        ColumnProblem { column: name.clone(), message: format!("is not in the cohort, and must always be given{}", likely.unwrap_or_default()) }
    };
    inputs.map(problem).collect()
}

/// What the loops gave of a batch, as it decides what is counted of a row.
struct Sheet<'a> {
    /// Results and levels.
    standings: Vec<Whole<'a>>,
    /// Scores, if they are set against an outcome, and the results with each cut-off.
    others: Vec<Whole<'a>>,
    compared: Vec<[Option<Numbers<'a>>; 2]>,
}

impl<'a> Sheet<'a> {
    fn new(old: &'a Scored, new: &'a Scored, swept: &'a [Scored], compared: &[Compared], with_scores: bool) -> Self {
        let (mut standings, mut others) = (Vec::new(), Vec::new());
        for scored in [old, new] {
            standings.extend(scored.results());
            for name in scored.dimensions() {
                standings.extend(scored.levels(name));
                others.extend(scored.scores(name).filter(|_| with_scores).map(|scores| scores.units));
            }
        }
        others.extend(swept.iter().filter_map(Scored::results));
        Self { standings, others, compared: compared.iter().map(|compared| [compared.of(old), compared.of(new)]).collect() }
    }

    fn write(columns: &[Whole<'_>], row: usize, key: &mut Vec<u8>) {
        columns.iter().for_each(|column| key.extend(column.get(row).unwrap_or(i64::MIN).to_le_bytes()));
    }

    /// Everything that decides what is counted of a row, but for why it moved.
    fn results(&self, row: usize, key: &mut Vec<u8>) {
        key.clear();
        Self::write(&self.standings, row, key);
        Self::write(&self.others, row, key);
    }

    /// Everything that decides why a row moved: which way each number differs.
    fn differences(&self, row: usize, key: &mut Vec<u8>) {
        key.clear();
        Self::write(&self.standings, row, key);
        // What is not there, or was replaced, gives no points.
        let number = |numbers: &Option<Numbers<'_>>| numbers.as_ref().and_then(|numbers| numbers.get(row)).unwrap_or(Points::ZERO);
        key.extend(self.compared.iter().map(|[old, new]| number(old).cmp(&number(new)) as u8));
    }
}
