//! `ext.transaction(function, ...)`: the function changes all that it changes in the store, or nothing. `cu_transaction`
//! (`lua/inside.c`) calls it between the two functions here.
//!
//! Invariant: what was begun is ended once, whatever the function does. After an error the store, and what Lua has of it, is as
//! at the beginning; where that cannot be, the script ends.

use crate::budget::{self, cost};
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::fault;
use crate::proxy::transaction::{self, NotUndone};
use crate::store::journal::{self, LEVELS};
use crate::store::levels::Outer;
use crate::vm::stop;

/// What beginning one counts: calls of the host, whose number depends on what ran before.
const BEGIN_COST: usize = 4 * cost::HOST;

/// Slots that the end takes.
const SLOTS: core::ffi::c_int = 24;

/// What is kept between beginning and end, in memory of `cu_transaction`.
#[derive(Clone, Copy)]
#[repr(C)]
struct Kept {
    kind: u32,
    outer: [u32; 5],
}

/// A read-only compute changes nothing, so there is nothing to undo.
const NOTHING: u32 = 0;
const IN_NO_OTHER: u32 = 1;
const SAVEPOINT: u32 = 2;

/// Begins a transaction.
///
/// # Safety
/// `cu_transaction` calls it, with room for what is kept.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_transaction_begin(state: *mut State, kept: *mut Kept) {
    // SAFETY: Lua calls with a live state; nothing that is captured must be dropped; there is room for `Kept`.
    unsafe { *kept = call::enter(state, begin) }
}

/// Ends it. The results of the function, or its error, are on the stack.
///
/// # Safety
/// `cu_transaction` calls it, with what `cu_transaction_begin` kept.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_transaction_end(state: *mut State, kept: *const Kept, has_failed: core::ffi::c_int) {
    // SAFETY: as above; `Kept` was written when it began.
    unsafe {
        let kept = *kept;
        call::enter(state, |lua| end(lua, kept, has_failed == 0));
    }
}

fn begin(lua: Stack<'_>) -> Result<Kept, Raise> {
    if guards::is_read_only() {
        return Ok(Kept { kind: NOTHING, outer: [0; 5] });
    }
    if !transaction::has_room() {
        return Err(lua.fail(format_args!("transactions are nested more than {LEVELS} deep")));
    }
    lua.charge(BEGIN_COST)?;
    lua.want_room(SLOTS, c"no room for a transaction");
    if !transaction::write_captured(lua).is_ok() {
        return Err(raised());
    }
    let left = budget::left();
    let begun = transaction::begin();
    budget::resume(left);
    match begun {
        Ok(None) => Ok(Kept { kind: IN_NO_OTHER, outer: [0; 5] }),
        Ok(Some(outer)) => Ok(Kept { kind: SAVEPOINT, outer: outer.words() }),
        Err(failure) => Err(fault::raise_of_table(lua, failure.into(), failure.table())),
    }
}

/// What is raised after a protected call that failed.
fn raised() -> Raise {
    if budget::is_exhausted() { Raise::Budget } else { Raise::Value }
}

fn end(lua: Stack<'_>, kept: Kept, has_succeeded: bool) -> Result<(), Raise> {
    let outer = match kept.kind {
        NOTHING => return Ok(()),
        IN_NO_OTHER => None,
        _ => Some(Outer::of(kept.outer)),
    };
    if !has_succeeded || budget::is_exhausted() {
        undo(lua, outer)?;
        // No handler sees that the budget is used up.
        return if budget::is_exhausted() { Err(Raise::Budget) } else { Ok(()) };
    }
    // Captured variables that the transaction changed are to stay with it. Inside another one that has time.
    if outer.is_none() && !lua.has_room(SLOTS) {
        undo(lua, outer)?;
        return Err(Raise::Memory);
    }
    if outer.is_none() && !transaction::write_captured(lua).is_ok() {
        undo(lua, outer)?;
        return Err(raised());
    }
    transaction::keep(outer).or_else(|failure| {
        undo(lua, outer)?;
        Err(fault::raise_of_table(lua, failure.into(), failure.table()))
    })
}

/// Undoes what was changed. If that cannot be done, the script ends, and nothing in it sees why.
fn undo(lua: Stack<'_>, outer: Option<Outer>) -> Result<(), Raise> {
    // One inside could not be undone, which has ended the script: the outermost one undoes all.
    if outer.is_some() && journal::is_unfinished() {
        return Err(Raise::Budget);
    }
    let held = lua.hold_collector();
    let left = budget::suspend();
    let undone = transaction::undo_unseen(lua, outer);
    budget::resume(left);
    lua.release_collector(held);
    undone.map_err(|error| {
        stop::end_script(lua, &match error {
            NotUndone::Store(failure) => Message::new(format_args!(
                "a transaction was not undone: the host failed to {} what it changed, or a note of it: {}",
                failure.action(), failure.cause()
            )),
            NotUndone::Captured(_) => Message::new(format_args!(
                "a transaction was not undone: captured variables could not be read: not enough memory, or a failure of the host"
            )),
        })
    })
}
