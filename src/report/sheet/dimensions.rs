//! Writes the dimensions: how criteria make a score, and what the score means.

use crate::arena::CriterionId;
use crate::model::{Criterion, Dimension, Gives, LevelCuts, Measure, Reading, Rule, Score};
use crate::number::Points;
use crate::report::document::cited::Cited;
use crate::report::document::tree::{Block, Item, Section, Table, TableKind};
use crate::report::sheet::SheetWriter;
use crate::report::sheet::criteria::span;
use crate::words::capitalised;

const POINTS_COLUMNS: [&str; 3] = ["Criterion", "Where", "Points"];

impl SheetWriter<'_> {
    pub(super) fn dimension(&self, dimension: &Dimension) -> Section {
        let heading = &dimension.heading;
        let mut section = Section::new(format!("rule-{}", heading.name), heading.spoken());
        section.sources = Cited::of(self.matrix, &heading.sources);
        heading.note.iter().for_each(|note| section.says(note));
        let (least, most) = dimension.bounds;
        section.says(format!(
            "The score is the sum of the points below, from {least} to {most}."
        ));
        let mut items = Vec::new();
        match &dimension.score {
            Score::Sum(parts) => parts.iter().for_each(|part| self.part(part, 0, &mut items)),
            alone => self.part(alone, 0, &mut items),
        }
        section
            .blocks
            .push(points_table("Criteria and their points", items));
        self.scale(dimension, &mut section);
        dimension
            .cuts
            .iter()
            .filter(|_| !dimension.levels.is_empty())
            .for_each(|cuts| section.blocks.push(self.levels(dimension, cuts)));
        section
    }

    /// Adds a part of a score: a criterion, or a heading with what it puts together.
    fn part(&self, score: &Score, depth: usize, items: &mut Vec<Item>) {
        let mut together = |text: String, of: &[Score]| {
            items.push(Item::Together { depth, text });
            of.iter().for_each(|part| self.part(part, depth + 1, items));
        };
        match score {
            Score::Criterion(id) => items.push(self.entry(&self.model.criteria[*id], depth)),
            Score::Group(id) => {
                let group = &self.model.groups[*id];
                let of: &[Score] = if let Score::Sum(of) = &group.score {
                    of
                } else {
                    std::slice::from_ref(&group.score)
                };
                let note = group
                    .heading
                    .note
                    .as_ref()
                    .map(|note| format!(" {note}"))
                    .unwrap_or_default();
                let sources = match Cited::of(self.matrix, &group.heading.sources).as_slice() {
                    [] => String::new(),
                    sources => format!(" Source: {}.", Cited::listed(sources)),
                };
                together(
                    format!(
                        "{}: {}.{note}{sources}",
                        group.heading.spoken(),
                        counted(of.len(), "the sum of")
                    ),
                    of,
                );
            }
            Score::Sum(of) => together(
                format!("{}.", capitalised(&counted(of.len(), "the sum of"))),
                of,
            ),
            Score::Highest(of) => together(
                format!(
                    "{} counts.",
                    capitalised(&counted(of.len(), "only the largest of"))
                ),
                of,
            ),
            Score::Lowest(of) => together(
                format!(
                    "{} counts.",
                    capitalised(&counted(of.len(), "only the smallest of"))
                ),
                of,
            ),
            Score::Capped { of, at } => together(
                format!(
                    "{}, at most {at}.",
                    capitalised(&counted(of.len(), "the sum of"))
                ),
                of,
            ),
        }
    }

    fn entry(&self, criterion: &Criterion, depth: usize) -> Item {
        let (head, rows) = self.criterion(criterion);
        Item::Entry { depth, head, rows }
    }

    /// Returns the section about points that no dimension adds up, and that only conditions and decisions read.
    pub(super) fn points_outside_scores(&self) -> Option<Section> {
        let dimensions = self.model.dimensions.items();
        let mut items = Vec::new();
        let mut shown = Vec::new();
        for (id, group) in self.model.groups.iter().filter(|(id, _)| {
            !dimensions
                .iter()
                .any(|dimension| dimension.groups.contains(id))
        }) {
            self.part(&Score::Group(id), 0, &mut items);
            self.criteria_of(&group.score, &mut shown);
        }
        let used = |id| {
            shown.contains(&id)
                || dimensions
                    .iter()
                    .any(|dimension| dimension.criteria.contains(&id))
        };
        let alone = self.model.criteria.iter().filter(|(id, _)| !used(*id));
        items.extend(alone.map(|(_, criterion)| self.entry(criterion, 0)));
        let is_empty = items.is_empty();
        let mut section = Section::new("outside", "Points outside any score");
        section
            .blocks
            .push(points_table("Criteria and their points", items));
        (!is_empty).then_some(section)
    }

    fn criteria_of(&self, score: &Score, criteria: &mut Vec<CriterionId>) {
        match score {
            Score::Criterion(id) => criteria.push(*id),
            Score::Group(id) => self.criteria_of(&self.model.groups[*id].score, criteria),
            Score::Sum(of) | Score::Highest(of) | Score::Lowest(of) | Score::Capped { of, .. } => {
                of.iter().for_each(|part| self.criteria_of(part, criteria));
            }
        }
    }

    fn scale(&self, dimension: &Dimension, section: &mut Section) {
        let Some(bands) = &dimension.scale else {
            return;
        };
        let (whole, most) = (self.has_whole_scores(dimension), dimension.bounds.1);
        let next = bands
            .iter()
            .skip(1)
            .map(|band| Some(band.from))
            .chain([None]);
        let pairs = bands.iter().zip(next).map(|(band, next)| {
            let is_one = whole && is_only(band.from, next, most);
            let score = if is_one {
                band.from.to_string()
            } else {
                span(band.from.to_string(), next.map(|next| next.to_string()))
            };
            (score, band.gives.to_string())
        });
        section.blocks.push(Block::Table(Table::pairs(
            "The scale: what the score is read as",
            ["Score", "Scaled"],
            pairs,
        )));
    }

    /// Returns whether a score between two whole numbers cannot occur.
    pub(super) fn has_whole_scores(&self, dimension: &Dimension) -> bool {
        dimension.score.has_whole_caps()
            && dimension
                .groups
                .iter()
                .all(|id| self.model.groups[*id].score.has_whole_caps())
            && dimension
                .criteria
                .iter()
                .all(|id| self.model.criteria[*id].rule.is_whole())
    }

    fn levels(&self, dimension: &Dimension, cuts: &LevelCuts) -> Block {
        let read = if dimension.scale.is_some() {
            "scaled number"
        } else {
            "score"
        };
        let caption = match (dimension.cuts.len(), cuts.when) {
            (1, _) => format!("Levels by the {read}"),
            (_, when) => format!("Levels by the {read}, {}", self.choice(when)),
        };
        let pairs = dimension
            .levels
            .iter()
            .enumerate()
            .map(|(position, level)| {
                let above = position
                    .checked_sub(1)
                    .and_then(|above| cuts.from.get(above));
                let means = match (cuts.from.get(position), above) {
                    (Some(from), above) => span(from.to_string(), above.map(Points::to_string)),
                    (None, Some(above)) => format!("below {above}"),
                    (None, None) if position == 0 => format!("any {read}"),
                    (None, None) => "not given by any score, only by an override".to_owned(),
                };
                (level.named().with_name(), means)
            });
        Block::Table(Table::pairs(caption, ["Level", "Where"], pairs))
    }
}

fn points_table(caption: &str, items: Vec<Item>) -> Block {
    Block::Table(Table {
        caption: caption.to_owned(),
        kind: TableKind::Points,
        columns: POINTS_COLUMNS.to_vec(),
        items,
    })
}

/// Returns how many parts follow, such as "the sum of these 3".
fn counted(count: usize, how: &str) -> String {
    if count == 1 {
        "this one".to_owned()
    } else {
        format!("{how} these {count}")
    }
}

pub(super) fn is_whole(points: Points) -> bool {
    points.millionths() % 1_000_000 == 0
}

/// Returns whether a band of whole numbers holds just the one that it begins at.
pub(super) fn is_only(from: Points, next: Option<Points>, most: Points) -> bool {
    let last = next.map_or(most.millionths(), |next| next.millionths() - 1_000_000);
    is_whole(from) && from.millionths() == last
}

impl Score {
    fn has_whole_caps(&self) -> bool {
        match self {
            Self::Criterion(_) | Self::Group(_) => true,
            Self::Sum(of) | Self::Highest(of) | Self::Lowest(of) => {
                of.iter().all(Self::has_whole_caps)
            }
            Self::Capped { of, at } => is_whole(*at) && of.iter().all(Self::has_whole_caps),
        }
    }
}

impl Rule {
    /// Returns whether it can give only whole numbers, so that a score between two whole numbers does not occur.
    fn is_whole(&self) -> bool {
        let reading = |reading: &Reading| {
            let measured = match &reading.measure {
                Measure::Bands(bands) => bands.iter().all(|band| is_whole(band.points)),
                Measure::Values { points, .. } => points.iter().copied().all(is_whole),
                Measure::Each { points, cap, .. } | Measure::Members { points, cap, .. } => {
                    is_whole(*points) && cap.is_none_or(is_whole)
                }
            };
            measured && reading.absent.is_none_or(is_whole)
        };
        match self {
            Self::One(own) => reading(own),
            Self::When {
                points, otherwise, ..
            } => is_whole(*points) && is_whole(*otherwise),
            Self::Choose(choices) => choices.iter().all(|choice| match &choice.gives {
                Gives::Fixed(points) => is_whole(*points),
                Gives::Reading(own) => reading(own),
            }),
        }
    }
}
