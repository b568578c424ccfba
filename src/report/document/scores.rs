//! How points become a score, as data: the table of what gave them, and the waterfall that they make.

use crate::number::Points;
use crate::report::document::cited::Cited;

use crate::words::{Range, span};

/// The table of what gave points, with what each entry read and what matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scores {
    pub caption: String,
    pub items: Vec<ScoreItem>,
    /// Entries without points, of which only the titles are told unless somebody asks for more.
    pub folded: Vec<ScoreEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScoreItem {
    /// How the entries one step deeper are put together.
    Together {
        depth: usize,
        text: String,
    },
    Entry(ScoreEntry),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreEntry {
    pub depth: usize,
    pub title: String,
    pub sources: Vec<Cited>,
    /// The values as they were given, with their units.
    pub value: String,
    /// The piece of the rule in which the values fell. It is empty where the value says it all.
    pub matched: String,
    pub points: Range,
    /// Why its points do not count, or may not count.
    pub lost: Option<&'static str>,
}

/// A score that builds up from zero to its end, with the cut-offs on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waterfall {
    /// A name that is unique in the document.
    pub anchor: String,
    pub title: String,
    /// The bars in the order of the file. Those that add nothing are left out.
    pub bars: Vec<Bar>,
    pub score: Range,
    /// The score that an override gave in place of this one, if one did.
    pub replaced: Option<Range>,
    pub cuts: Vec<Cut>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub title: String,
    pub points: Range,
}

/// A number from which on a score means something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    pub says: String,
    pub from: Points,
}

impl Scores {
    /// Folds away the entries that give no points, and what would put together nothing but these.
    pub fn fold(mut self) -> Self {
        let mut kept: Vec<ScoreItem> = Vec::new();
        // From the last to the first, a heading stands only if something below it stays.
        let mut stays_below = usize::MAX;
        for item in self.items.into_iter().rev() {
            match item {
                ScoreItem::Entry(entry) if entry.gives_nothing() => self.folded.push(entry),
                ScoreItem::Entry(entry) => {
                    stays_below = entry.depth;
                    kept.push(ScoreItem::Entry(entry));
                }
                ScoreItem::Together { depth, text }
                    if stays_below != usize::MAX && stays_below > depth =>
                {
                    stays_below = depth;
                    kept.push(ScoreItem::Together { depth, text });
                }
                ScoreItem::Together { .. } => {}
            }
        }
        kept.reverse();
        self.folded.reverse();
        self.items = kept;
        self
    }

    /// Returns one line about the entries that are folded away.
    pub fn folded_in_words(&self) -> Option<String> {
        let titles: Vec<&str> = self
            .folded
            .iter()
            .map(|entry| entry.title.as_str())
            .collect();
        (!titles.is_empty()).then(|| format!("No points: {}.", titles.join("; ")))
    }
}

impl ScoreEntry {
    /// Returns whether there is nothing to say of it but its title.
    pub fn is_bare(&self) -> bool {
        self.value.is_empty() && self.matched.is_empty() && self.sources.is_empty()
    }

    pub fn gives_nothing(&self) -> bool {
        self.points == (Points::ZERO, Points::ZERO) && self.lost.is_none()
    }
}

impl Waterfall {
    /// Returns the waterfall as a sum, such as "8 + 4 + 2 = 14".
    pub fn sum(&self) -> String {
        let mut sum = String::new();
        for bar in &self.bars {
            let is_taken_off = bar.points.0 == bar.points.1 && bar.points.0 < Points::ZERO;
            let text = span(bar.points);
            let text = if is_taken_off {
                text.trim_start_matches('-')
            } else {
                &text
            };
            let sign = match (sum.is_empty(), is_taken_off) {
                (true, true) => "-",
                (true, false) => "",
                (false, true) => " - ",
                (false, false) => " + ",
            };
            let open = bar.points.0 != bar.points.1 && self.bars.len() > 1;
            sum.push_str(sign);
            sum.push_str(&if open {
                format!("({text})")
            } else {
                text.to_owned()
            });
        }
        match self.bars.len() {
            0 => format!(
                "Nothing gives points, so the score is {}.",
                span(self.score)
            ),
            1 => format!("The score is {}.", span(self.score)),
            _ => format!("{sum} = {}", span(self.score)),
        }
    }
}
