//! Gathers the names that a file declares before any of them is used, so that a faulty rule does not make its name unknown.

use std::collections::{BTreeMap, BTreeSet};

use crate::arena::{CriterionId, DecisionId, DimensionId, EventsId, FlagId, GroupId, Id, InputId};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::format::tree::{Kind, Node};

/// Words of conditions and results that no input or rule may be called.
const RESERVED: [&str; 13] = [
    "all",
    "any",
    "not",
    "known",
    "missing",
    "tier",
    "status",
    "total",
    "as_at",
    "possible",
    "error",
    "nothing",
    "impossible",
];

/// What a name of the rules stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Named {
    Criterion(CriterionId),
    Group(GroupId),
    Dimension(DimensionId),
    Decision(DecisionId),
    Flag(FlagId),
}

#[derive(Debug, Default)]
pub(super) struct Names {
    /// Names that were refused where they are declared.
    pub(super) refused: BTreeSet<String>,
    /// Whether a section that declares names could not be read.
    pub(super) incomplete: bool,
    /// Lists of results that were written, but could not be read.
    pub(super) unread: BTreeSet<&'static str>,
    pub(super) inputs: BTreeMap<String, InputId>,
    /// The lists of events.
    pub(super) events: BTreeMap<String, EventsId>,
    /// Where the names are those of the fields of a list of events: its references, which no condition reads.
    pub(super) references: Option<BTreeSet<String>>,
    pub(super) rules: BTreeMap<String, Named>,
}

impl Names {
    pub(super) fn of(root: &Node, faults: &mut Diagnostics) -> Self {
        let mut names = Self::default();
        let sections = [
            "inputs",
            "derived",
            "criteria",
            "groups",
            "dimensions",
            "decisions",
            "flags",
        ];
        names.unread = ["tiers", "statuses"]
            .into_iter()
            .filter(|list| root.get(list).is_some_and(|node| node.items().is_empty()))
            .collect();
        names.incomplete = sections.into_iter().any(|section| {
            root.get(section)
                .is_some_and(|node| matches!(node.kind, Kind::Refused))
        });
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        let (mut inputs, mut lists) = (0, 0);
        for section in ["inputs", "derived"] {
            for (key, node) in root.get(section).map(Node::entries).unwrap_or_default() {
                let is_list = section == "inputs" && is_list_of_events(node);
                let next = if is_list { &mut lists } else { &mut inputs };
                let index = *next;
                *next += 1;
                if !declare(&key.text, key.place, &mut places, faults) {
                    names.refused.insert(key.text.clone());
                } else if is_list {
                    let id = EventsId::from_index(index);
                    names.events.insert(key.text.clone(), id);
                } else {
                    let id = InputId::from_index(index);
                    names.inputs.insert(key.text.clone(), id);
                }
            }
        }
        let mut places = BTreeMap::new();
        for section in ["criteria", "groups", "dimensions", "decisions", "flags"] {
            let named = |index| match section {
                "criteria" => Named::Criterion(CriterionId::from_index(index)),
                "groups" => Named::Group(GroupId::from_index(index)),
                "dimensions" => Named::Dimension(DimensionId::from_index(index)),
                "decisions" => Named::Decision(DecisionId::from_index(index)),
                _ => Named::Flag(FlagId::from_index(index)),
            };
            let entries = root.get(section).map(Node::entries).unwrap_or_default();
            for (index, (key, _)) in entries.iter().enumerate() {
                if declare(&key.text, key.place, &mut places, faults) {
                    names.rules.insert(key.text.clone(), named(index));
                } else {
                    names.refused.insert(key.text.clone());
                }
            }
        }
        names
    }

    /// Returns whether the declaration of the name was, or may have been, reported already.
    pub(super) fn may_be_declared(&self, name: &str) -> bool {
        self.incomplete || self.refused.contains(name)
    }

    /// Returns the names of one kind of rule, for suggestions.
    pub(super) fn rules_where(&self, wanted: impl Fn(Named) -> bool) -> Vec<String> {
        self.rules
            .iter()
            .filter(|(_, named)| wanted(**named))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// Returns whether an input is a list of events, which is not a single value.
pub(super) fn is_list_of_events(node: &Node) -> bool {
    node.get("type").and_then(Node::text) == Some("events")
}

pub(super) fn declare(
    name: &str,
    place: Place,
    places: &mut BTreeMap<String, Place>,
    faults: &mut Diagnostics,
) -> bool {
    if RESERVED.contains(&name) {
        let fault = Diagnostic::new(
            Code::DuplicateName,
            place,
            format!("`{name}` has a meaning of its own in conditions and results"),
        );
        faults.push(fault.help(format!("choose another name, such as `{name}_value`")));
        return false;
    }
    if let Some(first) = places.get(name) {
        let fault = Diagnostic::new(
            Code::DuplicateName,
            place,
            format!("`{name}` names two things"),
        );
        faults.push(
            fault
                .related(*first, "first named here")
                .help("choose another name for one of them"),
        );
        return false;
    }
    places.insert(name.to_owned(), place);
    true
}
