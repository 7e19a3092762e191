//! What scripts do with tables as data.
//!
//! - [`batch`]: many changes and reads in one call; [`operation`]: each of them
//! - [`feed`]: feeds of changes
//! - [`index`]: indexes
//! - [`migrate`]: versions of what lies in tables
//! - [`schema`]: schemas

pub mod batch;
pub mod feed;
pub mod index;
pub mod migrate;
mod operation;
pub mod schema;
