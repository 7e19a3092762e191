//! One store for several instances, which take turns.
//!
//! Invariant: whoever has the turn has the store itself, and nobody else can reach it. So calls of one handle never
//! come between the calls of another one's unit, and a turn that ends in any way gives the store back whole.
//!
//! - `turn`: the queue for the store, and the possession of it
//! - `store`: a handle, which is a store

mod store;
mod turn;

pub use store::SharedStore;
pub use turn::Turn;

#[cfg(test)]
mod tests;
