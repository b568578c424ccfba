//! The matrices that come with the crate, as part of the program.

use std::sync::LazyLock;

use crate::diagnostic::Diagnostics;
use crate::matrix::Matrix;

/// Each file's path below `matrices/`, with its text.
macro_rules! files {
    ($($path:literal,)*) => { &[$(($path, include_str!(concat!("../../matrices/", $path)))),*] };
}

const FILES: &[(&str, &str)] = files![
    "hmpps-tier/3.5.0.yaml",
    "hmpps-tier/3.6.0.yaml",
    "hmpps-utm/1.0.0.yaml",
    "hmpps-utm/2.0.0.yaml",
    "iom-threshold/1.0.0.yaml",
    "iom-threshold/1.1.0.yaml",
    "iom-threshold/2.0.0.yaml",
    "lsir-idaho/1.0.0.yaml",
    "lsir-idaho/2.0.0.yaml",
    "matac/1.0.0.yaml",
    "moj-prolific/1.0.0.yaml",
    "nps-e3/1.0.0.yaml",
    "oasys-needs/1.0.0.yaml",
    "ovp/1.0.0.yaml",
    "psa/1.0.0.yaml",
    "totting-up/1.0.0.yaml",
];

/// The contents that versions had in records that were written before the first release. Their rules are those of the version; titles and labels differ.
const EARLIER: &[(&str, &str)] = &[
    (
        "earlier/hmpps-tier-3.6.0.yaml",
        include_str!("earlier/hmpps-tier-3.6.0.yaml"),
    ),
    (
        "earlier/iom-threshold-1.0.0.yaml",
        include_str!("earlier/iom-threshold-1.0.0.yaml"),
    ),
];

/// Returns the matrix of an earlier content of a version, by its content hash.
pub(super) fn earlier(hash: &str) -> Option<&'static Matrix> {
    static LOADED: LazyLock<Vec<Matrix>> = LazyLock::new(|| {
        let loaded = EARLIER.iter();
        // A test holds that every one is loaded.
        loaded
            .filter_map(|(path, text)| Matrix::from_named_yaml(path, text.as_bytes()).ok())
            .collect()
    });
    LOADED.iter().find(|matrix| matrix.content_hash() == hash)
}

pub(super) fn matrices() -> Vec<Result<Matrix, Diagnostics>> {
    FILES
        .iter()
        .map(|(path, text)| Matrix::from_named_yaml(path, text.as_bytes()))
        .collect()
}

/// Returns the text of a file by its path below `matrices/`.
pub(super) fn text(path: &str) -> Option<&'static str> {
    let found = FILES.iter().find(|(own, _)| *own == path);
    found.map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::library::Library;

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("matrices");
        let mut found = Vec::new();
        for id in std::fs::read_dir(folder)
            .unwrap()
            .map(Result::unwrap)
            .filter(|entry| entry.path().is_dir())
        {
            for file in std::fs::read_dir(id.path()).unwrap().map(Result::unwrap) {
                found.push(format!(
                    "{}/{}",
                    id.file_name().to_str().unwrap(),
                    file.file_name().to_str().unwrap()
                ));
            }
        }
        found.sort();
        let listed: Vec<_> = FILES.iter().map(|(path, _)| *path).collect();
        assert_eq!(
            listed, found,
            "list each file of `matrices/` in `src/library/embedded.rs`, in order"
        );
    }

    #[test]
    fn every_embedded_matrix_is_in_the_library_under_its_path() {
        let library = Library::embedded();
        for ((path, _), matrix) in FILES.iter().zip(matrices()) {
            let matrix = matrix.unwrap_or_else(|faults| panic!("{faults}"));
            assert_eq!(*path, format!("{}/{}.yaml", matrix.id(), matrix.version()));
            assert_eq!(
                library.get(matrix.id(), matrix.version()),
                Some(&matrix),
                "{path} overlaps another version"
            );
        }
        assert_eq!(library.iter().count(), FILES.len());
    }
}
