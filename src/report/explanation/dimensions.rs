//! Tells about the scores: a waterfall, what gave points, what the score means, and what an override made of it.

use rust_decimal::Decimal;

use crate::number::Points;
use crate::report::document::cited::Cited;
use crate::report::document::scores::{Bar, Cut, ScoreEntry, ScoreItem, Scores, Waterfall};
use crate::report::document::tree::{Block, Section};
use crate::report::explanation::ExplanationWriter;
use crate::report::explanation::missing::value_in_words;
use crate::score::trace::{
    CriterionStep, DimensionStep, GroupStep, InputStep, InputValue, Matched, ScoreStep,
};
use crate::words::{Range, listed, points, span};

const ANOTHER_IS_LARGER: &str = "does not count: another is at least as large";
const ANOTHER_IS_SMALLER: &str = "does not count: another is at least as small";
const SHARED: &str = "they depend on the same values, which are not known";
const PERHAPS: &str = "whether it counts depends on what is not known";
const REPLACED: &str = "does not count: replaced by an override";

impl ExplanationWriter<'_> {
    pub(super) fn dimension(&self, step: &DimensionStep<'_>) -> Section {
        let level = if step.levels.is_empty() {
            String::new()
        } else {
            format!(", level {}", listed(&step.levels, "or"))
        };
        let scaled = step
            .scaled
            .map(|scaled| format!(", scaled to {scaled}"))
            .unwrap_or_default();
        let mut section = Section::new(
            format!("score-{}", step.name),
            format!("{}: {}{scaled}{level}", step.title, points(step.range)),
        );
        let waterfall = self.waterfall(step);
        let sum: Range = (
            waterfall.bars.iter().map(|bar| bar.points.0).sum(),
            waterfall.bars.iter().map(|bar| bar.points.1).sum(),
        );
        let is_narrower = sum != waterfall.score;
        section.blocks.push(Block::Waterfall(waterfall));
        if is_narrower {
            section.says(format!("Not every sum of these is possible: {SHARED}."));
        }
        let mut items = Vec::new();
        self.parts(&step.score, 0, None, &mut items);
        section.blocks.push(self.scores(Scores {
            caption: format!("What gave points for {}", step.title),
            items,
            folded: Vec::new(),
        }));
        if let Some(scaled) = step.scored_scaled {
            section.says(format!(
                "The scale reads a score of {} as {scaled}.",
                span(step.score.range())
            ));
        }
        if !step.cuts.is_empty() {
            for condition in step
                .levels_by
                .iter()
                .filter(|condition| condition.holds == Some(true))
            {
                section.says(format!("These cut-offs apply because {}.", condition.when));
            }
            if !step.levels_by.is_empty()
                && step.levels_by.iter().all(|own| own.holds == Some(false))
            {
                section.says("These cut-offs apply because no other list of cut-offs does.");
            }
            let cuts = step.cuts.iter().map(|cut| {
                let level = cut.level;
                match cut.from {
                    Some(from) => format!("{level} from {from}"),
                    None if step.cuts.len() == 1 => format!("{level} whatever the score"),
                    None => format!("{level} below that"),
                }
            });
            section.says(format!("Levels: {}.", cuts.collect::<Vec<_>>().join(", ")));
        }
        self.overrides(&step.overrides, "level", &mut section);
        section
    }

    /// Returns the table of what gave points. Only a full explanation shows what gave none as well.
    fn scores(&self, scores: Scores) -> Block {
        Block::Scores(if self.is_full { scores } else { scores.fold() })
    }

    fn waterfall(&self, step: &DimensionStep<'_>) -> Waterfall {
        let mut bars = Vec::new();
        bars_of(&step.score, &mut bars);
        bars.retain(|bar| bar.points != (Points::ZERO, Points::ZERO));
        let score = step.score.range();
        // With a scale, the levels are cut-offs of another number than the one that is drawn.
        let cuts = if step.scale.is_empty() {
            step.cuts.as_slice()
        } else {
            &[]
        };
        let cuts = cuts.iter().filter_map(|cut| {
            Some(Cut {
                says: format!("{} from {}", cut.level, cut.from?),
                from: cut.from?,
            })
        });
        Waterfall {
            anchor: format!("waterfall-{}", step.name),
            title: format!("How {} adds up", step.title),
            bars,
            score,
            replaced: (step.range != score).then_some(step.range),
            cuts: cuts.collect(),
        }
    }

    /// Returns the section about points that no score adds up, and that only conditions and decisions read.
    pub(super) fn outside_scores(&self) -> Option<Section> {
        let used = |step: &CriterionStep<'_>| {
            self.steps
                .dimensions
                .iter()
                .any(|dimension| uses(&dimension.score, step.name, &self.steps.groups))
        };
        let alone = self.steps.criteria.iter().filter(|step| !used(step));
        let items: Vec<_> = alone
            .map(|step| ScoreItem::Entry(self.entry(step, 0, None)))
            .collect();
        let is_empty = items.is_empty();
        let mut section = Section::new("outside", "Points outside any score");
        section.blocks.push(self.scores(Scores {
            caption: "What only other rules read".to_owned(),
            items,
            folded: Vec::new(),
        }));
        (!is_empty).then_some(section)
    }

    /// Adds the lines of a score, in the order of the file. `lost` says why none of them counts, if that is so.
    fn parts(
        &self,
        score: &ScoreStep<'_>,
        depth: usize,
        lost: Option<&'static str>,
        items: &mut Vec<ScoreItem>,
    ) {
        let together = |text: String| ScoreItem::Together { depth, text };
        match score {
            ScoreStep::Points { of, .. } => {
                if let Some(criterion) = self
                    .steps
                    .criteria
                    .iter()
                    .find(|criterion| criterion.name == *of)
                {
                    items.push(ScoreItem::Entry(self.entry(criterion, depth, lost)));
                } else if let Some(group) = self.steps.groups.iter().find(|group| group.name == *of)
                {
                    items.push(together(format!(
                        "{}, together: {}{}",
                        group.title,
                        points(group.score.range()),
                        shared(&group.score)
                    )));
                    let lost = if group.replaced == Some(true) {
                        Some(REPLACED)
                    } else {
                        lost
                    };
                    let of = if let ScoreStep::Sum { of, .. } = &group.score {
                        of
                    } else {
                        std::slice::from_ref(&group.score)
                    };
                    of.iter()
                        .for_each(|part| self.parts(part, depth + 1, lost, items));
                }
            }
            ScoreStep::Sum { of, range } => {
                let inner = if depth == 0 { 0 } else { depth + 1 };
                if depth > 0 && of.len() > 1 {
                    items.push(together(format!(
                        "The sum of these: {}{}",
                        points(*range),
                        shared(score)
                    )));
                }
                of.iter()
                    .for_each(|part| self.parts(part, inner, lost, items));
            }
            ScoreStep::Capped { of, at, range } => {
                items.push(together(format!(
                    "The sum of these, at most {at}: {}{}",
                    points(*range),
                    shared(score)
                )));
                of.iter()
                    .for_each(|part| self.parts(part, depth + 1, lost, items));
            }
            ScoreStep::Highest { of, range } | ScoreStep::Lowest { of, range } => {
                let is_highest = matches!(score, ScoreStep::Highest { .. });
                let which = if is_highest { "largest" } else { "smallest" };
                let losing: Vec<_> = (0..of.len()).map(|at| loses(of, at, is_highest)).collect();
                // What is open for all of them is said once.
                let is_open = losing.iter().all(|losing| *losing == Some(PERHAPS));
                if of.len() > 1 {
                    let open = if is_open {
                        "; which one depends on what is not known"
                    } else {
                        ""
                    };
                    items.push(together(format!(
                        "Only the {which} of these counts: {}{}{open}",
                        points(*range),
                        shared(score)
                    )));
                }
                for (part, losing) in of.iter().zip(losing) {
                    self.parts(part, depth + 1, lost.or(losing.filter(|_| !is_open)), items);
                }
            }
        }
    }

    fn entry(
        &self,
        step: &CriterionStep<'_>,
        depth: usize,
        lost: Option<&'static str>,
    ) -> ScoreEntry {
        let inputs: Vec<_> = self
            .steps
            .inputs
            .iter()
            .filter(|input| step.inputs.contains(&input.name))
            .collect();
        let value = match inputs.as_slice() {
            _ if self.is_redacted => String::new(),
            [only] if only.title == step.title => value_in_words(only),
            inputs => inputs
                .iter()
                .map(|input| format!("{}: {}", input.title, value_in_words(input)))
                .collect::<Vec<_>>()
                .join("; "),
        };
        // Nothing is lost with no points.
        let gives_points = step.range != (Points::ZERO, Points::ZERO);
        let lost = if step.replaced == Some(true) {
            Some(REPLACED)
        } else {
            lost
        }
        .filter(|_| gives_points);
        let matched = if self.is_redacted {
            String::new()
        } else {
            matched_in_words(step, &inputs)
        };
        ScoreEntry {
            depth,
            title: step.title.to_owned(),
            sources: Cited::of(self.matrix, &step.sources),
            value,
            matched,
            points: step.range,
            lost,
        }
    }
}

/// Returns why what parts give together is less open than the parts are, if it is.
fn shared(score: &ScoreStep<'_>) -> String {
    if score.is_narrower_than_its_parts() {
        format!("; {SHARED}")
    } else {
        String::new()
    }
}

/// Returns why a part of a `highest` or a `lowest` does not count, or may not count.
fn loses(of: &[ScoreStep<'_>], at: usize, is_highest: bool) -> Option<&'static str> {
    let own = of.get(at)?.range();
    let another = if is_highest {
        ANOTHER_IS_LARGER
    } else {
        ANOTHER_IS_SMALLER
    };
    match winner(of, is_highest) {
        Some(winner) => (winner != at).then_some(another),
        // Nothing is sure to count, but this may be sure not to.
        None if of
            .iter()
            .any(|other| is_beyond(other.range(), own, is_highest)) =>
        {
            Some(another)
        }
        None => Some(PERHAPS),
    }
}

/// Returns the part that counts, whatever is open. If several are equal, it is the first.
fn winner(of: &[ScoreStep<'_>], is_highest: bool) -> Option<usize> {
    let is_within = |own: Range, other: Range| {
        if is_highest {
            own.0 >= other.1
        } else {
            own.1 <= other.0
        }
    };
    let wins = |at: usize, own: Range| {
        of.iter()
            .enumerate()
            .all(|(other_at, other)| other_at == at || is_within(own, other.range()))
    };
    of.iter()
        .enumerate()
        .position(|(at, part)| wins(at, part.range()))
}

/// Returns whether one range lies wholly beyond another.
fn is_beyond(one: Range, other: Range, is_highest: bool) -> bool {
    if is_highest {
        one.0 > other.1
    } else {
        one.1 < other.0
    }
}

/// Adds the bars that add up to a score. The least of the bars add up to the least of the score, and the most to its most.
fn bars_of(score: &ScoreStep<'_>, bars: &mut Vec<Bar>) {
    match score {
        ScoreStep::Points { title, range, .. } => bars.push(Bar {
            title: (*title).to_owned(),
            points: *range,
        }),
        ScoreStep::Sum { of, .. } => of.iter().for_each(|part| bars_of(part, bars)),
        ScoreStep::Capped { of, at, range } => {
            let sum: Range = (
                of.iter().map(|part| part.range().0).sum(),
                of.iter().map(|part| part.range().1).sum(),
            );
            if sum.1 <= *at {
                of.iter().for_each(|part| bars_of(part, bars));
            } else {
                bars.push(Bar {
                    title: format!("{}, at most {at}", together(of, "and")),
                    points: *range,
                });
            }
        }
        ScoreStep::Highest { of, range } | ScoreStep::Lowest { of, range } => {
            let is_highest = matches!(score, ScoreStep::Highest { .. });
            match winner(of, is_highest).and_then(|at| of.get(at)) {
                Some(part) => bars_of(part, bars),
                None => {
                    let which = if is_highest {
                        "The largest of"
                    } else {
                        "The smallest of"
                    };
                    bars.push(Bar {
                        title: format!("{which} {}", together(of, "and")),
                        points: *range,
                    });
                }
            }
        }
    }
}

/// Returns the titles of the parts that are put together.
fn together(of: &[ScoreStep<'_>], joint: &str) -> String {
    let titles: Vec<String> = of
        .iter()
        .map(|part| match part {
            ScoreStep::Points { title, .. } => (*title).to_owned(),
            part => together(part.parts(), joint),
        })
        .collect();
    listed(&titles, joint)
}

/// Returns the piece of the rule that was matched, without what the value itself says.
fn matched_in_words(step: &CriterionStep<'_>, inputs: &[&InputStep<'_>]) -> String {
    let chosen = step
        .conditions
        .iter()
        .find(|condition| condition.holds == Some(true))
        .map(|condition| condition.when);
    let because = |text: String| match chosen {
        Some(when) if text.is_empty() => format!("because {when}"),
        Some(when) => format!("{text}, because {when}"),
        None => text,
    };
    match &step.matched {
        None => String::new(),
        Some(Matched::Condition { holds, .. }) => {
            let when = step.conditions.first().map(|condition| condition.when);
            let when = when.map(|when| when.to_string()).unwrap_or_default();
            // A yes says it all; a number has a cut-off to be named.
            let is_plain = inputs
                .iter()
                .all(|input| matches!(input.read.value(), Some(InputValue::Boolean(_))));
            match (holds, is_plain) {
                (true, true) => "applies".to_owned(),
                (true, false) => format!("applies, because {when}"),
                (false, true) if inputs.len() == 1 => "does not apply".to_owned(),
                (false, _) => format!("does not apply; it would if {when}"),
            }
        }
        Some(Matched::Fixed { .. }) if chosen.is_none() && !step.conditions.is_empty() => {
            "no other case applies".to_owned()
        }
        Some(Matched::Members {
            members,
            points_each,
            cap,
            ..
        }) => {
            let all = InputValue::Members(members.clone());
            let counted = if inputs.last().and_then(|input| input.read.value()) == Some(&all) {
                String::new()
            } else if members.is_empty() {
                "none that count, ".to_owned()
            } else {
                format!("{all}, ")
            };
            because(format!(
                "{counted}at {} for each{}",
                points((*points_each, *points_each)),
                capped(*cap)
            ))
        }
        Some(Matched::Band {
            from, below, label, ..
        }) => {
            let label = label.map(|label| format!(" ({label})")).unwrap_or_default();
            let range = below.as_ref().map_or_else(
                || format!("{from} or more"),
                |below| format!("{from} to below {below}"),
            );
            because(format!("in the band {range}{label}"))
        }
        Some(Matched::Units {
            each,
            beyond,
            points_each,
            cap,
            ..
        }) => {
            let beyond = if beyond.is_zero() {
                String::new()
            } else {
                format!(" beyond {beyond}")
            };
            let each = if *each == Decimal::ONE {
                "one".to_owned()
            } else {
                format!("whole {each}")
            };
            because(format!(
                "at {} for each {each}{beyond}{}",
                points((*points_each, *points_each)),
                capped(*cap)
            ))
        }
        Some(Matched::Absent { points }) if *points != Points::ZERO => {
            because("what it gives without a value".to_owned())
        }
        Some(Matched::Value { .. } | Matched::Fixed { .. } | Matched::Absent { .. }) => {
            because(String::new())
        }
    }
}

fn capped(cap: Option<Points>) -> String {
    match cap {
        // The cap of points that are taken off bounds them from below.
        Some(cap) if cap < Points::ZERO => format!(", no less than {cap} in all"),
        Some(cap) => format!(", at most {cap} in all"),
        None => String::new(),
    }
}

/// Returns whether a score uses a criterion, directly or through a group.
fn uses(score: &ScoreStep<'_>, name: &str, groups: &[GroupStep<'_>]) -> bool {
    match score {
        ScoreStep::Points { of, .. } => {
            *of == name
                || groups
                    .iter()
                    .any(|group| group.name == *of && uses(&group.score, name, groups))
        }
        _ => score.parts().iter().any(|part| uses(part, name, groups)),
    }
}
