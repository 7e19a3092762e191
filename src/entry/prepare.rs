//! What `init` makes that does not depend on the host: a Lua state with its libraries.
//!
//! Invariant: it asks the host nothing and is made with the default seed. So the build runs it once and ships the memory
//! that it leaves (`scripts/snapshot.mjs`); it then replaces the body of `cu_prepare` by a constant, and what only that
//! needs is no part of the file.

use core::sync::atomic::{AtomicPtr, Ordering};

use crate::control::config::Config;
use crate::heap;
use crate::library::standard;
use crate::lua::ffi::{self, State};
use crate::lua::state;

static PREPARED: AtomicPtr<State> = AtomicPtr::new(core::ptr::null_mut());

/// The state that `cu_prepare` made, null before.
pub fn state() -> *mut State {
    PREPARED.load(Ordering::Relaxed)
}

/// Makes the state unless there is one; 0 when the arena has no room.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
#[inline(never)]
pub extern "C" fn cu_prepare() -> i32 {
    if state().is_null() {
        // SAFETY: one thread; the references end at once.
        unsafe { heap::global() }.begin_packing();
        PREPARED.store(make(), Ordering::Relaxed);
        // SAFETY: as before.
        unsafe { heap::global() }.end_packing();
    }
    i32::from(!state().is_null())
}

fn make() -> *mut State {
    let made = state::open(state::string_seed(Config::DEFAULT.seed));
    if made.is_null() {
        return made;
    }
    // SAFETY: a fresh state, which nothing else knows.
    unsafe {
        if standard::open(made) != ffi::STATUS_OK || standard::seed_random(made, Config::DEFAULT.seed) != ffi::STATUS_OK
        {
            state::close(made);
            return core::ptr::null_mut();
        }
        state::collect(made);
    }
    made
}
