//! Room for Rust's allocations: garbage of Lua is collected before one is refused, as for Lua's own.
//!
//! Invariant: that happens at most once in a piece of work, and only in work that leaves every Lua value which it looks at
//! on the stack. No finalizer runs, so nothing raises.

use core::sync::atomic::{AtomicPtr, Ordering};

use crate::budget::{self, cost};
use crate::heap;
use crate::lua::ffi::{self, State};

/// The state to collect in, until that was done.
static COLLECTS: AtomicPtr<State> = AtomicPtr::new(core::ptr::null_mut());

/// Does `work`, in which memory is made once by collecting garbage.
///
/// # Safety
/// `state` is live, nothing in `work` runs Lua, and what it looks at is on the stack.
#[inline]
pub unsafe fn collecting<T>(state: *mut State, work: impl FnOnce() -> T) -> T {
    COLLECTS.store(state, Ordering::Relaxed);
    let done = work();
    forget();
    done
}

/// Ends work that was left by a panic.
#[inline]
pub fn forget() {
    COLLECTS.store(core::ptr::null_mut(), Ordering::Relaxed);
}

/// Collects, where that is allowed, was not done yet, and is covered by the budget; whether it did.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "elsewhere the system allocates for Rust"))]
#[cold]
pub fn make() -> bool {
    let state = COLLECTS.swap(core::ptr::null_mut(), Ordering::Relaxed);
    if state.is_null() {
        return false;
    }
    // SAFETY: `collecting` was told that the state is live; wasm32 has one thread, and the reference to the heap ends.
    unsafe {
        if !budget::reserve((heap::global().used_bytes() / cost::BYTES_COLLECTED) as u64) {
            return false;
        }
        ffi::cu_collect_quietly(state);
    }
    true
}
