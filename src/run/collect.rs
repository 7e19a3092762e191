//! Garbage: in Lua between computes, and in the store when the host asks for it.
//!
//! Invariant: no finalizer runs while it is not known what it may do, or while the store is neither as before nor as after an
//! atomic compute.

use crate::budget;
use crate::closure::write_back;
use crate::control::output;
use crate::data;
use crate::heap::{self, ARENA_BYTES};
use crate::lua::stack::Stack;
use crate::proxy::access::ExternalRows;
use crate::proxy::globals;
use crate::run::{atomic, shared};
use crate::store::{Failure, counter, journal};
use crate::table::reclaim::{self, Object};
use crate::table::walk;
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;

/// `run_gc`: collects Lua's garbage, and then what nothing reaches in the store. Nothing before `init` or inside an import.
pub fn collect_everything() {
    let Some(lua) = INSTANCE.lua() else { return };
    if INSTANCE.is_running.replace(true) {
        return;
    }
    // Finalizers may print, and there is no response to carry it.
    output::begin(0, false);
    budget::suspend();
    // An object that another instance freed must not be marked, nor met by a finalizer: another one may have its id.
    let is_looked_at = shared::look_for_collections().is_ok();
    walk::forget_all();
    // The journal of another instance that died has values that are to be put back: what they refer to must stay.
    journal::look_again();
    // While a transaction of the host is open, values may come back that nothing refers to now.
    let is_settled = is_looked_at && !atomic::is_open() && atomic::settle_journal().is_ok();
    let is_settled = is_settled && data::look().is_ok();
    if is_settled {
        budget::begin_script();
        collect_all(lua);
        budget::suspend();
        end_finalizers(lua);
        #[cfg(feature = "data")]
        data::changing::end();
        // What indexes and links refer to is not marked by a build that does not know them.
        if cfg!(feature = "data") || !data::is_in_use() {
            let _ = reclaim();
        }
        data::forget();
    } else {
        lua.collect_quietly();
    }
    INSTANCE.is_running.set(false);
}

/// Frees the external tables, stored functions, captured variables and code that nothing reaches: no home, not `_io`, and
/// nothing that Lua still has. When the host fails meanwhile, or keeps a value that cannot be read, nothing is freed.
fn reclaim() -> Result<(), Failure> {
    counter::give_back();
    // Also if the host fails meanwhile, free ids may be other ranges.
    counter::forget();
    // And collections may be one more, which freed nothing that this instance holds.
    INSTANCE.seen.is_counting.set(true);
    INSTANCE.standing.shrink();
    INSTANCE.known.shrink();
    INSTANCE.cells.shrink();
    INSTANCE.codes.shrink();
    let named = core::iter::once(Object::Table(globals::home()));
    let tables = INSTANCE.standing.all_ids().map(Object::Table);
    let functions = INSTANCE.known.entries().map(|(id, _)| Object::Function(id));
    let captured = INSTANCE.cells.all_ids().map(Object::Cell);
    let codes = INSTANCE.codes.all_ids().map(Object::Code);
    let number = reclaim::run(named.chain(tables).chain(functions).chain(captured).chain(codes))?;
    INSTANCE.seen.collections.set(Some(number));
    INSTANCE.seen.is_counting.set(false);
    Ok(())
}

/// Collects what a failed script left behind, so that the next one has memory. One collection may not do: finalizers that
/// meet a full arena end it early, and most of them are still to run.
pub fn make_room(lua: Stack<'_>) {
    /// Collections that free less than this found what the script keeps.
    const LEAST_FREED: usize = ARENA_BYTES / 256;
    let mut before = heap::used_bytes();
    if before <= ARENA_BYTES / 8 {
        return;
    }
    // Finalizers have a budget of their own.
    budget::begin_script();
    while before > ARENA_BYTES / 8 {
        collect_all(lua);
        if heap::used_bytes() + LEAST_FREED > before {
            break;
        }
        before = heap::used_bytes();
    }
    budget::suspend();
    end_finalizers(lua);
}

/// A full collection, and a second one that runs no finalizer, for what those of the first left: they can fill the arena.
fn collect_all(lua: Stack<'_>) {
    if RUN.is_permitted.get() && !journal::is_unfinished() && !shared::is_behind() {
        lua.collect();
    } else {
        lua.collect_quietly();
    }
    lua.collect_quietly();
}

/// Puts back what finalizers changed after the end of a compute whose permissions do not let them: a later compute, with
/// other permissions, would store it.
fn end_finalizers(lua: Stack<'_>) {
    let is_guarded = RUN.permissions.is_active.get() && RUN.is_permitted.get();
    if is_guarded && !journal::is_begun() && !journal::is_unfinished() {
        let _ = write_back::end(lua, &ExternalRows);
        lua.set_top(0);
    }
}
