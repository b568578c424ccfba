//! The matrices that come with the library: what they give, that none changes, and what their page says of them.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something is not as it must be"
)]

mod cases;
mod lock;
mod page;
