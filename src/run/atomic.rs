//! The compute as a transaction: all of its changes stay, or none.

use crate::error::Error;
use crate::heap::{self, ARENA_BYTES};
use crate::lua::stack::Stack;
use crate::proxy::transaction;
use crate::store::{Cause, Failure, journal};

/// Undoes what a transaction left that could not be undone then, or whose instance died.
pub fn settle() -> Result<(), Error> {
    transaction::settle().map(drop).map_err(unsettled)
}

fn unsettled(Failure { action, cause, .. }: Failure) -> Error {
    match cause {
        Cause::Host(reply) => Error::Journal { action, reply },
        Cause::Memory(length) | Cause::KeyLength(length, _) => Error::JournalMemory { length },
        Cause::Damaged | Cause::NoIds | Cause::Gone | Cause::Undone | Cause::Refused => Error::JournalDamaged,
    }
}

/// Ends the transaction, if one was begun: `keep` says whether its changes stay. Why they could not.
pub fn end(lua: Stack<'_>, keep: bool) -> Result<(), Error> {
    if journal::is_unfinished() {
        // What a script could not undo. If it still cannot be, the next compute tries again.
        roll_back(lua);
        return Ok(());
    }
    if !journal::is_begun() {
        return Ok(());
    }
    if !keep {
        roll_back(lua);
        return Ok(());
    }
    transaction::keep(None).map_err(|failure| {
        roll_back(lua);
        unsettled(failure)
    })
}

fn roll_back(lua: Stack<'_>) {
    // The limit was the script's.
    heap::set_limit(ARENA_BYTES);
    let held = lua.hold_collector();
    // If it is not at its end, the next compute goes on with it.
    let _ = transaction::undo(lua, None);
    lua.release_collector(held);
    lua.set_top(0);
}
