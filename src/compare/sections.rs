//! Writes a comparison as sections of a report: what is written differently, and every change of a result, each as a table.

use crate::analysis::Proof;
use crate::change::Direction;
use crate::change::words::spoken;
use crate::compare::words::{path_in_words, titled};
use crate::compare::{Acting, Amendment, CameOut, Cause, Comparison, Edit, Shift, StepKind};
use crate::matrix::Matrix;
use crate::model::Input;
use crate::profile::Profile;
use crate::report::document::tree::{Block, Document, Head, Layout, Section, Table};
use crate::words::{capitalised, counted};

const NOT_THERE: &str = "not there";

impl Comparison {
    /// Returns the comparison as a document of its own.
    pub(super) fn document(&self) -> Document {
        let named = |matrix: &Matrix| format!("{} {}", matrix.id(), matrix.version());
        let title = format!(
            "{} and {}, as at {}",
            named(&self.old),
            named(&self.new),
            self.as_at.in_words()
        );
        Document {
            window: title.clone(),
            footer: title.clone(),
            title,
            head: Vec::new(),
            sections: self.sections().to_vec(),
            foot: Vec::new(),
            has_contents: false,
            layout: Layout {
                width: 100,
                margin: 2,
                is_ruled: false,
                is_brief: false,
            },
        }
    }

    /// Returns the sections of a comparison, for a report that holds more than these.
    #[doc(hidden)]
    #[must_use]
    pub fn sections(&self) -> [Section; 2] {
        [self.written(), self.proved()]
    }

    fn written(&self) -> Section {
        let mut section = Section::new("rules", "What changed in the rules");
        // The headline says which versions these are.
        let differences = self
            .differences
            .iter()
            .filter(|own| own.keys != ["version"]);
        let (words, rules): (Vec<_>, Vec<_>) =
            differences.partition(|difference| difference.is_wording);
        if rules.is_empty() {
            section.says("No rule is written differently.");
        } else {
            let entries = rules.into_iter().map(|rule| self.amended(rule));
            section.blocks.push(Block::Table(Table::labelled(
                "Rules that are written differently",
                &["What", "Before", "After", "Line"],
                entries,
            )));
        }
        if !words.is_empty() {
            section.says(format!(
                "Titles, notes, sources and examples differ in {}.",
                counted(i64::try_from(words.len()).unwrap_or(i64::MAX), "place")
            ));
        }
        section
    }

    fn amended(&self, rule: &Amendment) -> (Head, Vec<String>) {
        let (before, after) = match &rule.edit {
            Edit::Added(what) => (NOT_THERE.to_owned(), what.clone()),
            Edit::Removed(what) => (what.clone(), NOT_THERE.to_owned()),
            Edit::Changed { from, to } => (from.clone(), to.clone()),
            Edit::Reordered => ("in one order".to_owned(), "in another order".to_owned()),
        };
        // What is not there has no line, but only a place near by.
        let (old, new) = match rule.edit {
            Edit::Added(_) => (None, rule.new_place),
            Edit::Removed(_) => (rule.old_place, None),
            Edit::Changed { .. } | Edit::Reordered => (rule.old_place, rule.new_place),
        };
        let line = match (old, new) {
            (Some(old), Some(new)) => format!("{}, now {}", old.line, new.line),
            (Some(old), None) => old.line.to_string(),
            (None, Some(new)) => format!("now {}", new.line),
            (None, None) => String::new(),
        };
        (
            head(self.path_in_words(&rule.keys)),
            vec![before, after, line],
        )
    }

    /// Returns the keys of a file as words, such as "Override “MAPPA level 2”: at least".
    fn path_in_words(&self, keys: &[String]) -> String {
        let (part, rest) = path_in_words([&self.old, &self.new], keys);
        let rest = rest.map_or_else(String::new, |rest| format!(": {rest}"));
        capitalised(&format!("{part}{rest}"))
    }

    /// Returns the title of a part by the name that it has in the file.
    fn titled<'a>(&'a self, kind: &str, name: &'a str) -> &'a str {
        titled([&self.old, &self.new], kind, name)
    }

    fn proved(&self) -> Section {
        let mut section = Section::new("proved", "What is proved for every possible profile");
        if !self.shifts.is_empty() {
            let entries = self.shifts.iter().map(|shift| self.shifted(shift));
            section.blocks.push(Block::Table(Table::labelled(
                "Every change that is possible, with an example of each",
                &["From", "To", "Why", "What decides it in the example"],
                entries,
            )));
            let others: Vec<String> = self
                .shifts
                .iter()
                .filter_map(|shift| {
                    let others = self.values(&shift.witness, |name| {
                        !shift.deciding.iter().any(|own| own == name)
                    });
                    let [from, to] = self.ends(shift);
                    (!others.is_empty()).then(|| format!("{from} to {to}: {}.", others.join("; ")))
                })
                .collect();
            if !others.is_empty() {
                section.blocks.push(Block::Folded {
                    summary:
                        "The other values of each example, which are the mildest that there are"
                            .to_owned(),
                    items: others,
                });
            }
        }
        let left_out = if self.left_out.is_empty() {
            ""
        } else {
            ", except those not compared"
        };
        section.says(match (self.compared.is_empty(), self.is_complete(), self.shifts.is_empty()) {
            (true, ..) => "The two have no result in common.".to_owned(),
            (_, true, true) => format!(
                "Nobody's result can change: that is proved for all profiles that both revisions accept and in which nothing is unknown{left_out}."
            ),
            (_, true, false) => format!(
                "These are all the changes: that is proved for all profiles that both revisions accept and in which nothing is unknown{left_out}."
            ),
            (_, false, _) => format!(
                "There may be others. Ruling them out would take more work than is allowed: {}.",
                self.open.join("; ")
            ),
        });
        let only = [(&self.only_old, "older"), (&self.only_new, "newer")];
        let only = only.into_iter().filter_map(|(proof, which)| match proof {
            Proof::Shown(profile) => Some(format!(
                "The {which} revision alone accepts somebody with these values: {}.",
                self.values(profile, |_| true).join("; ")
            )),
            _ => None,
        });
        let not_compared = self.left_out.iter();
        let not_compared = not_compared.map(|what| format!("Not compared: {what}."));
        let rest: Vec<String> = only.chain(not_compared).collect();
        if !rest.is_empty() {
            section.blocks.push(Block::List(rest));
        }
        section
    }

    /// Returns the labels of what a result was and what it becomes.
    fn ends(&self, shift: &Shift) -> [String; 2] {
        let dimension = shift.dimension.as_deref();
        let label =
            |matrix: &Matrix, name: &str| matrix.model().label_of(dimension, name).to_owned();
        [label(&self.old, &shift.from), label(&self.new, &shift.to)]
    }

    fn shifted(&self, shift: &Shift) -> (Head, Vec<String>) {
        let [from, to] = self.ends(shift);
        let of = shift.dimension.as_ref().map_or_else(String::new, |name| {
            format!("{}: ", self.titled("dimensions", name))
        });
        let direction = match shift.direction {
            Direction::Up => " (more intensive)",
            Direction::Down => " (less intensive)",
            Direction::Neither => "",
        };
        let on_the_way = shift.because.iter().map(|own| self.caused(own));
        let why: Vec<String> = self.acting(shift).into_iter().chain(on_the_way).collect();
        let decides = self.values(&shift.witness, |name| {
            shift.deciding.iter().any(|own| own == name)
        });
        let decides = if decides.is_empty() {
            "nothing: everybody like the mildest profile".to_owned()
        } else {
            decides.join("; ")
        };
        (
            head(format!("{of}{from}")),
            vec![format!("{to}{direction}"), why.join(" "), decides],
        )
    }

    /// Returns which changes of the rules make the change of a result, as a sentence.
    fn acting(&self, shift: &Shift) -> Option<String> {
        let words = |changes: &[usize]| -> Vec<String> {
            let changes = changes.iter().filter_map(|at| self.rule_changes.get(*at));
            changes.map(ToString::to_string).collect()
        };
        match &shift.acting {
            Acting::Alone(changes) => Some(match words(changes).as_slice() {
                [only] => format!("One change alone does it: {only}."),
                several => format!(
                    "Each of these changes alone does it: {}.",
                    several.join("; ")
                ),
            }),
            Acting::Together(changes) => Some(format!(
                "Only several changes together do it: {}.",
                words(changes).join("; ")
            )),
            Acting::NotTried => None,
        }
    }

    /// Returns a cause as a sentence, such as "The level of “Harm”: high before, medium after."
    fn caused(&self, cause: &Cause) -> String {
        let name = cause.name.as_str();
        let (what, dimension) = match cause.step {
            StepKind::Points => (
                format!("the points of “{}”", self.titled("criteria", name)),
                None,
            ),
            StepKind::Score => (
                format!("the score of “{}”", self.titled("dimensions", name)),
                None,
            ),
            StepKind::Level => (
                format!("the level of “{}”", self.titled("dimensions", name)),
                Some(name),
            ),
            StepKind::Decision => (
                format!("the step “{}”", self.titled("decisions", name)),
                None,
            ),
            StepKind::Tier => ("the decision".to_owned(), None),
            StepKind::Override => (
                format!("the override “{}”", self.titled("overrides", name)),
                None,
            ),
        };
        let came = |came: &Option<CameOut>, matrix: &Matrix| {
            let label = |name: &str| {
                let overridden = matrix.model().overrides.items().iter();
                let mut overridden = overridden.filter(|own| own.heading.name == cause.name);
                let of_level = overridden.find_map(|own| own.dimension);
                let of_level =
                    of_level.map(|id| matrix.model().dimensions[id].heading.name.clone());
                let dimension = dimension.or(of_level.as_deref());
                matrix.model().label_of(dimension, name).to_owned()
            };
            match came {
                None => NOT_THERE.to_owned(),
                Some(CameOut::Named(name)) => label(name),
                Some(CameOut::Makes { of, to }) => format!("makes {} of {}", label(to), label(of)),
                Some(other) => other.to_string(),
            }
        };
        capitalised(&format!(
            "{what}: {} before, {} after.",
            came(&cause.from, &self.old),
            came(&cause.to, &self.new)
        ))
    }

    /// Returns values of a profile in words, each with the label of its input.
    fn values(&self, profile: &Profile, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let input = |name: &str| -> Option<&Input> {
            [&self.new, &self.old].into_iter().find_map(|matrix| {
                let mut inputs = matrix.model().inputs.items().iter();
                inputs.find(|input| input.heading.name == name)
            })
        };
        let wanted = profile.iter().filter(|(name, _)| is_wanted(name));
        wanted
            .filter_map(|(name, value)| {
                let input = input(name)?;
                let unit = match input.unit.as_deref() {
                    None => String::new(),
                    Some("%") => "%".to_owned(),
                    Some(unit) => format!(" {unit}"),
                };
                Some(format!(
                    "{}: {}{unit}",
                    input.heading.spoken(),
                    spoken(value, input)
                ))
            })
            .collect()
    }
}

fn head(title: String) -> Head {
    Head {
        title,
        ..Head::default()
    }
}
