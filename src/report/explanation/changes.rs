//! Tells what would change the result, how near the cut-offs are, and what each answer to what is not known would give.

use crate::change::words::spoken;
use crate::change::{Answer, Change, ChangeSet, Direction, Margin, Possible, UnknownInput};
use crate::model::{Domain, Input};
use crate::number::Points;
use crate::profile::Value;
use crate::report::document::tree::{Block, Section};
use crate::report::explanation::ExplanationWriter;
use crate::score::trace::DimensionStep;
use crate::words::{is_or_are, listed, points};

/// The most changes that a brief explanation tells, of at most as many results.
const BRIEF: usize = 9;
/// The most changes that a brief explanation tells for one result.
const BRIEF_EACH: usize = 3;
/// The most answers with the same effect that a brief explanation tells.
const BRIEF_ANSWERS: usize = 6;

/// The changes that lead to one result.
struct Group<'a> {
    leads: Lead<'a>,
    /// What a less intensive result is said before, and what a nearer one.
    order: (u8, usize),
    moves: Vec<&'a ChangeSet>,
}

/// Where some changes lead.
#[derive(Clone, Copy, PartialEq)]
struct Lead<'a> {
    dimension: Option<&'a str>,
    to: &'a str,
    direction: Direction,
    /// Whether what is not known leaves open where they lead from.
    is_open: bool,
}

impl<'a> Lead<'a> {
    fn of(found: &'a ChangeSet) -> Self {
        Self {
            dimension: found.dimension.as_deref(),
            to: &found.to,
            direction: found.direction,
            is_open: found.from.is_none(),
        }
    }
}

impl ExplanationWriter<'_> {
    pub(super) fn what_would_change_it(&self) -> Option<Section> {
        let changes = self.changes?;
        let mut section = Section::new("change", "What would change it");
        if !self
            .matrix
            .model()
            .inputs
            .items()
            .iter()
            .any(|input| input.changeable)
        {
            section.says("The matrix marks nothing as open to change, so nothing can be said about what would change the result.");
            return Some(section);
        }
        let groups = self.groups(changes.moves());
        let moves_result = groups.iter().any(|group| group.leads.dimension.is_none());
        if !moves_result && self.steps.decision.is_some() || groups.is_empty() {
            let thing = if self.outcome.tier().is_some() {
                "tier"
            } else {
                "result"
            };
            section.says(if changes.is_complete() {
                format!("Nothing that a person can change would alter the {thing}, by itself or two at a time.")
            } else {
                format!("Of what was searched, nothing that a person can change would alter the {thing}.")
            });
            if !self.unknown().is_empty() {
                section.says("What is not known stayed as it is in this search.");
            }
            for held in self.held_by() {
                section.says(held);
            }
        }
        if !groups.is_empty() {
            section.says("This shows what a person can change. All else stays as it is.");
        }
        let is_lowered = groups.iter().any(|group| {
            group.leads.dimension.is_none() && group.leads.direction == Direction::Down
        });
        let floors = self.floors();
        if moves_result && !is_lowered && !floors.is_empty() {
            section.says("Nothing that a person can change would bring it down.");
            floors.into_iter().for_each(|floor| section.says(floor));
        }
        // Of what is open, a change may settle less than the most intensive result that is possible.
        let is_open = self.outcome.is_provisional() && self.steps.decision.is_some();
        let place = |name: &str| {
            let mut tiers = self.matrix.tiers().iter();
            tiers.position(|tier| tier == name)
        };
        let possible = self.outcome.possible();
        let highest = possible.iter().filter_map(|name| place(name)).min();
        let brings_down = |group: &Group<'_>| {
            group.leads.dimension.is_none()
                && place(group.leads.to)
                    .zip(highest)
                    .is_some_and(|(to, highest)| to > highest)
        };
        if is_open && !groups.is_empty() && !groups.iter().any(brings_down) {
            section.says(
                "Nothing that a person can change is sure to bring it down, whatever is not known.",
            );
        }
        let each = if self.is_full {
            usize::MAX
        } else {
            (BRIEF / groups.len().max(1)).clamp(1, BRIEF_EACH)
        };
        let told = if self.is_full { usize::MAX } else { BRIEF };
        let is_cut = groups.len() > told;
        for group in groups.into_iter().take(told) {
            let several = if group.moves.len() > 1 {
                " any one of these were so:"
            } else {
                " this were so:"
            };
            section.says(format!("{} if{several}", self.leads(group.leads)));
            let more = group.moves.len().saturating_sub(each);
            let told = group.moves.iter().take(each).map(|found| {
                let conditions: Vec<String> = found
                    .changes
                    .iter()
                    .filter_map(|change| self.condition(change))
                    .collect();
                format!("{}.", conditions.join(", and "))
            });
            let more = (more > 0).then(|| {
                format!(
                    "And {more} more {}.",
                    if more == 1 { "way" } else { "ways" }
                )
            });
            section.blocks.push(Block::List(told.chain(more).collect()));
        }
        if is_cut {
            section.says("Other changes would lead to other results. They are left out here.");
        }
        if !changes.is_complete() {
            section.says(
                "Not everything could be searched: there may be more ways than those shown here.",
            );
        }
        let margins: Vec<String> = changes
            .margins()
            .iter()
            .filter_map(|margin| self.margin(margin))
            .collect();
        if !margins.is_empty() {
            section.says("How near the scores are to the cut-offs of the levels:");
            section.blocks.push(Block::List(margins));
        }
        Some(section)
    }

    /// Returns the changes grouped by the result to which they lead, the nearest first.
    fn groups<'a>(&self, moves: &'a [ChangeSet]) -> Vec<Group<'a>> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        for found in moves.iter().filter(|found| !found.forgets()) {
            let leads = Lead::of(found);
            match groups.iter_mut().find(|group| group.leads == leads) {
                Some(group) => group.moves.push(found),
                None => groups.push(Group {
                    order: self.order(found),
                    leads,
                    moves: vec![found],
                }),
            }
        }
        groups.sort_by_key(|group| group.order);
        for group in &mut groups {
            group.moves.sort_by_key(|found| {
                (
                    found.changes.len(),
                    found
                        .changes
                        .iter()
                        .map(|change| change.share)
                        .sum::<u128>(),
                )
            });
        }
        groups
    }

    /// Returns a clause such as "The tier would go down to medium".
    fn leads(&self, lead: Lead<'_>) -> String {
        let is_tier = |name: &str| self.matrix.tiers().iter().any(|tier| tier == name);
        let what = match lead.dimension {
            Some(dimension) => format!("The level of {}", self.dimension_title(dimension)),
            None if is_tier(lead.to) => "The tier".to_owned(),
            None => "The result".to_owned(),
        };
        let how = match lead.direction {
            Direction::Up => "go up to",
            Direction::Down => "go down to",
            Direction::Neither => "be",
        };
        let open = if lead.is_open {
            ", whatever is not known,"
        } else {
            ""
        };
        let to = self.label_of(lead.dimension, lead.to);
        format!("{what} would {how} {to}{open}")
    }

    fn order(&self, found: &ChangeSet) -> (u8, usize) {
        let model = self.matrix.model();
        let names: Vec<&str> = match &found.dimension {
            Some(name) => {
                let dimension = model
                    .dimensions
                    .items()
                    .iter()
                    .find(|dimension| dimension.heading.name == *name);
                dimension
                    .iter()
                    .flat_map(|dimension| &dimension.levels)
                    .map(|level| level.name.as_str())
                    .collect()
            }
            None => model.tiers.iter().map(String::as_str).collect(),
        };
        let place = |name: &str| names.iter().position(|own| *own == name);
        let to = place(&found.to).unwrap_or(names.len());
        let from = found.from.as_deref().and_then(place).unwrap_or(to);
        let direction = match found.direction {
            Direction::Down => 0,
            Direction::Up => 1,
            Direction::Neither => 2,
        };
        (direction, to.abs_diff(from))
    }

    fn condition(&self, change: &Change) -> Option<String> {
        let mut inputs = self.matrix.model().inputs.items().iter();
        let input = inputs.find(|input| input.heading.name == change.input)?;
        Some(change.as_condition(input))
    }

    fn label_of<'n>(&'n self, dimension: Option<&str>, name: &'n str) -> &'n str {
        self.matrix.model().label_of(dimension, name)
    }

    fn dimension_title(&self, name: &str) -> String {
        let step = self.steps.dimensions.iter().find(|step| step.name == name);
        step.map_or_else(|| name.to_owned(), |step| step.title.to_owned())
    }

    /// Returns a line such as "Harm: 8 points above the start of medium, 2 points below the start of high".
    fn margin(&self, margin: &Margin) -> Option<String> {
        let step = self
            .steps
            .dimensions
            .iter()
            .find(|step| step.name == margin.dimension)?;
        // A level that something else gave does not follow from the cut-offs.
        if !self.is_full && step.levels != step.scored_levels {
            return None;
        }
        let at = margin
            .cutoffs
            .iter()
            .position(|cutoff| cutoff.above >= Points::ZERO)
            .unwrap_or(margin.cutoffs.len());
        // The cut-off that is reached, and the one above it.
        let near = if self.is_full {
            0..margin.cutoffs.len()
        } else {
            at.saturating_sub(1)..(at + 1).min(margin.cutoffs.len())
        };
        let amount = |amount: Points| {
            if margin.is_scaled {
                amount.to_string()
            } else {
                points((amount, amount))
            }
        };
        let told = margin.cutoffs.get(near)?.iter().rev().map(|cutoff| {
            let level = self.label_of(Some(&margin.dimension), &cutoff.level);
            match cutoff.above {
                Points::ZERO => format!("just reaches {level}"),
                above if above > Points::ZERO => {
                    format!("{} above the start of {level}", amount(above))
                }
                above => {
                    let missing = Points::from_millionths(-above.millionths());
                    format!("{} below the start of {level}", amount(missing))
                }
            }
        });
        let told: Vec<String> = told.collect();
        let replaced = if margin.is_replaced {
            ", before the override that replaced the score"
        } else {
            ""
        };
        (!told.is_empty()).then(|| format!("{}: {}{replaced}.", margin.title, told.join(", ")))
    }

    /// Returns what each answer to what is not known would give. Inputs of which the same is to be said are told together.
    pub(super) fn answers(&self) -> Vec<String> {
        let mut groups: Vec<(Answered, Vec<&str>)> = Vec::new();
        for unknown in self.changes.iter().flat_map(|changes| changes.unknown()) {
            let answered = self.answers_to(unknown);
            let same = groups.iter_mut().find(|(own, _)| *own == answered);
            match same.filter(|_| !matches!(answered, Answered::Each(_))) {
                Some((_, titles)) => titles.push(&unknown.title),
                None => groups.push((answered, vec![&unknown.title])),
            }
        }
        let told = groups.into_iter().map(|(answered, titles)| {
            let (what, is_one) = (titles.join("; "), titles.len() == 1);
            let told = match answered {
                Answered::Same => same_whatever(titles.len()).to_owned(),
                Answered::Score if is_one => "A score depends on it.".to_owned(),
                Answered::Score => "A score depends on them.".to_owned(),
                Answered::Together if is_one => "The result depends on this together with what else is not known; alone it settles nothing.".to_owned(),
                Answered::Together => "The result depends on these together with what else is not known; none of them alone settles anything.".to_owned(),
                Answered::Each(told) => told,
            };
            format!("Not known: {what}. {told}")
        });
        told.collect()
    }

    fn answers_to(&self, unknown: &UnknownInput) -> Answered {
        if !unknown.matters {
            return Answered::Same;
        }
        let is_score = |step: &DimensionStep<'_>| step.levels.is_empty();
        if !unknown.narrows
            && self.steps.decision.is_none()
            && self.steps.dimensions.iter().any(is_score)
        {
            return Answered::Score;
        }
        let inputs = self.matrix.model().inputs.items().iter();
        let Some(input) = inputs
            .into_iter()
            .find(|input| input.heading.name == unknown.input)
            .filter(|_| unknown.narrows)
        else {
            return Answered::Together;
        };
        let mut groups: Vec<(&[Possible], Vec<&Answer>)> = Vec::new();
        for answer in &unknown.answers {
            match groups.iter_mut().find(|(gives, _)| *gives == answer.gives) {
                Some((_, answers)) => answers.push(answer),
                None => groups.push((&answer.gives, vec![answer])),
            }
        }
        // A dimension whose level is the same whatever the answer is has nothing to say.
        let differs = |at: usize| {
            unknown.answers.windows(2).any(
                |pair| matches!(pair, [one, other] if one.gives.get(at) != other.gives.get(at)),
            )
        };
        let each = groups.iter().map(|(gives, answers)| {
            let told = if self.is_full {
                usize::MAX
            } else {
                BRIEF_ANSWERS
            };
            let mut values: Vec<String> = answers
                .iter()
                .take(told)
                .map(|answer| answer_in_words(answer, input))
                .collect();
            if answers.len() > told {
                values.push("another of its values".to_owned());
            }
            let gives =
                gives
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| differs(*at))
                    .map(|(_, possible)| {
                        let what = possible.dimension.as_ref().map_or_else(
                            || "the result".to_owned(),
                            |name| self.dimension_title(name),
                        );
                        let is = if possible.results.len() == 1 {
                            is_or_are(&what)
                        } else {
                            "can be"
                        };
                        let dimension = possible.dimension.as_deref();
                        let labels = possible.results.iter();
                        let labels: Vec<&str> =
                            labels.map(|name| self.label_of(dimension, name)).collect();
                        format!("{what} {is} {}", listed(&labels, "or"))
                    });
            format!(
                "If it is {}, {}.",
                listed(&values, "or"),
                gives.collect::<Vec<_>>().join(" and ")
            )
        });
        Answered::Each(each.collect::<Vec<_>>().join(" "))
    }
}

/// What is to be said of the answers to one unknown input.
#[derive(PartialEq)]
enum Answered {
    /// The result is the same whatever it is.
    Same,
    /// A score depends on it.
    Score,
    /// The result depends on it, and no answer alone narrows what is possible.
    Together,
    /// What each answer gives.
    Each(String),
}

/// Returns that so many unknown inputs make no difference.
pub(super) fn same_whatever(count: usize) -> &'static str {
    match count {
        1 => "The result is the same whatever it is.",
        _ => "The result is the same whatever they are.",
    }
}

/// Returns an answer in words, such as "5 to 8", "9 or more", "m1" or "none".
fn answer_in_words(answer: &Answer, input: &Input) -> String {
    let unit = if input.unit.as_deref() == Some("%") {
        "%"
    } else {
        ""
    };
    let (least, most) = input.domain.bounds();
    let (from, to) = (spoken(&answer.from, input), spoken(&answer.to, input));
    let (is_first, is_last) = (
        answer.from == Value::of(&input.domain, least),
        answer.to == Value::of(&input.domain, most),
    );
    match (&input.domain, is_first, is_last) {
        // Members that no rule tells apart stand for each other.
        (Domain::Set { .. }, ..) if answer.from != Value::Members(Vec::new()) => {
            format!("for example {from}")
        }
        _ if answer.from == answer.to => format!("{from}{unit}"),
        (_, true, true) => "any value".to_owned(),
        (Domain::Number { .. }, true, _) => format!("{to}{unit} or less"),
        (Domain::Number { .. }, _, true) => format!("{from}{unit} or more"),
        (Domain::Date { .. }, true, _) => format!("{to} or earlier"),
        (Domain::Date { .. }, _, true) => format!("{from} or later"),
        (Domain::Level { values }, ..) => {
            let at = |end: &Value| {
                let mut names = values.iter();
                names.position(|name| *end == Value::Text(name.clone()))
            };
            let run = at(&answer.from).zip(at(&answer.to));
            let run = run.into_iter().flat_map(|(from, to)| from..=to);
            let named: Vec<_> = run.filter_map(|position| input.named(position)).collect();
            listed(&named, "or")
        }
        _ => format!("{from}{unit} to {to}{unit}"),
    }
}
