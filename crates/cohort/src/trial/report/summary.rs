//! Writes the three sentences for a reader who reads nothing else.

use crate::trial::{Direction, Trial};
use crate::{Share, grouped, noun, percent};
use threshold_matrix::workspace::document::tree::Block;

impl Trial {
    pub(super) fn summary(&self) -> Block {
        let reasons = [self.largest_cause(), self.most_intensive()];
        Block::Result {
            headline: self.who_moves(),
            reasons: reasons.into_iter().flatten().collect(),
        }
    }

    pub(super) fn who_moves(&self) -> String {
        let (moved, all) = (self.moved(), self.people());
        if moved == 0 {
            return format!(
                "None of the {} people would get another result.",
                grouped(all)
            );
        }
        let towards = |direction: Direction| {
            self.ways()
                .iter()
                .filter(|way| way.direction == direction)
                .map(|way| way.people)
                .sum::<u64>()
        };
        let ways = [
            (towards(Direction::Up), "to a more intensive tier"),
            (towards(Direction::Down), "to a less intensive one"),
            (
                towards(Direction::Other),
                "to or from a result that is not a single tier",
            ),
        ];
        let ways: Vec<_> = ways
            .iter()
            .map(|(people, way)| format!("{} {way}", grouped(*people)))
            .collect();
        let verb = noun(moved, "person", "people");
        format!(
            "{} {verb} of {} ({}) would get another result: {}.",
            grouped(moved),
            grouped(all),
            percent(moved, all),
            ways.join(", ")
        )
    }

    fn largest_cause(&self) -> Option<String> {
        let causes = self.causes();
        let first = causes.first()?;
        Some(format!(
            "The most frequent cause, for {} of the {}: {}.",
            grouped(first.people),
            grouped(self.moved()),
            self.cause_in_words(first)
        ))
    }

    /// Returns a sentence on the most intensive tier before and after, against its capacity, with what was seen later.
    fn most_intensive(&self) -> Option<String> {
        let tier = self.matrices[1].tiers().first()?;
        let found = self.tallies.each_ref().map(|tally| {
            tally
                .results()
                .into_iter()
                .find(|share| share.possible == [tier.clone()])
        });
        let [old, new] = &found;
        let people = [old, new].map(|share| share.as_ref().map_or(0, |share| share.people));
        let capacity = self
            .capacity
            .iter()
            .find(|(own, _)| own == tier)
            .map(|(_, room)| format!(", with room for {}", grouped(*room)));
        let rate = |share: &Option<Share>| share.as_ref().and_then(Share::rate);
        let seen = rate(old).zip(rate(new)).map(|(old, new)| {
            format!(
                "; the outcome was seen for {} of them before and {} after",
                old, new
            )
        });
        let [before, after] = people.map(grouped);
        Some(format!(
            "The {tier} tier would go from {before} to {after} people{}{}.",
            capacity.unwrap_or_default(),
            seen.unwrap_or_default()
        ))
    }
}
