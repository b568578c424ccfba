//! Several files, and the files of a folder, are one cohort.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int64Array, RecordBatch, StringArray, UInt8Array};
use proptest::prelude::prop_assert_eq;
use test_kit::library::{date, load, read};
use threshold_matrix::bulk::{Outputs, arrow};
use threshold_matrix::{Date, Matrix, Profile};
use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};
use threshold_matrix_cohort::{
    Beside, CohortError, CohortFiles, Columns, FileList, MovedFile, OutcomeFile, Previous,
    RefusedFile, Tally,
};

use crate::parts::{cohorts, file, without_lines};

const MATRIX: &str = "format: 1\nid: several\nversion: 1.0.0\ntitle: Several\nstatus: local\ninputs:\n  arrests: { type: integer, range: [0, 60] }\n  \
rosh: { type: level, values: [low, high], missing: absent }\n\
criteria:\n  arrests: { input: arrests, each: 1, points: 1 }\n  rosh: { input: rosh, values: { low: 0, high: 9 }, absent: 0 }\n\
dimensions:\n  frequency: { score: [arrests, rosh] }\n\
tiers: [high, low]\ndecision:\n  rules:\n    - { tier: high, when: { frequency: { from: 10 } } }\n    - { tier: low }\n";

fn matrix() -> Matrix {
    Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"))
}

fn as_at() -> Date {
    "2026-12-05".parse().unwrap()
}

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("several")
        .join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn columns_of(path: &Path, named: Vec<(&str, ArrayRef)>) {
    let named = named.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(named).unwrap();
    let kind = ColumnFileKind::of(path).unwrap();
    let mut writer = ColumnWriter::create(path, kind, batch.schema_ref()).unwrap();
    let half = batch.num_rows() / 2;
    for part in [
        batch.slice(0, half),
        batch.slice(half, batch.num_rows() - half),
    ] {
        writer.write(&part).unwrap();
    }
    writer.finish().unwrap();
}

/// What comes of a cohort: what is written, the tally, the list of those who were refused, and of those who moved.
struct Came {
    written: String,
    tally: Tally,
    refused: String,
    moved: String,
}

struct Run<'a> {
    matrix: &'a Matrix,
    columns: &'a Columns,
    as_at: Date,
    threads: usize,
    last: Option<&'a FileList>,
    folder: &'a Path,
}

impl Run<'_> {
    /// Scores some files, and returns what stands in the file of outcomes if it is a text.
    fn of(&self, list: &FileList, to: &str) -> Came {
        let Self { matrix, as_at, .. } = *self;
        let outputs = Outputs::tiers().with_dimensions().with_flags();
        let cohort = CohortFiles::open(list, self.columns, matrix).unwrap();
        let beside = Beside::new(self.columns.kept().iter().cloned(), self.last.is_some());
        let to = self.folder.join(to);
        let (refused, moved) = (
            self.folder.join("refused.txt"),
            self.folder.join("moved.txt"),
        );
        let mut out =
            OutcomeFile::create(&to, &to, Some(&cohort), matrix, as_at, outputs, beside).unwrap();
        let mut refused_file = RefusedFile::create(&refused, Some(&cohort)).unwrap();
        let mut moved_file = MovedFile::create(&moved).unwrap();
        let mut tally = match self.last {
            Some(last) => Tally::since(matrix, Previous::open(last).unwrap()),
            None => Tally::new(matrix),
        };
        let length = cohort.length();
        let mut before = 0;
        let each = |part: &_, movers: Vec<_>, done| {
            assert!(before <= done && length.is_none_or(|length| done <= length));
            before = done;
            refused_file.write(part)?;
            moved_file.write(&movers)
        };
        let out_file = Some(&mut out);
        cohort
            .score(
                matrix,
                as_at,
                outputs,
                self.threads,
                &mut tally,
                out_file,
                each,
            )
            .unwrap();
        let last = self.last.cloned().unwrap_or_default();
        out.finish(&tally.report(as_at), &last).unwrap();
        refused_file.finish().unwrap();
        if self.last.is_some() {
            moved_file.finish(&tally, &last).unwrap();
        }
        let text = |path: &Path| String::from_utf8(std::fs::read(path).unwrap());
        Came {
            written: text(&to).unwrap_or_default(),
            refused: text(&refused).unwrap(),
            moved: text(&moved).unwrap(),
            tally,
        }
    }
}

/// What is counted, without where the first of some people is.
fn counted(tally: &Tally) -> String {
    let reasons = tally.reasons().into_iter().map(|reason| {
        let (kind, message) = (reason.kind, without_lines(&reason.message));
        (
            kind,
            reason.inputs,
            reason.people,
            message,
            reason.column,
            reason.cells,
        )
    });
    let reasons: Vec<_> = reasons.collect();
    let ids = tally.repeated().map(|own| (own.people, own.ids.clone()));
    format!(
        "{:?}",
        (
            [
                tally.people(),
                tally.refused(),
                tally.provisional(),
                tally.observed()
            ],
            (tally.results(), tally.levels(), tally.not_recorded()),
            (reasons, ids, tally.movement()),
        )
    )
}

/// The list of those who were refused, without its files and lines.
fn without_places(refused: &str) -> Vec<Vec<String>> {
    let mut file = csv::Reader::from_reader(refused.as_bytes());
    let names = file.headers().unwrap().clone();
    let rows = file.records().map(|row| {
        let row = row.unwrap();
        let cells = names.iter().zip(&row);
        let cells = cells.filter(|(name, _)| !["file", "line"].contains(name));
        cells.map(|(_, cell)| without_lines(cell)).collect()
    });
    rows.collect()
}

/// Writes some rows of a CSV file as a file of another kind, with every cell as a text.
fn written_as(path: &Path, names: &csv::StringRecord, rows: &[csv::StringRecord]) {
    match path.extension().unwrap().to_str().unwrap() {
        "csv" => {
            let mut file = csv::Writer::from_path(path).unwrap();
            file.write_record(names).unwrap();
            rows.iter().for_each(|row| file.write_record(row).unwrap());
            file.flush().unwrap();
        }
        "jsonl" => {
            let lines = rows.iter().map(|row| {
                let cells = names.iter().zip(row);
                let cells = cells.map(|(name, cell)| (name.to_owned(), cell.into()));
                serde_json::Value::Object(cells.collect()).to_string() + "\n"
            });
            std::fs::write(path, lines.collect::<String>()).unwrap();
        }
        _ => {
            let arrays = names.iter().enumerate().map(|(at, name)| {
                let cells = rows.iter().map(|row| row.get(at));
                let array: ArrayRef = Arc::new(cells.collect::<StringArray>());
                (name, array)
            });
            columns_of(path, arrays.collect());
        }
    }
}

proptest::proptest! {
    #![proptest_config(test_kit::cases(40))]

    #[test]
    fn several_files_are_the_one_that_has_their_people_one_after_another((cohort, how) in cohorts()) {
        let matrix = load(&cohort.spec.to_yaml())?;
        let people: Vec<Profile> = cohort.profiles.iter().map(read).collect();
        let (as_at, columns) = (date(&cohort.spec), Columns::new().with_outcome("again"));
        let folder = folder("split");
        // Only ways of writing that CSV, JSON and columns have in common.
        let same: Vec<u8> = how.iter().map(|how| 20 + how % 180 / 5 * 5 + how % 4).collect();
        let text = file(&matrix, &people, &same);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let whole = folder.join("whole.csv");
        written_as(&whole, &names, &rows);

        // From one to four files, each of some kind. One without lines has no keys, so a file without people is of another kind.
        let mut cuts: Vec<usize> = (0..usize::from(how[0] % 4))
            .map(|cut| usize::from(how[cut + 1]) % (rows.len() + 1))
            .chain([0, rows.len()])
            .collect();
        cuts.sort_unstable();
        let parts: Vec<PathBuf> = cuts
            .windows(2)
            .zip(how.iter().skip(10))
            .enumerate()
            .map(|(number, (cut, how))| {
                let rows = &rows[cut[0]..cut[1]];
                let kinds = ["csv", "parquet", "arrow", "jsonl"];
                let kind = kinds[usize::from(*how) % if rows.is_empty() { 3 } else { 4 }];
                let path = folder.join(format!("part-{number}.{kind}"));
                written_as(&path, &names, rows);
                path
            })
            .collect();
        let run = Run { matrix: &matrix, columns: &columns, as_at, threads: 1, last: None, folder: &folder };
        let (whole, parts) = (FileList::of([&whole])?, FileList::of(&parts)?);
        let wanted = run.of(&whole, "whole-out.csv");
        let two = Run { threads: 2, ..run };
        let run = Run { matrix: &matrix, columns: &columns, as_at, threads: 1, last: None, folder: &folder };
        for run in [&run, &two] {
            let came = run.of(&parts, "out.csv");
            prop_assert_eq!(without_lines(&came.written), without_lines(&wanted.written), "{}", text);
            prop_assert_eq!(counted(&came.tally), counted(&wanted.tally), "{}", text);
            prop_assert_eq!(without_places(&came.refused), without_places(&wanted.refused));
        }
        let [one, other] = [&run, &two].map(|run| run.of(&parts, "out.csv"));
        prop_assert_eq!(one.tally.to_string(), other.tally.to_string());
        prop_assert_eq!(one.refused, other.refused);

        // Whoever is compared with the same run does not move, in however many files that run wrote.
        let mut earlier = csv::Reader::from_reader(wanted.written.as_bytes());
        let names = earlier.headers().unwrap().clone();
        let earlier: Vec<csv::StringRecord> = earlier.records().map(Result::unwrap).collect();
        let [first, second] = ["last-0.csv", "last-1.csv"].map(|name| folder.join(name));
        written_as(&first, &names, &earlier[..cuts[1]]);
        written_as(&second, &names, &earlier[cuts[1]..]);
        let last = FileList::of([first, second])?;
        let came = Run { last: Some(&last), ..two }.of(&parts, "again.csv");
        let movement = came.tally.movement().unwrap();
        prop_assert_eq!((movement.moves.len(), movement.new, movement.gone), (0, 0, 0));
        prop_assert_eq!(came.moved.lines().count(), 1);
    }
}

/// The files of three areas: a text, a file of columns of whose rows one is left out, and JSON lines.
fn areas(folder: &Path) -> Columns {
    write(
        folder,
        "a.csv",
        "id,arrests,rosh,area\n1,12,low,n\nTOTAL,12,,\n2,x,low,n\n",
    );
    columns_of(
        &folder.join("b.parquet"),
        vec![
            (
                "id",
                Arc::new(Int64Array::from(vec![0, 3, 4, 1])) as ArrayRef,
            ),
            ("arrests", Arc::new(UInt8Array::from(vec![0, 3, 61, 5]))),
            (
                "rosh",
                Arc::new(StringArray::from(vec!["low", "high", "low", "low"])),
            ),
            ("area", Arc::new(Int64Array::from(vec![1, 2, 3, 4]))),
        ],
    );
    let lines = "{\"id\":\"5\",\"arrests\":1,\"rosh\":null,\"area\":\"s\"}\n{\"id\":\"3\",\"arrests\":99,\"rosh\":null,\"area\":\"s\"}\n";
    write(folder, "c.jsonl", lines);
    let yaml = "skip: { where: { id: [TOTAL, \"0\"] } }\n";
    Columns::from_yaml("columns.yaml", yaml.as_bytes(), &matrix())
        .unwrap()
        .keeping("area")
}

#[test]
fn what_names_a_place_names_its_file() {
    let (matrix, folder, out) = (matrix(), folder("places"), folder("places-out"));
    let columns = areas(&folder);
    write(&folder, "_SUCCESS", "");
    write(&folder, ".a.csv.crc", "");
    let list = FileList::of([&folder]).unwrap();
    assert_eq!(list.warnings(), [""; 0]);
    let [a, b, c] = ["a.csv", "b.parquet", "c.jsonl"].map(|name| folder.join(name));
    assert_eq!(list.paths(), [a.clone(), b.clone(), c.clone()]);
    let names = [a, b, c].map(|path| path.display().to_string());
    let [a, b, c] = names.each_ref();
    let run = Run {
        matrix: &matrix,
        columns: &columns,
        as_at: as_at(),
        threads: 2,
        last: None,
        folder: &out,
    };
    let came = run.of(&list, "out.csv");
    let refused = format!(
        "id,file,line,column,cell,input,problem,message\n\
         2,{a},4,arrests,x,arrests,wrong type,\"`arrests` is `x`, not a whole number\"\n\
         4,{b},3,arrests,61,arrests,out of range,\"`arrests` is 61, outside 0 to 60\"\n\
         3,{c},2,arrests,99,arrests,out of range,\"`arrests` is 99, outside 0 to 60\"\n"
    );
    assert_eq!(came.refused, refused);
    let table = came.tally.to_string();
    for words in [
        format!("line 4 of {a}: `arrests` is `x`"),
        format!("row 3 of {b}: `arrests` is 61"),
        format!("(first in row 4 of {b}); each row was scored. Ids: 1, 3"),
        format!("{b}       3\n"),
    ] {
        assert!(table.contains(&words), "{words}: {table}");
    }
    let report = came.tally.report(as_at());
    let data = serde_json::to_value(&report).unwrap();
    let files = [(a, 2), (b, 3), (c, 2)];
    let files = files.map(|(file, people)| serde_json::json!({ "file": file, "people": people }));
    assert_eq!(data["files"], serde_json::json!(files));
    assert_eq!(data["repeated"]["file"], **b);
    assert_eq!(data["repeated"]["row"], 4);
    assert_eq!(data["refusals"][0]["file"], **b);
    assert!(report.to_html().contains("The files of the cohort"));

    let mut people = Vec::new();
    let cohort = CohortFiles::open(&list, &columns, &matrix).unwrap();
    let visited = cohort.visit(|person, origin| {
        people.push(format!("{} {origin}", person.id));
        let is_enough = person.id == "5";
        Ok::<_, CohortError>(match is_enough {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        })
    });
    visited.unwrap();
    let wanted = [
        format!("1 line 2 of {a}"),
        format!("2 line 4 of {a}"),
        format!("3 row 2 of {b}"),
        format!("4 row 3 of {b}"),
        format!("1 row 4 of {b}"),
        format!("5 line 1 of {c}"),
    ];
    assert_eq!(people, wanted);
}

#[test]
fn one_file_of_a_folder_is_not_named() {
    let (matrix, folder, out) = (matrix(), folder("one"), folder("one-out"));
    write(&folder, "a.csv", "id,arrests,rosh\n1,x,low\n");
    let run = Run {
        matrix: &matrix,
        columns: &Columns::new(),
        as_at: as_at(),
        threads: 1,
        last: None,
        folder: &out,
    };
    let came = run.of(&FileList::of([&folder]).unwrap(), "out.csv");
    assert!(came.refused.starts_with("id,line,"), "{}", came.refused);
    assert!(came.tally.to_string().contains("  line 2: `arrests`"));
    let data = serde_json::to_value(came.tally.report(as_at())).unwrap();
    assert!(data.get("files").is_none() && data["refusals"][0].get("file").is_none());
}

#[test]
fn ids_and_kept_columns_of_several_types_become_texts() {
    let (matrix, folder, out) = (matrix(), folder("types"), folder("types-out"));
    let columns = areas(&folder);
    let run = Run {
        matrix: &matrix,
        columns: &columns,
        as_at: as_at(),
        threads: 2,
        last: None,
        folder: &out,
    };
    let list = FileList::of([&folder]).unwrap();
    let wanted = "1 n, 2 n, 3 2, 4 3, 1 4, 5 s, 3 s";
    for name in ["out.parquet", "out.arrow"] {
        run.of(&list, name);
        let (kinds, cells) = ends(&out.join(name));
        assert_eq!((kinds, cells.as_str()), ("Utf8 Utf8".to_owned(), wanted));
    }
    // Those of one type keep it, but for dictionaries, of which each file has its own.
    let [one, other] = ["one.parquet", "other.arrow"].map(|name| out.join(name));
    for (path, ids, area) in [(&one, [1, 2], ["n", "s"]), (&other, [3, 4], ["w", "e"])] {
        let areas: DictionaryArray<Int32Type> = area.into_iter().collect();
        columns_of(
            path,
            vec![
                ("id", Arc::new(Int64Array::from(ids.to_vec())) as ArrayRef),
                ("arrests", Arc::new(UInt8Array::from(vec![1, 2]))),
                ("area", Arc::new(areas)),
            ],
        );
    }
    let list = FileList::of([one, other]).unwrap();
    for name in ["out.parquet", "out.arrow"] {
        run.of(&list, name);
        let (kinds, cells) = ends(&out.join(name));
        assert_eq!(
            (kinds, cells.as_str()),
            ("Int64 Utf8".to_owned(), "1 n, 2 s, 3 w, 4 e")
        );
    }
}

/// The types of the ids and of the last column of a file of outcomes, and what stands in them.
fn ends(path: &Path) -> (String, String) {
    let batches = crate::road::batches(path);
    let columns =
        |batch: &RecordBatch| [0, batch.num_columns() - 1].map(|at| batch.column(at).clone());
    let kinds = columns(&batches[0]).map(|column| column.data_type().to_string());
    let rows = batches.iter().flat_map(|batch| {
        let columns = columns(batch);
        let row = |row| {
            columns
                .each_ref()
                .map(|column| arrow::text(column, row).unwrap())
                .join(" ")
        };
        (0..batch.num_rows()).map(row).collect::<Vec<_>>()
    });
    (kinds.join(" "), rows.collect::<Vec<_>>().join(", "))
}

#[track_caller]
fn fails(list: Result<FileList, CohortError>, columns: &Columns, words: &[&str]) {
    let opened = list.and_then(|list| CohortFiles::open(&list, columns, &matrix()));
    let error = opened.unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "{word}: {error}");
    }
}

#[test]
fn all_that_is_wrong_with_all_files_is_told_at_once() {
    let folder = folder("wrong");
    let good = write(&folder, "good.csv", "id,arrests,area\n1,1,n\n");
    let bad = write(&folder, "bad.csv", "id,arests\n1,1\n");
    let worse = write(&folder, "worse.parquet", "not one");
    let gone = folder.join("gone.csv");
    let at = |path: &Path, words: &str| format!("{}: {words}", path.display());
    let words = [
        at(&bad, "the columns of the file do not fit the matrix:\n  - "),
        "`arests`".to_owned(),
        "there is no column `area`".to_owned(),
        at(&worse, ""),
        at(&gone, "the file cannot be read"),
    ];
    fails(
        FileList::of([&good, &bad, &worse, &gone]),
        &Columns::new().keeping("area"),
        &words.each_ref().map(String::as_str),
    );
}

#[test]
fn what_is_wrong_with_many_files_alike_is_told_once() {
    let folder = folder("alike");
    for number in 0..12 {
        write(
            &folder,
            &format!("part-{number:02}.csv"),
            "id,arests\n1,1\n",
        );
    }
    let list = FileList::of([&folder]).unwrap();
    let opened = CohortFiles::open(&list, &Columns::new(), &matrix());
    let error = opened.unwrap_err().to_string();
    let first = folder.join("part-00.csv").display().to_string();
    assert!(error.starts_with(&format!("{first}, ")), "{error}");
    assert!(
        error.contains("part-07.csv and 4 more: the columns of the files do"),
        "{error}"
    );
    assert_eq!(error.matches("`arests`").count(), 1, "{error}");
}

#[test]
fn a_file_that_lies_in_a_named_folder_is_told_with_the_folder() {
    let folder = folder("within");
    let file = write(&folder, "people.csv", "id,arrests\n1,1\n");
    let shown = format!(
        "people.csv: the file is in the folder `{}`",
        folder.display()
    );
    for (paths, how) in [
        ([&folder, &file], "which is named too; everybody"),
        ([&file, &folder], "which is named too; everybody"),
        ([&folder, &folder], "which is named twice; everybody"),
    ] {
        let error = FileList::of(paths).unwrap_err().to_string();
        assert!(error.contains(&format!("{shown}, {how}")), "{error}");
    }
}

#[test]
fn what_cannot_be_a_list_of_files_is_told() {
    let folder = folder("lists");
    let good = write(&folder, "good.csv", "id,arrests\n1,1\n");
    let again = folder.join(".").join("good.csv");
    let packed = folder.join("more.jsonl.gz");
    let inner = folder.join("inner");
    std::fs::create_dir(&inner).unwrap();
    let columns = Columns::new();
    let also = format!("named twice, also as `{}`", good.display());
    let words = [
        also.as_str(),
        "more.jsonl.gz: a compressed file is not read; unpack it first",
        "inner: no file in the folder ends in .csv",
        "; it is empty",
        "the standard input: the file is named twice;",
        "nowhere/: there is no such folder",
    ];
    let dash = PathBuf::from("-");
    let nowhere = folder.join("nowhere/");
    let paths = [&good, &again, &packed, &inner, &dash, &dash, &nowhere];
    fails(FileList::of(paths), &columns, &words);

    write(&inner, "_SUCCESS", "");
    write(&inner, "~$people.xlsx", "");
    let words = ["; everything in it is passed over"];
    fails(FileList::of([&inner]), &columns, &words);
    write(&inner, "notes.txt", "");
    std::fs::create_dir(inner.join("area=1")).unwrap();
    let words = ["; what lies in it is not read: notes.txt, area=1"];
    fails(FileList::of([&inner]), &columns, &words);
    write(&inner, "a.CSV", "id,arrests\n2,1\n");
    let list = FileList::of([&inner, &folder]).unwrap();
    assert_eq!(list.paths(), [inner.join("a.CSV"), good]);
    let said = [
        format!(
            "{}: files of other kinds are not read: notes.txt",
            inner.display()
        ),
        format!(
            "{}: folders within the folder are not read: area=1",
            inner.display()
        ),
        format!(
            "{}: folders within the folder are not read: inner",
            folder.display()
        ),
    ];
    assert_eq!(list.warnings(), said);
    write(&inner, "b.parquet.zst", "");
    let words = ["unpack them, or take them out of the folder: b.parquet.zst"];
    fails(FileList::of([&inner]), &columns, &words);
    std::fs::create_dir(inner.join("_delta_log")).unwrap();
    fails(FileList::of([&inner]), &columns, &["is a Delta table"]);
}

#[test]
fn inputs_and_people_that_some_files_lack_are_told() {
    let (matrix, folder, out) = (matrix(), folder("lacks"), folder("lacks-out"));
    let a = write(&folder, "a.csv", "id,arrests,shoe\n1,1,41\n");
    let b = write(&folder, "b.csv", "id,arrests,rosh\n");
    let c = write(
        &folder,
        "c.jsonl",
        "{\"id\":\"2\",\"profile\":{\"arrests\":1}}\n",
    );
    let list = FileList::of([&a, &c]).unwrap();
    let cohort = CohortFiles::open(&list, &Columns::new(), &matrix).unwrap();
    assert_eq!(cohort.warnings(), [""; 0]);
    assert_eq!(cohort.inputs_without_column(), ["rosh"]);
    let columns = Columns::new().keeping("area");
    let words = [
        "a.csv, ",
        "of the files do not fit the matrix:\n  - there is no column `area` for `--keep`",
    ];
    fails(FileList::of([&a, &c]), &columns, &words);

    let list = FileList::of([&a, &b]).unwrap();
    let cohort = CohortFiles::open(&list, &Columns::new(), &matrix).unwrap();
    let said = format!(
        "{} has no column for `rosh`, so it is missing for everybody in it; other files have one",
        a.display()
    );
    assert_eq!(cohort.warnings(), [said]);
    assert_eq!(cohort.inputs_without_column(), [""; 0]);
    assert_eq!(cohort.unused(), ["shoe"]);
    let run = Run {
        matrix: &matrix,
        columns: &Columns::new(),
        as_at: as_at(),
        threads: 1,
        last: None,
        folder: &out,
    };
    let files: Vec<u64> = run
        .of(&list, "out.csv")
        .tally
        .files()
        .iter()
        .map(|share| share.people)
        .collect();
    assert_eq!(files, [1, 0]);
}

#[test]
fn an_error_in_the_middle_names_its_file() {
    let (matrix, folder) = (matrix(), folder("middle"));
    let good = write(&folder, "good.csv", "id,arrests\n1,1\n");
    let bad = write(
        &folder,
        "bad.csv",
        &format!("id,arrests\n2,2\n3,\"{}", "x".repeat(17 << 20)),
    );
    let list = FileList::of([&good, &bad]).unwrap();
    let cohort = CohortFiles::open(&list, &Columns::new(), &matrix).unwrap();
    let mut tally = Tally::new(&matrix);
    let (outputs, each) = (Outputs::tiers(), |_: &_, _, _| Ok(()));
    let ended = cohort.score(&matrix, as_at(), outputs, 1, &mut tally, None, each);
    let error = ended.unwrap_err().to_string();
    let words = format!("{}: line 3: ", bad.display());
    assert!(error.starts_with(&words), "{error}");
}
