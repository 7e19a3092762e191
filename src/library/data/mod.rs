//! What scripts do with tables as data.
//!
//! - [`batch`]: many changes and reads in one call; [`operation`]: each of them
//! - [`feed`]: feeds of changes
//! - [`index`]: indexes
//! - [`schema`]: schemas

pub mod batch;
pub mod feed;
pub mod index;
mod operation;
pub mod schema;
