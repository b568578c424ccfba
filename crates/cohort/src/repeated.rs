//! Ids that occur more than once.

/// The most ids that are listed.
const MOST_LISTED: usize = 1000;

/// Ids that occur more than once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Repeated {
    /// How many rows have an id that an earlier row has.
    pub people: u64,
    /// The line of the first of these (or the row, where the cohort is a file of columns), or 0 if the people do not come from a file.
    pub line: u64,
    /// Their ids, each once and at most a thousand.
    pub ids: Vec<String>,
}

impl Repeated {
    pub(crate) fn note(&mut self, id: &[u8], line: u64) {
        self.people += 1;
        if self.people == 1 {
            self.line = line;
        }
        if self.ids.len() < MOST_LISTED {
            let id = String::from_utf8_lossy(id);
            if !self.ids.iter().any(|own| *own == id) {
                self.ids.push(id.into_owned());
            }
        }
    }
}
