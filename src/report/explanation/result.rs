//! Tells the result and, in a sentence or two, the reason for it.

use crate::report::NOTICE;
use crate::report::document::tree::Block;
use crate::report::explanation::ExplanationWriter;
use crate::report::explanation::changes::same_whatever;
use crate::report::explanation::decision::how;
use crate::report::explanation::missing::unknown_of;
use crate::score::outcome::OutcomeResult;
use crate::score::trace::{At, AxisStep, DimensionStep, Effect, Method, OverrideStep, Read};
use crate::words::{is, listed, points, sentence, span};

impl ExplanationWriter<'_> {
    pub(super) fn title(&self) -> String {
        match self.outcome.result() {
            OutcomeResult::Tier(tier) => format!("Why the tier is {tier}"),
            OutcomeResult::Status(status) => format!("Why the result is {status}"),
            OutcomeResult::Between(_) => "Why the tier is not settled".to_owned(),
            OutcomeResult::None => "Why the scores are what they are".to_owned(),
        }
    }

    /// Returns the result and the reason for it, with what is told beside it.
    pub(super) fn head(&self, beside: &[String]) -> Vec<Block> {
        let matrix = self.matrix;
        let by = format!(
            "{}, version {}, as at {}. {}",
            matrix.title(),
            matrix.version_text(),
            self.outcome.as_at().in_words(),
            matrix.status().in_words()
        );
        let about = self
            .reference
            .map(|reference| Block::Says(format!("About: {reference}")));
        let mut head: Vec<Block> = about.into_iter().chain([Block::Says(by)]).collect();
        if !self.outcome.is_in_force() {
            head.push(Block::Says(format!(
                "This version is not in force on {}. The result only shows what it would give.",
                self.outcome.as_at().in_words()
            )));
        }
        head.push(Block::Result {
            headline: self.headline(),
            reasons: self
                .reasons()
                .into_iter()
                .chain(beside.iter().cloned())
                .collect(),
        });
        if self.is_redacted {
            let tells = match (
                self.steps.criteria.is_empty(),
                self.steps.decisions.is_empty(),
            ) {
                (true, true) => "",
                (false, true) => " The points still say much of it.",
                (true, false) => " The steps still say much of it.",
                (false, false) => " The points and the steps still say much of it.",
            };
            head.push(Block::Says(format!(
                "What was recorded about the person is left out here.{tells}"
            )));
        }
        head.push(Block::Notice(NOTICE.to_owned()));
        head
    }

    fn headline(&self) -> String {
        match self.outcome.result() {
            OutcomeResult::Tier(tier) => format!("Result: {tier}"),
            OutcomeResult::Status(status) => format!("Result: {status} (a status, not a tier)"),
            OutcomeResult::Between(possible) => format!(
                "Result: not settled. It can be {}.",
                listed(&possible, "or")
            ),
            OutcomeResult::None if self.steps.dimensions.is_empty() => {
                "Result: none. The matrix has no tiers and no scores.".to_owned()
            }
            OutcomeResult::None => format!("Result: {}", self.levels()),
        }
    }

    /// Returns what each score means, such as "Harm is high; Needs is high or medium".
    fn levels(&self) -> String {
        let level = |dimension: &DimensionStep<'_>| match dimension.levels.as_slice() {
            [] => match dimension.scaled {
                Some(scaled) => {
                    let from = points(dimension.range);
                    format!("{} (from {from})", is(dimension.title, scaled))
                }
                None => is(dimension.title, span(dimension.range)),
            },
            levels => is(dimension.title, listed(levels, "or")),
        };
        self.steps
            .dimensions
            .iter()
            .map(level)
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        let unknown = self.unknown();
        if self.outcome.is_provisional() {
            let depends = if self.is_searched() {
                "It depends"
            } else {
                "It may depend"
            };
            reasons.push(format!(
                "{depends} on what is not known: {}.",
                listed(&self.mattering(), "and")
            ));
            if !self.outcome.is_exact() {
                reasons.push("There are too many possibilities to tell exactly; the ranges hold everything that is possible.".to_owned());
            }
        } else {
            let why = self.why();
            let has_levels = self.steps.decision.is_some() && !self.steps.dimensions.is_empty();
            // A table of levels has said them.
            let says_levels = matches!(
                self.steps
                    .decision
                    .as_ref()
                    .map(|decision| &decision.method),
                Some(Method::Table { .. })
            ) && self.moved().is_none();
            if has_levels && !(says_levels && why.is_some()) {
                reasons.push(format!("{}.", self.levels()));
            }
            reasons.extend(why);
            if !unknown.is_empty() {
                reasons.push(format!(
                    "Not known: {}. {}",
                    listed(&unknown, "and"),
                    same_whatever(unknown.len())
                ));
            }
        }
        reasons
    }

    /// Returns the titles of what nobody recorded, wholly or in part.
    pub(super) fn unknown(&self) -> Vec<String> {
        let lists = self.steps.events.iter().filter(|list| list.is_open);
        self.steps
            .inputs
            .iter()
            .filter(|input| input.read == Read::Unknown)
            .map(|input| input.title.to_owned())
            .chain(lists.map(unknown_of))
            .collect()
    }

    /// Returns the titles of the unknown inputs on which the result depends, as far as that was worked out.
    pub(super) fn mattering(&self) -> Vec<String> {
        let all = self.unknown();
        let mattering: Vec<String> = self
            .changes
            .iter()
            .flat_map(|changes| changes.unknown())
            .filter(|own| own.matters)
            .map(|own| own.title.clone())
            .collect();
        if self.is_searched() && !mattering.is_empty() {
            mattering
        } else {
            all
        }
    }

    /// Returns whether it is known of everything unknown whether it matters. What was too much work to ask is not among the answers.
    pub(super) fn is_searched(&self) -> bool {
        let count = self.unknown().len();
        let asked = self.changes.map(|changes| changes.unknown().len());
        // An open result depends on the only thing that is unknown.
        count == 1 || asked.is_none_or(|asked| asked == count)
    }

    /// Returns the last override that changed the result.
    fn moved(&self) -> Option<&OverrideStep<'_>> {
        self.steps
            .overrides
            .iter()
            .rev()
            .find(|step| step.applies == Some(true) && step.changes())
    }

    /// Returns what holds the result where nothing that is open to change would alter it: the floor of an override, else what made it.
    pub(super) fn held_by(&self) -> Vec<String> {
        let floors = self.floors();
        if floors.is_empty() {
            self.why().into_iter().collect()
        } else {
            floors
        }
    }

    /// Returns which overrides hold the result or, without a decision, the levels where they are.
    pub(super) fn floors(&self) -> Vec<String> {
        let held = |of: &[OverrideStep<'_>], title: &str| {
            let mut applied = of.iter().rev().filter(|step| step.applies == Some(true));
            let floor = applied.find(|step| holds_at(step))?;
            let rule = floor.rule.as_ref()?;
            Some(format!(
                "The rule “{}” holds {title} at {}: {}",
                self.override_title(rule),
                listed(&floor.after, "or"),
                sentence(rule.reason)
            ))
        };
        match self.steps.decision {
            Some(_) => held(&self.steps.overrides, "it").into_iter().collect(),
            None => {
                let dimensions = self.steps.dimensions.iter();
                dimensions
                    .filter_map(|own| held(&own.overrides, own.title))
                    .collect()
            }
        }
    }

    /// Returns what made the result: the last override that changed it, else the rule that decided it.
    pub(super) fn why(&self) -> Option<String> {
        if let Some(step) = self.moved() {
            let before = listed(&step.before, "or");
            return Some(match &step.rule {
                None => format!(
                    "It was {before}, until an override changed it. Which one is left out here, since it would show what was recorded."
                ),
                Some(rule) => format!(
                    "It was {before}. Then the rule “{}” changed it: {}",
                    self.override_title(rule),
                    sentence(rule.reason)
                ),
            });
        }
        let decision = self.steps.decision.as_ref()?;
        let gives = listed(&decision.gives, "or");
        match &decision.method {
            Method::Rules(rules) => {
                let rule = rules.last().filter(|rule| {
                    rule.holds == Some(true) && rules.iter().all(|other| other.holds.is_some())
                })?;
                Some(match (rule.title, rule.when) {
                    (Some(title), None) => format!(
                        "No other rule holds, and then it is {gives} ({}).",
                        title.trim_end_matches('.')
                    ),
                    (Some(title), Some(_)) => format!(
                        "The rule “{}” holds, which gives {gives}.",
                        title.trim_end_matches('.')
                    ),
                    (None, None) => format!("No other rule holds, and then it is {gives}."),
                    (None, Some(when)) => format!("The rule for {gives} holds: {when}."),
                })
            }
            Method::Table { rows, columns } if is_settled(&rows.at) && is_settled(&columns.at) => {
                let at = |axis: &AxisStep<'_>| is(&axis.reads.to_string(), &axis.at);
                Some(format!(
                    "The table gives {gives} where {} and {}.",
                    at(rows),
                    at(columns)
                ))
            }
            Method::Bands {
                of,
                range: Some((least, most)),
                ..
            } if least == most => Some(format!("It is {gives} because {of} is {least}.")),
            Method::Highest(steps) => {
                let deciding: Vec<_> = steps
                    .iter()
                    .filter(|step| step.gives == decision.gives)
                    .map(|step| step.title)
                    .collect();
                let because = |title: &str| {
                    let mut own = self.steps.decisions.iter();
                    let own = own.find(|own| own.title == title)?;
                    how(own).filter(|_| !self.is_redacted)
                };
                let told: Vec<String> = deciding
                    .iter()
                    .map(|title| match because(title) {
                        Some(because) => format!("“{title}” gives {gives}, as {because}."),
                        None => format!("“{title}” gives {gives}."),
                    })
                    .collect();
                (!told.is_empty())
                    .then(|| format!("The most intensive step counts. {}", told.join(" ")))
            }
            _ => None,
        }
    }
}

/// Returns whether an override holds a result where it is, by its floor or because it gives it, even if it changed nothing.
fn holds_at(step: &OverrideStep<'_>) -> bool {
    let at = step.rule.as_ref().and_then(|rule| match rule.effect {
        Effect::AtLeast(to) | Effect::Is(to) | Effect::Status(to) => Some(to),
        _ => None,
    });
    let after = match step.after.as_slice() {
        [only] => only.named(),
        _ => None,
    };
    step.changes() || at.is_some() && at == after
}

fn is_settled(at: &At<'_>) -> bool {
    !matches!(at, At::Open | At::Hidden)
}
