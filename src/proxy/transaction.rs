//! Transactions, in the store and in Lua: each is the outermost level of the journal, or a savepoint inside one.
//!
//! Invariant: what Lua has agrees with the store again after a rollback. Functions and captured variables that were stored in
//! the transaction are not stored; captured variables have the values of when it began; tables that became external in it are
//! plain ones with their content (`demote.rs`).
//!
//! A transaction begins with nothing to be written: captured variables that changed before are written first, so the store has
//! the values of its beginning.
#![forbid(unsafe_code)]

use cu_abi::key;

use crate::closure::write_back;
use crate::control::audit::{self, Action, Detail};
use crate::data;
use crate::heap::{self, ARENA_BYTES};
use crate::lua::stack::Stack;
use crate::lua::status::Status;
use crate::proxy::access::ExternalRows;
use crate::proxy::demote;
use crate::store::journal::{self, LEVELS, OUTERMOST};
use crate::store::levels::{self, Outer};
use crate::store::{Cause, Failure, counter, system, undo};
use crate::table::{walk, write};
use crate::vm::instance::INSTANCE;

/// Why a transaction could not be undone.
#[derive(Clone, Copy, Debug)]
pub enum NotUndone {
    /// The store has neither the old state nor the new one. What is left is done before the next compute.
    Store(Failure),
    /// The store has the old state, but captured variables have not. They get it before the next compute.
    Captured(Status),
}

/// Undoes what a transaction left that could not be undone then, or whose instance died; whether there was any.
pub fn settle() -> Result<bool, Failure> {
    let is_undone = undo::settle(&mut put_back)?;
    if is_undone {
        forget_pages();
        report(Action::TransactionRolledBack, OUTERMOST);
    }
    Ok(is_undone)
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

/// What was kept of the rows of tables may be of a state that is undone.
fn forget_pages() {
    walk::forget_all();
    data::forget();
}

fn report(action: Action, level: u8) {
    if level == OUTERMOST {
        audit::report(action, &[]);
    } else {
        audit::report(action, &[(audit::field::LEVEL, Detail::Number(level.into()))]);
    }
}

/// Writes the captured variables that changed. The error of one that cannot be stored is left on the stack.
pub fn write_captured(lua: Stack<'_>) -> Status {
    write_back::run_now(lua, &ExternalRows)
}

/// Whether there may be a level more.
pub fn has_room() -> bool {
    journal::level() < LEVELS
}

/// Begins a transaction: a savepoint where there is one already.
pub fn begin() -> Result<Option<Outer>, Failure> {
    if journal::level() > 0 {
        return levels::enter().map(Some);
    }
    journal::begin().map(|()| None)
}

/// Keeps what the innermost transaction changed. When that fails, it is still to be undone.
pub fn keep(outer: Option<Outer>) -> Result<(), Failure> {
    let level = journal::level();
    #[cfg(feature = "data")]
    data::changing::note_broken()?;
    let has_changed = match outer {
        Some(outer) => {
            let has_changed = journal::has_changed();
            levels::merge(outer)?;
            has_changed
        }
        None => {
            #[cfg(feature = "data")]
            data::changing::note_broken()?;
            journal::commit()?
        }
    };
    if has_changed {
        report(Action::TransactionCommitted, level);
    }
    Ok(())
}

/// Undoes what the innermost transaction changed; of the outermost also what an earlier attempt left. Raises nothing, and leaves
/// the stack as it is. The collector rests, and there is no budget. Nobody outside of this instance has seen its ids: so they are
/// given again.
pub fn undo_unseen(lua: Stack<'_>, outer: Option<Outer>) -> Result<(), NotUndone> {
    let given = journal::given();
    let undone = undo(lua, outer);
    if !journal::is_unfinished() {
        counter::take_back(&given);
    }
    undone
}

/// The same, where a host may know ids of tables that are undone.
pub fn undo(lua: Stack<'_>, outer: Option<Outer>) -> Result<(), NotUndone> {
    let (level, has_changed) = (journal::level(), journal::has_changed());
    let limit = heap::limit_bytes();
    // The limit is the script's.
    heap::set_limit(ARENA_BYTES);
    let undone = undo_all(lua, outer);
    if has_changed && !matches!(undone, Err(NotUndone::Store(_))) {
        // A rollback that is not at its end is reported when it is.
        report(Action::TransactionRolledBack, level);
    }
    heap::set_limit(limit);
    undone
}

/// In Lua nothing is stored any more that was stored in the innermost level. Raises nothing. The collector rests, and there is no
/// budget.
pub fn forget_level(lua: Stack<'_>) {
    demote::gather(lua);
    INSTANCE.known.forget_where(journal::is_new_id);
    INSTANCE.cells.forget_where(journal::is_new_id);
    INSTANCE.codes.forget_where(journal::is_new_id);
    demote::exchange(lua);
}

fn undo_all(lua: Stack<'_>, outer: Option<Outer>) -> Result<(), NotUndone> {
    forget_level(lua);
    let roll_back = || match outer {
        Some(_) => undo::roll_back_level(&mut put_back),
        None => undo::roll_back(&mut put_back),
    };
    let mut undone = roll_back();
    if undone.is_err_and(|failure| matches!(failure.cause(), Cause::Memory(_))) {
        lua.collect_quietly();
        undone = roll_back();
    }
    if let Some(outer) = outer {
        undo::end_level(outer, undone.is_ok());
    }
    forget_pages();
    if let Err(failure) = undone {
        // The store does not have yet what it will have.
        INSTANCE.has_to_put_back.set(true);
        return Err(NotUndone::Store(failure));
    }
    let top = lua.top();
    let status = write_back::put_back(lua, &ExternalRows, false);
    lua.set_top(top);
    if status.is_ok() { Ok(()) } else { Err(NotUndone::Captured(status)) }
}
