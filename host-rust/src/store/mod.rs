//! The places for external tables: an ordered map of bytes per table id.
//!
//! - `contract`: what an instance needs from a store
//! - `error`: why a store could not do an operation
//! - `forward`: stores behind a pointer
//! - `memory`, `redb`: in memory, in a file
//! - [`encrypted`]: over another store

mod contract;
#[cfg(feature = "encryption")]
pub mod encrypted;
mod error;
mod forward;
mod memory;
#[cfg(feature = "redb")]
mod redb;

pub use contract::Store;
pub use error::StoreError;
pub(crate) use error::{HOST_PANICKED, OUTSIDE_MEMORY, PAGE_TOO_SMALL, STORE_FAILED, TOO_LARGE};
pub use memory::MemoryStore;

#[cfg(feature = "redb")]
pub use self::redb::{RedbStore, panic_is_caught};
