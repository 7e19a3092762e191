//! The threads of computes that may wait for the host, by the numbers of the computes.
//!
//! Invariant: a thread is here from the beginning of its compute to the end. A number is never given twice.
#![forbid(unsafe_code)]

use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::lua::table::RegistryKey;

static THREADS: RegistryKey = RegistryKey::new();

/// Makes the table; raises when memory runs out.
pub fn open(lua: Stack<'_>) {
    lua.push_table(0, 0);
    lua.register(&THREADS);
}

/// A new thread with that number; raises when memory runs out.
pub fn make<'s>(lua: Stack<'s>, number: i64) -> Stack<'s> {
    lua.get_registered(&THREADS);
    let thread = lua.push_thread();
    lua.raw_set_at(-2, number);
    lua.pop(1);
    thread
}

/// Pushes the table and the thread with that number, or nothing if there is none.
pub fn push<'s>(lua: Stack<'s>, number: i64) -> Option<Stack<'s>> {
    if !lua.has_room(2) || lua.get_registered(&THREADS) != Kind::Table {
        return None;
    }
    lua.raw_get_at(-1, number);
    let thread = lua.thread(-1);
    if thread.is_none() {
        lua.pop(2);
    }
    thread
}

/// Nobody finds the thread any more.
pub fn forget(lua: Stack<'_>, number: i64) {
    if push(lua, number).is_some() {
        lua.pop(1);
        lua.push_nil();
        // There is an entry, so nothing is allocated.
        lua.raw_set_at(-2, number);
        lua.pop(1);
    }
}
