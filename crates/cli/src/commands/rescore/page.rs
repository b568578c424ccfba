//! The page of a run, which has another name until it is whole.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::run::whole;
use crate::cohort::partial;
use crate::output::at;

pub(super) struct Page<'a> {
    path: &'a Path,
    file: File,
    is_whole: bool,
}

impl<'a> Page<'a> {
    /// Creates the file before the run, so that a run whose page cannot be written does not begin.
    pub(super) fn create(path: &'a Path) -> Result<Self, Box<dyn Error>> {
        let file = File::create(partial(path)).map_err(|error| at(path, &error))?;
        Ok(Self {
            path,
            file,
            is_whole: false,
        })
    }

    /// Writes the page, and gives it its own name.
    pub(super) fn finish(mut self, html: &str) -> Result<(), Box<dyn Error>> {
        let written = self.file.write_all(html.as_bytes());
        written.map_err(|error| at(self.path, &error))?;
        whole(self.path)?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for Page<'_> {
    /// Takes away what a run that broke off has begun.
    fn drop(&mut self) {
        if !self.is_whole {
            // Nothing depends on it: the next run writes over it.
            let _ = std::fs::remove_file(partial(self.path));
        }
    }
}
