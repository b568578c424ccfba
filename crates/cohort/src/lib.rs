//! Scores many people at once: reads cohort files, and writes outcomes and a table of who is in which tier.
//!
//! A [`CohortReader`] reads people from CSV or JSON lines, one at a time, so that a file may be larger than memory, or from a workbook. Each person is
//! [scored](Person::score), and the result goes to an [`OutcomeWriter`] and to a [`Tally`]. A row that cannot be read, or whose values the matrix
//! refuses, is refused with its line and its reasons. The other rows are scored all the same.
//!
//! ```
//! use threshold_matrix::Matrix;
//! use threshold_matrix_cohort::{CohortReader, Columns, FileKind, OutcomeWriter, Tally};
//!
//! let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
//! let file = "id,arrests,rosh\nann,12,low\nbob,4,\ncat,1,low\ndan,lots,low\n";
//! let as_at = "2026-11-21".parse()?;
//!
//! let mut written = Vec::new();
//! let mut writer = OutcomeWriter::new(&mut written, FileKind::Csv, &matrix)?;
//! let mut tally = Tally::new(&matrix);
//! for person in CohortReader::new(file.as_bytes(), FileKind::Csv, &Columns::new(), &matrix)? {
//!     let scored = person?.score(&matrix, as_at);
//!     writer.write(&scored)?;
//!     tally.add(&scored);
//! }
//! writer.finish()?;
//!
//! assert_eq!(tally.people(), 4);
//! assert_eq!(tally.provisional(), 1);                                      // bob: nobody recorded how serious the harm is
//! let table = tally.to_string();
//! assert!(table.contains("high or medium, not settled"));
//! assert!(table.contains("`arrests` is `lots`, not a whole number"));
//! assert!(String::from_utf8(written)?.contains("cat,2026-11-21,doc-example,1.0.0,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From file to file
//!
//! [`CohortFiles`] are one file of people or several, each of any kind, and an [`OutcomeFile`] is one of outcomes. Between them, people are scored part by
//! part, plain rows by the loops over columns and all others one by one, with the same results.
//!
//! ```
//! use threshold_matrix::Matrix;
//! use threshold_matrix::bulk::Outputs;
//! use threshold_matrix_cohort::{Beside, CohortFiles, Columns, FileList, OutcomeFile, Tally};
//!
//! let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
//! let as_at = "2026-11-21".parse()?;
//! let folder = std::env::temp_dir().join(format!("threshold-matrix-road-{}", std::process::id()));
//! std::fs::create_dir_all(&folder)?;
//! let (from, to) = (folder.join("people.csv"), folder.join("tonight.csv"));
//! std::fs::write(&from, "id,arrests,rosh\nann,12,low\nbob,200,\n")?;
//!
//! let outputs = Outputs::tiers().with_dimensions().with_flags();
//! let people = CohortFiles::open(&FileList::of([&from])?, &Columns::new(), &matrix)?;
//! let mut out = OutcomeFile::create(&to, &to, Some(&people), &matrix, as_at, outputs, Beside::default())?;
//! let mut tally = Tally::new(&matrix);
//! people.score(&matrix, as_at, outputs, 1, &mut tally, Some(&mut out), |_, _, _| Ok(()))?;
//! out.finish(&tally.report(as_at), &FileList::default())?;
//!
//! assert_eq!((tally.people(), tally.refused()), (2, 1));
//! assert!(std::fs::read_to_string(&to)?.contains("`arrests` is 200, outside 0 to 60"));
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`FileList`] may hold several files, of one kind or of several, and a folder stands for the files in it. They are scored as one file would be that
//! has their people one after another. Wherever a line or a row is named then, its [`Origin`] names the file too, and [`Tally::files`] has the number of
//! people of each.
//!
//! # CSV
//!
//! UTF-8, with or without a byte order mark. The first line names the columns, and tells what stands between cells: a comma if it has one, else a
//! semicolon, a tab or a bar; a line `sep=;` before it says so, too. [`Columns`] says which column an input is read from, and what its cells mean. An
//! input that it does not name is read from the column of the input's own name, as this table has it. Spaces around a cell do not count, and a row in
//! which nothing is written is not a person.
//!
//! | input | cell |
//! |---|---|
//! | any | empty: missing, and the matrix says what that means |
//! | integer, decimal | plain digits, `12` or `6.90` |
//! | level, category | one of its values |
//! | boolean | `true`, `false` (in any case), `1` or `0`; any other pair of words only by `truths` in the columns file |
//! | date | `2026-11-21` |
//! | set | its members joined by a bar, `gang\|weapons`, or as JSON lists them; a bar alone is the set without members |
//!
//! A column whose name is nearly that of an input without a column is an error that asks about it, and so is a file in which no column is an input's.
//!
//! [`CohortReader::score`] scores a file part by part: rows that are written in the usual way by the loops over columns, and all others one by one, with
//! the same results.
//!
//! A set may instead have one boolean column for each member, named `input.member`. Then every member needs a column, and in each row all of these
//! cells are filled, or all of them are empty (the set is missing). A gap is never read as "no".
//!
//! # Events
//!
//! A list of dated events stands in a column of its name: a list of structs in Arrow data, or JSON as a text, `[{"date": "2026-01-06"}]`; or in files of
//! its own with a row for each event, which an [`EventTable`] reads and [`CohortFiles::with_events`] joins by the ids of the people.
//!
//! # Workbooks
//!
//! With the feature `xlsx`, the people of one sheet of a workbook (`.xlsx`, `.xlsm`) are read by the same [`Columns`], with the same results as the same
//! cohort in CSV. A cell is what it holds and not what it shows: 6.999 that is shown as 7.00 is below 7. The first row that names both the column of the
//! ids and that of an input is the one that names the columns; a title may stand above it. The line of a person is the row of the sheet.
//!
//! | cell | how it is read |
//! |---|---|
//! | text | as in CSV, by all that a columns file says of texts |
//! | number | the shortest decimal that gives the number again, whatever `numbers` says; not in a column of dates |
//! | number that its format shows as a percentage | 21 for 21%, if the columns file has `numbers: { percent: true }` |
//! | number that its format shows in thousands, under a condition, or as a word | refused |
//! | number in the column of the ids | whole, below 2^53, with the noughts of a format of noughts alone (`00000000`) |
//! | date | whatever `dates` says; refused with a time of day, as a length of time, and before March 1900 |
//! | truth | whatever `truths` says; only in a column of true and false |
//! | error, such as `#N/A` | refused, unless `missing` or `values` lists it |
//! | formula | the value that was saved; refused without one, and where the workbook asks to be worked out anew, since it may only hold a place |
//!
//! What `values` and `missing` list is searched for every cell, by its text as it stands here. What cannot be taken is refused with the name of its cell,
//! such as `people!B7`, if its column is read. In a column that is only carried through, a cell that a person may see otherwise is empty, and a warning
//! tells of it.
//!
//! Rows with nothing but blank texts are not people, hidden rows are, and where the columns are those of a table, its totals are not.
//! [`CohortReader::warnings`] tells of formulas in columns that are read, and of rows below a table. A workbook in which several sheets can be seen must
//! have its sheet named, by `sheet` in the columns file or by [`Columns::with_sheet`]; a hidden sheet is read only if it is named.
//!
//! An [`OutcomeFile`] writes a workbook as well: a sheet `Results` with the cells of CSV, and sheets of who moved, who was refused and what the run was of.
//!
//! # JSON lines
//!
//! A line is one object, in one of two forms. The first line of a file that is an object says which, and a line of the other form is refused.
//!
//! - With a `profile`: `{"id": "ann", "as_at": "2026-11-21", "profile": {"arrests": 12, "rosh": "low"}}`. `as_at` may be left out. The values are those
//!   of [`Profile::from_json`](threshold_matrix::Profile::from_json): numbers are read by their digits, sets are lists, and a key that is not an input's is
//!   refused.
//! - Without one, as data frames are written: `{"id": 0, "arrests": 12, "rosh": null, "flags.gang": false, "flags.weapons": true}`. The keys are columns,
//!   and all that is said above of columns and of [`Columns`] holds for them. A text is a cell, a number is the cell of its digits, a list is a set, and
//!   `null` is an empty cell, as a key is that a line leaves out. `numbers` and `truths` of a columns file are about texts alone: a number is its own
//!   value however numbers are written elsewhere, and so are `true` and `false`.
//!
//! ```
//! use threshold_matrix::Matrix;
//! use threshold_matrix_cohort::{CohortReader, Columns, FileKind};
//!
//! let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
//! let with_a_profile = r#"{"id": "ann", "profile": {"arrests": 12, "rosh": "low"}}"#;
//! let of_a_frame = r#"{"id": "ann", "arrests": 12, "rosh": "low"}"#;
//! for line in [with_a_profile, of_a_frame] {
//!     let mut people = CohortReader::new(line.as_bytes(), FileKind::JsonLines, &Columns::new(), &matrix)?;
//!     let ann = people.next().ok_or("no line")??.score(&matrix, "2026-11-21".parse()?);
//!     assert_eq!(ann.result?.tier(), Some("high"));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The keys of the second form are those that the first lines have, for about 256 KiB. A later line with a further key is read by its own keys, as if it
//! were a file by itself. So an input that first appears there is read, and the line is refused if the key is nearly that of an input without one.
//!
//! A line has at most 1,000 keys, each once.

#[cfg(feature = "parquet")]
mod arrays;
mod batch;
mod binding;
mod cells;
mod chunk;
mod cohort_file;
mod cohort_files;
mod columns;
mod columns_schema;
mod counts;
mod csv;
mod due_only;
mod earlier_row;
mod error;
mod event_files;
mod events;
mod file_list;
#[cfg(feature = "parquet")]
pub mod files;
mod ids;
mod json;
mod lists;
mod movement;
mod native;
mod origin;
mod outcome_file;
#[cfg(feature = "xlsx")]
mod outcome_workbook;
mod part;
mod people;
mod places;
mod previous;
mod rate;
mod reader;
mod reading;
mod repeated;
mod report;
mod row_kind;
mod scoring;
mod table;
mod tally;
mod times;
pub mod trial;
#[cfg(feature = "xlsx")]
mod workbook;
mod write;

#[doc(hidden)]
pub use binding::{is_alike, is_nearly};
#[cfg(feature = "parquet")]
pub(crate) use cells::{observed, times, trimmed};
pub use cohort_files::CohortFiles;
pub use columns::Columns;
pub(crate) use counts::Tallied;
pub use counts::{Reason, Share};
pub use csv::column_names;
pub use due_only::{DueOnly, DueShare};
pub use error::{CohortError, FileProblem};
pub use events::{EventShare, EventTable, NamedPeople};
pub use file_list::FileList;
#[cfg(feature = "parquet")]
pub use files::{BatchScorer, ScoredBatch, ScoredBatches};
pub use lists::{MovedFile, RefusedFile};
pub use movement::{Move, Moved, Movement};
pub use origin::Origin;
pub use outcome_file::OutcomeFile;
pub use part::ScoredPart;
pub use people::{NextResult, Person, Scored};
pub use previous::{Earlier, Previous};
pub use rate::{Interval, Rate};
pub use reader::{CohortReader, FileKind};
pub use repeated::Repeated;
pub use report::RunReport;
pub use scoring::Scoring;
pub(crate) use table::{grouped, noun, percent};
pub use tally::{FileShare, Tally};
pub use times::{Change, Estimate, Frequency, FrequencyShare, Times};
#[cfg(feature = "xlsx")]
pub use workbook::sheet_column_names;
pub use write::{Beside, OutcomeWriter};
