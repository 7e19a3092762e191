//! `init`: makes the VM.
//!
//! Invariant: `cu_prepare` asks the host nothing and makes the VM with the default seed. So the build runs it once and ships
//! the memory that it leaves (`scripts/snapshot.mjs`); it then replaces the body of `cu_prepare` by a constant, and what only
//! that needs is no part of the file.

use crate::heap;
use crate::library::standard;
use crate::lua::ffi::State;
use crate::lua::stack::Stack;
use crate::run::config::Config;
use crate::vm::instance::INSTANCE;
use crate::vm::state;

/// Makes the VM unless there is one; false when it cannot, or when an import calls this on the way.
pub fn create() -> bool {
    if !INSTANCE.state.get().is_null() {
        return true;
    }
    if INSTANCE.is_running.replace(true) {
        return false;
    }
    let is_created = create_now();
    INSTANCE.is_running.set(false);
    is_created
}

fn create_now() -> bool {
    // A malformed configuration is the first compute's error.
    let seed = Config::fetch().unwrap_or(&Config::DEFAULT).seed;
    if cu_prepare() == 0 {
        return false;
    }
    let made = INSTANCE.prepared.get();
    // SAFETY: the state was opened and is never closed from here on, and this is the one thread.
    if seed != Config::DEFAULT.seed && !reseed(unsafe { Stack::of(made) }, seed) {
        return false;
    }
    #[cfg(target_arch = "wasm32")]
    crate::libc::time::set_clock_source(crate::control::clock::now_milliseconds);
    INSTANCE.state.set(made);
    true
}

/// Puts the host's seed in place of the default one, before any script runs. False when there is no memory, and then the
/// VM is as before.
fn reseed(lua: Stack<'_>, seed: i64) -> bool {
    // Only the first can fail. An error value is taken away.
    let is_seeded = standard::seed_random(lua, seed).is_ok();
    lua.set_top(0);
    is_seeded && state::reseed(lua, state::string_seed(seed))
}

/// Makes the state unless there is one; 0 when the arena has no room.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
#[inline(never)]
pub extern "C" fn cu_prepare() -> i32 {
    if INSTANCE.prepared.get().is_null() {
        // SAFETY: one thread; the references end at once.
        unsafe { heap::global() }.begin_packing();
        INSTANCE.prepared.set(make());
        // SAFETY: as before.
        unsafe { heap::global() }.end_packing();
    }
    i32::from(!INSTANCE.prepared.get().is_null())
}

fn make() -> *mut State {
    let made = state::open(state::string_seed(Config::DEFAULT.seed));
    if made.is_null() {
        return made;
    }
    // SAFETY: a new state, which nothing else knows; this is the one thread.
    let lua = unsafe { Stack::of(made) };
    if !standard::open(lua).is_ok() || !standard::seed_random(lua, Config::DEFAULT.seed).is_ok() {
        // SAFETY: nothing uses it any more.
        unsafe { state::close(made) };
        return core::ptr::null_mut();
    }
    lua.collect();
    made
}
