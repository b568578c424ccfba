//! Says from which column an input is read, and what its cells mean.

use std::collections::BTreeMap;

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
use threshold_matrix::workspace::text_of;
use threshold_matrix::workspace::tree::{self, Kind, Node};
use threshold_matrix::workspace::{shortened, suggest};
use threshold_matrix::{Code, Diagnostic, Diagnostics};
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
    pub(crate) id: Option<String>,
    pub(crate) as_at: Option<String>,
    pub(crate) outcome: Option<String>,
    /// The columns that no matrix reads, and that are kept as they are written.
    pub(crate) kept: Vec<String>,
    /// The columns, by `input` or `input.member`.
    pub(crate) inputs: BTreeMap<String, Column>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// What each cell means, where `None` is a missing value. If this is given, every cell must be listed.
    pub(crate) values: Option<BTreeMap<String, Option<String>>>,
}

const fn key(name: &'static str, need: Need, form: &'static Form, about: &'static str) -> Key {
    Key {
        name,
        form,
        need,
        about,
    }
}

static COLUMNS: Form = Form::Map(&Shape {
    name: "a columns file",
    keys: &[
        key(
            "id",
            Optional,
            &Form::Text,
            "The column of each person's id",
        ),
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
        key(
            "columns",
            Optional,
            &Form::Named {
                key: &Form::Anything,
                of: &COLUMN,
                most: 20_000,
            },
            "The column of each input",
        ),
    ],
    one_of: &[],
    open: None,
});

static COLUMN: Form = Form::Either(&[
    &Form::Text,
    &Form::Map(&Shape {
        name: "a column",
        keys: &[
            key("column", Required, &Form::Text, "The name of the column"),
            key(
                "values",
                Optional,
                &Form::Named {
                    key: &Form::Anything,
                    of: &Form::Anything,
                    most: 10_000,
                },
                "The input's value for each cell",
            ),
        ],
        one_of: &[],
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
        Self::read(file, bytes, &[matrix])
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
        Self::read(file, bytes, &[old, new])
    }

    fn read(file: &str, bytes: &[u8], matrices: &[&Matrix]) -> Result<Self, Diagnostics> {
        let text = text_of(bytes, file)?;
        let mut faults = Diagnostics::new(file, text);
        let mut columns = Self::new();
        if let Some(mut root) = tree::read(text, &mut faults) {
            shape::check(&mut root, &COLUMNS, "a columns file", &mut faults);
            let name = |key: &str| root.get(key).and_then(Node::text).map(str::to_owned);
            (columns.id, columns.as_at, columns.outcome) =
                (name("id"), name("as_at"), name("outcome"));
            for (key, node) in root.get("columns").map(Node::entries).unwrap_or_default() {
                match targets(matrices, &key.text) {
                    Ok(targets) => {
                        let read = targets.into_iter().filter_map(|(input, member)| {
                            column(node, &input, member, &mut faults)
                        });
                        columns
                            .inputs
                            .extend(read.map(|column| (key.text.clone(), column)));
                    }
                    Err((message, help)) => faults
                        .push(Diagnostic::new(Code::UndeclaredName, key.place, message).help(help)),
                }
            }
        }
        if faults.is_empty() {
            Ok(columns)
        } else {
            Err(faults.in_order_of_place())
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
    matrices: &[&'a Matrix],
    written: &'b str,
) -> Result<Vec<Target<'a, 'b>>, (String, String)> {
    let (mut found, mut fault) = (Vec::<Target<'_, '_>>::new(), None);
    for matrix in matrices {
        match target(matrix, written) {
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
    matrix: &'a Matrix,
    written: &'b str,
) -> Result<(InputDescription<'a>, Option<&'b str>), (String, String)> {
    let (name, member) = written
        .split_once('.')
        .map_or((written, None), |(name, member)| (name, Some(member)));
    if matrix.derived_inputs().any(|derived| derived == name) {
        return Err((
            format!("`{name}` is derived, and cannot be read from a column"),
            "name the inputs that it is worked out from instead".to_owned(),
        ));
    }
    let Some(input) = matrix.described_inputs().find(|input| input.name == name) else {
        let names: Vec<_> = matrix.inputs().collect();
        return Err((
            format!("the matrix has no input `{}`", shortened(name)),
            suggest(name, names),
        ));
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

fn column(
    node: &Node,
    input: &InputDescription<'_>,
    member: Option<&str>,
    faults: &mut Diagnostics,
) -> Option<Column> {
    if let Some(name) = node.text() {
        return Some(Column {
            name: name.to_owned(),
            values: None,
        });
    }
    let name = node.get("column")?.text()?.to_owned();
    let values = node.get("values").map(|values| {
        let entries = values
            .entries()
            .iter()
            .map(|(from, to)| (from.text.clone(), meaning(to, input, member, faults)));
        entries.collect()
    });
    Some(Column { name, values })
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
        (InputKind::Date, _) => (text.parse::<threshold_matrix::Date>().is_err()).then(|| {
            Diagnostic::new(
                Code::NotADate,
                place,
                format!("`{name}` is a date, and `{shown}` is not"),
            )
            .help(date_help(text))
        }),
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
            .filter(|column| column.values.is_some());
        let message = "the columns file translates its cells, which works for CSV files only; give the column the values of its input";
        let problems: Vec<_> = translated
            .map(|column| ColumnProblem::new(column.name.clone(), message.to_owned()))
            .collect();
        if !problems.is_empty() {
            return Err(BulkError(problems));
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
