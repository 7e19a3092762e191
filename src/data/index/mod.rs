//! Indexes: tables of entries that the host keeps in order.
//!
//! - [`definition`]: an index as it was asked for
//! - [`entries`]: the entries of a row
//! - [`hash`]: what stands for values in a hash index
//! - [`build`]: an index of rows that are there
//! - [`unique`]: that no two rows have the same values
//! - [`check`]: an index against its table
//! - [`manage`]: adding and removing

pub mod build;
pub mod check;
pub mod definition;
pub mod entries;
pub mod hash;
pub mod manage;
pub mod unique;
