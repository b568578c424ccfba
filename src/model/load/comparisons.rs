//! Loads comparisons of one name of a condition with a value, some values, a range or a place in an order.

use crate::arena::{DecisionId, DimensionId, InputId};
use crate::date::Unit;
use crate::diagnostic::{Code, shortened};
use crate::format::shape::not_a_number;
use crate::format::tree::{Key, Kind, Node};
use crate::model::load::conditions::{Reference, Scope};
use crate::model::load::names::Named;
use crate::model::load::{Loader, a_type};
use crate::model::{
    Condition, Domain, Limit, NOTHING, NumberOf, Order, Positions, Quantifier, ResultOf, Test,
};
use crate::number::{self, Points};
use crate::words::either;

const ORDERS: [(&str, Order); 4] = [
    ("at_least", Order::AtLeast),
    ("at_most", Order::AtMost),
    ("above", Order::Above),
    ("below", Order::Below),
];

impl Loader<'_> {
    pub(super) fn comparison(
        &mut self,
        name: &str,
        reference: Reference,
        node: &Node,
        scope: Scope,
    ) -> Option<Test> {
        if matches!(node.kind, Kind::Refused) {
            return None;
        }
        match reference {
            Reference::Input(input) => self.input_comparison(name, input, node),
            Reference::Number(number) => self.number_comparison(name, number, node),
            Reference::Dimension(dimension) => {
                if self.leaves_open(name, dimension, node) {
                    return None;
                }
                if self.names_levels(dimension, node) {
                    self.level_comparison(name, dimension, node)
                } else {
                    self.number_comparison(name, NumberOf::Score(dimension), node)
                }
            }
            Reference::Level(dimension) => self.level_comparison(name, dimension, node),
            Reference::Decision(decision) => {
                self.result_comparison(name, ResultOf::Decision(decision), node, scope)
            }
            Reference::Tier => self.result_comparison(name, ResultOf::Outcome, node, scope),
            Reference::Status => {
                let statuses = self.model.statuses.clone();
                let offset = self.model.tiers.len();
                let among = self.positions(name, node, &statuses, offset)?;
                Some(Test::Result {
                    of: ResultOf::Outcome,
                    among,
                })
            }
        }
    }

    /// Returns whether each key of a comparison is one of these, and reports those that are not.
    fn only_keys(&mut self, name: &str, what: &str, node: &Node, allowed: &[&str]) -> bool {
        let mut sound = !node.entries().is_empty();
        for (key, _) in node.entries() {
            if !allowed.contains(&key.text.as_str()) {
                sound = false;
                self.fault(
                    Code::WrongComparison,
                    key.place,
                    format!("`{}` does not suit `{name}`, which is {what}", key.text),
                    wanted(allowed),
                );
            }
        }
        sound
    }

    fn input_comparison(&mut self, name: &str, input: InputId, node: &Node) -> Option<Test> {
        let domain = self.input(input)?.domain.clone();
        if let Domain::Set { .. } = domain {
            return self.set_comparison(name, input, &domain, node);
        }
        if node.entries().is_empty() {
            let items = single_or_list(node);
            let values: Vec<_> = items
                .iter()
                .map(|item| self.value_of(item, name, &domain))
                .collect();
            let mut values: Vec<i64> = values.into_iter().collect::<Option<_>>()?;
            values.sort_unstable();
            values.dedup();
            return (!values.is_empty()).then_some(Test::InputIn { input, values });
        }
        let what = a_type(&domain);
        match domain {
            Domain::Number { .. } | Domain::Date { .. } => {
                if !self.only_keys(name, &what, node, &["from", "below"]) {
                    return None;
                }
                let (from, below) = (
                    self.limit(name, &domain, node.get("from")),
                    self.limit(name, &domain, node.get("below")),
                );
                let (from, below) = (from.ok()?, below.ok()?);
                self.reachable_range(name, &domain, node, from, below);
                Some(Test::InputRange { input, from, below })
            }
            Domain::Level { .. } => {
                if !self.only_keys(name, &what, node, &["at_least", "at_most"]) {
                    return None;
                }
                let mut ends = [None, None];
                for (end, key) in ends.iter_mut().zip(["at_least", "at_most"]) {
                    if let Some(value) = node.get(key) {
                        *end = Some(self.value_of(value, name, &domain)?);
                    }
                }
                let [from, to] = ends;
                Some(Test::InputRange {
                    input,
                    from: from.map(Limit::Fixed),
                    below: to.map(|to| Limit::Fixed(to + 1)),
                })
            }
            Domain::Category { .. } | Domain::Boolean | Domain::Set { .. } => {
                self.only_keys(name, &what, node, &[]);
                None
            }
        }
    }

    /// Loads an end of a range of numbers or dates. Returns `Err` if it is at fault.
    fn limit(
        &mut self,
        name: &str,
        domain: &Domain,
        node: Option<&Node>,
    ) -> Result<Option<Limit>, ()> {
        let Some(node) = node else { return Ok(None) };
        if node.text().is_some() {
            let fixed = match domain {
                Domain::Number { places, .. } => self.number_of(node, name, *places),
                _ => self.value_of(
                    node,
                    name,
                    &Domain::Date {
                        from: i64::MIN,
                        to: i64::MAX,
                    },
                ),
            };
            return fixed.map(|fixed| Some(Limit::Fixed(fixed))).ok_or(());
        }
        if !matches!(domain, Domain::Date { .. }) {
            self.fault(
                Code::WrongComparison,
                node.place,
                format!("`{name}` is not a date"),
                "compare it with a number",
            );
            return Err(());
        }
        let units = [
            ("years_ago", Unit::Years),
            ("months_ago", Unit::Months),
            ("days_ago", Unit::Days),
        ];
        let ago = units
            .into_iter()
            .find_map(|(key, unit)| Some((node.get(key)?.text()?.parse().ok()?, unit)));
        let limit = ago
            .map(|(count, unit)| Limit::Ago { count, unit })
            .ok_or(())?;
        if !self.model.moving.contains(&limit) {
            self.model.moving.push(limit);
        }
        Ok(Some(limit))
    }

    fn reachable_range(
        &mut self,
        name: &str,
        domain: &Domain,
        node: &Node,
        from: Option<Limit>,
        below: Option<Limit>,
    ) {
        let (least, most) = domain.bounds();
        let (from, below) = (from.and_then(Limit::fixed), below.and_then(Limit::fixed));
        let never = from.is_some_and(|from| from > most)
            || below.is_some_and(|below| below <= least)
            || matches!((from, below), (Some(from), Some(below)) if below <= from);
        if never {
            let help = match (from, below) {
                (Some(from), Some(below)) if below <= from => {
                    "write the smaller as `from`, and the larger as `below`".to_owned()
                }
                _ => format!(
                    "write a range within {} to {}, or change the range of `{name}`",
                    domain.text_of(least),
                    domain.text_of(most)
                ),
            };
            self.fault(
                Code::Unreachable,
                node.place,
                format!("no value of `{name}` is in this range"),
                help,
            );
        }
    }

    fn set_comparison(
        &mut self,
        name: &str,
        input: InputId,
        domain: &Domain,
        node: &Node,
    ) -> Option<Test> {
        if !self.only_keys(name, "a set", node, &["has", "has_any", "has_all", "count"]) {
            if node.entries().is_empty() {
                let help = match node.text() {
                    Some(text) => format!("write `{{ has: {} }}`", shortened(text)),
                    None => "write `{ has_any: [ … ] }` or `{ has_all: [ … ] }`".to_owned(),
                };
                self.fault(
                    Code::WrongComparison,
                    node.place,
                    format!("`{name}` is a set, and can only be asked about its members"),
                    help,
                );
            }
            return None;
        }
        let mut tests = Vec::new();
        for (key, value) in node.entries() {
            let (quantifier, single) = match key.text.as_str() {
                "has" => (Quantifier::All, true),
                "has_all" => (Quantifier::All, false),
                "has_any" => (Quantifier::Any, false),
                _ => {
                    let end = |end: &str| {
                        value
                            .get(end)
                            .and_then(Node::text)
                            .and_then(|text| text.parse().ok())
                    };
                    tests.push(Test::MemberCount {
                        input,
                        from: end("from"),
                        below: end("below"),
                    });
                    continue;
                }
            };
            let items = if single {
                std::slice::from_ref(value)
            } else {
                value.items()
            };
            let has: Vec<_> = items
                .iter()
                .map(|item| self.value_of(item, name, domain))
                .collect();
            tests.push(Test::Members {
                input,
                has: has.into_iter().collect::<Option<_>>()?,
                quantifier,
            });
        }
        self.together(tests, node)
    }

    /// Returns one test, or several tests that must all hold.
    fn together(&mut self, mut tests: Vec<Test>, node: &Node) -> Option<Test> {
        if tests.len() <= 1 {
            return tests.pop();
        }
        let parts = tests
            .into_iter()
            .map(|test| self.model.conditions.push(Condition::new(test, node.place)));
        Some(Test::All(parts.collect()))
    }

    fn number_comparison(&mut self, name: &str, of: NumberOf, node: &Node) -> Option<Test> {
        if node.entries().is_empty() {
            let mut tests = Vec::new();
            for item in single_or_list(node) {
                let text = item.text()?;
                if number::parse(text).is_none() {
                    self.not_a_number(name, of, item);
                    return None;
                }
                let exactly = self.points(Some(item))?;
                let next = Points::from_millionths(exactly.millionths() + 1);
                let test = Test::Number {
                    number: of,
                    from: Some(exactly),
                    below: Some(next),
                };
                tests.push(self.model.conditions.push(Condition::new(test, item.place)));
            }
            return Some(Test::Any(tests));
        }
        if !self.only_keys(name, "a number", node, &["from", "below"]) {
            return None;
        }
        let mut ends = [None, None];
        for (end, key) in ends.iter_mut().zip(["from", "below"]) {
            let Some(limit) = node.get(key) else { continue };
            let Some(text) = limit.text() else {
                self.fault(
                    Code::WrongComparison,
                    limit.place,
                    format!("`{name}` is not a date"),
                    "compare it with a number",
                );
                return None;
            };
            if number::parse(text).is_none() {
                self.faults.push(not_a_number(
                    text,
                    limit.place,
                    format!("`{name}` is a number, and `{}` is not", shortened(text)),
                ));
                return None;
            }
            *end = Some(self.points(Some(limit))?);
        }
        let [from, below] = ends;
        if let (Some(from), Some(below)) = (from, below)
            && below <= from
        {
            self.fault(
                Code::Unreachable,
                node.place,
                "no number is in this range",
                "write the smaller number as `from`, and the larger as `below`",
            );
        }
        Some(Test::Number {
            number: of,
            from,
            below,
        })
    }

    /// Reports a word where a number belongs. For a dimension, it most likely is a level that the dimension does not have.
    fn not_a_number(&mut self, name: &str, of: NumberOf, node: &Node) {
        let levels = match of {
            NumberOf::Score(dimension) => self.model.dimensions[dimension]
                .levels
                .iter()
                .map(|level| level.name.clone())
                .collect(),
            _ => Vec::new(),
        };
        let text = node.text().unwrap_or_default();
        if levels.is_empty() || number::has_too_many_digits(text) {
            self.faults.push(not_a_number(
                text,
                node.place,
                format!("`{name}` is a number, and `{}` is not", shortened(text)),
            ));
        } else {
            self.undeclared_value(node, &format!("`{name}` has no level"), &levels);
        }
    }

    /// Returns whether a comparison leaves open if it means the score or the level, because a level looks like a number. If so, it is reported.
    ///
    /// A list with a word among its items is a list of levels. `below` suits both scores and levels.
    pub(super) fn leaves_open(&mut self, name: &str, dimension: DimensionId, node: &Node) -> bool {
        let items = match node.get("below") {
            Some(below) => std::slice::from_ref(below),
            None => single_or_list(node),
        };
        if !items.iter().all(is_number) {
            return false;
        }
        let Some(item) = items.iter().find(|item| self.is_level(dimension, item)) else {
            return false;
        };
        let text = item.text().unwrap_or_default();
        self.fault(
            Code::WrongComparison,
            item.place,
            format!("`{text}` can be read both as a number and as a level of `{name}`"),
            format!("write `{name}.score` or `{name}.level`"),
        );
        true
    }

    fn is_level(&self, dimension: DimensionId, node: &Node) -> bool {
        let dimension = self
            .model
            .dimensions
            .items()
            .get(crate::arena::Id::index(dimension));
        dimension
            .into_iter()
            .flat_map(|dimension| &dimension.levels)
            .any(|level| node.text() == Some(&level.name))
    }

    /// Returns whether a comparison with a bare dimension names its levels.
    fn names_levels(&self, dimension: DimensionId, node: &Node) -> bool {
        let of_levels = |(key, value): &(Key, Node)| {
            matches!(key.text.as_str(), "at_least" | "at_most" | "above")
                || (key.text == "below" && self.is_level(dimension, value))
        };
        node.entries().iter().any(of_levels)
            || single_or_list(node)
                .iter()
                .any(|item| !is_number(item) && self.is_level(dimension, item))
    }

    fn level_comparison(
        &mut self,
        name: &str,
        dimension: DimensionId,
        node: &Node,
    ) -> Option<Test> {
        let levels: Vec<String> = self.model.dimensions[dimension]
            .levels
            .iter()
            .map(|level| level.name.clone())
            .collect();
        if levels.is_empty() {
            if !self.unjudged.contains(&dimension) {
                let message =
                    format!("`{name}` is compared with a level, and the dimension has no levels");
                self.fault(
                    Code::UndeclaredValue,
                    node.place,
                    message,
                    "compare its score, or give the dimension `levels`",
                );
            }
            return None;
        }
        if node.entries().is_empty() {
            let among = self.positions(name, node, &levels, 0)?;
            return Some(Test::Level { dimension, among });
        }
        if !self.only_keys(
            name,
            "a level",
            node,
            &["at_least", "at_most", "above", "below"],
        ) {
            return None;
        }
        let mut among = all_positions(levels.len());
        for (key, value) in node.entries() {
            let order = order_of(&key.text)?;
            let position = self.position(name, value, &levels)?;
            among = Positions(among.0 & ordered(order, position, levels.len(), false).0);
        }
        Some(Test::Level { dimension, among })
    }

    fn result_comparison(
        &mut self,
        name: &str,
        of: ResultOf,
        node: &Node,
        scope: Scope,
    ) -> Option<Test> {
        let values = match of {
            ResultOf::Outcome => self.model.tiers.clone(),
            ResultOf::Decision(decision) => self.decision_values(decision),
        };
        // A result of this name is meant where there is one.
        let has_result = values.iter().any(|value| value == "nothing");
        let is_nothing = |text: &str| text == "nothing" && of != ResultOf::Outcome && !has_result;
        if node.entries().is_empty() {
            let mut among = Positions::default();
            for item in single_or_list(node) {
                let nothing = is_nothing(item.text().unwrap_or_default());
                let position = if nothing {
                    NOTHING
                } else {
                    self.position(name, item, &values)?
                };
                among = among.with(position);
            }
            return Some(Test::Result { of, among });
        }
        if !self.only_keys(
            name,
            "a result",
            node,
            &["at_least", "at_most", "above", "below"],
        ) {
            return None;
        }
        let mut tests = Vec::new();
        for (key, value) in node.entries() {
            let order = order_of(&key.text)?;
            let text = value.text().unwrap_or_default();
            let other = match (of, self.names.rules.get(text)) {
                (ResultOf::Decision(one), Some(Named::Decision(other))) => Some((one, *other)),
                _ => None,
            };
            if other.is_some() && values.iter().any(|value| value == text) {
                self.fault(
                    Code::WrongComparison,
                    value.place,
                    format!("`{text}` is both a result of `{name}` and the name of a decision"),
                    "choose another name for the decision",
                );
                return None;
            }
            match other {
                Some((one, other)) => {
                    tests.push(self.decisions_compared(one, order, other, value, scope)?)
                }
                None => {
                    if is_nothing(text) {
                        self.fault(
                            Code::WrongComparison,
                            value.place,
                            format!("`{}` does not suit `nothing`, which is below every result", key.text),
                            format!("write `{{ {name}: nothing }}`, or `{{ not: {{ {name}: nothing }} }}`"),
                        );
                        return None;
                    }
                    let position = self.position(name, value, &values)?;
                    let nothing = of != ResultOf::Outcome;
                    tests.push(Test::Result {
                        of,
                        among: ordered(order, position, values.len(), nothing),
                    });
                }
            }
        }
        self.together(tests, node)
    }

    fn decisions_compared(
        &mut self,
        one: DecisionId,
        order: Order,
        other: DecisionId,
        node: &Node,
        scope: Scope,
    ) -> Option<Test> {
        if let Some(why) = self.comes_later(other, scope) {
            let text = node.text().unwrap_or_default();
            let message = format!("{} cannot read `{text}`: {why}", scope.of);
            self.fault(Code::UsedTooEarly, node.place, message, scope.allows());
            return None;
        }
        if self.decision_values(one) != self.decision_values(other) {
            let (one, other) = (
                &self.model.decisions[one].heading.name,
                &self.model.decisions[other].heading.name,
            );
            let message = format!("`{one}` and `{other}` give different values");
            self.fault(
                Code::WrongComparison,
                node.place,
                message,
                "compare decisions that give the same values, in the same order",
            );
            return None;
        }
        Some(Test::Compare { one, order, other })
    }

    /// Returns the position of what a name is compared with in the list of its values. It is reported if it is not in the list.
    pub(super) fn position(&mut self, name: &str, node: &Node, values: &[String]) -> Option<usize> {
        self.position_among(&format!("`{name}` is never"), node, values)
    }

    /// Returns the position of a value in a list. It is reported with this message if it is not in the list.
    pub(super) fn position_among(
        &mut self,
        message: &str,
        node: &Node,
        values: &[String],
    ) -> Option<usize> {
        let text = node.text()?;
        let position = values.iter().position(|value| value == text);
        if position.is_none() {
            self.undeclared_value(node, message, values);
        }
        position
    }

    fn positions(
        &mut self,
        name: &str,
        node: &Node,
        values: &[String],
        offset: usize,
    ) -> Option<Positions> {
        if !node.entries().is_empty() {
            self.fault(
                Code::WrongComparison,
                node.place,
                format!("`{name}` has no order"),
                "compare it with a value or a list of values",
            );
            return None;
        }
        let mut among = Positions::default();
        for item in single_or_list(node) {
            among = among.with(offset + self.position(name, item, values)?);
        }
        Some(among)
    }
}

fn wanted(keys: &[&str]) -> String {
    if keys.is_empty() {
        return "compare it with a value or a list of values".to_owned();
    }
    let keys = keys.iter().map(|key| format!("`{key}`"));
    format!(
        "compare it with a value or a list of values, or by {}",
        either(keys)
    )
}

pub(super) fn is_number(node: &Node) -> bool {
    node.text()
        .is_some_and(|text| number::parse(text).is_some())
}

fn order_of(key: &str) -> Option<Order> {
    ORDERS
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, order)| *order)
}

/// Returns the positions that stand in this order to one of them. The first position is the most intensive, and nothing is below all of them.
fn ordered(order: Order, position: usize, count: usize, nothing: bool) -> Positions {
    let holds = |other: usize| match order {
        Order::AtLeast => other <= position,
        Order::AtMost => other >= position,
        Order::Above => other < position,
        Order::Below => other > position,
    };
    let among = (0..count)
        .filter(|other| holds(*other))
        .fold(Positions::default(), Positions::with);
    if nothing && matches!(order, Order::AtMost | Order::Below) {
        among.with(NOTHING)
    } else {
        among
    }
}

fn all_positions(count: usize) -> Positions {
    (0..count).fold(Positions::default(), Positions::with)
}

pub(super) fn single_or_list(node: &Node) -> &[Node] {
    if node.text().is_some() {
        std::slice::from_ref(node)
    } else {
        node.items()
    }
}
