//! Tells how levels and answers became a result: the decision, the overrides with what was before and after them, and the flags.

use std::fmt;

use crate::model::named::Effect;
use crate::report::document::cited::Cited;
use crate::report::document::tree::{Block, Head, Section, Table};
use crate::report::explanation::ExplanationWriter;
use crate::report::explanation::missing::value_in_words;
use crate::score::trace::{
    At, AxisStep, Condition, DecisionStep, FlagStep, Given, Method, OverrideRule, OverrideStep,
    Read, RuleStep,
};
use crate::words::{capitalised, is, listed, sentence, span};

impl ExplanationWriter<'_> {
    pub(super) fn decision(&self) -> Option<Section> {
        let mut section = Section::new("decision", "How the result was decided");
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
            .partition(|step| step.gives == [Given::Nothing]);
        if !gives.is_empty() {
            section.says("Worked out on the way, or beside the result:");
            let steps = gives.iter().map(|step| match self.read_by_rules(step) {
                Some(read) => format!("{}: {}. {read}", step.title, came_out(step)),
                None => format!("{}: {}.", step.title, came_out(step)),
            });
            section.blocks.push(Block::List(steps.collect()));
        }
        if !nothing.is_empty() {
            let titles: Vec<_> = nothing.iter().map(|step| step.title).collect();
            section.says(format!("These gave nothing: {}.", titles.join("; ")));
        }
    }

    fn method(&self, decision: &DecisionStep<'_>, section: &mut Section) {
        let came_out = came_out(decision);
        section.says(match &decision.method {
            Method::Rules(_) => format!("The first rule that holds decides. It gives {came_out}."),
            Method::Table { .. } => format!("The table gives {came_out}."),
            Method::Highest(_) | Method::Bands { .. } => format!("This gives {came_out}."),
        });
        section
            .blocks
            .extend(self.read_by_rules(decision).map(Block::Says));
        if decision.default != Given::Nothing {
            let default = decision.default;
            section.says(format!("Where nothing else decides, it is {default}."));
        }
    }

    /// Returns what the rules read that were looked at, up to the one that decides.
    fn read_by_rules(&self, decision: &DecisionStep<'_>) -> Option<String> {
        let Method::Rules(rules) = &decision.method else {
            return None;
        };
        let conditions = rules.iter().filter_map(|rule| rule.when);
        let names: Vec<&str> = conditions.flat_map(|when| when.inputs()).collect();
        let inputs = self.steps.inputs.iter();
        let read = inputs.filter(|input| names.contains(&input.name));
        let read: Vec<String> = read
            .map(|input| format!("{} ({})", input.title, value_in_words(input)))
            .collect();
        (!read.is_empty()).then(|| format!("The rules up to there read: {}.", read.join("; ")))
    }

    /// Tells what was before and after each override that applied or may have applied, and names the others.
    pub(super) fn overrides(&self, steps: &[OverrideStep<'_>], moved: &str, section: &mut Section) {
        let mut entries = Vec::new();
        let (mut closed, mut others) = (Vec::new(), Vec::new());
        for step in steps {
            let ends = (listed(&step.before, "or"), listed(&step.after, "or"));
            match (&step.rule, step.applies, step.holds) {
                (None, ..) => section.says(format!(
                    "An override moved the {moved} from {} to {}.",
                    ends.0, ends.1
                )),
                (Some(rule), Some(false), Some(true)) => closed.push(self.override_title(rule)),
                (Some(rule), Some(false), _) => others.push(self.override_title(rule)),
                (Some(rule), ..) => entries.push(self.concerned(rule, step, moved, ends)),
            }
        }
        if !entries.is_empty() {
            section.blocks.push(Block::Table(Table::labelled(
                &format!("Overrides of the {moved}"),
                &["Override", "Rule", "Effect"],
                entries,
            )));
        }
        if !closed.is_empty() {
            section.says(format!(
                "Overrides of the {moved} that were passed over, because one before them was final: {}.",
                closed.join("; ")
            ));
        }
        if !others.is_empty() {
            section.says(format!(
                "Overrides of the {moved} that do not apply: {}.",
                others.join("; ")
            ));
        }
    }

    /// Returns the title of an override or, where it has none, its id as words.
    pub(super) fn override_title(&self, rule: &OverrideRule<'_>) -> String {
        let mut own = self.matrix.model().overrides.items().iter();
        let own = own.find(|own| own.heading.name == rule.id);
        own.and_then(|own| own.heading.title.clone())
            .unwrap_or_else(|| capitalised(&rule.id.replace('-', " ")))
    }

    /// Returns an override that applied or may have applied, with its rule and what it changed.
    fn concerned(
        &self,
        rule: &OverrideRule<'_>,
        step: &OverrideStep<'_>,
        moved: &str,
        (before, after): (String, String),
    ) -> (Head, Vec<String>) {
        let head = Head {
            title: self.override_title(rule),
            remarks: Vec::new(),
            sources: Cited::of(self.matrix, &rule.sources),
        };
        let says = format!(
            "If {}, the {moved} {}. {}",
            rule.when,
            rule.effect,
            sentence(rule.reason)
        );
        let changes = match (step.applies, step.changes()) {
            (None, false) if step.after.len() == 1 => {
                format!("{after}, whether it applies or not")
            }
            (None, false) => "open: it depends on what is not known".to_owned(),
            (None, true) => format!(
                "open: {before} without it, and {after} with what it may change; whether it applies depends on what is not known"
            ),
            (Some(_), false) => format!("{after}, as it was before"),
            (Some(_), true) => format!("from {before} to {after}"),
        };
        let changes = match rule.effect {
            Effect::IsWithScore { points, .. } if step.applies == Some(true) => {
                format!("{changes}; the score is replaced by {points}")
            }
            _ => changes,
        };
        (head, vec![says, changes])
    }

    /// Returns what is pointed out, or may have to be. A flag that is not raised has nothing to say.
    pub(super) fn flags(&self) -> Option<Section> {
        let mut section = Section::new("flags", "Also pointed out");
        let flags = self.steps.flags.iter();
        let (raised, open): (Vec<_>, Vec<_>) = flags
            .filter(|flag| flag.raised != Some(false))
            .partition(|flag| flag.raised.is_some());
        let raised = raised.iter().map(|flag: &&FlagStep<'_>| self.raised(flag));
        let open = open.iter().map(|flag: &&FlagStep<'_>| {
            format!(
                "This depends on what is not known. {}",
                sentence(flag.title)
            )
        });
        let items: Vec<String> = raised.chain(open).collect();
        let is_empty = items.is_empty();
        section.blocks.push(Block::List(items));
        (!is_empty).then_some(section)
    }

    /// Returns the title of a flag that is raised, and what was not recorded if it is raised for that.
    fn raised(&self, flag: &FlagStep<'_>) -> String {
        let is_absent = |title: &str| {
            let mut inputs = self.steps.inputs.iter();
            inputs.any(|input| input.title == title && input.read == Read::Absent)
        };
        let missing = flag.when.iter().flat_map(Condition::asked_missing);
        let missing: Vec<&str> = missing.filter(|title| is_absent(title)).collect();
        match missing.as_slice() {
            [] => sentence(flag.title),
            missing => format!(
                "{}. This is because nothing is recorded for: {}.",
                flag.title.trim_end_matches('.'),
                missing.join("; ")
            ),
        }
    }
}

/// Returns what a decision gives and why, such as "medium, as Frequency is medium" or "low if Released is yes, else nothing".
fn came_out(decision: &DecisionStep<'_>) -> String {
    let gives = listed(&decision.gives, "or");
    if let Method::Rules(rules) = &decision.method {
        let mut may_hold = may_decide(decision, rules);
        if let (Some(only), None) = (may_hold.next(), may_hold.next())
            && only.holds.is_none()
        {
            return match decision.gives.as_slice() {
                [_] => gives,
                _ => format!(
                    "{} if {}, else {}",
                    only.gives,
                    rule_in_words(only),
                    decision.default
                ),
            };
        }
    }
    match how(decision) {
        Some(how) => format!("{gives}, as {how}"),
        None => gives,
    }
}

/// Returns what made a decision come out as it did.
pub(super) fn how(decision: &DecisionStep<'_>) -> Option<String> {
    Some(match &decision.method {
        Method::Rules(rules) => {
            let may_hold: Vec<String> = may_decide(decision, rules).map(rule_in_words).collect();
            match may_hold.as_slice() {
                [] => return None,
                [only] => only.clone(),
                several => format!(
                    "it is open which rule holds first: {}",
                    several.join("; or ")
                ),
            }
        }
        Method::Table { rows, columns } => {
            let at = |axis: &AxisStep<'_>| is(&axis.reads.to_string(), &axis.at);
            format!("{} and {}", at(rows), at(columns))
        }
        Method::Highest(steps) => {
            let some = steps.iter().filter(|step| step.gives != [Given::Nothing]);
            let some: Vec<_> = some
                .map(|step| format!("{} ({})", step.title, listed(&step.gives, "or")))
                .collect();
            if some.is_empty() {
                return None;
            }
            format!("the most intensive of these counts: {}", some.join("; "))
        }
        Method::Bands { of, range, bands } => {
            let at = range.map_or_else(|| "not settled".to_owned(), span);
            let bands = bands.iter().map(|band| match band.from {
                Some(from) => format!("{} from {from}", band.gives),
                None => format!("{} below that", band.gives),
            });
            format!("{of} is {at} ({})", bands.collect::<Vec<_>>().join(", "))
        }
    })
}

/// Returns the rules that may be the first that holds: none of those whose result is not possible.
fn may_decide<'s, 'a>(
    decision: &'s DecisionStep<'a>,
    rules: &'s [RuleStep<'a>],
) -> impl Iterator<Item = &'s RuleStep<'a>> {
    let is_possible =
        |rule: &RuleStep<'a>| rule.gives == Given::Nothing || decision.gives.contains(&rule.gives);
    rules
        .iter()
        .filter(move |rule| rule.holds != Some(false) && is_possible(rule))
}

fn rule_in_words(rule: &RuleStep<'_>) -> String {
    match (rule.title, rule.when) {
        (None, None) => "no other rule holds".to_owned(),
        (Some(title), None) => format!("no other rule holds ({title})"),
        (None, Some(when)) => when.to_string(),
        (Some(title), Some(when)) => format!("{when} ({title})"),
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(formatter),
            Self::Number(number) => number.fmt(formatter),
            Self::Level(level) => level.fmt(formatter),
            Self::Given(given) => given.fmt(formatter),
            Self::Absent => formatter.write_str("not in the profile"),
            Self::Open => formatter.write_str("not settled"),
            Self::Hidden => formatter.write_str("hidden"),
        }
    }
}
