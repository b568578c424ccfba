//! A run that scores only those who are due gives what a run that scores everybody gives.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Span;
use proptest::prelude::*;
use test_kit::counted;
use test_kit::library::{date, load};
use test_kit::strategy::Setting;
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix, sample};
use threshold_matrix_cohort::{
    Beside, CohortError, CohortFiles, Columns, DueOnly, DueShare, FileKind, FileList, OutcomeFile,
    Previous, Tally,
};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("due-only-".to_owned() + name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn list(path: &Path) -> FileList {
    FileList::of([path]).unwrap()
}

/// A night: whom there is to score, at which date, and how far it is looked for the next change.
struct Night<'a> {
    matrix: &'a Matrix,
    people: PathBuf,
    as_at: Date,
    until: Date,
    outputs: Outputs,
}

impl Night<'_> {
    /// Scores everybody, or only those who are due since an earlier run, if a file has the ids of those who changed.
    fn run(
        &self,
        previous: Option<&Path>,
        changed: Option<&Path>,
        out: &Path,
    ) -> Result<DueShare, CohortError> {
        let (columns, matrix) = (Columns::new(), self.matrix);
        let people = list(&self.people);
        let mut tally = Tally::new(matrix);
        let mut due = None;
        if let Some(previous) = previous {
            let previous = list(previous);
            let earlier = match changed {
                None => Previous::open(&previous)?,
                Some(changed) => {
                    let (own, earlier) = DueOnly::open(
                        &previous,
                        &list(changed),
                        &columns,
                        matrix,
                        self.as_at,
                        self.until,
                        self.outputs,
                        FileKind::of(out),
                    )?;
                    due = Some(Arc::new(own));
                    earlier
                }
            };
            tally = Tally::since(matrix, earlier);
        }
        let cohort = match &due {
            Some(due) => CohortFiles::due_only(&people, &columns, matrix, None, due)?,
            None => CohortFiles::open(&people, &columns, matrix)?.until(self.until),
        };
        let beside = Beside::new([], previous.is_some()).with_next_change(self.until);
        let (of, as_at, outputs) = (Some(&cohort), self.as_at, self.outputs);
        let mut file = OutcomeFile::create(out, out, of, matrix, as_at, outputs, beside)?;
        let each = |_: &_, _, _| Ok(());
        let to = Some(&mut file);
        cohort.score(matrix, as_at, outputs, 2, &mut tally, to, each)?;
        file.finish(&tally.report(as_at), &FileList::default())?;
        Ok(due.map_or_else(DueShare::default, |due| due.share(tally.people())))
    }
}

/// Returns lines of JSON of people.
fn lines<'a>(people: impl Iterator<Item = (String, &'a str)>) -> String {
    let line = |(id, profile)| format!("{{\"id\":\"{id}\",\"profile\":{profile}}}\n");
    people.map(line).collect()
}

fn after(day: Date, days: i64) -> Date {
    let day: jiff::civil::Date = day.to_string().parse().unwrap();
    (day + Span::new().days(days)).to_string().parse().unwrap()
}

/// The kinds of files of outcomes, each with the files of its own that it reads.
const KINDS: &[&str] = &[
    "csv",
    "jsonl",
    #[cfg(feature = "parquet")]
    "parquet",
    #[cfg(feature = "parquet")]
    "arrow",
];

proptest! {
    #![proptest_config(test_kit::cases(12))]

    #[test]
    fn the_second_night_and_all_after_it_are_those_of_a_full_run(
        case in prop_oneof![counted::cases(Setting::Large), counted::cases(Setting::Small)],
        seed in any::<u64>(),
        // The days to each night, how many of 16 people changed, and whether it is looked further than the night before.
        nights in prop::collection::vec((1..90_i64, any::<u16>(), -40..40_i64), 1..4),
        kind in prop::sample::select(KINDS),
    ) {
        let matrix = load(&case.to_yaml())?;
        let folder = folder("nights");
        let mut as_at = date(&case.spec);
        let made_up = sample::profiles(&matrix, as_at, seed, 60);
        let own = case.profile();
        let profiles: Vec<String> = made_up.map(|profile| serde_json::to_string(&profile).unwrap()).chain([own]).collect();
        let mut people: Vec<usize> = (0..20).map(|at| at * 3).chain([60]).collect();
        let mut until = after(as_at, 400);
        let outputs = Outputs::tiers().with_dimensions().with_flags().with_points().with_decisions();
        let write = |people: &[usize]| {
            let path = folder.join("people.jsonl");
            let own = people.iter().zip(1..).map(|(at, id): (_, u32)| (format!("p{id}"), profiles[*at].as_str()));
            std::fs::write(&path, lines(own)).unwrap();
            path
        };
        let last = folder.join(format!("last.{kind}"));
        let first = Night { matrix: &matrix, people: write(&people), as_at, until, outputs };
        first.run(None, None, &last).unwrap();
        for (days, changes, further) in nights {
            as_at = after(as_at, days);
            until = if further > 20 { after(until, further) } else { until };
            let mut changed = "id\n".to_owned();
            for (at, own) in people.iter_mut().enumerate().filter(|(at, _)| *at < 16 && changes >> at & 1 == 1) {
                *own = (*own + 1) % profiles.len();
                changed.push_str(&format!("p{}\n", at + 1));
            }
            // Somebody is new.
            people.push(usize::try_from(days % 60).unwrap());
            let ids = folder.join("changed.csv");
            std::fs::write(&ids, changed).unwrap();
            let night = Night { matrix: &matrix, people: write(&people), as_at, until, outputs };
            let (full, due) = (folder.join(format!("full.{kind}")), folder.join(format!("due.{kind}")));
            night.run(Some(&last), None, &full).unwrap();
            let share = night.run(Some(&last), Some(&ids), &due).unwrap();
            let [one, other] = [&full, &due].map(|path| std::fs::read(path).unwrap());
            let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            prop_assert!(one == other, "{:?}\n{}\n{}\n{}", share, shown(&one), shown(&other), case.to_yaml());
            let all = share.carried_over + share.due + share.changed + share.new + share.other_run + share.open_or_refused;
            prop_assert_eq!(all, people.len() as u64);
            prop_assert_eq!((share.changed, share.new), (u64::from(changes.count_ones()), 1));
            std::fs::rename(&due, &last).unwrap();
        }
    }
}

const MATRIX: &str = "
format: 1
id: lapses
version: 1.0.0
title: What lapses
status: illustrative
inputs:
  charged: { type: date, missing: absent }
  priors: { type: integer, range: [0, 50], missing: unknown }
criteria:
  recent: { when: { charged: { from: { months_ago: 12 } } }, points: 0.5, otherwise: 0 }
  past: { input: priors, bands: [ { from: 0, points: 0 }, { from: 3, points: 10 } ] }
dimensions:
  need: { score: [recent, past], levels: [ { level: high, from: 10 }, { level: low } ] }
flags:
  again: { when: { priors: { from: 10 } } }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { need: high } }, { tier: low } ] }
";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Returns the cells of each row, but for those of who moved and of what the run was about.
fn results(path: &Path) -> Vec<Vec<String>> {
    #[cfg(feature = "xlsx")]
    if path.extension().is_some_and(|ending| ending == "xlsx") {
        use calamine::Reader;
        let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
        let range = book.worksheet_range("Results").unwrap();
        let rows = range.rows();
        return rows
            .map(|row| row.iter().map(ToString::to_string).collect())
            .collect();
    }
    let bytes = std::fs::read(path).unwrap();
    vec![vec![format!("{bytes:?}")]]
}

#[test]
fn each_is_carried_over_or_scored_for_a_reason_in_every_kind_of_file() {
    let (folder, matrix) = (folder("reasons"), Matrix::from_yaml(MATRIX).unwrap());
    let people = folder.join("people.csv");
    let ids = folder.join("ids.jsonl");
    // Ann's charge counts up to the first of January, and nobody knows how many priors cat has.
    let first = "id,charged,priors\nann,2026-01-01,12\nbob,,3\ncat,,\ndan,,51\neve,,1\nfay,,1\n";
    let second = "id,charged,priors\ngus,,1\neve,,9\ndan,,51\ncat,,\nbob,,3\nann,2026-01-01,12\n";
    let mut kinds = KINDS.to_vec();
    kinds.extend(cfg!(feature = "xlsx").then_some("xlsx"));
    for kind in kinds {
        let [last, full, due] =
            ["last", "full", "due"].map(|name| folder.join(format!("{name}.{kind}")));
        let night = |text: &str, as_at: &str, until: &str| {
            std::fs::write(&people, text).unwrap();
            let outputs = Outputs::everything();
            Night {
                matrix: &matrix,
                people: people.clone(),
                as_at: day(as_at),
                until: day(until),
                outputs,
            }
        };
        std::fs::write(&ids, "{\"id\": \"eve\"}\n{\"id\": \"zed\"}\n").unwrap();
        let dated = [
            // The charge counts for the last time, and then no longer.
            ("2027-01-01", "2027-12-31", [2, 0, 1, 1, 0, 2]),
            ("2027-01-02", "2027-12-31", [1, 1, 1, 1, 0, 2]),
            // Whether the results of ann and bob differ after the last day of 2027, the earlier run does not say.
            ("2027-01-01", "2028-01-01", [0, 0, 1, 1, 2, 2]),
            ("2027-01-01", "2027-06-30", [2, 0, 1, 1, 0, 2]),
            ("2026-12-04", "2027-12-31", [0, 0, 1, 1, 2, 2]),
        ];
        for (as_at, until, expected) in dated {
            let before = night(first, "2026-12-05", "2027-12-31");
            before.run(None, None, &last).unwrap();
            let now = night(second, as_at, until);
            now.run(Some(&last), None, &full).unwrap();
            let share = now.run(Some(&last), Some(&ids), &due).unwrap();
            assert_eq!(results(&full), results(&due), "{kind} {as_at} {until}");
            let found = [
                share.carried_over,
                share.due,
                share.changed,
                share.new,
                share.other_run,
                share.open_or_refused,
            ];
            assert_eq!(found, expected, "{kind} {as_at} {until}");
            assert_eq!(share.not_in_cohort, ["zed"]);
        }
    }
}

#[test]
fn what_cannot_be_carried_over_is_said() {
    let (folder, matrix) = (folder("refused"), Matrix::from_yaml(MATRIX).unwrap());
    let [people, ids] = ["people.csv", "ids.csv"].map(|name| folder.join(name));
    std::fs::write(&people, "id,charged,priors\nann,,12\nbob,,1\n").unwrap();
    std::fs::write(&ids, "").unwrap();
    let night = |outputs: Outputs| Night {
        matrix: &matrix,
        people: people.clone(),
        as_at: day("2026-12-05"),
        until: day("2027-12-31"),
        outputs,
    };
    let [csv, json, out, json_out] =
        ["last.csv", "last.jsonl", "out.csv", "out.jsonl"].map(|name| folder.join(name));
    let all = night(Outputs::everything());
    all.run(None, None, &csv).unwrap();
    all.run(None, None, &json).unwrap();
    let said = |night: &Night<'_>, last: &Path, out: &Path| {
        let run = night.run(Some(last), Some(&ids), out);
        run.map(|share| share.carried_over)
            .map_err(|error| error.to_string())
    };
    assert_eq!(said(&all, &csv, &out), Ok(2));
    assert_eq!(said(&all, &json, &json_out), Ok(2));
    for (last, out) in [(&csv, &json_out), (&json, &out)] {
        let error = said(&all, last, out).unwrap_err();
        assert!(
            error.contains("from JSON lines to JSON lines alone"),
            "{error}"
        );
    }
    // The points of the earlier run are not written.
    night(Outputs::tiers().with_dimensions().with_flags())
        .run(None, None, &csv)
        .unwrap();
    let error = said(&all, &csv, &out).unwrap_err();
    assert!(
        error.contains("does not have `points.recent`, `points.past`")
            && error.contains("--points"),
        "{error}"
    );
    // The earlier run did not look ahead.
    for last in [&csv, &json] {
        let columns = Columns::new();
        let cohort = CohortFiles::open(&list(&people), &columns, &matrix).unwrap();
        let (as_at, outputs) = (all.as_at, all.outputs);
        let beside = Beside::default();
        let of = Some(&cohort);
        let mut file =
            OutcomeFile::create(last, last, of, &matrix, as_at, outputs, beside).unwrap();
        let mut tally = Tally::new(&matrix);
        let each = |_: &_, _, _| Ok(());
        cohort
            .score(
                &matrix,
                as_at,
                outputs,
                1,
                &mut tally,
                Some(&mut file),
                each,
            )
            .unwrap();
        file.finish(&tally.report(as_at), &FileList::default())
            .unwrap();
    }
    for (last, out) in [(&csv, &out), (&json, &json_out)] {
        let error = said(&all, last, out).unwrap_err();
        assert!(
            error.contains("`stands_until`") && error.contains("`--until`"),
            "{error}"
        );
    }
    // Nobody can say which of two rows is that of the earlier run.
    all.run(None, None, &csv).unwrap();
    std::fs::write(&people, "id,charged,priors\nann,,12\nbob,,1\nann,,0\n").unwrap();
    let error = said(&all, &csv, &out).unwrap_err();
    assert!(
        error.contains("has one, so that their inputs changed: `ann`"),
        "{error}"
    );
    std::fs::write(&ids, "id\nann\n").unwrap();
    assert_eq!(said(&all, &csv, &out), Ok(1));
    // From then on the earlier run has two.
    std::fs::write(&ids, "").unwrap();
    std::fs::rename(&out, &csv).unwrap();
    assert_eq!(said(&all, &csv, &out), Ok(1));
    std::fs::write(&ids, "id,name\n,ann\n").unwrap();
    let error = said(&all, &csv, &out).unwrap_err();
    assert!(
        error.contains("so nobody knows whose inputs changed"),
        "{error}"
    );
    std::fs::write(&ids, "who\nann\n").unwrap();
    let error = said(&all, &csv, &out).unwrap_err();
    assert!(
        error.contains("there is no column `id` for the id of a person"),
        "{error}"
    );
}
