//! Notes of tables whose indexes are being changed outside of a transaction (`data/changing.rs`).
//!
//! ```text
//! note   key: id of the table | value true
//! ```
#![forbid(unsafe_code)]

use crate::store::failure::Failure;
use crate::store::{calls, system};

/// Notes a table.
pub fn note(table: u32) -> Result<(), Failure> {
    calls::note(system::CHANGING, calls::id_key(table.into()).bytes(), &calls::TRUE)
}

/// Takes its note away.
pub fn forget(table: u32) -> Result<(), Failure> {
    calls::forget(system::CHANGING, calls::id_key(table.into()).bytes())
}
