//! Each published matrix against its own authority's cases.

use std::path::Path;

use serde_json::Value;
use threshold_matrix::{Date, Matrix, Profile};

fn load(path: &str) -> Matrix {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("matrices").join(path)).unwrap();
    Matrix::from_named_yaml(path, &bytes).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn probe() {
    for (file, matrix) in [
        ("hmpps-utm-2.jsonl", "hmpps-utm/2.0.0.yaml"),
        ("hmpps-utm-1-peer-tests.jsonl", "hmpps-utm/1.0.0.yaml"),
        ("hmpps-tier-3.6.jsonl", "hmpps-tier/3.6.0.yaml"),
        ("hmpps-tier-3.5-peer-tests.jsonl", "hmpps-tier/3.5.0.yaml"),
        ("psa.jsonl", "psa/1.0.0.yaml"),
    ] {
        let matrix = load(matrix);
        let text = std::fs::read_to_string(Path::new("../shared/cases").join(file)).unwrap();
        let (mut bad, mut n) = (0, 0);
        for line in text.lines() {
            n += 1;
            let case: Value = serde_json::from_str(line).unwrap();
            let profile = Profile::from_json(&case["profile"].to_string()).unwrap();
            let as_at: Date = case["as_at"].as_str().unwrap_or("2026-11-21").parse().unwrap();
            let got = matrix.score(&profile, as_at);
            let mut diffs = vec![];
            if case["consistent"] == false {
                if got.is_ok() { diffs.push("not refused".to_string()); }
            } else {
            for (k, want) in case["expect"].as_object().unwrap() {
                let want_text = want.as_str().map(str::to_owned).unwrap_or(want.to_string());
                let have = match (&got, k.as_str()) {
                    (Err(e), _) => e.to_string(),
                    (Ok(o), "tier") => o.tier().or(o.status()).unwrap().to_string(),
                    (Ok(o), "provisional") => o.flag("provisional").unwrap().to_string(),
                    (Ok(o), "nvca_flag") => o.flag("nvca_flag").unwrap().to_string(),
                    (Ok(_), "error") => "none".into(),
                    (Ok(o), "points") => {
                        for (p, v) in want.as_object().unwrap() {
                            let h = o.points(p).map(|p| p.to_string());
                            if h.as_deref() != Some(&v.to_string()) { diffs.push(format!("{p} {h:?} {v}")); }
                        }
                        continue;
                    }
                    (Ok(o), k) => {
                        let (d, part) = k.split_once('_').unwrap();
                        let d = o.dimension(d).unwrap();
                        match part { "points" => d.score().unwrap().to_string(), "level" => d.level().unwrap().to_string(), "scale" => d.scaled().unwrap().to_string(), _ => panic!() }
                    }
                };
                if have != want_text { diffs.push(format!("{k}: {have} not {want_text}")); }
            }
            }
            if !diffs.is_empty() { bad += 1; if bad < 20 { println!("{file} {} {diffs:?}", case["id"]); } }
        }
        println!("{file}: {bad} of {n} differ");
    }
}
