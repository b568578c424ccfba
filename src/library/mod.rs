//! Keeps many matrices in many versions, and finds the one in force on a day.

mod embedded;
mod error;
mod folder;
mod open;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use semver::Version;

use crate::date::Date;
use crate::diagnostic::suggest;
use crate::matrix::Matrix;

pub use error::{LibraryError, Period};
pub use folder::{FileFault, FolderError};
pub use open::OpenError;

/// Many matrices, found by their ids and versions.
///
/// A library is consistent: a version has one content, and no two versions of one id
/// [contradict](crate::Effective::contradicts) each other about when they are in force. At most one of them is in force on a day.
/// A library reads nothing from the file system unless [`Library::load_folder`] is called.
///
/// ```
/// use threshold_matrix::Library;
///
/// let library = Library::embedded();
/// let matrix = library.find("lsir-idaho", "2019-03-01".parse()?)?;      // the version in force on that day
/// assert_eq!(matrix.version().to_string(), "1.0.0");
/// let matrix = library.find("lsir-idaho@2.0.0", "2019-03-01".parse()?)?; // this version, whatever the day
/// assert_eq!(matrix.version().to_string(), "2.0.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Every id has at least one version.
    matrices: BTreeMap<String, BTreeMap<Version, Matrix>>,
    /// Whether it also finds, by their hashes, the earlier contents of the versions that come with this crate.
    finds_earlier: bool,
}

impl Library {
    /// Creates a library without matrices.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a library of the matrices that come with this crate. They are part of the program, so no file is read.
    ///
    /// The matrices are loaded on the first call and kept, so each later call is cheap.
    ///
    /// ```
    /// let library = threshold_matrix::Library::embedded();
    /// assert!(library.ids().any(|id| id == "hmpps-utm"));
    /// ```
    #[must_use]
    pub fn embedded() -> Self {
        static EMBEDDED: LazyLock<Library> = LazyLock::new(|| {
            let mut library = Library {
                finds_earlier: true,
                ..Library::new()
            };
            for matrix in embedded::matrices().into_iter().flatten() {
                // A test holds that every one is loaded and added.
                let _ = library.add(matrix);
            }
            library
        });
        EMBEDDED.clone()
    }

    /// Returns the text of the file of a matrix that comes with this crate, with its comments, by a name such as `psa@1.0.0`.
    ///
    /// ```
    /// let text = threshold_matrix::Library::embedded_text("psa@1.0.0").expect("it comes with the crate");
    /// assert_eq!(threshold_matrix::Matrix::from_yaml(text)?.id(), "psa");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn embedded_text(name: &str) -> Option<&'static str> {
        let (id, version) = name.split_once('@')?;
        embedded::text(&format!("{id}/{version}.yaml"))
    }

    /// Adds a matrix. Adding the same version with the same content again changes nothing.
    ///
    /// ```
    /// use threshold_matrix::{Library, LibraryError, Matrix};
    ///
    /// let mut library = Library::new();
    /// library.add(Matrix::from_yaml(threshold_matrix::doc_example())?)?;
    ///
    /// let changed = threshold_matrix::doc_example().replace("title:", "title: Changed -");
    /// let refused = library.add(Matrix::from_yaml(&changed)?);
    /// assert!(matches!(refused, Err(LibraryError::Changed { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the library holds the version with other content, or a version of the same id that
    /// [contradicts](crate::Effective::contradicts) this one about when it is in force. The library then stays as it was.
    pub fn add(&mut self, matrix: Matrix) -> Result<(), LibraryError> {
        if let Some(held) = self.get(matrix.id(), matrix.version()) {
            if held == &matrix {
                return Ok(());
            }
            return Err(LibraryError::Changed {
                id: matrix.id().to_owned(),
                version: matrix.version().clone(),
                held: held.content_hash().to_owned(),
                added: matrix.content_hash().to_owned(),
            });
        }
        let overlaps = |held: &&Matrix| {
            held.effective()
                .zip(matrix.effective())
                .is_some_and(|(held, own)| held.contradicts(&own))
        };
        if let Some(held) = self.versions(matrix.id()).find(overlaps) {
            let mut periods = vec![Period::of(held), Period::of(&matrix)];
            periods.sort_by(|one, other| one.version.cmp(&other.version));
            return Err(LibraryError::Overlap {
                id: matrix.id().to_owned(),
                periods,
            });
        }
        self.matrices
            .entry(matrix.id().to_owned())
            .or_default()
            .insert(matrix.version().clone(), matrix);
        Ok(())
    }

    /// Returns the ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.matrices.keys().map(String::as_str)
    }

    /// Returns all matrices, in the order of their ids and versions.
    pub fn iter(&self) -> impl Iterator<Item = &Matrix> {
        self.matrices.values().flat_map(BTreeMap::values)
    }

    /// Returns the versions of a matrix, the earliest first. The iterator is empty if the id is unknown.
    pub fn versions(&self, id: &str) -> impl DoubleEndedIterator<Item = &Matrix> {
        self.matrices.get(id).into_iter().flat_map(BTreeMap::values)
    }

    /// Returns one version of a matrix, or `None` if the library does not hold it.
    #[must_use]
    pub fn get(&self, id: &str, version: &Version) -> Option<&Matrix> {
        self.matrices.get(id)?.get(version)
    }

    /// Returns the latest version of a matrix. It is a pre-release such as `2.0.0-draft` only if there is nothing else.
    ///
    /// The latest version need not be in force: see [`Library::in_force`].
    #[must_use]
    pub fn latest(&self, id: &str) -> Option<&Matrix> {
        self.versions(id)
            .max_by_key(|matrix| (matrix.version().pre.is_empty(), matrix.version()))
    }

    /// Returns the matrix with a content hash, such as the one that a stored outcome names.
    ///
    /// [`Library::embedded`] also finds the contents that its versions had before the first release, so that records of that time replay. They are found
    /// in no other way.
    ///
    /// ```
    /// let library = threshold_matrix::Library::embedded();
    /// let matrix = library.latest("psa").expect("it is embedded");
    /// assert_eq!(library.by_hash(matrix.content_hash()), Some(matrix));
    /// ```
    #[must_use]
    pub fn by_hash(&self, hash: &str) -> Option<&Matrix> {
        let held = self.iter().find(|matrix| matrix.content_hash() == hash);
        held.or_else(|| embedded::earlier(hash).filter(|_| self.finds_earlier))
    }

    /// Returns the version of a matrix that is in force on a day.
    ///
    /// - If some versions say when they are in force, it is the one that began last, unless that one has ended by the day. A version that does
    ///   not say is a draft or a trial, and is never in force.
    /// - If there is only one version and it does not say when it is in force, it is always in force.
    /// - If there are several and none of them says, the day cannot tell them apart: name the one that you want by its version.
    ///
    /// ```
    /// use threshold_matrix::{Library, LibraryError};
    ///
    /// let library = Library::embedded();
    /// assert_eq!(library.in_force("iom-threshold", "2027-03-31".parse()?)?.version().to_string(), "1.0.0");
    /// assert_eq!(library.in_force("iom-threshold", "2027-04-01".parse()?)?.version().to_string(), "1.1.0");
    ///
    /// let too_early = library.in_force("iom-threshold", "2026-03-31".parse()?).unwrap_err();
    /// assert_eq!(
    ///     too_early.to_string(),
    ///     "no version of `iom-threshold` is in force on 2026-03-31: 1.0.0 is in force from 2026-04-01 until the day before 2027-04-01, 1.1.0 is in force from 2027-04-01, 2.0.0 is in force from 2028-04-01"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the id is unknown, nothing is in force on the day, or no version says when it is in force and there are several.
    pub fn in_force(&self, id: &str, day: Date) -> Result<&Matrix, LibraryError> {
        let versions = self.known(id)?;
        if versions.values().all(|matrix| matrix.effective().is_none()) {
            let mut undated = versions.values();
            return match (undated.next(), undated.next()) {
                (Some(only), None) => Ok(only),
                _ => Err(LibraryError::Undated {
                    id: id.to_owned(),
                    versions: versions.keys().cloned().collect(),
                }),
            };
        }
        let begun = |matrix: &&Matrix| {
            matrix
                .effective()
                .is_some_and(|period| period.has_begun(day))
        };
        let latest = versions.values().filter(begun).max_by_key(|matrix| {
            // Nothing begins before what has no first day, which `None` is less than every date for.
            matrix.effective().and_then(|period| period.from)
        });
        let in_force = |matrix: &&Matrix| {
            matrix
                .effective()
                .is_some_and(|period| period.contains(day))
        };
        latest.filter(in_force).ok_or_else(|| {
            let periods = versions.values().map(Period::of).collect();
            LibraryError::NothingInForce {
                id: id.to_owned(),
                day,
                periods,
            }
        })
    }

    /// Returns the matrix that a text names: `hmpps-utm` names the version in force on the day, and `hmpps-utm@2.0.0` names that version, whatever
    /// the day.
    ///
    /// ```
    /// let library = threshold_matrix::Library::embedded();
    /// let error = library.find("hmps-utm", "2026-11-21".parse()?).unwrap_err();
    /// assert_eq!(error.to_string(), "there is no matrix `hmps-utm`; did you mean `hmpps-utm`?");
    /// # Ok::<(), threshold_matrix::DateError>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the id or the version is unknown, with a name that may have been meant. Otherwise it returns the errors of
    /// [`Library::in_force`].
    pub fn find(&self, asked: &str, day: Date) -> Result<&Matrix, LibraryError> {
        let Some((id, version)) = asked.split_once('@') else {
            return self.in_force(asked, day);
        };
        let versions = self.known(id)?;
        let found = Version::parse(version)
            .ok()
            .and_then(|version| versions.get(&version));
        found.ok_or_else(|| {
            let names: Vec<String> = versions.keys().map(Version::to_string).collect();
            let help = suggest(version, names.iter().map(String::as_str));
            LibraryError::UnknownVersion {
                id: id.to_owned(),
                version: error::shortened(version),
                help,
            }
        })
    }

    fn known(&self, id: &str) -> Result<&BTreeMap<Version, Matrix>, LibraryError> {
        self.matrices
            .get(id)
            .ok_or_else(|| LibraryError::UnknownId {
                id: error::shortened(id),
                help: suggest(id, self.ids().collect::<Vec<_>>()),
            })
    }
}

#[cfg(test)]
mod tests;
