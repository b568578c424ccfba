//! Tells how levels and answers became a result: the decision, the overrides with what was before and after them, and the flags.

use crate::report::document::tree::{Block, Head, Section, Table};
use crate::report::explanation::ExplanationWriter;
use crate::report::words::{listed, sentence, span};
use crate::score::trace::{DecisionStep, MethodStep, OverrideStep};

impl ExplanationWriter<'_> {
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
        let (nothing, gives): (Vec<_>, Vec<_>) = self
            .steps
            .decisions
            .iter()
            .partition(|step| step.gives == ["nothing"]);
        if !gives.is_empty() {
            section.says("Steps on the way:");
            let steps = gives.iter().map(|step| {
                let why = self
                    .how(step)
                    .map(|how| format!(", as {how}"))
                    .unwrap_or_default();
                format!("{}: {}{why}.", step.title, listed(&step.gives, "or"))
            });
            section.blocks.push(Block::List(steps.collect()));
        }
        if !nothing.is_empty() {
            let titles: Vec<_> = nothing.iter().map(|step| step.title.as_str()).collect();
            section.says(format!("These gave nothing: {}.", titles.join("; ")));
        }
    }

    /// Returns what made a decision come out as it did.
    fn how(&self, decision: &DecisionStep) -> Option<String> {
        Some(match &decision.method {
            MethodStep::Rules(rules) => {
                let may_hold = rules
                    .iter()
                    .filter(|rule| rule.holds != Some(false))
                    .map(|rule| match (rule.title.as_deref(), rule.when.as_str()) {
                        (None, "in every other case") => "no other rule holds".to_owned(),
                        (Some(title), "in every other case") => title.to_owned(),
                        (None, when) => when.to_owned(),
                        (Some(title), when) => format!("{when} ({title})"),
                    });
                let may_hold: Vec<_> = may_hold.collect();
                match may_hold.as_slice() {
                    [] => return None,
                    [only] => only.clone(),
                    several => format!(
                        "it is open which rule holds first: {}",
                        several.join("; or ")
                    ),
                }
            }
            MethodStep::Table {
                rows,
                row,
                columns,
                column,
            } => {
                let at = |axis: &str, at: &Option<String>| match at {
                    Some(at) => format!("{axis} is {at}"),
                    None if self.is_redacted => format!("{axis} is hidden"),
                    None => format!("{axis} is not settled"),
                };
                format!("{} and {}", at(rows, row), at(columns, column))
            }
            MethodStep::Highest(steps) => {
                let some = steps.iter().filter(|(_, gives)| *gives != ["nothing"]);
                let some: Vec<_> = some
                    .map(|(title, gives)| format!("{title} ({})", listed(gives, "or")))
                    .collect();
                if some.is_empty() {
                    return None;
                }
                format!("the most intensive of these counts: {}", some.join("; "))
            }
            MethodStep::Bands { of, range, bands } => {
                let at = range.map_or_else(|| "not settled".to_owned(), span);
                let bands = bands.iter().map(|band| match band.from {
                    Some(from) => format!("{} from {from}", band.gives),
                    None => format!("{} below that", band.gives),
                });
                format!("{of} is {at} ({})", bands.collect::<Vec<_>>().join(", "))
            }
        })
    }

    fn method(&self, decision: &DecisionStep, section: &mut Section) {
        let gives = listed(&decision.gives, "or");
        let how = self
            .how(decision)
            .map(|how| format!(", as {how}"))
            .unwrap_or_default();
        section.says(match &decision.method {
            MethodStep::Rules(_) => {
                format!("The first rule that holds decides. It gives {gives}{how}.")
            }
            MethodStep::Table { .. } => format!("The table gives {gives}{how}."),
            MethodStep::Highest(_) | MethodStep::Bands { .. } => {
                format!("This gives {gives}{how}.")
            }
        });
        if let Some(default) = &decision.default {
            section.says(format!("Where nothing else decides, it is {default}."));
        }
    }

    /// Tells what was before and after each override that applied or may have applied, and names the others.
    pub(super) fn overrides(&self, steps: &[OverrideStep], moved: &str, section: &mut Section) {
        let caption = format!("Overrides of the {moved}");
        if self.is_redacted {
            let changed = steps.iter().map(|step| {
                format!(
                    "An override moved the {moved} from {} to {}.",
                    listed(&step.before, "or"),
                    listed(&step.after, "or")
                )
            });
            changed.for_each(|change| section.says(change));
            return;
        }
        let (others, concerned): (Vec<_>, Vec<_>) =
            steps.iter().partition(|step| step.applies == Some(false));
        let entries: Vec<_> = concerned
            .iter()
            .map(|step| {
                let head = Head {
                    title: step.id.clone(),
                    remarks: Vec::new(),
                    sources: step.sources.clone(),
                };
                let rule = format!(
                    "If {}, the {moved} {}. {}",
                    step.when,
                    step.action,
                    sentence(&step.reason)
                );
                let (before, after) = (listed(&step.before, "or"), listed(&step.after, "or"));
                let effect = match step.applies {
                    None if before == after => "open: it depends on what is not known".to_owned(),
                    None => format!(
                        "from {before} to {after}, if it applies: that depends on what is not known"
                    ),
                    Some(_) if before == after => format!("{after}, as it was before"),
                    Some(_) => format!("from {before} to {after}"),
                };
                (head, vec![rule, effect])
            })
            .collect();
        if !entries.is_empty() {
            section.blocks.push(Block::Table(Table::labelled(
                &caption,
                &["Override", "Rule", "Effect"],
                entries,
            )));
        }
        if !others.is_empty() {
            let (closed, others): (Vec<_>, Vec<_>) =
                others.iter().partition(|step| step.holds == Some(true));
            let named = |steps: &[&&OverrideStep]| {
                listed(
                    &steps
                        .iter()
                        .map(|step| step.id.as_str())
                        .collect::<Vec<_>>(),
                    "and",
                )
            };
            if !closed.is_empty() {
                section.says(format!(
                    "Overrides of the {moved} that were passed over, because one before them was final: {}.",
                    named(&closed)
                ));
            }
            if !others.is_empty() {
                section.says(format!(
                    "Overrides of the {moved} that do not apply: {}.",
                    named(&others)
                ));
            }
        }
    }

    pub(super) fn flags(&self) -> Option<Section> {
        let mut section = Section::new("flags", "Also pointed out");
        let mut items = Vec::new();
        for (raised, says) in [
            (Some(true), "Yes"),
            (None, "Not settled"),
            (Some(false), "No"),
        ] {
            let titles: Vec<_> = self
                .steps
                .flags
                .iter()
                .filter(|flag| flag.raised == raised)
                .map(|flag| flag.title.as_str())
                .collect();
            if !titles.is_empty() {
                items.push(format!("{says}: {}.", titles.join("; ")));
            }
        }
        section.blocks.push(Block::List(items));
        (!self.steps.flags.is_empty()).then_some(section)
    }
}
