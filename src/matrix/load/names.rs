//! The names that a file declares, gathered before any is used, so that a faulty rule does not make its name unknown.

use std::collections::BTreeMap;

use crate::arena::{CriterionId, DecisionId, DimensionId, FlagId, GroupId, Id, InputId};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::format::tree::Node;

/// Words of conditions and results that no input or rule may be called.
const RESERVED: [&str; 13] =
    ["all", "any", "not", "known", "missing", "tier", "status", "total", "as_at", "possible", "error", "nothing", "impossible"];

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
    pub(super) inputs: BTreeMap<String, InputId>,
    pub(super) rules: BTreeMap<String, Named>,
}

impl Names {
    pub(super) fn of(root: &Node, faults: &mut Diagnostics) -> Self {
        let mut names = Self::default();
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        let entries = ["inputs", "derived"].into_iter().flat_map(|section| root.get(section).map(Node::entries).unwrap_or_default());
        for (index, (key, _)) in entries.enumerate() {
            if declare(&key.text, key.place, &mut places, faults) {
                names.inputs.insert(key.text.clone(), InputId::from_index(index));
            }
        }
        let mut places = BTreeMap::new();
        let sections: [(&str, fn(usize) -> Named); 5] = [
            ("criteria", |index| Named::Criterion(CriterionId::from_index(index))),
            ("groups", |index| Named::Group(GroupId::from_index(index))),
            ("dimensions", |index| Named::Dimension(DimensionId::from_index(index))),
            ("decisions", |index| Named::Decision(DecisionId::from_index(index))),
            ("flags", |index| Named::Flag(FlagId::from_index(index))),
        ];
        for (section, named) in sections {
            let entries = root.get(section).map(Node::entries).unwrap_or_default();
            for (index, (key, _)) in entries.iter().enumerate() {
                if declare(&key.text, key.place, &mut places, faults) {
                    names.rules.insert(key.text.clone(), named(index));
                }
            }
        }
        names
    }

    /// The names of one kind of rule, for suggestions.
    pub(super) fn rules_where(&self, wanted: impl Fn(Named) -> bool) -> Vec<String> {
        self.rules.iter().filter(|(_, named)| wanted(**named)).map(|(name, _)| name.clone()).collect()
    }
}

fn declare(name: &str, place: Place, places: &mut BTreeMap<String, Place>, faults: &mut Diagnostics) -> bool {
    if RESERVED.contains(&name) {
        let fault = Diagnostic::new(Code::DuplicateName, place, format!("`{name}` has a meaning of its own in conditions"));
        faults.push(fault.help("choose another name"));
        return false;
    }
    if let Some(first) = places.get(name) {
        let fault = Diagnostic::new(Code::DuplicateName, place, format!("`{name}` names two things"));
        faults.push(fault.related(*first, "first named here").help("choose another name for one of them"));
        return false;
    }
    places.insert(name.to_owned(), place);
    true
}
