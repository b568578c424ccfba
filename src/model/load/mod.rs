//! Makes a validated matrix from a checked tree: resolves every name, bounds every number, checks that the rules cover every case, and reports every
//! fault.

mod about;
mod comparisons;
mod conditions;
mod criteria;
mod decisions;
mod events;
mod inputs;
mod names;
mod overrides;
mod scores;

use std::collections::HashSet;

use crate::arena::{CriterionId, DimensionId, GroupId, InputId};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, shortened, suggest};
use crate::format::shape::{
    IMPOSSIBLE, ambiguous, boolean_help, date_help, is_ambiguous_word, not_a_number,
};
use crate::format::tree::{Key, Kind, Node};
use crate::model::about::Term;
use crate::model::named::Label;
use crate::model::{Domain, Heading, Input, Model, PointsOf};
use crate::number::{self, Points};
use names::Names;
use scores::PointsBounds;

/// Builds the model of a tree that was checked against the language; faults go to `faults`.
pub(crate) fn load(root: &Node, faults: &mut Diagnostics) -> Model {
    let names = Names::of(root, faults);
    let sources = root.get("sources").map(Node::entries).unwrap_or_default();
    let sources = sources.iter().map(|(key, _)| key.text.clone()).collect();
    let replaceable = replaceable(root);
    let mut loader = Loader {
        faults,
        names,
        sources,
        broken: HashSet::new(),
        broken_fields: Vec::new(),
        incomplete: HashSet::new(),
        unjudged: HashSet::new(),
        incomplete_groups: HashSet::new(),
        bounds: PointsBounds::default(),
        left_out: Vec::new(),
        replaceable,
        decides: root.get("decision").is_some(),
        model: Model::default(),
    };
    loader.period(root);
    loader.model.tiers = loader.values_of(root.get("tiers"));
    loader.model.statuses = loader.values_of(root.get("statuses"));
    loader.model.result_places = ["tiers", "statuses"]
        .into_iter()
        .flat_map(|key| places(root.get(key)))
        .collect();
    let results = [&loader.model.tiers[..], &loader.model.statuses[..]].concat();
    loader.model.result_labels = loader.labels_of(root.get("labels"), &results);
    loader.results(root);
    loader.glossary(root);
    loader.inputs(root);
    let inputs = &loader.model.inputs;
    let mut by_name: Vec<InputId> = inputs.ids().collect();
    by_name.sort_by_key(|id| &inputs[*id].heading.name);
    loader.model.inputs_by_name = by_name;
    loader.checks(root);
    loader.criteria(root);
    loader.groups(root);
    let (criteria, groups) = (&loader.model.criteria, &loader.model.groups);
    let mut by_name: Vec<_> = criteria
        .iter()
        .map(|(id, criterion)| (&criterion.heading.name, PointsOf::Criterion(id)))
        .collect();
    by_name.extend(
        groups
            .iter()
            .map(|(id, group)| (&group.heading.name, PointsOf::Group(id))),
    );
    by_name.sort_by_key(|(name, _)| *name);
    loader.model.points_by_name = by_name.into_iter().map(|(_, of)| of).collect();
    loader.dimensions(root);
    loader.decisions(root);
    loader.overrides(root);
    loader.flags(root);
    if let (Some(place), true) = (loader.left_out.first().copied(), loader.faults.is_empty()) {
        // Every rule that is left out has a fault of its own; should one ever not, the file is refused all the same.
        loader.fault(
            Code::WrongKind,
            place,
            "this cannot be read",
            "write it as FORMAT.md describes it",
        );
    }
    loader.model
}

/// Returns the places of the items of a list.
fn places(list: Option<&Node>) -> Vec<Place> {
    let items = list.map(Node::items).unwrap_or_default();
    items.iter().map(|item| item.place).collect()
}

fn replaceable(root: &Node) -> HashSet<String> {
    let overrides = root.get("overrides").map(Node::items).unwrap_or_default();
    let replacing = overrides.iter().filter(|node| node.get("points").is_some());
    replacing
        .filter_map(|node| node.get("dimension")?.text().map(str::to_owned))
        .collect()
}

struct Loader<'a> {
    faults: &'a mut Diagnostics,
    names: Names,
    sources: Vec<String>,
    /// Inputs whose declaration is at fault. What reads them is not judged.
    broken: HashSet<InputId>,
    /// The same for the fields of each list of events.
    broken_fields: Vec<HashSet<InputId>>,
    /// Criteria that are at fault. What they can score is not judged.
    incomplete: HashSet<CriterionId>,
    /// Dimensions whose levels or scale are at fault. What reads these is not judged.
    unjudged: HashSet<DimensionId>,
    incomplete_groups: HashSet<GroupId>,
    bounds: PointsBounds,
    /// The places of what was left out because it is at fault.
    left_out: Vec<Place>,
    /// Dimensions whose score an override may replace, which leaves them without a scaled number.
    replaceable: HashSet<String>,
    /// Whether the matrix has a decision of its own, which gives the tier or a status.
    decides: bool,
    model: Model,
}

impl Loader<'_> {
    fn fault(
        &mut self,
        code: Code,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.faults
            .push(Diagnostic::new(code, place, message).help(help));
    }

    /// Reports a name that nothing declares, with what was most likely meant.
    fn undeclared(
        &mut self,
        place: Place,
        what: &str,
        name: &str,
        names: impl FnOnce(&Names) -> Vec<String>,
    ) {
        self.leave_out(place);
        if self.names.may_be_declared(name) {
            return;
        }
        if self.names.events.contains_key(name) {
            let message = format!("`{name}` is a list of events, which has no single value");
            let help = format!(
                "name what is counted of it, such as `number_of_{name}: {{ count: {name} }}` below `derived`"
            );
            self.fault(Code::WrongForType, place, message, help);
            return;
        }
        let what = match &self.names.references {
            Some(references) if references.contains(name) => {
                let message = format!("`{name}` is a reference, which is only told apart");
                let help = "name another field; a reference can stand in `distinct` and `one_per`";
                self.fault(Code::WrongForType, place, message, help);
                return;
            }
            Some(_) if what == "input" => "field",
            _ => what,
        };
        let help = if self.faults.is_full() {
            String::new()
        } else {
            to_declare(name, &names(&self.names))
        };
        self.fault(
            Code::UndeclaredName,
            place,
            format!("no {what} is called `{}`", shortened(name)),
            help,
        );
    }

    /// Notes that a part of the file is at fault, and so is not in the model.
    fn leave_out(&mut self, place: Place) {
        self.left_out.push(place);
    }

    /// Returns an input, unless its own declaration is at fault.
    fn input(&self, id: InputId) -> Option<&Input> {
        (!self.broken.contains(&id)).then(|| &self.model.inputs[id])
    }

    /// Returns the declared input of this name. It is reported if there is none.
    fn input_named(&mut self, node: &Node) -> Option<InputId> {
        let name = node.text()?;
        match self.names.inputs.get(name) {
            Some(id) => Some(*id),
            None => {
                self.undeclared(node.place, "input", name, |names| {
                    names.inputs.keys().cloned().collect()
                });
                None
            }
        }
    }

    fn heading(&mut self, key: &Key, node: &Node) -> Heading {
        self.heading_of(key.text.clone(), key.place, node)
    }

    fn heading_of(&mut self, name: String, place: Place, node: &Node) -> Heading {
        // A text is one paragraph wherever it is shown: no line of it can pass for a line of the report.
        let text = |key| node.get(key).and_then(Node::text).map(one_paragraph);
        let title = text("title").or_else(|| text("label"));
        let note = text("note");
        let mut sources = Vec::new();
        if let Some(source) = node.get("source") {
            let items = if source.items().is_empty() {
                std::slice::from_ref(source)
            } else {
                source.items()
            };
            for item in items {
                let Some(name) = item.text() else { continue };
                if !self.sources.iter().any(|source| source == name) {
                    let known = self.sources.clone();
                    self.undeclared(item.place, "source", name, |_| known);
                }
                sources.push(name.to_owned());
            }
        }
        Heading {
            name,
            title,
            sources,
            note,
            place,
        }
    }

    fn glossary(&mut self, root: &Node) {
        let entries = root.get("glossary").map(Node::entries).unwrap_or_default();
        for (key, node) in entries {
            let heading = self.heading_of(one_paragraph(&key.text), key.place, node);
            let means = node.get("means").and_then(Node::text);
            self.model.glossary.push(Term {
                term: heading.name,
                means: means.map(one_paragraph).unwrap_or_default(),
                sources: heading.sources,
            });
        }
    }

    /// Returns the label of each value.
    fn labels_of(&mut self, node: Option<&Node>, values: &[String]) -> Vec<Label> {
        let entries = node.map(Node::entries).unwrap_or_default();
        let mut labels: Vec<Option<String>> = vec![None; values.len()];
        for (key, label) in entries {
            let Some(at) = values.iter().position(|value| *value == key.text) else {
                let help = suggest(&key.text, values.iter().map(String::as_str));
                self.fault(
                    Code::UndeclaredValue,
                    key.place,
                    format!(
                        "there is no value `{}` to give a label to",
                        shortened(&key.text)
                    ),
                    help,
                );
                continue;
            };
            let Some(label) = label.text().map(one_paragraph) else {
                continue;
            };
            self.told_apart(&label, values, &labels, at, key.place);
            if let Some(slot) = labels.get_mut(at) {
                *slot = Some(label);
            }
        }
        let own = values.iter().zip(&labels);
        let own: Vec<Label> = own
            .map(|(name, label)| Label::of(name, label.as_deref()))
            .collect();
        told_apart_by_name(own)
    }

    /// Reports a label by which readers would take one value for another.
    fn told_apart(
        &mut self,
        label: &str,
        values: &[String],
        labels: &[Option<String>],
        at: usize,
        place: Place,
    ) {
        let own = values.get(at).map(String::as_str).unwrap_or_default();
        let mut others = values.iter().zip(labels).filter(|(name, _)| *name != own);
        let other = others.find(|(name, other)| *name == label || other.as_deref() == Some(label));
        if let Some((name, _)) = other {
            let message = format!(
                "readers could not tell `{own}` from `{name}`: both would be called `{}`",
                shortened(label)
            );
            self.fault(
                Code::DuplicateName,
                place,
                message,
                "choose another label for one of them",
            );
        }
    }

    fn values_of(&mut self, node: Option<&Node>) -> Vec<String> {
        let items = node.map(Node::items).unwrap_or_default();
        let mut values: Vec<String> = Vec::new();
        for item in items {
            let Some(text) = item.text() else { continue };
            self.needs_quotes(item);
            if values.iter().any(|value| value == text) {
                self.fault(
                    Code::DuplicateName,
                    item.place,
                    format!("`{text}` is listed twice"),
                    "keep one of them",
                );
                continue;
            }
            if text == IMPOSSIBLE {
                self.fault(
                    Code::DuplicateName,
                    item.place,
                    format!("`{text}` marks a cell of a table that cannot occur"),
                    "choose another word",
                );
            }
            values.push(text.to_owned());
        }
        values
    }

    /// Reports a word without quotes that YAML readers disagree about.
    fn needs_quotes(&mut self, node: &Node) {
        if let Kind::Scalar { text, plain: true } = &node.kind
            && is_ambiguous_word(text)
        {
            self.faults.push(ambiguous(text, node.place));
        }
    }

    /// Loads the tiers and statuses, which share one list of results.
    fn results(&mut self, root: &Node) {
        let statuses = root.get("statuses").map(Node::items).unwrap_or_default();
        for item in statuses {
            if let Some(text) = item.text()
                && self.model.tiers.iter().any(|tier| tier == text)
            {
                self.fault(
                    Code::DuplicateName,
                    item.place,
                    format!("`{text}` is both a tier and a status"),
                    "choose another word for the status",
                );
            }
        }
    }

    fn period(&mut self, root: &Node) {
        let Some(effective) = root.get("effective") else {
            return;
        };
        let date = |key| {
            effective
                .get(key)
                .and_then(Node::text)
                .and_then(|text| text.parse::<crate::date::Date>().ok())
        };
        if let (Some(from), Some(until), Some(node)) =
            (date("from"), date("until"), effective.get("until"))
            && until <= from
        {
            self.fault(
                Code::Period,
                node.place,
                format!("`until` {until} is not after `from` {from}"),
                "write as `until` the first day on which the matrix is no longer in force",
            );
        }
    }

    fn points(&mut self, node: Option<&Node>) -> Option<Points> {
        let node = node?;
        let number = number::parse(node.text()?)?;
        if let Some(points) = Points::from_decimal(number) {
            return Some(points);
        }
        let text = shortened(node.text().unwrap_or_default());
        if number.normalize().scale() > number::POINTS_PLACES {
            let help = format!("write at most {} decimal places", number::POINTS_PLACES);
            self.fault(
                Code::TooManyPlaces,
                node.place,
                format!("`{text}` has too many decimal places for points"),
                help,
            );
        } else {
            self.fault(
                Code::NumberOutOfRange,
                node.place,
                format!("`{text}` is too large for points"),
                "write a number from -1000000000 to 1000000000",
            );
        }
        None
    }

    /// Reads a number of an input, in units of its last decimal place.
    fn number_of(&mut self, node: &Node, name: &str, places: u32) -> Option<i64> {
        let text = node.text()?;
        let Some(number) = number::parse(text) else {
            self.faults.push(not_a_number(
                text,
                node.place,
                format!("`{name}` is a number, and `{}` is not", shortened(text)),
            ));
            return None;
        };
        if let Some(scaled) = number::scaled(number, places) {
            return Some(scaled);
        }
        if number.normalize().scale() > places {
            let message =
                format!("`{text}` has more decimal places than `{name}`, which has {places}");
            let help = if places == 0 {
                "write a whole number".to_owned()
            } else {
                format!("write at most {places} decimal places, or declare more `places`")
            };
            self.fault(Code::TooManyPlaces, node.place, message, help);
        } else {
            let most = number::scaled_text(number::SCALED_LIMIT, places);
            self.fault(
                Code::Overflow,
                node.place,
                format!("`{text}` is too large to be exact"),
                format!("write a number from -{most} to {most}"),
            );
        }
        None
    }

    /// Reads a value of an input as a whole number. It is reported if the input cannot have it.
    fn value_of(&mut self, node: &Node, name: &str, domain: &Domain) -> Option<i64> {
        let text = node.text()?;
        let value = match domain {
            Domain::Number { places, .. } => self.number_of(node, name, *places)?,
            Domain::Level { values } | Domain::Category { values } | Domain::Set { values } => {
                match values.iter().position(|value| value == text) {
                    Some(position) => {
                        self.needs_quotes(node);
                        position as i64
                    }
                    None => {
                        self.undeclared_value(node, &format!("`{name}` has no value"), values);
                        return None;
                    }
                }
            }
            Domain::Boolean => match text {
                "true" => 1,
                "false" => 0,
                _ => {
                    let message =
                        format!("`{name}` must be true or false, not `{}`", shortened(text));
                    self.fault(Code::NotABoolean, node.place, message, boolean_help(text));
                    return None;
                }
            },
            Domain::Date { .. } => match text.parse::<crate::date::Date>() {
                Ok(date) => date.days(),
                Err(_) => {
                    self.fault(
                        Code::NotADate,
                        node.place,
                        format!("`{name}` is a date, and `{}` is not", shortened(text)),
                        date_help(text),
                    );
                    return None;
                }
            },
        };
        let (from, to) = domain.bounds();
        let is_number = matches!(domain, Domain::Number { .. } | Domain::Date { .. });
        if is_number && !(from..=to).contains(&value) {
            let help = format!(
                "write a value from {} to {}, or change the range of `{name}`",
                domain.text_of(from),
                domain.text_of(to)
            );
            self.fault(
                Code::UndeclaredValue,
                node.place,
                format!("`{name}` is never {text}"),
                help,
            );
            return None;
        }
        Some(value)
    }

    /// Reports a word that is not among the values that there are. `message` says so, and the word is put behind it.
    fn undeclared_value(&mut self, node: &Node, message: &str, values: &[String]) {
        let text = node.text().unwrap_or_default();
        let help = if self.faults.is_full() {
            String::new()
        } else {
            to_declare(text, values)
        };
        self.fault(
            Code::UndeclaredValue,
            node.place,
            format!("{message} `{}`", shortened(text)),
            help,
        );
    }
}

/// Returns what to write instead of a word that nothing declares.
fn to_declare(word: &str, declared: &[String]) -> String {
    match declared {
        [] => "declare it: the file does not declare any yet".to_owned(),
        declared => suggest(word, declared.iter().map(String::as_str)),
    }
}

/// Returns the type of an input with its article: "an integer".
fn a_type(domain: &Domain) -> String {
    with_article(domain.type_name())
}

fn with_article(kind: &str) -> String {
    format!("{} {kind}", if kind.starts_with('i') { "an" } else { "a" })
}

impl Domain {
    /// Returns a value as it is written.
    pub(crate) fn text_of(&self, value: i64) -> String {
        let named = |values: &[String]| {
            usize::try_from(value)
                .ok()
                .and_then(|value| values.get(value).cloned())
                .unwrap_or_default()
        };
        match self {
            Self::Number { places, .. } => number::scaled_text(value, *places),
            Self::Level { values } | Self::Category { values } => named(values),
            Self::Set { .. } => format!("[{}]", self.members(value).join(", ")),
            Self::Boolean => if value == 0 { "false" } else { "true" }.to_owned(),
            Self::Date { .. } => crate::date::Date::from_days(value).to_string(),
        }
    }
}

/// Returns a text without its line ends.
pub(super) fn one_paragraph(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns labels in which names that would read alike without their underscores keep them.
fn told_apart_by_name(labels: Vec<Label>) -> Vec<Label> {
    let readers: Vec<String> = labels.iter().map(|label| label.reader.clone()).collect();
    let is_alone = |label: &Label| readers.iter().filter(|own| **own == label.reader).count() == 1;
    let told = labels.into_iter().map(|label| match is_alone(&label) {
        true => label,
        false => Label {
            reader: label.written.clone(),
            ..label
        },
    });
    told.collect()
}
