//! Writes a [`Spec`] as the YAML that `FORMAT.md` describes.

mod decisions;
mod scores;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::spec::{
    Against, Check, Condition, DateBound, Derivation, Derived, Flag, Input, Kind, Missing, Moment,
    Spec, Subject, Test, Unit,
};
use crate::value::Value;
use crate::yaml::{self, Layout, Node};

impl Spec {
    /// Returns the matrix as YAML.
    pub fn to_yaml(&self) -> String {
        yaml::print(&self.document(), Layout::AsGiven, self.seed)
    }

    /// Returns a matrix of the same meaning as YAML, with map keys in another order, comments, and other quotes.
    ///
    /// Groups and decisions keep their order, since each may use the ones before it.
    pub fn to_yaml_rearranged(&self) -> String {
        yaml::print(&self.document(), Layout::Rearranged, yaml::mixed(self.seed))
    }

    /// Returns the matrix as a tree of maps and lists.
    pub fn document(&self) -> Node {
        Printer { spec: self }.document()
    }
}

/// The entries of a map while it is put together.
#[derive(Default)]
struct Entries(Vec<(Node, Node)>);

impl Entries {
    fn with(mut self, key: &str, value: Node) -> Self {
        self.0.push((text(key), value));
        self
    }

    fn with_some(self, key: &str, value: Option<Node>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    fn with_true(self, key: &str, holds: bool) -> Self {
        self.with_some(key, holds.then(|| plain("true")))
    }

    fn map(self) -> Node {
        Node::Map(self.0)
    }
}

fn entries() -> Entries {
    Entries::default()
}

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn plain(text: impl ToString + Copy) -> Node {
    Node::Plain(text.to_string())
}

fn texts(items: &[String]) -> Node {
    Node::List(items.iter().map(|item| text(item)).collect())
}

fn date(date: Date) -> Node {
    plain(date)
}

/// How many digits a number may show after its point.
#[derive(Clone, Copy)]
enum Digits {
    /// At most this many digits, as for whole numbers and for the decimals of an input.
    AtMost(u32),
    Any,
}

struct Printer<'s> {
    spec: &'s Spec,
}

impl Printer<'_> {
    fn document(&self) -> Node {
        let spec = self.spec;
        let status = ["illustrative", "sourced", "local"][self.variation("status", 3)];
        let sources = entries().with(
            "panel",
            entries()
                .with("title", text("Panel paper 7: 'thresholds'"))
                .with("publisher", text("The panel"))
                .with("url", text("https://www.gov.uk/"))
                .with("date", text("2026"))
                .with("licence", text("OGL-3.0"))
                .with("note", text("draft"))
                .map(),
        );
        let effective = entries()
            .with("from", plain("2020-02-29"))
            .with_some("until", self.seldom("until").then(|| plain("2199-12-31")));
        let mut document = entries()
            .with("format", plain(1))
            .with("id", text("generated"))
            .with("version", text("1.0.0"))
            .with("title", text("Generated matrix"))
            .with("status", text(status))
            .with_some(
                "about",
                self.seldom("about")
                    .then(|| text("Made by a test; about nobody.")),
            )
            .with_some(
                "effective",
                self.seldom("effective").then(|| effective.map()),
            )
            .with("sources", sources.map());
        for (key, list) in [("tiers", &spec.tiers), ("statuses", &spec.statuses)] {
            document = document.with_some(key, (!list.is_empty()).then(|| texts(list)));
        }
        document = document.with_some("labels", self.labels("tiers", &spec.tiers));
        let named = |nodes: Vec<(Node, Node)>| (!nodes.is_empty()).then_some(Node::Map(nodes));
        let listed = |nodes: Vec<Node>| (!nodes.is_empty()).then_some(Node::List(nodes));
        let in_order =
            |nodes: Vec<(Node, Node)>| (!nodes.is_empty()).then_some(Node::Ordered(nodes));
        document
            .with_some(
                "inputs",
                named(
                    spec.inputs
                        .iter()
                        .map(|input| (text(&input.name), self.input(input)))
                        .collect(),
                ),
            )
            .with_some(
                "derived",
                named(
                    spec.derived
                        .iter()
                        .map(|derived| (text(&derived.name), self.derived(derived)))
                        .collect(),
                ),
            )
            .with_some(
                "checks",
                listed(spec.checks.iter().map(|check| self.check(check)).collect()),
            )
            .with_some(
                "criteria",
                named(
                    spec.criteria
                        .iter()
                        .map(|item| (text(&item.name), self.criterion(item)))
                        .collect(),
                ),
            )
            .with_some(
                "groups",
                in_order(
                    spec.groups
                        .iter()
                        .map(|item| (text(&item.name), self.group(item)))
                        .collect(),
                ),
            )
            .with_some(
                "dimensions",
                named(
                    spec.dimensions
                        .iter()
                        .map(|item| (text(&item.name), self.dimension(item)))
                        .collect(),
                ),
            )
            .with_some(
                "decisions",
                in_order(
                    spec.decisions
                        .iter()
                        .map(|item| (text(&item.name), self.named_decision(item)))
                        .collect(),
                ),
            )
            .with_some(
                "decision",
                spec.decision
                    .as_ref()
                    .map(|form| self.noted("decision", self.form(form, false)).map()),
            )
            .with_some(
                "overrides",
                listed(
                    spec.overrides
                        .iter()
                        .map(|rule| self.override_rule(rule))
                        .collect(),
                ),
            )
            .with_some(
                "flags",
                named(
                    spec.flags
                        .iter()
                        .map(|flag| (text(&flag.name), self.flag(flag)))
                        .collect(),
                ),
            )
            .map()
    }

    /// Returns a choice that follows from the spec's seed and the place, so that it is always the same. With the seed 0 it is the plainest.
    fn variation(&self, place: &str, count: u64) -> usize {
        if self.spec.seed == 0 {
            return usize::try_from(count - 1).expect("few alternatives");
        }
        let hash = place.bytes().fold(self.spec.seed, |hash, byte| {
            yaml::mixed(hash ^ u64::from(byte))
        });
        usize::try_from(hash % count).expect("less than the count")
    }

    /// Returns labels for some of the values of something, which say which value it is.
    fn labels(&self, of: &str, values: &[String]) -> Option<Node> {
        let chosen = values
            .iter()
            .filter(|value| self.seldom(&format!("{of} label {value}")));
        let labels: Vec<(Node, Node)> = chosen
            .map(|value| (text(value), text(&format!("{value}, in words"))))
            .collect();
        (!labels.is_empty()).then_some(Node::Map(labels))
    }

    fn seldom(&self, place: &str) -> bool {
        self.variation(place, 5) == 0
    }

    /// Returns the entries with what may be written on everything: `title`, `source` and `note`.
    fn noted(&self, name: &str, entries: Entries) -> Entries {
        let source = match self.variation(&format!("{name} source"), 10) {
            0 => Some(text("panel")),
            1 => Some(Node::List(vec![text("panel")])),
            _ => None,
        };
        entries
            .with_some(
                "title",
                self.seldom(&format!("{name} title"))
                    .then(|| text("What is it? - \"a title\"")),
            )
            .with_some("source", source)
            .with_some(
                "note",
                self.seldom(&format!("{name} note"))
                    .then(|| text("See page 3, line 4: it's there")),
            )
    }

    /// Writes a number as `7`, or as `7.0` where it may show more digits. The same number is always written in the same way.
    fn number(&self, number: Decimal, digits: Digits) -> Node {
        let mut number = number.normalize();
        let longer = number.scale() + 1;
        let may_be_longer = match digits {
            Digits::AtMost(places) => longer <= places,
            Digits::Any => true,
        };
        if may_be_longer && self.variation(&number.to_string(), 4) == 0 {
            number.rescale(longer);
        }
        plain(number)
    }

    fn points(&self, points: Decimal) -> Node {
        self.number(points, Digits::Any)
    }

    /// Returns how a number that is compared with this subject may be written.
    fn digits(&self, subject: &Subject) -> Digits {
        let Subject::Input(name) = subject else {
            return Digits::Any;
        };
        match self.spec.input(name).map(|input| &input.kind) {
            Some(Kind::Decimal { places, .. }) => Digits::AtMost(*places),
            _ => Digits::AtMost(0),
        }
    }

    fn input_digits(&self, name: &str) -> Digits {
        self.digits(&Subject::Input(name.to_owned()))
    }

    fn input(&self, input: &Input) -> Node {
        let kind = match &input.kind {
            Kind::Integer { low, high } => entries()
                .with("type", text("integer"))
                .with("range", Node::List(vec![plain(low), plain(high)])),
            Kind::Decimal { places, low, high } => {
                let ends = [low, high].map(|end| self.number(*end, Digits::AtMost(*places)));
                entries()
                    .with("type", text("decimal"))
                    .with("places", plain(places))
                    .with("range", Node::List(ends.into()))
            }
            Kind::Level(values) => entries()
                .with("type", text("level"))
                .with("values", texts(values)),
            Kind::Category(values) => entries()
                .with("type", text("category"))
                .with("values", texts(values)),
            Kind::Set(values) => entries()
                .with("type", text("set"))
                .with("values", texts(values)),
            Kind::Boolean => entries().with("type", text("boolean")),
            Kind::Date { low, high, written } => entries().with("type", text("date")).with_some(
                "range",
                written.then(|| Node::List(vec![date(*low), date(*high)])),
            ),
        };
        let missing = match &input.missing {
            Missing::Error => self.seldom(&input.name).then(|| text("error")),
            Missing::Absent => Some(text("absent")),
            Missing::Unknown => Some(text("unknown")),
            Missing::Assume(value) => Some(entries().with("assume", value_node(value)).map()),
        };
        let label = self
            .seldom(&format!("{} label", input.name))
            .then(|| text("A label, with a comma"));
        let values: &[String] = match &input.kind {
            Kind::Level(values) | Kind::Category(values) | Kind::Set(values) => values,
            _ => &[],
        };
        let unit = matches!(input.kind, Kind::Integer { .. } | Kind::Decimal { .. })
            && self.seldom(&format!("{} unit", input.name));
        let direction =
            ["worse", "better"].get(self.variation(&format!("{} direction", input.name), 12));
        let ordered = matches!(
            input.kind,
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Level(_)
        );
        let said = input
            .more_is_worse
            .map(|worse| if worse { "worse" } else { "better" });
        let kind = kind
            .with_some("missing", missing)
            .with_some(
                "more_is",
                said.or(direction.copied().filter(|_| ordered)).map(text),
            )
            .with_some("protected", input.protected.map(plain))
            .with_true("changeable", input.changeable)
            .with_some(
                "earlier",
                (input.earlier && self.spec.decision.is_some()).then(|| text("tier")),
            )
            .with_some("label", label)
            .with_some("labels", self.labels(&input.name, values))
            .with_some("unit", unit.then(|| text("%")));
        self.noted(&input.name, kind).map()
    }

    fn derived(&self, derived: &Derived) -> Node {
        self.noted(&derived.name, derivation(derived)).map()
    }

    fn check(&self, check: &Check) -> Node {
        entries()
            .with("id", text(&check.id))
            .with_some("when", check.when.as_ref().map(|when| self.condition(when)))
            .with("require", self.condition(&check.require))
            .with("message", text("these do not go together"))
            .map()
    }

    fn flag(&self, flag: &Flag) -> Node {
        self.noted(
            &flag.name,
            entries().with("when", self.condition(&flag.when)),
        )
        .map()
    }

    fn condition(&self, condition: &Condition) -> Node {
        let list = |parts: &[Condition]| {
            Node::List(parts.iter().map(|part| self.condition(part)).collect())
        };
        match condition {
            Condition::All(parts) => entries().with("all", list(parts)).map(),
            Condition::Any(parts) => entries().with("any", list(parts)).map(),
            Condition::Not(part) => entries().with("not", self.condition(part)).map(),
            Condition::Together(parts) => {
                let parts = parts.iter().flat_map(|part| match self.condition(part) {
                    Node::Map(entries) => entries,
                    other => panic!("a condition is a map: {other:?}"),
                });
                Node::Map(parts.collect())
            }
            Condition::Compare(subject, test) => entries()
                .with(
                    &subject_name(subject),
                    self.test(test, self.digits(subject)),
                )
                .map(),
            Condition::Missing(input) => entries().with("missing", text(input)).map(),
            Condition::Known(input) => entries().with("known", text(input)).map(),
        }
    }

    fn test(&self, test: &Test, digits: Digits) -> Node {
        let number = |number: &Option<Decimal>| number.map(|number| self.number(number, digits));
        let bound = |bound: &Option<DateBound>| bound.as_ref().map(date_bound);
        match test {
            Test::Is(value) => value_node(value),
            Test::OneOf(values) => Node::List(values.iter().map(value_node).collect()),
            Test::Number { from, below } => entries()
                .with_some("from", number(from))
                .with_some("below", number(below))
                .map(),
            Test::Date { from, below } => entries()
                .with_some("from", bound(from))
                .with_some("below", bound(below))
                .map(),
            Test::AtLeast(against) => entries().with("at_least", against_name(against)).map(),
            Test::AtMost(against) => entries().with("at_most", against_name(against)).map(),
            Test::Above(against) => entries().with("above", against_name(against)).map(),
            Test::Below(against) => entries().with("below", against_name(against)).map(),
            Test::Has(member) => entries().with("has", text(member)).map(),
            Test::HasAny(members) => entries().with("has_any", texts(members)).map(),
            Test::HasAll(members) => entries().with("has_all", texts(members)).map(),
            Test::Count { from, below } => {
                let count = entries()
                    .with_some("from", from.map(plain))
                    .with_some("below", below.map(plain));
                entries().with("count", count.map()).map()
            }
            Test::Nothing => text("nothing"),
            Test::Each(tests) => {
                let keys = tests.iter().flat_map(|test| match self.test(test, digits) {
                    Node::Map(entries) => entries,
                    other => panic!("a comparison by keys is a map: {other:?}"),
                });
                Node::Map(keys.collect())
            }
        }
    }
}

fn value_node(value: &Value) -> Node {
    match value {
        Value::Integer(number) => plain(number),
        Value::Decimal(digits) => plain(digits),
        Value::Text(word) => text(word),
        Value::Set(members) => texts(members),
        Value::Boolean(answer) => plain(answer),
        Value::Date(day) => plain(day),
    }
}

fn derivation(derived: &Derived) -> Entries {
    let moment = |moment: &Moment| match moment {
        Moment::AsAt => text("as_at"),
        Moment::Input(name) => text(name),
    };
    let derivation = match &derived.derivation {
        Derivation::Between {
            unit,
            first,
            second,
        } => {
            let key = match unit {
                Unit::Years => "years_between",
                Unit::Months => "months_between",
                Unit::Days => "days_between",
            };
            entries().with(key, Node::List(vec![moment(first), moment(second)]))
        }
        Derivation::Sum(inputs) => entries().with("sum", texts(inputs)),
    };
    derivation.with_true("protected", derived.protected)
}

fn date_bound(bound: &DateBound) -> Node {
    match bound {
        DateBound::On(day) => date(*day),
        DateBound::Ago(Unit::Years, count) => entries().with("years_ago", plain(count)).map(),
        DateBound::Ago(Unit::Months, count) => entries().with("months_ago", plain(count)).map(),
        DateBound::Ago(Unit::Days, count) => entries().with("days_ago", plain(count)).map(),
    }
}

fn against_name(against: &Against) -> Node {
    match against {
        Against::Result(name) | Against::Decision(name) => text(name),
    }
}

/// Returns a subject as a condition, an axis or a list of bands names it.
pub fn subject_name(subject: &Subject) -> String {
    let suffixed = |name: &str, suffix: &str, qualified: bool| {
        if qualified {
            format!("{name}.{suffix}")
        } else {
            name.to_owned()
        }
    };
    match subject {
        Subject::Input(name) | Subject::Decision(name) => name.clone(),
        Subject::Points { name, qualified } => suffixed(name, "points", *qualified),
        Subject::Score { name, qualified } => suffixed(name, "score", *qualified),
        Subject::Scaled(name) => suffixed(name, "scaled", true),
        Subject::Level { name, qualified } => suffixed(name, "level", *qualified),
        Subject::Total => "total".to_owned(),
        Subject::Tier => "tier".to_owned(),
        Subject::Status => "status".to_owned(),
    }
}
