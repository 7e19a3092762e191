//! The compute as a transaction: all of its changes stay, or none.
//!
//! Invariant: what Lua has agrees with the store again after a rollback: functions and captured variables that were stored
//! in the compute are not stored, and captured variables have their values of before. A table that became external stays
//! so, without content.

use crate::control::audit::{self, Action};
use crate::error::Error;
use crate::heap::{self, ARENA_BYTES};
use crate::key;
use crate::lua::ffi::{self, State};
use crate::lua::{cells, known};
use crate::proxy::write_back;
use crate::store::page::Unreadable;
use crate::store::{Cause, Failure, journal, system};
use crate::table::{walk, write};

/// Undoes what an atomic compute left that could not be undone then, or whose instance died.
///
/// # Safety
/// One thread, and no script is running.
pub unsafe fn settle() -> Result<(), Error> {
    // SAFETY: the caller's.
    match unsafe { journal::settle(&mut put_back) } {
        Ok(true) => {
            walk::forget_all();
            audit::report(Action::TransactionRolledBack, &[]);
            Ok(())
        }
        Ok(false) => Ok(()),
        Err(Unreadable::Damaged) => Err(Error::JournalDamaged),
        Err(Unreadable::Host(failure)) => Err(unsettled(failure)),
    }
}

fn unsettled(Failure { deed, cause, .. }: Failure) -> Error {
    match cause {
        Cause::Host(reply) => Error::Journal { deed, reply },
        Cause::Memory(length) | Cause::KeyLength(length) => Error::JournalMemory { length },
    }
}

/// Undoes the change of one row. A captured variable has another value in the store than was written.
fn put_back(table: u32, key: &[u8], value: Option<&[u8]>) -> Result<(), Failure> {
    write::put_back(table, key, value)?;
    if table == system::CELLS
        && let Some(id) = key::decode_id(key)
    {
        // SAFETY: one thread; the reference ends with the call.
        unsafe { cells::global() }.note_unwritten(id);
    }
    Ok(())
}

/// Ends the transaction, if one was begun: `keep` says whether its changes stay. Why they could not.
///
/// # Safety
/// `state` is live, and nothing runs in it.
pub unsafe fn end(state: *mut State, keep: bool) -> Result<(), Error> {
    // SAFETY: the caller's.
    unsafe {
        if !journal::is_begun() {
            return Ok(());
        }
        if !keep {
            roll_back(state);
            return Ok(());
        }
        match journal::commit() {
            Ok(true) => {
                audit::report(Action::TransactionCommitted, &[]);
                Ok(())
            }
            Ok(false) => Ok(()),
            Err(failure) => {
                roll_back(state);
                Err(unsettled(failure))
            }
        }
    }
}

/// # Safety
/// As for `end`.
unsafe fn roll_back(state: *mut State) {
    // SAFETY: the caller's; each reference ends before Lua runs.
    unsafe {
        let has_changed = journal::has_changed();
        // The limit was the script's.
        heap::global().set_limit(ARENA_BYTES);
        known::global().forget_from(journal::first_new());
        cells::global().forget_from(journal::first_new());
        let mut undone = journal::roll_back(&mut put_back);
        if let Err(Unreadable::Host(Failure { cause: Cause::Memory(_), .. })) = undone {
            ffi::cu_collect_quietly(state);
            undone = journal::roll_back(&mut put_back);
        }
        walk::forget_all();
        // What is owed is told when it is done.
        if has_changed && undone.is_ok() {
            audit::report(Action::TransactionRolledBack, &[]);
        }
        if undone.is_ok() {
            write_back::put_back(state, false);
        } else {
            // What the store has now is not what it will have.
            write_back::owe();
        }
        ffi::lua_settop(state, 0);
    }
}
