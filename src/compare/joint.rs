//! Puts two matrices into one graph over the same profiles, in which each matrix reads the shared inputs in its own way.

use std::collections::BTreeSet;

use crate::arena::{Id, InputId, NodeId};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::{Domain, Input, Missing};
use crate::plan::{ABSENT, Lookup, Node};
use crate::profile::{Profile, Value};
use crate::prove::space::{Free, Space, mildest};

/// The two matrices of a comparison as one space.
pub(super) struct Joint<'a> {
    pub(super) space: Space,
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
    /// The inputs, those of the older matrix first: the name, the values, and the value for which both matrices take a missing one.
    inputs: Vec<(String, Domain, i64)>,
    /// What is not compared, and why.
    pub(super) left_out: Vec<String>,
}

/// One of the two matrices.
pub(super) struct Side<'a> {
    pub(super) matrix: &'a Matrix,
    /// Where each node of its plan stands in the space.
    map: Vec<NodeId>,
}

impl Side<'_> {
    pub(super) fn node(&self, node: NodeId) -> NodeId {
        self.map.get(node.index()).copied().unwrap_or(node)
    }
}

/// How a matrix reads a shared input.
#[derive(Debug, Clone)]
struct View {
    shared: InputId,
    values: Values,
    /// The value that it assumes for a missing one.
    assumed: Option<i64>,
}

/// How the values of a shared input correspond to the values of a matrix.
#[derive(Debug, Clone)]
enum Values {
    Same,
    /// The factor from a shared number to the matrix's own number, which is in smaller units.
    Times(i64),
    /// The position of each value.
    Positions(Vec<i64>),
    /// The bit of each member.
    Members(Vec<usize>),
}

impl<'a> Joint<'a> {
    pub(super) fn of(old: &'a Matrix, new: &'a Matrix, as_at: Date) -> Self {
        let mut space = Space::empty(as_at);
        let mut inputs = Vec::new();
        let mut left_out = Vec::new();
        let mut views: [Vec<Option<View>>; 2] =
            [old, new].map(|matrix| vec![None; matrix.model().inputs.len()]);
        let find = |matrix: &'a Matrix, name: &str| {
            matrix
                .model()
                .inputs
                .iter()
                .find(|(_, input)| input.heading.name == name)
        };
        let declared = |matrix: &'a Matrix| {
            matrix
                .model()
                .inputs
                .items()
                .iter()
                .filter(|input| input.derived.is_none())
        };
        let only_new = declared(new).filter(|input| {
            find(old, &input.heading.name).is_none_or(|(_, other)| other.derived.is_some())
        });
        for input in declared(old).chain(only_new) {
            let name = &input.heading.name;
            let owners = [find(old, name), find(new, name)]
                .map(|found| found.filter(|(_, input)| input.derived.is_none()));
            let (free, of) = match owners {
                [Some((_, one)), Some((_, other))] => shared(one, other, &mut left_out),
                _ => {
                    let derived = [old, new].iter().any(|matrix| {
                        find(matrix, name).is_some_and(|(_, input)| input.derived.is_some())
                    });
                    (
                        alone(input, derived, &mut left_out),
                        [Values::Same, Values::Same],
                    )
                }
            };
            let implied = if free.may_be_absent
                || owners
                    .iter()
                    .flatten()
                    .all(|(_, input)| matches!(input.missing, Missing::Assume(_)))
            {
                free.plain
            } else {
                ABSENT
            };
            inputs.push((name.clone(), free.domain.clone(), implied));
            let id = space.input(free);
            for ((views, owner), values) in views.iter_mut().zip(owners).zip(of) {
                if let Some((own, input)) = owner
                    && let Some(slot) = views.get_mut(own.index())
                {
                    let assumed = if let Missing::Assume(value) = input.missing {
                        Some(value)
                    } else {
                        None
                    };
                    *slot = Some(View {
                        shared: id,
                        values,
                        assumed,
                    });
                }
            }
        }
        let [of_old, of_new] = views;
        let (old, new) = (
            side(&mut space, old, &of_old, &mut left_out),
            side(&mut space, new, &of_new, &mut left_out),
        );
        Self {
            space,
            old,
            new,
            inputs,
            left_out,
        }
    }

    /// Returns the profile with these values. A value for which both matrices take a missing one is left out.
    pub(super) fn profile(&self, values: &[i64]) -> Profile {
        let given = self
            .inputs
            .iter()
            .zip(values)
            .filter(|((.., implied), value)| ![ABSENT, *implied].contains(*value));
        given
            .map(|((name, domain, _), value)| (name.as_str(), Value::of(domain, *value)))
            .collect()
    }
}

impl Joint<'_> {
    /// Returns the names of the inputs whose values say more than the value that says least.
    pub(super) fn deciding(&self, values: &[i64]) -> Vec<String> {
        let free = self.space.free.iter().zip(&self.inputs).zip(values);
        free.filter(|((free, _), value)| **value != free.plain)
            .map(|((_, (name, ..)), _)| name.clone())
            .collect()
    }
}

/// Returns a profile with only the values for which a matrix has inputs.
pub(crate) fn narrowed(profile: &Profile, matrix: &Matrix) -> Profile {
    let own: BTreeSet<&str> = matrix.inputs().collect();
    profile
        .iter()
        .filter(|(name, _)| own.contains(name))
        .map(|(name, value)| (name, value.clone()))
        .collect()
}

/// Returns an input that only one of the matrices reads, free to take every value.
fn alone(input: &Input, is_derived_in_other: bool, left_out: &mut Vec<String>) -> Free {
    let may_be_absent = input.missing == Missing::Absent;
    let plain = match input.missing {
        Missing::Absent => ABSENT,
        Missing::Assume(value) => value,
        _ => mildest(&input.domain, input.more_is),
    };
    let listed = is_derived_in_other.then(|| {
        left_out.push(format!(
            "profiles with a value for `{}`, which one of the matrices works out",
            input.heading.name
        ));
        let missing = matches!(input.missing, Missing::Absent | Missing::Assume(_));
        missing.then_some(plain).into_iter().collect()
    });
    Free {
        domain: input.domain.clone(),
        may_be_absent,
        plain,
        listed,
    }
}

/// Returns an input of both matrices, free to take the values that both accept, and what these values are to each matrix.
fn shared(one: &Input, other: &Input, left_out: &mut Vec<String>) -> (Free, [Values; 2]) {
    let name = &one.heading.name;
    let settled = |missing: Missing| matches!(missing, Missing::Absent | Missing::Assume(_));
    let both_may_miss = settled(one.missing) && settled(other.missing);
    if one.missing != other.missing && !both_may_miss {
        left_out.push(format!(
            "profiles without `{name}`: it is `missing: {}` in one, `missing: {}` in the other",
            policy(one),
            policy(other)
        ));
    }
    let Some((domain, views)) = common(&one.domain, &other.domain) else {
        left_out.push(format!(
            "profiles with a value for `{name}`: the two matrices have no value in common"
        ));
        let listed = both_may_miss.then_some(ABSENT).into_iter().collect();
        return (
            Free {
                domain: other.domain.clone(),
                may_be_absent: both_may_miss,
                plain: ABSENT,
                listed: Some(listed),
            },
            [Values::Same, Values::Same],
        );
    };
    // Where both assume the same value, a missing one is not another case. Assumed values are in each matrix's own terms, so they are told apart by their text.
    let text = |input: &Input| {
        if let Missing::Assume(value) = input.missing {
            Some(input.domain.text_of(value))
        } else {
            None
        }
    };
    let may_be_absent = both_may_miss
        && (text(one).is_none() || text(one) != text(other) || one.domain != other.domain);
    let plain = match (may_be_absent, other.missing) {
        (true, _) => ABSENT,
        (false, Missing::Assume(value)) if one.missing == other.missing => value,
        _ => mildest(&domain, other.more_is),
    };
    (
        Free {
            domain,
            may_be_absent,
            plain,
            listed: None,
        },
        views,
    )
}

fn policy(input: &Input) -> String {
    match input.missing {
        Missing::Error => "error".to_owned(),
        Missing::Absent => "absent".to_owned(),
        Missing::Unknown => "unknown".to_owned(),
        Missing::Assume(value) => format!("{{ assume: {} }}", input.domain.text_of(value)),
    }
}

/// Returns the values that two domains share, and what they are in each.
fn common(one: &Domain, other: &Domain) -> Option<(Domain, [Values; 2])> {
    let is_empty = |from: i64, to: i64| from > to;
    match (one, other) {
        (
            Domain::Number { places, from, to },
            Domain::Number {
                places: other_places,
                from: other_from,
                to: other_to,
            },
        ) => {
            let common = *places.min(other_places);
            let times = |places: u32| 10_i64.pow(places - common);
            let (unit, other_unit) = (times(*places), times(*other_places));
            let from = ceiling(*from, unit).max(ceiling(*other_from, other_unit));
            let to = to.div_euclid(unit).min(other_to.div_euclid(other_unit));
            let view = |unit| {
                if unit == 1 {
                    Values::Same
                } else {
                    Values::Times(unit)
                }
            };
            (!is_empty(from, to)).then(|| {
                (
                    Domain::Number {
                        places: common,
                        from,
                        to,
                    },
                    [view(unit), view(other_unit)],
                )
            })
        }
        (
            Domain::Date { from, to },
            Domain::Date {
                from: other_from,
                to: other_to,
            },
        ) => {
            let (from, to) = (*from.max(other_from), *to.min(other_to));
            (!is_empty(from, to))
                .then_some((Domain::Date { from, to }, [Values::Same, Values::Same]))
        }
        (Domain::Boolean, Domain::Boolean) => Some((Domain::Boolean, [Values::Same, Values::Same])),
        (Domain::Level { values }, Domain::Level { values: others })
        | (Domain::Category { values }, Domain::Category { values: others }) => {
            let (shared, one_at, other_at) = positions(values, others);
            let domain = if matches!(one, Domain::Level { .. }) {
                Domain::Level {
                    values: shared.clone(),
                }
            } else {
                Domain::Category {
                    values: shared.clone(),
                }
            };
            let view = |at: Vec<usize>| {
                Values::Positions(at.into_iter().map(|position| position as i64).collect())
            };
            (!shared.is_empty()).then(|| (domain, [view(one_at), view(other_at)]))
        }
        (Domain::Set { values }, Domain::Set { values: others }) => {
            let (shared, one_at, other_at) = positions(values, others);
            Some((
                Domain::Set { values: shared },
                [Values::Members(one_at), Values::Members(other_at)],
            ))
        }
        _ => None,
    }
}

/// Returns the names in both lists, in the order of the second, and where each stands in the two.
fn positions(one: &[String], other: &[String]) -> (Vec<String>, Vec<usize>, Vec<usize>) {
    let both = other
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((name.clone(), one.iter().position(|own| own == name)?, at)));
    let mut all = (Vec::new(), Vec::new(), Vec::new());
    for (name, one, other) in both {
        all.0.push(name);
        all.1.push(one);
        all.2.push(other);
    }
    all
}

fn ceiling(value: i64, unit: i64) -> i64 {
    -(-value).div_euclid(unit)
}

/// Adds the plan of a matrix to the space, and returns it as one side of the comparison.
fn side<'a>(
    space: &mut Space,
    matrix: &'a Matrix,
    views: &[Option<View>],
    left_out: &mut Vec<String>,
) -> Side<'a> {
    let plan = matrix.plan();
    let mut map: Vec<NodeId> = Vec::with_capacity(plan.nodes.len());
    for (_, node) in plan.nodes.iter() {
        let view = |id: NodeId| {
            if let Node::Input(input) = &plan.nodes[id] {
                views.get(input.index()).and_then(Option::as_ref)
            } else {
                None
            }
        };
        let to = |id: NodeId| map.get(id.index()).copied().unwrap_or(id);
        let own = match node {
            Node::Input(input) => match views.get(input.index()).and_then(Option::as_ref) {
                Some(view) => Node::Input(view.shared),
                // Derived inputs have nodes of their own.
                None => node.clone(),
            },
            Node::Read { of, lookup, absent } if view(*of).is_some() => {
                let view = view(*of);
                let absent = view
                    .and_then(|view| view.assumed)
                    .map_or(*absent, |value| lookup.of(value, space.as_at));
                let domain = view
                    .and_then(|view| space.free.get(view.shared.index()))
                    .map(|free| free.domain.clone());
                let lookup = match (view, domain) {
                    (Some(view), Some(domain)) => seen(lookup, &view.values, &domain, space.as_at),
                    _ => lookup.clone(),
                };
                Node::Read {
                    of: to(*of),
                    lookup,
                    absent,
                }
            }
            // A sum or a length of time has no word on what is assumed: there the value is taken as given.
            Node::SumOfInputs(_) | Node::Between { .. } => {
                for part in node.parts() {
                    if let Some(View {
                        shared,
                        assumed: Some(value),
                        ..
                    }) = view(part)
                        && let Some(free) = space.free.get_mut(shared.index())
                        && free.may_be_absent
                    {
                        left_out.push("profiles without a value that one of the matrices assumes and adds up, or counts time from".to_owned());
                        free.may_be_absent = false;
                        free.plain = if free.plain == ABSENT {
                            *value
                        } else {
                            free.plain
                        };
                    }
                }
                node.with_parts(&to)
            }
            _ => node.with_parts(&to),
        };
        let id = space.node(own);
        map.push(id);
    }
    let side = Side { matrix, map };
    space.guard(side.node(plan.admissible));
    side
}

/// Turns a lookup of a matrix's own values into one of the shared values.
fn seen(lookup: &Lookup, values: &Values, domain: &Domain, as_at: Date) -> Lookup {
    match values {
        Values::Same => lookup.clone(),
        Values::Times(unit) => {
            let (least, most) = domain.bounds();
            let mut own = BTreeSet::new();
            lookup.cuts(as_at, most.saturating_mul(*unit), &mut own);
            let cuts: BTreeSet<i64> = own
                .into_iter()
                .map(|cut| ceiling(cut, *unit))
                .filter(|cut| (least + 1..=most).contains(cut))
                .collect();
            let gives = [least]
                .iter()
                .chain(&cuts)
                .map(|value| lookup.of(value.saturating_mul(*unit), as_at))
                .collect();
            Lookup::Steps {
                cuts: cuts.into_iter().collect(),
                gives,
            }
        }
        Values::Positions(positions) => Lookup::Steps {
            cuts: (1..positions.len() as i64).collect(),
            gives: positions
                .iter()
                .map(|position| lookup.of(*position, as_at))
                .collect(),
        },
        Values::Members(bits) => {
            let shared = |members: i64| {
                bits.iter()
                    .enumerate()
                    .filter(|(_, bit)| members >> **bit & 1 == 1)
                    .fold(0_i64, |all, (at, _)| all | 1 << at)
            };
            match lookup {
                Lookup::Members {
                    members,
                    points,
                    cap,
                } => Lookup::Members {
                    members: shared(*members),
                    points: *points,
                    cap: *cap,
                },
                Lookup::HasAny(members) => Lookup::HasAny(shared(*members)),
                // A member that the other matrix does not have is in no shared set.
                Lookup::HasAll(members) if shared(*members).count_ones() < members.count_ones() => {
                    Lookup::Count { from: 1, below: 0 }
                }
                Lookup::HasAll(members) => Lookup::HasAll(shared(*members)),
                other => other.clone(),
            }
        }
    }
}
