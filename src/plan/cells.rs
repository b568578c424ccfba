//! Finds the cells of an input: the pieces of its range between the cut-offs by which some nodes read it.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;

use crate::arena::{Arena, NodeId};
use crate::date::{Date, Unit};
use crate::model::Domain;
use crate::plan::budget::OverBudget;
use crate::plan::evaluate::{at, between, contains};
use crate::plan::{ABSENT, Lookup, Node};

/// The most cells of one input.
pub(crate) const MOST_CELLS: usize = 65_536;

/// The cells of one input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cells {
    /// The first value of each piece, in ascending order.
    Pieces(Vec<i64>),
    /// The members of a set by their bits, in classes that nothing tells apart. Only the number of members of a class matters.
    Classes(Vec<Vec<usize>>),
}

/// A function as in [`Readers::moves`].
pub(crate) type Moves<'a> = &'a dyn Fn(NodeId) -> Option<(i64, i64)>;

/// The nodes that read the inputs, and what is known of the inputs other than the one in question.
pub(crate) struct Readers<'a> {
    pub(crate) nodes: &'a Arena<NodeId, Node>,
    pub(crate) as_at: Date,
    /// The nodes that count.
    pub(crate) needed: &'a [bool],
    /// The values of the inputs that stay as they are.
    pub(crate) known: &'a [i64],
    /// Gives the least and the most of the values that an input takes along with the one in question. It gives `None` for an input that stays as it is.
    pub(crate) moves: Moves<'a>,
}

impl Readers<'_> {
    /// Returns the cells of the input at a node.
    pub(crate) fn cells(&self, domain: &Domain, own: NodeId) -> Result<Cells, OverBudget> {
        let (least, most) = domain.bounds();
        let mut lookups: Vec<&Lookup> = Vec::new();
        let mut cuts: BTreeSet<i64> = BTreeSet::from([least]);
        for (id, node) in self
            .nodes
            .iter()
            .filter(|(id, _)| contains(self.needed, *id))
        {
            match node {
                Node::Read { of, lookup, .. } if *of == own => lookups.push(lookup),
                Node::SumOfInputs(parts) if parts.contains(&own) => {
                    let Some((low, high)) = self.rest(parts, own) else {
                        continue;
                    };
                    let (smallest, largest) =
                        (least.saturating_add(low), most.saturating_add(high));
                    let mut read = self.lengths(id, largest)?;
                    read.retain(|cut| smallest < *cut && *cut <= largest);
                    if low == high {
                        cuts.extend(read.into_iter().map(|cut| cut.saturating_sub(low)));
                    } else if let (Some(first), Some(last)) = (read.first(), read.last()) {
                        // Below and above these the sum is on one side of all its cut-offs, whatever is added.
                        cuts.extend(every(
                            first.saturating_sub(high).max(least),
                            last.saturating_sub(low).min(most),
                        )?);
                    }
                }
                Node::Between { unit, from, to } if *from == Some(own) || *to == Some(own) => {
                    if from
                        .iter()
                        .chain(to)
                        .any(|date| *date != own && (self.moves)(*date).is_some())
                    {
                        return Ok(Cells::Pieces(every(least, most)?.collect()));
                    }
                    self.cuts_through(id, *unit, (*from, *to), own, (least, most), &mut cuts)?;
                }
                _ => {}
            }
        }
        if let Domain::Set { values } = domain {
            return Ok(Cells::Classes(classes(values.len(), &lookups)));
        }
        for lookup in lookups {
            lookup.cuts(self.as_at, most, &mut cuts);
            if cuts.len() > MOST_CELLS {
                return Err(OverBudget);
            }
        }
        cuts.retain(|cut| (least..=most).contains(cut));
        Ok(Cells::Pieces(cuts.into_iter().collect()))
    }

    /// Returns the least and the most that is added to the input in a sum. It is `None` if another part does not have a value, so that the sum has none.
    fn rest(&self, parts: &[NodeId], own: NodeId) -> Option<(i64, i64)> {
        parts
            .iter()
            .filter(|part| **part != own)
            .try_fold((0_i64, 0_i64), |(low, high), part| {
                let (least, most) = (self.moves)(*part)
                    .unwrap_or_else(|| (at(self.known, *part), at(self.known, *part)));
                (least != ABSENT).then(|| (low.saturating_add(least), high.saturating_add(most)))
            })
    }

    /// Returns the cut-offs, up to `most`, by which a derived input is read.
    fn lengths(&self, derived: NodeId, most: i64) -> Result<BTreeSet<i64>, OverBudget> {
        let mut lengths = BTreeSet::new();
        for (id, node) in self.nodes.iter() {
            if let Node::Read { of, lookup, .. } = node
                && *of == derived
                && contains(self.needed, id)
            {
                lookup.cuts(self.as_at, most, &mut lengths);
            }
        }
        if lengths.len() > MOST_CELLS {
            Err(OverBudget)
        } else {
            Ok(lengths)
        }
    }

    /// Adds the dates at which a length of time that depends on this one passes a cut-off by which something reads it.
    fn cuts_through(
        &self,
        between_node: NodeId,
        unit: Unit,
        (from, to): (Option<NodeId>, Option<NodeId>),
        own: NodeId,
        (least, most): (i64, i64),
        cuts: &mut BTreeSet<i64>,
    ) -> Result<(), OverBudget> {
        let is_from = from == Some(own);
        let other = if is_from { to } else { from };
        let other = other.map_or(self.as_at.days(), |other| at(self.known, other));
        if other == ABSENT {
            return Ok(());
        }
        let length = |date: i64| {
            if is_from {
                between(unit, date, other)
            } else {
                between(unit, other, date)
            }
        };
        let (low, high) = (
            length(least).min(length(most)),
            length(least).max(length(most)),
        );
        for cut in self
            .lengths(between_node, high)?
            .into_iter()
            .filter(|cut| (low..=high).contains(cut))
        {
            // The length falls with a later start and grows with a later end: the first date on the other side of the cut.
            let passed = |date: i64| {
                if is_from {
                    length(date) < cut
                } else {
                    length(date) >= cut
                }
            };
            let (mut before, mut after) = (least - 1, most + 1);
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if passed(middle) {
                    after = middle;
                } else {
                    before = middle;
                }
            }
            cuts.insert(after);
        }
        Ok(())
    }
}

fn every(least: i64, most: i64) -> Result<RangeInclusive<i64>, OverBudget> {
    let count = usize::try_from(most.saturating_sub(least)).unwrap_or_default();
    if count < MOST_CELLS {
        Ok(least..=most)
    } else {
        Err(OverBudget)
    }
}

impl Cells {
    /// Returns a value from each cell.
    pub(crate) fn values(self) -> Result<Vec<i64>, OverBudget> {
        let classes = match self {
            Self::Pieces(firsts) => return Ok(firsts),
            Self::Classes(classes) => classes,
        };
        let mut sets = vec![0_i64];
        for class in classes {
            if sets.len().saturating_mul(class.len() + 1) > MOST_CELLS {
                return Err(OverBudget);
            }
            let mut grown = sets.clone();
            let mut added = 0_i64;
            for member in class {
                added |= 1 << member;
                grown.extend(sets.iter().map(|set| set | added));
            }
            sets = grown;
        }
        Ok(sets)
    }
}

/// Returns the members of a set in classes that these lookups do not tell apart.
fn classes(members: usize, lookups: &[&Lookup]) -> Vec<Vec<usize>> {
    let mut classes: HashMap<Vec<bool>, Vec<usize>> = HashMap::new();
    for member in 0..members {
        let signature = lookups.iter().map(|lookup| match lookup {
            Lookup::Members { members, .. } | Lookup::HasAny(members) | Lookup::HasAll(members) => {
                members >> member & 1 == 1
            }
            _ => true,
        });
        classes.entry(signature.collect()).or_default().push(member);
    }
    let mut classes: Vec<_> = classes.into_values().collect();
    classes.sort();
    classes
}

impl Lookup {
    /// Adds the values at which the lookup may change, up to `most`.
    pub(crate) fn cuts(&self, as_at: Date, most: i64, cuts: &mut BTreeSet<i64>) {
        match self {
            Self::Steps { cuts: own, .. } => cuts.extend(own),
            Self::Each {
                each,
                points,
                beyond,
                cap,
                within: (first, last),
            } => {
                let enough = cap.map_or(
                    i64::MAX,
                    |cap| if *points == 0 { 0 } else { cap / points + 1 },
                );
                let mut units = (first.saturating_sub(*beyond) / each)
                    .saturating_add(1)
                    .max(1);
                let mut cut = beyond.saturating_add(each.saturating_mul(units));
                while cut <= most.min(*last) && units <= enough && cuts.len() <= MOST_CELLS {
                    cuts.insert(cut);
                    cut = cut.saturating_add(*each);
                    units += 1;
                }
            }
            Self::Dates { from, below } => cuts.extend(
                [from, below]
                    .into_iter()
                    .flatten()
                    .map(|limit| limit.at(as_at)),
            ),
            Self::Members { .. } | Self::HasAny(_) | Self::HasAll(_) | Self::Count { .. } => {}
        }
    }
}
