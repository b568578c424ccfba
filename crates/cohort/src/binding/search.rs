//! Finds the columns that inputs are read from, by their names, and keeps everything that is wrong with them.

use std::collections::HashSet;

use super::row::{Cell, Place, Placed};
use crate::Columns;
use crate::cells::Kind;
use crate::columns::Column;
use crate::reading::{Options, Reading};
use crate::row_kind::RowKind;
use threshold_matrix::workspace::{closest, is_it, shortened};
use threshold_matrix::{IfMissing, InputDescription, InputKind};

/// How the columns of a file fit the matrix, beyond being enough.
#[derive(Debug, Default)]
pub(crate) struct Fit {
    pub(crate) unused: Vec<String>,
    pub(crate) without_column: Vec<String>,
}

/// What the column of the outcome is for.
pub(crate) const FOR_OUTCOME: &str = "what was seen later";
/// What the column of the times before is for.
pub(crate) const FOR_BEFORE: &str = "how many times it was seen before";

/// Returns what the columns that are kept are for: where two revisions are compared, each group is one of their cells.
pub(crate) fn for_kept(kinds: &[RowKind]) -> &'static str {
    match kinds {
        [_] => "`--keep`",
        _ => "grouping or comparing",
    }
}

/// Returns that a column is missing, with the name that may be meant.
pub(crate) fn no_column(name: &str, what: &str, help: &str, names: &[String]) -> String {
    let likely = closest(name, names.iter().map(String::as_str))
        .map(|name| format!("did you mean `{}`?", shortened(name)));
    let help: Vec<_> = likely
        .into_iter()
        .chain((!help.is_empty()).then(|| help.to_owned()))
        .collect();
    let help = if help.is_empty() {
        String::new()
    } else {
        format!("; {}", help.join(" "))
    };
    format!("there is no column `{}` for {what}{help}", shortened(name))
}

/// Looks columns up, and keeps every problem.
pub(super) struct Search<'a> {
    pub(super) names: &'a [String],
    pub(super) read: HashSet<usize>,
    pub(super) problems: Vec<String>,
    pub(super) fit: Fit,
    /// How many inputs were looked for.
    pub(super) inputs: usize,
}

impl Search<'_> {
    pub(super) fn find(&mut self, name: &str) -> Option<usize> {
        let mut found = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, own)| *own == name)
            .map(|(position, _)| position);
        let first = found.next()?;
        if let Some(second) = found.next() {
            self.problems.push(format!(
                "two columns are called `{}` (columns {} and {}); rename one",
                shortened(name),
                first + 1,
                second + 1
            ));
        }
        self.read.insert(first);
        Some(first)
    }

    /// Returns the position of a column that must be there.
    pub(super) fn named(&mut self, name: &str, what: &str, help: &str) -> Option<usize> {
        let found = self.find(name);
        if found.is_none() {
            self.problems.push(no_column(name, what, help, self.names));
        }
        found
    }

    fn cell(
        &mut self,
        columns: &Columns,
        column: &Column,
        input: &InputDescription<'_>,
        member: Option<&str>,
    ) -> Option<Cell> {
        let target = match member {
            Some(member) => format!("{}.{member}", input.name),
            None => input.name.to_owned(),
        };
        let position = self.named(&column.name, &format!("`{target}`"), "")?;
        let reading = Reading::new(input, member, &column.options, &columns.options);
        Some(Cell::at(position, reading))
    }

    /// Returns where an input stands, or `None` if it stands nowhere, which is a problem if it must be given.
    pub(super) fn input(
        &mut self,
        columns: &Columns,
        input: &InputDescription<'_>,
    ) -> Option<Place> {
        let name = input.name;
        self.inputs += 1;
        let whole = match columns.inputs.get(name) {
            Some(column) => Some(self.cell(columns, column, input, None)?),
            None => self.find(name).map(|position| {
                let own = Options::default();
                Cell::at(position, Reading::new(input, None, &own, &columns.options))
            }),
        };
        let members = match &input.kind {
            InputKind::Set(values) => self.members(columns, input, values),
            _ => Vec::new(),
        };
        match (whole, members.is_empty()) {
            (Some(_), false) => {
                self.problems.push(format!(
                    "`{name}` has a column of its own and columns for its members; keep one or the other"
                ));
                None
            }
            (Some(cell), true) => Some(Place::Cell(cell)),
            (None, false) => Some(Place::Members(members)),
            (None, true) if let Some(list) = input.counted_of => {
                self.problems.push(format!(
                    "there is no column for `{name}`, which is counted of `{list}`; give the events in a file of their own (`--events {list}=…`), as a column `{list}` of lists, or in the profiles of JSON lines; or give what is counted as columns"
                ));
                None
            }
            (None, true) if input.missing == IfMissing::Refused => {
                let likely = is_it(name, self.names.iter().map(String::as_str));
                self.problems.push(format!(
                    "there is no column for `{name}`, which must always be given{likely}"
                ));
                None
            }
            (None, true) => {
                self.fit.without_column.push(name.to_owned());
                None
            }
        }
    }

    /// Returns the lists of events that stand in a column of their own.
    pub(super) fn lists(&mut self, kind: &RowKind, columns: &Columns) -> Vec<Placed> {
        let RowKind::Person(matrix, events, _) = kind else {
            return Vec::new();
        };
        let mut lists = Vec::new();
        for list in matrix.described_events().map(|list| list.name) {
            if columns.ignores(list) {
                continue;
            }
            let Some(position) = self.find(list) else {
                continue;
            };
            if events.as_ref().is_some_and(|events| events.has(list)) {
                self.problems.push(format!(
                    "the column `{list}` lists events that are given in a file of their own as well; leave one of the two out, such as by \
                     `ignore: [\"{list}\"]` in the columns file"
                ));
                continue;
            }
            self.inputs += 1;
            lists.push(Placed {
                name: list.to_owned(),
                kind: Kind::Events,
                place: Place::Cell(Cell::at(position, Reading::events())),
            });
        }
        lists
    }

    /// Refuses a column of an input that is counted of events that are given, since both would say what it is.
    pub(super) fn counted_elsewhere(&mut self, columns: &Columns, input: &InputDescription<'_>) {
        let (name, list) = (input.name, input.counted_of.unwrap_or_default());
        let named = columns.inputs.get(name).map(|column| column.name.as_str());
        let is_there = self.names.iter().any(|own| own == name);
        if named.is_none() && (!is_there || columns.ignores(name)) {
            return;
        }
        let column = shortened(named.unwrap_or(name));
        self.problems.push(format!(
            "the column `{column}` gives `{name}`, which is counted of `{list}`, and the events are given as well; leave one of the two out, such as by `ignore: [\"{column}\"]` in the columns file"
        ));
    }

    /// Returns the columns of a set's members: all of them, or none.
    fn members(
        &mut self,
        columns: &Columns,
        input: &InputDescription<'_>,
        values: &[String],
    ) -> Vec<(String, Cell)> {
        let name = input.name;
        let (mut cells, mut without) = (Vec::new(), Vec::new());
        for member in values {
            let target = format!("{name}.{member}");
            let cell = match columns.inputs.get(&target) {
                Some(column) => self.cell(columns, column, input, Some(member)),
                None => {
                    let found = self.find(&target);
                    if found.is_none() {
                        without.push(format!("`{target}`"));
                    }
                    found.map(|position| {
                        let own = Options::default();
                        let reading = Reading::new(input, Some(member), &own, &columns.options);
                        Cell::at(position, reading)
                    })
                }
            };
            cells.extend(cell.map(|cell| (member.clone(), cell)));
        }
        if !cells.is_empty() && !without.is_empty() {
            self.problems.push(format!("`{name}` has columns for some of its members, and none for {}; every member needs one", without.join(", ")));
        }
        cells
    }

    /// Asks about columns that no input reads and whose names are nearly that of an input without a column; and where no column is an input's at all, unless
    /// the events of the people stand in other files.
    pub(super) fn ask(&mut self, ignored: &[String], has_events: bool) {
        let unread = || {
            let names = self.names.iter().enumerate();
            let unread = names.filter(|(position, name)| {
                !self.read.contains(position) && !ignored.contains(name)
            });
            unread.map(|(position, name)| (position, name.as_str()))
        };
        let mut problems = Vec::new();
        for input in &self.fit.without_column {
            if let Some((position, name)) = unread().find(|(_, name)| is_nearly(name, input)) {
                problems.push(format!(
                    "there is no column `{input}`, but column {} is nearly called so: `{}`. If it is the input, write `columns: {{ {input}: \
                     \"…\" }}` with its exact name in the columns file, or rename it; if it is not, write `ignore: [\"…\"]`",
                    position + 1,
                    visible(name)
                ));
            }
        }
        if self.inputs == self.fit.without_column.len() && self.inputs > 0 && !has_events {
            problems.push(format!(
                "none of the columns ({}) is that of an input, so everybody would be scored alike; name the columns of the inputs in a columns \
                 file, which `threshold-matrix columns` drafts",
                listed(self.names)
            ));
        }
        self.problems.extend(problems);
    }
}

/// Returns whether two names are alike but for case, spaces, hyphens, marks that cannot be seen, or a slip of the hand.
#[doc(hidden)]
#[must_use]
pub fn is_nearly(column: &str, input: &str) -> bool {
    let input = bare(input);
    is_alike(column, &input)
        || input.len() > 4 && closest(&bare(column), [input.as_str()]).is_some()
}

/// Returns whether two names are alike but for case, spaces, hyphens and marks that cannot be seen.
#[doc(hidden)]
#[must_use]
pub fn is_alike(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

fn bare(name: &str) -> String {
    let kept = name.chars().filter(|mark| mark.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// Returns a name in which everything can be seen.
fn visible(name: &str) -> String {
    let shown = name.chars().flat_map(|mark| {
        let is_hidden = mark != ' ' && !mark.is_alphanumeric() && !mark.is_ascii_graphic();
        if is_hidden {
            mark.escape_unicode().collect::<Vec<_>>()
        } else {
            vec![mark]
        }
    });
    shortened(&shown.collect::<String>())
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 8;
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{}`", visible(name)))
        .collect();
    if names.len() > MOST {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}
