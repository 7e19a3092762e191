//! Panics of redb: at some damage of a file, redb panics.
//!
//! Invariant: no panic of redb leaves this folder, and a panic of a caller's code is never taken for one of redb.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current panic of this thread comes from redb, so that a store answers it as an error. A program with its
/// own panic hook can call this there and not print such panics.
pub fn panic_is_caught() -> bool {
    CATCHING.get()
}

/// Runs a call of redb. After a panic redb's state is broken, and the caller must not use it again.
pub(super) fn caught<T>(call: impl FnOnce() -> T) -> Result<T, redb::Error> {
    let outer = CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    CATCHING.set(outer);
    result.map_err(|panic| redb::Error::Corrupted(text(&*panic)))
}

/// Runs a caller's code within [`caught`]: its panic is kept, and continues after [`caught`] as the caller's.
pub(super) fn not_caught<T>(code: impl FnOnce() -> T) -> std::thread::Result<T> {
    let outer = CATCHING.replace(false);
    let result = catch_unwind(AssertUnwindSafe(code));
    CATCHING.set(outer);
    result
}

/// The message of a panic, in one line.
fn text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
    text.unwrap_or("redb panicked").lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
