//! Figures of whole trials as kept implementations of statistics give them; `tests/statistics/make.py` says which.

use serde_json::Value;
use threshold_matrix_cohort::trial::{Audience, Trial};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind};

use crate::disclosure::{as_at, matrix};

#[track_caller]
fn agrees(part: &Value, kept: &Value) {
    let (happened, people) = (&part["least"][0], &part["least"][1]);
    if kept.is_null() {
        assert_eq!(people, 0);
        return;
    }
    assert_eq!(part["least"], part["most"], "everything is settled");
    let close = |one: f64, other: &Value| (one - other.as_f64().unwrap()).abs() < 1e-9;
    let share = happened.as_f64().unwrap() / people.as_f64().unwrap();
    assert!(close(share, &kept["share"]), "{part} {kept}");
    for end in ["low", "high"] {
        let own = part["interval"][end].as_f64().unwrap();
        assert!(close(own, &kept[end]), "{end} of {part} {kept}");
    }
}

/// What is expected of all groups together is what was seen, and the bands of a group hold its people.
fn is_calibrated(told: &[Value]) {
    let (mut seen, mut expected) = (0, 0.0);
    for group in told {
        let own = &group["calibration"];
        seen += own["happened"].as_u64().unwrap();
        expected += own["expected"].as_f64().unwrap();
        for key in ["people", "happened"] {
            let bands = own["bands"].as_array().unwrap().iter();
            let sum: u64 = bands.map(|band| band[key].as_u64().unwrap()).sum();
            assert_eq!(sum, own[key].as_u64().unwrap(), "{group}");
        }
        assert_eq!(own["people"], group["people"]);
    }
    assert!((seen as f64 - expected).abs() < 1e-9, "{seen} {expected}");
}

#[test]
fn shares_errors_and_predictive_values_by_group_as_kept() {
    let fixtures = include_str!("../statistics/statistics.json");
    let fixtures: Value = serde_json::from_str(fixtures).unwrap();
    let mut compared = 0;
    for cohort in fixtures["cohorts"].as_array().unwrap() {
        let mut csv = "id,s,u,grp,y\n".to_owned();
        for (id, person) in cohort["people"].as_array().unwrap().iter().enumerate() {
            let name = person[1].as_str().unwrap();
            csv.push_str(&format!("{id},{},0,{name},{}\n", person[0], person[2]));
        }
        let cut = |at: usize| cohort["cuts"][at].as_u64().unwrap();
        let (old, new) = (matrix("1.0.0", &[cut(0)]), matrix("1.1.0", &[cut(1)]));
        let mut trial = Trial::new(&old, &new)
            .audience(Audience::Board)
            .by(["grp"])
            .unwrap();
        let columns = trial.columns(Columns::new().with_outcome("y"));
        let people =
            CohortReader::for_revisions(csv.as_bytes(), FileKind::Csv, &columns, &old, &new);
        for person in people.unwrap() {
            trial.add(&person.unwrap(), as_at());
        }
        let data = serde_json::to_value(&trial).unwrap();
        let told = data["groups"][0]["groups"].as_array().unwrap();
        assert_eq!(told.len(), cohort["groups"].as_object().unwrap().len());
        for group in told {
            let kept = &cohort["groups"][group["name"].as_str().unwrap()];
            for side in [0, 1] {
                for (name, kept) in kept[side].as_object().unwrap() {
                    agrees(&group["revisions"][side][name], kept);
                    compared += 1;
                }
            }
        }
        for (at, point) in data["decision_curve"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
        {
            let close = |one: &Value, other: &Value| {
                (one.as_f64().unwrap() - other[at].as_f64().unwrap()).abs() < 1e-9
            };
            let kept = &cohort["worth"];
            assert!(close(&point["everybody"], &kept["everybody"]), "{point}");
            for (side, name) in ["old", "new"].into_iter().enumerate() {
                let [least, most] = [0, 1].map(|end| &point["revisions"][side][end]);
                assert!(least == most && close(least, &kept[name]), "{point}");
            }
        }
        is_calibrated(told);
    }
    assert!(compared > 60);
}
