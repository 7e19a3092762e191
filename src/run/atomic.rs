//! The compute as a transaction, or as a part of one: all of its changes stay, or none.
//!
//! Invariant: who undoes a failed compute is known when it begins, and what Lua has agrees with the store afterwards.
//!
//! - The module, by its journal: `atomic = true`. The compute is the outermost level.
//! - The module, over several computes: `transaction`. The outermost level is the host's, from the first of these computes to
//!   the one that commits it or rolls it back; each compute is a level inside, and undone alone if it fails. If a level cannot
//!   be undone, everything is, and the host hears of it in each compute until it rolls the transaction back.
//! - The host: `atomic = "host"`. Nothing is noted. After a failure the module takes what it remembers of the store for old, as
//!   if another instance had changed the store; so it does no harm if the host does not undo anything.

use crate::budget;
use crate::error::Error;
use crate::heap::{self, ARENA_BYTES};
use crate::lua::stack::Stack;
use crate::proxy::{globals, transaction};
use crate::run::config::{Atomic, Config, Transaction};
use crate::run::shared;
use crate::store::journal::{self, OUTERMOST};
use crate::store::levels::{self, Outer};
use crate::store::{Cause, Failure};
use crate::vm::instance::{INSTANCE, Journal, OfHost};

fn state() -> &'static Journal {
    &INSTANCE.journal
}

/// Whether the compute is a transaction, or a part of one.
#[inline]
pub fn is_wanted(config: &Config) -> bool {
    config.atomic != Atomic::No || belongs(config)
}

/// Whether the compute is a part of a transaction of the host.
fn belongs(config: &Config) -> bool {
    cfg!(feature = "data") && matches!(config.transaction, Transaction::Open | Transaction::Commit)
}

/// Whether the host has a transaction open.
pub fn is_open() -> bool {
    cfg!(feature = "data") && state().of_host.get() == OfHost::Open
}

// ---- before a compute ----

/// Undoes what a transaction left that could not be undone then, or whose instance died, and what the host wants undone.
pub fn settle(lua: Stack<'_>, config: &Config) -> Result<(), Error> {
    if !cfg!(feature = "data") {
        return settle_journal();
    }
    let of_host = state().of_host.get();
    match (of_host, config.transaction) {
        (OfHost::Open, Transaction::None) => return Err(Error::TransactionOpen),
        (OfHost::Open, Transaction::RollBack) => {
            state().of_host.set(OfHost::None);
            roll_back(lua);
            // The home may be a table of the transaction.
            globals::unbind();
        }
        (OfHost::Lost, Transaction::RollBack) => state().of_host.set(OfHost::None),
        (OfHost::Lost, _) => return Err(Error::TransactionLost),
        _ => {}
    }
    settle_journal()
}

/// The same, where there is no compute.
pub fn settle_journal() -> Result<(), Error> {
    transaction::settle().map(drop).map_err(unsettled)
}

fn unsettled(failure: Failure) -> Error {
    match failure.cause() {
        Cause::Host(reply) => Error::Journal { action: failure.action(), reply },
        Cause::Memory(length) | Cause::KeyLength(length, _) => Error::JournalMemory { length },
        _ => Error::JournalDamaged,
    }
}

/// Begins what the compute is to be, after `settle`.
pub fn begin(config: &Config) -> Result<(), Failure> {
    if !belongs(config) {
        return match config.atomic {
            Atomic::No => Ok(()),
            Atomic::Journal => journal::begin(),
            Atomic::Host => journal::begin_unit(),
        };
    }
    if !is_open() {
        journal::begin()?;
        state().of_host.set(OfHost::Open);
    }
    state().around.set(levels::enter()?.words());
    Ok(())
}

// ---- after it ----

/// Ends what was begun: `keep` says whether its changes stay. Why they could not.
pub fn end(lua: Stack<'_>, keep: bool, config: &Config) -> Result<(), Error> {
    if journal::is_unfinished() {
        // What a script could not undo. If it still cannot be, the next compute tries again.
        lose();
        roll_back(lua);
        return Ok(());
    }
    if !journal::is_begun() {
        return Ok(());
    }
    if is_open() {
        return end_part(lua, keep, config);
    }
    if keep {
        commit(lua)
    } else {
        roll_back(lua);
        Ok(())
    }
}

/// Ends a compute that is a level of a transaction of the host.
fn end_part(lua: Stack<'_>, keep: bool, config: &Config) -> Result<(), Error> {
    if journal::level() > OUTERMOST {
        let outer = Outer::of(state().around.get());
        let kept = if keep { transaction::keep(Some(outer)) } else { Ok(()) };
        if !keep || kept.is_err() {
            undo(lua, Some(outer));
            if journal::is_unfinished() {
                lose();
                roll_back(lua);
            }
        }
        kept.map_err(unsettled)?;
    }
    if keep && config.transaction == Transaction::Commit {
        state().of_host.set(OfHost::None);
        return commit(lua);
    }
    Ok(())
}

/// The transaction of the host, if there is one, is undone without its word.
fn lose() {
    if is_open() {
        state().of_host.set(OfHost::Lost);
    }
}

fn commit(lua: Stack<'_>) -> Result<(), Error> {
    transaction::keep(None).map_err(|failure| {
        roll_back(lua);
        unsettled(failure)
    })
}

/// If it is not at its end, the next compute goes on with it.
fn roll_back(lua: Stack<'_>) {
    undo(lua, None);
}

fn undo(lua: Stack<'_>, outer: Option<Outer>) {
    // The limit was the script's.
    heap::set_limit(ARENA_BYTES);
    let held = lua.hold_collector();
    let _ = transaction::undo(lua, outer);
    lua.release_collector(held);
    lua.set_top(0);
}

/// Whether the changes of the compute, or of a part of it, are undone when it fails.
pub fn has_begun() -> bool {
    journal::is_begun() || state().unit.get().is_some()
}

/// Ends a compute that the host undoes if it fails. `has_failed` also where it failed before it began.
pub fn end_unit(lua: Stack<'_>, has_failed: bool, config: &Config) {
    if config.atomic != Atomic::Host || is_open() || belongs(config) {
        return;
    }
    let has_begun = journal::end_unit(has_failed);
    if !has_failed {
        return;
    }
    heap::set_limit(ARENA_BYTES);
    let held = lua.hold_collector();
    if has_begun {
        transaction::forget_level(lua);
    }
    lua.release_collector(held);
    lua.set_top(0);
    shared::note_changed();
}

/// The host brings another store, or another home, while its transaction is open: nobody knows any more what the transaction
/// changed here. No call is under way.
pub fn abandon() {
    if let Some(lua) = INSTANCE.lua()
        && is_open()
    {
        // The host is asked for rows.
        INSTANCE.is_running.set(true);
        lose();
        budget::suspend();
        let held = lua.hold_collector();
        transaction::forget_level(lua);
        lua.release_collector(held);
        journal::abandon();
        shared::note_changed();
        INSTANCE.is_running.set(false);
    }
}
