//! How levels and answers became a result: the decision, the overrides with what was before and after, the flags.

use crate::report::document::tree::{Block, Head, Section, Table};
use crate::report::explanation::Writer;
use crate::report::words::{listed, sentence, span};
use crate::score::trace::{DecisionStep, MethodStep, OverrideStep};

impl Writer<'_> {
    pub(super) fn decision(&self) -> Option<Section> {
        let mut section = Section::new("decision", "How the tier was decided");
        self.named_decisions(&mut section);
        if let Some(decision) = &self.steps.decision {
            self.method(decision, &mut section);
        }
        self.overrides(&self.steps.overrides, "tier", &mut section);
        if self.steps.decision.is_none() {
            "How the decisions came out".clone_into(&mut section.title);
        }
        (!section.blocks.is_empty()).then_some(section)
    }

    fn named_decisions(&self, section: &mut Section) {
        let (nothing, gives): (Vec<_>, Vec<_>) = self.steps.decisions.iter().partition(|step| step.gives == ["nothing"]);
        if !gives.is_empty() {
            let pairs = gives.iter().map(|step| (step.title.clone(), listed(&step.gives, "or")));
            section.blocks.push(Block::Table(Table::pairs("Steps on the way", ["Step", "Gives"], pairs)));
        }
        if !nothing.is_empty() {
            let titles: Vec<_> = nothing.iter().map(|step| step.title.as_str()).collect();
            section.says(format!("Nothing came of: {}.", titles.join("; ")));
        }
    }

    fn method(&self, decision: &DecisionStep, section: &mut Section) {
        let gives = listed(&decision.gives, "or");
        match &decision.method {
            MethodStep::Rules(rules) => {
                let may_hold: Vec<_> = rules.iter().filter(|rule| rule.holds != Some(false)).collect();
                match may_hold.as_slice() {
                    _ if self.is_redacted => section.says(format!("The first rule that holds decides, and gives {gives}.")),
                    [rule] => section.says(format!(
                        "The first rule that holds decides. It gives {gives}, {}{}.",
                        if rule.when == "in every other case" { "" } else { "if " },
                        rule.when
                    )),
                    rules => {
                        section.says("The first rule that holds decides. What is not known leaves these open:");
                        let rules = rules
                            .iter()
                            .map(|rule| format!("{}, {}{}", rule.gives, if rule.when == "in every other case" { "" } else { "if " }, rule.when));
                        section.blocks.push(Block::List(rules.collect()));
                    }
                }
            }
            MethodStep::Table { rows, row, columns, column } => {
                let hidden = if self.is_redacted { "hidden" } else { "not settled" };
                let at = |at: &Option<String>| at.clone().unwrap_or_else(|| hidden.to_owned());
                section.says(format!("By the table: {rows} is {}, {columns} is {}. That gives {gives}.", at(row), at(column)));
            }
            MethodStep::Highest(steps) => {
                let (nothing, some): (Vec<_>, Vec<_>) = steps.iter().partition(|(_, gives)| *gives == ["nothing"]);
                let steps: Vec<_> = some.iter().map(|(title, gives)| format!("{title} ({})", listed(gives, "or"))).collect();
                if nothing.is_empty() || !some.is_empty() {
                    section.says(format!("The most intensive result of any step counts: {}.", listed(&steps, "and")));
                }
                section.says(format!("That gives {gives}."));
            }
            MethodStep::Bands { of, range, bands } => {
                let at = range.map_or_else(|| "not settled".to_owned(), span);
                let bands = bands.iter().map(|band| match band.from {
                    Some(from) => format!("{} from {from}", band.gives),
                    None => format!("{} below that", band.gives),
                });
                section.says(format!("By {of}, which is {at}: {}. That gives {gives}.", bands.collect::<Vec<_>>().join(", ")));
            }
        }
        if let Some(default) = &decision.default {
            section.says(format!("If nothing else decides, it is {default}."));
        }
    }

    /// What was before and after each override that applied, or may have; the names of the others.
    pub(super) fn overrides(&self, steps: &[OverrideStep], moved: &str, section: &mut Section) {
        let caption = format!("Overrides of the {moved}");
        if self.is_redacted {
            let changed = steps.iter().filter(|step| step.before != step.after);
            let entries: Vec<_> = changed.map(|step| (listed(&step.before, "or"), listed(&step.after, "or"))).collect();
            if !entries.is_empty() {
                section.blocks.push(Block::Table(Table::pairs(caption, ["Before", "After"], entries)));
            }
            return;
        }
        let (others, concerned): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step.applies == Some(false));
        let entries: Vec<_> = concerned
            .iter()
            .map(|step| {
                let head = Head { title: step.id.clone(), remarks: Vec::new(), sources: step.sources.clone() };
                let after = match step.applies {
                    None => format!("{}: it may apply, and depends on what is not known", listed(&step.after, "or")),
                    Some(_) if step.before == step.after => format!("{}, as it was", listed(&step.after, "or")),
                    Some(_) => listed(&step.after, "or"),
                };
                let rule = format!("If {}, the {moved} {}.", step.when, step.action);
                (head, vec![rule, sentence(&step.reason), listed(&step.before, "or"), after])
            })
            .collect();
        if !entries.is_empty() {
            section.blocks.push(Block::Table(Table::labelled(&caption, &["Override", "Rule", "Reason", "Before", "After"], entries)));
        }
        if !others.is_empty() {
            let (closed, others): (Vec<_>, Vec<_>) = others.iter().partition(|step| step.holds == Some(true));
            let named = |steps: &[&&OverrideStep]| listed(&steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), "and");
            if !closed.is_empty() {
                section.says(format!("Overrides of the {moved} passed over, as one before them was final: {}.", named(&closed)));
            }
            if !others.is_empty() {
                section.says(format!("Overrides of the {moved} that do not apply: {}.", named(&others)));
            }
        }
    }

    pub(super) fn flags(&self) -> Option<Section> {
        let mut section = Section::new("flags", "Also pointed out");
        let mut items = Vec::new();
        for (raised, says) in [(Some(true), "Yes"), (None, "Not settled"), (Some(false), "No")] {
            let titles: Vec<_> = self.steps.flags.iter().filter(|flag| flag.raised == raised).map(|flag| flag.title.as_str()).collect();
            if !titles.is_empty() {
                items.push(format!("{says}: {}.", titles.join("; ")));
            }
        }
        section.blocks.push(Block::List(items));
        (!self.steps.flags.is_empty()).then_some(section)
    }
}
