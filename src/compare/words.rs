//! Writes a comparison as text.

use std::fmt;

use crate::change::Direction;
use crate::compare::{Amendment, CameOut, Cause, Comparison, Edit, Shift, StepKind};
use crate::diagnostic::shortened;
use crate::matrix::Matrix;
use crate::model::Heading;
use crate::words::{is_own_word, listed};

impl fmt::Display for Amendment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.edit {
            Edit::Added(what) => write!(formatter, "{}: added {what}", self.of)?,
            Edit::Removed(what) => write!(formatter, "{}: removed {what}", self.of)?,
            Edit::Changed { from, to } => write!(formatter, "{}: {from} -> {to}", self.of)?,
            Edit::Reordered => write!(formatter, "{}: in another order", self.of)?,
        }
        match (self.old_place, self.new_place) {
            (Some(old), Some(new)) => write!(formatter, " (line {} -> {})", old.line, new.line),
            (Some(only), None) | (None, Some(only)) => write!(formatter, " (line {})", only.line),
            (None, None) => Ok(()),
        }
    }
}

/// The most parts of a change that are named, and how many are named if there are more.
const MOST_PARTS: usize = 6;
const NAMED_PARTS: usize = 4;

/// Returns which parts of a matrix a change alters. Of many that only load together, those that give points and results are named.
pub(super) fn parts_in_words(matrices: [&Matrix; 2], amendments: &[&Amendment]) -> String {
    let mut parts: Vec<&[&Amendment]> = amendments
        .chunk_by(|one, other| one.part() == other.part())
        .collect();
    let count = parts.len();
    if count > MOST_PARTS {
        let rank = |part: &&[&Amendment]| {
            let kind = part.first().and_then(|own| own.keys.first());
            match kind.map(String::as_str) {
                Some("criteria" | "groups" | "overrides") => 0,
                Some("inputs" | "derived" | "checks" | "flags") => 2,
                _ => 1,
            }
        };
        parts.sort_by_key(rank);
        parts.truncate(NAMED_PARTS);
    }
    let words: Vec<String> = parts
        .into_iter()
        .map(|part| part_in_words(matrices, part))
        .collect();
    if count > MOST_PARTS {
        let others = count - NAMED_PARTS;
        format!(
            "{count} changes that only make a valid matrix together: {} and {others} others",
            words.join(", ")
        )
    } else {
        listed(&words, "and")
    }
}

/// Returns what is changed of a part of a matrix, in a sentence: "the override “MAPPA level 2” (at least: medium before, high after)".
fn part_in_words(matrices: [&Matrix; 2], amendments: &[&Amendment]) -> String {
    let Some(first) = amendments.first() else {
        return String::new();
    };
    // A place in a list is not a name.
    let is_place = |key: &String| key.bytes().all(|byte| byte.is_ascii_digit());
    let (keys, is_of_list) = match first.keys.split_last() {
        Some((last, keys)) if is_place(last) => (keys, true),
        _ => (first.keys.as_slice(), false),
    };
    let (part, rest) = path_in_words(matrices, keys);
    if amendments.len() > 1 {
        return format!("the {part} (in {} places)", amendments.len());
    }
    let how = match &first.edit {
        Edit::Added(_) if is_of_list => "one added".to_owned(),
        Edit::Removed(_) if is_of_list => "one taken out".to_owned(),
        Edit::Added(_) => "new".to_owned(),
        Edit::Removed(_) => "gone".to_owned(),
        // What is not one value is no word.
        Edit::Changed { from, to } if [from, to].iter().any(|own| own.starts_with(['[', '{'])) => {
            "written differently".to_owned()
        }
        Edit::Changed { from, to } => {
            format!("{} before, {} after", shortened(from), shortened(to))
        }
        Edit::Reordered => "in another order".to_owned(),
    };
    match rest {
        None => format!("the {part} ({how})"),
        Some(rest) => format!("the {part} ({rest}: {how})"),
    }
}

/// Returns the keys of a file as words: the part of the matrix, such as "override “MAPPA level 2”", and the keys within it, such as "at least".
pub(super) fn path_in_words(matrices: [&Matrix; 2], keys: &[String]) -> (String, Option<String>) {
    let Some((kind, rest)) = keys.split_first() else {
        return ("file".to_owned(), None);
    };
    let noun = match kind.as_str() {
        "inputs" => "input",
        "derived" => "derived input",
        "criteria" => "criterion",
        "groups" => "group",
        "dimensions" => "dimension",
        "decisions" => "step",
        "overrides" => "override",
        "flags" => "flag",
        "checks" => "check",
        other => other,
    };
    let plain = |key: &String| key.replace('_', " ");
    let (title, rest) = match rest.split_first() {
        Some((name, rest)) if noun != kind => {
            (format!(" “{}”", titled(matrices, kind, name)), rest)
        }
        _ => (String::new(), rest),
    };
    let rest: Vec<String> = rest.iter().map(plain).collect();
    let noun = noun.replace('_', " ");
    let rest = (!rest.is_empty()).then(|| rest.join(", "));
    (format!("{noun}{title}"), rest)
}

fn headings<T>(parts: &[T], heading: impl Fn(&T) -> &Heading) -> Vec<&Heading> {
    parts.iter().map(heading).collect()
}

/// Returns the title of a part by the name that it has in the file, as the newer matrix gives it, or else the older.
pub(super) fn titled<'a>([old, new]: [&'a Matrix; 2], kind: &str, name: &'a str) -> &'a str {
    let in_matrix = |matrix: &'a Matrix| -> Option<&'a str> {
        let model = matrix.model();
        let all: Vec<&'a Heading> = match kind {
            "inputs" | "derived" => {
                let mut inputs = headings(model.inputs.items(), |own| &own.heading);
                inputs.extend(headings(model.events.items(), |own| &own.heading));
                inputs
            }
            "criteria" => headings(model.criteria.items(), |own| &own.heading),
            "groups" => headings(model.groups.items(), |own| &own.heading),
            "dimensions" => headings(model.dimensions.items(), |own| &own.heading),
            "decisions" => headings(model.decisions.items(), |own| &own.heading),
            "overrides" => headings(model.overrides.items(), |own| &own.heading),
            "flags" => headings(model.flags.items(), |own| &own.heading),
            _ => Vec::new(),
        };
        let own = all.into_iter().find(|heading| heading.name == name);
        own.map(Heading::spoken)
    };
    in_matrix(new).or_else(|| in_matrix(old)).unwrap_or(name)
}

impl fmt::Display for Shift {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(dimension) = &self.dimension {
            write!(formatter, "{dimension}: ")?;
        }
        let direction = match self.direction {
            Direction::Up => "up",
            Direction::Down => "down",
            Direction::Neither => "no order",
        };
        write!(
            formatter,
            "{} -> {} ({direction}), for example {}",
            self.from,
            self.to,
            crate::analysis::json(&self.witness)
        )?;
        self.because
            .iter()
            .try_for_each(|cause| write!(formatter, "\n    {cause}"))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.step {
            StepKind::Points => write!(formatter, "points of `{name}`"),
            StepKind::Score => write!(formatter, "score of `{name}`"),
            StepKind::Level => write!(formatter, "level of `{name}` by its score"),
            StepKind::Decision => write!(formatter, "`{name}`"),
            StepKind::Tier => write!(formatter, "the decision"),
            StepKind::Override => write!(formatter, "the override `{name}`"),
        }?;
        formatter.write_str(": ")?;
        match (&self.from, &self.to) {
            (
                Some(CameOut::Makes { of, to }),
                Some(CameOut::Makes {
                    of: other,
                    to: another,
                }),
            ) if of != other => {
                write!(formatter, "makes {of} {to} -> makes {other} {another}")
            }
            (from, to) => {
                let came = |came: &Option<CameOut>| {
                    let came = came.as_ref().map(CameOut::to_string);
                    came.unwrap_or_else(|| "not there".to_owned())
                };
                write!(formatter, "{} -> {}", came(from), came(to))
            }
        }
    }
}

impl fmt::Display for CameOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Points(points) => points.fmt(formatter),
            // A result may be called as the program calls something of its own.
            Self::Named(name) if is_own_word(name) => write!(formatter, "“{name}”"),
            Self::Named(name) => formatter.write_str(name),
            Self::Nothing => formatter.write_str("nothing"),
            Self::DoesNotApply => formatter.write_str("does not apply"),
            Self::ChangesNothing => formatter.write_str("changes nothing"),
            Self::Makes { to, .. } => write!(formatter, "makes it {to}"),
            Self::Open => formatter.write_str("not settled"),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.document().to_text(false))
    }
}
