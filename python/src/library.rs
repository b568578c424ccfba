//! Many matrices, found by their ids and versions.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::errors::{of_folder, of_library};
use crate::matrix::Matrix;
use crate::values;

/// Many matrices, found by their ids and versions. A version has one content, and at most one version of an id is in force on a day.
#[pyclass(module = "threshold_matrix", frozen)]
pub(crate) struct Library {
    pub(crate) library: threshold_matrix::Library,
}

#[pymethods]
impl Library {
    /// Makes a library of some matrices. Raises `MatrixError` if two of them are one version with other contents, or are in force on one day.
    #[new]
    #[pyo3(signature = (*matrices))]
    fn new(py: Python<'_>, matrices: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let mut library = threshold_matrix::Library::new();
        for matrix in matrices {
            let matrix = matrix.cast::<Matrix>()?.get().matrix.clone();
            library
                .add(matrix)
                .map_err(|error| of_library(py, &error))?;
        }
        Ok(Self { library })
    }

    /// Returns the matrices that come with the package.
    #[classmethod]
    fn embedded(_class: &Bound<'_, PyType>) -> Self {
        Self {
            library: threshold_matrix::Library::embedded(),
        }
    }

    /// Loads every file that ends in .yaml in a folder and the folders below it. Raises `MatrixError` with the faults of every file.
    #[classmethod]
    fn open(_class: &Bound<'_, PyType>, py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let mut library = threshold_matrix::Library::new();
        let loaded = library.load_folder(folder);
        loaded.map_err(|error| of_folder(py, &error))?;
        Ok(Self { library })
    }

    /// Returns the matrix of a name: `iom-threshold@1.1.0`, or `iom-threshold` for the version that is in force on a day.
    #[pyo3(signature = (name, *, as_at))]
    fn find(&self, py: Python<'_>, name: &str, as_at: &Bound<'_, PyAny>) -> PyResult<Matrix> {
        let found = self.library.find(name, values::date(as_at)?);
        found
            .map(|matrix| Matrix {
                matrix: matrix.clone(),
            })
            .map_err(|error| of_library(py, &error))
    }

    /// Returns the matrix of a content hash, or None.
    fn by_hash(&self, hash: &str) -> Option<Matrix> {
        let matrix = self.library.by_hash(hash)?.clone();
        Some(Matrix { matrix })
    }

    /// The ids, in order.
    #[getter]
    fn ids(&self) -> Vec<&str> {
        self.library.ids().collect()
    }

    /// Returns every version of an id, the earliest first.
    fn versions(&self, id: &str) -> Vec<Matrix> {
        let versions = self.library.versions(id).cloned();
        versions.map(|matrix| Matrix { matrix }).collect()
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.get().all(slf.py())?.call_method0("__iter__")
    }

    fn __len__(&self) -> usize {
        self.library.iter().count()
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        Ok((slf.get_type(), slf.get().all(slf.py())?))
    }

    fn __repr__(&self) -> String {
        let names = self.library.iter();
        let names = names.map(|matrix| format!("{}@{}", matrix.id(), matrix.version()));
        format!("<Library of {}>", names.collect::<Vec<_>>().join(", "))
    }
}

impl Library {
    /// Returns all the matrices, by their ids and versions.
    fn all<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let matrices = self.library.iter().cloned();
        let matrices = matrices.map(|matrix| Matrix { matrix });
        PyTuple::new(py, matrices.collect::<Vec<_>>())
    }
}
