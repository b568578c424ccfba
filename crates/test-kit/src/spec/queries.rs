//! What follows from a spec: names looked up, what may be absent or unknown, and everything that is read.

use super::{
    Action, Against, Axis, Body, Cell, Condition, Criterion, Derivation, Derived, Dimension, Form,
    Group, Input, Missing, Moment, NamedDecision, Spec, Subject, Test,
};

impl Spec {
    /// Returns the declared input of this name, or `None` if there is none.
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// Returns the derived input of this name, or `None` if there is none.
    pub fn derived(&self, name: &str) -> Option<&Derived> {
        self.derived.iter().find(|derived| derived.name == name)
    }

    /// Returns the criterion of this name, or `None` if there is none.
    pub fn criterion(&self, name: &str) -> Option<&Criterion> {
        self.criteria
            .iter()
            .find(|criterion| criterion.name == name)
    }

    /// Returns the group of this name, or `None` if there is none.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// Returns the dimension of this name, or `None` if there is none.
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        self.dimensions
            .iter()
            .find(|dimension| dimension.name == name)
    }

    /// Returns the named decision of this name, or `None` if there is none.
    pub fn named_decision(&self, name: &str) -> Option<&NamedDecision> {
        self.decisions.iter().find(|decision| decision.name == name)
    }

    /// Returns whether the input, declared or derived, may be absent when it is scored.
    pub fn may_be_absent(&self, name: &str) -> bool {
        self.may_be(name, &Missing::Absent)
    }

    /// Returns whether the input, declared or derived, may be unknown when it is scored.
    pub fn may_be_unknown(&self, name: &str) -> bool {
        self.may_be(name, &Missing::Unknown)
    }

    fn may_be(&self, name: &str, missing: &Missing) -> bool {
        match self.derived(name) {
            Some(derived) => derived
                .parts()
                .iter()
                .any(|part| self.may_be(part, missing)),
            None => self
                .input(name)
                .is_some_and(|input| input.missing == *missing),
        }
    }

    /// Returns whether some override replaces the dimension's score.
    pub fn score_may_be_replaced(&self, dimension: &str) -> bool {
        self.overrides.iter().any(|rule| {
            rule.dimension.as_deref() == Some(dimension)
                && matches!(
                    rule.action,
                    Action::Fix {
                        points: Some(_),
                        ..
                    }
                )
        })
    }

    /// Returns whether the decision comes after the overrides of the tier: it reads the tier or status, or a decision that does.
    pub fn is_late(&self, decision: &NamedDecision) -> bool {
        decision
            .form
            .subjects()
            .iter()
            .any(|subject| match subject {
                Subject::Tier | Subject::Status => true,
                Subject::Decision(name) => self
                    .named_decision(name)
                    .is_some_and(|read| self.is_late(read)),
                _ => false,
            })
    }

    /// Returns whether a decision of this form may give nothing.
    pub fn may_give_nothing(&self, form: &Form) -> bool {
        match form {
            Form::Rules(rules) => rules.last().is_none_or(|rule| rule.when.is_some()),
            Form::Table { cells, .. } => cells
                .iter()
                .flatten()
                .any(|cell| matches!(cell, Cell::Nothing)),
            Form::Highest { steps, default } => {
                let gives_nothing = |step: &String| {
                    let decision = self.named_decision(step).expect("a step is a decision");
                    self.may_give_nothing(&decision.form)
                };
                default.is_none() && steps.iter().all(gives_nothing)
            }
            Form::Bands { .. } => false,
        }
    }

    /// Returns every criterion body, with the branches of each `choose`.
    pub fn bodies(&self) -> Vec<&Body> {
        self.criteria
            .iter()
            .flat_map(|criterion| criterion.body.parts())
            .collect()
    }

    /// Returns every comparison anywhere in the matrix.
    pub fn comparisons(&self) -> Vec<(&Subject, &Test)> {
        let mut conditions: Vec<&Condition> = Vec::new();
        for check in &self.checks {
            conditions.extend(&check.when);
            conditions.push(&check.require);
        }
        for body in self.bodies() {
            match body {
                Body::When { when, .. } => conditions.push(when),
                Body::Choose(branches) => {
                    conditions.extend(branches.iter().filter_map(|branch| branch.when.as_ref()))
                }
                _ => {}
            }
        }
        for levels in self
            .dimensions
            .iter()
            .filter_map(|dimension| dimension.levels.as_ref())
        {
            conditions.extend(levels.cases.iter().filter_map(|case| case.when.as_ref()));
        }
        for form in self.forms() {
            if let Form::Rules(rules) = form {
                conditions.extend(rules.iter().filter_map(|rule| rule.when.as_ref()));
            }
        }
        conditions.extend(self.overrides.iter().map(|rule| &rule.when));
        conditions.extend(self.flags.iter().map(|flag| &flag.when));
        conditions
            .into_iter()
            .flat_map(Condition::comparisons)
            .collect()
    }

    /// Returns the forms of the named decisions and of the decision.
    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        self.decisions
            .iter()
            .map(|decision| &decision.form)
            .chain(&self.decision)
    }

    /// Returns the axes of every table.
    pub fn axes(&self) -> impl Iterator<Item = &Axis> {
        self.forms().flat_map(|form| match form {
            Form::Table { rows, columns, .. } => vec![rows, columns],
            _ => Vec::new(),
        })
    }
}

impl Derived {
    /// Returns the names of the inputs that it is worked out from.
    pub fn parts(&self) -> Vec<&str> {
        match &self.derivation {
            Derivation::Sum(inputs) => inputs.iter().map(String::as_str).collect(),
            Derivation::Between { first, second, .. } => [first, second]
                .into_iter()
                .filter_map(|moment| match moment {
                    Moment::AsAt => None,
                    Moment::Input(name) => Some(name.as_str()),
                })
                .collect(),
        }
    }
}

impl Body {
    /// Returns the body and, for a `choose`, the bodies of its branches.
    fn parts(&self) -> Vec<&Body> {
        let mut parts = vec![self];
        if let Body::Choose(branches) = self {
            parts.extend(branches.iter().map(|branch| &branch.body));
        }
        parts
    }
}

impl Condition {
    /// Returns every comparison in it.
    pub fn comparisons(&self) -> Vec<(&Subject, &Test)> {
        match self {
            Condition::All(parts) | Condition::Any(parts) | Condition::Together(parts) => {
                parts.iter().flat_map(Condition::comparisons).collect()
            }
            Condition::Not(part) => part.comparisons(),
            Condition::Compare(subject, test) => vec![(subject, test)],
            Condition::Missing(_) | Condition::Known(_) => Vec::new(),
        }
    }
}

impl Form {
    /// Returns everything that the condition reads, except inputs of which it asks only whether they are missing or known.
    fn subjects(&self) -> Vec<Subject> {
        match self {
            Form::Rules(rules) => {
                let conditions = rules.iter().filter_map(|rule| rule.when.as_ref());
                let comparisons = conditions.flat_map(Condition::comparisons);
                comparisons
                    .flat_map(|(subject, test)| [Some(subject.clone()), test.other_decision()])
                    .flatten()
                    .collect()
            }
            Form::Table { rows, columns, .. } => {
                vec![rows.subject.clone(), columns.subject.clone()]
            }
            Form::Highest { steps, .. } => steps.iter().cloned().map(Subject::Decision).collect(),
            Form::Bands { of, .. } => vec![of.clone()],
        }
    }
}

impl Test {
    /// Returns the decision that a decision is compared with.
    fn other_decision(&self) -> Option<Subject> {
        match self {
            Test::AtLeast(Against::Decision(name))
            | Test::AtMost(Against::Decision(name))
            | Test::Above(Against::Decision(name))
            | Test::Below(Against::Decision(name)) => Some(Subject::Decision(name.clone())),
            _ => None,
        }
    }
}
