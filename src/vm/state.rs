//! Opening the interpreter over the arena.

use core::ffi::c_void;

use crate::heap;
use crate::lua::ffi::{self, State};
use crate::lua::stack::Stack;
use crate::vm::instance::INSTANCE;

/// Lua's allocator: a block of `new` bytes in place of one of `old`, nothing when `new` is 0. For a new block `old` is
/// the kind of object, not a size.
///
/// # Safety
/// One thread; a block came from here with `old` bytes.
pub unsafe extern "C" fn allocate(_: *mut c_void, block: *mut c_void, old: usize, new: usize) -> *mut c_void {
    // SAFETY: the caller's; Lua returns the blocks that it got, with the sizes that it requested.
    unsafe {
        let heap = heap::global();
        if block.is_null() {
            return if new == 0 { core::ptr::null_mut() } else { heap.allocate(new).cast() };
        }
        if new == 0 {
            heap.free(block.cast(), old);
            return core::ptr::null_mut();
        }
        heap.resize(block.cast(), old, new).cast()
    }
}

/// A new state with an empty registry, or null when the arena has no room.
pub fn open(string_seed: u32) -> *mut State {
    INSTANCE.string_seed.set(string_seed);
    // SAFETY: `allocate` keeps Lua's contract.
    unsafe { ffi::lua_newstate(allocate, core::ptr::null_mut()) }
}

/// The seed of the string hash, made from the host's seed.
pub fn string_seed(seed: i64) -> u32 {
    seed as u32 ^ (seed >> 32) as u32
}

/// Replaces the seed of the string hash with which the state was opened; false when a table is larger than any library
/// table. No script has run yet.
pub fn reseed(lua: Stack<'_>, string_seed: u32) -> bool {
    // SAFETY: the state is live (`Stack::of`).
    unsafe { ffi::cu_reseed(lua.state(), string_seed) != 0 }
}

/// Frees a state and everything in it.
///
/// # Safety
/// `state` is live and not used afterwards.
pub unsafe fn close(state: *mut State) {
    // SAFETY: the caller does not use it afterwards.
    unsafe { ffi::lua_close(state) }
}

/// Unit tests that touch the arena take turns.
#[cfg(test)]
pub fn exclusive() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
