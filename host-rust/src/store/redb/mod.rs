//! A store in one file, a database of the crate redb: tables outlive the process, also one that is killed.
//!
//! Invariant: the file holds the state after a whole number of units (see [`Store::begin`]), and `sizes` agrees with
//! `entries`.
//!
//! - `drawing`: the tables of the database
//! - `store`: the store, and its units
//! - `transaction`: what is read and changed in one state
//! - `file`: the file, opened, locked and checked
//! - `panics`: what redb panics at is an error

mod drawing;
mod file;
mod panics;
mod store;
mod transaction;

pub use panics::panic_is_caught;
pub use store::RedbStore;
