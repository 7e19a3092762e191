//! What Rust leaves to be done before Lua goes on.
//!
//! Invariant: when Rust returns to Lua, or calls it, what was wanted has been done, or an error is raised that says why it was not.
//! `call.rs` sees to it, at each way from Rust to Lua.

use core::cell::Cell;

use crate::lua::call::Raise;
use crate::lua::stack::Stack;

/// Does what is wanted.
pub type Work = fn(Stack<'_>) -> Result<(), Raise>;

struct Settle {
    is_wanted: Cell<bool>,
    is_running: Cell<bool>,
    work: Cell<Option<Work>>,
}

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for Settle {}

static SETTLE: Settle = Settle { is_wanted: Cell::new(false), is_running: Cell::new(false), work: Cell::new(None) };

/// Who does it.
pub fn open(work: Work) {
    SETTLE.work.set(Some(work));
    SETTLE.is_wanted.set(false);
    SETTLE.is_running.set(false);
}

/// There is something to be done.
#[inline]
pub fn want() {
    SETTLE.is_wanted.set(true);
}

/// There is nothing any more.
pub fn unwant() {
    SETTLE.is_wanted.set(false);
}

/// Whether there is, for who is not doing it.
#[inline]
pub fn is_wanted() -> bool {
    SETTLE.is_wanted.get() && !SETTLE.is_running.get()
}

/// Does it; what is raised is still to be done. The stack is as before.
#[cold]
#[inline(never)]
pub fn now(lua: Stack<'_>) -> Result<(), Raise> {
    let Some(work) = SETTLE.work.get() else { return Ok(()) };
    SETTLE.is_running.set(true);
    SETTLE.is_wanted.set(false);
    // What Lua raises by itself must not leave the mark.
    let status = lua.protected(|lua, work: &mut Work| work(lua).map(|()| 0), &mut { work }, 0);
    SETTLE.is_running.set(false);
    if status.is_ok() {
        return Ok(());
    }
    SETTLE.is_wanted.set(true);
    Err(Raise::Value)
}
