//! Lists every rule that was looked at, each with its line in the file, for an audit.

use crate::report::document::tree::{Block, Section};
use crate::report::explanation::ExplanationWriter;
use crate::report::words::{listed, points};
use crate::score::trace::{
    CriterionStep, DecisionStep, InputStep, Located, MethodStep, OverrideStep,
};

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
            for condition in &dimension.levels_by {
                lines.push((
                    1,
                    format!(
                        "{}? {} (line {})",
                        condition.when,
                        truth(condition.holds),
                        condition.line
                    ),
                ));
            }
            dimension
                .overrides
                .iter()
                .for_each(|step| override_lines(step, &mut lines));
        }
        for decision in self.steps.decisions.iter().chain(&self.steps.decision) {
            decision_lines(decision, &mut lines);
        }
        self.steps
            .overrides
            .iter()
            .for_each(|step| override_lines(step, &mut lines));
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
            lines.push((1, format!("{}? {}", flag.when, truth(flag.raised))));
        }
        section.blocks.push(Block::Steps(lines));
        section
    }

    fn criterion(&self, step: &CriterionStep, lines: &mut Lines) {
        lines.push((
            0,
            format!(
                "{}: {} (line {})",
                step.title,
                points(step.range),
                step.line
            ),
        ));
        for condition in &step.conditions {
            lines.push((
                1,
                format!(
                    "{}? {} (line {})",
                    condition.when,
                    truth(condition.holds),
                    condition.line
                ),
            ));
        }
        let inputs = self
            .steps
            .inputs
            .iter()
            .filter(|input| step.inputs.contains(&input.name));
        lines.extend(inputs.map(|input| (1, input_line(input))));
        if let Some(Located::Band {
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
        lines.extend(step.note.as_ref().map(|note| (1, note.clone())));
    }
}

fn input_line(input: &InputStep) -> String {
    format!(
        "{}: {} (line {})",
        input.title,
        input.value_in_words(),
        input.line
    )
}

fn decision_lines(step: &DecisionStep, lines: &mut Lines) {
    lines.push((
        0,
        format!(
            "{}: {} (line {})",
            step.title,
            listed(&step.gives, "or"),
            step.line
        ),
    ));
    if let MethodStep::Rules(rules) = &step.method {
        for rule in rules {
            let title = rule
                .title
                .as_ref()
                .map(|title| format!(" ({title})"))
                .unwrap_or_default();
            lines.push((
                1,
                format!(
                    "{}{title} if {}? {} (line {})",
                    rule.gives,
                    rule.when,
                    truth(rule.holds),
                    rule.line
                ),
            ));
        }
    }
    if let MethodStep::Table {
        rows,
        row,
        columns,
        column,
    } = &step.method
    {
        let at = |at: &Option<String>| at.clone().unwrap_or_else(|| "not settled".to_owned());
        lines.push((
            1,
            format!("{rows} is {}, {columns} is {}", at(row), at(column)),
        ));
    }
}

fn override_lines(step: &OverrideStep, lines: &mut Lines) {
    lines.push((0, format!("{} (line {})", step.id, step.line)));
    lines.push((1, format!("{}? {}", step.when, truth(step.holds))));
    lines.push((
        1,
        format!(
            "It {}: from {} to {}. {}",
            step.action,
            listed(&step.before, "or"),
            listed(&step.after, "or"),
            step.reason
        ),
    ));
}

fn truth(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    }
}
