//! Tells what the profile gave, what it did not give, and whether that matters.

use crate::report::document::tree::{Block, Section, Table};
use crate::report::explanation::ExplanationWriter;
use crate::score::trace::InputStep;

impl ExplanationWriter<'_> {
    /// Returns the section with everything that was read, for whoever checks it.
    pub(super) fn recorded(&self) -> Option<Section> {
        let given = self
            .steps
            .inputs
            .iter()
            .filter(|input| matches!(input.standing, "given" | "derived"));
        let pairs: Vec<_> = given
            .map(|input| (input.title.clone(), input.value_in_words()))
            .collect();
        let is_empty = pairs.is_empty();
        let mut section = Section::new("recorded", "What was recorded");
        section.is_aside = true;
        section.blocks.push(Block::Table(Table::pairs(
            "Values as given, or worked out from those",
            ["Input", "Value"],
            pairs,
        )));
        (!is_empty).then_some(section)
    }

    pub(super) fn missing(&self) -> Option<Section> {
        let mut section = Section::new("missing", "What was not recorded");
        let of = |standing: &str| -> Vec<&InputStep> {
            self.steps
                .inputs
                .iter()
                .filter(|input| input.standing == standing)
                .collect()
        };
        let titles = |inputs: &[&InputStep]| {
            inputs
                .iter()
                .map(|input| input.title.as_str())
                .collect::<Vec<_>>()
                .join("; ")
        };
        let mut items = Vec::new();
        let unknown = of("unknown");
        let answers = self.answers();
        if !unknown.is_empty() && answers.len() == unknown.len() {
            items.extend(answers);
        } else if !unknown.is_empty() {
            let matters = if self.outcome.is_provisional() {
                "The result depends on this."
            } else {
                "The result is the same whatever it is."
            };
            items.push(format!("Not known: {}. {matters}", titles(&unknown)));
        }
        let assumed = of("assumed");
        if !assumed.is_empty() {
            let assumed: Vec<_> = assumed
                .iter()
                .map(|input| {
                    format!(
                        "{} ({})",
                        input.title,
                        input.value_in_words().trim_end_matches(", assumed")
                    )
                })
                .collect();
            items.push(format!(
                "Assumed by the matrix: {}. If one of these is wrong, the result may be wrong.",
                assumed.join("; ")
            ));
        }
        let absent = of("absent");
        if !absent.is_empty() {
            items.push(format!(
                "Not recorded, which the matrix takes as an answer in itself: {}. If there is something to record, the result may change.",
                titles(&absent)
            ));
        }
        if items.is_empty() {
            return None;
        }
        section.blocks.push(Block::List(items));
        Some(section)
    }
}
