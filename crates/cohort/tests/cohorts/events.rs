//! Events in files of their own: a person has the same events as if they stood in the profile.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use test_kit::events::{Counting, Event, counting};
use test_kit::library::load;
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix, Profile, Refusal};
use threshold_matrix_cohort::{
    Beside, CohortError, CohortFiles, Columns, EventShare, EventTable, FileList, OutcomeFile,
    Person, Scored, Tally,
};

const MATRIX: &str = r#"
format: 1
id: counted
version: 1.0.0
title: Counted
status: illustrative
tiers: [high, low]
inputs:
  released: { type: date, missing: absent }
  offences:
    type: events
    at_most: 5
    missing: absent
    fields:
      kind: { type: category, values: [robbery, burglary] }
      victim: { type: reference, missing: absent }
      weight: { type: integer, range: [0, 9], missing: absent }
derived:
  robberies: { count: offences, where: { kind: robbery }, within: { months: 12 } }
  victims: { distinct: offences, of: victim }
  after: { count: offences, after: released }
criteria:
  often: { input: robberies, each: 1, points: 1, absent: 7 }
  many: { input: victims, each: 1, points: 1, absent: 0 }
  again: { input: after, each: 1, points: 1, absent: 0 }
dimensions:
  one: { score: [often, many, again] }
decision:
  bands: { of: one, tiers: [ { tier: high, from: 2 }, { tier: low } ] }
"#;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("events")
        .join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn matrix() -> Matrix {
    Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"))
}

fn as_at() -> Date {
    "2026-12-05".parse().unwrap()
}

/// Writes a file into a folder.
fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn read(
    paths: &[PathBuf],
    columns: &Columns,
    matrix: &Matrix,
) -> Result<Arc<EventTable>, CohortError> {
    let files = FileList::of(paths).unwrap();
    EventTable::read(&[("offences".to_owned(), files)], columns, matrix).map(Arc::new)
}

/// Scores the people of a file one by one, with what was read of the events.
fn scored(
    people: &Path,
    events: &Arc<EventTable>,
    columns: &Columns,
    matrix: &Matrix,
    as_at: Date,
) -> Vec<Scored> {
    let list = FileList::of([people]).unwrap();
    let cohort = CohortFiles::with_events(&list, columns, matrix, events).unwrap();
    let mut scored = Vec::new();
    cohort
        .visit(|person, _| {
            scored.push(person.score(matrix, as_at));
            Ok::<_, CohortError>(ControlFlow::Continue(()))
        })
        .unwrap();
    scored
}

#[track_caller]
fn refusal(scored: &Scored) -> Vec<&str> {
    let refusal = scored.result.as_ref().unwrap_err();
    let problems = refusal.problems().iter();
    problems.map(|problem| problem.message.as_str()).collect()
}

#[test]
fn who_has_no_row_has_what_the_columns_file_says() {
    let (folder, matrix) = (folder("without"), matrix());
    let people = file(
        &folder,
        "people.csv",
        "id,released\nann,\nbob,\ncat,2026-06-01\n",
    );
    let events = file(
        &folder,
        "offences.csv",
        "id,date,kind,victim\nzoe,2026-01-01,robbery,v\nann,2026-02-01,robbery,w\nann,2026-03-01,robbery,w\n",
    );
    for (complete, bob) in [(false, "high"), (true, "low")] {
        let text = format!("events: {{ offences: {{ complete: {complete} }} }}");
        let columns = Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix).unwrap();
        let table = read(std::slice::from_ref(&events), &columns, &matrix).unwrap();
        let scored = scored(&people, &table, &columns, &matrix, as_at());
        let tiers: Vec<_> = scored
            .iter()
            .map(|own| own.result.as_ref().unwrap().tier().unwrap())
            .collect();
        assert_eq!(tiers, ["high", bob, bob], "{text}");
        let shares = table.shares();
        let [share] = shares.as_slice() else {
            panic!("{shares:?}")
        };
        let EventShare {
            events,
            people,
            without_events,
            not_in_cohort,
            ..
        } = share;
        assert_eq!((*events, *people), (3, 2));
        assert_eq!(without_events.first, ["bob", "cat"]);
        assert_eq!(
            (not_in_cohort.people, not_in_cohort.first.as_slice()),
            (1, &["zoe".to_owned()][..])
        );
        assert_eq!(
            share
                .to_string()
                .contains("write `events: { offences: { complete: true } }`"),
            !complete
        );
    }
}

#[test]
fn every_bad_row_refuses_its_person_and_says_where_it_is() {
    let (folder, matrix) = (folder("bad"), matrix());
    let people = file(&folder, "people.csv", "id\nann\nbob\ncat\ndan\neve\n");
    let columns = r#"
events:
  offences:
    id: Nominal
    dates: "%d/%m/%Y"
    case: ignore
    skip: { where: { Nominal: [TOTAL] } }
    columns:
      date: Day
      kind: { column: Offence, values: { Burglary dwelling: burglary } }
      weight: Weight
"#;
    let columns = Columns::from_yaml("columns.yaml", columns.as_bytes(), &matrix);
    let columns = columns.unwrap_or_else(|faults| panic!("{faults}"));
    let events = file(
        &folder,
        "offences.csv",
        "Nominal,Day,Offence,Weight\n\
         ann,31/11/2026,robbery,1\n\
         bob,01/02/2026,arson,1\n\
         bob,01/02/2026,robbery\n\
         cat,06/12/2026,Burglary dwelling,1\n\
         eve,2026-11,ROBBERY,10\n\
         dan,2025,burglary dwelling,3\n\
         dan,01/11/2026,Robbery,\n\
         TOTAL,,,25\n",
    );
    let table = read(&[events], &columns, &matrix).unwrap();
    let all = scored(&people, &table, &columns, &matrix, as_at());
    let place = |line: u32| format!("line {line} of {}", folder.join("offences.csv").display());
    assert_eq!(
        refusal(&all[0]),
        [format!(
            "an event of `offences`: `date` is `31/11/2026`, not a date such as 31/12/2026 (`%d/%m/%Y` in the columns file) ({}, column `Day`)",
            place(2)
        )]
    );
    assert_eq!(
        refusal(&all[1]),
        [
            format!(
                "an event of `offences`: `kind` is `arson`, which `values` in the columns file does not list; write `burglary dwelling` ({}, column `Offence`)",
                place(3)
            ),
            format!(
                "an event of `offences`: the row has 3 cells, and the first line names 4 columns ({})",
                place(4)
            ),
        ]
    );
    assert_eq!(
        refusal(&all[2]),
        [format!(
            "`offences[0].date` is 2026-12-06, after the date of the scoring, 2026-12-05 ({}, column `Day`)",
            place(5)
        )]
    );
    assert_eq!(
        refusal(&all[4]),
        [format!(
            "`offences[0].weight` is 10, outside 0 to 9 ({}, column `Weight`)",
            place(6)
        )]
    );
    assert_eq!(all[3].result.as_ref().unwrap().tier(), Some("low"));
    assert!(
        table
            .warnings()
            .iter()
            .any(|warning| warning.ends_with("fields of an event without a column: victim"))
    );
}

#[test]
fn an_event_without_an_id_and_a_count_beside_events_are_errors() {
    let (folder, matrix) = (folder("errors"), matrix());
    let columns = Columns::new();
    let nobodys = file(
        &folder,
        "nobodys.csv",
        "id,date,kind\n,2026-01-01,robbery\nann,2026-01-01,robbery\n,2026-01-02,robbery\n",
    );
    let error = read(&[nobodys], &columns, &matrix).unwrap_err().to_string();
    assert!(
        error.contains(
            "line 2: the row has no id (2 rows have none: 2, 4), so nobody knows whose event it is"
        ),
        "{error}"
    );
    let without_kind = file(&folder, "without.csv", "id,date\nann,2026-01-01\n");
    let other = FileList::of([&without_kind]).unwrap();
    let list = [("ofences".to_owned(), other)];
    let error = EventTable::read(&list, &columns, &matrix)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the matrix has no list of events `ofences`; did you mean `offences`?"),
        "{error}"
    );
    let error = read(&[without_kind], &columns, &matrix)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("there is no column for `kind`, which must always be given"),
        "{error}"
    );

    let events = file(
        &folder,
        "offences.csv",
        "id,date,kind\nann,2026-01-01,robbery\n",
    );
    let table = read(&[events], &columns, &matrix).unwrap();
    let people = file(&folder, "people.csv", "id,robberies\nann,3\n");
    let list = FileList::of([&people]).unwrap();
    let error = CohortFiles::with_events(&list, &columns, &matrix, &table)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the column `robberies` gives `robberies`, which is counted of `offences`"),
        "{error}"
    );
    let ignoring = Columns::from_yaml("columns.yaml", b"ignore: [robberies]", &matrix).unwrap();
    let scored = scored(&people, &table, &ignoring, &matrix, as_at());
    assert_eq!(scored[0].result.as_ref().unwrap().tier(), Some("low"));

    let profiles = file(
        &folder,
        "people.jsonl",
        "{\"id\": \"ann\", \"profile\": {\"offences\": []}}\n{\"id\": \"bob\", \"profile\": {}}\n",
    );
    let scored = self::scored(&profiles, &table, &columns, &matrix, as_at());
    assert_eq!(
        refusal(&scored[0]),
        ["`offences` is given in the profile, and in a file of its own; leave one of the two out"]
    );
    assert!(scored[1].result.is_ok());
}

#[test]
fn a_columns_file_names_lists_and_fields_that_there_are() {
    let text = "events:\n  offences: { columns: { kindd: Offence, kind: { column: K, values: { R: robery } } } }\n  offenses: { complete: true }\n";
    let faults = Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix()).unwrap_err();
    let faults = faults.to_string();
    for part in [
        "an event of `offences` has no field `kindd`",
        "did you mean `kind`?",
        "`kind` has no value `robery`",
        "the matrix has no list of events `offenses`",
        "did you mean `offences`?",
    ] {
        assert!(faults.contains(part), "{part}: {faults}");
    }
}

/// A cohort for one matrix: each person has some of the events.
#[derive(Debug, Clone)]
struct Spread {
    counting: Counting,
    /// Whose event each is, of some people; nobody has all of them.
    of: Vec<usize>,
    /// The order of the rows.
    order: Vec<usize>,
    people: usize,
    complete: bool,
}

fn spreads() -> impl Strategy<Value = Spread> {
    (counting(14, true), 1..6_usize, any::<bool>())
        .prop_flat_map(|(counting, people, complete)| {
            let events = counting.events.len();
            let order: Vec<usize> = (0..events).collect();
            (
                Just(counting),
                proptest::collection::vec(0..people, events..=events),
                Just(order).prop_shuffle(),
                Just(people),
                Just(complete),
            )
        })
        .prop_map(|(counting, of, order, people, complete)| Spread {
            counting,
            of,
            order,
            people,
            complete,
        })
}

impl Spread {
    /// Returns the events of a person, in the order of the rows.
    fn events(&self, person: usize) -> Vec<&Event> {
        let own = self.order.iter().filter(|at| self.of[**at] == person);
        own.map(|at| &self.counting.events[*at]).collect()
    }

    /// Returns the profile of a person, which lists the events unless there is none and the file is not complete.
    fn profile(&self, person: usize) -> Profile {
        let events: Vec<Event> = self.events(person).into_iter().cloned().collect();
        let has_list = self.complete || !events.is_empty();
        let own = Counting {
            events,
            ..self.counting.clone()
        };
        let mut profile = Profile::from_json(&own.profile()).unwrap();
        if !has_list {
            profile.set("events", None::<&str>);
        }
        profile
    }

    /// Returns the rows of the events: the person's id, and the event as JSON has it.
    fn rows(&self) -> Vec<(String, serde_json::Value)> {
        let row = |at: &usize| {
            let own = Counting {
                events: vec![self.counting.events[*at].clone()],
                ..self.counting.clone()
            };
            let profile: serde_json::Value = serde_json::from_str(&own.profile()).unwrap();
            (format!("p{}", self.of[*at]), profile["events"][0].clone())
        };
        self.order.iter().map(row).collect()
    }

    /// Returns the cells of the events.
    fn cells(&self) -> Vec<[String; 5]> {
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let rows = self.rows().into_iter();
        rows.map(|(id, event)| {
            let [date, kind, weight, victim] =
                ["date", "kind", "weight", "victim"].map(|field| text(&event[field]));
            [id, date, kind, weight, victim]
        })
        .collect()
    }

    fn csv(&self, rows: std::ops::Range<usize>) -> String {
        let cells = self.cells();
        let lines = cells[rows].iter().map(|cells| cells.join(","));
        let head = "id,date,kind,weight,victim".to_owned();
        std::iter::once(head)
            .chain(lines)
            .map(|line| line + "\n")
            .collect()
    }

    fn json_lines(&self) -> String {
        let rows = self.rows().into_iter();
        rows.map(|(id, mut event)| {
            event["id"] = id.into();
            format!("{event}\n")
        })
        .collect()
    }

    /// Returns the list of a person as JSON, or nothing if it is missing.
    fn list(&self, person: usize) -> Option<serde_json::Value> {
        let events: Vec<Event> = self.events(person).into_iter().cloned().collect();
        let has_list = self.complete || !events.is_empty();
        let own = Counting {
            events,
            ..self.counting.clone()
        };
        let profile: serde_json::Value = serde_json::from_str(&own.profile()).unwrap();
        has_list.then(|| profile["events"].clone())
    }

    /// Returns the people with their events as a cell of JSON.
    fn listed_as_csv(&self) -> String {
        let charged = self.counting.charged;
        let charged = charged.map_or_else(String::new, |day| day.to_string());
        let cell = |person| {
            let list = self
                .list(person)
                .map_or_else(String::new, |list| list.to_string());
            format!("\"{}\"", list.replace('"', "\"\""))
        };
        let rows = (0..self.people).map(|person| format!("p{person},{charged},{}\n", cell(person)));
        rows.fold("id,charged,events\n".to_owned(), |text, line| text + &line)
    }

    /// Returns the people as lines whose keys are columns.
    fn listed_as_json(&self) -> String {
        let charged = self.counting.charged.map(|day| day.to_string());
        let rows = (0..self.people).map(|person| {
            let line = serde_json::json!({
                "id": format!("p{person}"), "charged": charged, "events": self.list(person),
            });
            format!("{line}\n")
        });
        rows.collect()
    }

    fn people(&self) -> String {
        let charged = self.counting.charged;
        let charged = charged.map_or_else(String::new, |day| day.to_string());
        (0..self.people)
            .map(|person| format!("p{person},{charged}\n"))
            .fold("id,charged\n".to_owned(), |text, line| text + &line)
    }
}

/// Returns what is wrong, without where it stands.
fn words(refusal: &Refusal) -> Vec<String> {
    let problems = refusal.problems().iter();
    let bare = |message: &str| match message
        .split_once(" (line ")
        .or_else(|| message.split_once(" (row "))
    {
        Some((bare, _)) => bare.to_owned(),
        None => message.to_owned(),
    };
    problems.map(|problem| bare(&problem.message)).collect()
}

/// Checks that people have the results of their profiles.
fn agree(
    spread: &Spread,
    matrix: &Matrix,
    scored: &[Scored],
    as_at: Date,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(scored.len(), spread.people);
    for (person, joined) in scored.iter().enumerate() {
        let own = Person::new(format!("p{person}"), spread.profile(person)).score(matrix, as_at);
        prop_assert_eq!(&joined.id, &own.id);
        match (&joined.result, &own.result) {
            (Err(joined), Err(own)) => prop_assert_eq!(words(joined), words(own)),
            (joined, own) => prop_assert_eq!(joined, own),
        }
        prop_assert_eq!(&joined.not_recorded, &own.not_recorded);
    }
    Ok(())
}

/// Scores a file of people into another one by the road of files.
fn outcomes(
    people: &Path,
    events: Option<&Arc<EventTable>>,
    columns: &Columns,
    matrix: &Matrix,
    as_at: Date,
    to: &Path,
) -> String {
    let list = FileList::of([people]).unwrap();
    let cohort = match events {
        Some(events) => CohortFiles::with_events(&list, columns, matrix, events),
        None => CohortFiles::open(&list, columns, matrix),
    };
    let cohort = cohort.unwrap();
    let outputs = Outputs::tiers().with_dimensions().with_flags();
    let (of, beside) = (Some(&cohort), Beside::default());
    let mut out = OutcomeFile::create(to, to, of, matrix, as_at, outputs, beside).unwrap();
    let mut tally = Tally::new(matrix);
    let each = |_: &_, _, _| Ok(());
    cohort
        .score(matrix, as_at, outputs, 1, &mut tally, Some(&mut out), each)
        .unwrap();
    out.finish(&tally.report(as_at), &FileList::default())
        .unwrap();
    std::fs::read_to_string(to).unwrap()
}

proptest! {
    #![proptest_config(test_kit::cases(64))]

    #[test]
    fn people_with_events_in_files_have_the_results_of_their_profiles(spread in spreads(), at in any::<prop::sample::Index>()) {
        let matrix = load(&spread.counting.matrix())?;
        let as_at = spread.counting.as_at.to_string().parse::<Date>().unwrap();
        let folder = folder("property");
        let text = format!("events: {{ events: {{ complete: {} }} }}", spread.complete);
        let columns = Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix).unwrap();
        let rows = spread.of.len();
        let cut = at.index(rows + 1);
        let whole = file(&folder, "whole.csv", &spread.csv(0..rows));
        let (first, second) = (
            file(&folder, "first.csv", &spread.csv(0..cut)),
            file(&folder, "second.csv", &spread.csv(cut..rows)),
        );
        let lines = file(&folder, "lines.jsonl", &spread.json_lines());
        let people = file(&folder, "people.csv", &spread.people());
        let mut forms = vec![vec![whole], vec![first, second]];
        forms.extend((rows > 0).then(|| vec![lines]));
        let nested: String = (0..spread.people)
            .map(|person| {
                let events: Vec<Event> = spread.events(person).into_iter().cloned().collect();
                let has_list = spread.complete || !events.is_empty();
                let own = Counting { events, ..spread.counting.clone() };
                let mut profile: serde_json::Value = serde_json::from_str(&own.profile()).unwrap();
                if !has_list {
                    profile["events"] = serde_json::Value::Null;
                }
                format!("{}\n", serde_json::json!({ "id": format!("p{person}"), "profile": profile }))
            })
            .collect();
        let nested = file(&folder, "nested.jsonl", &nested);
        let expected = outcomes(&nested, None, &Columns::new(), &matrix, as_at, &folder.join("expected.csv"));
        for form in forms {
            let files = FileList::of(&form).unwrap();
            let read = || EventTable::read(&[("events".to_owned(), files.clone())], &columns, &matrix).map(Arc::new).unwrap();
            agree(&spread, &matrix, &scored(&people, &read(), &columns, &matrix, as_at), as_at)?;
            let table = read();
            let found = outcomes(&people, Some(&table), &columns, &matrix, as_at, &folder.join("found.csv"));
            if !expected.contains("`events") {
                prop_assert_eq!(&found, &expected);
            }
            let share = table.shares().remove(0);
            let with = (0..spread.people).filter(|person| !spread.events(*person).is_empty()).count() as u64;
            prop_assert_eq!((share.events, share.people), (rows as u64, with));
            prop_assert_eq!(share.without_events.people, spread.people as u64 - with);
            prop_assert_eq!(share.not_in_cohort.people, 0);
        }
        let in_columns = vec![
            file(&folder, "listed.csv", &spread.listed_as_csv()),
            file(&folder, "listed.jsonl", &spread.listed_as_json()),
        ];
        #[cfg(feature = "parquet")]
        let in_columns = [in_columns, columns::files(&spread, &folder)].concat();
        #[cfg(feature = "parquet")]
        {
            let path = folder.join("listed.parquet");
            prop_assert_eq!(columns::tiers(&path, &matrix, as_at), column(&expected, "tier"));
        }
        for people in in_columns {
            let found = outcomes(&people, None, &Columns::new(), &matrix, as_at, &folder.join("found.csv"));
            prop_assert_eq!(&found, &expected, "{}", people.display());
        }
    }
}

/// Returns the cells of a column of a file of outcomes.
fn column(text: &str, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at = reader.headers().unwrap().iter().position(|own| own == name);
    let at = at.unwrap_or_else(|| panic!("{text} has no column {name}"));
    reader
        .records()
        .map(|row| row.unwrap()[at].to_owned())
        .collect()
}

#[test]
fn when_a_result_differs_next_stands_beside_it_in_every_form() {
    let (folder, matrix) = (folder("next"), matrix());
    let people = file(&folder, "people.csv", "id,released\nann,\nbob,\ncat,\n");
    let offences = "id,date,kind\nann,2026-02-01,robbery\nann,2026-03-01,robbery\nbob,2026-06,robbery\nbob,2026-06-05,robbery\ncat,2026-12-31,robbery\n";
    let offences = file(&folder, "offences.csv", offences);
    let columns = Columns::from_yaml("c", b"events: { offences: { complete: true } }", &matrix);
    let columns = columns.unwrap();
    let until: Date = "2027-12-31".parse().unwrap();
    let write = |name: &str| {
        let to = folder.join(name);
        let table = read(std::slice::from_ref(&offences), &columns, &matrix).unwrap();
        let list = FileList::of([&people]).unwrap();
        let cohort = CohortFiles::with_events(&list, &columns, &matrix, &table).unwrap();
        let cohort = cohort.until(until);
        let outputs = Outputs::tiers()
            .with_dimensions()
            .with_flags()
            .with_points()
            .with_decisions();
        let beside = Beside::default().with_next_change(until);
        let (of, as_at) = (Some(&cohort), as_at());
        let mut out = OutcomeFile::create(&to, &to, of, &matrix, as_at, outputs, beside).unwrap();
        let mut tally = Tally::new(&matrix);
        let each = |_: &_, _, _| Ok(());
        cohort
            .score(&matrix, as_at, outputs, 1, &mut tally, Some(&mut out), each)
            .unwrap();
        out.finish(&tally.report(as_at), &FileList::default())
            .unwrap();
        to
    };
    let text = std::fs::read_to_string(write("found.csv")).unwrap();
    assert_eq!(column(&text, "tier"), ["high", "high", ""]);
    assert_eq!(
        column(&text, "next_change"),
        ["2027-02-02", "2027-06-02", ""]
    );
    assert_eq!(column(&text, "next_result"), ["low", "high or low", ""]);
    let lines = std::fs::read_to_string(write("found.jsonl")).unwrap();
    let ann: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(ann["next_change"]["on"], "2027-02-02");
    assert_eq!(ann["next_change"]["tier"], "low");
    #[cfg(feature = "parquet")]
    crate::road::agree(&write("found.parquet"), &text);
}

/// Writes people with lists of events as files of columns.
#[cfg(feature = "parquet")]
mod columns {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use arrow_array::builder::{Int32Builder, ListBuilder, StringBuilder, StructBuilder};
    use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
    use arrow_schema::{DataType, Field, Fields};
    use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};

    use threshold_matrix::bulk::arrow;
    use threshold_matrix::{Date, Matrix};
    use threshold_matrix_cohort::{BatchScorer, Columns};

    use super::Spread;

    /// Returns the tiers of people whose batches are scored in memory; nothing where there is none.
    pub(super) fn tiers(path: &Path, matrix: &Matrix, as_at: Date) -> Vec<String> {
        let mut tiers = Vec::new();
        for batch in crate::road::batches(path) {
            let outputs = BatchScorer::outputs(false);
            let scorer = BatchScorer::new(batch.schema(), &Columns::new(), matrix, as_at, outputs);
            for scored in scorer.unwrap().outcomes(&batch).unwrap() {
                let column = scored.column_by_name("tier").unwrap();
                let texts = (0..column.len()).map(|row| arrow::text(column, row));
                tiers.extend(texts.map(Option::unwrap_or_default));
            }
        }
        tiers
    }

    /// Writes the people into files of each kind, and returns the paths.
    pub(super) fn files(spread: &Spread, folder: &Path) -> Vec<PathBuf> {
        let paths = ["listed.parquet", "listed.arrow"].map(|name| folder.join(name));
        paths.iter().for_each(|path| listed(spread, path));
        paths.to_vec()
    }

    fn listed(spread: &Spread, path: &Path) {
        let fields: Fields = [
            ("date", DataType::Utf8),
            ("kind", DataType::Utf8),
            ("weight", DataType::Int32),
            ("victim", DataType::Utf8),
        ]
        .map(|(name, kind)| Field::new(name, kind, true))
        .to_vec()
        .into();
        let mut lists = ListBuilder::new(StructBuilder::from_fields(fields, 0));
        for person in 0..spread.people {
            let list = spread.list(person);
            let events = list.as_ref().and_then(|list| list.as_array());
            for event in events.into_iter().flatten() {
                let own = lists.values();
                for (at, name) in [(0, "date"), (1, "kind"), (3, "victim")] {
                    let text = own.field_builder::<StringBuilder>(at).unwrap();
                    text.append_option(event[name].as_str());
                }
                let weight = own.field_builder::<Int32Builder>(2).unwrap();
                let number = event["weight"].as_i64();
                weight.append_option(number.map(|number| i32::try_from(number).unwrap()));
                own.append(true);
            }
            lists.append(list.is_some());
        }
        let ids = (0..spread.people).map(|person| format!("p{person}"));
        let charged = spread.counting.charged.map(|day| day.to_string());
        let charged = StringArray::from(vec![charged; spread.people]);
        let columns: [(&str, ArrayRef); 3] = [
            ("id", Arc::new(StringArray::from_iter_values(ids))),
            ("charged", Arc::new(charged)),
            ("events", Arc::new(lists.finish())),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.map(|(name, column)| (name, column, true)),
        );
        let batch = batch.unwrap();
        let kind = ColumnFileKind::of(path).unwrap();
        let mut writer = ColumnWriter::create(path, kind, &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
    }
}
