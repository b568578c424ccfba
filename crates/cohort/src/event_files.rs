//! Reads events from files of their own, as people are read.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use crate::cohort_file::CohortFile;
use crate::error::{FileProblem, name_of};
use crate::events::{EventTable, List};
use crate::row_kind::RowKind;
use crate::{CohortError, Columns, FileList};
use threshold_matrix::Matrix;
use threshold_matrix::workspace::{shortened, suggest};

/// The most rows without an id that are named.
const MOST_ROWS: u64 = 5;

impl EventTable {
    /// Reads the files of some lists of events. What `columns` says under `events` of a list holds for its files.
    ///
    /// # Errors
    /// Returns everything that is wrong with the files at once: a list that the matrix does not have, a file that cannot be read, columns that do not fit,
    /// and rows without an id, since nobody knows whose events they are.
    pub fn read(
        files: &[(String, FileList)],
        columns: &Columns,
        matrix: &Matrix,
    ) -> Result<Self, CohortError> {
        let (mut lists, mut problems, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for (name, files) in files {
            let own = columns.events.get(name).cloned().unwrap_or_default();
            let row = RowKind::Event(matrix.clone(), name.clone());
            let called = own.columns.inputs.iter();
            let called = called.map(|(field, column)| (field.clone(), column.name.clone()));
            let called: HashMap<_, _> = called.filter(|(field, column)| field != column).collect();
            let fields = row.described();
            let fields = fields.iter().map(|field| field.name);
            let mut list = List::new(name, fields, called, own.is_complete);
            warnings.extend(files.warnings().iter().cloned());
            for path in files.paths() {
                let read = add(&mut list, name, path, &own.columns, &row, &mut warnings);
                problems.extend(read.err().map(|error| FileProblem::of(path, error)));
            }
            lists.push(list);
        }
        match problems.is_empty() {
            true => Ok(Self { lists, warnings }),
            false => Err(CohortError::Files { problems }),
        }
    }
}

/// Adds the events of a file to a list, and to the warnings what should be known of the file.
fn add(
    list: &mut List,
    named: &str,
    path: &Path,
    columns: &Columns,
    row: &RowKind,
    warnings: &mut Vec<String>,
) -> Result<(), CohortError> {
    let lists = row.matrix().described_events().map(|list| list.name);
    let lists: Vec<&str> = lists.collect();
    if !lists.contains(&named) {
        let help = match lists.is_empty() {
            true => "nothing of it is counted of events".to_owned(),
            false => suggest(named, lists),
        };
        let named = shortened(named);
        let message = format!("the matrix has no list of events `{named}`; {help}");
        return Err(CohortError::NoSuchFile { message });
    }
    let file = CohortFile::open(path, columns, row)?;
    let name = name_of(path);
    let own = file.warnings().iter();
    warnings.extend(own.map(|warning| format!("{name}: {warning}")));
    let notes = [
        (
            "columns that no field of an event is read from",
            file.unused(),
        ),
        (
            "fields of an event without a column",
            file.inputs_without_column(),
        ),
    ];
    for (what, names) in notes.iter().filter(|(_, names)| !names.is_empty()) {
        warnings.push(format!("{name}: {what}: {}", names.join(", ")));
    }
    list.begin_file(name, file.has_rows());
    let (mut without_id, mut nobodys) = (Vec::new(), 0_u64);
    let _ = file.visit(|event| {
        if event.id.is_empty() {
            nobodys += 1;
            without_id.extend((nobodys <= MOST_ROWS).then_some(event.line));
        } else {
            list.add(event.line, event.id, event.profile);
        }
        Ok::<_, CohortError>(ControlFlow::Continue(()))
    })?;
    match without_id.first() {
        None => Ok(()),
        Some(line) => Err(CohortError::Broken {
            line: *line,
            message: nobodys_events(nobodys, &without_id),
        }),
    }
}

/// Returns what is wrong with rows without an id.
fn nobodys_events(rows: u64, first: &[u64]) -> String {
    let others = match rows {
        1 => String::new(),
        _ => {
            let lines: Vec<String> = first.iter().map(u64::to_string).collect();
            let more = if rows > first.len() as u64 {
                ", …"
            } else {
                ""
            };
            format!(" ({rows} rows have none: {}{more})", lines.join(", "))
        }
    };
    format!(
        "the row has no id{others}, so nobody knows whose event it is; give it one, or leave such rows out by `skip: {{ where: {{ … }} }}` under `events` in the \
         columns file"
    )
}
