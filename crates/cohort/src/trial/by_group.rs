//! Puts together what is told of each group: one table of numbers, from which the report and the data are written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::groups::{Groups, Kind, Telling, Told};
use super::options::TrialError;
use super::outcomes::{Calibration, bands};
use super::protection::Known;
use super::standing::Standing;
use super::statistics::{Area, Difference, Ratio};
use super::{Direction, Trial};
use crate::{Interval, Rate, grouped};
use threshold_matrix::Points;

/// The number of ranges of scores into which a group is divided.
const BANDS: u64 = 5;

/// What is told by one grouping.
#[derive(Debug, Serialize)]
pub(super) struct ByGroup {
    /// The columns.
    pub(super) by: String,
    /// Why nothing is told.
    pub(super) not_told: Option<String>,
    /// The groups, the largest first.
    pub(super) groups: Vec<Group>,
}

/// What is told of one group.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) people: u64,
    /// How many people's outcome is known, and how many had it.
    pub(super) observed: Option<Span>,
    pub(super) happened: Option<Span>,
    pub(super) revisions: [Figures; 2],
    pub(super) movement: Vec<Moves>,
    /// The areas of the score that is shown in full by the old revision and by the new one, and their difference. For a release there are none.
    pub(super) areas: Option<[Area; 3]>,
    /// How often the outcome was seen by score. For a release there is none.
    pub(super) calibration: Option<GroupCalibration>,
    /// How the two revisions treat the group beside the largest one. The largest one has none.
    pub(super) against: Option<[Against; 2]>,
    /// What all people of the group have in common, so that it is known of each of them.
    pub(super) disclosing: Vec<String>,
}

/// What is told of a group by one revision.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) results: Vec<ResultFigures>,
    /// Of everybody.
    pub(super) flagged: Part,
    /// Of those for whom the outcome was not seen.
    pub(super) false_positives: Option<Part>,
    /// Of those for whom the outcome was seen.
    pub(super) false_negatives: Option<Part>,
    /// Those for whom the outcome was seen, of those who are flagged and of whom the outcome is known.
    pub(super) seen_of_flagged: Option<Part>,
    /// The same of those who are not flagged.
    pub(super) seen_of_others: Option<Part>,
}

/// How often the outcome was seen of a group by the score that is shown in full, beside how often it was seen of everybody with such scores.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GroupCalibration {
    /// The number of people whose outcome is known and whose score is settled, and of how many it was seen.
    pub(super) people: u64,
    pub(super) happened: u64,
    /// Of how many it would have been seen if those of each band of scores had the rate of everybody in it.
    pub(super) expected: f64,
    pub(super) bands: Vec<Calibration>,
}

impl GroupCalibration {
    #[expect(
        clippy::float_arithmetic,
        reason = "it is for people to read; nothing is scored with it"
    )]
    fn new(counts: &BTreeMap<i64, [u64; 2]>, of_all: &BTreeMap<i64, [u64; 2]>) -> Self {
        let mut told = Self {
            people: 0,
            happened: 0,
            expected: 0.0,
            bands: Vec::new(),
        };
        for ((low, high), [all_no, all_yes]) in bands(of_all, BANDS) {
            let own = counts.range(low..=high).map(|(_, own)| own);
            let [no, yes] = own.fold([0, 0], |[no, yes], own| [no + own[0], yes + own[1]]);
            let people = no + yes;
            told.people += people;
            told.happened += yes;
            told.expected += people as f64 * all_yes as f64 / (all_no + all_yes) as f64;
            told.bands.push(Calibration {
                scores: (Points::from_millionths(low), Points::from_millionths(high)),
                people,
                happened: yes,
            });
        }
        told
    }
}

/// The figures of a group by one revision beside those of the largest group, each with the least and the most that completing the records could give. There
/// is nothing where a figure may be any number, since it is hidden, or where the method has no answer.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Against {
    /// The ratio of the shares that are flagged.
    pub(super) flagged: Option<Ends<Ratio>>,
    /// The false positives less those of the largest group, and the false negatives.
    pub(super) false_positives: Option<Ends<Difference>>,
    pub(super) false_negatives: Option<Ends<Difference>>,
}

/// The least and the most that a statistic can be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Ends<T> {
    pub(super) least: T,
    pub(super) most: T,
    /// Whether any of the numbers is hidden, so that the least is less or the most is more.
    pub(super) is_hidden: bool,
}

impl Against {
    fn new(own: &Figures, largest: &Figures) -> Self {
        let differs = |own: Option<Part>, other: Option<Part>| {
            own.zip(other)
                .and_then(|(own, other)| ends(own, other, Part::difference))
        };
        Self {
            flagged: ends(own.flagged, largest.flagged, Part::ratio),
            false_positives: differs(own.false_positives, largest.false_positives),
            false_negatives: differs(own.false_negatives, largest.false_negatives),
        }
    }
}

/// Returns both ends of a statistic of two parts, unless one of them may be any share.
fn ends<T>(own: Part, other: Part, of: impl Fn(Part, Part) -> [Option<T>; 2]) -> Option<Ends<T>> {
    if own.is_unknown() || other.is_unknown() {
        return None;
    }
    let [least, most] = of(own, other);
    let is_hidden = own.is_hidden || other.is_hidden;
    least.zip(most).map(|(least, most)| Ends {
        least,
        most,
        is_hidden,
    })
}

#[derive(Debug, Serialize)]
pub(super) struct ResultFigures {
    pub(super) name: String,
    pub(super) people: Span,
}

/// The people of a group who go in one direction.
#[derive(Debug, Serialize)]
pub(super) struct Moves {
    pub(super) direction: Direction,
    pub(super) people: Span,
    /// Those for whom the outcome was seen, of those of whom it is known.
    pub(super) seen: Option<Part>,
}

/// A number of people: those who are certainly meant, and those who may be once everything is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Span {
    pub(super) least: u64,
    pub(super) most: u64,
    /// Whether either of them is hidden, so that the least is less or the most is more.
    pub(super) is_hidden: bool,
}

/// Some people of others, the least and the most that completing the records could give, with the 95 % interval from the lower end for the least to the
/// upper end for the most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Part {
    /// How many of how many.
    pub(super) least: (u64, u64),
    pub(super) most: (u64, u64),
    pub(super) interval: Option<Interval>,
    /// Whether any of the numbers is hidden, so that the least is less or the most is more.
    pub(super) is_hidden: bool,
}

impl Span {
    pub(super) fn new(least: Known, most: Known) -> Self {
        Self {
            least: least.least,
            most: most.most,
            is_hidden: [least, most].iter().any(Known::is_hidden),
        }
    }

    /// Returns it in words, with what stands for what is hidden.
    pub(super) fn words(self, hidden: &str) -> String {
        let mark = if self.is_hidden { hidden } else { "" };
        if self.least == self.most {
            format!("{}{mark}", grouped(self.least))
        } else {
            format!("{} to {}{mark}", grouped(self.least), grouped(self.most))
        }
    }
}

impl Part {
    /// Creates a part of others: those who are meant, and those who are not, where there are the fewest of them; and the same where there are the most.
    pub(super) fn new(fewest: [Known; 2], most: [Known; 2]) -> Self {
        let least = (fewest[0].least, fewest[0].least + fewest[1].most);
        let largest = (most[0].most, most[0].most + most[1].least);
        let ends = Rate::new(least.0, least.1).zip(Rate::new(largest.0, largest.1));
        let is_hidden = fewest.iter().chain(&most).any(Known::is_hidden);
        Self {
            least,
            most: largest,
            interval: ends.map(|(least, most)| Interval {
                low: least.low,
                high: most.high,
            }),
            is_hidden,
        }
    }

    /// Returns whether so much is hidden that it may be any share.
    pub(super) fn is_unknown(self) -> bool {
        self.is_hidden && self.least.0 == 0 && self.most.0 == self.most.1
    }

    /// Returns it in words, with what stands for what is hidden, and for a share of nobody.
    pub(super) fn words(self, hidden: &str, nothing: &str) -> String {
        if self.is_unknown() {
            return hidden.to_owned();
        }
        let rate = |(part, of): (u64, u64)| Rate::new(part, of);
        match (rate(self.least), rate(self.most)) {
            (Some(least), Some(most)) if self.is_hidden => {
                format!("{}{hidden}", least.to(&most))
            }
            (Some(least), Some(most)) => least.to(&most),
            _ if self.is_hidden => hidden.to_owned(),
            _ => nothing.to_owned(),
        }
    }

    /// Returns the least and the most of the ratio of this share to another, with an interval that holds both.
    pub(super) fn ratio(self, other: Self) -> [Option<Ratio>; 2] {
        [
            Ratio::new(self.least, other.most),
            Ratio::new(self.most, other.least),
        ]
    }

    /// Returns the least and the most of the difference of this share and another.
    pub(super) fn difference(self, other: Self) -> [Option<Difference>; 2] {
        [
            Difference::new(self.least, other.most),
            Difference::new(self.most, other.least),
        ]
    }
}

impl Trial {
    /// Returns what is told by each grouping.
    pub(super) fn by_groups(&self) -> Vec<ByGroup> {
        if self.cut.is_none() {
            return Vec::new();
        }
        self.groups
            .iter()
            .map(|groups| self.told_by(groups))
            .collect()
    }

    /// Checks that no grouping nearly names people, now that the people are counted.
    ///
    /// # Errors
    /// Returns an error that names each grouping that does.
    pub fn check_groups(&self) -> Result<(), TrialError> {
        let naming = self.groups.iter().filter_map(|groups| {
            let telling = groups.told(self);
            match telling {
                Telling::NamesPeople { .. } => why_not(&groups.grouping.to_string(), &telling),
                _ => None,
            }
        });
        let naming: Vec<String> = naming.collect();
        if naming.is_empty() {
            Ok(())
        } else {
            Err(TrialError::new(naming.join("\n")))
        }
    }

    fn told_by(&self, groups: &Groups) -> ByGroup {
        let by = groups.grouping.to_string();
        let telling = groups.told(self);
        let not_told = why_not(&by, &telling);
        let groups = match &telling {
            Telling::Groups(told) => {
                let groups = 0..told.groups.len();
                let of_all = self
                    .calibrated()
                    .and_then(|name| self.outcomes.by_score(name));
                let of_all = of_all.filter(|all| !all.is_empty());
                let mut groups: Vec<Group> = groups
                    .filter_map(|group| self.group(told, group, of_all.as_ref()))
                    .collect();
                if let Some((largest, others)) = groups.split_first_mut() {
                    for group in others {
                        let [old, new] = &group.revisions;
                        let [largest_old, largest_new] = &largest.revisions;
                        group.against = Some([
                            Against::new(old, largest_old),
                            Against::new(new, largest_new),
                        ]);
                    }
                }
                groups
            }
            _ => Vec::new(),
        };
        ByGroup {
            by,
            not_told,
            groups,
        }
    }

    fn group(
        &self,
        told: &Told,
        group: usize,
        of_all: Option<&BTreeMap<i64, [u64; 2]>>,
    ) -> Option<Group> {
        let named = told.groups.get(group)?;
        let people = |holds: &dyn Fn(&Kind) -> bool| told.people(group, holds);
        let with_outcome = self.tallies[0].observed() > 0;
        let span = |holds: &dyn Fn(&Kind) -> bool| Span::new(people(holds), people(holds));
        let movement = [
            Direction::Same,
            Direction::Up,
            Direction::Down,
            Direction::Unordered,
            Direction::Other,
        ];
        let moves = |direction| {
            let is_own = |([from, to], _): &Kind| self.direction(from, to) == direction;
            let [yes, no] =
                [true, false].map(|seen| people(&|kind| is_own(kind) && kind.1 == Some(seen)));
            Moves {
                direction,
                people: span(&is_own),
                seen: with_outcome.then(|| Part::new([yes, no], [yes, no])),
            }
        };
        let revisions = [self.figures(told, group, 0), self.figures(told, group, 1)];
        let mut disclosing = Vec::new();
        for (figures, called) in revisions.iter().zip(self.columns_called()) {
            let all = figures.results.iter();
            let all = all.filter(|result| result.people.least == named.people);
            disclosing.extend(all.map(|result| format!("{} by {called}", result.name)));
        }
        let [yes, no] = [true, false].map(|seen| people(&|kind| kind.1 == Some(seen)));
        if yes.least > 0 && no.most == 0 {
            disclosing.push("the outcome was seen, wherever it is known".to_owned());
        } else if no.least > 0 && yes.most == 0 {
            disclosing.push("the outcome was not seen, wherever it is known".to_owned());
        }
        Some(Group {
            name: named.name.clone(),
            people: named.people,
            observed: with_outcome.then(|| span(&|kind| kind.1.is_some())),
            happened: with_outcome.then(|| span(&|kind| kind.1 == Some(true))),
            revisions,
            movement: movement.map(moves).into(),
            areas: named.areas,
            calibration: named
                .by_score
                .as_ref()
                .zip(of_all)
                .map(|(own, all)| GroupCalibration::new(own, all)),
            against: None,
            disclosing,
        })
    }

    fn figures(&self, told: &Told, group: usize, side: usize) -> Figures {
        let cut = self.cut.and_then(|cut| cut.get(side).copied());
        let cut = cut.unwrap_or_default();
        let matrix = self.matrices.get(side).into_iter();
        let names = matrix.flat_map(|matrix| matrix.tiers().iter().chain(matrix.statuses()));
        let people = |holds: &dyn Fn(&Standing) -> bool, observed: Option<bool>| {
            told.people(group, |(standings, own)| {
                standings.get(side).is_some_and(holds)
                    && observed.is_none_or(|observed| *own == Some(observed))
            })
        };
        let results = names.map(|name| {
            let [least, most] =
                [false, true].map(|may_be| people(&|own| own.is_result(name, may_be), None));
            ResultFigures {
                name: name.clone(),
                people: Span::new(least, most),
            }
        });
        // Those who are flagged for certain and those who may be; and those who are not for certain, and who may not be.
        let flagged = |observed: Option<bool>| {
            [false, true].map(|may_be| people(&|own| own.is_flagged(cut, may_be), observed))
        };
        let others = |observed: Option<bool>| {
            [true, false].map(|may_be| people(&|own| !own.is_flagged(cut, may_be), observed))
        };
        let share = |observed: Option<bool>| {
            let ([sure, maybe], [sure_not, maybe_not]) = (flagged(observed), others(observed));
            Part::new([sure, maybe_not], [maybe, sure_not])
        };
        let ([yes, maybe_yes], [no, maybe_no]) = (flagged(Some(true)), flagged(Some(false)));
        let ([missed, maybe_missed], [passed, maybe_passed]) =
            (others(Some(true)), others(Some(false)));
        let with_outcome = self.tallies[0].observed() > 0;
        let outcome = |part: Part| Some(part).filter(|_| with_outcome);
        Figures {
            results: results.collect(),
            flagged: share(None),
            false_positives: outcome(share(Some(false))),
            false_negatives: outcome(Part::new([missed, maybe_yes], [maybe_missed, yes])),
            // The outcome is seen the least among the flagged if all for whom it was not seen are flagged who may be.
            seen_of_flagged: outcome(Part::new([yes, maybe_no], [maybe_yes, no])),
            seen_of_others: outcome(Part::new([missed, maybe_passed], [maybe_missed, passed])),
        }
    }
}

/// Returns why nothing is told by a grouping, if that is so.
fn why_not(by: &str, telling: &Telling) -> Option<String> {
    match telling {
        Telling::Groups(_) => None,
        Telling::NamesPeople { people, values } => Some(format!(
            "`{by}` nearly names people, and nothing is told by it: {} people have {} different values; group by a column of few values, or in bands, as in `age:18,25,40`",
            grouped(*people),
            grouped(*values)
        )),
        Telling::Overlaps(other) => Some(format!(
            "Nothing is told by `{by}`, since `{other}` has a column of it, and the one could be subtracted from the other; ask for one of them, or for a report for the board."
        )),
        Telling::OneGroup => Some(format!(
            "All people are in one group of `{by}`, or all but a few: there is nothing to compare."
        )),
    }
}
