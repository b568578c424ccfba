//! Files of text that were damaged on their way: an error, or people, but never a panic.
//!
//! Files of columns are read by libraries; what they do where they panic is tested beside the code that guards them.

use std::path::Path;

use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{CohortFiles, Columns, FileList, Tally};

const PEOPLE: u64 = 60;

fn write(path: &Path) {
    let ids = (0..PEOPLE).map(|number| format!("p{number}"));
    let levels = ["low", "medium", "high"];
    let is_csv = path.extension().is_some_and(|ending| ending == "csv");
    let mut text = if is_csv {
        "id,arrests,rosh\n".to_owned()
    } else {
        String::new()
    };
    for (number, id) in ids.enumerate() {
        let (arrests, rosh) = (number % 60, levels[number % 3]);
        text += &if is_csv {
            format!("{id},{arrests},{rosh}\n")
        } else if number % 2 == 0 {
            format!("{{\"id\":\"{id}\",\"arrests\":{arrests},\"rosh\":\"{rosh}\"}}\n")
        } else {
            format!("{{\"rosh\":\"{rosh}\", \"id\": \"{id}\", \"arrests\" : {arrests}}}\n")
        };
    }
    std::fs::write(path, text).unwrap();
}

/// What became of a file: how many people were counted and refused, if it could be read to its end.
fn run(path: &Path, matrix: &Matrix, as_at: Date) -> Option<[u64; 2]> {
    let outputs = Outputs::tiers().with_dimensions();
    let cohort = CohortFiles::open(&FileList::of([path]).unwrap(), &Columns::new(), matrix).ok()?;
    let mut tally = Tally::new(matrix);
    let ended = cohort.score(
        matrix,
        as_at,
        outputs,
        1,
        &mut tally,
        None,
        |_, _, _| Ok(()),
    );
    ended.ok().map(|_| [tally.people(), tally.refused()])
}

#[test]
fn damaged_files_are_errors_or_people_and_never_a_panic() {
    let matrix = Matrix::from_yaml(threshold_matrix::doc_example()).unwrap();
    let as_at: Date = "2026-11-21".parse().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutated");
    std::fs::create_dir_all(&folder).unwrap();
    let times = test_kit::cases(200).cases;
    for ending in ["csv", "jsonl"] {
        let whole = folder.join(format!("whole.{ending}"));
        write(&whole);
        assert_eq!(run(&whole, &matrix, as_at), Some([PEOPLE, 0]), "{ending}");
        let bytes = std::fs::read(&whole).unwrap();
        let damaged = folder.join(format!("damaged.{ending}"));
        let (mut found, mut seed) = (0, 0x2545_f491_4f6c_dd1d_u64);
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed >> 11) as usize % below.max(1)
        };
        for time in 0..times {
            let mut bytes = bytes.clone();
            match time % 4 {
                0 => bytes.truncate(next(bytes.len())),
                1 => {
                    let (from, to) = (next(bytes.len()), next(bytes.len()));
                    bytes.swap(from, to);
                }
                _ => {
                    for _ in 0..=next(4) {
                        let at = next(bytes.len());
                        bytes[at] = next(256) as u8;
                    }
                }
            }
            std::fs::write(&damaged, &bytes).unwrap();
            let read = std::panic::catch_unwind(|| run(&damaged, &matrix, as_at));
            match read {
                Ok(None) => found += 1,
                Ok(Some([people, refused])) => {
                    found += u64::from(people != PEOPLE || refused > 0);
                    assert!(people <= PEOPLE + 4, "{ending} {time}: {people}");
                }
                Err(_) => panic!("a panic: {ending} {time}"),
            }
        }
        // Most damage is found, and what is not found is another letter in an id, say.
        assert!(found > u64::from(times) / 4, "{ending}: {found}");
    }
}
