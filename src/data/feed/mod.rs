//! Feeds: what changed in a table, one change after another.
//!
//! - [`settings`]: a feed as it was asked for

pub mod settings;
