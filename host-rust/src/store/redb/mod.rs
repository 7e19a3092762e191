//! A store in one file, a database of the crate redb: tables outlive the process, even if it is killed.
//!
//! Invariant: the file holds the state after a whole number of units (see [`Store::begin`]), and `sizes` agrees with
//! `entries`.
//!
//! - `drawing`: the tables of the database
//! - `store`: the store, and its units
//! - `transaction`: reads and changes in one state
//! - `file`: how the file is opened, locked and checked
//! - `panics`: makes redb's panics errors

mod drawing;
mod file;
mod panics;
mod store;
mod transaction;

pub use panics::panic_is_caught;
pub use store::RedbStore;
