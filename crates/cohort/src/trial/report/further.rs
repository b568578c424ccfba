//! Writes what was seen later of further outcomes.

use crate::trial::further::Further;
use crate::trial::{Audience, Trial};
use threshold_matrix::workspace::document::tree::{Block, Section};

impl Trial {
    /// Returns which outcome the report is of, if there are several.
    pub(super) fn outcomes_in_words(&self) -> Option<Block> {
        let name = self
            .outcome_name
            .as_ref()
            .filter(|_| !self.further.is_empty())?;
        let further = self.further.iter();
        let further: Vec<String> = further.map(|own| format!("“{}”", own.outcome)).collect();
        let mut text = format!(
            "The outcome is “{name}”, where no other is named. Sections of their own tell of {}.",
            further.join(" and ")
        );
        if self.disclosure.audience == Audience::Release && !self.groups.is_empty() {
            text.push_str(
                " By group, these are told to a board alone: two tables of the same groups, each protected by itself, could be put together.",
            );
        }
        Some(Block::Says(text))
    }

    /// Returns the sections on further outcomes.
    pub(super) fn further_outcomes(&self) -> Vec<Section> {
        let further = self.further.iter().enumerate();
        further
            .flat_map(|(place, Further { outcome, trial })| {
                let mut sections = vec![trial.tiers()];
                sections.extend(trial.seen_of_movers().map(|seen| {
                    let mut section = Section::new("movement", "Who would move");
                    section.blocks.push(seen);
                    section
                }));
                sections.extend(trial.discrimination());
                sections.extend(trial.by_group());
                sections
                    .into_iter()
                    .map(move |section| of_outcome(section, place, outcome))
            })
            .collect()
    }
}

/// Returns a section with the outcome in its title, and in whatever must have a name of its own in a document.
fn of_outcome(mut section: Section, place: usize, outcome: &str) -> Section {
    let own = |anchor: &str| format!("{anchor}-{}", place + 2);
    section.anchor = own(&section.anchor);
    section.title = format!("{}: “{outcome}”", section.title);
    for block in &mut section.blocks {
        if let Block::Chart(chart) = block {
            chart.anchor = own(&chart.anchor);
        }
    }
    section
}
