//! Feeds: what changed in a table, one change after another.
//!
//! - [`settings`]: a feed as it was asked for
//! - [`record`]: its changes
//! - [`manage`]: switching one on and off

pub mod manage;
pub mod record;
pub mod settings;
