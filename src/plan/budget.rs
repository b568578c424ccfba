//! How much work a question may take, and the answer that it would take more.

/// The most work that one scoring may take over what is possible: a unit is one step for one node, or one number remembered.
pub(crate) const BUDGET: u64 = 50_000_000;

/// A question would take more than the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OverBudget;
