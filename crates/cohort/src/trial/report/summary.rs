//! Writes the three sentences for a reader who reads nothing else.

use crate::trial::report::cohort::{Demand, seen_in};
use crate::trial::report::{HIDDEN, NOTHING};
use crate::trial::{Direction, Trial};
use crate::{Share, Tally, grouped, noun, percent};
use threshold_matrix::workspace::document::tree::Block;

impl Trial {
    pub(super) fn summary(&self) -> Block {
        let reasons = match self.is_anybody_scored() {
            true => [self.largest_cause(), self.most_intensive()],
            false => [None, None],
        };
        Block::Result {
            headline: if self.is_made_up {
                format!("These people are made up. {}", self.who_moves())
            } else {
                self.who_moves()
            },
            reasons: reasons.into_iter().flatten().collect(),
        }
    }

    pub(super) fn who_moves(&self) -> String {
        let (moved, all) = (self.moved(), self.people());
        let refused = self
            .tallies
            .each_ref()
            .map(|tally| all > 0 && tally.refused() == all);
        let called = self.columns_called();
        let refusing: Vec<&str> = called
            .iter()
            .zip(refused)
            .filter(|(_, refused)| *refused)
            .map(|(called, _)| called.as_str())
            .collect();
        match refusing.as_slice() {
            [] => {}
            [by] => {
                return format!(
                    "Nobody was scored by {by}, which refuses all of the {} people.",
                    grouped(all)
                );
            }
            _ => {
                return format!(
                    "Nobody was scored: both revisions refuse all of the {} people.",
                    grouped(all)
                );
            }
        }
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
            (towards(Direction::Down), "to a less intensive tier"),
            (
                towards(Direction::Unordered),
                "between results of which neither is known to be the more intensive",
            ),
            (
                towards(Direction::Other),
                "to or from a result that is not settled, or refused",
            ),
        ];
        let ways: Vec<_> = ways
            .iter()
            .filter(|(people, _)| *people > 0)
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

    /// Returns whether each revision scored anybody.
    fn is_anybody_scored(&self) -> bool {
        let mut tallies = self.tallies.iter();
        tallies.all(|tally| tally.refused() < tally.people())
    }

    /// Returns a sentence on the change of the rules that moves most people by itself.
    fn largest_cause(&self) -> Option<String> {
        if self.moved() == 0 {
            return None;
        }
        let together = self.moved_together()?;
        let causes = self.causes();
        let Some(first) = causes.first() else {
            return Some(format!(
                "No change of the rules moves anybody by itself: {} would move only by several changes together.",
                grouped(together)
            ));
        };
        let all = grouped(self.moved());
        let people = grouped(first.people);
        let most = causes.iter().take_while(|own| own.people == first.people);
        let most: Vec<&str> = most.map(|own| own.change.as_str()).collect();
        Some(match most.as_slice() {
            [only] => {
                format!("The change that moves most by itself, {people} of the {all}: {only}.")
            }
            [one, other] => {
                format!("Two changes each move {people} of the {all} by itself: {one}; {other}.")
            }
            several => format!(
                "{} changes each move {people} of the {all} by itself.",
                several.len()
            ),
        })
    }

    /// Returns a sentence on the most intensive tier before and after, against its capacity, with what was seen later.
    fn most_intensive(&self) -> Option<String> {
        let [was, is] = self
            .matrices
            .each_ref()
            .map(|matrix| matrix.tiers().first());
        let (was, is) = (was?, is?);
        let results = self.tallies.each_ref().map(Tally::results);
        let [old, new] = [(&results[0], was), (&results[1], is)]
            .map(|(shares, tier)| (Demand::of(shares, tier), seen(shares, tier)));
        let capacity = self
            .capacity
            .iter()
            .find(|(own, _)| own == is)
            .map(|(_, room)| format!(", with room for {}", grouped(*room)));
        let rates = old.1.zip(new.1).map(|(old, new)| {
            format!(
                "; the outcome was seen for {} of them before and {} after",
                old, new
            )
        });
        let (capacity, rates) = (capacity.unwrap_or_default(), rates.unwrap_or_default());
        let [before, after] = [old.0, new.0].map(Demand::words);
        let people = noun(new.0.most(), "person", "people");
        let [by_old, by_new] = &self.matrices;
        let is_same = was == is;
        let (was, is) = (by_old.label_of(None, was), by_new.label_of(None, is));
        Some(if is_same {
            format!(
                "The {is} tier would have {after} {people}, after {before} before{capacity}{rates}."
            )
        } else {
            format!(
                "The most intensive tier was {was}, with {before}, and would be {is}, with {after} {people}{capacity}{rates}."
            )
        })
    }
}

/// Returns how often the outcome was seen of those who are certainly in a tier, with the least and the most that completing the records could give.
fn seen(shares: &[Share], tier: &str) -> Option<String> {
    let part = seen_in(shares, tier);
    if part.least.1 == 0 {
        return None;
    }
    Some(part.words(HIDDEN, NOTHING))
}
