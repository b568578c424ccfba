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

/// People of two areas for the two versions of `lsir-idaho`, with ages and what was seen later.
fn compared(name: &str, more: &[&str]) -> Run {
    let folder = Folder::new(name);
    let mut file = "id,lsir,gender,area,age,again,before,after\n".to_owned();
    for number in 0..400 {
        let (sex, area) = (
            ["male", "female"][number % 2],
            ["north", "south"][number / 7 % 2],
        );
        file += &format!(
            "p{number},{},{sex},{area},{},{},{},{}\n",
            number % 50,
            15 + number % 40,
            number % 3 / 2,
            number % 5,
            number % 4 / 2
        );
    }
    let people = folder.file("people.csv", &file);
    let matrices = ["compare", "lsir-idaho@1.0.0", "lsir-idaho@2.0.0"];
    let cohort = ["--as-at", "2026-12-05", "--cohort", &people];
    run(&[&matrices[..], &cohort, more].concat())
}

#[test]
fn a_comparison_is_for_a_release_or_for_a_board() {
    let release = compared("release", &["--by", "area,age:18,25,40", "--json"]);
    assert_eq!(release.status, 0, "{}", release.errors);
    let data = release.json();
    assert_eq!(data["disclosure"]["audience"], "release");
    assert_eq!(data["groups"][0]["by"], "area");
    let names: Vec<&str> = data["groups"][1]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["25 to below 40", "40 or more", "18 to below 25", "below 18"]
    );
    let board = compared("board", &["--by", "area*age:18,25", "--audience", "board"]);
    let words = "This report is for the board that asked for it, and must not be released";
    assert_eq!(board.output.matches(words).count(), 2, "{}", board.output);
    let merged = compared(
        "merged",
        &["--by", "age:18,25,40", "--merge", "100", "--json"],
    );
    let data = merged.json();
    let told = data["groups"][0]["groups"].as_array().unwrap();
    assert_eq!(told.len(), 3);
    assert_eq!(told[2]["name"], "18 to below 25 or below 18");
}

#[test]
fn times_and_several_outcomes_are_compared() {
    let times = &["--outcome", "after", "--before", "before", "--by", "area"];
    let run = compared("times", times);
    assert_eq!(run.status, 0, "{}", run.errors);
    for words in [
        "Frequency: times per person (95 % interval), by result by 2.0.0",
        "these numbers are for the board alone",
    ] {
        let told = run.output.replace('\n', " ");
        assert!(told.contains(words), "{}", run.output);
    }
    let data = compared("times-data", &[&times[..], &["--json"]].concat()).json();
    let all = &data["frequencies"]["all"];
    assert_eq!(all["times"], serde_json::json!([800, 200]));
    assert_eq!(all["change_of_times"]["change"], -0.75);
    let several = ["--outcome", "again", "--outcome", "after", "--json"];
    // Some of the second outcome are no truths.
    let data = compared("several", &several).json();
    assert_eq!(data["outcome_name"], "again");
    assert_eq!(data["further"][0]["outcome"], "after");
    assert_eq!(data["further"][0]["trial"]["people"], 400);
}

/// The road of a night tells the same times.
#[test]
fn times_of_a_night_are_told() {
    let folder = Folder::new("night-times");
    let people = folder.file(
        "people.csv",
        "id,lsir,gender,before,after\na,40,male,4,1\nb,41,male,2,1\nc,9,female,1,0\nd,9,female,1,x\n",
    );
    let page = folder.0.join("page.html").display().to_string();
    let options = [
        "rescore",
        "--matrix",
        "lsir-idaho@2.0.0",
        "--as-at",
        "2026-12-05",
    ];
    let outcome = [
        "--outcome",
        "after",
        "--before",
        "before",
        "--cohort",
        &people,
    ];
    let told = run(&[&options[..], &outcome, &["--html", &page]].concat());
    assert_eq!(told.status, 0, "{}", told.errors);
    for words in [
        "Share of people of whom it was seen at least once (95 % interval)",
        "the number of times is `x`, not a whole number from 0 to 1000",
    ] {
        assert!(told.output.contains(words), "{}", told.output);
    }
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("Frequency: times per person"), "{page}");
    let data = run(&[&options[..], &outcome, &["--json"]].concat()).json();
    let times: u64 = data["frequencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["times"][0].as_u64().unwrap())
        .sum();
    assert_eq!(times, 7);
}

#[test]
fn only_those_asked_for_are_compared() {
    let some = compared("where", &["--where", "area=north", "--json"]).json();
    let all = compared("all", &["--json"]).json();
    let [people, passed] = ["people", "passed_over"].map(|name| some[name].as_u64().unwrap());
    assert!(people > 0 && passed > 0 && all["people"] == people + passed);
}

#[test]
fn what_cannot_be_compared_is_said() {
    for (more, status, words) in [
        (&["--by", "id"][..], 1, "`id` nearly names people"),
        (&["--by", "age:40,18"], 2, "has bands that do not rise"),
        (&["--existing", "age"], 2, "--outcome"),
        (
            &["--before", "before"],
            2,
            "name the column of the number of times after with `--outcome`",
        ),
        (
            &[
                "--outcome",
                "again",
                "--outcome",
                "after",
                "--before",
                "before",
            ],
            2,
            "goes with one outcome",
        ),
        (&["--where", "area"], 2, "as in `area=north`"),
        (&["--where", "aera=north"], 1, "did you mean `area`?"),
        (&["--capacity", "high=3,high=4"], 2, ""),
    ] {
        let run = compared("faults", more);
        assert_eq!(run.status, status, "{more:?} {}", run.errors);
        assert!(run.errors.contains(words), "{more:?} {}", run.errors);
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
fn the_next_change_is_given_where_it_is_asked_for() {
    let person = r#"{"ogrs3":75,"arrests_12m":4,"last_charged":"2026-08-20","rosh":"medium"}"#;
    let matrix = "iom-threshold@1.0.0";
    let scored = run_with(
        &[
            "score",
            matrix,
            "-",
            "--as-at",
            "2026-12-05",
            "--until",
            "2028-12-31",
        ],
        &format!("{{\"profile\":{person}}}\n"),
    );
    let line: Value = serde_json::from_str(scored.output.trim()).unwrap();
    assert_eq!(line["next_change"]["on"], "2027-08-21", "{line}");
    let explain = |until: &str| {
        let arguments = [
            "explain",
            matrix,
            person,
            "--as-at",
            "2026-12-05",
            "--until",
            until,
        ];
        run_with(&arguments, "").output
    };
    assert!(explain("2026-12-06").contains("If nothing new is recorded"));
    let without = run_with(
        &["score", matrix, "-", "--as-at", "2026-12-05"],
        &format!("{{\"profile\":{person}}}\n"),
    );
    assert!(!without.output.contains("next_change"));
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

/// A refused profile is told with the titles of its inputs, and as data with each problem by itself.
#[test]
fn a_refused_profile_is_told_problem_by_problem() {
    let arguments = [
        "explain",
        "iom-threshold@1.0.0",
        r#"{"arrests_12m": -1, "ogrs3": 101}"#,
        "--as-at",
        "2026-12-05",
    ];
    let told = run(&arguments);
    assert_eq!(told.status, 1);
    for line in [
        "the profile is refused:",
        "  Arrests in the last 12 months: `arrests_12m` is -1",
        "  OGRS3 two-year score: `ogrs3` is 101",
    ] {
        assert!(told.errors.contains(line), "{}", told.errors);
    }
    let json = run(&[&arguments[..], &["--json"]].concat()).json();
    let problems = json["error"]["problems"].as_array().unwrap();
    let inputs: Vec<&Value> = problems
        .iter()
        .map(|problem| &problem["inputs"][0])
        .collect();
    assert_eq!(inputs, ["arrests_12m", "ogrs3"]);
    assert_eq!(problems[0]["kind"], "out_of_range");
}

/// A shipped matrix whose words were changed before the first release is found by the hash of a record.
#[test]
fn kept_records_of_shipped_matrices_replay_without_their_files() {
    for name in [
        "provisional.json",
        "provisional-decided.json",
        "hmpps-tier.json",
    ] {
        let replayed = run(&["replay", &kept(name)]);
        assert_eq!(replayed.status, 0, "{}{}", replayed.output, replayed.errors);
    }
}

/// A file of the records that are kept for ever.
fn kept(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/records");
    root.join(name).to_str().unwrap().to_owned()
}

/// Runs a command on records of the small matrix.
#[track_caller]
fn with_small(arguments: &[&str]) -> Run {
    run(&[arguments, &["--matrix", &kept("small.yaml")]].concat())
}

/// The arguments of a decision on the record, without the options of these names, and with these.
fn decision<'a>(record: &'a str, other: &[&'a str]) -> Vec<&'a str> {
    let usual = [
        ["--result", "high"],
        ["--by", "u-4711"],
        ["--role", "supervising officer"],
        ["--because", "two arrests this week"],
        ["--on", "2026-12-06"],
    ];
    let usual = usual.iter().filter(|[name, _]| !other.contains(name));
    let mut arguments = vec!["decide", record];
    arguments.extend(usual.flatten());
    arguments.extend(other);
    arguments
}

#[test]
fn a_person_decides_and_decides_again() {
    let folder = Folder::new("decide");
    let record = folder.file(
        "record.json",
        &std::fs::read_to_string(kept("person.json")).unwrap(),
    );
    let first = with_small(&decision(&record, &[]));
    assert_eq!(first.status, 0, "{}", first.errors);
    assert!(
        first.output.starts_with(
            "decided: high; the matrix gave medium, and a review is due by 2027-01-06\nseal sha256:"
        ),
        "{}",
        first.output
    );
    let second = ["--result", "medium", "--on", "2026-12-20", "--json"];
    let second = with_small(&decision(&record, &second)).json();
    assert_eq!(second["decided"][0]["result"], "high");
    assert_eq!(second["decided"][1]["review"], Value::Null);
    let replayed = with_small(&["replay", "--json", &record]).json();
    assert_eq!(replayed["same"], true);
    assert_eq!(replayed["seal"], second["seal"]);
    let told = with_small(&["explain", "--of", &record]).output;
    for line in [
        "On 6 December 2026 a person decided otherwise: high.",
        "On 20 December 2026 a person decided as the matrix gave: medium.",
        "00012345",
    ] {
        assert!(told.contains(line), "{told}");
    }
    // From one program to the next, without a file.
    let text = std::fs::read_to_string(kept("person.json")).unwrap();
    let matrix = kept("small.yaml");
    let piped = run_with(
        &[&decision("-", &[])[..], &["--matrix", &matrix]].concat(),
        &text,
    );
    let replayed = run_with(&["replay", "-", "--matrix", &matrix], &piped.output);
    assert_eq!(replayed.status, 0, "{}", replayed.output);
}

#[test]
fn what_is_wrong_with_a_decision_is_said_by_its_option_and_nothing_is_written() {
    let folder = Folder::new("undecided");
    let text = std::fs::read_to_string(kept("person.json")).unwrap();
    let record = folder.file("record.json", &text);
    let refused = |other: &[&str], message: &str| {
        let run = with_small(&decision(&record, other));
        assert_eq!(run.status, 1, "{}", run.output);
        assert!(run.errors.contains(message), "{message}\n{}", run.errors);
        assert_eq!(std::fs::read_to_string(&record).unwrap(), text);
        assert!(!Path::new(&folder.path("record.json.new")).exists());
    };
    refused(
        &["--by", " ", "--because", "", "--result", "hihg"],
        "\n  --by: it is empty; write the id of the person who decides\n  --because: it is empty; write the reason\n  \
         --result: there is no `hihg`; write one of `high`, `medium`, `low`, `closed`",
    );
    refused(
        &["--review", "2027-01-07"],
        "--review: the matrix requires a review by 2027-01-06, and 2027-01-07 is after that",
    );
    refused(
        &["--result", "low"],
        "--result: the matrix lets professional overrides go up only, and not from medium to `low`",
    );
    refused(
        &["--on", "2026-12-04"],
        "--on: 2026-12-04 is before 2026-12-05, the date of the scoring",
    );
    refused(
        &["--dimension", "harm"],
        "--dimension: the matrix has no dimension `harm` with levels",
    );
    let altered = folder.file("altered.json", &text.replace("medium", "high"));
    let run = with_small(&decision(&altered, &[]));
    assert!(
        run.errors
            .contains("the record is not what the matrix gives"),
        "{}",
        run.errors
    );
    // Another run is writing.
    let beside = folder.file("record.json.new", "");
    let run = with_small(&decision(&record, &[]));
    assert!(
        run.status == 1 && run.errors.contains("wait, or remove that file"),
        "{}",
        run.errors
    );
    assert!(Path::new(&beside).exists());
}

#[test]
fn a_record_is_signed_and_the_signature_is_verified() {
    let folder = Folder::new("sign");
    let text = std::fs::read_to_string(kept("decided.json")).unwrap();
    let record = folder.file("record.json", &text);
    let (signature, officer, other) = (
        kept("decided.minisig"),
        kept("officer.pub"),
        kept("other.pub"),
    );
    let sign =
        |record: &str, key: &str| run(&["sign", record, "--signature", &signature, "--key", key]);
    let wrong = sign(&record, &other);
    assert!(
        wrong.status == 1 && wrong.errors.contains("nothing is signed by this key"),
        "{}",
        wrong.errors
    );
    let another = folder.file(
        "other.json",
        &std::fs::read_to_string(kept("amended.json")).unwrap(),
    );
    let wrong = sign(&another, &officer);
    assert!(
        wrong.status == 1 && wrong.errors.contains("was changed after it was signed"),
        "{}",
        wrong.errors
    );
    assert_eq!(sign(&record, &officer).status, 0);
    let signed = std::fs::read_to_string(&record).unwrap();
    assert_eq!(
        signed,
        std::fs::read_to_string(kept("signed.json")).unwrap()
    );
    // What is signed is what a program in any language can make of the record.
    let mut value: Value = serde_json::from_str(&signed).unwrap();
    for key in ["seals", "signatures"] {
        value.as_object_mut().unwrap().remove(key);
    }
    let to_sign = run(&["sign", &record]).output;
    assert_eq!(serde_json::from_str::<Value>(&to_sign).unwrap(), value);

    let says = |record: &str, keys: &[&str], status: i32, line: &str| {
        let keys: Vec<&str> = keys.iter().flat_map(|key| ["--key", *key]).collect();
        let run = with_small(&[&["replay", record][..], &keys].concat());
        assert_eq!(run.status, status, "{}{}", run.output, run.errors);
        assert!(
            run.output.contains(line) || run.errors.contains(line),
            "{line}\n{}{}",
            run.output,
            run.errors
        );
    };
    let key = std::fs::read_to_string(&officer).unwrap();
    let key = key.lines().nth(1).unwrap();
    says(
        &record,
        &[],
        0,
        "1 signature, not verified; name the public key with --key",
    );
    says(&record, &[&officer], 0, "officer.pub: signed\n");
    says(&record, &[key], 0, &format!("key {key}: signed\n"));
    says(
        &record,
        &[&other],
        1,
        "other.pub: nothing is signed by this key",
    );
    says(
        &record,
        &[&officer, &other],
        1,
        "the same, and not signed: small",
    );
    says(
        &record,
        &["README.md"],
        2,
        "`README.md` is not a public key of minisign",
    );
    says(
        &kept("person.json"),
        &[&officer],
        1,
        "nothing is signed by this key",
    );
    // Whoever can write records can seal them, but not sign them: this one has the signature of another.
    let person = std::fs::read_to_string(kept("person.json")).unwrap();
    let (_, signatures) = signed.split_once(r#""signatures":["#).unwrap();
    let (signatures, _) = signatures.split_once(']').unwrap();
    let borrowed = person.replace(
        r#""signatures":[]"#,
        &format!(r#""signatures":[{signatures}]"#),
    );
    let borrowed = folder.file("borrowed.json", &borrowed);
    says(&borrowed, &[], 0, "the same: small");
    says(
        &borrowed,
        &[&officer],
        1,
        "officer.pub: the record or the signature was changed after it was signed",
    );
    let twice = kept("signed-amended.json");
    says(
        &twice,
        &[&officer],
        1,
        "officer.pub: signed after the first decision, and not since",
    );
    says(&twice, &[&other], 0, "other.pub: signed\n");
    for rewritten in ["jq", "python", "jsonb"] {
        let rewritten = kept(&format!("signed-amended.{rewritten}.json"));
        says(&rewritten, &[&officer, &other], 0, "other.pub: signed\n");
    }
    let data = with_small(&["replay", &twice, "--json", "--key", &officer]).json();
    assert_eq!(
        (
            &data["same"],
            &data["signatures"],
            &data["keys"][0]["signed"]
        ),
        (&false.into(), &2.into(), &false.into())
    );
}

#[test]
fn a_redacted_copy_replays() {
    let copy = run(&["redact", &kept("amended.json")]);
    let kept_copy = std::fs::read_to_string(kept("redacted.json")).unwrap();
    assert_eq!(copy.output, kept_copy);
    assert!(!copy.output.contains("00012345"));
    let replayed = run_with(
        &["replay", "-", "--matrix", &kept("small.yaml")],
        &copy.output,
    );
    assert_eq!(replayed.status, 0, "{}", replayed.output);
    let without_matrix = run_with(&["replay", "-"], &copy.output).errors;
    assert!(
        without_matrix.contains("name the file of the matrix"),
        "{without_matrix}"
    );
    let changed = std::fs::read_to_string(kept("amended.json")).unwrap();
    let changed = changed.replace("u-4711", "u-9999");
    for command in ["redact", "sign"] {
        let run = run_with(&[command, "-"], &changed);
        assert_eq!((run.status, run.output.as_str()), (1, ""));
        let line = "\n  /decided/0/by: this part, or its seal, was changed";
        assert!(run.errors.contains(line), "{}", run.errors);
    }
}

#[test]
fn a_record_of_one_of_a_cohort_has_their_id() {
    let folder = Folder::new("cohort-record");
    let cohort = folder.file(
        "people.csv",
        "id,arrests,rsr,flags,mappa,settled,rosh,code,last_charged\n007,3,1.10,street_gangs,,,,,\n",
    );
    let record = folder.path("record.json");
    let explain = |more: &[&str]| {
        let matrix = kept("small.yaml");
        let arguments = [
            "explain", &matrix, "--cohort", &cohort, "--id", "007", "--record", &record,
        ];
        run(&[&arguments[..], more].concat())
    };
    let run = explain(&["--as-at", "2026-12-05"]);
    assert_eq!(run.status, 0, "{}", run.errors);
    assert!(
        std::fs::read_to_string(&record)
            .unwrap()
            .contains(r#""person":"007""#)
    );
    assert_eq!(explain(&["--force", "--person", "A/7"]).status, 0);
    assert!(
        std::fs::read_to_string(&record)
            .unwrap()
            .contains(r#""person":"A/7""#)
    );
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
fn an_explanation_says_whom_it_is_about_without_a_record() {
    let matrix = kept("small.yaml");
    let explain = [
        "explain",
        &matrix,
        r#"{ "arrests": 4, "rsr": "7", "flags": [] }"#,
        "--as-at",
        "2026-12-05",
        "--person",
        "00012345",
    ];
    let told = run(&explain);
    assert!(
        told.output.contains("About: 00012345"),
        "{}{}",
        told.output,
        told.errors
    );
    let redacted = run(&[&explain[..], &["--redact"]].concat());
    assert!(!redacted.output.contains("00012345"), "{}", redacted.output);
}

#[test]
fn a_run_and_a_comparison_tell_labels() {
    let told = ["--count", "300", "--as-at", "2026-12-05"];
    let rescored = run(&[&["rescore", "--matrix", "hmpps-tier@3.6.0"], &told[..]].concat());
    let compared = run(&[
        &["compare", "hmpps-tier@3.5.0", "hmpps-tier@3.6.0"],
        &told[..],
    ]
    .concat());
    for output in [rescored.output, compared.output] {
        assert!(
            output.contains("not supervised") && !output.contains("not_supervised"),
            "{output}"
        );
    }
}

/// The parser of YAML tells its messages only where a feature of its asks for them, which tests of the library do.
#[test]
fn what_is_not_yaml_is_explained_by_the_program_too() {
    let head = "format: 1\nid: area\nversion: 1.0.0\nstatus: local\n";
    for (text, message, help) in [
        (
            "title: RSR: high",
            "the value has a second colon",
            "`title: \"RSR: high\"`",
        ),
        (
            "inputs:\n  rsr: { type: boolean, label: RSR: score }",
            "the value has a second colon",
            "put quotes around",
        ),
        (
            "inputs:\n  rsr:\n    type: boolean\n   label: RSR",
            "does not fit the lines before it",
            "indent it like line 7, by 4 spaces",
        ),
        ("title: \"RSR", "a quote is not closed", "close the quote"),
        (
            "title: 'RSR' score",
            "something follows the quote",
            "put the whole text in quotes",
        ),
        (
            "title: \"\\RSR\"",
            "a backslash in double quotes",
            "in single quotes",
        ),
        (
            "title: @RSR",
            "a text cannot begin with `@`",
            "put the text in quotes",
        ),
    ] {
        let run = run_with(&["check", "-"], &format!("{head}{text}\n"));
        assert_eq!(run.status, 1, "{}", run.output);
        for wanted in [message, help, " --> standard input:"] {
            assert!(run.output.contains(wanted), "{wanted}: {}", run.output);
        }
    }
}

#[test]
fn findings_of_a_matrix_from_standard_input_say_so_and_what_to_write() {
    let text = "format: 1\nid: area\nversion: 1.0.0\ntitle: Area\nstatus: local\ninputs: { n: { type: integer, range: [0, 9] } }\n\
        criteria: { a: { input: n, each: 1, points: 1 }, b: { input: n, each: 1, points: 2 } }\n\
        dimensions: { d: { score: [b], levels: [{ level: high, from: 4 }, { level: low }] } }\n";
    let run = run_with(&["check", "-"], text);
    assert!(
        run.output.contains(
            "standard input:7:13: never-matters: the points of `a` never change a level: no dimension adds them, so write `a` in the `score` of one"
        ),
        "{}",
        run.output
    );
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
fn a_column_that_is_called_as_an_input_is_proposed_before_one_that_is_nearly_so() {
    let folder = Folder::new("columns-titles");
    let header = "id,Arrests in the last 6 months,\"ARRESTS  in the last 12 months\"\n";
    let people = folder.file("people.csv", header);
    let draft = run(&["columns", &people, "--matrix", "iom-threshold@1.0.0"]);
    let proposed = "# arrests_12m: \"ARRESTS  in the last 12 months\"   # is this Arrests in the last 12 months?";
    assert!(draft.output.contains(proposed), "{}", draft.output);
}

/// Titles are for people. No program takes them for names.
#[test]
fn outcomes_with_titles_are_no_earlier_run() {
    let folder = Folder::new("labels");
    let people = folder.file("people.csv", "id,arrests_12m\n007,12\n");
    let out = folder.path("out.csv");
    let titled = rescore(&people, &["--out", &out, "--labels", "--points"]);
    assert_eq!(titled.status, 0, "{}", titled.errors);
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(
        written.starts_with("Id,Date of the scoring,Matrix,")
            && written.contains(",Offending frequency: score,Offending frequency: level,")
            && written.contains(",Why refused\n"),
        "{written}"
    );
    let wrong = rescore(&people, &["--previous", &out]);
    assert_eq!(wrong.status, 1);
    assert!(
        wrong
            .errors
            .contains("name the file of a run without `--labels`"),
        "{}",
        wrong.errors
    );
    let wrong = rescore(&people, &["--labels", "--out", "out.jsonl"]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong.errors.contains("--labels works only with"),
        "{}",
        wrong.errors
    );
}

#[test]
fn the_matrices_and_schemas_are_listed() {
    let listed = run(&["list", "hmpps-utm", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(run(&["list", "hmpps-umt"]).status, 1);
    assert!(run(&["schema", "record"]).json()["properties"].is_object());
    let columns = |options: &[&str]| run(&[&["schema", "columns"], options].concat());
    let inputs = "/$defs/columns-file/properties/columns/properties/arrests_12m";
    let schema = columns(&["iom-threshold@1.0.0"]).json();
    assert!(schema.pointer(inputs).is_some(), "{schema}");
    assert!(columns(&[]).json().pointer(inputs).is_none());
    let profile = run(&["schema", "profile", "iom-threshold@1.0.0"]).json();
    let title = &profile["properties"]["arrests_12m"]["title"];
    assert_eq!(title, "Arrests in the last 12 months");
    for of in ["outcome", "trace"] {
        assert!(run(&["schema", of]).json()["properties"].is_object());
    }
    for wrong in [&["record", "psa"][..], &["profile"]] {
        let wrong = run(&[&["schema"], wrong].concat());
        assert_eq!(wrong.status, 2, "{}", wrong.output);
    }
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
}

/// The outcomes of a night as a workbook are the earlier run of the next night.
#[cfg(feature = "xlsx")]
#[test]
fn a_workbook_of_outcomes_is_the_earlier_run_of_the_next_night() {
    let folder = Folder::new("workbook-out");
    let people = folder.file("people.csv", "id,arrests_12m\n007,12\n=1+1,lots\n");
    let [one, two] = ["one.xlsx", "two.xlsx"].map(|name| folder.path(name));
    let first = rescore(&people, &["--out", &one]);
    assert_eq!(first.status, 0, "{}", first.errors);
    assert!(
        first.output.contains(&format!("written to {one}")),
        "{}",
        first.output
    );
    let second = rescore(&people, &["--out", &two, "--previous", &one]);
    assert_eq!(second.status, 0, "{}", second.errors);
    assert!(
        second.output.contains("0 moved, 2 stayed, 0 new, 0 gone"),
        "{}",
        second.output
    );
    let broken = rescore(&people, &["--out", &folder.path("tiers.xlsm")]);
    assert_eq!(broken.status, 1);
    assert!(
        broken.errors.contains("end the name of the file in .xlsx"),
        "{}",
        broken.errors
    );
}

/// What a person should know of a workbook is in everything that a command gives, and so is the name of a refused cell.
#[cfg(feature = "xlsx")]
#[test]
fn the_formulas_and_the_refused_cells_of_a_workbook_are_told_everywhere() {
    let folder = Folder::new("workbook-told");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("people").unwrap();
    let mut table = rust_xlsxwriter::Table::new();
    table = table.set_columns(
        &["id", "arrests_12m"].map(|name| rust_xlsxwriter::TableColumn::new().set_header(name)),
    );
    for (row, (id, arrests)) in (1..).zip([("a", 12.0), ("b", -2.0), ("below", 1.0)]) {
        sheet.write_string(row, 0, id).unwrap();
        sheet.write_number(row, 1, arrests).unwrap();
    }
    sheet.add_table(0, 0, 2, 1, &table).unwrap();
    let people = folder.path("people.xlsx");
    book.save(&people).unwrap();
    let warning = "row stands below the table";
    let [page, refused] = ["night.html", "refused.csv"].map(|name| folder.path(name));
    let ran = rescore(&people, &["--html", &page, "--refused", &refused]);
    assert_eq!(ran.status, 0, "{}", ran.errors);
    assert!(
        ran.output.contains("warning: 1 row stands below") && ran.output.contains("(people!B3)"),
        "{}",
        ran.output
    );
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains(warning) && html.contains("people!B3"));
    let list = std::fs::read_to_string(&refused).unwrap();
    assert!(
        list.contains("\nb,3,arrests_12m,-2,") && list.contains("(people!B3)"),
        "{list}"
    );
    let data = rescore(&people, &["--json"]).json();
    assert!(
        data["warnings"][0].as_str().unwrap().contains(warning),
        "{data}"
    );
    let message = data["refusals"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("(people!B3)"), "{message}");
    let matrix = "iom-threshold@1.0.0";
    let dated = ["--cohort", &people, "--as-at", "2026-12-05"];
    let compared = run(&[&["compare", matrix, matrix][..], &dated].concat());
    assert_eq!(compared.status, 0, "{}", compared.errors);
    assert!(compared.errors.contains(warning), "{}", compared.errors);
    for (id, status, words) in [("a", 0, warning), ("b", 1, "(people!B3)")] {
        let explained = run(&[&["explain", matrix, "--id", id][..], &dated].concat());
        assert_eq!(explained.status, status, "{}", explained.errors);
        assert!(explained.errors.contains(words), "{}", explained.errors);
        assert!(explained.errors.contains(warning), "{}", explained.errors);
    }
    // Text goes to the standard output as CSV, whatever the cohort is.
    let piped = rescore(&people, &["--out", "-"]);
    assert!(
        piped.output.starts_with("id,as_at,matrix,"),
        "{}",
        piped.output
    );
    let wrong = rescore(&people, &["--refused", "list.xlsx"]);
    assert_eq!(wrong.status, 2, "{}", wrong.output);
    assert!(
        wrong
            .errors
            .contains("list.xlsx: the list is written to a .csv file"),
        "{}",
        wrong.errors
    );
    let out = folder.path("out.csv");
    assert_eq!(rescore(&people, &["--out", &out]).status, 0);
    let wrong = rescore(&people, &["--previous", &out, "--moved", "moved.xlsx"]);
    assert_eq!(wrong.status, 2, "{}", wrong.output);
    assert!(
        wrong.errors.contains("--moved moved.xlsx"),
        "{}",
        wrong.errors
    );
}

#[cfg(not(feature = "xlsx"))]
#[test]
fn a_program_without_workbooks_says_how_to_get_one_with_them() {
    for arguments in [
        &["rescore", "--cohort", "people.xlsx"][..],
        &["rescore", "--out", "people.xlsx"],
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

#[test]
fn columns_are_carried_through_under_their_own_names() {
    let folder = Folder::new("keep");
    let people = folder.file(
        "people.csv",
        "id,arrests_12m,tier,area\na,1,gold,north\nb,x,,=1+1\n",
    );
    let out = folder.path("out.csv");
    let ran = rescore(&people, &["--out", &out, "--keep", "area"]);
    assert_eq!(ran.status, 0, "{}", ran.errors);
    let written = std::fs::read_to_string(&out).unwrap();
    let mut lines = written.lines();
    assert!(lines.next().unwrap().ends_with(",error,area"), "{written}");
    assert!(lines.next().unwrap().ends_with(",north"), "{written}");
    assert!(lines.next().unwrap().ends_with(",'=1+1"), "{written}");
    let ran = rescore(&people, &["--out", &out, "--keep", "tier,area,area"]);
    assert_eq!(ran.status, 1);
    for words in [
        "`tier` cannot be carried through, since outcomes have a column of this name",
        "`area` is carried through twice",
    ] {
        assert!(ran.errors.contains(words), "{}", ran.errors);
    }
}

#[test]
fn one_person_of_a_cohort_is_explained_and_everybody_has_a_page() {
    let folder = Folder::new("explain-cohort");
    let people = folder.file(
        "people.csv",
        "Ref,arrests_12m,on\n007,12,\na/b,1,2026-01-05\nc,x,\nA/B,1,\nd,1,\nd,2,\n",
    );
    let columns = folder.file("columns.yaml", "id: Ref\nas_at: on\n");
    let explain = |options: &[&str]| {
        let always = ["explain", "iom-threshold@1.0.0", "--as-at", "2026-12-05"];
        let cohort = ["--cohort", &people, "--columns", &columns];
        run(&[&always[..], &cohort, options].concat())
    };
    let one = explain(&["--id", "007", "--json"]);
    let alone = run(&[
        "explain",
        "iom-threshold@1.0.0",
        "{\"arrests_12m\": 12}",
        "--as-at",
        "2026-12-05",
        "--json",
    ]);
    assert_eq!(
        (one.status, one.output.as_str()),
        (0, alone.output.as_str())
    );
    // At the date of the row.
    let other = explain(&["--id", "a/b", "--json"]);
    assert!(other.output.contains("2026-01-05"), "{}", other.output);
    for (id, words) in [
        ("7", "nobody has the id `7`; did you mean `007`?"),
        ("nobody", "nobody has the id `nobody`\n"),
        ("d", "several rows have the id `d`: line 6, line 7"),
        ("c", "`arrests_12m` is `x`, not a whole number"),
    ] {
        let ran = explain(&["--id", id]);
        assert_eq!(ran.status, 1);
        assert!(ran.errors.contains(words), "{id}: {}", ran.errors);
    }
    let pages = folder.path("pages");
    let ran = explain(&["--each", &pages]);
    assert_eq!(ran.status, 0, "{}", ran.errors);
    assert!(
        ran.output.starts_with("written 5 pages to "),
        "{}",
        ran.output
    );
    assert!(
        ran.errors.contains("no page for line 4 (`c`)"),
        "{}",
        ran.errors
    );
    let mut names: Vec<String> = std::fs::read_dir(&pages)
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let wanted = [
        "007.html",
        "A%2FB.2.html",
        "a%2Fb.html",
        "d.2.html",
        "d.html",
    ];
    assert_eq!(names, wanted);
    let wrong = run(&["explain", "iom-threshold@1.0.0", "--cohort", &people]);
    assert_eq!(wrong.status, 2, "{}", wrong.errors);
}

/// A run of the nightly command on a file of people, with further options.
#[track_caller]
fn rescore(people: &str, options: &[&str]) -> Run {
    let always = ["rescore", "--as-at", "2026-12-05", "--cohort", people];
    run(&[&always[..], options].concat())
}

#[test]
fn a_nightly_run_is_data_and_nothing_else() {
    let folder = Folder::new("night-json");
    let people = folder.file("people.csv", "id,arrests_12m,Colour\na,1,red\nb,2,\nb,x,\n");
    let ran = rescore(&people, &["--json"]);
    assert_eq!((ran.status, ran.errors.as_str()), (0, ""));
    let data = ran.json();
    assert_eq!(
        [&data["people"], &data["scored"], &data["refused"]],
        [3, 2, 1]
    );
    assert_eq!(
        data["matrix"]["title"],
        "IOM threshold matrix (illustrative)"
    );
    assert_eq!(data["refusals"][0]["line"], 4);
    assert_eq!(data["refusals"][0]["cells"][0]["cell"], "x");
    assert_eq!(data["unused"], serde_json::json!(["Colour"]));
    assert_eq!(data["repeated"]["ids"], serde_json::json!(["b"]));
    assert_eq!(
        data["advice"],
        "A tier is advice to the person who decides."
    );
    assert!(data["error"].is_null() && data["movement"].is_null());
    assert!(
        data["source"].as_str().unwrap().ends_with("people.csv"),
        "{}",
        data["source"]
    );
    assert_eq!(ran.output.lines().count(), 1);
}

#[test]
fn a_warning_does_not_stand_among_data() {
    let ran = run(&[
        "rescore",
        "--matrix",
        "iom-threshold@1.0.0",
        "--count",
        "20",
        "--as-at",
        "2020-01-01",
        "--json",
    ]);
    assert_eq!(
        (ran.status, &ran.json()["in_force"]),
        (0, &Value::Bool(false))
    );
    assert!(ran.errors.contains("warning: "), "{}", ran.errors);
}

#[test]
fn a_nightly_run_that_fails_is_data_too() {
    let folder = Folder::new("night-errors");
    let refused = folder.file("refused.csv", "id,arrests_12m\na,-1\nb,-2\n");
    let some = folder.file("some.csv", "id,arrests_12m\na,1\nb,-2\n");
    let empty = folder.file("empty.csv", "id,arrests_12m\n");
    let columns = folder.file("columns.csv", "id,arests_12m,id\na,1,1\n");
    let faulty = folder.file("faulty.yaml", "format: 1\nid: faulty\nnonsense: 1\n");
    let failed = |people: &str, options: &[&str]| {
        let ran = rescore(people, &[&["--json"], options].concat());
        assert_eq!(ran.status, 1, "{}", ran.output);
        let data = ran.json();
        let message = data["error"]["message"].as_str().unwrap().to_owned();
        (data, message)
    };
    // A run that has ended has its report, which says why.
    let (data, message) = failed(&refused, &[]);
    assert!(message.contains("none of the 2 people"), "{message}");
    assert_eq!(data["refusals"][0]["people"], 2);
    assert!(data["results"][0]["share"].is_null(), "{data}");
    let (data, message) = failed(&empty, &[]);
    assert!(message.contains("holds no profiles"), "{message}");
    assert_eq!(data["people"], 0);
    let (data, message) = failed(&some, &["--max-refused", "0"]);
    assert!(message.contains("--max-refused"), "{message}");
    assert_eq!(data["scored"], 1);
    // A run that could not go on has only its error.
    let (data, message) = failed(&columns, &[]);
    assert!(
        message.ends_with("columns.csv: the columns of the file do not fit the matrix"),
        "{message}"
    );
    assert!(
        data["error"]["problems"]
            .as_array()
            .is_some_and(|all| !all.is_empty()),
        "{data}"
    );
    assert!(data["people"].is_null(), "{data}");
    let missing = folder.path("missing.csv");
    assert!(failed(&missing, &[]).1.contains("missing.csv"));
    let (data, _) = failed(&some, &["--matrix", &faulty]);
    assert!(data["error"]["faults"].is_array(), "{data}");
    let previous = rescore(&some, &["--json", "--previous", &missing]);
    assert!(previous.json()["error"]["message"].is_string());
    let usage = rescore(&some, &["--json", "--html", &some]);
    assert_eq!(usage.status, 2);
    assert!(usage.json()["error"]["message"].is_string());
}

#[test]
fn a_matrix_is_put_into_the_page_that_scores_people() {
    let folder = Folder::new("calculator");
    let room = r#"<script type="application/json" id="matrix">null</script>"#;
    let built = folder.file("built.html", &format!("<p>before</p>{room}<p>after</p>"));
    let text = std::fs::read_to_string("../../matrices/psa/1.0.0.yaml").unwrap();
    let own = format!("# </script><b>\n{text}");
    let matrix = folder.file("area.yaml", &own);
    let page = folder.path("page.html");
    let made = |matrix: &str, input: &str| -> Value {
        let asked = [
            "check",
            "--quick",
            matrix,
            "--page",
            &page,
            "--page-from",
            &built,
        ];
        let made = run_with(&asked, input);
        assert_eq!(made.status, 0, "{}{}", made.output, made.errors);
        assert!(made.errors.contains("written to"));
        let html = std::fs::read_to_string(&page).unwrap();
        let json = html
            .strip_prefix(r#"<p>before</p><script type="application/json" id="matrix">"#)
            .and_then(|rest| rest.strip_suffix("</script><p>after</p>"))
            .unwrap();
        assert!(!json.contains('<'), "nothing ends the place early");
        serde_json::from_str(json).unwrap()
    };
    let of_file = made(&matrix, "");
    assert_eq!(of_file["name"], "area.yaml");
    assert_eq!(of_file["text"], own);
    let shipped = made("psa@1.0.0", "");
    assert_eq!(shipped["name"], "psa-1.0.0.yaml");
    assert_eq!(shipped["text"], text);
    let piped = made("-", &own);
    assert_eq!(piped["name"], "psa-1.0.0.yaml");
    assert!(piped["text"].as_str().unwrap().contains("id: psa"));

    let page = ["--page", &page];
    let other = run(&[
        &["check", "psa@1.0.0"],
        &page[..],
        &["--page-from", &matrix],
    ]
    .concat());
    assert_eq!(other.status, 1);
    assert!(
        other.errors.contains("not the page without a matrix"),
        "{}",
        other.errors
    );
    let without = run(&[&["check", "psa@1.0.0"], &page[..]].concat());
    assert_eq!(without.status, 2);
    let several = ["check", "psa@1.0.0", "ovp@1.0.0", "--page-from", &built];
    let several = run(&[&several[..], &page[..]].concat());
    assert!(several.errors.contains("--page works with one matrix"));
}

#[test]
fn the_page_of_a_nightly_run_appears_when_the_run_has_ended() {
    let folder = Folder::new("night-html");
    let people = folder.file("people.csv", "id,arrests_12m\na,1\nb,-2\n");
    let (page, out) = (folder.path("night.html"), folder.path("out.csv"));
    let ran = rescore(&people, &["--html", &page, "--out", &out]);
    assert_eq!(ran.status, 0, "{}", ran.errors);
    assert!(
        ran.output.contains(&format!("written to {page}\n")),
        "{}",
        ran.output
    );
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("Who was refused, and why") && html.contains("people.csv"));
    // With data on standard output, the page is written all the same.
    std::fs::remove_file(&page).unwrap();
    rescore(&people, &["--html", &page, "--json"]).json();
    assert_eq!(std::fs::read_to_string(&page).unwrap(), html);
    // A run that breaks off leaves the last night's page, and nothing beside it.
    let ran = rescore(&folder.path("missing.csv"), &["--html", &page]);
    assert_eq!(ran.status, 1);
    assert_eq!(std::fs::read_to_string(&page).unwrap(), html);
    assert!(!Path::new(&format!("{page}.partial")).exists());
}

#[test]
fn a_page_is_not_written_over_a_file_of_another_option() {
    let folder = Folder::new("night-same");
    let people = folder.file("people.csv", "id,arrests_12m\na,1\n");
    let matrix = folder.file("matrix.yaml", "");
    let out = folder.path("out.csv");
    let again = folder.path("./out.csv");
    for options in [
        ["--html", &people, "--max-refused", "1"],
        ["--matrix", &matrix, "--html", &matrix],
        ["--out", &out, "--html", &again],
        ["--refused", &out, "--html", &out],
    ] {
        let ran = rescore(&people, &options);
        assert_eq!(ran.status, 2, "{options:?}: {}", ran.output);
        assert!(ran.errors.contains("--html"), "{}", ran.errors);
        assert!(!Path::new(&out).exists());
    }
}

#[test]
fn only_one_thing_goes_to_the_standard_output() {
    let folder = Folder::new("night-standard");
    let people = folder.file("people.csv", "id,arrests_12m\na,1\n");
    for options in [["--json", "--out", "-"], ["--json", "--html", "-"]] {
        let ran = rescore(&people, &options);
        assert_eq!(ran.status, 2, "{options:?}: {}", ran.output);
        assert!(ran.json()["error"]["message"].is_string());
    }
    let arguments = [
        "rescore",
        "--as-at",
        "2026-12-05",
        "--cohort",
        "-",
        "--json",
    ];
    let data = run_with(&arguments, "id,arrests_12m\na,1\n").json();
    assert_eq!(data["source"], "people from the standard input");
}

#[test]
fn several_files_and_the_files_of_a_folder_are_one_cohort() {
    let folder = Folder::new("night-several");
    std::fs::create_dir(folder.0.join("areas")).unwrap();
    let north = folder.file("areas/north.csv", "id,arrests_12m,area\na,1,n\nb,x,n\n");
    let south = folder.file(
        "areas/south.jsonl",
        "{\"id\":\"a\",\"arrests_12m\":2,\"area\":\"s\"}\n",
    );
    let west = folder.file("areas/west.csv", "id,arrests_12m,area\n");
    folder.file("areas/notes.txt", "");
    let areas = folder.path("areas");
    let [out, refused, moved] =
        ["out.csv", "refused.csv", "moved.csv"].map(|name| folder.path(name));
    let ran = rescore(
        &areas,
        &["--keep", "area", "--out", &out, "--refused", &refused],
    );
    assert_eq!((ran.status, ran.errors.as_str()), (0, ""));
    for words in [
        format!("people from {areas} (3 files)\n"),
        format!("warning: {areas}: files of other kinds are not read: notes.txt\n"),
        format!("warning: files without people: {west}\n"),
        format!("line 3 of {north}: `arrests_12m` is `x`"),
        format!("(first on line 1 of {south}); each row was scored. Ids: a"),
    ] {
        assert!(ran.output.contains(&words), "{words}: {}", ran.output);
    }
    let written = std::fs::read_to_string(&out).unwrap();
    let rows: Vec<&str> = written.lines().skip(1).collect();
    assert!(
        rows[0].starts_with("a,") && rows[1].ends_with(",n") && rows[2].ends_with(",s"),
        "{written}"
    );
    let listed = std::fs::read_to_string(&refused).unwrap();
    assert!(
        listed.contains(&format!("\nb,{north},3,arrests_12m,x,")),
        "{listed}"
    );

    // The files one by one, after one option or several, and in the order in which they are named.
    let ran = rescore(&south, &[&north, "--cohort", &west, "--json"]);
    let people = ran.json()["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["people"].to_string())
        .collect::<Vec<_>>();
    assert_eq!(people, ["1", "2", "0"]);
    assert_eq!(
        ran.json()["source"],
        format!("people from {south}, {north}, {west}")
    );

    // Those of an earlier run may be in several files, too.
    std::fs::create_dir(folder.0.join("last")).unwrap();
    for (area, name) in [(&north, "last/n.csv"), (&south, "last/s.jsonl")] {
        assert_eq!(rescore(area, &["--out", &folder.path(name)]).status, 0);
    }
    let ran = rescore(
        &areas,
        &[
            "--previous",
            &folder.path("last"),
            "--moved",
            &moved,
            "--json",
        ],
    );
    let movement = &ran.json()["movement"];
    assert_eq!(
        [&movement["stayed"], &movement["apart"], &movement["gone"]],
        [1, 1, 0],
        "{movement}"
    );
    assert_eq!(std::fs::read_to_string(&moved).unwrap(), "id,from,to,why\n");

    let explain = |options: &[&str]| {
        let always = [
            "explain",
            "iom-threshold@1.0.0",
            "--as-at",
            "2026-12-05",
            "--cohort",
        ];
        run(&[&always, options].concat())
    };
    let twice = explain(&[&north, "--cohort", &south, "--id", "a"]);
    let words = format!(
        "{north}, {south}: several rows have the id `a`: line 2 of {north}, line 1 of {south}\n"
    );
    assert_eq!((twice.status, twice.errors), (1, words));
    let pages = folder.path("pages");
    let each = explain(&[&areas, "--each", &pages]);
    assert_eq!(each.output, format!("written 2 pages to {pages}\n"));
    assert!(
        each.errors
            .contains(&format!("no page for line 3 of {north} (`b`)")),
        "{}",
        each.errors
    );
    assert!(Path::new(&pages).join("a.2.html").exists());
}

#[test]
fn what_is_wrong_with_several_files_is_told_at_once() {
    let folder = Folder::new("night-several-wrong");
    std::fs::create_dir(folder.0.join("areas")).unwrap();
    let people = folder.file("areas/people.csv", "id,arrests_12m\na,1\n");
    let other = folder.file("other.csv", "id,arests_12m\na,1\n");
    let (areas, gone) = (folder.path("areas"), folder.path("gone.jsonl"));
    let ran = rescore(&people, &[&other, &gone, "--json"]);
    let error = &ran.json()["error"];
    assert_eq!(
        (ran.status, &error["message"]),
        (1, &Value::from("2 files cannot be read"))
    );
    let files = &error["files"];
    assert_eq!([&files[0]["file"], &files[1]["file"]], [&other, &gone]);
    assert!(
        files[0]["problems"].is_array() && files[1]["problems"].is_null(),
        "{error}"
    );
    for (options, words) in [
        (
            vec!["--keep", "area", "--out", "-"],
            format!(
                "{people}: the columns of the file do not fit the matrix:\n  - there is no column `area`"
            ),
        ),
        (
            vec![&*folder.path("./areas/people.csv")],
            "the file is named twice".to_owned(),
        ),
        (
            vec![&*folder.path("more.csv.gz")],
            "more.csv.gz: a compressed file is not read; unpack it first".to_owned(),
        ),
    ] {
        let ran = rescore(&people, &options);
        assert_eq!(ran.status, 1, "{}", ran.errors);
        assert!(ran.errors.contains(&words), "{}", ran.errors);
    }
    let nested = folder.file(
        "p.jsonl",
        "{\"id\":\"2\",\"profile\":{\"arrests_12m\":1}}\n",
    );
    let ran = rescore(
        &nested,
        &["--keep", "zone", "--outcome", "seen", "--out", "-"],
    );
    let words = "\n  - there is no column `seen` for what was seen later\n  - there is no column `zone` for `--keep`\n";
    assert_eq!(ran.status, 1, "{}", ran.output);
    assert!(ran.errors.ends_with(words), "{}", ran.errors);
    let inside = folder.path("areas/tonight.csv");
    let aside = folder.path("tonight.csv");
    for (options, words) in [
        (
            vec!["--out", &inside],
            "is in the folder of --cohort, so that the next run would read it",
        ),
        (vec!["--out", &people], "would be written over"),
        (
            vec!["-", "--matrix", "-"],
            "cannot both be read from standard input",
        ),
        (
            vec!["a.doc", "b.doc", "--out", &aside],
            "--cohort b.doc: the name of the file must end in",
        ),
        (vec!["--threads", "2"], "--threads works only with"),
    ] {
        let ran = rescore(&areas, &options);
        assert_eq!(ran.status, 2, "{}", ran.errors);
        assert!(ran.errors.contains(words), "{}", ran.errors);
    }
    let empty = [
        folder.file("empty.csv", "id,arrests_12m\n"),
        folder.file("none.csv", "id,arrests_12m\n"),
    ];
    let ran = rescore(&empty[0], &[&empty[1]]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.errors
            .ends_with("none.csv hold no profiles, so nobody was scored\n"),
        "{}",
        ran.errors
    );
    let always = ["rescore", "--as-at", "2026-12-05", "--json", "--cohort"];
    let ran = run_with(
        &[&always[..], &[&people, "-"]].concat(),
        "id,arrests_12m\nb,-1\n",
    );
    let refusal = &ran.json()["refusals"][0];
    assert_eq!(
        (&refusal["file"], &refusal["line"]),
        (&Value::from("the standard input"), &Value::from(2))
    );
}

/// Every key of the data is in the page that says what the keys mean.
#[test]
fn the_keys_of_the_data_of_a_run_are_explained() {
    fn keys(data: &Value, found: &mut std::collections::BTreeSet<String>) {
        match data {
            Value::Object(entries) => entries.iter().for_each(|(key, value)| {
                found.insert(key.clone());
                keys(value, found);
            }),
            Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
            _ => {}
        }
    }
    let folder = Folder::new("night-keys");
    let before = folder.file("before.csv", "id,arrests_12m\na,30\nb,1\nc,1\n");
    let people = folder.file(
        "people.csv",
        "id,arrests_12m,seen\na,x,1\nb,1,0\nb,1,1\nd,1,1\n",
    );
    let out = folder.path("out.csv");
    assert_eq!(rescore(&before, &["--out", &out]).status, 0);
    let options = [
        "--json",
        "--previous",
        &out,
        "--outcome",
        "seen",
        "--max-refused",
        "0",
    ];
    let mut found = std::collections::BTreeSet::new();
    keys(&rescore(&people, &options).json(), &mut found);
    keys(&rescore(&people, &[&before, "--json"]).json(), &mut found);
    assert!(found.contains("files"), "{found:?}");
    assert!(found.len() > 45, "{found:?}");
    let page = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rescore-json.md"),
    )
    .unwrap();
    let unexplained: Vec<_> = found
        .iter()
        .filter(|key| !page.contains(&format!("`{key}`")))
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
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
        "decide",
        "sign",
        "redact",
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

#[test]
fn events_in_a_file_of_their_own_are_joined() {
    let folder = Folder::new("events");
    let matrix = folder.file(
        "matrix.yaml",
        "format: 1\nid: counted\nversion: 1.0.0\ntitle: Counted\nstatus: illustrative\ntiers: [high, low]\ninputs:\n  offences: { type: events, \
         at_most: 9, fields: { kind: { type: category, values: [robbery, burglary] } } }\nderived:\n  burglaries: { count: offences, where: { kind: \
         burglary }, within: { months: 12 } }\ndecision:\n  rules: [ { tier: high, when: { burglaries: { from: 2 } } }, { tier: low } ]\n",
    );
    let people = folder.file("people.csv", "id\nann\nbob\ncat\n");
    let first = folder.file(
        "first.csv",
        "id,date,kind\nann,2026-01-06,burglary\nzoe,2026-01-06,robbery\n",
    );
    let second = folder.file(
        "second.jsonl",
        "{\"id\": \"ann\", \"date\": \"2026-02-06\", \"kind\": \"burglary\"}\n",
    );
    let columns = folder.file("columns.yaml", "events: { offences: { complete: true } }\n");
    let [first, second, nowhere] =
        [&first, &second, &people].map(|path| format!("offences={path}"));
    let options = [
        "rescore",
        "--matrix",
        &matrix,
        "--cohort",
        &people,
        "--as-at",
        "2026-12-05",
    ];
    let joined = [
        "--events",
        &first,
        "--events",
        &second,
        "--columns",
        &columns,
    ];
    let told = run(&[&options[..], &joined, &["--json"]].concat());
    assert_eq!(told.status, 0, "{}", told.errors);
    let data = told.json();
    assert_eq!(data["results"][0]["people"], 1, "{data}");
    assert_eq!(data["events"][0]["events"], 3);
    assert_eq!(data["events"][0]["not_in_cohort"]["first"][0], "zoe");
    assert_eq!(data["events"][0]["without_events"]["people"], 2);
    let until = ["--until", "2027-12-31", "--out", "-"];
    let told = run(&[&options[..], &joined, &until].concat());
    let rows: Vec<&str> = told.output.lines().collect();
    assert!(
        rows[0].ends_with(",next_change,next_result,stands_until,until,library_version"),
        "{rows:?}"
    );
    assert!(
        rows[1].contains(",2027-01-07,low,2027-01-06,2027-12-31,"),
        "{rows:?}"
    );
    assert!(rows[2].contains(",,,2027-12-31,2027-12-31,"), "{rows:?}");
    // The second night: ann's first burglary is too old on the day after it, and bob has a new one.
    let [last, tonight] = ["last.csv", "tonight.csv"].map(|name| folder.path(name));
    let written = ["--until", "2027-12-31", "--out", &last];
    assert_eq!(run(&[&options[..], &joined, &written].concat()).status, 0);
    let new = folder.file("new.csv", "id,date,kind\nbob,2027-01-05,burglary\n");
    let new = format!("offences={new}");
    let (nobody, changed) = (
        folder.file("nobody.csv", ""),
        folder.file("ids.csv", "id\nbob\n"),
    );
    let night = |as_at: &'static str, changed: &[&str]| {
        let own = [
            "--due-only",
            "--previous",
            &last,
            "--until",
            "2027-12-31",
            "--out",
            &tonight,
            "--as-at",
            as_at,
        ];
        run(&[&options[..5], &joined, &["--events", &new], &own, changed].concat())
    };
    let told = night("2027-01-06", &["--changed", &changed, "--json"]);
    assert_eq!(told.status, 0, "{}", told.errors);
    let data = told.json();
    assert_eq!(data["due_only"]["carried_over"], 2, "{data}");
    assert_eq!(data["due_only"]["changed"], 1, "{data}");
    assert_eq!(data["events"][0]["not_in_cohort"]["people"], 1, "{data}");
    assert_eq!(data["events"][0]["without_events"]["people"], 1, "{data}");
    let told = night("2027-01-07", &["--changed", &changed]);
    let line = "carried over from the previous run: 1; scored: 2 (1 due, 1 changed)";
    assert!(told.output.contains(line), "{}", told.output);
    assert_eq!(night("2027-01-07", &["--changed", &nobody]).status, 0);
    let told = night("2027-01-07", &[]);
    assert_eq!(told.status, 2);
    assert!(
        told.errors
            .contains("give a file of their ids with --changed"),
        "{}",
        told.errors
    );
    let late = ["--until", "2026-12-05", "--out", "-"];
    let late = run(&[&options[..], &joined, &late].concat());
    assert_eq!(late.status, 2, "{}", late.errors);
    let told = run(&[&options[..], &joined].concat());
    assert!(
        told.output
            .contains("2 people of the cohort have no row there"),
        "{}",
        told.output
    );

    let ann = [
        "explain",
        &matrix,
        "--cohort",
        &people,
        "--as-at",
        "2026-12-05",
        "--id",
        "ann",
    ];
    let told = run(&[&ann[..], &joined].concat());
    assert!(
        told.output.contains("6 January"),
        "{}{}",
        told.output,
        told.errors
    );

    for (events, words) in [
        ("offences", "is not a list of events and its file"),
        (
            nowhere.as_str(),
            "there is no column for `date`, which must always be given",
        ),
        ("ofences=first.csv", "did you mean `offences`?"),
    ] {
        let told = run(&[&options[..], &["--events", events]].concat());
        assert_ne!(told.status, 0);
        assert!(told.errors.contains(words), "{}", told.errors);
    }
    let others = folder.file("others.csv", "id,date,kind\n1,2026-01-06,burglary\n");
    let others = format!("offences={others}");
    let told = run(&[&options[..], &["--events", &others, "--columns", &columns]].concat());
    assert_eq!(told.status, 1);
    assert!(
        told.errors
            .contains("is in the cohort, so nobody has events of `offences`"),
        "{}",
        told.errors
    );
}
