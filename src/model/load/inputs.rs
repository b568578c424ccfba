//! Loads inputs, derived inputs and checks.

use crate::arena::{Id, InputId};
use crate::date::{Date, Unit};
use crate::diagnostic::{Code, shortened};
use crate::format::tree::{Key, Node};
use crate::model::load::conditions::Scope;
use crate::model::load::events::{OF_EVENTS, counts};
use crate::model::load::names::is_list_of_events;
use crate::model::load::{Loader, one_paragraph, with_article};
use crate::model::{Check, Derived, Domain, Input, Missing, Moment, MoreIs};
use crate::words::listed;

/// Words in a name that stand, or commonly stand, for a characteristic protected by the Equality Act 2010.
const PROTECTED_WORDS: [&str; 22] = [
    "age",
    "born",
    "birth",
    "dob",
    "sex",
    "gender",
    "female",
    "male",
    "woman",
    "women",
    "man",
    "race",
    "ethnicity",
    "ethnic",
    "nationality",
    "religion",
    "belief",
    "disability",
    "disabled",
    "pregnant",
    "pregnancy",
    "orientation",
];
/// The most different values that an operand of a sum may have.
const MOST_SUMMANDS: i64 = 65_536;

impl Loader<'_> {
    pub(super) fn inputs(&mut self, root: &Node) {
        let declared = root.get("inputs").map(Node::entries).unwrap_or_default();
        let derived = root.get("derived").map(Node::entries).unwrap_or_default();
        let (lists, declared): (Vec<_>, Vec<_>) = declared
            .iter()
            .partition(|(_, node)| is_list_of_events(node));
        for (key, node) in &declared {
            let id = InputId::from_index(self.model.inputs.len());
            let input = self.declared_input(id, key, node);
            self.model.inputs.push(input);
        }
        for (key, node) in lists {
            let list = self.event_list(key, node);
            self.model.events.push(list);
        }
        for (key, node) in derived {
            let id = InputId::from_index(self.model.inputs.len());
            let input = self.derived_input(id, key, node, declared.len());
            self.model.inputs.push(input);
        }
    }

    pub(super) fn declared_input(&mut self, id: InputId, key: &Key, node: &Node) -> Input {
        let domain = self.domain(key, node);
        let missing = match &domain {
            Some(domain) => self.missing(key, node, domain),
            None => Missing::Error,
        };
        if domain.is_none() {
            self.broken.insert(id);
            self.leave_out(key.place);
        }
        let is_earlier = match (node.get("earlier"), &domain) {
            // Any other word is a fault by itself.
            (Some(earlier), Some(domain)) if earlier.text() == Some("tier") => {
                self.earlier(&key.text, node, earlier, domain)
            }
            _ => false,
        };
        let domain = domain.unwrap_or(Domain::Boolean);
        let labels = match domain.names() {
            [] => Vec::new(),
            names => self.labels_of(node.get("labels"), names),
        };
        let more_is = match node.get("more_is").and_then(Node::text) {
            Some("worse") => Some(MoreIs::Worse),
            Some("better") => Some(MoreIs::Better),
            _ => None,
        };
        Input {
            missing,
            domain,
            labels,
            more_is,
            is_earlier,
            ..self.described_input(key, node)
        }
    }

    /// Returns whether an input can be the tier that the matrix gave the time before, as it says that it is.
    fn earlier(&mut self, name: &str, node: &Node, earlier: &Node, domain: &Domain) -> bool {
        let (tiers, statuses) = (self.model.tiers.clone(), self.model.statuses.clone());
        if !self.decides {
            self.fault(
                Code::WrongForType,
                earlier.place,
                "there is no `decision`, which would give a tier",
                "remove `earlier`, or write a `decision`",
            );
            return false;
        }
        if !matches!(domain, Domain::Level { .. } | Domain::Category { .. }) {
            self.fault(
                Code::WrongForType,
                earlier.place,
                format!(
                    "`{name}` is {}, and cannot be a tier",
                    with_article(domain.type_name())
                ),
                format!(
                    "write `type: category` and `values: [{}]`",
                    tiers.join(", ")
                ),
            );
            return false;
        }
        let other = (self.model.inputs.items().iter()).find(|input| input.is_earlier);
        if let Some(other) = other.map(|input| input.heading.name.clone()) {
            self.fault(
                Code::DuplicateName,
                earlier.place,
                format!("`{other}` is the earlier tier already"),
                "remove one of the two `earlier`",
            );
            return false;
        }
        let values = node.get("values");
        let place = values.map_or(earlier.place, |values| values.place);
        let lacking: Vec<String> = (tiers.iter())
            .filter(|tier| !domain.names().contains(tier))
            .map(|tier| format!("`{tier}`"))
            .collect();
        if !lacking.is_empty() {
            self.fault(
                Code::UndeclaredValue,
                place,
                format!(
                    "`{name}` is the earlier tier, and lacks {}",
                    listed(&lacking, "and")
                ),
                format!("add every tier to its `values`: {}", tiers.join(", ")),
            );
        }
        for value in values.map(Node::items).unwrap_or_default() {
            let Some(text) = value.text() else { continue };
            if !tiers.iter().chain(&statuses).any(|result| result == text) {
                let results = tiers.iter().chain(&statuses).map(String::as_str);
                let help = crate::diagnostic::suggest(text, results);
                self.fault(
                    Code::UndeclaredValue,
                    value.place,
                    format!("`{}` is not a tier or a status", shortened(text)),
                    help,
                );
            }
        }
        true
    }

    /// Loads what declared and derived inputs have in common.
    pub(super) fn described_input(&mut self, key: &Key, node: &Node) -> Input {
        self.protected(key, node);
        Input {
            heading: self.heading(key, node),
            unit: node.get("unit").and_then(Node::text).map(one_paragraph),
            domain: Domain::Boolean,
            labels: Vec::new(),
            missing: Missing::Error,
            derived: None,
            counted: None,
            protected: node.get("protected").and_then(Node::text) == Some("true"),
            changeable: node.get("changeable").and_then(Node::text) == Some("true"),
            more_is: None,
            is_earlier: false,
        }
    }

    pub(super) fn protected(&mut self, key: &Key, node: &Node) {
        let word = key
            .text
            .split('_')
            .find(|word| PROTECTED_WORDS.contains(word));
        if let Some(word) = word
            && node.get("protected").is_none()
        {
            let message = if key.text == *word {
                format!("the name `{word}` is that of a protected characteristic")
            } else {
                format!(
                    "the name `{}` looks like a protected characteristic (`{word}`)",
                    key.text
                )
            };
            self.fault(
                Code::Protected,
                key.place,
                message,
                "add `protected: true` to declare its use, or `protected: false` if it is not one",
            );
        }
    }

    fn domain(&mut self, name: &Key, node: &Node) -> Option<Domain> {
        let kind = node.get("type")?.text()?;
        let (number, named) = (
            matches!(kind, "integer" | "decimal"),
            matches!(kind, "level" | "category" | "set"),
        );
        let suits: [(&str, bool, bool); 6] = [
            ("at_most", false, false),
            ("fields", false, false),
            ("range", number || kind == "date", number),
            ("places", kind == "decimal", kind == "decimal"),
            ("values", named, named),
            ("labels", named, false),
        ];
        let mut sound = true;
        for (key, may, must) in suits {
            match node
                .entries()
                .iter()
                .find(|(written, _)| written.text == key)
            {
                Some((unsuited, _)) if !may => {
                    let help = format!("remove it, or change the `type` of `{}`", name.text);
                    self.fault(
                        Code::WrongForType,
                        unsuited.place,
                        format!("{} has no `{key}`", with_article(kind)),
                        help,
                    );
                }
                None if must => {
                    sound = false;
                    let help = match key {
                        "range" => "add `range: [0, 100]`: the smallest and the largest value",
                        "places" => "add `places: 2`: the most decimal places a value has",
                        _ => "add `values: [ … ]`",
                    };
                    let message = format!(
                        "the input `{}` needs the key `{key}`, as {} does",
                        name.text,
                        with_article(kind)
                    );
                    self.fault(Code::MissingKey, name.place, message, help);
                }
                _ => {}
            }
        }
        if !sound {
            return None;
        }
        match kind {
            "integer" => self.number_range(&name.text, node, 0),
            "decimal" => {
                let places = node.get("places")?.text()?.parse().ok()?;
                self.number_range(&name.text, node, places)
            }
            "boolean" => Some(Domain::Boolean),
            "date" => self.date_range(&name.text, node),
            _ => {
                let values = self.values_of(node.get("values"));
                match kind {
                    _ if values.is_empty() => None,
                    "level" => Some(Domain::Level { values }),
                    "category" => Some(Domain::Category { values }),
                    "set" => Some(Domain::Set { values }),
                    _ => None,
                }
            }
        }
    }

    /// Returns the two ends of a range.
    fn ends<'n>(&mut self, range: &'n Node, example: &str) -> Option<(&'n Node, &'n Node)> {
        if let [from, to] = range.items() {
            return Some((from, to));
        }
        if range.items().len() == 1 {
            let help = format!("write the smallest and the largest value, such as `{example}`");
            self.fault(
                Code::WrongKind,
                range.place,
                "a range needs two values, and this one has only one",
                help,
            );
        }
        None
    }

    pub(super) fn number_range(&mut self, name: &str, node: &Node, places: u32) -> Option<Domain> {
        let range = node.get("range")?;
        let (from, to) = self.ends(range, "[0, 100]")?;
        let (from, to) = (
            self.number_of(from, name, places),
            self.number_of(to, name, places),
        );
        let (from, to) = (from?, to?);
        if from > to {
            self.fault(
                Code::EmptyRange,
                range.place,
                format!("the range of `{name}` ends before it starts"),
                "write the smaller number first",
            );
            return None;
        }
        Some(Domain::Number { places, from, to })
    }

    pub(super) fn date_range(&mut self, name: &str, node: &Node) -> Option<Domain> {
        let Some(range) = node.get("range") else {
            return Some(Domain::ANY_DATE);
        };
        let (from, to) = self.ends(range, "[2000-01-01, 2030-12-31]")?;
        let (from, to) = (
            self.value_of(from, name, &EVERY_DATE),
            self.value_of(to, name, &EVERY_DATE),
        );
        let (from, to) = (from?, to?);
        if from > to {
            self.fault(
                Code::EmptyRange,
                range.place,
                format!("the range of `{name}` ends before it starts"),
                "write the earlier date first",
            );
            return None;
        }
        Some(Domain::Date { from, to })
    }

    fn missing(&mut self, key: &Key, node: &Node, domain: &Domain) -> Missing {
        let Some(missing) = node.get("missing") else {
            return Missing::Error;
        };
        match missing.text() {
            Some("absent") => return Missing::Absent,
            Some("unknown") => return Missing::Unknown,
            _ => {}
        }
        let Some(assumed) = missing.get("assume") else {
            return Missing::Error;
        };
        let value = match domain {
            Domain::Set { .. } => self.members(assumed, &key.text, domain),
            _ if assumed.text().is_none() => {
                self.fault(
                    Code::WrongForType,
                    assumed.place,
                    format!("`{}` has a single value, not a list", key.text),
                    "write one value",
                );
                None
            }
            _ => self.value_of(assumed, &key.text, domain),
        };
        value.map_or(Missing::Error, Missing::Assume)
    }

    /// Returns the bits of a list of members.
    pub(super) fn members(&mut self, node: &Node, name: &str, domain: &Domain) -> Option<i64> {
        if let Some(text) = node.text() {
            let help = format!("write `[{}]`", shortened(text));
            self.fault(
                Code::WrongForType,
                node.place,
                format!("`{name}` is a set, so its value must be a list"),
                help,
            );
            return None;
        }
        let bits: Vec<_> = node
            .items()
            .iter()
            .map(|item| self.value_of(item, name, domain))
            .collect();
        bits.into_iter()
            .try_fold(0, |members, bit| Some(members | 1 << bit?))
    }

    fn derived_input(&mut self, id: InputId, key: &Key, node: &Node, declared: usize) -> Input {
        if let Some(kind) = counts(node) {
            return self.counted_input(id, key, node, kind);
        }
        for unsuited in OF_EVENTS {
            if let Some((unsuited, _)) = node.entries().iter().find(|(own, _)| own.text == unsuited)
            {
                self.fault(
                    Code::WrongForType,
                    unsuited.place,
                    format!("`{}` is only for what is counted of events", unsuited.text),
                    format!("remove it, or count a list of events in `{}`", key.text),
                );
            }
        }
        let derived = self.derivation(&key.text, node, declared);
        let range = node.get("range");
        let computed = derived.as_ref().map(|derived| self.derived_bounds(derived));
        let domain = match (computed, range) {
            (Some((from, to)), None) => Some(Domain::Number {
                places: 0,
                from,
                to,
            }),
            (Some(_), Some(_)) => self.number_range(&key.text, node, 0),
            (None, _) => None,
        };
        if domain.is_none() {
            self.broken.insert(id);
            self.leave_out(key.place);
        }
        let missing = derived
            .as_ref()
            .map_or(Missing::Error, |derived| self.derived_missing(derived));
        Input {
            derived,
            missing,
            domain: domain.unwrap_or(Domain::Boolean),
            ..self.described_input(key, node)
        }
    }

    fn derivation(&mut self, name: &str, node: &Node, declared: usize) -> Option<Derived> {
        if let Some(sum) = node.get("sum") {
            let mut parts = Vec::new();
            for item in sum.items() {
                let part = self.part(item, declared)?;
                let whole = matches!(self.input(part)?.domain, Domain::Number { places: 0, .. });
                if !whole {
                    let text = item.text().unwrap_or_default();
                    self.fault(
                        Code::WrongForType,
                        item.place,
                        format!("`{text}` is not an integer input"),
                        "name integer inputs only",
                    );
                    return None;
                }
                let (from, to) = self.input(part)?.domain.bounds();
                if to - from >= MOST_SUMMANDS {
                    let message = format!(
                        "`{}` has too many values to add up exactly",
                        item.text().unwrap_or_default()
                    );
                    self.fault(
                        Code::Overflow,
                        item.place,
                        message,
                        format!("give it a range of at most {MOST_SUMMANDS} values"),
                    );
                    return None;
                }
                if parts.contains(&part) {
                    let message =
                        format!("`{}` would count twice", item.text().unwrap_or_default());
                    self.fault(
                        Code::DuplicateName,
                        item.place,
                        message,
                        "remove one of them",
                    );
                    return None;
                }
                parts.push(part);
            }
            return (!parts.is_empty()).then_some(Derived::Sum(parts));
        }
        let units = [
            ("years_between", Unit::Years),
            ("months_between", Unit::Months),
            ("days_between", Unit::Days),
        ];
        let (dates, unit) = units
            .into_iter()
            .find_map(|(key, unit)| Some((node.get(key)?, unit)))?;
        let [from, to] = dates.items() else {
            if dates.items().len() == 1 {
                self.fault(
                    Code::WrongKind,
                    dates.place,
                    format!("`{name}` needs two dates"),
                    "write `[the earlier, the later]`, such as `[born, as_at]`",
                );
            }
            return None;
        };
        let (from, to) = (self.moment(from, declared), self.moment(to, declared));
        let (from, to) = (from?, to?);
        let unknown = |moment: Moment| matches!(moment, Moment::Input(id) if self.model.inputs[id].missing == Missing::Unknown);
        if unknown(from) && unknown(to) {
            let message = format!(
                "both dates of `{name}` can be unknown, so the length of time cannot be worked out exactly"
            );
            self.fault(
                Code::MissingPolicy,
                dates.place,
                message,
                "give one of them `missing: error` or `missing: absent`, or supply the length of time as an input",
            );
            return None;
        }
        Some(Derived::Between { unit, from, to })
    }

    fn moment(&mut self, node: &Node, declared: usize) -> Option<Moment> {
        if node.text() == Some("as_at") {
            return Some(Moment::AsAt);
        }
        let id = self.part(node, declared)?;
        if !matches!(self.input(id)?.domain, Domain::Date { .. }) {
            let message = format!("`{}` is not a date", node.text().unwrap_or_default());
            self.fault(
                Code::WrongForType,
                node.place,
                message,
                "name a date input, or `as_at`",
            );
            return None;
        }
        Some(Moment::Input(id))
    }

    /// Loads a declared input that a derived one reads.
    fn part(&mut self, node: &Node, declared: usize) -> Option<InputId> {
        let id = self.input_named(node)?;
        let inputs = self.model.inputs.items();
        let is_count = inputs.get(id.index()).is_some_and(|input| {
            let counted = input.counted.as_ref();
            counted.is_some_and(|count| !count.takes.may_be_none())
        });
        if id.index() >= declared && !is_count {
            let is_counted = (inputs.get(id.index())).is_some_and(|input| input.counted.is_some());
            if is_counted {
                let message = format!(
                    "`{}` is counted of events, and has no value where none counts",
                    node.text().unwrap_or_default()
                );
                let help = "name counts, distinct counts and sums; `days_since` is the days since the latest event";
                self.fault(Code::UsedTooEarly, node.place, message, help);
                return None;
            }
            let message = format!(
                "`{}` is itself a derived input",
                node.text().unwrap_or_default()
            );
            self.fault(
                Code::UsedTooEarly,
                node.place,
                message,
                "name the inputs that it is worked out from",
            );
            return None;
        }
        Some(id)
    }

    fn derived_bounds(&self, derived: &Derived) -> (i64, i64) {
        match derived {
            Derived::Sum(parts) => {
                let bounds = parts
                    .iter()
                    .map(|part| self.model.inputs[*part].domain.bounds());
                bounds.fold((0, 0), |(from, to), (least, most)| {
                    (from + least, to + most)
                })
            }
            Derived::Between { unit, from, to } => {
                let ends = |moment: &Moment| match moment {
                    Moment::AsAt => Domain::ANY_DATE.bounds(),
                    Moment::Input(id) => self.model.inputs[*id].domain.bounds(),
                };
                let ((first, last), (earliest, latest)) = (ends(from), ends(to));
                let count =
                    |from, to| Date::from_days(from).completed_until(Date::from_days(to), *unit);
                (count(last, earliest), count(first, latest))
            }
        }
    }

    /// Returns the policy of a derived input: absent if a part may be absent, and otherwise unknown if a part may be unknown.
    fn derived_missing(&self, derived: &Derived) -> Missing {
        let parts: Vec<InputId> = match derived {
            Derived::Sum(parts) => parts.clone(),
            Derived::Between { from, to, .. } => [from, to]
                .into_iter()
                .filter_map(|moment| {
                    if let Moment::Input(id) = moment {
                        Some(*id)
                    } else {
                        None
                    }
                })
                .collect(),
        };
        let any = |policy| {
            parts
                .iter()
                .any(|part| self.model.inputs[*part].missing == policy)
        };
        if any(Missing::Absent) {
            Missing::Absent
        } else if any(Missing::Unknown) {
            Missing::Unknown
        } else {
            Missing::Error
        }
    }

    pub(super) fn checks(&mut self, root: &Node) {
        let mut seen: Vec<String> = Vec::new();
        for node in root.get("checks").map(Node::items).unwrap_or_default() {
            let name = node
                .get("id")
                .and_then(Node::text)
                .unwrap_or_default()
                .to_owned();
            if seen.contains(&name) {
                let place = node.get("id").map_or(node.place, |id| id.place);
                self.fault(
                    Code::DuplicateName,
                    place,
                    format!("two checks are called `{name}`"),
                    "choose another id for one of them",
                );
            }
            seen.push(name.clone());
            // Its source must be declared, though nothing more is kept of it.
            self.heading_of(name, node.place, node);
            let scope = Scope::inputs("a check");
            let when = node.get("when").map(|when| self.condition(when, scope));
            let Some(require) = node.get("require") else {
                continue;
            };
            let require = self.condition(require, scope);
            let message = node
                .get("message")
                .and_then(Node::text)
                .map(one_paragraph)
                .unwrap_or_default();
            let mut inputs = Vec::new();
            for condition in when.into_iter().chain([require]) {
                self.model.inputs_read(condition, &mut inputs);
            }
            self.model.checks.push(Check {
                when,
                require,
                message,
                inputs,
            });
        }
    }
}

/// The range of every date that there is.
const EVERY_DATE: Domain = Domain::Date {
    from: -719_162,
    to: 2_932_896,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_dates_are_what_the_format_says() {
        let days = |text: &str| text.parse::<Date>().unwrap().days();
        assert_eq!(
            Domain::ANY_DATE.bounds(),
            (days("1900-01-01"), days("2199-12-31"))
        );
        assert_eq!(
            EVERY_DATE.bounds(),
            (days("0001-01-01"), days("9999-12-31"))
        );
    }
}
