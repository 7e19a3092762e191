//! A store in one file, a database of the crate redb: tables outlive the process, even if it is killed.
//!
//! Invariant: the file holds the state after a whole number of units (see [`Store::begin`]), and `sizes` agrees with
//! `entries`.
//!
//! - `drawing`: the tables of the database
//! - `store`: the store, and its units
//! - `transaction`: reads and changes in one state
//! - `options`: what the host says about the opening
//! - `file`: how the file is opened, locked and checked
//! - `backend`: the file as redb sees it; `overlay`: changes of a file that is only read
//! - `panics`: makes redb's panics errors

mod backend;
mod drawing;
mod file;
mod options;
mod overlay;
mod panics;
mod store;
mod transaction;

pub use options::{FileMode, RedbOptions};
pub use panics::panic_is_caught;
pub use store::RedbStore;
