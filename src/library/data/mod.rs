//! What scripts do with tables as data.
//!
//! - [`index`]: indexes

pub mod index;
