//! Lists every rule that was looked at, each with its line in the file, for an audit.

use crate::report::document::tree::{Block, Section};
use crate::report::explanation::ExplanationWriter;
use crate::report::explanation::missing::value_in_words;
use crate::score::trace::{
    ConditionStep, CriterionStep, DecisionStep, Matched, Method, OverrideStep,
};
use crate::words::{listed, points, sentence};

type Lines = Vec<(usize, String)>;

impl ExplanationWriter<'_> {
    pub(super) fn rules(&self) -> Section {
        let mut section = Section::new("rules", "Every rule, with its line in the file");
        let mut lines = Lines::new();
        for criterion in &self.steps.criteria {
            self.criterion(criterion, &mut lines);
        }
        for group in &self.steps.groups {
            lines.push((
                0,
                format!(
                    "{}: {} (line {})",
                    group.title,
                    points(group.score.range()),
                    group.line
                ),
            ));
        }
        for dimension in &self.steps.dimensions {
            lines.push((
                0,
                format!(
                    "{}: {} (line {})",
                    dimension.title,
                    points(dimension.range),
                    dimension.line
                ),
            ));
            lines.extend(dimension.levels_by.iter().map(condition_line));
            for step in &dimension.overrides {
                self.override_lines(step, dimension.title, &mut lines);
            }
        }
        for decision in self.steps.decisions.iter().chain(&self.steps.decision) {
            decision_lines(decision, &mut lines);
        }
        for step in &self.steps.overrides {
            self.override_lines(step, "the tier", &mut lines);
        }
        for flag in &self.steps.flags {
            lines.push((
                0,
                format!(
                    "{}: {} (line {})",
                    flag.title,
                    truth(flag.raised),
                    flag.line
                ),
            ));
            let when = flag.when;
            lines.extend(when.map(|when| (1, format!("{when}? {}", truth(flag.raised)))));
        }
        section.blocks.push(Block::Steps(lines));
        section
    }

    fn override_lines(&self, step: &OverrideStep<'_>, moved: &str, lines: &mut Lines) {
        let Some(rule) = &step.rule else {
            return;
        };
        let title = self.override_title(rule);
        lines.push((0, format!("{title} (line {})", rule.line)));
        lines.push((1, format!("{}? {}", rule.when, truth(step.holds))));
        let effect = rule.effect;
        let changes = match step.applies {
            Some(false) => format!("It does not apply. Where it does, {moved} {effect}"),
            Some(true) => {
                let (before, after) = (listed(&step.before, "or"), listed(&step.after, "or"));
                format!("It applies: {moved} {effect}, from {before} to {after}")
            }
            None => format!("Where it applies, {moved} {effect}"),
        };
        lines.push((1, format!("{changes}. {}", sentence(rule.reason))));
    }

    fn criterion(&self, step: &CriterionStep<'_>, lines: &mut Lines) {
        lines.push((
            0,
            format!(
                "{}: {} (line {})",
                step.title,
                points(step.range),
                step.line
            ),
        ));
        lines.extend(step.conditions.iter().map(condition_line));
        let inputs = self
            .steps
            .inputs
            .iter()
            .filter(|input| step.inputs.contains(&input.name));
        lines.extend(inputs.map(|input| {
            let (title, line) = (input.title, input.line);
            (
                1,
                format!("{title}: {} (line {line})", value_in_words(input)),
            )
        }));
        if let Some(Matched::Band {
            from,
            below,
            before,
            next,
            points,
            ..
        }) = &step.matched
        {
            let range = below.as_ref().map_or_else(
                || format!("{from} or more"),
                |below| format!("{from} to below {below}"),
            );
            let before = before
                .map(|before| format!("; {before} in the band below"))
                .unwrap_or_default();
            let next = next
                .map(|next| format!("; {next} in the band above"))
                .unwrap_or_default();
            lines.push((1, format!("{range} gives {points}{before}{next}")));
        }
        lines.extend(step.note.map(|note| (1, note.to_owned())));
    }
}

fn condition_line(step: &ConditionStep<'_>) -> (usize, String) {
    let (holds, line) = (truth(step.holds), step.line);
    (1, format!("{}? {holds} (line {line})", step.when))
}

fn decision_lines(step: &DecisionStep<'_>, lines: &mut Lines) {
    lines.push((
        0,
        format!(
            "{}: {} (line {})",
            step.title,
            listed(&step.gives, "or"),
            step.line
        ),
    ));
    if let Method::Rules(rules) = &step.method {
        let mut is_open = false;
        for rule in rules {
            // What comes in every other case comes only if no rule before it holds.
            let holds = match rule.when {
                None if is_open => None,
                _ => rule.holds,
            };
            is_open |= holds.is_none();
            let title = rule
                .title
                .map(|title| format!(" ({title})"))
                .unwrap_or_default();
            let when = rule.when.map_or_else(
                || "in every other case".to_owned(),
                |when| format!("if {when}"),
            );
            lines.push((
                1,
                format!(
                    "{}{title} {when}? {} (line {})",
                    rule.gives,
                    truth(holds),
                    rule.line
                ),
            ));
        }
    }
    if let Method::Table { rows, columns } = &step.method {
        lines.push((
            1,
            format!(
                "{} is {}, {} is {}",
                rows.reads, rows.at, columns.reads, columns.at
            ),
        ));
    }
}

fn truth(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    }
}
