//! Captured variables that changed are written at the end of every compute, also of one that failed.
//!
//! Invariant: after a pass that wrote nothing, the store has the value of every captured variable that it can have. What
//! cannot be written stays changed, lives on, and is tried again after the next compute. A host that fails is told of each
//! time; a value that cannot be stored fails only the first compute that ends with it.

use core::ffi::{CStr, c_int};

use crate::codec::path::Path;
use crate::lua::call;
use crate::lua::ffi::{self, State};
use crate::lua::{cells, known};
use crate::proxy::{access, promote};
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
        // An emergency collection may move entries to places that were passed: once more, until nothing is found.
        while pass(state, base, &mut status) {}
        ffi::cu_release_collector(state, held);
        status
    }
}

/// Tries every changed variable once; whether any was written.
unsafe fn pass(state: *mut State, base: c_int, status: &mut c_int) -> bool {
    let (mut place, mut wrote) = (0, false);
    // SAFETY: the caller's live state; each reference ends before Lua runs.
    unsafe {
        while let Some((mut id, next)) = cells::global().next_changed(place) {
            place = next;
            promote::forget_refusal();
            let outcome = call::protected(state, write_one, (&raw mut id).cast(), 0);
            wrote |= outcome == ffi::STATUS_OK;
            let is_old = promote::was_refused() && !cells::global().note_refused(id);
            if *status == ffi::STATUS_OK && !is_old {
                *status = outcome;
            }
            // The first error stays.
            let kept = base + c_int::from(*status != ffi::STATUS_OK);
            ffi::lua_settop(state, kept);
        }
    }
    wrote
}

/// Writes the variable whose id the argument points to; a Lua function.
unsafe extern "C" fn write_one(state: *mut State) -> c_int {
    // SAFETY: `pass` passes a pointer that outlives the call; nothing with a destructor lives across a raise.
    unsafe {
        let id = *ffi::lua_touserdata(state, 1).cast::<u32>();
        ffi::luaL_checkstack(state, 8, core::ptr::null());
        ffi::lua_pushinteger(state, i64::from(id));
        ffi::cu_push_cell(state, cells::global().object(id));
        access::assign(state, system::CELLS, 2, 3);
        cells::global().note_written(id);
    }
    0
}

/// Puts the name of the captured variable whose id is at `key` in front of `path`, as far as a living function tells it.
///
/// # Safety
/// `state` is live.
pub unsafe fn prepend_name(state: *mut State, key: c_int, path: &mut Path) {
    // SAFETY: the caller's; a name lives as long as its function.
    unsafe {
        let id = ffi::lua_tointegerx(state, key, core::ptr::null_mut()) as u32;
        let cell = cells::global().object(id);
        let mut names = known::global().entries().map(|(_, function)| ffi::cu_cell_name(function, cell));
        path.prepend(b"'");
        match names.find(|name| !name.is_null()) {
            Some(name) => path.prepend(CStr::from_ptr(name).to_bytes()),
            None => path.prepend(b"?"),
        }
        path.prepend(b" '");
    }
}
