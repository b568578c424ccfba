//! Says from which column an input is read, and what its cells mean.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::reading::{Numbers, Options, Truths, is_date_format};
use crate::row_kind::RowKind;
use threshold_matrix::Matrix;
#[cfg(feature = "parquet")]
use threshold_matrix::bulk::arrow::Names;
#[cfg(feature = "parquet")]
use threshold_matrix::bulk::{BulkError, ColumnProblem};
use threshold_matrix::workspace::number;
use threshold_matrix::workspace::shape::Need::{Optional, Required};
use threshold_matrix::workspace::shape::{
    self, Form, Key, Need, Shape, boolean_help, date_help, not_a_number,
};
use threshold_matrix::workspace::tree::{self, Key as WrittenKey, Kind, Node};
use threshold_matrix::workspace::{beginning, text_of};
use threshold_matrix::workspace::{shortened, suggest};
use threshold_matrix::{Code, Diagnostic, Diagnostics, Place};
use threshold_matrix::{InputDescription, InputKind};

/// A mapping that says how the columns of a cohort file become the inputs of a matrix.
///
/// An input that the mapping does not name is read from the column of its own name, if there is one.
///
/// ```
/// use threshold_matrix::Matrix;
/// use threshold_matrix_cohort::Columns;
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let text = r#"
/// id: person_number
/// columns:
///   arrests: n_arr_12m
///   rosh: { column: risk, values: { L: low, M: medium, H: high, "?": null } }   # null: missing
/// outcome: arrested_again
/// "#;
/// let columns = Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix)?;
/// # let _ = columns;
///
/// let faults = Columns::from_yaml("columns.yaml", b"columns: { arests: n_arr_12m }", &matrix).unwrap_err();
/// assert!(faults.to_string().contains("did you mean `arrests`?"));
/// # Ok::<(), threshold_matrix::Diagnostics>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    /// The sheet of a workbook that is read.
    pub(crate) sheet: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) as_at: Option<String>,
    pub(crate) outcome: Option<String>,
    /// The column of how many times the outcome was seen before. If there is one, that of the outcome holds the times after.
    pub(crate) before: Option<String>,
    /// The columns that no matrix reads, and that are kept as they are written.
    pub(crate) kept: Vec<String>,
    /// The columns, by `input` or `input.member`.
    pub(crate) inputs: BTreeMap<String, Column>,
    /// What the cells of all columns mean, where a column does not say otherwise.
    pub(crate) options: Options,
    /// The rows that are not people: a column, and what stands in it there.
    pub(crate) skipped: Vec<(String, Vec<String>)>,
    /// The columns whose names are like that of an input by chance.
    pub(crate) ignored: Vec<String>,
    /// The files of events, by the name of their list.
    pub(crate) events: BTreeMap<String, EventColumns>,
}

/// How a file of events is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct EventColumns {
    pub(crate) columns: Columns,
    /// Whether the file has every event of everybody, so that a person without a row has no events.
    pub(crate) is_complete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// What its cells mean.
    pub(crate) options: Options,
}

const fn key(name: &'static str, need: Need, form: &'static Form, about: &'static str) -> Key {
    Key {
        name,
        form,
        need,
        about,
    }
}

static TEXTS: Form = Form::List {
    of: &Form::Anything,
    most: 10_000,
};
static CASE: Form = Form::Word(&["ignore", "exact"]);
const MISSING: Key = key(
    "missing",
    Optional,
    &TEXTS,
    "The cells in which nothing is recorded, beside empty ones",
);
const DATES: Key = key(
    "dates",
    Optional,
    &Form::Text,
    "How dates are written, such as \"%d/%m/%Y\"; as 2026-12-31 if it is not given",
);
const NUMBERS_KEY: Key = key("numbers", Optional, &NUMBERS, "How numbers are written");
const TRUTHS_KEY: Key = key(
    "truths",
    Optional,
    &TRUTHS,
    "How true and false are written",
);
const CASE_KEY: Key = key(
    "case",
    Optional,
    &CASE,
    "`ignore` if capital letters do not count",
);
static NUMBERS: Form = Form::Map(&Shape {
    name: "a form of numbers",
    keys: &[
        key(
            "decimal",
            Optional,
            &Form::Text,
            "What stands before the decimal places; a point if it is not given",
        ),
        key(
            "thousands",
            Optional,
            &Form::Text,
            "What may stand between groups of three digits",
        ),
        key(
            "percent",
            Optional,
            &Form::Boolean,
            "Whether a percent sign may follow: 21% is 21",
        ),
    ],
    one_of: &[],
    open: None,
});
static TRUTHS: Form = Form::Map(&Shape {
    name: "a form of true and false",
    keys: &[
        key("true", Required, &TEXTS, "The cells that mean true"),
        key("false", Required, &TEXTS, "The cells that mean false"),
        CASE_KEY,
    ],
    one_of: &[],
    open: None,
});
const ID_KEY: Key = key(
    "id",
    Optional,
    &Form::Text,
    "The column of each person's id",
);
const SHEET_KEY: Key = key(
    "sheet",
    Optional,
    &Form::Text,
    "The sheet of a workbook that is read",
);
const SKIP_KEY: Key = key(
    "skip",
    Optional,
    &SKIP,
    "The rows that are left out, such as those of totals",
);
const IGNORE_KEY: Key = key(
    "ignore",
    Optional,
    &TEXTS,
    "The columns whose names are like that of an input by chance",
);
static NAMED_COLUMNS: Form = Form::Named {
    key: &Form::Anything,
    of: &COLUMN,
    most: 20_000,
};
const COLUMNS_KEY: Key = key(
    "columns",
    Optional,
    &NAMED_COLUMNS,
    "The column of each input, or of each field of an event",
);
/// What a columns file may hold.
pub(crate) static COLUMNS: Form = Form::Map(&Shape {
    name: "a columns file",
    keys: &[
        SHEET_KEY,
        ID_KEY,
        key(
            "as_at",
            Optional,
            &Form::Text,
            "The column of the date of the scoring",
        ),
        key(
            "outcome",
            Optional,
            &Form::Text,
            "The column of what was seen later",
        ),
        MISSING,
        DATES,
        NUMBERS_KEY,
        TRUTHS_KEY,
        CASE_KEY,
        SKIP_KEY,
        IGNORE_KEY,
        COLUMNS_KEY,
        key(
            "events",
            Optional,
            &Form::Named {
                key: &Form::Anything,
                of: &EVENTS,
                most: 100,
            },
            "How the file of each list of events is read",
        ),
    ],
    one_of: &[],
    open: None,
});
static EVENTS: Form = Form::Map(&Shape {
    name: "a file of events",
    keys: &[
        key(
            "complete",
            Optional,
            &Form::Boolean,
            "Whether the file has every event of everybody, so that a person without a row has no events; otherwise their list is missing",
        ),
        SHEET_KEY,
        ID_KEY,
        MISSING,
        DATES,
        NUMBERS_KEY,
        TRUTHS_KEY,
        CASE_KEY,
        SKIP_KEY,
        IGNORE_KEY,
        COLUMNS_KEY,
    ],
    one_of: &[],
    open: None,
});

static SKIP: Form = Form::Map(&Shape {
    name: "a rule of rows that are not people",
    keys: &[key(
        "where",
        Required,
        &Form::Named {
            key: &Form::Anything,
            of: &TEXTS,
            most: 100,
        },
        "What stands in a column of such a row",
    )],
    one_of: &[],
    open: None,
});

static COLUMN: Form = Form::Either(&[
    &Form::Text,
    &Form::Map(&Shape {
        name: "a column",
        keys: &[
            key("column", Optional, &Form::Text, "The name of the column"),
            key(
                "members",
                Optional,
                &Form::Named {
                    key: &Form::Anything,
                    of: &Form::Text,
                    most: 100,
                },
                "The column of each member of a set",
            ),
            key(
                "values",
                Optional,
                &Form::Named {
                    key: &Form::Anything,
                    of: &Form::Anything,
                    most: 10_000,
                },
                "The input's value for each cell that is not one itself; `null` is missing",
            ),
            MISSING,
            DATES,
            NUMBERS_KEY,
            TRUTHS_KEY,
            CASE_KEY,
            key(
                "blank",
                Optional,
                &Form::Boolean,
                "What an empty cell of true and false means",
            ),
            key(
                "separator",
                Optional,
                &Form::Text,
                "What stands between the members of a set; a bar if it is not given",
            ),
        ],
        one_of: &["column", "members"],
        open: None,
    }),
]);

impl Columns {
    /// Creates a mapping by which every input is read from the column of its own name, ids from `id`, and dates from `as_at` if there is such a column.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a columns file for a matrix. The name of the file appears in the diagnostics.
    ///
    /// # Errors
    /// Returns every fault of the file, each with its place: also inputs that the matrix does not have, and values that an input does not have.
    pub fn from_yaml(file: &str, bytes: &[u8], matrix: &Matrix) -> Result<Self, Diagnostics> {
        Self::read(file, bytes, &RowKind::people(&[matrix]))
    }

    /// Reads a columns file for two revisions of a matrix. It may name the inputs of either.
    ///
    /// # Errors
    /// Returns the errors of [`Columns::from_yaml`]. A value is also an error if neither revision has it, or if both have the input and only one of
    /// them has the value.
    pub fn for_revisions(
        file: &str,
        bytes: &[u8],
        old: &Matrix,
        new: &Matrix,
    ) -> Result<Self, Diagnostics> {
        Self::read(file, bytes, &RowKind::people(&[old, new]))
    }

    fn read(file: &str, bytes: &[u8], kinds: &[RowKind]) -> Result<Self, Diagnostics> {
        let text = text_of(bytes, file)?;
        let mut faults = Diagnostics::new(file, text);
        let mut columns = Self::new();
        if text.trim().is_empty() {
            let fault = Diagnostic::new(
                Code::NotOneDocument,
                beginning(),
                "the columns file is empty",
            );
            faults.push(fault.help(
                "write which column each input is read from, as `columns: { input: Column }`; `threshold-matrix columns` drafts it",
            ));
        } else if let Some(mut root) = tree::read(text, &mut faults) {
            shape::check(&mut root, &COLUMNS, "a columns file", &mut faults);
            columns = Self::of(&root, kinds, &mut faults);
            for (key, node) in root.get("events").map(Node::entries).unwrap_or_default() {
                columns.add_events(kinds, key, node, &mut faults);
            }
        }
        if faults.is_empty() {
            Ok(columns)
        } else {
            Err(faults.in_order_of_place())
        }
    }

    /// Returns what is said of one file: all of a columns file, or what it says of a file of events.
    fn of(root: &Node, kinds: &[RowKind], faults: &mut Diagnostics) -> Self {
        let name = |key: &str| root.get(key).and_then(Node::text).map(str::to_owned);
        let skipped = root.get("skip").and_then(|skip| skip.get("where"));
        let skipped = skipped.map(Node::entries).unwrap_or_default().iter();
        let mut columns = Self {
            sheet: name("sheet"),
            id: name("id"),
            as_at: name("as_at"),
            outcome: name("outcome"),
            options: options(root, &Options::default(), faults),
            ignored: texts(root.get("ignore")),
            skipped: skipped
                .map(|(column, cells)| (column.text.clone(), texts(Some(cells))))
                .collect(),
            ..Self::new()
        };
        for (key, node) in root.get("columns").map(Node::entries).unwrap_or_default() {
            columns.add(kinds, key, node, faults);
        }
        columns
    }

    /// Adds what the file says of the file of one list of events.
    fn add_events(
        &mut self,
        kinds: &[RowKind],
        key: &WrittenKey,
        node: &Node,
        faults: &mut Diagnostics,
    ) {
        let lists = || {
            let matrices = kinds.iter().map(RowKind::matrix);
            matrices.flat_map(|matrix| matrix.described_events().map(move |list| (matrix, list)))
        };
        let Some((matrix, _)) = lists().find(|(_, list)| list.name == key.text) else {
            let message = format!(
                "the matrix has no list of events `{}`",
                shortened(&key.text)
            );
            let help = suggest(
                &key.text,
                lists().map(|(_, list)| list.name).collect::<Vec<_>>(),
            );
            faults.push(Diagnostic::new(Code::UndeclaredName, key.place, message).help(help));
            return;
        };
        let event = RowKind::Event(matrix.clone(), key.text.clone());
        let columns = EventColumns {
            columns: Self::of(node, &[event], faults),
            is_complete: node.get("complete").and_then(Node::text) == Some("true"),
        };
        self.events.insert(key.text.clone(), columns);
    }

    /// Adds what the file says of one input.
    fn add(&mut self, kinds: &[RowKind], key: &WrittenKey, node: &Node, faults: &mut Diagnostics) {
        let mut add = |name: String, place: Place, column: &Node, options: &Node| {
            let Some(column) = column.text() else { return };
            match targets(kinds, &name) {
                Ok(targets) => {
                    for (input, member) in targets {
                        let options =
                            column_options(options, &input, member, &self.options, faults);
                        let column = Column {
                            name: column.to_owned(),
                            options,
                        };
                        self.inputs.insert(name.clone(), column);
                    }
                }
                Err((message, help)) => {
                    faults.push(Diagnostic::new(Code::UndeclaredName, place, message).help(help));
                }
            }
        };
        match (node.get("column"), node.get("members")) {
            (Some(column), _) => add(key.text.clone(), key.place, column, node),
            (None, Some(members)) => {
                for (member, column) in members.entries() {
                    add(
                        format!("{}.{}", key.text, member.text),
                        member.place,
                        column,
                        node,
                    );
                }
            }
            (None, None) => add(key.text.clone(), key.place, node, node),
        }
    }

    /// Returns the columns that are carried through, in their order.
    #[must_use]
    pub fn kept(&self) -> &[String] {
        &self.kept
    }

    /// Returns whether a column's name is like that of an input by chance.
    #[doc(hidden)]
    #[must_use]
    pub fn ignores(&self, column: &str) -> bool {
        self.ignored.iter().any(|own| own == column)
    }

    /// Whether it says what the cells of all columns mean, or leaves rows out.
    pub(crate) fn has_cells(&self) -> bool {
        self.options != Options::default() || !self.skipped.is_empty()
    }

    /// Reads this sheet of a workbook. Without it, a workbook must have one visible sheet alone.
    #[must_use]
    pub fn with_sheet(mut self, sheet: impl Into<String>) -> Self {
        self.sheet = Some(sheet.into());
        self
    }

    /// Returns the names of all columns that this names itself.
    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        let inputs = self.inputs.values().map(|column| &column.name);
        let skipped = self.skipped.iter().map(|(name, _)| name);
        let others = [&self.as_at, &self.outcome, &self.before]
            .into_iter()
            .flatten();
        let id = self.id.as_deref().unwrap_or("id");
        let others = others.chain(&self.kept).chain(skipped).chain(inputs);
        std::iter::once(id).chain(others.map(String::as_str))
    }

    /// Returns the mapping of a file of which the ids alone are read.
    pub(crate) fn of_ids(&self) -> Self {
        Self {
            id: self.id.clone(),
            ..Self::default()
        }
    }

    /// Reads the ids from this column.
    #[must_use]
    pub fn with_id(mut self, column: impl Into<String>) -> Self {
        self.id = Some(column.into());
        self
    }

    /// Reads from this column the date at which each person is scored.
    #[must_use]
    pub fn with_as_at(mut self, column: impl Into<String>) -> Self {
        self.as_at = Some(column.into());
        self
    }

    /// Reads what was seen later from this column. A cell is `true`, `false`, `1`, `0`, or empty where nobody knows.
    #[must_use]
    pub fn with_outcome(mut self, column: impl Into<String>) -> Self {
        self.outcome = Some(column.into());
        self
    }

    /// Reads from this column how many times the outcome was seen in a time before, and from the column of the outcome how many times it was seen after.
    /// A cell of either is a whole number, or empty where nobody knows. What was seen later is then true of a person of whom it was seen at least once.
    #[must_use]
    pub fn with_before(mut self, column: impl Into<String>) -> Self {
        self.before = Some(column.into());
        self
    }

    /// Returns whether what was seen later is read from a column.
    #[must_use]
    pub fn has_outcome(&self) -> bool {
        self.outcome.is_some()
    }

    /// Keeps one more column, which no matrix reads. [`Person::kept`](super::Person::kept) has its cells as they are written.
    #[must_use]
    pub fn keeping(mut self, column: impl Into<String>) -> Self {
        self.kept.push(column.into());
        self
    }
}

/// An input, and the member of it that is meant, if it is a set.
type Target<'a, 'b> = (InputDescription<'a>, Option<&'b str>);

/// Returns the input that an entry is about in each of the matrices that have it, or only once if it has the same values in both.
fn targets<'a, 'b>(
    kinds: &'a [RowKind],
    written: &'b str,
) -> Result<Vec<Target<'a, 'b>>, (String, String)> {
    let (mut found, mut fault) = (Vec::<Target<'_, '_>>::new(), None);
    for kind in kinds {
        match target(kind, written) {
            Ok((input, _)) if found.iter().any(|(other, _)| other.kind == input.kind) => {}
            Ok(target) => found.push(target),
            Err(why) => fault = fault.or(Some(why)),
        }
    }
    match fault {
        Some(fault) if found.is_empty() => Err(fault),
        _ => Ok(found),
    }
}

/// Returns the input, and the member of it, that an entry is about.
fn target<'a, 'b>(
    kind: &'a RowKind,
    written: &'b str,
) -> Result<(InputDescription<'a>, Option<&'b str>), (String, String)> {
    let (name, member) = written
        .split_once('.')
        .map_or((written, None), |(name, member)| (name, Some(member)));
    let mut derived = kind.matrix().derived_inputs();
    if !kind.is_event() && derived.any(|derived| derived == name) {
        return Err((
            format!("`{name}` is derived, and cannot be read from a column"),
            "name the inputs that it is worked out from instead".to_owned(),
        ));
    }
    let described = kind.described();
    let names: Vec<&str> = described.iter().map(|input| input.name).collect();
    let Some(input) = described.iter().find(|input| input.name == name).cloned() else {
        let shown = shortened(name);
        let message = match kind {
            RowKind::Person(..) | RowKind::Id(_) => format!("the matrix has no input `{shown}`"),
            RowKind::Event(_, list) => format!("an event of `{list}` has no field `{shown}`"),
        };
        return Err((message, suggest(name, names)));
    };
    let Some(member) = member else {
        return Ok((input, None));
    };
    match &input.kind {
        InputKind::Set(values) if values.iter().any(|value| value == member) => {
            Ok((input, Some(member)))
        }
        InputKind::Set(values) => Err((
            format!("`{name}` has no member `{}`", shortened(member)),
            suggest(member, values.iter().map(String::as_str)),
        )),
        _ => Err((
            format!("`{name}` is not a set, and has no members"),
            format!("write `{name}: …`"),
        )),
    }
}

/// Returns the texts of a list.
fn texts(node: Option<&Node>) -> Vec<String> {
    let items = node.map(Node::items).unwrap_or_default();
    let texts = items.iter().filter_map(Node::text);
    texts.map(str::to_owned).collect()
}

/// Reads what is said of cells, but for their values.
fn options(node: &Node, whole: &Options, faults: &mut Diagnostics) -> Options {
    let text = |node: Option<&Node>| node.and_then(Node::text).map(str::to_owned);
    let ignores_case = |node: &Node| text(node.get("case")).map(|case| case == "ignore");
    let is_true = |node: Option<&Node>| text(node).map(|truth| truth == "true");
    let dates = text(node.get("dates"));
    if let (Some(format), Some(place)) = (&dates, node.get("dates").map(|node| node.place))
        && !is_date_format(format)
    {
        let message = format!("`{}` is not a form of whole dates", shortened(format));
        faults.push(Diagnostic::new(Code::NotADate, place, message).help(
            "write the day as %d, the month as %m (or %b, %B) and the year as %Y (or %y), such as \"%d/%m/%Y\"",
        ));
    }
    if let Some(numbers) = node.get("numbers") {
        check_marks(numbers, faults);
    }
    if let Some(truths) = node.get("truths") {
        let own = ignores_case(truths).or_else(|| ignores_case(node));
        let folds = own.or(whole.ignores_case) == Some(true);
        check_truths(truths, folds, faults);
    }
    Options {
        missing: node.get("missing").map(|missing| texts(Some(missing))),
        dates,
        numbers: node.get("numbers").map(|numbers| Numbers {
            decimal: text(numbers.get("decimal")).unwrap_or_else(|| ".".to_owned()),
            thousands: text(numbers.get("thousands")),
            percent: is_true(numbers.get("percent")) == Some(true),
        }),
        truths: node.get("truths").map(|truths| Truths {
            yes: texts(truths.get("true")),
            no: texts(truths.get("false")),
            ignores_case: ignores_case(truths),
        }),
        ignores_case: ignores_case(node),
        blank: is_true(node.get("blank")),
        separator: text(node.get("separator")).filter(|separator| !separator.is_empty()),
        ..Options::default()
    }
}

/// Tells which marks of numbers cannot be told from one another, or from the number.
fn check_marks(numbers: &Node, faults: &mut Diagnostics) {
    let [decimal, thousands] = ["decimal", "thousands"].map(|key| numbers.get(key));
    for mark in [decimal, thousands].into_iter().flatten() {
        let Some(text) = mark.text() else { continue };
        let is_of_a_number = |sign: char| sign.is_ascii_digit() || "+-%".contains(sign);
        if text.contains(is_of_a_number) {
            let message = format!("`{}` cannot stand between digits", shortened(text));
            faults.push(
                Diagnostic::new(Code::UnknownWord, mark.place, message)
                    .help("write the mark that the file has there, such as \",\" or \".\""),
            );
        }
    }
    let point = decimal.and_then(Node::text).unwrap_or(".");
    if let Some(place) = thousands.filter(|mark| mark.text() == Some(point)) {
        let message = format!(
            "`{}` stands both before the decimal places and between groups of digits",
            shortened(point)
        );
        faults.push(Diagnostic::new(Code::DuplicateName, place.place, message).help(
            "write two different marks, such as `numbers: { decimal: \",\", thousands: \".\" }`",
        ));
    }
}

/// Tells which words are said to mean both true and false.
fn check_truths(truths: &Node, ignores_case: bool, faults: &mut Diagnostics) {
    let key = |word: &Node| Some(folded(word.text()?, ignores_case));
    let items = |of: &str| truths.get(of).map(Node::items).unwrap_or_default();
    let yes: HashSet<String> = items("true").iter().filter_map(key).collect();
    for word in items("false") {
        if key(word).is_some_and(|word| yes.contains(&word)) {
            let shown = shortened(word.text().unwrap_or_default());
            faults.push(
                Diagnostic::new(
                    Code::DuplicateName,
                    word.place,
                    format!("`{shown}` is said to mean both true and false"),
                )
                .help("leave it in one of the two lists"),
            );
        }
    }
}

/// Returns a cell as it is compared.
fn folded(cell: &str, ignores_case: bool) -> String {
    if ignores_case {
        cell.to_lowercase()
    } else {
        cell.to_owned()
    }
}

/// Reads what is said of the cells of one input, or of one member of it.
fn column_options(
    node: &Node,
    input: &InputDescription<'_>,
    member: Option<&str>,
    whole: &Options,
    faults: &mut Diagnostics,
) -> Options {
    let mut options = options(node, whole, faults);
    let folds = options.ignores_case.or(whole.ignores_case) == Some(true);
    let mut known = HashMap::new();
    for (from, to) in node.get("values").map(Node::entries).unwrap_or_default() {
        let meaning = meaning(to, input, member, faults);
        let earlier = known.insert(folded(&from.text, folds), meaning.clone());
        if earlier.is_some_and(|earlier| earlier != meaning) {
            let message = format!(
                "`{}` is said to mean two things, as capital letters do not count",
                shortened(&from.text)
            );
            faults.push(
                Diagnostic::new(Code::DuplicateName, from.place, message)
                    .help("leave one of them, or write `case: exact` for this column"),
            );
        }
        options.values.insert(from.text.clone(), meaning);
    }
    let is_truth = member.is_some() || matches!(input.kind, InputKind::Boolean);
    if let (Some(blank), false) = (node.get("blank"), is_truth) {
        let message = format!(
            "`{}` is not true or false, so an empty cell of it is missing",
            input.name
        );
        faults.push(Diagnostic::new(Code::WrongKind, blank.place, message).help(
            "leave `blank` out; `values` can say what an empty cell means: `values: { \"\": … }`",
        ));
    }
    let is_set = member.is_none() && matches!(input.kind, InputKind::Set(_));
    if let (Some(separator), false) = (node.get("separator"), is_set) {
        let message = format!(
            "`{}` is not a set in one column, so nothing stands between members",
            input.name
        );
        faults.push(
            Diagnostic::new(Code::WrongKind, separator.place, message)
                .help("leave `separator` out"),
        );
    }
    options
}

/// Returns what a cell is said to mean: a value of the input, or a missing value.
fn meaning(
    node: &Node,
    input: &InputDescription<'_>,
    member: Option<&str>,
    faults: &mut Diagnostics,
) -> Option<String> {
    let Kind::Scalar { text, plain } = &node.kind else {
        return None;
    };
    if *plain && ["null", "~", ""].contains(&text.as_str()) {
        return None;
    }
    let (name, place, shown) = (input.name, node.place, shortened(text));
    let not_a_boolean = |name: &str| {
        Diagnostic::new(
            Code::NotABoolean,
            place,
            format!("`{name}` must be true or false, not `{shown}`"),
        )
        .help(boolean_help(text))
    };
    let is_boolean = ["true", "false"].contains(&text.as_str());
    let fault = match (&input.kind, member) {
        (InputKind::Boolean, _) => (!is_boolean).then(|| not_a_boolean(name)),
        (InputKind::Set(_), Some(member)) => {
            (!is_boolean).then(|| not_a_boolean(&format!("{name}.{member}")))
        }
        (InputKind::Level(values) | InputKind::Category(values) | InputKind::Set(values), _) => {
            (!values.contains(text)).then(|| {
                let help = suggest(text, values.iter().map(String::as_str));
                Diagnostic::new(
                    Code::UndeclaredValue,
                    place,
                    format!("`{name}` has no value `{shown}`"),
                )
                .help(help)
            })
        }
        (InputKind::Number { .. }, _) => number::parse(text).is_none().then(|| {
            not_a_number(
                text,
                place,
                format!("`{name}` is a number, and `{shown}` is not"),
            )
        }),
        (InputKind::Date { .. }, _) => {
            (text.parse::<threshold_matrix::Date>().is_err()).then(|| {
                Diagnostic::new(
                    Code::NotADate,
                    place,
                    format!("`{name}` is a date, and `{shown}` is not"),
                )
                .help(date_help(text))
            })
        }
        // What the matrix takes of any other input, it says of each profile.
        _ => None,
    };
    fault.into_iter().for_each(|fault| faults.push(fault));
    Some(text.clone())
}

#[cfg(feature = "parquet")]
impl Columns {
    /// Returns the names that the columns of record batches have.
    ///
    /// # Errors
    /// Returns every column whose cells are translated, since the columns of a batch must hold the values of their inputs.
    pub fn names(&self) -> Result<Names, BulkError> {
        let translated = self
            .inputs
            .values()
            .filter(|column| column.options != Options::default());
        let message = "the columns file translates its cells, which works for CSV files only; give the column the values of its input";
        let problems: Vec<_> = translated
            .map(|column| ColumnProblem::new(column.name.clone(), message.to_owned()))
            .collect();
        if !problems.is_empty() {
            return Err(BulkError(problems));
        }
        if self.has_cells() {
            let message = "and others have cells that the columns file translates, or rows that it leaves out, which works for CSV files only";
            let column = self.id.as_deref().unwrap_or("id");
            return Err(BulkError(vec![ColumnProblem::new(column, message)]));
        }
        let names = match &self.id {
            Some(id) => Names::new().with_id(id),
            None => Names::new(),
        };
        let inputs = self.inputs.iter();
        Ok(inputs.fold(names, |names, (input, column)| {
            names.with(input, &column.name)
        }))
    }
}
