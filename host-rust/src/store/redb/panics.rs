//! Panics of redb, which meets some damage of a file with one.
//!
//! Invariant: no panic of redb leaves this folder, and none of a caller's code is taken for one of redb.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread is one of redb, which a store answers as an error. A program that prints panics with a
/// hook of its own can ask this there, and leave these out.
pub fn panic_is_caught() -> bool {
    CATCHING.get()
}

/// Runs a call of redb. A panic leaves its state in pieces: whoever calls this uses it no more.
pub(super) fn caught<T>(call: impl FnOnce() -> T) -> Result<T, redb::Error> {
    let outer = CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    CATCHING.set(outer);
    result.map_err(|panic| redb::Error::Corrupted(text(&*panic)))
}

/// Runs a caller's code within [`caught`]: its panic is kept, and the caller's again behind that.
pub(super) fn not_caught<T>(code: impl FnOnce() -> T) -> std::thread::Result<T> {
    let outer = CATCHING.replace(false);
    let result = catch_unwind(AssertUnwindSafe(code));
    CATCHING.set(outer);
    result
}

/// What a panic says, in one line.
fn text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
    text.unwrap_or("redb panicked").lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
