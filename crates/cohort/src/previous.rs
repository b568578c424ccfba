//! Reads the outcomes of an earlier run, to see who moved since.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use foldhash::quality::RandomState;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::people::{REFUSED, levels_in_words};
use super::reader::FileKind;
use super::write::{STANDS_UNTIL, has_labels, unguarded};
use super::{CohortError, FileList};
use crate::earlier_row::{EarlierRow, RowColumns};
use crate::error::some;

/// The outcomes of an earlier run, as an [`OutcomeWriter`](super::OutcomeWriter) wrote them.
///
/// It keeps sixteen bytes of every person, so its memory grows with the cohort.
#[derive(Debug, Clone, Default)]
pub struct Previous {
    /// In the order of their keys, once all are there.
    pub(super) people: Vec<Entry>,
    /// The first of `people` for each value of the highest bits of a key.
    starts: Vec<u32>,
    pub(super) results: Vec<Arc<str>>,
    pub(super) matrices: BTreeSet<String>,
    pub(super) hashes: BTreeSet<String>,
    pub(super) dates: BTreeSet<String>,
    hashers: [RandomState; 2],
}

/// A person of an earlier run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: Key,
    /// The position of the result that the person had, or [`TWICE`].
    pub(super) was: u16,
    /// The position of the result that the person has, [`NOBODY`] as long as nobody was found, or [`TWICE`].
    pub(super) now: u16,
}

/// What is kept of an id: 96 bits of its hash, so that two ids of twenty million people are taken for one with a chance of one in 10¹⁴.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key([u32; 3]);

/// In the place of a result: the id occurs more than once.
pub(super) const TWICE: u16 = u16::MAX;
/// In the place of a result: the run has nobody of this id.
pub(super) const NOBODY: u16 = u16::MAX - 1;

/// One person of an earlier run, as its file has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Earlier {
    /// The id.
    pub id: String,
    /// The result in words, as [`Scored::result_in_words`](super::Scored::result_in_words) has it.
    pub result: String,
    /// The matrix, as `id version`.
    pub matrix: String,
    /// The content hash of the matrix.
    pub hash: String,
    /// The date of the scoring.
    pub as_at: String,
}

/// A line of the JSON form, with only what tells the result.
#[derive(Deserialize)]
struct Line {
    id: String,
    as_at: String,
    matrix: MatrixName,
    tier: Option<String>,
    status: Option<String>,
    possible: Option<Vec<String>>,
    dimensions: Option<serde_json::Map<String, serde_json::Value>>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct MatrixName {
    id: String,
    version: String,
    hash: String,
}

impl Previous {
    /// Reads the file of an earlier run.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or is not one that this library wrote.
    pub fn read<R: Read>(source: R, kind: FileKind) -> Result<Self, CohortError> {
        let mut previous = Self::default();
        Earlier::visit(source, kind, |person| previous.add(&person))?;
        Ok(previous.ready())
    }

    /// Reads the files of an earlier run, whose endings say their kinds.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read, or is not one that this library wrote.
    pub fn open(list: &FileList) -> Result<Self, CohortError> {
        let mut previous = Self::default();
        Earlier::visit_files(list, |person| previous.add(&person))?;
        Ok(previous.ready())
    }

    /// Returns the matrices with which the run scored, as `id version`.
    pub fn matrices(&self) -> impl Iterator<Item = &str> {
        self.matrices.iter().map(String::as_str)
    }

    /// Adds a person. A row without an id is nobody's.
    pub(crate) fn add(&mut self, person: &Earlier) -> Result<(), CohortError> {
        for (all, own) in [
            (&mut self.matrices, &person.matrix),
            (&mut self.hashes, &person.hash),
            (&mut self.dates, &person.as_at),
        ] {
            if !all.contains(own) {
                all.insert(own.clone());
            }
        }
        let was = self
            .position(&person.result)
            .ok_or_else(|| CohortError::Broken {
                line: 0,
                message: "the earlier run has more than 65,000 different results".to_owned(),
            })?;
        if !person.id.is_empty() {
            self.people.push(Entry {
                key: self.key(person.id.as_bytes()),
                was,
                now: NOBODY,
            });
        }
        Ok(())
    }

    /// Returns the position of a result, which is added where it is not known.
    pub(super) fn position(&mut self, result: &str) -> Option<u16> {
        let known = self.results.iter().position(|known| **known == *result);
        let position = known.unwrap_or_else(|| {
            self.results.push(result.into());
            self.results.len() - 1
        });
        u16::try_from(position)
            .ok()
            .filter(|position| *position < NOBODY)
    }

    /// Puts the people in order, once all of them are there.
    pub(crate) fn ready(mut self) -> Self {
        self.people.sort_unstable_by_key(|entry| entry.key);
        self.people.dedup_by(|later, earlier| {
            let is_same = later.key == earlier.key;
            if is_same {
                earlier.was = TWICE;
            }
            is_same
        });
        let bits = (self.people.len() / 8).max(1).ilog2();
        self.starts = vec![0; (1 << bits) + 1];
        for entry in &self.people {
            if let Some(count) = self.starts.get_mut(entry.key.first(bits) + 1) {
                *count += 1;
            }
        }
        let mut start = 0;
        for count in &mut self.starts {
            start += *count;
            *count = start;
        }
        self
    }

    pub(super) fn key(&self, id: &[u8]) -> Key {
        let [first, second] = self.hashers.each_ref().map(|hasher| hasher.hash_one(id));
        Key([(first >> 32) as u32, first as u32, second as u32])
    }

    /// Returns the position of the person of a key.
    pub(super) fn find(&self, key: Key) -> Option<u32> {
        let bits = self.starts.len().saturating_sub(1).max(1).ilog2();
        let first = key.first(bits);
        let [from, to] = [self.starts.get(first)?, self.starts.get(first + 1)?];
        let few = self.people.get(*from as usize..*to as usize)?;
        let found = few.iter().position(|entry| entry.key == key)?;
        Some(from + found as u32)
    }
}

impl Key {
    /// The highest bits.
    fn first(self, bits: u32) -> usize {
        let Self([first, ..]) = self;
        first.checked_shr(32 - bits).unwrap_or_default() as usize
    }
}

impl Earlier {
    /// Reads the people of an earlier run in the order of its files, whose endings say their kinds, and calls `each` for each of them.
    ///
    /// # Errors
    /// Returns the errors of [`Earlier::visit`], with the name of the file.
    pub fn visit_files(
        list: &FileList,
        mut each: impl FnMut(Self) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        let mut paths = list.paths().iter();
        paths.try_for_each(|path| {
            let visited = Self::visit_file(path, None, |person, _| each(person));
            visited.map_err(|error| error.of(path))
        })
    }

    /// Does the same, and also hands over each row in which nothing is open.
    pub(crate) fn visit_rows(
        list: &FileList,
        columns: &RowColumns,
        mut each: impl FnMut(Self, Option<Row>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        let mut paths = list.paths().iter();
        paths.try_for_each(|path| {
            let visited = Self::visit_file(path, Some(columns), &mut each);
            visited.map_err(|error| error.of(path))
        })
    }

    fn visit_file(
        path: &Path,
        columns: Option<&RowColumns>,
        each: impl FnMut(Self, Option<Row>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        #[cfg(feature = "parquet")]
        if crate::files::ColumnFileKind::of(path).is_some() {
            return Self::visit_columns(path, columns, each);
        }
        let kind = FileKind::of(path).ok_or(CohortError::UnknownKind)?;
        let file = File::open(path).map_err(|error| CohortError::NoSuchFile {
            message: format!("the file cannot be read: {error}"),
        })?;
        Self::visit_text(file, kind, columns, each)
    }

    #[cfg(feature = "parquet")]
    fn visit_columns(
        path: &Path,
        rows: Option<&RowColumns>,
        mut each: impl FnMut(Self, Option<Row>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        use super::write::{LIBRARY, UNTIL};

        let file = crate::files::ColumnFile::open(path)?;
        let schema = file.schema().clone();
        let names: Vec<&str> = schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect();
        let about = |key: &str| {
            let found = schema.metadata().get(&format!("threshold_matrix.{key}"));
            found.cloned().unwrap_or_default()
        };
        let about_all = ["as_at", UNTIL.0, LIBRARY.0].map(|name| (name, about(name)));
        let columns = OutcomeColumns::of(&names, &ABOUT)?.with_rows(rows, &names, &about_all)?;
        let matrix = format!("{} {}", about("matrix_id"), about("matrix_version"));
        let (hash, as_at) = (about("content_hash"), about("as_at"));
        let positions = columns.positions();
        for arrays in file.arrays(&positions, columns.id)? {
            let arrays = arrays?;
            for row in 0..arrays.rows() {
                let cell = |position: usize| {
                    Some(arrays.cell(row, position)).filter(|cell| !cell.is_empty())
                };
                let possible = cell(columns.possible);
                let possible = possible.and_then(|text| serde_json::from_str(&text).ok());
                let texts: Vec<Option<String>> = (0..names.len()).map(cell).collect();
                let text = |position: usize| texts.get(position)?.as_deref();
                let person = Self {
                    id: cell(columns.id).unwrap_or_default(),
                    result: columns.result(text, possible),
                    matrix: matrix.clone(),
                    hash: hash.clone(),
                    as_at: columns
                        .as_at
                        .and_then(cell)
                        .unwrap_or_else(|| as_at.clone()),
                };
                each(person, columns.row(text))?;
            }
        }
        Ok(())
    }

    /// Reads the people of an earlier run in the order of its file, and calls `each` for each of them.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or is not one that this library wrote. Otherwise it returns the first error of `each`.
    pub fn visit<R: Read>(
        source: R,
        kind: FileKind,
        mut each: impl FnMut(Self) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        Self::visit_text(source, kind, None, |person, _| each(person))
    }

    fn visit_text<R: Read>(
        source: R,
        kind: FileKind,
        columns: Option<&RowColumns>,
        each: impl FnMut(Self, Option<Row>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        match kind {
            FileKind::Csv => Self::visit_csv(source, columns, each),
            FileKind::JsonLines => Self::visit_json_lines(source, columns, each),
            FileKind::Workbook => Self::visit_workbook(source, columns, each),
        }
    }

    #[cfg(feature = "xlsx")]
    fn visit_workbook<R: Read>(
        source: R,
        rows: Option<&RowColumns>,
        mut each: impl FnMut(Self, Option<Row>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        let mut found: Option<(OutcomeColumns<'_>, Vec<usize>)> = None;
        crate::workbook::each_row(source, RESULTS, |row| {
            let texts = row.texts();
            let Some((columns, positions)) = &found else {
                let columns = OutcomeColumns::of(&texts, &[])?.with_rows(rows, &texts, &[])?;
                let positions = columns.positions();
                found = Some((columns, positions));
                return Ok(());
            };
            row.check(positions)?;
            let text = |position: usize| texts.get(position).copied();
            each(columns.in_text(text), columns.row(text))
        })?;
        match found {
            Some(_) => Ok(()),
            // Says which columns there should be.
            None => OutcomeColumns::of(&[], &[]).map(|_| ()),
        }
    }

    #[cfg(not(feature = "xlsx"))]
    fn visit_workbook<R: Read>(
        _: R,
        _: Option<&RowColumns>,
        _: impl FnMut(Self, Option<Row>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        Err(CohortError::Workbook {
            message: "workbooks are read only by a library that was built with the feature `xlsx`"
                .to_owned(),
        })
    }

    fn visit_csv<R: Read>(
        source: R,
        rows: Option<&RowColumns>,
        mut each: impl FnMut(Self, Option<Row>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        let mut file = csv::ReaderBuilder::new().from_reader(source);
        let header = file
            .headers()
            .map_err(|error| CohortError::from_csv(1, error))?
            .clone();
        let names: Vec<&str> = header.iter().collect();
        let columns = OutcomeColumns::of(&names, &[])?.with_rows(rows, &names, &[])?;
        let mut row = csv::StringRecord::new();
        loop {
            let line = file.position().line();
            if !file
                .read_record(&mut row)
                .map_err(|error| CohortError::from_csv(line, error))?
            {
                return Ok(());
            }
            let text = |position: usize| row.get(position).map(unguarded);
            each(columns.in_text(text), columns.row(text))?;
        }
    }

    fn visit_json_lines<R: Read>(
        source: R,
        rows: Option<&RowColumns>,
        mut each: impl FnMut(Self, Option<Row>) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        for (line, text) in (1..).zip(BufReader::new(source).lines()) {
            let text = text.map_err(|source| CohortError::Read { line, source })?;
            let text = match line {
                1 => text.strip_prefix('\u{feff}').unwrap_or(&text),
                _ => &text,
            };
            if text.trim().is_empty() {
                continue;
            }
            let read: Line = serde_json::from_str(text).map_err(|error| CohortError::Broken {
                line,
                message: format!("this is not a line that an earlier run wrote: {error}"),
            })?;
            let dimensions = read.dimensions.unwrap_or_default();
            let levels = dimensions.iter().map(|(name, dimension)| {
                (
                    name.as_str(),
                    dimension.get("level").and_then(serde_json::Value::as_str),
                )
            });
            let levels = levels_in_words(levels);
            let result = result(
                read.tier.as_deref(),
                read.status.as_deref(),
                read.possible,
                read.error.is_some(),
                levels,
            );
            let row = match rows {
                Some(rows) => row_of_line(rows, line, text)?,
                None => None,
            };
            let person = Self {
                id: read.id,
                result,
                matrix: format!("{} {}", read.matrix.id, read.matrix.version),
                hash: read.matrix.hash,
                as_at: read.as_at,
            };
            each(person, row)?;
        }
        Ok(())
    }
}

/// The sheet of a workbook that has the outcomes.
#[cfg(feature = "xlsx")]
pub(crate) const RESULTS: &str = "Results";

/// The columns that tell what made the outcomes, which files of columns have as metadata.
const ABOUT: [&str; 4] = ["as_at", "matrix", "version", "hash"];

/// A row that may be carried over, and the values of its columns.
type Row = (EarlierRow, Vec<Option<i64>>);

/// What is said where a file does not have what is carried over.
fn without_rows(without: &[String]) -> String {
    format!(
        "it does not have {}, so that nobody can be carried over; write it with `--until`, and with `--points` if the outcomes have points, or run once \
         without `--due-only`",
        some(without)
    )
}

/// Returns the row of a line of JSON.
fn row_of_line(rows: &RowColumns, line: u64, text: &str) -> Result<Option<Row>, CohortError> {
    let broken = |message: String| CohortError::Broken { line, message };
    let read: BTreeMap<Cow<'_, str>, &RawValue> =
        serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    if !read.contains_key(STANDS_UNTIL.0) {
        let without = format!("`{}`", STANDS_UNTIL.0);
        return Err(broken(without_rows(&[without])));
    }
    // Columns are called by what they are of, and by what they have of it.
    let mut parts: BTreeMap<&str, BTreeMap<Cow<'_, str>, &RawValue>> = BTreeMap::new();
    for part in ["dimensions", "points", "flags", "decisions"] {
        let own = read.get(part).map(|own| serde_json::from_str(own.get()));
        parts.insert(part, own.and_then(Result::ok).unwrap_or_default());
    }
    let of = |part: &str, name: &str| parts.get(part)?.get(name).copied();
    let names: Vec<&str> = rows.names().collect();
    let cell = |at: usize| {
        let name = *names.get(at)?;
        let value = match name.split_once('.') {
            None => read.get(name).copied(),
            Some(("points", name)) => of("points", name),
            Some(("flag", name)) => of("flags", name),
            Some(("decision", name)) => of("decisions", name),
            Some((dimension, what)) => {
                let own = of("dimensions", dimension)?.get();
                let own: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(own).ok()?;
                own.get(what).copied()
            }
        };
        match value?.get() {
            "null" => None,
            text if text.starts_with('"') => serde_json::from_str(text).ok().map(Cow::Owned),
            text => Some(Cow::Borrowed(text)),
        }
    };
    Ok(rows.row(cell))
}

/// Where the columns of a file of outcomes stand.
struct OutcomeColumns<'r> {
    id: usize,
    as_at: Option<usize>,
    matrix: Option<usize>,
    version: Option<usize>,
    hash: Option<usize>,
    tier: usize,
    status: usize,
    possible: usize,
    error: usize,
    /// Of each dimension, if it has levels.
    levels: BTreeMap<String, Option<usize>>,
    /// The columns of rows that may be carried over, and for each of them where it stands, or what it is in all rows.
    rows: Option<(&'r RowColumns, Vec<Result<usize, String>>)>,
}

impl<'r> OutcomeColumns<'r> {
    /// Finds the columns among the names of all; some may be missing.
    fn of(header: &[&str], may_miss: &[&str]) -> Result<Self, CohortError> {
        let find = |name: &str| header.iter().position(|own| *own == name);
        if has_labels(header) {
            let problem = "they have titles for readers in the place of names; name the file of a run without `--labels`";
            return Err(CohortError::Columns {
                problems: vec![problem.to_owned()],
            });
        }
        let needed = ["id", "tier", "status", "possible", "error"];
        let about = ABOUT.iter().filter(|name| !may_miss.contains(name));
        let all = needed.iter().chain(about);
        let without: Vec<String> = all
            .filter(|name| find(name).is_none())
            .map(|name| format!("`{name}`"))
            .collect();
        let (
            [
                Some(id),
                Some(tier),
                Some(status),
                Some(possible),
                Some(error),
            ],
            [],
        ) = (needed.map(find), without.as_slice())
        else {
            let columns = if without.len() == 1 {
                "the column"
            } else {
                "the columns"
            };
            let message = format!(
                "this is not a file of outcomes, as it does not have {columns} {}; name the file that an earlier run wrote with `--out`",
                without.join(", ")
            );
            return Err(CohortError::NoSuchFile { message });
        };
        let [as_at, matrix, version, hash] = ABOUT.map(find);
        // A dimension without levels has a score alone.
        let dimensions = header.iter().filter_map(|name| {
            let score = name.strip_suffix(".score");
            score.or_else(|| name.strip_suffix(".level"))
        });
        let levels: BTreeMap<String, Option<usize>> = dimensions
            .map(|name| (name.to_owned(), find(&format!("{name}.level"))))
            .collect();
        Ok(Self {
            id,
            as_at,
            matrix,
            version,
            hash,
            tier,
            status,
            possible,
            error,
            levels,
            rows: None,
        })
    }

    /// Finds the columns of rows that may be carried over, some of which may be the same in all rows.
    fn with_rows(
        self,
        rows: Option<&'r RowColumns>,
        header: &[&str],
        about: &[(&str, String)],
    ) -> Result<Self, CohortError> {
        let Some(rows) = rows else { return Ok(self) };
        let mut without = Vec::new();
        let mut places = Vec::new();
        for name in rows.names() {
            let place = header.iter().position(|own| *own == name);
            let in_all = about
                .iter()
                .find(|(own, value)| *own == name && !value.is_empty());
            match (place, in_all) {
                (Some(place), _) => places.push(Ok(place)),
                (None, Some((_, value))) => places.push(Err(value.clone())),
                (None, None) => without.push(format!("`{name}`")),
            }
        }
        if !without.is_empty() {
            let message = without_rows(&without);
            return Err(CohortError::NoSuchFile { message });
        }
        Ok(Self {
            rows: Some((rows, places)),
            ..self
        })
    }

    /// Returns the row that may be carried over of a row of texts.
    fn row<'a>(&'a self, text: impl Fn(usize) -> Option<&'a str>) -> Option<Row> {
        let (rows, places) = self.rows.as_ref()?;
        let cell = |at: usize| match places.get(at)? {
            Ok(place) => text(*place),
            Err(value) => Some(value.as_str()),
        };
        rows.row(|at| cell(at).filter(|cell| !cell.is_empty()).map(Cow::Borrowed))
    }

    /// Returns the positions of all of them, in ascending order.
    #[cfg(any(feature = "parquet", feature = "xlsx"))]
    fn positions(&self) -> Vec<usize> {
        let own = [self.id, self.tier, self.status, self.possible, self.error];
        let levels = self.levels.values().copied().flatten();
        let about = [self.as_at, self.matrix, self.version, self.hash];
        let about = about.into_iter().flatten();
        let rows = self.rows.iter().flat_map(|(_, places)| places);
        let rows = rows.filter_map(|place| place.as_ref().ok().copied());
        let all = own.into_iter().chain(levels).chain(about).chain(rows);
        let mut positions: Vec<_> = all.collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// Returns the person of a row of texts.
    fn in_text<'a>(&self, text: impl Fn(usize) -> Option<&'a str>) -> Earlier {
        let filled = |position: usize| text(position).filter(|text| !text.is_empty());
        let possible = filled(self.possible);
        let possible = possible.map(|possible| possible.split('|').map(str::to_owned).collect());
        let own = |position: Option<usize>| {
            let text = position.and_then(filled);
            text.unwrap_or_default().to_owned()
        };
        Earlier {
            id: own(Some(self.id)),
            result: self.result(filled, possible),
            matrix: format!("{} {}", own(self.matrix), own(self.version)),
            hash: own(self.hash),
            as_at: own(self.as_at),
        }
    }

    /// Returns the result in words, from what stands in the cells that are filled.
    fn result<'a>(
        &self,
        filled: impl Fn(usize) -> Option<&'a str>,
        possible: Option<Vec<String>>,
    ) -> String {
        let levels = self.levels.iter();
        let levels =
            levels.map(|(dimension, position)| (dimension.as_str(), position.and_then(&filled)));
        result(
            filled(self.tier),
            filled(self.status),
            possible,
            filled(self.error).is_some(),
            levels_in_words(levels),
        )
    }
}

/// Returns the words of [`Scored::result_in_words`](super::Scored::result_in_words) for what was written.
fn result(
    tier: Option<&str>,
    status: Option<&str>,
    possible: Option<Vec<String>>,
    refused: bool,
    levels: String,
) -> String {
    match (tier.or(status), possible) {
        _ if refused => REFUSED.to_owned(),
        (Some(one), _) => one.to_owned(),
        (None, Some(possible)) if !possible.is_empty() => possible.join(" or "),
        _ => levels,
    }
}
