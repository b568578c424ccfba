//! The numbers of a trial add up in every direction, and are the same in its data, its text and its page, and from files of every kind.

use scraper::{Html, Selector};
use serde_json::Value;
use threshold_matrix_cohort::trial::{Audience, Trial};

use crate::disclosure::Case;

fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name]
        .as_array()
        .unwrap_or_else(|| panic!("{value} has no {name}"))
}

fn sum(items: &[Value], holds: impl Fn(&Value) -> bool, of: impl Fn(&Value) -> u64) -> u64 {
    items.iter().filter(|item| holds(item)).map(of).sum()
}

/// Checks that the numbers of some data add up, if nothing is hidden.
#[track_caller]
fn add_up(data: &Value) {
    let (people, ways) = (number(&data["people"]), list(data, "ways"));
    assert_eq!(sum(ways, |_| true, |way| number(&way["people"])), people);
    assert_eq!(
        sum(
            ways,
            |way| way["direction"] != "same",
            |way| number(&way["people"])
        ),
        number(&data["moved"])
    );
    for (side, end) in ["from", "to"].into_iter().enumerate() {
        let revision = &data["revisions"][side];
        let results = list(revision, "results");
        let refused = number(&revision["refused"]);
        assert_eq!(
            sum(results, |_| true, |own| number(&own["people"])) + refused,
            people
        );
        for result in results {
            let possible = list(result, "possible");
            let names: Vec<&str> = possible.iter().filter_map(Value::as_str).collect();
            let name = match names.as_slice() {
                [name] => (*name).to_owned(),
                names => format!("{}, not settled", names.join(" or ")),
            };
            for count in ["people", "observed", "happened"] {
                let by_ways = sum(ways, |way| way[end] == *name, |way| number(&way[count]));
                assert_eq!(by_ways, number(&result[count]), "{count} of {name}");
            }
        }
        let Some(told) = data["groups"][0]["groups"]
            .as_array()
            .filter(|told| !told.is_empty())
        else {
            continue;
        };
        let span = |group: &Value, at: usize, bound: &str| {
            number(&group["revisions"][side]["results"][at]["people"][bound])
        };
        for at in 0..list(&told[0]["revisions"][side], "results").len() {
            let name = &told[0]["revisions"][side]["results"][at]["name"];
            let is_it = |result: &Value| list(result, "possible").len() == 1;
            let may_be = |result: &Value| list(result, "possible").contains(name);
            let own = sum(
                results,
                |own| is_it(own) && may_be(own),
                |own| number(&own["people"]),
            );
            assert_eq!(sum(told, |_| true, |group| span(group, at, "least")), own);
            let own = sum(results, may_be, |own| number(&own["people"])) + refused;
            assert_eq!(sum(told, |_| true, |group| span(group, at, "most")), own);
        }
    }
    for grouped in list(data, "groups") {
        let told = list(grouped, "groups");
        if told.is_empty() {
            continue;
        }
        assert_eq!(
            sum(told, |_| true, |group| number(&group["people"])),
            people
        );
        for group in told {
            let moves = list(group, "movement");
            let moved = sum(moves, |_| true, |own| number(&own["people"]["least"]));
            assert_eq!(moved, number(&group["people"]));
        }
        for direction in ["same", "up", "down", "unordered", "other"] {
            let of = |group: &Value| {
                sum(
                    list(group, "movement"),
                    |own| own["direction"] == direction,
                    |own| number(&own["people"]["least"]),
                )
            };
            assert_eq!(
                sum(told, |_| true, of),
                sum(
                    ways,
                    |way| way["direction"] == direction,
                    |way| number(&way["people"])
                )
            );
        }
    }
}

/// Returns the rows of all tables of a page, as their cells.
fn rows_of_page(page: &str) -> Vec<Vec<String>> {
    let [row, cell] = ["table tr", "th, td"].map(|text| Selector::parse(text).unwrap());
    let page = Html::parse_document(page);
    let rows = page.select(&row).map(|row| {
        let cells = row.select(&cell);
        let cells = cells.map(|cell| cell.text().collect::<String>().trim().to_owned());
        cells.collect::<Vec<_>>()
    });
    rows.collect()
}

/// Checks that the text and the page have a row for each group, with the numbers of the data.
#[track_caller]
fn is_told_alike(trial: &Trial, data: &Value) {
    let report = trial.report();
    let page = rows_of_page(&report.to_html());
    let markdown = report.to_markdown();
    let markdown: Vec<Vec<&str>> = markdown
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    for group in data["groups"][0]["groups"].as_array().into_iter().flatten() {
        let revisions = list(group, "revisions");
        let results: Vec<usize> = (0..list(&revisions[0], "results").len()).collect();
        // A table has three results.
        for results in results.chunks(3) {
            let mut cells = vec![
                group["name"].as_str().unwrap().to_owned(),
                group["people"].to_string(),
            ];
            for at in results {
                let at = *at;
                for revision in revisions {
                    let people = &revision["results"][at]["people"];
                    let (least, most) = (number(&people["least"]), number(&people["most"]));
                    let mark = if people["is_hidden"] == true {
                        "…"
                    } else {
                        ""
                    };
                    cells.push(match least == most {
                        true => format!("{least}{mark}"),
                        false => format!("{least} to {most}{mark}"),
                    });
                }
            }
            assert!(
                markdown.iter().any(|row| *row == cells),
                "{cells:?} is not in {markdown:?}"
            );
            let page = page.iter().any(|row| {
                row.iter()
                    .map(String::as_str)
                    .eq(cells.iter().map(String::as_str))
            });
            assert!(page, "{cells:?} is not in the page");
        }
    }
}

#[test]
fn numbers_add_up_and_are_told_alike() {
    for seed in 10_000..10_200 {
        let case = Case::new(seed);
        for is_swapped in [false, true] {
            let trial = case.trial(Audience::Board, is_swapped);
            add_up(&serde_json::to_value(&trial).unwrap());
        }
        // Pages take a while.
        if seed % 8 == 0 {
            for audience in [Audience::Board, Audience::Release] {
                let trial = case.trial(audience, false);
                is_told_alike(&trial, &serde_json::to_value(&trial).unwrap());
            }
        }
    }
}

/// The same people as text and as columns.
#[cfg(feature = "parquet")]
#[test]
fn a_file_of_columns_gives_the_same_data() {
    use std::path::PathBuf;
    use std::sync::Arc;

    use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
    use threshold_matrix_cohort::Columns;
    use threshold_matrix_cohort::files::{ColumnFile, ColumnFileKind, ColumnWriter};

    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("trial-sums.parquet");
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    for seed in 20_000..20_200 {
        let case = Case::new(seed);
        let rows: Vec<Vec<&str>> = case
            .csv
            .lines()
            .skip(1)
            .map(|line| line.split(',').collect())
            .collect();
        let truths = |at: usize| -> ArrayRef {
            let truth = |row: &Vec<&str>| {
                Some(row[at])
                    .filter(|text| !text.is_empty())
                    .map(|text| text == "1")
            };
            Arc::new(rows.iter().map(truth).collect::<BooleanArray>())
        };
        let numbers = |at: usize| -> ArrayRef {
            Arc::new(
                rows.iter()
                    .map(|row| row[at].parse::<i64>().ok())
                    .collect::<Int64Array>(),
            )
        };
        let groups: ArrayRef =
            Arc::new(rows.iter().map(|row| Some(row[3])).collect::<StringArray>());
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("id", numbers(0), true),
            ("s", numbers(1), true),
            ("u", truths(2), true),
            ("grp", groups, true),
            ("y", truths(4), true),
        ])
        .unwrap();
        let mut writer =
            ColumnWriter::create(&path, ColumnFileKind::Parquet, batch.schema_ref()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        let mut by_columns = Trial::new(&case.old, &case.new)
            .audience(match seed % 4 {
                0 => Audience::Board,
                _ => Audience::Release,
            })
            .by(["grp"])
            .unwrap()
            .at_least(["t1", "t2"][case.flagged - 1])
            .unwrap();
        let columns = by_columns.columns(Columns::new().with_outcome("y"));
        let as_at = "2026-11-21".parse().unwrap();
        by_columns
            .add_file(&ColumnFile::open(&path).unwrap(), &columns, as_at, &pool)
            .unwrap();
        let audience = match seed % 4 {
            0 => Audience::Board,
            _ => Audience::Release,
        };
        let by_rows = case.trial(audience, false);
        let [by_columns, by_rows] =
            [by_columns, by_rows].map(|trial| serde_json::to_string(&trial).unwrap());
        assert_eq!(by_columns, by_rows, "of seed {seed}");
    }
}

/// Conditions, bands and several columns together count the same from a file of columns as from text.
#[test]
fn groups_are_bands_and_columns_together() {
    let case = Case::new(3);
    let trial = |by: &[&str], only: &[(&str, &str)]| {
        let mut trial = Trial::new(&case.old, &case.new)
            .audience(Audience::Board)
            .by(by)
            .unwrap();
        for (column, value) in only {
            trial = trial.only(*column, *value);
        }
        let columns = trial.columns(threshold_matrix_cohort::Columns::new());
        let people = threshold_matrix_cohort::CohortReader::for_revisions(
            case.csv.as_bytes(),
            threshold_matrix_cohort::FileKind::Csv,
            &columns,
            &case.old,
            &case.new,
        );
        for person in people.unwrap() {
            trial.add(&person.unwrap(), "2026-11-21".parse().unwrap());
        }
        serde_json::to_value(&trial).unwrap()
    };
    let rows: Vec<Vec<&str>> = case
        .csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    let count =
        |holds: &dyn Fn(&[&str]) -> bool| rows.iter().filter(|row| holds(row)).count() as u64;
    let people = |data: &Value, name: &str| {
        let told = list(&data["groups"][0], "groups");
        let group = told.iter().find(|group| group["name"] == name);
        group.map(|group| number(&group["people"]))
    };
    let together = trial(&["grp*y"], &[]);
    let some = |count: u64| Some(count).filter(|count| *count > 0);
    for (name, seen) in [("g0, 1", "1"), ("g0, 0", "0"), ("g0, not recorded", "")] {
        assert_eq!(
            people(&together, name),
            some(count(&|row| row[3] == "g0" && row[4] == seen))
        );
    }
    let half = rows.len() / 2;
    let bands = trial(&[&format!("id:10,{half}")], &[]);
    assert_eq!(people(&bands, "below 10"), Some(9));
    assert_eq!(
        people(&bands, &format!("10 to below {half}")),
        Some(half as u64 - 10)
    );
    let only = trial(&[], &[("grp", "g1"), ("y", "1"), ("y", "0")]);
    let asked = count(&|row| row[3] == "g1" && !row[4].is_empty());
    assert_eq!(number(&only["people"]), asked);
    assert_eq!(number(&only["passed_over"]), rows.len() as u64 - asked);
}

/// The area of each group is that of a trial of its people alone, and a release has none.
#[test]
fn areas_of_groups_are_for_the_board() {
    let case = Case::new(3);
    let area = |area: &Value| {
        format!(
            "{:.6} {:?}",
            area["area"].as_f64().unwrap(),
            area["interval"]
        )
    };
    let release = serde_json::to_value(case.trial(Audience::Release, false)).unwrap();
    let board = serde_json::to_value(case.trial(Audience::Board, false)).unwrap();
    let mut compared = 0;
    for (group, hidden) in list(&board["groups"][0], "groups")
        .iter()
        .zip(list(&release["groups"][0], "groups"))
    {
        assert!(hidden["areas"].is_null());
        let name = group["name"].as_str().unwrap();
        let lines = case.csv.lines();
        let own =
            lines.filter(|line| line.starts_with("id,") || line.contains(&format!(",{name},")));
        let alone = Case {
            old: case.old.clone(),
            new: case.new.clone(),
            csv: own.map(|line| format!("{line}\n")).collect(),
            flagged: case.flagged,
        };
        let alone = serde_json::to_value(alone.trial(Audience::Board, false)).unwrap();
        if let Some(areas) = group["areas"].as_array() {
            let measure = &alone["outcome"][0];
            assert_eq!(area(&areas[0]), area(&measure["old"]));
            assert_eq!(area(&areas[1]), area(&measure["new"]));
            compared += 1;
        }
    }
    assert!(compared > 1);
}

/// Everybody in the one group has one result, so that whoever knows that somebody is in it knows theirs.
#[test]
fn a_group_whose_members_all_have_one_result_is_named() {
    let mut case = Case::new(3);
    let rows = (0..120).map(|row| match row % 3 {
        0 => format!("{row},0,0,same,0\n"),
        _ => format!("{row},{},0,mixed,{}\n", row % 2 * 40, row % 4 / 2),
    });
    case.csv = format!("id,s,u,grp,y\n{}", rows.collect::<String>());
    for audience in [Audience::Board, Audience::Release] {
        let trial = case.trial(audience, false);
        let told = trial.report().to_string();
        assert!(told.contains("same (grp): t4 by 1.0.0"), "{told}");
        assert!(
            told.contains("same (grp): the outcome was not seen"),
            "{told}"
        );
        assert!(!told.contains("mixed (grp)"), "{told}");
    }
}

#[test]
fn a_column_that_nearly_names_people_is_refused() {
    let case = Case::new(3);
    let mut trial = Trial::new(&case.old, &case.new).by(["id"]).unwrap();
    for person in threshold_matrix_cohort::CohortReader::for_revisions(
        case.csv.as_bytes(),
        threshold_matrix_cohort::FileKind::Csv,
        &trial.columns(threshold_matrix_cohort::Columns::new()),
        &case.old,
        &case.new,
    )
    .unwrap()
    {
        trial.add(&person.unwrap(), "2026-11-21".parse().unwrap());
    }
    let error = trial.check_groups().unwrap_err().to_string();
    assert!(
        error.starts_with("`id` nearly names people, and nothing is told by it: "),
        "{error}"
    );
    assert!(!trial.report().to_string().contains("People by id"));
}

/// A further outcome tells what a trial of it alone tells; for a release, nothing of it by group.
#[test]
fn several_outcomes_are_told_in_one_report() {
    let case = Case::new(5);
    let flipped: String = case
        .csv
        .lines()
        .map(|line| match line.rsplit_once(',') {
            Some((rest, "0")) => format!("{rest},1\n"),
            Some((rest, "1")) => format!("{rest},0\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let other = Case {
        old: case.old.clone(),
        new: case.new.clone(),
        csv: flipped,
        flagged: case.flagged,
    };
    for audience in [Audience::Board, Audience::Release] {
        let alone = serde_json::to_value(other.trial(audience, false)).unwrap();
        let first = serde_json::to_value(case.trial(audience, false)).unwrap();
        let both = case
            .trial(audience, false)
            .with_outcome_named("seen")
            .and_outcome("not seen", other.trial(audience, false));
        let data = serde_json::to_value(&both).unwrap();
        let further = &data["further"][0];
        assert_eq!(
            (&data["outcome_name"], &further["outcome"]),
            (&"seen".into(), &"not seen".into())
        );
        assert_eq!(
            (&data["ways"], &data["groups"]),
            (&first["ways"], &first["groups"])
        );
        assert_eq!(further["trial"]["ways"], alone["ways"]);
        match audience {
            Audience::Board => assert_eq!(further["trial"]["groups"], alone["groups"]),
            _ => assert_eq!(further["trial"]["groups"], serde_json::json!([])),
        }
        let page = both.report().to_html();
        assert!(page.contains("Tiers and capacity: “not seen”"), "{page}");
        for anchor in ["tiers-2", "decision-curve-2-title"] {
            assert_eq!(
                page.matches(&format!("id=\"{anchor}\"")).count(),
                1,
                "{anchor}"
            );
        }
    }
}
