//! The places for external tables: an ordered map of bytes per table id.
//!
//! - `contract`: what an instance needs from a store
//! - `error`: why a store could not do an operation
//! - `forward`: stores behind a pointer
//! - `memory`, `redb`: in memory, in a file
//! - `shared`: one store for several instances, which take turns; `wait`: how long they wait
//! - [`encrypted`]: over another store
//! - [`unfinished`]: the note of a copy that did not end

mod contract;
#[cfg(feature = "encryption")]
pub mod encrypted;
mod error;
mod forward;
mod memory;
#[cfg(feature = "redb")]
mod redb;
mod shared;
pub mod unfinished;
mod wait;

pub use contract::Store;
pub use error::{BUSY, CONFLICT, LOST, NO_LIST, READ_ONLY, STORE_FAILED, StoreError, TOO_LARGE, UNFINISHED_COPY};
pub(crate) use error::{HOST_PANICKED, OUTSIDE_MEMORY, PAGE_TOO_SMALL};
pub use memory::MemoryStore;
pub use shared::{SharedStore, Turn};
pub use wait::Wait;

#[cfg(feature = "redb")]
pub use self::redb::{FileMode, RedbOptions, RedbStore, panic_is_caught};
