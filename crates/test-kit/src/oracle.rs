//! A naive scorer, written straight from `FORMAT.md`: plain recursion over the spec, nothing compiled, nothing shared.

mod conditions;
mod decisions;
mod inputs;
mod points;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::spec::{Action, Item, Override, Spec};
use crate::value::Profile;
use decisions::Order;

/// The result of scoring a profile.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The profile is refused, for each of these reasons.
    Refused(Vec<Reason>),
    /// The profile is scored.
    Scored(Outcome),
}

/// Why a profile is refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// An input with `missing: error` has no value.
    MissingValue(String),
    /// A value outside what its input allows.
    WrongValue(String),
    /// A check, by its id.
    Check(String),
    /// A cell marked impossible, by the name of the decision (`decision` for the one that gives the tier).
    Impossible(String),
}

/// What a profile scores.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The tier, or `None` if the result is a status or nothing.
    pub tier: Option<String>,
    /// The status, or `None` if the result is a tier or nothing.
    pub status: Option<String>,
    /// What each dimension comes to, by its name.
    pub dimensions: BTreeMap<String, DimensionOutcome>,
    /// The points of each criterion and group, except those that an override replaced.
    pub points: BTreeMap<String, Decimal>,
    /// Whether each flag is raised, by its id.
    pub flags: BTreeMap<String, bool>,
    /// The result of each named decision. `None` means that it gave nothing.
    pub decisions: BTreeMap<String, Option<String>>,
}

/// What one dimension comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct DimensionOutcome {
    /// The score after overrides.
    pub score: Decimal,
    /// The score as the scale gives it, or `None` if the dimension has no scale.
    pub scaled: Option<Decimal>,
    /// The level, or `None` if the dimension has no levels.
    pub level: Option<String>,
}

/// Scores a profile that has a value for every input with `missing: unknown`.
///
/// # Panics
/// Panics if such a value is missing, because there is then more than one outcome.
pub fn score(spec: &Spec, profile: &Profile, as_at: Date) -> Verdict {
    let values = match inputs::read(spec, profile, as_at) {
        Ok(values) => values,
        Err(reasons) => return Verdict::Refused(reasons),
    };
    let mut scoring = Scoring {
        spec,
        as_at,
        values,
        reasons: Vec::new(),
        outcome: Outcome::default(),
    };
    scoring.check();
    if !scoring.reasons.is_empty() {
        return Verdict::Refused(scoring.reasons);
    }
    match scoring.run() {
        Ok(()) => Verdict::Scored(scoring.outcome),
        Err(reason) => Verdict::Refused(vec![reason]),
    }
}

/// A scoring in progress. Later rules read the outcome so far.
struct Scoring<'s> {
    spec: &'s Spec,
    as_at: Date,
    /// The values of inputs and derived inputs that are present. What is not here is absent.
    values: BTreeMap<String, inputs::Present>,
    reasons: Vec<Reason>,
    outcome: Outcome,
}

impl Scoring<'_> {
    fn check(&mut self) {
        for check in &self.spec.checks {
            let applies = check.when.as_ref().is_none_or(|when| self.holds(when));
            if applies && !self.holds(&check.require) {
                self.reasons.push(Reason::Check(check.id.clone()));
            }
        }
    }

    /// Scores everything after the checks. The first impossible cell ends it, since what reads that decision would have nothing to read.
    fn run(&mut self) -> Result<(), Reason> {
        let spec = self.spec;
        for criterion in &spec.criteria {
            let points = self.body(&criterion.body);
            self.outcome.points.insert(criterion.name.clone(), points);
        }
        for group in &spec.groups {
            let points = self.sum(&group.score);
            self.outcome.points.insert(group.name.clone(), points);
        }
        for dimension in &spec.dimensions {
            let result = self.dimension(dimension);
            self.outcome
                .dimensions
                .insert(dimension.name.clone(), result);
        }
        let replaced = self.override_dimensions();

        self.decide_named(false)?;
        if let Some(form) = &spec.decision
            && let Some(result) = self.result("decision", form)?
        {
            self.give(&result);
        }
        self.override_tier();
        self.decide_named(true)?;
        for flag in &spec.flags {
            let raised = self.holds(&flag.when);
            self.outcome.flags.insert(flag.name.clone(), raised);
        }
        self.leave_out_replaced(&replaced);
        Ok(())
    }

    /// Applies the overrides of dimensions, and names the dimensions whose score they replaced.
    fn override_dimensions(&mut self) -> BTreeSet<String> {
        let spec = self.spec;
        let mut settled: BTreeSet<&str> = BTreeSet::new();
        let mut replaced = BTreeSet::new();
        for rule in &spec.overrides {
            let Some(name) = rule.dimension.as_deref() else {
                continue;
            };
            if settled.contains(name) || !self.holds(&rule.when) {
                continue;
            }
            let levels = spec
                .dimension(name)
                .and_then(|dimension| dimension.levels.as_ref());
            let order = Order(
                &levels
                    .expect("only a dimension with levels is overridden")
                    .names,
            );
            let result = self
                .outcome
                .dimensions
                .get_mut(name)
                .expect("every dimension has a result by now");
            let level = result
                .level
                .as_deref()
                .expect("a dimension with levels has one");
            result.level = Some(order.after(&rule.action, level));
            if let Action::Fix {
                points: Some(points),
                ..
            } = rule.action
            {
                result.score = points;
                result.scaled = None;
                replaced.insert(name.to_owned());
            }
            if rule.is_final {
                settled.insert(name);
            }
        }
        replaced
    }

    fn override_tier(&mut self) {
        let spec = self.spec;
        for rule in spec
            .overrides
            .iter()
            .filter(|rule| rule.dimension.is_none())
        {
            if !self.holds(&rule.when) {
                continue;
            }
            self.apply_to_tier(rule);
            if rule.is_final {
                return;
            }
        }
    }

    fn apply_to_tier(&mut self, rule: &Override) {
        match &rule.action {
            Action::Fix { result, .. } => self.give(result),
            Action::Status(status) => self.give(status),
            action => {
                if let Some(tier) = &self.outcome.tier {
                    self.outcome.tier = Some(Order(&self.spec.tiers).after(action, tier));
                }
            }
        }
    }

    /// Makes a tier or a status the result, in place of whatever it was.
    fn give(&mut self, result: &str) {
        let is_status = self.spec.statuses.iter().any(|status| status == result);
        let result = Some(result.to_owned());
        (self.outcome.tier, self.outcome.status) = if is_status {
            (None, result)
        } else {
            (result, None)
        };
    }

    /// Works out the named decisions that come before the overrides of the tier, or those that come after.
    fn decide_named(&mut self, late: bool) -> Result<(), Reason> {
        let spec = self.spec;
        for decision in spec
            .decisions
            .iter()
            .filter(|decision| spec.is_late(decision) == late)
        {
            let result = self.result(&decision.name, &decision.form)?;
            self.outcome.decisions.insert(decision.name.clone(), result);
        }
        Ok(())
    }

    /// Leaves out the points of what only replaced scores use.
    fn leave_out_replaced(&mut self, replaced: &BTreeSet<String>) {
        let mut gone = BTreeSet::new();
        let mut kept = BTreeSet::new();
        for dimension in &self.spec.dimensions {
            let names = if replaced.contains(&dimension.name) {
                &mut gone
            } else {
                &mut kept
            };
            self.collect_names(&dimension.score, names);
        }
        self.outcome
            .points
            .retain(|name, _| kept.contains(name) || !gone.contains(name));
    }

    /// Collects the criteria and groups in a score, and in the groups of the score.
    fn collect_names(&self, items: &[Item], names: &mut BTreeSet<String>) {
        for item in items {
            match item {
                Item::Named(name) => {
                    names.insert(name.clone());
                    if let Some(group) = self.spec.group(name) {
                        self.collect_names(&group.score, names);
                    }
                }
                Item::Highest(parts) | Item::Lowest(parts) | Item::Capped(parts, _) => {
                    self.collect_names(parts, names)
                }
            }
        }
    }
}
