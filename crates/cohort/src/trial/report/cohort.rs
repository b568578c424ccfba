//! Writes the tiers of the cohort before and after, against capacity, and who is not in any tier.

use crate::trial::Trial;
use crate::trial::report::{grid, rate, share};
use crate::{Share, Tally, grouped, noun};
use threshold_matrix::workspace::document::tree::Section;

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
        let dates = match self.dates {
            Some((first, last)) if first == last => format!(", as at {first}"),
            Some((first, last)) => {
                format!(", each person at their own date, from {first} to {last}")
            }
            None => String::new(),
        };
        format!("{}{source}{dates}{outcome}", grouped(self.people()))
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
            let (was, is) = (find(was, name), find(is, name));
            let people = [&was, &is].map(|share| share.as_ref().map_or(0, |share| share.people));
            let [before, after] = people;
            let change = if after < before {
                format!("-{}", grouped(before - after))
            } else {
                format!("+{}", grouped(after - before))
            };
            let mut cells = vec![
                share(before, scored[0]),
                share(after, scored[1]),
                if after == before {
                    "0".to_owned()
                } else {
                    change
                },
            ];
            if with_rates {
                cells.extend([&was, &is].map(|share| rate(share.as_ref().and_then(Share::rate))));
            }
            (name.clone(), cells)
        });
        let caption = if with_rates {
            "People by tier, and how often the outcome was seen"
        } else {
            "People by tier"
        };
        section
            .blocks
            .push(grid(caption, ["result", "people"], columns, rows));
        if !self.capacity.is_empty() {
            let rows = self.capacity.iter().map(|(tier, room)| {
                let mut cells = vec![grouped(*room)];
                for shares in &results {
                    let (sure, open) = demand(shares, tier);
                    cells.push(if open == 0 {
                        grouped(sure)
                    } else {
                        format!("{} to {}", grouped(sure), grouped(sure + open))
                    });
                    cells.push(
                        match (sure.checked_sub(*room), (sure + open).checked_sub(*room)) {
                            (Some(over), _) if over > 0 && open == 0 => {
                                format!("over by {}", grouped(over))
                            }
                            (Some(over), _) if over > 0 => {
                                format!("over by {} or more", grouped(over))
                            }
                            (_, Some(over)) if over > 0 => {
                                format!("over by up to {}", grouped(over))
                            }
                            _ => "fits".to_owned(),
                        },
                    );
                }
                (tier.clone(), cells)
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
        for (which, tally) in self.tallies.iter().enumerate() {
            for (input, people) in tally.not_recorded() {
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
            let caption = "What nobody recorded, for those whose result is not settled";
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
        if let Some(repeated) = old.repeated() {
            let place = match &repeated.first {
                Some(origin) => format!(" ({})", origin.as_first()),
                None => String::new(),
            };
            section.says(format!(
                "{} {} an id that an earlier row has{place}.",
                repeated.people,
                noun(repeated.people, "row has", "rows have"),
            ));
        }
        Some(section)
    }
}

/// Returns how many people certainly need a tier, and how many more may need it.
fn demand(shares: &[Share], tier: &str) -> (u64, u64) {
    let holds = |share: &&Share| share.possible.iter().any(|own| own == tier);
    let sure = shares
        .iter()
        .filter(holds)
        .filter(|share| share.possible.len() == 1)
        .map(|share| share.people)
        .sum();
    let open = shares
        .iter()
        .filter(holds)
        .filter(|share| share.possible.len() > 1)
        .map(|share| share.people)
        .sum();
    (sure, open)
}
