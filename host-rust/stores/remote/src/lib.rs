//! Stores in other processes: what a server that keeps tables has to do, and a [`Store`](cu_host::Store) over it.
//!
//! Invariant: everything that a unit has read is the state with one [`State`]. Whoever changes the server writes the next state
//! in the same transaction, so an equal state proves that nothing has changed: rows that are in memory are still right at the
//! next unit, a unit goes on over another connection, and what was to be written can be written again.
//!
//! - [`server`]: what a server does, in a trait
//! - [`namespaces`]: many stores on one server
//! - [`state`]: how often it was changed, and by which units
//! - `cache`: rows in memory, with the gaps between them of which nothing is known
//! - `neighbours`: which tables are read at once
//! - `unit`: a unit, and what is done when the connection is lost in it
//! - `store`: the store
#![forbid(unsafe_code)]

mod cache;
pub mod namespaces;
mod neighbours;
pub mod server;
pub mod state;
mod store;
mod unit;

pub use namespaces::Namespaces;
pub use server::{Failure, Row, Server, Turn, Writes};
pub use state::{State, Token, first_version};
pub use store::{RemoteOptions, RemoteStore};
pub use unit::insist;
