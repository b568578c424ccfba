//! Lists of things of one kind, with ids of their own, so that the id of a criterion cannot be used to find an input.

use std::marker::PhantomData;
use std::ops::Index;

/// A position in one kind of list.
pub(crate) trait Id: Copy + Eq + Ord + std::hash::Hash {
    fn from_index(index: usize) -> Self;
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$about:meta])* $name:ident),* $(,)?) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(u32);

        impl Id for $name {
            fn from_index(index: usize) -> Self {
                // The limits of the format keep every list far below this; saturating keeps the impossible case harmless.
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

#[cfg(feature = "bulk")]
ids! {
    /// A formula of a program over columns.
    FormulaId,
}

ids! {
    /// An input, declared or derived.
    InputId,
    /// A list of events.
    EventsId,
    CriterionId,
    GroupId,
    DimensionId,
    /// A condition anywhere in a matrix.
    ConditionId,
    DecisionId,
    OverrideId,
    FlagId,
    /// A node of a plan.
    NodeId,
}

/// A list indexed by its own kind of id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arena<I, T> {
    items: Vec<T>,
    kind: PhantomData<fn(I) -> I>,
}

impl<I: Id, T> Arena<I, T> {
    pub(crate) fn new() -> Self {
        Self::from_items(Vec::new())
    }

    pub(crate) fn from_items(items: Vec<T>) -> Self {
        Self {
            items,
            kind: PhantomData,
        }
    }

    pub(crate) fn push(&mut self, item: T) -> I {
        self.items.push(item);
        I::from_index(self.items.len() - 1)
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.items.get_mut(id.index())
    }

    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = I> + use<I, T> {
        (0..self.items.len()).map(I::from_index)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> {
        self.items
            .iter()
            .enumerate()
            .map(|(index, item)| (I::from_index(index), item))
    }
}

impl<I: Id, T> Index<I> for Arena<I, T> {
    type Output = T;

    #[expect(
        clippy::indexing_slicing,
        reason = "an id is made by the arena that it indexes"
    )]
    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I, T> Default for Arena<I, T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            kind: PhantomData,
        }
    }
}
