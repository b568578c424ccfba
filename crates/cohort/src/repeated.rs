//! Ids that occur more than once.

use crate::Origin;

/// The most ids that are listed.
const MOST_LISTED: usize = 1000;

/// Ids that occur more than once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Repeated {
    /// How many rows have an id that an earlier row has.
    pub people: u64,
    /// Where the first of these is, or `None` if the people do not come from a file.
    pub first: Option<Origin>,
    /// Their ids, each once and at most a thousand.
    pub ids: Vec<String>,
}

impl Repeated {
    pub(crate) fn note(&mut self, id: &[u8], origin: impl FnOnce() -> Option<Origin>) {
        self.people += 1;
        if self.people == 1 {
            self.first = origin();
        }
        if self.ids.len() < MOST_LISTED {
            let id = String::from_utf8_lossy(id);
            if !self.ids.iter().any(|own| *own == id) {
                self.ids.push(id.into_owned());
            }
        }
    }
}
