//! A trace as text, to read on a terminal or aloud.

use std::fmt::{self, Write};

use crate::matrix::words::yes_or_no;
use crate::number::Points;
use crate::report::NOTICE;
use crate::score::trace::{
    CriterionStep, DecisionStep, DimensionStep, GroupStep, InputStep, Located, MethodStep, OverrideStep, ScoreStep, Steps, Trace,
};

/// The width that lines are wrapped to.
const WIDTH: usize = 80;

impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut page = Page { text: String::new() };
        let steps = self.steps();
        let outcome = self.outcome();
        let matrix = outcome.matrix();
        page.line(0, &format!("{}, version {}, scored as at {}", matrix.title(), matrix.version(), outcome.as_at()));
        page.line(0, matrix.status().in_words());
        page.gap();
        result(&mut page, self, &steps);
        for dimension in &steps.dimensions {
            page.gap();
            page.dimension(dimension, &steps);
        }
        let used = |step: &CriterionStep| steps.dimensions.iter().any(|dimension| uses(&dimension.score, &step.name, &steps.groups));
        let alone: Vec<_> = steps.criteria.iter().filter(|step| !used(step)).collect();
        if !alone.is_empty() {
            page.gap();
            page.line(0, "Criteria outside any score");
            alone.into_iter().for_each(|step| page.criterion(1, step, &steps.inputs));
        }
        for decision in &steps.decisions {
            page.gap();
            page.decision(decision);
        }
        if let Some(decision) = &steps.decision {
            page.gap();
            page.line(0, &format!("How the tier was decided (line {})", decision.line));
            page.method(&decision.method, decision.default.as_deref());
            page.line(1, &format!("So the tier is {}.", listed(&decision.gives, "or")));
        }
        page.overrides(0, "Overrides of the tier", &steps.overrides);
        page.flags(&steps);
        page.inputs(&steps.inputs);
        page.gap();
        page.line(0, &format!("Matrix {}, version {}, {}", matrix.id(), matrix.version(), matrix.content_hash()));
        page.line(0, NOTICE);
        formatter.write_str(page.text.trim_end())?;
        formatter.write_char('\n')
    }
}

/// The result, and in one sentence why.
fn result(page: &mut Page, trace: &Trace, steps: &Steps) {
    let outcome = trace.outcome();
    let levels = |joint: &str| {
        let level = |dimension: &DimensionStep| match dimension.levels.as_slice() {
            [] => format!("{} is {}", dimension.title, span(dimension.range)),
            levels => format!("{} is {}", dimension.title, listed(levels, "or")),
        };
        steps.dimensions.iter().map(level).collect::<Vec<_>>().join(joint)
    };
    match (outcome.tier(), outcome.status()) {
        (Some(tier), _) => page.line(0, &format!("RESULT: {tier}")),
        (None, Some(status)) => page.line(0, &format!("RESULT: {status} (a status, not a tier)")),
        (None, None) if steps.decision.is_none() && steps.dimensions.is_empty() => page.line(0, "RESULT: the matrix has no tiers and no scores"),
        (None, None) if steps.possible.is_empty() => page.line(0, &format!("RESULT: {}", levels("; "))),
        (None, None) => page.line(0, &format!("RESULT: not settled. It can be {}.", listed(&steps.possible, "or"))),
    }
    let unknown: Vec<_> = steps.inputs.iter().filter(|input| input.standing == "unknown").map(|input| input.title.clone()).collect();
    if outcome.is_provisional() {
        page.line(1, &format!("What is not known leaves it open: {}.", listed(&unknown, "and")));
        if !outcome.is_exact() {
            page.line(1, "There are too many possibilities to tell exactly; the ranges hold everything that is possible.");
        }
    } else if !unknown.is_empty() {
        let (are, do_not) = if unknown.len() == 1 { ("is", "does not") } else { ("are", "do not") };
        page.line(1, &format!("{} {are} not known, and {do_not} change the result.", listed(&unknown, "and")));
    }
    if let Some(reason) = reason(steps) {
        page.line(1, &reason);
    } else if steps.decision.is_some() && !steps.dimensions.is_empty() {
        page.line(1, &format!("{}.", levels("; ")));
    }
}

/// What made the result: the last override that changed it, else the rule that decided it.
fn reason(steps: &Steps) -> Option<String> {
    let changed = |step: &&OverrideStep| step.applies == Some(true) && step.before != step.after;
    if let Some(step) = steps.overrides.iter().rev().find(changed) {
        return Some(format!("Because of the override `{}`: {}.", step.id, step.reason));
    }
    match &steps.decision.as_ref()?.method {
        MethodStep::Rules(rules) => {
            let rule = rules.last().filter(|rule| rule.holds == Some(true) && rules.iter().filter(|rule| rule.holds != Some(false)).count() == 1)?;
            Some(match (&rule.title, rule.when.as_str()) {
                (Some(title), _) => format!("Because: {title}."),
                (None, "in every other case") => "Because no rule for another tier holds.".to_owned(),
                (None, when) => format!("Because {when}."),
            })
        }
        MethodStep::Table { rows, row: Some(row), columns, column: Some(column) } => {
            Some(format!("Because {rows} is {row} and {columns} is {column}."))
        }
        MethodStep::Bands { of, range: Some((least, most)), .. } if least == most => Some(format!("Because {of} is {least}.")),
        MethodStep::Highest(given) => {
            let gives = &steps.decision.as_ref()?.gives;
            let deciding: Vec<_> = given.iter().filter(|(_, step)| step == gives).map(|(title, _)| title.clone()).collect();
            if deciding.is_empty() { None } else { Some(format!("Because of {}.", listed(&deciding, "and"))) }
        }
        _ => None,
    }
}

struct Page {
    text: String,
}

impl Page {
    /// A paragraph, indented by so many steps and wrapped.
    fn line(&mut self, indent: usize, text: &str) {
        let margin = " ".repeat(indent * 2);
        let mut line = margin.clone();
        for word in text.split(' ') {
            if line.trim_start().is_empty() {
                line.push_str(word);
            } else if line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.text.push_str(line.trim_end());
                self.text.push('\n');
                line = format!("{margin}  {word}");
            } else {
                line.push(' ');
                line.push_str(word);
            }
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    fn dimension(&mut self, step: &DimensionStep, steps: &Steps) {
        let level = if step.levels.is_empty() { String::new() } else { format!(", level {}", listed(&step.levels, "or")) };
        let scaled = step.scaled.map(|scaled| format!(", scaled to {scaled}")).unwrap_or_default();
        self.line(0, &format!("{}: {}{scaled}{level} (line {})", step.title, points(step.range), step.line));
        self.score(1, &step.score, steps);
        if !step.cuts.is_empty() {
            for condition in step.levels_by.iter().filter(|condition| condition.holds == Some(true)) {
                self.line(1, &format!("These cut-offs apply because {}.", condition.when));
            }
            let cuts = step.cuts.iter().map(|cut| {
                let label = cut.label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
                match cut.from {
                    Some(from) => format!("{}{label} from {from}", cut.level),
                    None => format!("{}{label} below that", cut.level),
                }
            });
            self.line(1, &format!("Levels: {}.", cuts.collect::<Vec<_>>().join(", ")));
        }
        self.overrides(1, "Overrides of this level", &step.overrides);
    }

    fn score(&mut self, indent: usize, step: &ScoreStep, steps: &Steps) {
        let heading = match step {
            ScoreStep::Points { of, .. } => {
                if let Some(criterion) = steps.criteria.iter().find(|criterion| criterion.name == *of) {
                    self.criterion(indent, criterion, &steps.inputs);
                } else if let Some(group) = steps.groups.iter().find(|group| group.name == *of) {
                    self.line(indent, &format!("{}: {}, the sum of", group.title, points(group.score.range())));
                    self.score(indent + 1, &group.score, steps);
                }
                return;
            }
            ScoreStep::Sum { .. } => None,
            ScoreStep::Highest { range, .. } => Some(format!("Only the largest of these counts: {}", points(*range))),
            ScoreStep::Lowest { range, .. } => Some(format!("Only the smallest of these counts: {}", points(*range))),
            ScoreStep::Capped { at, range, .. } => Some(format!("The sum of these, at most {at}: {}", points(*range))),
        };
        let inner = if let Some(heading) = heading {
            self.line(indent, &heading);
            indent + 1
        } else {
            indent
        };
        step.parts().iter().for_each(|part| self.score(inner, part, steps));
    }

    fn criterion(&mut self, indent: usize, step: &CriterionStep, inputs: &[InputStep]) {
        let replaced = if step.replaced == Some(true) { ", replaced by an override" } else { "" };
        self.line(indent, &format!("{}: {}{replaced} (line {})", step.title, points(step.range), step.line));
        for condition in &step.conditions {
            self.line(indent + 1, &format!("{}? {}", condition.when, answer(condition.holds, "not known")));
        }
        for name in &step.inputs {
            if let Some(input) = inputs.iter().find(|input| input.name == *name) {
                self.line(indent + 1, &input.in_words());
            }
        }
        if let Some(matched) = &step.matched {
            self.line(indent + 1, &matched.in_words());
        }
    }

    fn decision(&mut self, step: &DecisionStep) {
        self.line(0, &format!("{}: {} (line {})", step.title, listed(&step.gives, "or"), step.line));
        self.method(&step.method, step.default.as_deref());
    }

    fn method(&mut self, method: &MethodStep, default: Option<&str>) {
        match method {
            MethodStep::Rules(rules) => {
                for rule in rules {
                    let title = rule.title.as_ref().map(|title| format!(" ({title})")).unwrap_or_default();
                    self.line(1, &format!("{}{title} if {}? {}", rule.gives, rule.when, answer(rule.holds, "not known")));
                }
            }
            MethodStep::Table { rows, row, columns, column } => {
                let at = |at: &Option<String>| at.clone().unwrap_or_else(|| "not settled".to_owned());
                self.line(1, &format!("By the table: {rows} is {}, {columns} is {}.", at(row), at(column)));
            }
            MethodStep::Highest(steps) => {
                for (title, gives) in steps {
                    self.line(1, &format!("{title}: {}", listed(gives, "or")));
                }
                self.line(1, "The most intensive of these counts.");
            }
            MethodStep::Bands { of, range, bands } => {
                let at = range.map_or_else(|| "not settled".to_owned(), span);
                let bands = bands.iter().map(|band| match band.from {
                    Some(from) => format!("{} from {from}", band.gives),
                    None => format!("{} below that", band.gives),
                });
                self.line(1, &format!("By {of}, which is {at}: {}.", bands.collect::<Vec<_>>().join(", ")));
            }
        }
        if let Some(default) = default {
            self.line(1, &format!("If nothing else decides: {default}."));
        }
    }

    fn overrides(&mut self, indent: usize, title: &str, steps: &[OverrideStep]) {
        if steps.is_empty() {
            return;
        }
        if indent == 0 {
            self.gap();
        }
        self.line(indent, title);
        for step in steps {
            let said = match (step.holds, step.applies) {
                (_, Some(true)) if step.before == step.after => format!("applies, and changes nothing: it {} already", step.action),
                (_, Some(true)) => format!("applies: from {} to {}", listed(&step.before, "or"), listed(&step.after, "or")),
                (Some(true), Some(false)) => "is passed over, as one before it was final".to_owned(),
                (_, Some(false)) => "does not apply".to_owned(),
                (_, None) => "may apply: it depends on what is not known".to_owned(),
            };
            self.line(indent + 1, &format!("{} (line {}): {said}", step.id, step.line));
            self.line(indent + 2, &format!("If {}, it {}: {}.", step.when, step.action, step.reason));
        }
    }

    fn flags(&mut self, steps: &Steps) {
        if steps.flags.is_empty() {
            return;
        }
        self.gap();
        self.line(0, "Flags");
        for flag in &steps.flags {
            let raised = answer(flag.raised, "not settled");
            self.line(1, &format!("{}: {raised} (if {}; line {})", flag.title, flag.when, flag.line));
        }
    }

    /// What was not given: the reader should not have to look for it.
    fn inputs(&mut self, inputs: &[InputStep]) {
        for (standing, title) in
            [("unknown", "Not known"), ("assumed", "Assumed by the matrix"), ("absent", "Not in the profile, which is itself an answer")]
        {
            let titles: Vec<_> = inputs
                .iter()
                .filter(|input| input.standing == standing)
                .map(|input| match (&input.value, standing) {
                    (Some(value), "assumed") => format!("{} ({})", input.title, yes_or_no(value)),
                    _ => input.title.clone(),
                })
                .collect();
            if !titles.is_empty() {
                self.gap();
                self.line(0, &format!("{title}: {}.", titles.join("; ")));
            }
        }
    }
}

impl InputStep {
    fn in_words(&self) -> String {
        let unit = match self.unit.as_deref() {
            Some("%") => "%".to_owned(),
            Some(unit) => format!(" {unit}"),
            None => String::new(),
        };
        let value = self.value.as_deref().map(yes_or_no);
        match (value, self.standing) {
            (Some(value), "assumed") => format!("{}: {value}{unit}, assumed", self.title),
            (Some(value), _) => format!("{}: {value}{unit}", self.title),
            (None, "unknown" | "derived") => format!("{}: not known", self.title),
            (None, _) => format!("{}: not in the profile", self.title),
        }
    }
}

impl Located {
    fn in_words(&self) -> String {
        let capped = |cap: &Option<Points>| cap.map(|cap| format!(", at most {cap}")).unwrap_or_default();
        match self {
            Self::Band { from, below, label, points, before, next } => {
                let label = label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
                let range = below.as_ref().map_or_else(|| format!("{from} or more"), |below| format!("{from} to below {below}"));
                let neighbours = match (before, next) {
                    (Some(before), Some(next)) => format!("; {before} in the band below, {next} in the band above"),
                    (Some(before), None) => format!("; {before} in the band below"),
                    (None, Some(next)) => format!("; {next} in the band above"),
                    (None, None) => String::new(),
                };
                format!("Band {range}{label} gives {points}{neighbours}")
            }
            Self::Value { value, points } => format!("{} gives {points}", yes_or_no(value)),
            Self::Units { units, each, beyond, points_each, cap, points } => {
                let beyond = if beyond == "0" { String::new() } else { format!(" beyond {beyond}") };
                let units = if each == "1" { format!("{units}{beyond}") } else { format!("{units} whole units of {each}{beyond}") };
                format!("{units}, {points_each} for each{}, gives {points}", capped(cap))
            }
            Self::Members { members, points_each, cap, points } => {
                let counted = if members.is_empty() { "none that count".to_owned() } else { members.join(", ") };
                format!("{counted}: {points_each} for each{}, gives {points}", capped(cap))
            }
            Self::Absent { points } => format!("Without a value it gives {points}"),
            Self::Condition { points, .. } => format!("So it gives {points}"),
            Self::Fixed { points } => format!("This gives {points}"),
        }
    }
}

impl ScoreStep {
    fn parts(&self) -> &[Self] {
        match self {
            Self::Points { .. } => &[],
            Self::Sum { of, .. } | Self::Highest { of, .. } | Self::Lowest { of, .. } | Self::Capped { of, .. } => of,
        }
    }
}

/// Whether a score uses a criterion, directly or through a group.
fn uses(score: &ScoreStep, name: &str, groups: &[GroupStep]) -> bool {
    match score {
        ScoreStep::Points { of, .. } => of == name || groups.iter().any(|group| group.name == *of && uses(&group.score, name, groups)),
        _ => score.parts().iter().any(|part| uses(part, name, groups)),
    }
}

/// Yes or no, or the word for what is still open.
fn answer(answer: Option<bool>, open: &'static str) -> &'static str {
    match answer {
        Some(true) => "yes",
        Some(false) => "no",
        None => open,
    }
}

fn span((least, most): (Points, Points)) -> String {
    if least == most { least.to_string() } else { format!("{least} to {most}") }
}

fn points(range: (Points, Points)) -> String {
    let noun = if range.0 == range.1 && range.0.to_decimal() == rust_decimal::Decimal::ONE { "point" } else { "points" };
    format!("{} {noun}", span(range))
}

fn listed(items: &[String], joint: &str) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {joint} {last}", most.join(", ")),
    }
}
