//! Room for Rust's allocations: before one is refused, Lua's garbage is collected, as for Lua's allocations.
//!
//! Invariant: this happens at most once in a piece of work, and only if all Lua values that the work uses are on the
//! stack. No finalizer runs, so nothing raises.

use crate::budget::{self, cost};
use crate::heap;
use crate::lua::stack::Stack;
use crate::vm::run::RUN;

/// Does `work`, in which one collection may make memory. The work does not run Lua or grow a register, and all Lua
/// values that it uses are on the stack.
#[inline]
pub fn collecting<T>(lua: Stack<'_>, work: impl FnOnce() -> T) -> T {
    RUN.collects.set(lua.state());
    let done = work();
    forget();
    done
}

/// Ends work that a panic interrupted.
#[inline]
pub fn forget() {
    RUN.collects.set(core::ptr::null_mut());
}

/// Collects if this is allowed, was not done yet, and is covered by the budget. Returns whether it did.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "elsewhere the system allocates for Rust"))]
#[cold]
pub fn make() -> bool {
    let state = RUN.collects.replace(core::ptr::null_mut());
    if state.is_null() {
        return false;
    }
    if !budget::reserve((heap::used_bytes() / cost::BYTES_COLLECTED) as u64) {
        return false;
    }
    // SAFETY: `collecting` noted a state that is live until its work is done.
    unsafe { Stack::of(state) }.collect_quietly();
    true
}
