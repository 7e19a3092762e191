//! The only access to persisted bytes.
//!
//! - `calls`: the calls of the host, and the buffers of a key and a value in transit
//! - [`changing`]: tables whose indexes are being changed
//! - `failure`: why such a call did not do what it should
//! - [`page`]: the keys of a table, a page at a time
//! - [`keys`]: the same for tables within tables
//! - `spare`: a page for work that is no loop of a script's
//! - [`counter`]: ids of new tables
//! - [`free`]: ids that nothing has any more
//! - [`reused`]: ids that were free and have been given again
//! - [`ranges`]: ranges of ids in a table
//! - [`ledger`]: what later instances have to know of collections and of older stores
//! - [`listing`]: which tables have keys
//! - [`homes`]: the tables that hosts made `_home`
//! - [`journal`]: old values, to undo a transaction or a level of one
//! - [`levels`]: the levels of one
//! - [`undo`]: undoes it
//! - [`old`]: the value under a key that is about to change
//! - [`system`]: ids of the module's internal tables

mod calls;
pub mod changing;
pub mod counter;
mod failure;
pub mod free;
pub mod homes;
pub mod journal;
pub mod keys;
pub mod ledger;
pub mod levels;
pub mod listing;
pub mod old;
pub mod page;
mod ranges;
pub mod reused;
mod spare;
pub mod system;
pub mod undo;

pub use calls::{
    Fetched, TRUE, call_cost, forget, get, get_in_place, get_integer, get_long, id_key, integer, is_stored, key_buffer,
    keys, note, put, short_value, size, spend, value_buffer,
};
pub use failure::{Cause, Failure, aside};
pub use spare::spare_page;
