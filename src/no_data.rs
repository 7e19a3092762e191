//! In the place of `data/` where the build leaves that out.
//!
//! Invariant: a store in which something is attached to tables is only read: this build would not keep indexes, links and feeds
//! up to date, and would ask no schema.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicBool, Ordering};

use crate::store::{self, Failure, system};

static IS_LOOKED_AT: AtomicBool = AtomicBool::new(false);
static IS_IN_USE: AtomicBool = AtomicBool::new(false);

/// Whether the store has a catalogue.
pub fn is_in_use() -> bool {
    IS_IN_USE.load(Ordering::Relaxed)
}

/// Looks whether the store has a catalogue.
pub fn look() -> Result<(), Failure> {
    if !IS_LOOKED_AT.load(Ordering::Relaxed) {
        IS_IN_USE.store(store::size(system::CATALOGUE)? > 0, Ordering::Relaxed);
        IS_LOOKED_AT.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// The store may have something else than is remembered: another instance wrote.
pub fn look_again() {
    IS_LOOKED_AT.store(false, Ordering::Relaxed);
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
