//! Loads lists of events, and what is counted of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::arena::{ConditionId, EventsId, Id, InputId};
use crate::date::{Duration, Unit};
use crate::diagnostic::{Code, shortened};
use crate::format::tree::{Key, Node};
use crate::model::events::{Count, DATE, EventList, Field, ReferenceField, Takes, Window, Worth};
use crate::model::load::Loader;
use crate::model::load::conditions::Scope;
use crate::model::load::names::{Names, declare};
use crate::model::{Domain, Input, Missing, Model};
use crate::number;
use crate::words::listed;

/// The keys of a derived input that only what is counted of events has.
pub(super) const OF_EVENTS: [&str; 7] = [
    "of", "points", "where", "within", "before", "after", "one_per",
];
/// The keys that say what is counted.
const KINDS: [&str; 7] = [
    "count",
    "distinct",
    "sum",
    "highest",
    "latest",
    "earliest",
    "days_since",
];
/// The most values of a field that may be unknown: each of them is tried.
const MOST_TRIED: i64 = 1_000;
/// 2199-12-31, the last date of a scoring that ranges assume.
const LAST_DAY: i64 = 84_005;

/// Returns the key by which a derived input counts events, if it does.
pub(super) fn counts(node: &Node) -> Option<&'static str> {
    let kind = KINDS.into_iter().find(|kind| node.get(kind).is_some())?;
    // A sum of inputs is a list of them.
    (kind != "sum" || node.get("sum").is_some_and(|sum| sum.text().is_some())).then_some(kind)
}

impl Loader<'_> {
    pub(super) fn event_list(&mut self, key: &Key, node: &Node) -> EventList {
        self.protected(key, node);
        for unsuited in [
            "places",
            "values",
            "labels",
            "unit",
            "changeable",
            "more_is",
            "earlier",
        ] {
            if let Some((unsuited, _)) = node.entries().iter().find(|(own, _)| own.text == unsuited)
            {
                self.fault(
                    Code::WrongForType,
                    unsuited.place,
                    format!("a list of events has no `{}`", unsuited.text),
                    "remove it, or write it for a field or for what is counted",
                );
            }
        }
        let missing = match node.get("missing") {
            None => Missing::Error,
            Some(missing) => match missing.text() {
                Some("absent") => Missing::Absent,
                Some("unknown") => Missing::Unknown,
                Some(_) => Missing::Error,
                None => {
                    self.fault(
                        Code::WrongForType,
                        missing.place,
                        "no list of events can be assumed",
                        "write `error`, `absent` or `unknown`; a profile without events gives the list `[]`",
                    );
                    Missing::Error
                }
            },
        };
        let at_most = node.get("at_most").and_then(Node::text);
        if node.get("at_most").is_none() {
            self.fault(
                Code::MissingKey,
                key.place,
                format!("the list of events `{}` needs the key `at_most`", key.text),
                "add `at_most: 500`: how many events a profile lists at most, by which all counts are bounded",
            );
        }
        let dates = match self.date_range(&key.text, node) {
            Some(dates) => dates,
            None => {
                self.leave_out(key.place);
                Domain::ANY_DATE
            }
        };
        let (fields, references) = self.fields(node, dates);
        EventList {
            heading: self.heading(key, node),
            at_most: at_most
                .and_then(|text| text.parse().ok())
                .unwrap_or_default(),
            missing,
            protected: node.get("protected").and_then(Node::text) == Some("true"),
            fields,
            references,
            counted: Vec::new(),
        }
    }

    fn fields(&mut self, node: &Node, dates: Domain) -> (Model, Vec<ReferenceField>) {
        let own = std::mem::take(&mut self.broken);
        let mut fields = Model::default();
        let mut references = Vec::new();
        let date = Input {
            heading: crate::model::Heading {
                name: "date".to_owned(),
                place: node.place,
                ..Default::default()
            },
            unit: None,
            domain: dates,
            labels: Vec::new(),
            missing: Missing::Error,
            derived: None,
            counted: None,
            protected: false,
            changeable: false,
            more_is: None,
            is_earlier: false,
        };
        fields.inputs.push(date);
        let mut places = BTreeMap::new();
        for (key, field) in node.get("fields").map(Node::entries).unwrap_or_default() {
            if key.text == "date" {
                self.fault(
                    Code::DuplicateName,
                    key.place,
                    "every event has its `date` already",
                    "remove it, or choose another name for a second date",
                );
                continue;
            }
            if !declare(&key.text, key.place, &mut places, self.faults) {
                self.leave_out(key.place);
                continue;
            }
            if field.get("type").and_then(Node::text) == Some("reference") {
                references.push(self.reference_field(key, field));
                continue;
            }
            let id = InputId::from_index(fields.inputs.len());
            let input = self.declared_input(id, key, field);
            let (least, most) = input.domain.bounds();
            if input.missing == Missing::Unknown && most.saturating_sub(least) >= MOST_TRIED {
                let place = field.get("missing").map_or(key.place, |node| node.place);
                self.fault(
                    Code::MissingPolicy,
                    place,
                    format!("`{}` has too many values to try each of them where it is not known", key.text),
                    format!("give it at most {MOST_TRIED} values, or write `missing: absent` or `missing: error`"),
                );
            }
            fields.inputs.push(input);
        }
        self.broken_fields
            .push(std::mem::replace(&mut self.broken, own));
        (fields, references)
    }

    fn reference_field(&mut self, key: &Key, node: &Node) -> ReferenceField {
        self.protected(key, node);
        for unsuited in ["range", "places", "values", "labels", "unit"] {
            if let Some((unsuited, _)) = node.entries().iter().find(|(own, _)| own.text == unsuited)
            {
                self.fault(
                    Code::WrongForType,
                    unsuited.place,
                    format!("a reference has no `{}`", unsuited.text),
                    format!("remove it, or change the `type` of `{}`", key.text),
                );
            }
        }
        ReferenceField {
            heading: self.heading(key, node),
            missing: match node.get("missing").and_then(Node::text) {
                Some("absent") => Missing::Absent,
                Some("unknown") => Missing::Unknown,
                _ => Missing::Error,
            },
            protected: node.get("protected").and_then(Node::text) == Some("true"),
        }
    }

    /// Loads an input that is counted of a list of events.
    pub(super) fn counted_input(
        &mut self,
        id: InputId,
        key: &Key,
        node: &Node,
        kind: &'static str,
    ) -> Input {
        let described = self.described_input(key, node);
        let faulty = self.faults.count();
        let Some(count) = self.count(&key.text, node, kind) else {
            if self.faults.count() == faulty {
                // What is at fault was reported where it is written.
                self.leave_out(key.place);
            }
            self.broken.insert(id);
            self.leave_out(key.place);
            return described;
        };
        let computed = self.counted_range(&count, key);
        let domain = match (computed, node.get("range")) {
            (None, _) => None,
            (Some(domain), None) => Some(domain),
            (Some(Domain::Date { .. }), Some(_)) => self.date_range(&key.text, node),
            (Some(Domain::Number { places, .. }), Some(_)) => {
                self.number_range(&key.text, node, places)
            }
            (Some(domain), Some(_)) => Some(domain),
        };
        if domain.is_none() {
            self.broken.insert(id);
            self.leave_out(key.place);
        }
        let anchor = count.window.before.into_iter().chain(count.window.after);
        let anchor_is_absent = anchor
            .into_iter()
            .any(|id| self.model.inputs[id].missing == Missing::Absent);
        let list = &self.model.events[count.list];
        let missing = match list.missing {
            _ if count.takes.may_be_none() || anchor_is_absent => Missing::Absent,
            other => other,
        };
        if let Some(list) = self.model.events.get_mut(count.list) {
            list.counted.push(id);
        }
        Input {
            domain: domain.unwrap_or(Domain::Boolean),
            missing,
            protected: described.protected || self.reads_protected(&count),
            counted: Some(count),
            ..described
        }
    }

    /// Returns whether what is counted depends on a protected characteristic.
    fn reads_protected(&self, count: &Count) -> bool {
        let list = &self.model.events[count.list];
        let mut read = Vec::new();
        if let Some(when) = count.when {
            list.fields.inputs_read(when, &mut read);
        }
        let of = match &count.takes {
            Takes::Distinct(field) => Some(*field),
            Takes::Sum(worth) | Takes::Highest(worth) => Some(Field::Value(worth.field)),
            Takes::Count | Takes::Latest | Takes::Earliest | Takes::DaysSince => None,
        };
        let is_reference = |field| match field {
            Field::Reference(at) => (list.references.get(at)).is_some_and(|own| own.protected),
            Field::Value(_) => false,
        };
        let fields = of.into_iter().chain(count.one_per);
        for field in fields.clone() {
            if let Field::Value(input) = field {
                read.push(input);
            }
        }
        list.protected
            || fields.into_iter().any(is_reference)
            || (read.iter()).any(|input| list.fields.inputs[*input].protected)
    }

    fn count(&mut self, name: &str, node: &Node, kind: &'static str) -> Option<Count> {
        let list = self.list_named(node.get(kind)?, kind)?;
        let suits: [(&str, bool, bool); 3] = [
            (
                "of",
                matches!(kind, "distinct" | "sum" | "highest"),
                matches!(kind, "distinct" | "sum" | "highest"),
            ),
            ("points", matches!(kind, "sum" | "highest"), false),
            ("one_per", matches!(kind, "sum" | "count"), false),
        ];
        let mut sound = true;
        for (key, may, must) in suits {
            match node.entries().iter().find(|(own, _)| own.text == key) {
                Some((unsuited, _)) if !may => {
                    let message = format!("`{kind}` has no `{key}`");
                    let help = match key {
                        "one_per" => "remove it: the result is the same with it",
                        _ => "remove it",
                    };
                    self.fault(Code::WrongForType, unsuited.place, message, help);
                    sound = false;
                }
                None if must => {
                    let place = node.get(kind).map_or(node.place, |node| node.place);
                    let help = match kind {
                        "distinct" => "add `of: …`: the field whose values are told apart",
                        _ => "add `of: …`: the field that says how much each event stands for",
                    };
                    self.fault(
                        Code::MissingKey,
                        place,
                        format!("`{name}` needs the key `of`"),
                        help,
                    );
                    sound = false;
                }
                _ => {}
            }
        }
        let window = self.window(name, node);
        let when = match node.get("where") {
            Some(when) => Some(self.event_condition(list, when)?),
            None => None,
        };
        let one_per = match node.get("one_per") {
            Some(field) => Some(self.field_named(list, field)?),
            None => None,
        };
        if !sound {
            return None;
        }
        let takes = match kind {
            "count" => Takes::Count,
            "distinct" => Takes::Distinct(self.field_named(list, node.get("of")?)?),
            "sum" => Takes::Sum(self.worth(list, node)?),
            "highest" => Takes::Highest(self.worth(list, node)?),
            "latest" => Takes::Latest,
            "earliest" => Takes::Earliest,
            _ => Takes::DaysSince,
        };
        Some(Count {
            list,
            takes,
            when,
            window: window?,
            one_per,
            is_narrowed: node.get("range").is_some(),
        })
    }

    fn list_named(&mut self, node: &Node, kind: &str) -> Option<EventsId> {
        let name = node.text()?;
        if let Some(id) = self.names.events.get(name) {
            return Some(*id);
        }
        if self.names.inputs.contains_key(name) {
            let help = if kind == "sum" {
                format!("write `sum: [{name}]` to add up inputs, or name a list of events")
            } else {
                "name an input of `type: events`".to_owned()
            };
            self.fault(
                Code::WrongForType,
                node.place,
                format!("`{name}` is not a list of events"),
                help,
            );
        } else {
            self.undeclared(node.place, "list of events", name, |names| {
                names.events.keys().cloned().collect()
            });
        }
        None
    }

    fn window(&mut self, name: &str, node: &Node) -> Option<Window> {
        let within = node.get("within").and_then(|within| {
            [("months", Unit::Months), ("years", Unit::Years)]
                .into_iter()
                .find_map(|(key, unit)| {
                    let count = within.get(key)?.text()?.parse().ok()?;
                    Some(Duration { count, unit })
                })
        });
        let mut anchor = |key: &str| match node.get(key) {
            None => Some(None),
            Some(anchor) => self.anchor(name, key, anchor).map(Some),
        };
        let (before, after) = (anchor("before"), anchor("after"));
        if let (Some(_), Some(after), true) = (
            node.get("before"),
            node.get("after"),
            node.get("within").is_some(),
        ) {
            self.fault(
                Code::OneOfKeys,
                after.place,
                "`within` cannot begin and end at two dates",
                "remove `within`, `before` or `after`",
            );
        }
        Some(Window {
            within,
            before: before?,
            after: after?,
        })
    }

    /// Loads the date that a window begins or ends at.
    fn anchor(&mut self, name: &str, key: &str, node: &Node) -> Option<InputId> {
        let id = self.input_named(node)?;
        let text = node.text().unwrap_or_default();
        let is_date =
            |input: &Input| matches!(input.domain, Domain::Date { .. }) && input.counted.is_none();
        let own = self.model.inputs.items().get(id.index());
        match own {
            Some(input) if is_date(input) && input.missing == Missing::Unknown => {
                self.fault(
                    Code::MissingPolicy,
                    node.place,
                    format!("`{text}` can be unknown, so the events that `{name}` counts could not be told"),
                    format!("give `{text}` the policy `missing: error` or `missing: absent`"),
                );
                None
            }
            Some(input) if is_date(input) => Some(id),
            _ if self.broken.contains(&id) => None,
            _ => {
                self.fault(
                    Code::WrongForType,
                    node.place,
                    format!("`{text}` is not a date that a profile gives"),
                    format!("name a date input, or remove `{key}`"),
                );
                None
            }
        }
    }

    /// Runs something in which the names are those of the fields of a list.
    fn among_fields<T>(&mut self, list: EventsId, run: impl FnOnce(&mut Self) -> T) -> T {
        let Some(own) = self.model.events.get_mut(list) else {
            return run(self);
        };
        let fields = std::mem::take(&mut own.fields);
        let names = Names {
            inputs: (fields.inputs.iter())
                .map(|(id, input)| (input.heading.name.clone(), id))
                .collect(),
            references: Some(
                (own.references.iter())
                    .map(|field| field.heading.name.clone())
                    .collect::<BTreeSet<_>>(),
            ),
            ..Names::default()
        };
        let broken = self.broken_fields.get_mut(list.index());
        let broken = broken.map(std::mem::take).unwrap_or_default();
        let model = std::mem::replace(&mut self.model, fields);
        let names = std::mem::replace(&mut self.names, names);
        let broken = std::mem::replace(&mut self.broken, broken);
        let result = run(self);
        let fields = std::mem::replace(&mut self.model, model);
        self.names = names;
        let broken = std::mem::replace(&mut self.broken, broken);
        if let Some(own) = self.broken_fields.get_mut(list.index()) {
            *own = broken;
        }
        if let Some(own) = self.model.events.get_mut(list) {
            own.fields = fields;
        }
        result
    }

    fn event_condition(&mut self, list: EventsId, node: &Node) -> Option<ConditionId> {
        self.among_fields(list, |loader| {
            let condition = loader.condition(node, Scope::inputs("what is counted of events"));
            if loader.model.moving.is_empty() {
                return Some(condition);
            }
            loader.model.moving.clear();
            loader.fault(
                Code::WrongForType,
                node.place,
                "`where` cannot read the date of the scoring",
                "write `within: { months: … }` beside `where`",
            );
            None
        })
    }

    fn field_named(&mut self, list: EventsId, node: &Node) -> Option<Field> {
        let name = node.text()?;
        let references = &self.model.events[list].references;
        if let Some(place) = (references.iter()).position(|field| field.heading.name == name) {
            return Some(Field::Reference(place));
        }
        self.among_fields(list, |loader| loader.input_named(node))
            .map(Field::Value)
    }

    /// Loads the number that each event stands for.
    fn worth(&mut self, list: EventsId, node: &Node) -> Option<Worth> {
        let of = node.get("of")?;
        let name = of.text().unwrap_or_default();
        let field = match self.field_named(list, of)? {
            Field::Value(field) => field,
            Field::Reference(_) => {
                self.fault(
                    Code::WrongForType,
                    of.place,
                    format!("`{name}` is a reference, which stands for no number"),
                    "name a number, a level, a category or a boolean",
                );
                return None;
            }
        };
        if self
            .broken_fields
            .get(list.index())
            .is_some_and(|broken| broken.contains(&field))
        {
            return None;
        }
        let domain = self.model.events[list].fields.inputs[field].domain.clone();
        let values: Vec<String> = match &domain {
            Domain::Number { .. } => Vec::new(),
            Domain::Level { values } | Domain::Category { values } => values.clone(),
            Domain::Boolean => vec!["false".to_owned(), "true".to_owned()],
            Domain::Set { .. } | Domain::Date { .. } => {
                self.fault(
                    Code::WrongForType,
                    of.place,
                    format!(
                        "`{name}` is a {}, which stands for no number",
                        domain.type_name()
                    ),
                    "name a number, a level, a category or a boolean",
                );
                return None;
            }
        };
        match (node.get("points"), values.as_slice()) {
            (None, []) => Some(Worth {
                field,
                places: match domain {
                    Domain::Number { places, .. } => places,
                    _ => 0,
                },
                points: None,
            }),
            (Some(points), []) => {
                self.fault(
                    Code::WrongForType,
                    points.place,
                    format!("`{name}` is a number itself, and takes no `points`"),
                    "remove `points`",
                );
                None
            }
            (None, [first, ..]) => {
                self.fault(
                    Code::MissingKey,
                    of.place,
                    format!("`{name}` is no number, so each of its values needs points"),
                    format!("add `points: {{ {first}: 1, … }}` with every value of `{name}`"),
                );
                None
            }
            (Some(points), values) => {
                let millionths = self.numbers_of(name, points, values)?;
                let (mut places, mut unit) = (number::POINTS_PLACES, 1);
                while places > 0 && millionths.iter().all(|number| number % (unit * 10) == 0) {
                    (places, unit) = (places - 1, unit * 10);
                }
                Some(Worth {
                    field,
                    places,
                    points: Some(millionths.iter().map(|number| number / unit).collect()),
                })
            }
        }
    }

    /// Reads the points of every value, in millionths.
    fn numbers_of(&mut self, name: &str, points: &Node, values: &[String]) -> Option<Vec<i64>> {
        let mut numbers: Vec<Option<i64>> = vec![None; values.len()];
        let mut sound = true;
        for (key, number) in points.entries() {
            let Some(at) = values.iter().position(|value| *value == key.text) else {
                let help = crate::diagnostic::suggest(&key.text, values.iter().map(String::as_str));
                self.fault(
                    Code::UndeclaredValue,
                    key.place,
                    format!("`{name}` has no value `{}`", shortened(&key.text)),
                    help,
                );
                sound = false;
                continue;
            };
            let read = self.points(Some(number));
            sound &= read.is_some();
            if let Some(own) = numbers.get_mut(at) {
                *own = read.map(crate::number::Points::millionths);
            }
        }
        let left_out: Vec<&String> = (values.iter().zip(&numbers))
            .filter(|(value, number)| {
                number.is_none() && !points.entries().iter().any(|(key, _)| key.text == **value)
            })
            .map(|(value, _)| value)
            .collect();
        if !left_out.is_empty() {
            let named: Vec<String> = left_out.iter().map(|value| format!("`{value}`")).collect();
            let named = listed(&named, "and");
            self.fault(
                Code::ValueWithoutPoints,
                points.place,
                format!("`points` says nothing of {named}"),
                format!(
                    "every value of `{name}` needs its points; write 0 for one that adds nothing"
                ),
            );
            sound = false;
        }
        sound.then(|| numbers.into_iter().flatten().collect())
    }

    /// Returns the values that what is counted can have.
    fn counted_range(&mut self, count: &Count, key: &Key) -> Option<Domain> {
        let list = &self.model.events[count.list];
        let at_most = i64::try_from(list.at_most).unwrap_or(i64::MAX);
        let whole = |from, to| {
            Some(Domain::Number {
                places: 0,
                from,
                to,
            })
        };
        let dates = (list.fields.inputs.items().get(DATE)).map(|date| date.domain.bounds());
        let (first, last) = dates.unwrap_or_default();
        match &count.takes {
            Takes::Count => whole(0, at_most),
            Takes::Distinct(Field::Reference(_)) => whole(0, at_most),
            Takes::Distinct(Field::Value(field)) => {
                let (least, most) = list.fields.inputs[*field].domain.bounds();
                whole(0, at_most.min(most.saturating_sub(least).saturating_add(1)))
            }
            Takes::Latest | Takes::Earliest => Some(Domain::Date {
                from: first,
                to: last,
            }),
            Takes::DaysSince => {
                let whole_range = LAST_DAY.saturating_sub(first).max(0);
                let most = match count.window {
                    Window {
                        within: Some(within),
                        before: None,
                        after: None,
                    } => {
                        let longest = match within.unit {
                            Unit::Years => 366,
                            _ => 31,
                        };
                        whole_range.min(i64::from(within.count).saturating_mul(longest))
                    }
                    _ => whole_range,
                };
                whole(0, most)
            }
            Takes::Sum(worth) | Takes::Highest(worth) => {
                let numbers = match (&worth.points, &list.fields.inputs[worth.field].domain) {
                    (Some(points), _) => points.clone(),
                    (None, Domain::Number { from, to, .. }) => vec![*from, *to],
                    (None, _) => return None,
                };
                let least = numbers.iter().copied().min().unwrap_or_default();
                let most = numbers.iter().copied().max().unwrap_or_default();
                let (from, to) = match count.takes {
                    Takes::Sum(_) => (
                        least.min(0).saturating_mul(at_most),
                        most.max(0).saturating_mul(at_most),
                    ),
                    _ => (least, most),
                };
                let places = worth.places;
                if from < -number::SCALED_LIMIT || to > number::SCALED_LIMIT {
                    let most = number::scaled_text(number::SCALED_LIMIT, places);
                    self.fault(
                        Code::Overflow,
                        key.place,
                        format!(
                            "`{}` could go beyond {most}, and would not be exact",
                            key.text
                        ),
                        "lower `at_most` or the numbers",
                    );
                    return None;
                }
                Some(Domain::Number { places, from, to })
            }
        }
    }
}
