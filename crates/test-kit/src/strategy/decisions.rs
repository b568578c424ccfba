//! Overrides, decisions and flags.

use rust_decimal::Decimal;

use super::conditions::Stage;
use super::{Builder, OWN_VALUES, words};
use crate::bounds;
use crate::spec::{
    Action, Axis, Cell, Condition, Entries, Flag, Form, Kind, NamedDecision, Override, Rule,
    Subject,
};
use crate::value::Value;

impl Builder {
    fn an_override(&mut self, dimension: Option<String>, stage: Stage, action: Action) -> Override {
        self.names_given += 1;
        let id = format!("override-{}", self.names_given);
        let when = self.condition(stage);
        Override {
            id,
            dimension,
            when,
            action,
            is_final: self.choices.chance(25),
        }
    }

    /// Returns a floor, a ceiling or steps.
    fn shift(&mut self, results: &[String]) -> Action {
        let result = self.choices.pick(results).clone();
        match self.choices.below(4) {
            0 => Action::AtLeast(result),
            1 => Action::AtMost(result),
            2 => Action::Up(1 + self.choices.below(2)),
            _ => Action::Down(1 + self.choices.below(2)),
        }
    }

    pub(super) fn dimension_overrides(&mut self) {
        for _ in 0..self.at_most(3, 5) {
            let with_levels: Vec<(String, Vec<String>)> = self
                .spec
                .dimensions
                .iter()
                .filter_map(|dimension| {
                    Some((
                        dimension.name.clone(),
                        dimension.levels.as_ref()?.names.clone(),
                    ))
                })
                .collect();
            if with_levels.is_empty() {
                return;
            }
            let (dimension, names) = self.choices.pick(&with_levels).clone();
            let action = if self.choices.chance(50) {
                let result = self.choices.pick(&names).clone();
                let points = self.choices.chance(50).then(|| self.points());
                Action::Fix { result, points }
            } else {
                self.shift(&names)
            };
            let rule = self.an_override(Some(dimension), Stage::DimensionOverrides, action);
            self.spec.overrides.push(rule);
        }
    }

    /// Adds overrides of the tier, written among those of the dimensions, which come before them all the same.
    pub(super) fn tier_overrides(&mut self) {
        if self.spec.decision.is_none() {
            return;
        }
        let mut place = 0;
        for _ in 0..self.at_most(3, 5) {
            let action = match self.choices.below(6) {
                1 if !self.spec.statuses.is_empty() => {
                    Action::Status(self.choices.pick(&self.spec.statuses).clone())
                }
                0 | 1 => Action::Fix {
                    result: self.choices.pick(&self.spec.tiers).clone(),
                    points: None,
                },
                _ => self.shift(&self.spec.tiers.clone()),
            };
            let rule = self.an_override(None, Stage::AfterDecision, action);
            place += self.choices.below(self.spec.overrides.len() + 1 - place);
            self.spec.overrides.insert(place, rule);
            place += 1;
        }
    }

    pub(super) fn early_decisions(&mut self) {
        for _ in 0..self.at_most(3, 5) {
            let own = self.own_values();
            let form = self.form(
                &own.clone().unwrap_or(self.spec.tiers.clone()),
                own.is_some(),
                true,
            );
            let name = self.fresh_name("step");
            self.spec.decisions.push(NamedDecision {
                name,
                values: own,
                form,
            });
        }
    }

    fn own_values(&mut self) -> Option<Vec<String>> {
        let count = 2 + self.choices.below(2);
        self.choices
            .chance(30)
            .then(|| words(&mut self.choices, &OWN_VALUES, count))
    }

    pub(super) fn decision(&mut self) {
        if self.choices.chance(8) {
            return;
        }
        let form = self.form(&self.spec.tiers.clone(), false, false);
        self.spec.decision = Some(form);
    }

    /// Adds decisions that read the tier, or a decision that does, and so come after the overrides.
    pub(super) fn late_decisions(&mut self) {
        if self.spec.decision.is_none() {
            return;
        }
        for _ in 0..self.at_most(2, 2) {
            let own = self.own_values();
            let results = own.clone().unwrap_or(self.spec.tiers.clone());
            let mut rules = self.rules(&results, Stage::AfterDecision, true);
            let reads_tier = self.tier_comparison();
            let reads_tier = match self.choices.below(3) {
                0 => reads_tier,
                _ => Condition::All(vec![reads_tier, self.condition(Stage::AfterDecision)]),
            };
            let result = self.choices.pick(&results).clone();
            rules.insert(
                0,
                Rule {
                    result,
                    when: Some(reads_tier),
                },
            );
            let name = self.fresh_name("step");
            self.spec.decisions.push(NamedDecision {
                name,
                values: own,
                form: Form::Rules(rules),
            });
        }
    }

    pub(super) fn flags(&mut self) {
        for _ in 0..self.at_most(3, 3) {
            let name = self.fresh_name("flag");
            let when = self.condition(Stage::AfterDecision);
            self.spec.flags.push(Flag { name, when });
        }
    }

    /// Returns a form of a decision. A `named` decision may give nothing. The one that gives the tier may not, but it may give a status.
    fn form(&mut self, results: &[String], own: bool, named: bool) -> Form {
        let steps: Vec<String> = self
            .spec
            .decisions
            .iter()
            .filter(|decision| decision.values.is_none())
            .map(|decision| decision.name.clone())
            .collect();
        match self.choices.below(8) {
            3 | 4 => self
                .table(results, named)
                .unwrap_or_else(|| Form::Rules(self.decision_rules(results, named))),
            5 | 6 if !own && !steps.is_empty() => {
                let steps = self.choices.subset(&steps);
                // A default that no case comes to is refused.
                let may_give_nothing = self.spec.may_give_nothing(&Form::Highest {
                    steps: steps.clone(),
                    default: None,
                });
                let default = (may_give_nothing && (!named || self.choices.chance(30)))
                    .then(|| self.choices.pick(results).clone());
                Form::Highest { steps, default }
            }
            7 if !self.spec.dimensions.is_empty() => self.decision_bands(results),
            _ => Form::Rules(self.decision_rules(results, named)),
        }
    }

    fn decision_rules(&mut self, results: &[String], named: bool) -> Vec<Rule> {
        let mut results = results.to_vec();
        if !named {
            results.extend(self.spec.statuses.clone());
        }
        self.rules(&results, Stage::Decisions, named)
    }

    fn rules(&mut self, results: &[String], stage: Stage, may_give_nothing: bool) -> Vec<Rule> {
        let mut rules = Vec::new();
        for _ in 0..=self.choices.below(4) {
            let result = self.choices.pick(results).clone();
            rules.push(Rule {
                result,
                when: Some(self.condition(stage)),
            });
        }
        if !may_give_nothing || self.choices.chance(40) {
            rules.push(Rule {
                result: self.choices.pick(results).clone(),
                when: None,
            });
        }
        rules
    }

    fn decision_bands(&mut self, results: &[String]) -> Form {
        let numbers: Vec<Subject> = self
            .score_subjects()
            .into_iter()
            .filter(|subject| !matches!(subject, Subject::Points { .. }))
            .collect();
        let of = self.choices.pick(&numbers).clone();
        let range = bounds::subject(&self.spec, &of).expect("a number");
        let mut cuts = self.cuts(range.low, range.high, self.score_unit(), results.len() - 1);
        cuts.reverse();
        let given = results.iter().cloned();
        let froms = cuts.iter().copied().map(Some).chain([None]);
        Form::Bands {
            of,
            bands: given.zip(froms).collect(),
        }
    }

    fn table(&mut self, results: &[String], named: bool) -> Option<Form> {
        let axes = self.axes();
        if axes.len() < 2 {
            return None;
        }
        let chosen = self.choices.some(&axes, 2);
        let [rows, columns] = <[Axis; 2]>::try_from(chosen).expect("two were asked for");
        let mut results = results.to_vec();
        if !named {
            results.extend(self.spec.statuses.clone());
        }
        let mut cells = Vec::new();
        for _ in 0..rows.entries.len() {
            let row = (0..columns.entries.len()).map(|_| match self.choices.below(20) {
                18 if named => Cell::Nothing,
                19 => Cell::Impossible,
                _ => Cell::Gives(self.choices.pick(&results).clone()),
            });
            cells.push(row.collect());
        }
        Some(Form::Table {
            rows,
            columns,
            cells,
        })
    }

    /// Returns what a table can be about: whatever always has a value.
    fn axes(&mut self) -> Vec<Axis> {
        let mut axes = Vec::new();
        for input in self.spec.inputs.clone() {
            let subject = Subject::Input(input.name.clone());
            if self.spec.may_be_absent(&input.name) {
                continue;
            }
            let texts = |values: Vec<String>| values.into_iter().map(Value::Text).collect();
            let entries = match input.kind {
                Kind::Level(values) => Entries::Values(texts(self.turned(values))),
                Kind::Category(values) => {
                    Entries::Values(texts(self.choices.some(&values, values.len())))
                }
                Kind::Boolean => {
                    Entries::Values(self.turned(vec![Value::Boolean(true), Value::Boolean(false)]))
                }
                Kind::Integer { .. } => self.axis_cuts(&subject, Decimal::ONE),
                Kind::Decimal { places, .. } => self.axis_cuts(&subject, Decimal::new(1, places)),
                Kind::Set(_) | Kind::Date { .. } => continue,
            };
            axes.push(Axis { subject, entries });
        }
        for subject in self.score_subjects() {
            let entries = self.axis_cuts(&subject, self.score_unit());
            axes.push(Axis { subject, entries });
        }
        for dimension in self.spec.dimensions.clone() {
            if let Some(levels) = dimension.levels.clone() {
                let qualified = self.has_two_meanings(&dimension);
                let names = self
                    .turned(levels.names)
                    .into_iter()
                    .map(Value::Text)
                    .collect();
                let subject = Subject::Level {
                    name: dimension.name,
                    qualified,
                };
                axes.push(Axis {
                    subject,
                    entries: Entries::Values(names),
                });
            }
        }
        for decision in self.spec.decisions.clone() {
            let results = decision.values.unwrap_or(self.spec.tiers.clone());
            let mut results: Vec<Option<String>> = results.into_iter().map(Some).collect();
            if self.spec.may_give_nothing(&decision.form) {
                results.push(None);
            }
            axes.push(Axis {
                subject: Subject::Decision(decision.name),
                entries: Entries::Results(results),
            });
        }
        axes
    }

    /// Returns the list, or the list from its other end.
    fn turned<T>(&mut self, mut list: Vec<T>) -> Vec<T> {
        if self.choices.chance(40) {
            list.reverse();
        }
        list
    }

    /// Returns cut-offs of an axis, descending to the least number that there can be.
    fn axis_cuts(&mut self, subject: &Subject, unit: Decimal) -> Entries {
        let range = bounds::subject(&self.spec, subject).expect("a number");
        let most = 1 + self.choices.below(2);
        let cuts = self.cuts(range.low, range.high, unit, most);
        Entries::Cuts([range.low].into_iter().chain(cuts).rev().collect())
    }

    /// Returns every score, scaled number and points that are always there, and the total.
    fn score_subjects(&self) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for dimension in &self.spec.dimensions {
            let name = dimension.name.clone();
            subjects.push(Subject::Score {
                qualified: self.has_two_meanings(dimension),
                name: name.clone(),
            });
            if dimension.scale.is_some() && !self.spec.score_may_be_replaced(&name) {
                subjects.push(Subject::Scaled(name));
            }
        }
        if !self.spec.dimensions.is_empty() {
            subjects.push(Subject::Total);
        }
        for criterion in &self.spec.criteria {
            let name = criterion.name.clone();
            subjects.push(Subject::Points {
                qualified: self.needs_suffix(&name),
                name,
            });
        }
        subjects
    }
}

impl Entries {
    fn len(&self) -> usize {
        match self {
            Entries::Values(values) => values.len(),
            Entries::Results(results) => results.len(),
            Entries::Cuts(cuts) => cuts.len(),
        }
    }
}
