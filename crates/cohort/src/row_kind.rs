//! What a row of a file is, which says to what the columns of the file are bound.

use std::sync::Arc;

use crate::DueOnly;
use crate::events::EventTable;
use threshold_matrix::{InputDescription, Matrix};

/// What a row of a file is.
#[derive(Debug, Clone)]
pub(crate) enum RowKind {
    /// A person, with the inputs of a matrix. Some lists of their events may stand in other files, and what came out may stand in an earlier run.
    Person(Matrix, Option<Arc<EventTable>>, Option<Arc<DueOnly>>),
    /// An event of one of the lists of a matrix, with its fields.
    Event(Matrix, String),
    /// The id of a person who is scored by a matrix.
    Id(Matrix),
}

impl RowKind {
    /// Returns a person for each matrix.
    pub(crate) fn people(matrices: &[&Matrix]) -> Vec<Self> {
        let matrices = matrices.iter();
        matrices
            .map(|matrix| Self::Person((*matrix).clone(), None, None))
            .collect()
    }

    /// Returns the matrix.
    pub(crate) fn matrix(&self) -> &Matrix {
        match self {
            Self::Person(matrix, ..) | Self::Event(matrix, _) | Self::Id(matrix) => matrix,
        }
    }

    /// Returns whether it is an event.
    pub(crate) fn is_event(&self) -> bool {
        matches!(self, Self::Event(..))
    }

    /// Returns the events of the people that stand in other files.
    pub(crate) fn events(&self) -> Option<&Arc<EventTable>> {
        match self {
            Self::Person(_, events, _) => events.as_ref(),
            Self::Event(..) | Self::Id(_) => None,
        }
    }

    /// Returns what says for whom an earlier run still stands.
    pub(crate) fn due(&self) -> Option<&Arc<DueOnly>> {
        match self {
            Self::Person(.., due) => due.as_ref(),
            Self::Event(..) | Self::Id(_) => None,
        }
    }

    /// Describes what is read from columns: the inputs of a person but for those that are counted of events in other files, or the fields of an event.
    pub(crate) fn described(&self) -> Vec<InputDescription<'_>> {
        match self {
            Self::Id(_) => Vec::new(),
            Self::Person(matrix, None, _) => matrix.described_inputs().collect(),
            Self::Person(matrix, Some(events), _) => {
                let is_counted = |input: &InputDescription<'_>| {
                    input.counted_of.is_some_and(|list| events.has(list))
                };
                let inputs = matrix.described_inputs();
                inputs.filter(|input| !is_counted(input)).collect()
            }
            Self::Event(matrix, list) => {
                let mut lists = matrix.described_events();
                let own = lists.find(|own| own.name == list);
                own.map(|own| own.fields).unwrap_or_default()
            }
        }
    }

    /// Returns what is counted of lists of events that stand in other files.
    pub(crate) fn counted_elsewhere(&self) -> Vec<InputDescription<'_>> {
        let Some(events) = self.events() else {
            return Vec::new();
        };
        let inputs = self.matrix().described_inputs();
        let is_counted =
            |input: &InputDescription<'_>| input.counted_of.is_some_and(|list| events.has(list));
        inputs.filter(is_counted).collect()
    }
}
