//! Opening the interpreter over the arena.

use core::ffi::{c_uint, c_void};
use core::sync::atomic::{AtomicU32, Ordering};

use crate::heap;
use crate::lua::ffi::{self, State};

static STRING_SEED: AtomicU32 = AtomicU32::new(0);

/// Lua asks for the seed of its string hash while it builds a state (`hooks.h`).
#[unsafe(no_mangle)]
extern "C" fn cu_string_seed() -> c_uint {
    STRING_SEED.load(Ordering::Relaxed)
}

/// Lua's allocator: a block of `new` bytes in place of one of `old`, nothing when `new` is 0. For a new block `old` is
/// the kind of object, not a size.
///
/// # Safety
/// One thread; a block came from here with `old` bytes.
pub unsafe extern "C" fn allocate(_: *mut c_void, block: *mut c_void, old: usize, new: usize) -> *mut c_void {
    // SAFETY: the caller's; Lua hands back what it was given, with the size it asked for.
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
    STRING_SEED.store(string_seed, Ordering::Relaxed);
    // SAFETY: `allocate` keeps Lua's contract.
    unsafe { ffi::lua_newstate(allocate, core::ptr::null_mut()) }
}

/// The seed of the string hash that goes with the host's.
pub fn string_seed(seed: i64) -> u32 {
    seed as u32 ^ (seed >> 32) as u32
}

/// Puts another seed of the string hash in place of the one that the state was opened with; false when a table is larger
/// than any of the libraries'.
///
/// # Safety
/// `state` is live, and no script has run in it.
pub unsafe fn reseed(state: *mut State, string_seed: u32) -> bool {
    // SAFETY: the caller's.
    unsafe { ffi::cu_reseed(state, string_seed) != 0 }
}

/// Frees a state and everything in it.
///
/// # Safety
/// `state` is live and not used afterwards.
pub unsafe fn close(state: *mut State) {
    // SAFETY: the caller's.
    unsafe { ffi::lua_close(state) }
}

/// A full collection.
///
/// # Safety
/// `state` is live.
pub unsafe fn collect(state: *mut State) {
    // SAFETY: the caller's; finalizers run protected.
    unsafe { ffi::lua_gc(state, ffi::GC_COLLECT) };
}

/// Gives back the stack that a deep recursion left behind.
///
/// # Safety
/// `state` is live, and nothing runs in it.
pub unsafe fn trim(state: *mut State) {
    // SAFETY: the caller's.
    unsafe { ffi::cu_trim_stack(state) }
}

/// Unit tests that touch the arena take turns.
#[cfg(test)]
pub fn exclusive() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
