use super::*;

/// Returns a version of the example matrix with an effective period of its own, such as `{ from: 2026-01-01 }`.
fn version(version: &str, effective: &str) -> Matrix {
    let text = crate::doc_example().replace("version: 1.0.0", &format!("version: {version}"));
    let text = if effective.is_empty() {
        text
    } else {
        format!("{text}\neffective: {effective}\n")
    };
    Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"))
}

#[track_caller]
fn library<const N: usize>(versions: [(&str, &str); N]) -> Library {
    let mut library = Library::new();
    for (number, effective) in versions {
        library.add(version(number, effective)).unwrap();
    }
    library
}

#[track_caller]
fn in_force<const N: usize>(library: &Library, days: [(&str, &str); N]) {
    for (day, expected) in days {
        let found = library
            .in_force("doc-example", day.parse().unwrap())
            .map(|matrix| matrix.version().to_string());
        assert_eq!(found.as_deref().unwrap_or("nothing"), expected, "on {day}");
    }
}

#[track_caller]
fn message<T: std::fmt::Debug>(result: Result<T, LibraryError>, expected: &str) {
    assert_eq!(result.unwrap_err().to_string(), expected);
}

#[test]
fn a_period_begins_on_its_first_day_and_has_ended_on_its_last() {
    let library = library([
        ("1.0.0", "{ until: 2020-07-23 }"),
        ("2.0.0", "{ from: 2020-07-23, until: 2021-01-01 }"),
        ("3.0.0", "{ from: 2021-02-01 }"),
    ]);
    in_force(
        &library,
        [
            ("0001-01-01", "1.0.0"),
            ("2020-07-22", "1.0.0"),
            ("2020-07-23", "2.0.0"),
            ("2020-12-31", "2.0.0"),
            ("2021-01-01", "nothing"),
            ("2021-01-31", "nothing"),
            ("2021-02-01", "3.0.0"),
            ("9999-12-31", "3.0.0"),
        ],
    );
}

#[test]
fn a_lone_version_that_does_not_say_is_always_in_force() {
    in_force(
        &library([("1.0.0", "")]),
        [("0001-01-01", "1.0.0"), ("9999-12-31", "1.0.0")],
    );
}

#[test]
fn one_that_does_not_say_is_never_in_force_beside_one_that_does() {
    let library = library([("1.0.0", "{ until: 2026-01-01 }"), ("2.0.0-draft", "")]);
    in_force(
        &library,
        [("2025-12-31", "1.0.0"), ("2026-01-01", "nothing")],
    );
    let error = library.in_force("doc-example", "2026-01-01".parse().unwrap());
    message(
        error,
        "no version of `doc-example` is in force on 2026-01-01: 1.0.0 is in force until the day before 2026-01-01, 2.0.0-draft does not say when it is in force",
    );
}

#[test]
fn several_that_do_not_say_must_be_asked_for_by_version() {
    let library = library([("1.0.0", ""), ("1.1.0", "")]);
    let day = "2026-11-21".parse().unwrap();
    message(
        library.find("doc-example", day),
        "no version of `doc-example` says when it is in force; ask for one of `doc-example@1.0.0`, `doc-example@1.1.0`",
    );
    assert_eq!(
        library
            .find("doc-example@1.0.0", day)
            .unwrap()
            .version()
            .to_string(),
        "1.0.0"
    );
}

#[test]
fn the_same_version_may_come_again_with_the_same_content_only() {
    let mut library = library([("1.0.0", "")]);
    assert_eq!(library.add(version("1.0.0", "")), Ok(()));
    let changed = version("1.0.0", "{ from: 2026-01-01 }");
    let expected = format!(
        "`doc-example` 1.0.0 is already in the library with other content ({}, not {}); a published version never changes, so give the new content a new version",
        version("1.0.0", "").content_hash(),
        changed.content_hash()
    );
    message(library.add(changed), &expected);
    assert_eq!(library.iter().count(), 1);
}

#[test]
fn a_version_ends_when_the_next_begins() {
    let library = library([
        ("1.0.0", "{ from: 2026-01-01 }"),
        ("1.2.0", "{ from: 2028-01-01, until: 2029-01-01 }"),
        ("1.1.0", "{ from: 2027-01-01 }"),
    ]);
    in_force(
        &library,
        [
            ("2025-12-31", "nothing"),
            ("2026-01-01", "1.0.0"),
            ("2026-12-31", "1.0.0"),
            ("2027-01-01", "1.1.0"),
            ("2027-12-31", "1.1.0"),
            ("2028-01-01", "1.2.0"),
            ("2028-12-31", "1.2.0"),
            ("2029-01-01", "nothing"),
        ],
    );
}

#[test]
fn versions_that_contradict_each_other_are_refused() {
    let mut library = library([("2.0.0", "{ from: 2026-01-01, until: 2027-01-01 }")]);
    message(
        library.add(version("1.0.0", "{ until: 2026-01-02 }")),
        "two versions of `doc-example` cannot both be right about when they are in force: 1.0.0 is in force until the day before 2026-01-02, \
         2.0.0 is in force from 2026-01-01 until the day before 2027-01-01; let each begin on a day of its own, and leave out `until` unless a version \
         ends without a successor",
    );
    for contradicting in [
        "{ from: 2026-12-31 }",
        "{ from: 2026-01-01 }",
        "{ from: 2026-03-01, until: 2026-03-02 }",
        "{ until: 2030-01-01 }",
    ] {
        assert!(
            matches!(
                library.add(version("3.0.0", contradicting)),
                Err(LibraryError::Overlap { .. })
            ),
            "{contradicting}"
        );
    }
    for beside in [
        ("1.0.0", "{ until: 2000-01-01 }"),
        ("1.5.0", "{ from: 2000-01-01 }"),
        ("3.0.0", "{ from: 2027-01-01 }"),
        ("4.0.0", ""),
    ] {
        library.add(version(beside.0, beside.1)).unwrap();
    }
}

#[test]
fn versions_are_in_order_and_a_draft_is_the_latest_only_by_itself() {
    let mut drafts = library([("2.0.0-draft", "")]);
    assert_eq!(
        drafts.latest("doc-example").unwrap().version().to_string(),
        "2.0.0-draft"
    );
    for number in ["1.10.0", "1.9.0", "1.0.0"] {
        drafts.add(version(number, "")).unwrap();
    }
    let versions: Vec<_> = drafts
        .versions("doc-example")
        .map(|matrix| matrix.version().to_string())
        .collect();
    assert_eq!(versions, ["1.0.0", "1.9.0", "1.10.0", "2.0.0-draft"]);
    assert_eq!(
        drafts.latest("doc-example").unwrap().version().to_string(),
        "1.10.0"
    );
    assert_eq!(drafts.latest("other"), None);
    assert_eq!(drafts.versions("other").count(), 0);
}

#[test]
fn what_is_not_there_is_said_with_what_may_have_been_meant() {
    let library = Library::embedded();
    let find = |asked: &str| library.find(asked, "2026-11-21".parse().unwrap()).cloned();
    message(
        find("hmpps_utm"),
        "there is no matrix `hmpps_utm`; did you mean `hmpps-utm`?",
    );
    message(
        find("hmpps-utm@2.0"),
        "`hmpps-utm` has no version `2.0`; did you mean `2.0.0`?",
    );
    message(
        find("hmpps-utm@v7"),
        "`hmpps-utm` has no version `v7`; write one of `1.0.0`, `2.0.0`",
    );
    message(
        find("hmpps-tier@"),
        "`hmpps-tier` has no version ``; write one of `3.5.0`, `3.6.0`",
    );
    message(
        find("oasis@1.0.0"),
        "there is no matrix `oasis`; did you mean `oasys-needs`?",
    );
    message(
        Library::new().find("psa", "2026-11-21".parse().unwrap()),
        "there is no matrix `psa`; there are none to choose from",
    );
    let long = find(&"x".repeat(5_000)).unwrap_err().to_string();
    assert!(long.len() < 400, "{long}");
}

/// A folder of its own for one test.
struct Folder(std::path::PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let folder =
            std::env::temp_dir().join(format!("threshold-matrix-{name}-{}", std::process::id()));
        for (path, text) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_folder_is_read_with_those_below_it() {
    let second = crate::doc_example().replace("version: 1.0.0", "version: 1.0.1");
    let folder = Folder::with(
        "read",
        &[
            ("any-name.yaml", crate::doc_example()),
            ("below/it/1.0.1.yaml", &second),
            (".hidden/x.yaml", "no matrix"),
            ("notes.txt", "no matrix"),
        ],
    );
    let mut library = Library::new();
    assert_eq!(
        library.load_folder(&folder.0).map(|files| files.len()),
        Ok(2)
    );
    assert_eq!(library.versions("doc-example").count(), 2);
    assert_eq!(
        library.load_folder(&folder.0).map(|files| files.len()),
        Ok(2),
        "the same again changes nothing"
    );
}

#[test]
fn a_matrix_is_opened_by_its_file_or_by_its_name() {
    let day = "2026-11-21".parse().unwrap();
    let folder = Folder::with(
        "open",
        &[("a.yaml", crate::doc_example()), ("b.yml", "tiers: [")],
    );
    let open = |name: &str| Matrix::open(folder.0.join(name).to_str().unwrap(), day);
    assert_eq!(
        open("a.yaml").unwrap().content_hash(),
        Matrix::from_yaml(crate::doc_example())
            .unwrap()
            .content_hash()
    );
    assert!(
        matches!(open("b.yml"), Err(OpenError::Faults(faults)) if faults.to_string().contains("b.yml:1:"))
    );
    assert!(
        matches!(open("c.yaml"), Err(OpenError::File { path, .. }) if path.ends_with("c.yaml"))
    );
    assert!(
        Matrix::open("no/such.yaml", day)
            .unwrap_err()
            .to_string()
            .starts_with("cannot read `no/such.yaml`: ")
    );
    assert_eq!(
        Matrix::open("hmpps-utm@1.0.0", day)
            .unwrap()
            .version()
            .to_string(),
        "1.0.0"
    );
    assert_eq!(
        Matrix::open("psb", day).unwrap_err().to_string(),
        "there is no matrix `psb`; did you mean `psa`?"
    );
}

#[test]
fn a_matrix_is_found_by_its_content() {
    let library = library([
        ("1.0.0", "{ until: 2026-01-01 }"),
        ("2.0.0", "{ from: 2026-01-01 }"),
    ]);
    for matrix in library.iter() {
        assert_eq!(library.by_hash(matrix.content_hash()), Some(matrix));
    }
    assert_eq!(library.by_hash("sha256:0"), None);
}

#[test]
fn periods_are_told_in_words() {
    let told = |effective| Period::of(&version("1.0.0", effective)).to_string();
    assert_eq!(told(""), "1.0.0 does not say when it is in force");
    assert_eq!(
        told("{ from: 2026-01-01 }"),
        "1.0.0 is in force from 2026-01-01"
    );
    assert_eq!(
        told("{ until: 2026-01-01 }"),
        "1.0.0 is in force until the day before 2026-01-01"
    );
    assert_eq!(
        told("{ from: 2025-01-01, until: 2026-01-01 }"),
        "1.0.0 is in force from 2025-01-01 until the day before 2026-01-01"
    );
}

#[test]
fn all_faults_of_all_files_are_reported_and_nothing_is_added() {
    let changed = crate::doc_example().replace("title:", "title: Changed -");
    let folder = Folder::with(
        "faults",
        &[
            ("a.yaml", "format: 1\nid: Bad Name\n"),
            ("b.yaml", crate::doc_example()),
            ("c/c.yaml", &changed),
            ("d.yaml", "tiers: ["),
        ],
    );
    let mut library = Library::new();
    let error = library.load_folder(&folder.0).unwrap_err();
    let faults: Vec<_> = error
        .faults()
        .map(|(path, _)| path.strip_prefix(&folder.0).unwrap().to_str().unwrap())
        .collect();
    assert_eq!(faults, ["a.yaml", "c/c.yaml", "d.yaml"]);
    assert!(matches!(
        error.faults().nth(1),
        Some((_, FileFault::Library(LibraryError::Changed { .. })))
    ));
    let report = error.to_string();
    for part in [
        "a.yaml",
        "Bad Name",
        "c.yaml: `doc-example` 1.0.0 is already in the library with other content",
        "d.yaml",
    ] {
        assert!(report.contains(part), "{part} is not in:\n{report}");
    }
    assert_eq!(library.iter().count(), 0);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let error = Library::new().load_folder("no/such/folder").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("no/such/folder: cannot be read: "),
        "{error}"
    );
}

#[test]
fn a_library_can_be_shared_between_threads() {
    fn check<T: Send + Sync + Clone + std::fmt::Debug>() {}
    check::<Library>();
    check::<LibraryError>();
    check::<FolderError>();
}
