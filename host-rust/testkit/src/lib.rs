//! What the contract of a [`Store`] says, as tests of any store.
//!
//! A test gives each of these functions a way to make an empty store, a [`Place`], which can be opened as often as the kind of
//! store allows:
//!
//! ```
//! use cu_host::{MemoryStore, SharedStore};
//! use cu_testkit::{Place, conformance, handles};
//!
//! // `#[test] fn my_store_keeps_the_contract() {`
//! conformance(|| {
//!     let store = SharedStore::new(MemoryStore::default());
//!     Place::new(move || Box::new(store.clone()))
//! });
//! handles(|| {
//!     let store = SharedStore::new(MemoryStore::default());
//!     Place::new(move || Box::new(store.clone()))
//! });
//! ```
//!
//! - [`conformance`]: one handle at a time: keys and their order, values, tables, units, versions; the model that random
//!   operations are compared with
//! - [`handles`]: several at once, in one process: turns, versions, threads that move amounts
//! - [`killed`], [`killed_instances`]: processes that are killed in the middle of their units, or of their scripts, which
//!   needs a store that outlives them
//! - [`linearizable`]: whether what several clients saw has an order
//! - [`namespaces`]: a server with many stores
//! - [`worker`]: a test as a process of its own; [`folder`]: a folder for one test; [`seeds`]: which random tests are done
//!
//! A failure names its seed, or the clause of the contract that does not hold.
#![forbid(unsafe_code)]

mod bank;
mod contract;
pub mod folder;
mod killed;
pub mod linearizable;
mod model;
mod namespaces;
mod place;
mod scripts;
pub mod seeds;
mod turns;
pub mod worker;

use cu_host::Store;

pub use killed::{Kills, killed, killed_instances};
pub use namespaces::namespaces;
pub use place::Place;

/// What one handle does, alone: each clause over a new store, then random operations against a model.
pub fn conformance(make: impl Fn() -> Place) {
    for (clause, check) in contract::CLAUSES {
        println!("clause: {clause}");
        check(&make());
    }
    for seed in seeds::seeds_or(make().rounds) {
        model::compare(&make(), seed);
    }
}

/// What several handles over one store do in one process.
pub fn handles(make: impl Fn() -> Place) {
    for (clause, check) in turns::CLAUSES {
        println!("clause: {clause}");
        check(&make());
    }
    for seed in seeds::seeds_or(3) {
        bank::threads(&make(), seed);
    }
}

/// The keys of a table.
fn keys(store: &mut dyn Store, table: u32, after: Option<&[u8]>, descending: bool, most: usize) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    let visit = &mut |key: &[u8]| {
        keys.push(key.to_vec());
        keys.len() < most
    };
    store.keys(table, after, descending, visit).unwrap();
    keys
}

/// A value of a store.
fn value(store: &mut dyn Store, table: u32, key: &[u8]) -> Option<Vec<u8>> {
    store.get(table, key).unwrap().map(|value| value.into_owned())
}
