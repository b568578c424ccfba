//! The files that some paths stand for: those that are named, and those in the folders that are named.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf, is_separator};

use crate::error::{CohortError, FileProblem, is_standard, some};
use crate::reader::FileKind;

/// The endings of files of columns, in every program.
const COLUMNS: [&str; 5] = ["parquet", "arrow", "arrows", "feather", "ipc"];
/// The endings of compressed files.
const COMPRESSED: [&str; 9] = ["gz", "bz2", "zst", "xz", "zip", "7z", "lz4", "snappy", "br"];

/// The files that some paths stand for, in their order.
///
/// A folder stands for the files in it whose endings are of a kind that is read, in the order of their names by their bytes. Files and folders whose
/// names begin with `_`, `.` or `~$` or end in `.crc` are passed over, as Spark and Excel write them beside those that are meant. Other files, and folders
/// within the folder, are left out too, and [`FileList::warnings`] names them. The path `-` stands for the standard input.
///
/// ```
/// use threshold_matrix_cohort::FileList;
///
/// let folder = std::env::temp_dir().join(format!("threshold-matrix-list-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// for name in ["south.csv", "north.jsonl", "read-me.txt", "_SUCCESS"] {
///     std::fs::write(folder.join(name), "")?;
/// }
/// let list = FileList::of([&folder])?;
/// assert_eq!(list.paths(), [folder.join("north.jsonl"), folder.join("south.csv")]);
/// assert!(list.warnings()[0].ends_with("read-me.txt"));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileList {
    paths: Vec<PathBuf>,
    warnings: Vec<String>,
}

impl FileList {
    /// Finds the files that some paths stand for.
    ///
    /// # Errors
    /// Returns everything that is wrong with the paths at once: a folder that cannot be read or has no file of people, a compressed file, and a file that
    /// is named twice. Whether a file that is named exists is only seen when it is opened.
    pub fn of(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Result<Self, CohortError> {
        let (mut list, mut problems) = (Self::default(), Vec::new());
        let mut folders = Vec::new();
        for path in paths {
            let path = path.into();
            let found = if path.is_dir() {
                folders.push(path.clone());
                list.add_folder(&path)
            } else if is_folder_in_name(&path) {
                problem(
                    "there is no such folder; a file is named with its ending, such as people.csv",
                )
            } else if is_compressed(&path) {
                problem("a compressed file is not read; unpack it first")
            } else {
                list.paths.push(path.clone());
                Ok(())
            };
            if let Err(error) = found {
                problems.push(FileProblem::of(&path, error));
            }
        }
        problems.extend(list.named_twice(&folders));
        if problems.is_empty() {
            Ok(list)
        } else {
            Err(CohortError::Files { problems })
        }
    }

    /// Returns the paths of the files, in their order.
    #[must_use]
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Returns what was left out of folders, in whole sentences.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), CohortError> {
        let unreadable = |error: std::io::Error| CohortError::NoSuchFile {
            message: format!("the folder cannot be read: {error}"),
        };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            names.push(entry.map_err(unreadable)?.file_name());
        }
        names.sort_by(|one, other| one.as_encoded_bytes().cmp(other.as_encoded_bytes()));
        if names.iter().any(|name| name == "_delta_log") {
            return problem(
                "the folder is a Delta table, in which files of its earlier versions lie as well; write its people into a folder of their own",
            );
        }
        let (mut others, mut folders, mut compressed) = (Vec::new(), Vec::new(), Vec::new());
        let before = self.paths.len();
        for name in names.iter().filter(|name| !is_beside(name)) {
            let path = folder.join(name);
            let shown = || name.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(shown());
            } else if is_compressed(&path) {
                compressed.push(shown());
            } else if is_of_people(&path) {
                self.paths.push(path);
            } else {
                others.push(shown());
            }
        }
        if !compressed.is_empty() {
            return problem(format!(
                "compressed files are not read; unpack them, or take them out of the folder: {}",
                some(&compressed)
            ));
        }
        if self.paths.len() == before {
            let left_out: Vec<String> = others.into_iter().chain(folders).collect();
            let beside = if !left_out.is_empty() {
                format!("; what lies in it is not read: {}", some(&left_out))
            } else if names.is_empty() {
                "; it is empty".to_owned()
            } else {
                "; everything in it is passed over, since such names begin with `_`, `.` or `~$` or end in `.crc`".to_owned()
            };
            return problem(format!(
                "no file in the folder ends in .csv, .jsonl, .ndjson, .xlsx, .parquet, .arrow or .feather{beside}"
            ));
        }
        let folder = folder.display();
        for (names, why) in [
            (others, "files of other kinds are not read"),
            (folders, "folders within the folder are not read"),
        ] {
            if !names.is_empty() {
                let names = some(&names);
                self.warnings.push(format!("{folder}: {why}: {names}"));
            }
        }
        Ok(())
    }

    /// Returns a problem for each path that leads to the file of an earlier one. Some of them may be in the folders that were named.
    fn named_twice(&self, folders: &[PathBuf]) -> Vec<FileProblem> {
        let (mut first, mut problems) = (HashMap::new(), Vec::new());
        for path in &self.paths {
            let place = path.canonicalize().unwrap_or_else(|_| path.clone());
            match first.get(&place) {
                None => drop(first.insert(place, path)),
                Some(earlier) => {
                    let holds = |folder: &&PathBuf| path.parent() == Some(folder.as_path());
                    let how = match folders.iter().find(holds) {
                        _ if earlier.as_os_str() != path.as_os_str() => {
                            format!("is named twice, also as `{}`", earlier.display())
                        }
                        Some(folder) => {
                            let folders = folders.iter().filter(|own| *own == folder);
                            let how = if folders.count() > 1 { "twice" } else { "too" };
                            let folder = folder.display();
                            format!("is in the folder `{folder}`, which is named {how}")
                        }
                        None => "is named twice".to_owned(),
                    };
                    let message = format!("the file {how}; everybody in it would count twice");
                    let error = CohortError::NoSuchFile { message };
                    problems.push(FileProblem::of(path, error));
                }
            }
        }
        problems
    }
}

fn problem<T>(message: impl Into<String>) -> Result<T, CohortError> {
    Err(CohortError::NoSuchFile {
        message: message.into(),
    })
}

/// Returns whether a file is one that Spark, Excel or the system keeps beside those that are meant.
fn is_beside(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b"_")
        || name.starts_with(b".")
        || name.starts_with(b"~$")
        || name.ends_with(b".crc")
}

/// Returns whether a path that leads to nothing can only be meant as a folder, since its name has no ending.
fn is_folder_in_name(path: &Path) -> bool {
    let text = path.as_os_str().as_encoded_bytes();
    let is_meant =
        path.extension().is_none() || text.last().is_some_and(|last| is_separator((*last).into()));
    is_meant && !is_standard(path) && !path.exists()
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| endings.iter().any(|own| own.eq_ignore_ascii_case(ending)))
}

/// Returns whether the ending of a file is of a kind that this program, or one with more features, reads.
fn is_of_people(path: &Path) -> bool {
    FileKind::of(path).is_some() || ends_in(path, &COLUMNS)
}

fn is_compressed(path: &Path) -> bool {
    ends_in(path, &COMPRESSED)
        && path
            .file_stem()
            .is_some_and(|stem| is_of_people(Path::new(stem)))
}
