//! What scripts do with tables as data.
//!
//! - [`index`]: indexes
//! - [`schema`]: schemas

pub mod index;
pub mod schema;
