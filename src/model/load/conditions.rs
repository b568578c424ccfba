//! Loads conditions: what a name in a condition stands for, and what may be read at each place.

use crate::arena::{ConditionId, DecisionId, DimensionId, Id, InputId};
use crate::diagnostic::{Code, shortened};
use crate::format::tree::{Key, Node};
use crate::model::load::Loader;
use crate::model::load::names::Named;
use crate::model::{Condition, Missing, NumberOf, Test};
use crate::words::either;

/// What the conditions of one place may read, which is only what is evaluated before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// The name of the place for messages, such as "a criterion".
    pub(super) of: &'static str,
    pub(super) points: bool,
    pub(super) dimensions: bool,
    /// How many of the named decisions may be read.
    pub(super) decisions: usize,
    /// Whether named decisions may be read that come after the overrides of the tier, because they read the tier or the status.
    pub(super) late_decisions: bool,
    pub(super) result: bool,
}

impl Scope {
    pub(super) fn inputs(of: &'static str) -> Self {
        Self {
            of,
            points: false,
            dimensions: false,
            decisions: 0,
            late_decisions: false,
            result: false,
        }
    }

    pub(super) fn dimensions(of: &'static str) -> Self {
        Self {
            points: true,
            dimensions: true,
            ..Self::inputs(of)
        }
    }

    pub(super) fn decisions(of: &'static str, decisions: usize) -> Self {
        Self {
            decisions,
            ..Self::dimensions(of)
        }
    }

    pub(super) fn result(of: &'static str, decisions: usize) -> Self {
        Self {
            result: true,
            ..Self::decisions(of, decisions)
        }
    }

    pub(super) fn everything(of: &'static str, decisions: usize) -> Self {
        Self {
            late_decisions: true,
            ..Self::result(of, decisions)
        }
    }

    pub(super) fn allows(self) -> &'static str {
        match self {
            Self {
                result: true,
                late_decisions: false,
                ..
            } => {
                "use only inputs, points, scores, levels, the tier, the status, and the decisions that do not read these two"
            }
            Self { result: true, .. } => {
                "use only inputs, points, scores, levels, the decisions before it, the tier and the status"
            }
            Self { decisions: 1.., .. } => {
                "use only inputs, points, scores, levels and the decisions before it"
            }
            Self {
                dimensions: true, ..
            } => "use only inputs, points, scores and levels",
            _ => "use only inputs",
        }
    }
}

/// What a name in a condition, an axis or the bands of a decision stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reference {
    Input(InputId),
    Number(NumberOf),
    /// A dimension by its bare name, which means its score or its level, depending on how it is compared.
    Dimension(DimensionId),
    Level(DimensionId),
    Decision(DecisionId),
    Tier,
    Status,
}

impl Loader<'_> {
    /// Loads a condition. Where the node is at fault, the result is a condition that always holds.
    pub(super) fn condition(&mut self, node: &Node, scope: Scope) -> ConditionId {
        let mut parts = Vec::new();
        for (key, value) in node.entries() {
            let part = match key.text.as_str() {
                "all" => Some(Test::All(
                    value
                        .items()
                        .iter()
                        .map(|item| self.condition(item, scope))
                        .collect(),
                )),
                "any" => Some(Test::Any(
                    value
                        .items()
                        .iter()
                        .map(|item| self.condition(item, scope))
                        .collect(),
                )),
                "not" => Some(Test::Not(self.condition(value, scope))),
                "known" | "missing" => self.presence(key, value),
                _ => self
                    .reference(key, scope)
                    .and_then(|reference| self.comparison(&key.text, reference, value, scope)),
            };
            match part {
                Some(test) => {
                    parts.push(self.model.conditions.push(Condition::new(test, key.place)))
                }
                None => self.leave_out(key.place),
            }
        }
        if parts.is_empty() {
            self.leave_out(node.place);
        }
        match parts.as_slice() {
            [only] => *only,
            _ => self
                .model
                .conditions
                .push(Condition::new(Test::All(parts), node.place)),
        }
    }

    fn presence(&mut self, key: &Key, value: &Node) -> Option<Test> {
        let input = self.input_named(value)?;
        if self.input(input)?.missing != Missing::Absent {
            let name = value.text().unwrap_or_default();
            let message = format!(
                "`{}` cannot ask about `{name}`, which is never absent",
                key.text
            );
            let help = format!("declare `{name}` with `missing: absent`, or remove the condition");
            self.fault(Code::MissingPolicy, value.place, message, help);
            return None;
        }
        Some(if key.text == "known" {
            Test::Known(input)
        } else {
            Test::Missing(input)
        })
    }

    /// Returns what a name stands for here. It is reported if it stands for nothing, or may not be read here.
    pub(super) fn reference(&mut self, key: &Key, scope: Scope) -> Option<Reference> {
        let (name, part) = match key.text.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (key.text.as_str(), None),
        };
        let reference = match (name, part) {
            ("total", None) => Reference::Number(NumberOf::Total),
            ("tier", None) => Reference::Tier,
            ("status", None) => Reference::Status,
            (_, None) if self.names.inputs.contains_key(name) => {
                Reference::Input(self.names.inputs.get(name).copied()?)
            }
            _ => self.rule_named(key, name, part, scope)?,
        };
        let (allowed, why) = match reference {
            Reference::Input(_) => (true, ""),
            Reference::Number(NumberOf::Criterion(_) | NumberOf::Group(_)) => {
                (scope.points, "the points of criteria and groups come later")
            }
            Reference::Number(_) => (scope.dimensions, "scores come later"),
            Reference::Dimension(_) | Reference::Level(_) => {
                (scope.dimensions, "the dimensions come later")
            }
            Reference::Decision(decision) => match self.comes_later(decision, scope) {
                Some(why) => (false, why),
                None => (true, ""),
            },
            Reference::Tier | Reference::Status => {
                (scope.result, "the tier and the status come later")
            }
        };
        if !allowed {
            let message = format!("{} cannot read `{}`: {why}", scope.of, key.text);
            self.fault(Code::UsedTooEarly, key.place, message, scope.allows());
            return None;
        }
        if reference == Reference::Tier && self.model.tiers.is_empty()
            || reference == Reference::Status && self.model.statuses.is_empty()
        {
            let list = if reference == Reference::Tier {
                "tiers"
            } else {
                "statuses"
            };
            if !self.names.unread.contains(list) {
                self.fault(
                    Code::UndeclaredName,
                    key.place,
                    format!("the matrix has no {list}"),
                    format!("declare `{list}: [ … ]`"),
                );
            }
            return None;
        }
        if matches!(reference, Reference::Tier | Reference::Status) && !self.decides {
            self.fault(
                Code::MissingKey,
                key.place,
                format!(
                    "`{}` is never given: the matrix has no `decision`",
                    key.text
                ),
                "add a `decision` to the matrix, or remove the condition",
            );
            return None;
        }
        match reference {
            Reference::Number(number) => self
                .has_scale(number, &key.text, key.place)
                .then_some(reference),
            _ => Some(reference),
        }
    }

    /// Returns why a decision cannot be read here, if it cannot.
    pub(super) fn comes_later(&self, decision: DecisionId, scope: Scope) -> Option<&'static str> {
        if decision.index() >= scope.decisions {
            Some("that decision comes later")
        } else if !scope.late_decisions && self.is_after_result(decision) {
            Some("that decision reads the tier or the status, and so comes after the overrides")
        } else {
            None
        }
    }

    fn rule_named(
        &mut self,
        key: &Key,
        name: &str,
        part: Option<&str>,
        scope: Scope,
    ) -> Option<Reference> {
        let Some(named) = self.names.rules.get(name).copied() else {
            let of_inputs_only = !scope.points;
            self.undeclared(
                key.place,
                if of_inputs_only {
                    "input"
                } else {
                    "input or rule"
                },
                name,
                |names| {
                    let rules = if of_inputs_only {
                        Vec::new()
                    } else {
                        names.rules_where(|named| !matches!(named, Named::Flag(_)))
                    };
                    names.inputs.keys().cloned().chain(rules).collect()
                },
            );
            return None;
        };
        let reference = match (named, part) {
            (Named::Criterion(id), None | Some("points")) => {
                Reference::Number(NumberOf::Criterion(id))
            }
            (Named::Group(id), None | Some("points")) => Reference::Number(NumberOf::Group(id)),
            (Named::Dimension(id), None) => Reference::Dimension(id),
            (Named::Dimension(id), Some("score")) => Reference::Number(NumberOf::Score(id)),
            (Named::Dimension(id), Some("scaled")) => Reference::Number(NumberOf::Scaled(id)),
            (Named::Dimension(id), Some("level")) => Reference::Level(id),
            (Named::Decision(id), None) => Reference::Decision(id),
            (Named::Flag(_), _) => {
                self.fault(
                    Code::UsedTooEarly,
                    key.place,
                    format!("`{name}` is a flag, and a rule cannot read a flag"),
                    "write out the condition of the flag here",
                );
                return None;
            }
            (_, Some(part)) => {
                let parts: &[&str] = match named {
                    Named::Criterion(_) | Named::Group(_) => &["points"],
                    Named::Dimension(_) => &["score", "scaled", "level"],
                    _ => &[],
                };
                let help = match parts {
                    [] => format!("write `{name}` alone"),
                    parts => {
                        let whole = parts.iter().map(|part| format!("`{name}.{part}`"));
                        format!("write {}", either(whole))
                    }
                };
                self.fault(
                    Code::UndeclaredName,
                    key.place,
                    format!("`{name}` has no part called `{}`", shortened(part)),
                    help,
                );
                return None;
            }
        };
        Some(reference)
    }

    /// Returns whether a condition, or a decision that it reads, depends on the tier or status.
    pub(super) fn reads_result(&self, condition: ConditionId) -> bool {
        match &self.model.conditions[condition].test {
            Test::All(parts) | Test::Any(parts) => {
                parts.iter().any(|part| self.reads_result(*part))
            }
            Test::Not(part) => self.reads_result(*part),
            Test::Result { of, .. } => match of {
                crate::model::ResultOf::Outcome => true,
                crate::model::ResultOf::Decision(decision) => self.is_after_result(*decision),
            },
            Test::Compare { one, other, .. } => {
                self.is_after_result(*one) || self.is_after_result(*other)
            }
            _ => false,
        }
    }

    pub(super) fn is_after_result(&self, decision: DecisionId) -> bool {
        self.model
            .decisions
            .items()
            .get(decision.index())
            .is_some_and(|decision| decision.after_result)
    }
}
