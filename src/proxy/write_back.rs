//! Captured variables that changed are written at the end of every compute, also of one that failed; but for a read-only
//! one, and an atomic one that failed: there they get the stored values back, without an error.
//!
//! Invariant: after a pass that found nothing to try, the store has the value of every captured variable that it can have.
//! Each is tried once after a compute, and once more if it was barred, so there are as many passes as that takes, whatever
//! the values are. What cannot be written stays changed, lives on, and is tried again after the next compute. A host that
//! fails is told of each time; a value that cannot be stored fails only the first compute that ends with it.
//!
//! What the budget does not cover fails that compute and is owed from then on. Each later compute writes as much of it as its
//! budget covers once more, and one variable at least, whatever that takes: so all of it is written in the end.

use core::ffi::{CStr, c_int};
use core::sync::atomic::{AtomicBool, Ordering};

use crate::budget;
use crate::codec::path::Path;
use crate::codec::{options, restore};
use crate::control::audit::{self, Action, Detail};
use crate::lua::call;
use crate::lua::ffi::{self, State};
use crate::lua::{cells, known};
use crate::proxy::fault::{self, Fault};
use crate::proxy::{access, permit, promote};
use crate::store::system;

/// Writes what changed; Lua's status, and the first error on the stack.
///
/// # Safety
/// `state` is live, and nothing runs in it.
pub unsafe fn run(state: *mut State) -> c_int {
    // SAFETY: the caller's; the reference ends before Lua runs.
    unsafe {
        if cells::global().next_changed(0).is_none() {
            return ffi::STATUS_OK;
        }
        if ffi::lua_checkstack(state, 8) == 0 {
            return ffi::STATUS_MEMORY;
        }
        // A finalizer could change variables for ever.
        let held = ffi::cu_hold_collector(state);
        let base = ffi::lua_gettop(state);
        let mut status = ffi::STATUS_OK;
        // An emergency collection may move entries to places that were passed, and what was barred on the way is to be put
        // back: once more, until nothing is found.
        cells::global().begin_round();
        while pass(state, base, &mut status, false) {}
        if budget::is_exhausted() {
            cells::global().note_owed();
        } else {
            let left = budget::lend(0);
            write_owed(state);
            while !budget::is_exhausted() && pass(state, base, &mut status, true) {}
            budget::resume(left);
        }
        ffi::cu_release_collector(state, held);
        status
    }
}

/// Writes one variable that is owed, whatever that takes; it is not compressed. One that cannot be written for another reason
/// is not owed any more, but changed like others.
unsafe fn write_owed(state: *mut State) {
    // SAFETY: the caller's live state; each reference ends before Lua runs.
    unsafe {
        let left = budget::suspend();
        let threshold = options::set_compression(0);
        let top = ffi::lua_gettop(state);
        while let Some((mut id, _)) = cells::global().try_next(0, true) {
            let outcome = call::protected(state, write_one, (&raw mut id).cast(), 0);
            ffi::lua_settop(state, top);
            if outcome == ffi::STATUS_OK {
                break;
            }
            cells::global().forgive(id);
        }
        options::set_compression(threshold);
        budget::resume(left);
    }
}

/// Tries every changed variable that is still to be tried, of those that are owed or of the others; whether there was any.
unsafe fn pass(state: *mut State, base: c_int, status: &mut c_int, owed: bool) -> bool {
    let mut place = 0;
    // SAFETY: the caller's live state; each reference ends before Lua runs.
    unsafe {
        while !budget::is_exhausted()
            && let Some((mut id, next)) = cells::global().try_next(place, owed)
        {
            place = next;
            promote::forget_refusal();
            let outcome = call::protected(state, write_one, (&raw mut id).cast(), 0);
            let is_old = promote::was_refused() && !cells::global().note_refused(id);
            if promote::was_inside() {
                // Or the next compute, with other permissions, would store it.
                cells::global().bar(id);
            }
            // What is owed was told when it came to be.
            let is_told = is_old || (owed && budget::is_exhausted());
            if *status == ffi::STATUS_OK && !is_told {
                *status = outcome;
            }
            // The first error stays.
            let kept = base + c_int::from(*status != ffi::STATUS_OK);
            ffi::lua_settop(state, kept);
        }
    }
    place > 0 && !budget::is_exhausted()
}

/// Writes the variable whose id the argument points to; a Lua function.
unsafe extern "C" fn write_one(state: *mut State) -> c_int {
    // SAFETY: `pass` passes a pointer that outlives the call; nothing with a destructor lives across a raise.
    unsafe {
        let id = *ffi::lua_touserdata(state, 1).cast::<u32>();
        ffi::luaL_checkstack(state, 8, core::ptr::null());
        ffi::lua_pushinteger(state, i64::from(id));
        ffi::cu_push_cell(state, cells::global().object(id));
        if cells::global().is_barred(id) {
            restore_value(state, id);
            return 0;
        }
        if permit::is_inside(state, 3) {
            cells::global().bar(id);
            permit::refuse_inside(state, system::CELLS, 2);
        }
        access::assign(state, system::CELLS, 2, 3);
        cells::global().note_written(id);
    }
    0
}

/// A read-only compute changed variables whose values could not be put back.
static OWED: AtomicBool = AtomicBool::new(false);

/// What the end of a compute does with the variables that it changed; Lua's status, and the first error on the stack.
///
/// # Safety
/// As for `run`.
pub unsafe fn end(state: *mut State) -> c_int {
    // SAFETY: the caller's.
    unsafe { if permit::is_read_only() { put_back(state, true) } else { run(state) } }
}

/// The store cannot be read now: `put_back` has to come before anything else.
pub fn owe() {
    OWED.store(true, Ordering::Relaxed);
}

/// Whether `put_back` has to come before anything else.
pub fn is_owed() -> bool {
    OWED.load(Ordering::Relaxed)
}

/// Gives every changed variable the value that the store has: what a read-only compute did is undone, which with `report` the
/// host is told once. Lua's status, and the first error on the stack.
///
/// # Safety
/// As for `run`.
pub unsafe fn put_back(state: *mut State, report: bool) -> c_int {
    // SAFETY: the caller's; each reference ends before Lua runs.
    unsafe {
        OWED.store(false, Ordering::Relaxed);
        if cells::global().next_changed(0).is_none() {
            return ffi::STATUS_OK;
        }
        if ffi::lua_checkstack(state, 8) == 0 {
            OWED.store(true, Ordering::Relaxed);
            return ffi::STATUS_MEMORY;
        }
        let held = ffi::cu_hold_collector(state);
        let base = ffi::lua_gettop(state);
        let (mut status, mut place) = (ffi::STATUS_OK, 0);
        let (mut variables, mut first) = (0, Path::EMPTY);
        while let Some((mut id, next)) = cells::global().next_changed(place) {
            place = next;
            if variables == 0 {
                name_variable(id, &mut first);
            }
            let outcome = call::protected(state, put_one_back, (&raw mut id).cast(), 0);
            variables += i64::from(outcome == ffi::STATUS_OK);
            if status == ffi::STATUS_OK {
                status = outcome;
            }
            ffi::lua_settop(state, base + c_int::from(status != ffi::STATUS_OK));
        }
        // Restoring a function may move entries to places that were passed.
        OWED.store(cells::global().next_changed(0).is_some(), Ordering::Relaxed);
        ffi::cu_release_collector(state, held);
        if report && variables > 0 {
            let details = [("variables", Detail::Number(variables)), ("first", Detail::Text(first.text()))];
            audit::report(Action::VariablesPutBack, &details);
        }
        status
    }
}

/// Puts the variable back whose id the argument points to; a Lua function.
unsafe extern "C" fn put_one_back(state: *mut State) -> c_int {
    // SAFETY: as in `write_one`.
    unsafe {
        let id = *ffi::lua_touserdata(state, 1).cast::<u32>();
        ffi::luaL_checkstack(state, 8, core::ptr::null());
        ffi::lua_pushinteger(state, i64::from(id));
        restore_value(state, id);
    }
    0
}

/// Gives a variable the value that the store has; its id is at 2.
unsafe fn restore_value(state: *mut State, id: u32) {
    // SAFETY: the caller's live state.
    unsafe {
        if let Err(unrestored) = restore::push_cell(state, id) {
            fault::raise(state, Fault::Function(unrestored), system::CELLS, 2);
        }
        ffi::cu_set_cell(state, cells::global().object(id));
        cells::global().note_written(id);
    }
}

/// Puts the name of the captured variable whose id is at `key` in front of `path`, as far as a living function tells it.
///
/// # Safety
/// `state` is live.
pub unsafe fn prepend_name(state: *mut State, key: c_int, path: &mut Path) {
    // SAFETY: the caller's.
    unsafe {
        path.prepend(b"'");
        name_variable(ffi::lua_tointegerx(state, key, core::ptr::null_mut()) as u32, path);
        path.prepend(b" '");
    }
}

/// Puts the name of a captured variable in front of `path`, as far as a living function tells it.
///
/// # Safety
/// One thread.
unsafe fn name_variable(id: u32, path: &mut Path) {
    // SAFETY: the caller's; a name lives as long as its function.
    unsafe {
        let cell = cells::global().object(id);
        let mut names = known::global().entries().map(|(_, function)| ffi::cu_cell_name(function, cell));
        match names.find(|name| !name.is_null()) {
            Some(name) => path.prepend(CStr::from_ptr(name).to_bytes()),
            None => path.prepend(b"?"),
        }
    }
}
