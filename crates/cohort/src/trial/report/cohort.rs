//! Writes the tiers of the cohort before and after, against capacity, and who is not in any tier.

use crate::trial::by_group::{Part, Span};
use crate::trial::protection::Known;
use crate::trial::report::{HIDDEN, NOTHING, grid, rate, share};
use crate::trial::{Audience, Trial};
use crate::{Share, Tally, grouped, noun, percent};
use threshold_matrix::workspace::document::tree::{Block, Section};

impl Trial {
    pub(super) fn people_in_words(&self) -> String {
        let known = self.tallies[0].observed();
        let outcome = if known > 0 {
            format!(", the outcome is known for {}", grouped(known))
        } else {
            String::new()
        };
        let source = self
            .source
            .as_ref()
            .map(|source| format!(", {source}"))
            .unwrap_or_default();
        let only = self
            .only
            .iter()
            .map(|only| format!(", {} {}", only.column, only.value));
        let only: String = only.collect();
        let dates = match self.dates {
            Some((first, last)) if first == last => format!(", as at {first}"),
            Some((first, last)) => {
                format!(", each person at their own date, from {first} to {last}")
            }
            None => String::new(),
        };
        format!("{}{source}{only}{dates}{outcome}", grouped(self.people()))
    }

    /// Returns what a reader must know of the file before any number: rows that have an earlier row's id, outcomes that cannot be read, and people left out.
    pub(super) fn warnings(&self) -> Vec<Block> {
        let mut texts = Vec::new();
        if let Some(repeated) = self.tallies[0].repeated() {
            let place = match &repeated.first {
                Some(origin) => format!(" ({})", origin.as_first()),
                None => String::new(),
            };
            let rows = noun(repeated.people, "row has", "rows have");
            texts.push(format!(
                "{} {rows} an id that an earlier row has{place}: whoever these rows are of is counted more than once.",
                grouped(repeated.people),
            ));
        }
        if self.unreadable_outcomes > 0 {
            let people = noun(self.unreadable_outcomes, "person", "people");
            let outcome = match self.frequencies.is_empty() {
                true => "The outcome of",
                false => "How many times the outcome was seen before or after of",
            };
            let readable = match self.frequencies.is_empty() {
                true => "true, false, 1 or 0",
                false => "a whole number from 0 up",
            };
            texts.push(format!(
                "{outcome} {} {people} is not {readable}, and counts as not known.",
                grouped(self.unreadable_outcomes),
            ));
        }
        if self.passed_over > 0 {
            let people = noun(self.passed_over, "person is", "people are");
            let mut text = format!(
                "{} {people} left out, who are not asked for.",
                grouped(self.passed_over)
            );
            if self.disclosure.audience == Audience::Release {
                text.push_str(
                    " Nothing is hidden of those who are asked for, taken together: if they are a group to be protected, group by its column instead.",
                );
            }
            texts.push(text);
        }
        texts.into_iter().map(Block::Says).collect()
    }

    pub(super) fn tiers(&self) -> Section {
        let mut section = Section::new("tiers", "Tiers and capacity");
        let [old, new] = self.columns_called();
        let results = self.tallies.each_ref().map(Tally::results);
        let scored = self
            .tallies
            .each_ref()
            .map(|tally| tally.people() - tally.refused());
        if results.iter().all(Vec::is_empty) {
            section.says(
                "Neither revision has tiers; what is compared is the levels of its dimensions.",
            );
            return section;
        }
        let [was, is] = &results;
        let mut names: Vec<String> = is.iter().chain(was).map(Share::name).collect();
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        let find = |shares: &[Share], name: &str| {
            shares.iter().find(|share| share.name() == name).cloned()
        };
        let with_rates = results.iter().flatten().any(|share| share.observed > 0);
        let mut columns = vec![old.clone(), new.clone(), "change".to_owned()];
        if with_rates {
            columns.extend([format!("rate by {old}"), format!("rate by {new}")]);
        }
        let rows = names.iter().map(|name| {
            let rates = [was, is].map(|shares| seen_in(shares, name));
            let demands = [was, is].map(|shares| Demand::of(shares, name));
            let (was, is) = (find(was, name), find(is, name));
            let [by_old, by_new] = &self.matrices;
            let called = match (&is, &was) {
                (Some(share), _) => share.labelled(by_new, None).name(),
                (None, Some(share)) => share.labelled(by_old, None).name(),
                (None, None) => name.clone(),
            };
            let is_tier = [&was, &is]
                .into_iter()
                .flatten()
                .any(|share| share.possible.len() == 1);
            let people = [&was, &is].map(|share| share.as_ref().map_or(0, |share| share.people));
            let [before, after] = people;
            let change = if after < before {
                format!("-{}", grouped(before - after))
            } else {
                format!("+{}", grouped(after - before))
            };
            let mut cells = vec![
                in_tier(demands[0], before, scored[0]),
                in_tier(demands[1], after, scored[1]),
                if after == before {
                    "0".to_owned()
                } else {
                    change
                },
            ];
            if with_rates {
                cells.extend(if is_tier {
                    rates.map(|part| part.words(HIDDEN, NOTHING))
                } else {
                    [&was, &is].map(|share| rate(share.as_ref().and_then(Share::rate)))
                });
            }
            (called, cells)
        });
        let [before, after] = scored.map(grouped);
        let of = if before == after {
            format!("of {after} who are scored")
        } else {
            format!("of {before} who are scored by {old} and {after} by {new}")
        };
        let seen = if with_rates {
            ", and how often the outcome was seen where it is known"
        } else {
            ""
        };
        let caption = format!("People by tier, {of}{seen}");
        section
            .blocks
            .push(grid(caption, ["result", "people"], columns, rows));
        if !self.capacity.is_empty() {
            let rows = self.capacity.iter().map(|(tier, room)| {
                let mut cells = vec![grouped(*room)];
                for shares in &results {
                    let demand = Demand::of(shares, tier);
                    cells.extend([demand.words(), demand.fits(*room)]);
                }
                let [_, by_new] = &self.matrices;
                (by_new.label_of(None, tier).to_owned(), cells)
            });
            let columns = vec![
                "room for".to_owned(),
                old.clone(),
                format!("room by {old}"),
                new.clone(),
                format!("room by {new}"),
            ];
            section.blocks.push(grid(
                "Capacity, with those whose result is open counted from none to all",
                ["tier", "people"],
                columns,
                rows,
            ));
        }
        section
    }

    pub(super) fn not_settled(&self) -> Option<Section> {
        let counts = |of: &dyn Fn(&Tally) -> u64| {
            self.tallies
                .each_ref()
                .map(of)
                .map(|people| share(people, self.people()))
                .to_vec()
        };
        let [old, new] = &self.tallies;
        if [old, new]
            .iter()
            .all(|tally| tally.provisional() + tally.refused() == 0)
        {
            return None;
        }
        let mut section = Section::new("not-settled", "Not settled, and refused");
        let rows = [
            ("not settled".to_owned(), counts(&Tally::provisional)),
            ("refused".to_owned(), counts(&Tally::refused)),
        ];
        section.blocks.push(grid(
            "People without a settled result",
            ["result", "people"],
            self.columns_called().to_vec(),
            rows,
        ));
        let mut inputs: Vec<(String, [u64; 2])> = Vec::new();
        for which in [0, 1] {
            for (input, people) in self.can_change(which) {
                let at = inputs
                    .iter()
                    .position(|(own, _)| *own == input)
                    .unwrap_or_else(|| {
                        inputs.push((input, [0, 0]));
                        inputs.len() - 1
                    });
                if let Some(count) = inputs
                    .get_mut(at)
                    .and_then(|(_, counts)| counts.get_mut(which))
                {
                    *count = people;
                }
            }
        }
        let rows = |counts: Vec<(String, [u64; 2])>| {
            counts
                .into_iter()
                .map(|(name, counts)| (name, counts.map(grouped).to_vec()))
        };
        if !inputs.is_empty() {
            let caption = "What nobody recorded that could change a result that is not settled, with the people whose result it could change";
            section.blocks.push(grid(
                caption,
                ["input", "people"],
                self.columns_called().to_vec(),
                rows(inputs),
            ));
        }
        let refusals: Vec<_> = self.refusals().into_iter().collect();
        if !refusals.is_empty() {
            section.blocks.push(grid(
                "Why people are refused",
                ["reason", "people"],
                self.columns_called().to_vec(),
                rows(refusals),
            ));
        }
        Some(section)
    }
}

/// Returns how many people have a result, with their share: from those who certainly have it to those who may have it.
fn in_tier(demand: Demand, people: u64, all: u64) -> String {
    if demand.open == 0 {
        return share(people, all);
    }
    let [least, most] = [demand.sure, demand.most()].map(|people| percent(people, all));
    let least = least.trim_end_matches(" %");
    format!("{} ({least} to {most})", demand.words())
}

/// How many people certainly need a tier, and how many more may need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    sure: u64,
    open: u64,
}

impl Demand {
    pub(super) fn of(shares: &[Share], tier: &str) -> Self {
        let mut demand = Self { sure: 0, open: 0 };
        for share in shares {
            match share.possible.as_slice() {
                [own] if own == tier => demand.sure += share.people,
                [_] => {}
                several if several.iter().any(|own| own == tier) => demand.open += share.people,
                _ => {}
            }
        }
        demand
    }

    pub(super) fn most(self) -> u64 {
        self.sure + self.open
    }

    pub(super) fn words(self) -> String {
        let [least, most] = [self.sure, self.most()].map(Known::exactly);
        Span::new(least, most).words(HIDDEN)
    }

    /// Returns whether there is room.
    fn fits(self, room: u64) -> String {
        match (self.sure.checked_sub(room), self.most().checked_sub(room)) {
            (Some(over), _) if over > 0 && self.open == 0 => format!("over by {}", grouped(over)),
            (Some(over), _) if over > 0 => format!("over by {} or more", grouped(over)),
            (_, Some(over)) if over > 0 => format!("over by up to {}", grouped(over)),
            _ => "fits".to_owned(),
        }
    }
}

/// Returns how often the outcome was seen in a tier. It is seen the least if all of whom it was not seen are in the tier who may be, and none of those of whom
/// it was; and the most the other way round.
pub(super) fn seen_in(shares: &[Share], tier: &str) -> Part {
    let (mut yes, mut no, mut maybe_yes, mut maybe_no) = (0, 0, 0, 0);
    for share in shares {
        let not = share.observed - share.happened;
        if share.possible.iter().any(|own| own == tier) {
            maybe_yes += share.happened;
            maybe_no += not;
            if share.possible.len() == 1 {
                yes += share.happened;
                no += not;
            }
        }
    }
    let [yes, no, maybe_yes, maybe_no] = [yes, no, maybe_yes, maybe_no].map(Known::exactly);
    Part::new([yes, maybe_no], [maybe_yes, no])
}
