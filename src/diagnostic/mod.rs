//! Diagnostics of a matrix file: every fault at once, each with its place, what is wrong and what to write instead.

mod code;
mod render;

use std::collections::BTreeSet;
use std::fmt;

pub use code::Code;
pub(crate) use code::codes;

/// A place in a matrix file.
///
/// Lines and columns count from 1, and columns count characters. `start` and `end` are the byte offsets of a half-open range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Place {
    pub(crate) const fn new(line: usize, column: usize, start: usize, end: usize) -> Self {
        Self {
            line,
            column,
            start,
            end,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// One fault of a matrix file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The kind of the fault, which is stable between versions.
    pub code: Code,
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that belong to the fault, each with a short reason.
    pub related: Vec<(Place, String)>,
}

impl Diagnostic {
    #[doc(hidden)]
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            place,
            message: message.into(),
            help: None,
            related: Vec::new(),
        }
    }

    #[doc(hidden)]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(mut self, place: Place, why: impl Into<String>) -> Self {
        self.related.push((place, why.into()));
        self
    }
}

/// Everything that is wrong with a matrix file.
///
/// `Display` shows the faults as a compiler does, with the lines of the file. The faults themselves are data.
///
/// ```
/// use threshold_matrix::{Code, Matrix};
///
/// let text = threshold_matrix::doc_example().replace("input: arrests", "input: arests");
/// let faults = Matrix::from_yaml(&text).unwrap_err();
/// let fault = faults.iter().next().expect("there is at least one");
/// assert_eq!(fault.code, Code::UndeclaredName);
/// assert_eq!(fault.help.as_deref(), Some("did you mean `arrests`?"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    file: String,
    text: String,
    faults: Vec<Diagnostic>,
    /// The codes of all faults, also of those that were left out.
    codes: BTreeSet<Code>,
    left_out: usize,
}

/// The most faults that are kept. Further faults are only counted.
const MOST_FAULTS: usize = 200;

impl Diagnostics {
    #[doc(hidden)]
    pub fn new(file: &str, text: &str) -> Self {
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            faults: Vec::new(),
            codes: BTreeSet::new(),
            left_out: 0,
        }
    }

    #[doc(hidden)]
    pub fn push(&mut self, fault: Diagnostic) {
        self.codes.insert(fault.code);
        if self.is_full() {
            self.left_out += 1;
        } else if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Returns whether further faults are only counted, so that hostile text cannot make their messages costly.
    pub(crate) fn is_full(&self) -> bool {
        self.faults.len() >= MOST_FAULTS
    }

    /// Returns whether there are no faults.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// Returns the number of faults, including those left out.
    pub(crate) fn count(&self) -> usize {
        self.faults.len() + self.left_out
    }

    pub(crate) fn has(&self, code: Code) -> bool {
        self.codes.contains(&code)
    }

    #[doc(hidden)]
    pub fn in_order_of_place(mut self) -> Self {
        // What else is wrong with an ambiguous word says what to write instead of it, and one slip is one fault.
        let others: BTreeSet<Place> = self
            .faults
            .iter()
            .filter(|fault| fault.code != Code::AmbiguousWord)
            .map(|fault| fault.place)
            .collect();
        self.faults
            .retain(|fault| fault.code != Code::AmbiguousWord || !others.contains(&fault.place));
        self.faults.sort_by_key(|fault| (fault.place, fault.code));
        self
    }

    /// Returns the faults, in the order of their places.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Diagnostic> {
        self.faults.iter()
    }

    /// Returns the name under which the file was loaded.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns how many faults were found beyond those that are kept.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Returns the text of `Display` with the colours of a terminal.
    #[must_use]
    pub fn to_coloured_string(&self) -> String {
        render::render(self, true)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&render::render(self, false))
    }
}

impl std::error::Error for Diagnostics {}

/// What an analysis found in a file that has no fault.
pub(crate) struct Warnings<'a> {
    file: &'a str,
    text: &'a str,
    warnings: Vec<(&'static str, Diagnostic)>,
}

impl<'a> Warnings<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            file,
            text: text.strip_prefix('\u{feff}').unwrap_or(text),
            warnings: Vec::new(),
        }
    }

    pub(crate) fn push(
        &mut self,
        code: &'static str,
        place: Place,
        message: String,
        help: Option<String>,
    ) {
        // The code of a fault says nothing of a warning, which has a name of its own.
        self.warnings.push((
            code,
            Diagnostic {
                help,
                ..Diagnostic::new(Code::Unreachable, place, message)
            },
        ));
    }
}

impl fmt::Display for Warnings<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&render::render_warnings(
            self.file,
            self.text,
            &self.warnings,
        ))
    }
}

/// Returns the name in `names` that somebody who wrote `written` most likely meant.
pub fn closest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A long text is not a misspelt name, and comparing it would take a time that grows with its square.
    if written.len() > 100 {
        return None;
    }
    let lower = written.to_lowercase().replace('-', "_");
    let likeness =
        |name: &str| strsim::jaro_winkler(&lower, &name.to_lowercase().replace('-', "_"));
    let scored = names.into_iter().map(|name| (likeness(name), name));
    let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (best.0 >= 0.8).then_some(best.1)
}

/// Returns a question such as "; is it `arrests`?", to put behind a message about a missing name. The text is empty if no other name is like it.
pub fn is_it<'a>(missing: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    closest(missing, names).map_or_else(String::new, |like| {
        format!("; is it `{}`?", shortened(like))
    })
}

/// Returns the help for a name that is not among those there are.
pub fn suggest<'a>(written: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let strange = strange_letter(written);
    if let Some(name) = closest(&plain_letters(written), names.clone()) {
        return format!("did you mean `{name}`?{strange}");
    }
    let mut names = names.into_iter();
    let shown: Vec<_> = names
        .by_ref()
        .take(12)
        .map(|name| format!("`{name}`"))
        .collect();
    match (shown.as_slice(), names.count()) {
        ([], _) => "there are none to choose from".to_owned(),
        ([only], 0) => format!("write {only}{strange}"),
        (_, 0) => format!("write one of {}{strange}", shown.join(", ")),
        (_, more) => format!("write one of {} or {more} more{strange}", shown.join(", ")),
    }
}

/// Letters of other alphabets that look like Latin ones, each with the Latin letter.
const LOOK_ALIKES: [(char, char); 22] = [
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ѕ', 's'),
    ('ј', 'j'),
    ('ԁ', 'd'),
    ('һ', 'h'),
    ('ո', 'n'),
    ('ο', 'o'),
    ('ν', 'v'),
    ('ι', 'i'),
    ('α', 'a'),
    ('ρ', 'p'),
    ('υ', 'u'),
    ('ɡ', 'g'),
    ('ⅼ', 'l'),
    ('\u{a0}', ' '),
];

fn plain_letters(text: &str) -> String {
    text.chars()
        .map(|letter| {
            LOOK_ALIKES
                .iter()
                .find(|(alike, _)| *alike == letter)
                .map_or(letter, |(_, plain)| *plain)
        })
        .collect()
}

/// Returns a note about the first character that only looks like a Latin letter.
fn strange_letter(text: &str) -> String {
    match text
        .chars()
        .find(|letter| LOOK_ALIKES.iter().any(|(alike, _)| alike == letter))
    {
        Some(letter) => format!(
            " (the character `{letter}` here is U+{:04X}, which only looks like a plain one)",
            u32::from(letter)
        ),
        None => String::new(),
    }
}

/// Returns a text cut to a length that fits a message.
pub fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(40).collect();
    if characters.next().is_some() {
        format!("{start}…")
    } else {
        start
    }
}
