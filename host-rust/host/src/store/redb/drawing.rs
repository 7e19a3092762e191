//! The tables of the database, drawn.
//!
//! ```text
//! database table   key                                     value
//! cu.meta          "format"                                u64, 1
//!                  "version"                               u64, number of transactions; none is 0
//! cu.entries       table id, u32 big-endian; key bytes     value bytes
//! cu.sizes         table id, u32                           number of keys, u32; no row for an empty table
//! ```
//!
//! The entries of one table lie together, in the order of their keys.
//!
//! Invariant: no other file in this folder names a table of the database or a version of the format.

use redb::TableDefinition;

pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("cu.meta");
pub(super) const ENTRIES: TableDefinition<&[u8], &[u8]> = TableDefinition::new("cu.entries");
pub(super) const SIZES: TableDefinition<u32, u32> = TableDefinition::new("cu.sizes");

/// Key of the format's version in `cu.meta`.
pub(super) const FORMAT_KEY: &str = "format";
/// Key of the number of transactions in `cu.meta`; files of earlier versions of this crate do not have it.
pub(super) const VERSION_KEY: &str = "version";
/// The version of the drawing above.
pub(super) const FORMAT: u64 = 1;
