//! In the place of `data/` where the build leaves that out.
//!
//! Invariant: a store in which something is attached to tables is only read: this build would not keep indexes, links and feeds
//! up to date, and would ask no schema.

use core::cell::Cell;

use crate::store::{self, Failure, system};

struct State {
    is_looked_at: Cell<bool>,
    is_in_use: Cell<bool>,
}

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for State {}

static STATE: State = State { is_looked_at: Cell::new(false), is_in_use: Cell::new(false) };

/// Whether the store has a catalogue.
pub fn is_in_use() -> bool {
    STATE.is_in_use.get()
}

/// Looks whether the store has a catalogue.
pub fn look() -> Result<(), Failure> {
    if !STATE.is_looked_at.get() {
        STATE.is_in_use.set(store::size(system::CATALOGUE)? > 0);
        STATE.is_looked_at.set(true);
    }
    Ok(())
}

/// The store may have something else than is remembered: another instance wrote.
pub fn look_again() {
    STATE.is_looked_at.set(false);
}

/// Nothing else is remembered.
pub fn forget() {}

/// Changes of rows.
pub mod change {
    use crate::codec::feature::Feature;
    use crate::store::{Cause, Failure};

    /// Refuses one.
    #[cold]
    pub fn write(table: u32, _key: &[u8], _new: Option<&[u8]>) -> Result<(), Failure> {
        Err(Failure::new("change", table, Cause::LeftOut(Feature::Data)))
    }
}
