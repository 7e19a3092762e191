//! The compute as a transaction: all of its changes stay, or none.
//!
//! Invariant: what Lua has agrees with the store again after a rollback: functions and captured variables that were stored
//! in the compute are not stored, and captured variables have their values of before. A table that became external stays
//! so, without content.

use cu_abi::key;

use crate::closure::write_back;
use crate::control::audit::{self, Action};
use crate::error::Error;
use crate::heap::{self, ARENA_BYTES};
use crate::lua::stack::Stack;
use crate::proxy::access::ExternalRows;
use crate::store::{Cause, Failure, journal, system};
use crate::table::{walk, write};
use crate::vm::instance::INSTANCE;

/// Undoes what an atomic compute left that could not be undone then, or whose instance died.
pub fn settle() -> Result<(), Error> {
    match journal::settle(&mut put_back) {
        Ok(true) => {
            walk::forget_all();
            audit::report(Action::TransactionRolledBack, &[]);
            Ok(())
        }
        Ok(false) => Ok(()),
        Err(failure) => Err(unsettled(failure)),
    }
}

fn unsettled(Failure { action, cause, .. }: Failure) -> Error {
    match cause {
        Cause::Host(reply) => Error::Journal { action, reply },
        Cause::Memory(length) | Cause::KeyLength(length, _) => Error::JournalMemory { length },
        Cause::Damaged | Cause::NoIds | Cause::Gone | Cause::Refused => Error::JournalDamaged,
    }
}

/// Undoes the change of one row. A captured variable has another value in the store than was written.
fn put_back(table: u32, key: &[u8], value: Option<&[u8]>) -> Result<(), Failure> {
    write::put_back(table, key, value)?;
    if table == system::CELLS
        && let Some(id) = key::decode_id(key)
    {
        INSTANCE.cells.note_unwritten(id);
    }
    Ok(())
}

/// Ends the transaction, if one was begun: `keep` says whether its changes stay. Why they could not.
pub fn end(lua: Stack<'_>, keep: bool) -> Result<(), Error> {
    if !journal::is_begun() {
        return Ok(());
    }
    if !keep {
        roll_back(lua);
        return Ok(());
    }
    #[cfg(feature = "data")]
    if let Err(failure) = crate::data::changing::note_broken() {
        roll_back(lua);
        return Err(unsettled(failure));
    }
    match journal::commit() {
        Ok(true) => {
            audit::report(Action::TransactionCommitted, &[]);
            Ok(())
        }
        Ok(false) => Ok(()),
        Err(failure) => {
            roll_back(lua);
            Err(unsettled(failure))
        }
    }
}

fn roll_back(lua: Stack<'_>) {
    let has_changed = journal::has_changed();
    // The limit was the script's.
    heap::set_limit(ARENA_BYTES);
    INSTANCE.known.forget_where(journal::is_new_id);
    INSTANCE.cells.forget_where(journal::is_new_id);
    INSTANCE.codes.forget_where(journal::is_new_id);
    #[cfg(feature = "data")]
    crate::data::forget();
    let mut undone = journal::roll_back(&mut put_back);
    if let Err(Failure { cause: Cause::Memory(_), .. }) = undone {
        lua.collect_quietly();
        undone = journal::roll_back(&mut put_back);
    }
    walk::forget_all();
    // A rollback that is not at its end is reported when it is.
    if has_changed && undone.is_ok() {
        audit::report(Action::TransactionRolledBack, &[]);
    }
    if undone.is_ok() {
        let _ = write_back::put_back(lua, &ExternalRows, false);
    } else {
        // The store does not have yet what it will have.
        INSTANCE.has_to_put_back.set(true);
    }
    lua.set_top(0);
}
