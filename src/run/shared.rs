//! What other instances over the same store did since this one looked.
//!
//! An instance remembers things of the store: pages of keys, ids, objects that it holds. The host says by another epoch that
//! something else changed the store. The store itself says by the number of its collections that objects may be gone.
//!
//! Invariant: when a script runs, every table, function and captured variable that the instance holds by an id is the object that
//! the store has under it. A table whose content was freed stands for no table, and its use is an error. A function or captured
//! variable that was freed is an ordinary one again, which is stored anew when it is assigned.
#![forbid(unsafe_code)]

use cu_abi::tables;

use crate::error::Error;
use crate::proxy::{classes, globals};
use crate::store::ledger::Ledger;
use crate::store::{Failure, counter, free, journal, reused};
use crate::table::walk;
use crate::vm::instance::{INSTANCE, Seen};

fn seen() -> &'static Seen {
    &INSTANCE.seen
}

/// Why what instances share could not be used.
pub fn error(failure: Failure) -> Error {
    match failure.reply() {
        Some(reply) => Error::Shared { action: failure.action(), reply },
        None => Error::SharedDamaged,
    }
}

/// Notes the epoch that the host told.
pub fn note_epoch(epoch: i64) {
    if seen().epoch.replace(epoch) != epoch {
        seen().is_behind.set(true);
    }
}

/// Something changed the store that the host does not tell as an epoch.
pub fn note_changed() {
    seen().is_behind.set(true);
}

/// Whether captured variables are to be read anew before a script runs.
pub fn is_behind() -> bool {
    seen().is_behind.get()
}

/// They have been read.
pub fn end_behind() {
    seen().is_behind.set(false);
}

/// Forgets what may not be true any more, before `_home` is found and a journal undone.
#[inline]
pub fn look() -> Result<(), Error> {
    let is_up_to_date = !is_behind() && !seen().is_counting.get() && seen().collections.get().is_some();
    if is_up_to_date { Ok(()) } else { look_now() }
}

#[cold]
#[inline(never)]
fn look_now() -> Result<(), Error> {
    if is_behind() {
        seen().note_change();
        journal::look_again();
        walk::forget_all();
        crate::data::look_again();
        classes::look_again();
    }
    look_for_collections().map_err(error)?;
    if is_behind() {
        counter::give_back();
        counter::forget();
    }
    Ok(())
}

/// Lets go what collections of other instances freed.
pub fn look_for_collections() -> Result<(), Failure> {
    let ledger = Ledger::read()?.unwrap_or(Ledger::NEW);
    classes::note(ledger.has_objects);
    if let Some(before) = seen().collections.get().filter(|before| *before != ledger.collections) {
        // Ids that were reserved and not given are free now.
        counter::forget();
        let is_there = |id: u32| -> Result<bool, Failure> {
            Ok(id <= tables::IO
                || (free::with(id)?.is_none() && reused::collection_of(id)?.is_none_or(|last| last <= before)))
        };
        // What stands for `_home` may be let go, and the home be made again with its id.
        if !is_there(globals::home())? {
            globals::unbind();
        }
        INSTANCE.standing.keep(is_there)?;
        INSTANCE.known.keep(is_there)?;
        INSTANCE.cells.keep(is_there)?;
        INSTANCE.codes.keep(is_there)?;
    }
    seen().collections.set(Some(ledger.collections));
    seen().is_counting.set(false);
    Ok(())
}
