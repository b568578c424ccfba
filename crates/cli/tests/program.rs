//! The program as a person runs it: what it prints, and how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What one run printed, and its exit status.
struct Run {
    output: String,
    errors: String,
    status: i32,
}

impl Run {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.output)
            .unwrap_or_else(|error| panic!("{error}: {}", self.output))
    }
}

#[track_caller]
fn run(arguments: &[&str]) -> Run {
    run_with(arguments, "")
}

/// Runs the program in the root of the repository, with a text on its standard input.
#[track_caller]
fn run_with(arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_threshold-matrix"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that ends before it reads closes its input, which is not what is tested here.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let ended = child.wait_with_output().unwrap();
    Run {
        output: String::from_utf8(ended.stdout).unwrap(),
        errors: String::from_utf8(ended.stderr).unwrap(),
        status: ended.status.code().unwrap(),
    }
}

/// A folder of its own for the files of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: &str) -> String {
        std::fs::write(self.0.join(name), content).unwrap();
        self.path(name)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

const WOMAN: &str = r#"{"female":true,"rsr":3.10,"rosh":"medium","mandate_for_change":true,"assessed":false,"iom_nominal":false}"#;

#[test]
fn options_of_subcommands_are_completed_in_bash() {
    let folder = Folder::new("completions");
    let script = folder.file("completions.bash", &run(&["completions", "bash"]).output);
    let completed = |words: &str, at: usize| {
        let asked = format!(
            "source {script}; COMP_WORDS=({words}); COMP_CWORD={at}; $(complete -p threshold-matrix | sed 's/.*-F \\([^ ]*\\) .*/\\1/') threshold-matrix \"${{COMP_WORDS[{at}]}}\" \"\"; \
             echo \"${{COMPREPLY[@]}}\""
        );
        let bash = std::process::Command::new("bash")
            .args(["-c", &asked])
            .output()
            .unwrap();
        String::from_utf8(bash.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(completed("threshold-matrix resc", 1), "rescore");
    assert_eq!(completed("threshold-matrix rescore --matr", 2), "--matrix");
}

#[test]
fn the_version_is_said() {
    let run = run(&["--version"]);
    assert_eq!(
        (run.status, run.output.as_str()),
        (0, "threshold-matrix 0.1.0\n")
    );
}

#[test]
fn wrong_usage_has_a_status_of_its_own_and_a_suggestion() {
    let run = run(&["rescore", "--out-file", "x.csv"]);
    assert_eq!(run.status, 2, "{}", run.errors);
    assert!(run.errors.contains("--out"), "{}", run.errors);
}

#[test]
fn a_made_up_cohort_is_scored() {
    let run = run(&["rescore", "--count", "200", "--as-at", "2026-12-05"]);
    assert_eq!(run.status, 0, "{}", run.errors);
    assert!(run.output.contains("200 people:"), "{}", run.output);
}

#[test]
fn a_run_that_scored_nobody_fails() {
    let folder = Folder::new("nobody");
    let empty = folder.file("empty.csv", "id,arrests_12m\n");
    let refused = folder.file("refused.csv", "id,arrests_12m\na,-1\nb,-2\n");
    for (file, words) in [
        (empty, "holds no profiles"),
        (refused, "none of the 2 people"),
    ] {
        let run = run(&["rescore", "--as-at", "2026-12-05", "--cohort", &file]);
        assert_eq!(run.status, 1, "{}", run.output);
        assert!(run.errors.contains(words), "{}", run.errors);
    }
}

#[test]
fn an_outcome_file_is_not_the_file_that_is_read() {
    let folder = Folder::new("same");
    let people = folder.file("people.csv", "id,arrests_12m\na,1\n");
    let run = run(&["rescore", "--cohort", &people, "--out", &people]);
    assert_eq!(run.status, 2);
    assert!(
        run.errors.contains("would be written over"),
        "{}",
        run.errors
    );
}

#[test]
fn lines_of_json_are_answered_in_order_with_ids_as_written() {
    let line = |id: &str| format!("{{\"id\":{id},\"profile\":{WOMAN}}}\n");
    let input = format!(
        "\u{feff}{}{}not json\n",
        line("100000000000000000000"),
        line("\"007\"")
    );
    let arguments = ["score", "hmpps-utm@2.0.0", "-", "--as-at", "2026-12-05"];
    let run = run_with(&arguments, &input);
    assert_eq!(run.status, 1);
    let lines: Vec<Value> = run
        .output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids: Vec<&Value> = lines.iter().map(|line| &line["id"]).collect();
    assert_eq!(
        ids,
        [
            &Value::from("100000000000000000000"),
            &Value::from("007"),
            &Value::Null
        ]
    );
    assert_eq!(lines[0]["dimensions"]["protect"]["level"], "C");
    assert!(lines[2]["error"].as_str().unwrap().starts_with("line 3:"));
}

#[test]
fn a_key_given_twice_in_a_line_is_refused() {
    let input = format!("{{\"id\":1,\"id\":2,\"profile\":{WOMAN}}}\n");
    let run = run_with(
        &["score", "hmpps-utm@2.0.0", "-", "--as-at", "2026-12-05"],
        &input,
    );
    assert_eq!(run.status, 1);
    assert!(
        run.output.contains("duplicate field `id`"),
        "{}",
        run.output
    );
}

#[test]
fn a_matrix_without_a_version_is_the_one_in_force_on_the_day_of_each_line() {
    let lines = ["2021-05-10", "2021-05-26", "2021-01-01"]
        .map(|as_at| format!("{{\"as_at\":\"{as_at}\",\"profile\":{WOMAN}}}\n"));
    let run = run_with(
        &["score", "hmpps-utm", "-", "--as-at", "2026-12-05"],
        &lines.concat(),
    );
    let lines: Vec<Value> = run
        .output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let versions = lines
        .iter()
        .take(2)
        .map(|line| line["matrix"]["version"].as_str().unwrap());
    assert_eq!(versions.collect::<Vec<_>>(), ["1.0.0", "2.0.0"]);
    assert!(
        lines[2]["error"]
            .as_str()
            .unwrap()
            .contains("in force on 2021-01-01"),
        "{}",
        lines[2]
    );
}

#[test]
fn an_explanation_is_written_in_every_form() {
    let folder = Folder::new("forms");
    let page = folder.path("why.html");
    let explain = |form: &[&str]| {
        let mut arguments = vec!["explain", "hmpps-utm@2.0.0", WOMAN, "--as-at", "2026-12-05"];
        arguments.extend(form);
        let run = run(&arguments);
        assert_eq!(run.status, 0, "{}", run.errors);
        run
    };
    assert!(explain(&[]).output.contains("level C"));
    assert!(explain(&["--markdown"]).output.starts_with('#'));
    assert!(explain(&["--json"]).json().is_object());
    let run = explain(&["--html", &page]);
    assert!(run.errors.contains(&page), "{}", run.errors);
    assert!(std::fs::read_to_string(&page).unwrap().contains("<html"));
}

#[test]
fn a_record_replays_and_is_not_written_over() {
    let folder = Folder::new("record");
    let record = folder.path("record.json");
    let arguments = [
        "explain",
        "hmpps-utm@2.0.0",
        WOMAN,
        "--as-at",
        "2026-12-05",
        "--record",
        &record,
    ];
    assert_eq!(run(&arguments).status, 0);
    let again = run(&arguments);
    assert_eq!(again.status, 1);
    assert!(again.errors.contains("add --force"), "{}", again.errors);
    assert_eq!(run(&[&arguments[..], &["--force"]].concat()).status, 0);
    let text = std::fs::read_to_string(&record).unwrap();
    for (text, status) in [
        (text.clone(), 0),
        (format!("\u{feff}{text}"), 0),
        (text.replace("medium", "high"), 1),
        ("{}".to_owned(), 2),
    ] {
        let run = run_with(&["replay", "-"], &text);
        assert_eq!(run.status, status, "{}{}", run.output, run.errors);
    }
    assert_eq!(run(&["replay", "--json", &record]).json()["same"], true);
}

#[test]
fn errors_are_data_where_data_is_asked_for() {
    let folder = Folder::new("json");
    let matrix = folder.file("faulty.yaml", "format: 1\nid: faulty\nnonsense: 1\n");
    let run = run(&["explain", &matrix, "{}", "--json"]);
    assert_eq!(run.status, 1);
    let fault = &run.json()["error"]["faults"][0];
    assert!(
        fault["place"]["line"].is_u64() && fault["message"].is_string(),
        "{fault}"
    );
}

#[test]
fn a_matrix_is_checked_for_other_programs() {
    let folder = Folder::new("check");
    let matrix = folder.file("faulty.yaml", "format: 1\nid: faulty\nnonsense: 1\n");
    let github = run(&["check", &matrix, "--format", "github"]);
    assert_eq!(github.status, 1);
    assert!(
        github.output.starts_with("::error file="),
        "{}",
        github.output
    );
    let in_folder = run(&["check", folder.0.to_str().unwrap(), "--format", "github"]);
    assert_eq!(
        in_folder.output, github.output,
        "a file is named alike, by itself and in a folder"
    );
    let sarif = run(&["check", &matrix, "--format", "sarif"]);
    assert_eq!(sarif.status, 1);
    let results = &sarif.json()["runs"][0]["results"];
    assert!(
        results
            .as_array()
            .is_some_and(|results| !results.is_empty()),
        "{results}"
    );
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../matrices/hmpps-utm/2.0.0.yaml"),
    );
    let sound = run_with(&["check", "-", "--quick"], &text.unwrap());
    assert_eq!(sound.status, 0, "{}", sound.output);
}

#[test]
fn a_columns_file_is_drafted_and_can_be_used() {
    let folder = Folder::new("columns");
    let people = folder.file("people.csv", "id,arrests_12m,Colour\na,1,red\n");
    let draft = run(&["columns", &people, "--matrix", "iom-threshold@1.0.0"]);
    assert_eq!(draft.status, 0, "{}", draft.errors);
    assert!(
        draft.output.contains("columns that no input reads: Colour"),
        "{}",
        draft.output
    );
    let columns = folder.file("columns.yaml", &draft.output);
    let run = run(&[
        "rescore",
        "--cohort",
        &people,
        "--columns",
        &columns,
        "--as-at",
        "2026-12-05",
    ]);
    assert_eq!(run.status, 0, "{}", run.errors);
}

#[test]
fn the_matrices_and_schemas_are_listed() {
    let listed = run(&["list", "hmpps-utm", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(run(&["list", "hmpps-umt"]).status, 1);
    assert!(run(&["schema", "record"]).json()["properties"].is_object());
    assert!(run(&["completions", "bash"]).output.contains("rescore"));
}

#[cfg(feature = "xlsx")]
#[test]
fn a_workbook_is_scored_as_it_is() {
    let folder = Folder::new("workbook");
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["people", "notes"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.write_string(0, 0, "Exported on Monday").unwrap();
        for (column, text) in ["id", "arrests_12m", "rosh"].into_iter().enumerate() {
            let column = u16::try_from(column).unwrap();
            sheet.write_string(2, column, text).unwrap();
        }
        sheet.write_string(3, 0, "00000007").unwrap();
        sheet.write_number(3, 1, 12).unwrap();
        sheet.write_string(3, 2, "high").unwrap();
        sheet.write_string(4, 0, "00000008").unwrap();
        sheet.write_boolean(4, 1, true).unwrap();
    }
    let people = folder.path("people.xlsx");
    book.save(&people).unwrap();
    let matrix = ["--matrix", "iom-threshold@1.0.0"];
    let asked = run(&["columns", &people, matrix[0], matrix[1]]);
    assert_eq!(asked.status, 1);
    assert!(asked.errors.contains("several sheets"), "{}", asked.errors);
    let draft = run(&[
        "columns", &people, matrix[0], matrix[1], "--sheet", "people",
    ]);
    assert!(
        draft.output.contains("\nsheet: people\nid: id\n")
            && draft.output.contains("  arrests_12m: arrests_12m"),
        "{}",
        draft.output
    );
    let columns = folder.file("columns.yaml", "sheet: people\n");
    let out = folder.path("tiers.csv");
    let rescored = run(&[
        "rescore",
        matrix[0],
        matrix[1],
        "--cohort",
        &people,
        "--columns",
        &columns,
        "--as-at",
        "2026-12-05",
        "--out",
        &out,
    ]);
    assert_eq!(rescored.status, 0, "{}", rescored.errors);
    assert!(
        rescored
            .output
            .contains("arrests_12m (wrong type): `true` 1"),
        "{}",
        rescored.output
    );
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(
        written.contains("\n00000007,2026-12-05,") && written.contains("(people!B5)"),
        "{written}"
    );
    let wrong = run(&["rescore", "--cohort", &people, "--out", &people]);
    assert_eq!(wrong.status, 2);
    let wrong = run(&["rescore", "--cohort", &people, "--out", "tiers.xlsx"]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong.errors.contains("not in workbooks"),
        "{}",
        wrong.errors
    );
}

#[cfg(not(feature = "xlsx"))]
#[test]
fn a_program_without_workbooks_says_how_to_get_one_with_them() {
    for arguments in [
        &["rescore", "--cohort", "people.xlsx"][..],
        &["columns", "people.xlsx", "--matrix", "iom-threshold"],
    ] {
        let run = run(arguments);
        assert_eq!(run.status, 2);
        assert!(
            run.errors
                .contains("people.xlsx: this program was built without workbooks")
                && run.errors.contains("--features full"),
            "{}",
            run.errors
        );
    }
}

/// `docs/cli.md` holds the help of every command, as the program prints it. `UPDATE_CLI_PAGE=1 cargo test` writes it anew.
#[test]
fn the_page_of_the_program_is_current() {
    let commands = [
        "rescore",
        "score",
        "explain",
        "compare",
        "check",
        "replay",
        "columns",
        "list",
        "schema",
        "completions",
        "manual",
    ];
    let mut page = "# The program `threshold-matrix`\n\nThis page holds what `--help` prints, and is made of it.\n".to_owned();
    let mut section = |name: &str, arguments: &[&str]| {
        let help = run(arguments);
        assert_eq!(help.status, 0, "{name}");
        let lines: Vec<&str> = help.output.lines().map(str::trim_end).collect();
        page += &format!("\n## {name}\n\n```text\n{}\n```\n", lines.join("\n"));
        help.output
    };
    section("threshold-matrix", &["--help"]);
    for command in commands {
        let help = section(command, &[command, "--help"]);
        let examples = help.split("Examples:").nth(1).unwrap_or_default();
        let examples = examples
            .lines()
            .filter(|line| line.contains("threshold-matrix "))
            .count();
        assert!(examples >= 2, "{command} has {examples} examples");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    if std::env::var_os("UPDATE_CLI_PAGE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/cli.md is not what --help prints; UPDATE_CLI_PAGE=1 cargo test writes it anew"
    );
}
