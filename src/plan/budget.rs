//! Limits how much work a question may take.

/// The most work that one scoring may spend on what is possible. A unit is one step for one node, or one number that is remembered.
pub(crate) const BUDGET: u64 = 100_000_000;

/// The answer to a question that would take more than the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OverBudget;
