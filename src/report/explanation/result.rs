//! Tells the result and, in a sentence or two, the reason for it.

use crate::report::NOTICE;
use crate::report::document::tree::Block;
use crate::report::explanation::ExplanationWriter;
use crate::report::words::{listed, span};
use crate::score::trace::{DimensionStep, MethodStep, OverrideStep};

impl ExplanationWriter<'_> {
    pub(super) fn title(&self) -> String {
        match (self.outcome.tier(), self.outcome.status()) {
            (Some(tier), _) => format!("Why the tier is {tier}"),
            (None, Some(status)) => format!("Why the result is {status}"),
            (None, None) if self.steps.possible.is_empty() => {
                "Why the scores are what they are".to_owned()
            }
            (None, None) => "Why the tier is not settled".to_owned(),
        }
    }

    /// Returns the result and the reason for it, with what is told beside it.
    pub(super) fn head(&self, beside: &[String]) -> Vec<Block> {
        let matrix = self.matrix;
        let by = format!(
            "{}, {} {}, as at {}. {}",
            matrix.title(),
            matrix.id(),
            matrix.version_text(),
            self.outcome.as_at(),
            matrix.status().in_words()
        );
        let mut head = vec![
            Block::Says(by),
            Block::Result {
                headline: self.headline(),
                reasons: self
                    .reasons()
                    .into_iter()
                    .chain(beside.iter().cloned())
                    .collect(),
            },
        ];
        if self.is_redacted {
            head.push(Block::Says("What was recorded about the person is hidden here. The points still say much of it.".to_owned()));
        }
        head.push(Block::Notice(NOTICE.to_owned()));
        head
    }

    fn headline(&self) -> String {
        match (self.outcome.tier(), self.outcome.status()) {
            (Some(tier), _) => format!("Result: {tier}"),
            (None, Some(status)) => format!("Result: {status} (a status, not a tier)"),
            (None, None) if !self.steps.possible.is_empty() => format!(
                "Result: not settled. It can be {}.",
                listed(&self.steps.possible, "or")
            ),
            (None, None) if self.steps.dimensions.is_empty() => {
                "Result: none. The matrix has no tiers and no scores.".to_owned()
            }
            (None, None) => format!("Result: {}", self.levels()),
        }
    }

    /// Returns what each score means, such as "Harm is high; Needs is high or medium".
    fn levels(&self) -> String {
        let level = |dimension: &DimensionStep| match dimension.levels.as_slice() {
            [] => format!("{} is {}", dimension.title, span(dimension.range)),
            levels => format!("{} is {}", dimension.title, listed(levels, "or")),
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
            reasons.push(format!(
                "It depends on what is not known: {}.",
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
                Some(MethodStep::Table { .. })
            ) && self.moved().is_none();
            if has_levels && !(says_levels && why.is_some()) {
                reasons.push(format!("{}.", self.levels()));
            }
            reasons.extend(why);
            if !unknown.is_empty() {
                reasons.push(format!(
                    "Not known: {}. Whatever it is, the result is the same.",
                    listed(&unknown, "and")
                ));
            }
        }
        reasons
    }

    /// Returns the titles of what nobody recorded.
    pub(super) fn unknown(&self) -> Vec<&str> {
        self.steps
            .inputs
            .iter()
            .filter(|input| input.standing == "unknown")
            .map(|input| input.title.as_str())
            .collect()
    }

    /// Returns the titles of the unknown inputs on which the result depends, as far as that was worked out.
    pub(super) fn mattering(&self) -> Vec<&str> {
        let all = self.unknown();
        let mattering: Vec<&str> = self
            .changes
            .iter()
            .flat_map(|changes| changes.unknown())
            .filter(|own| own.matters)
            .map(|own| own.title.as_str())
            .collect();
        // What was too much work to ask is not among the answers.
        let is_complete = self
            .changes
            .is_some_and(|changes| changes.unknown().len() == all.len());
        if is_complete && !mattering.is_empty() {
            mattering
        } else {
            all
        }
    }

    /// Returns the last override that changed the result.
    fn moved(&self) -> Option<&OverrideStep> {
        self.steps
            .overrides
            .iter()
            .rev()
            .find(|step| step.applies == Some(true) && step.before != step.after)
    }

    /// Returns what made the result: the last override that changed it, else the rule that decided it.
    fn why(&self) -> Option<String> {
        if let Some(step) = self.moved() {
            let before = listed(&step.before, "or");
            return Some(if self.is_redacted {
                format!("It was {before}, until an override changed it.")
            } else {
                format!(
                    "It was {before}, until the override `{}` changed it: {}.",
                    step.id,
                    step.reason.trim_end_matches('.')
                )
            });
        }
        let decision = self.steps.decision.as_ref()?;
        let gives = listed(&decision.gives, "or");
        match &decision.method {
            MethodStep::Rules(rules) => {
                let rule = rules.last().filter(|rule| {
                    rule.holds == Some(true) && rules.iter().all(|other| other.holds.is_some())
                })?;
                Some(match (&rule.title, rule.when.as_str()) {
                    (Some(title), _) => format!(
                        "The rule for {gives} holds: {}.",
                        title.trim_end_matches('.')
                    ),
                    (None, "in every other case") => {
                        format!("No other rule holds, and then it is {gives}.")
                    }
                    (None, when) => format!("The rule for {gives} holds: {when}."),
                })
            }
            MethodStep::Table {
                rows,
                row: Some(row),
                columns,
                column: Some(column),
            } => Some(format!(
                "The table gives {gives} where {rows} is {row} and {columns} is {column}."
            )),
            MethodStep::Bands {
                of,
                range: Some((least, most)),
                ..
            } if least == most => Some(format!("It is {gives} because {of} is {least}.")),
            MethodStep::Highest(steps) => {
                let deciding: Vec<_> = steps
                    .iter()
                    .filter(|(_, step)| *step == decision.gives)
                    .map(|(title, _)| title)
                    .collect();
                (!deciding.is_empty()).then(|| {
                    format!(
                        "The most intensive step counts, and {} gives {gives}.",
                        listed(&deciding, "and")
                    )
                })
            }
            _ => None,
        }
    }
}
