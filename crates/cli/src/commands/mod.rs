//! One file for each subcommand: its arguments, and what it does.

pub(crate) mod check;
pub(crate) mod columns;
pub(crate) mod compare;
pub(crate) mod decide;
pub(crate) mod explain;
pub(crate) mod list;
pub(crate) mod manual;
pub(crate) mod redact;
pub(crate) mod replay;
pub(crate) mod rescore;
pub(crate) mod schema;
pub(crate) mod score;
pub(crate) mod sign;
pub(crate) mod sql;
