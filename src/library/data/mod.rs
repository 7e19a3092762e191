//! What scripts do with tables as data.
//!
//! - [`feed`]: feeds of changes
//! - [`index`]: indexes

pub mod feed;
pub mod index;
