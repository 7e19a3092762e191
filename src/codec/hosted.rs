//! Functions that the host offers, as values: `host.http.get`.
//!
//! Invariant: one name is one function, whether the host offers it now or not; so what a script kept, or stored, works again
//! when it does. What the function may do now is its second captured value.
#![forbid(unsafe_code)]

use core::ffi::c_int;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::lua::ffi::CFunction;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::lua::table::RegistryKey;

/// The captured values: the whole name, and a [`Mode`].
pub const NAME: c_int = 1;
pub const MODE: c_int = 2;

/// The functions by their whole names; those that nothing has any more are collected. And what all of them run.
static FUNCTIONS: RegistryKey = RegistryKey::new();

/// Where in the list that is.
const RUNS_AT: i64 = 1;

/// Where it lies, to know a function by.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// Whether a function can be called now, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The host does not offer it.
    Absent = 0,
    /// The answer is there when the call returns.
    Sync = 1,
    /// The compute waits for it.
    Async = 2,
    /// The host says which.
    Either = 3,
}

/// Makes the list; `runs` is what all of them run. Raises when memory runs out.
pub fn open(lua: Stack<'_>, runs: CFunction) {
    RUNS.store(runs as usize, Ordering::Relaxed);
    lua.push_table(1, 0);
    lua.push_table(0, 1);
    lua.push_string(b"v");
    lua.set_field(-2, c"__mode");
    lua.set_metatable(-2);
    lua.push_c_function(runs);
    lua.raw_set_at(-2, RUNS_AT);
    lua.register(&FUNCTIONS);
}

/// Pushes the function of that whole name; raises when memory runs out.
pub fn push(lua: Stack<'_>, name: &[u8]) {
    lua.get_registered(&FUNCTIONS);
    let list = lua.top();
    let [key, function] = [list + 1, list + 2];
    lua.push_string(name);
    lua.push_copy(key);
    if lua.raw_get(list) == Kind::Nil {
        lua.raw_get_at(list, RUNS_AT);
        if let Some(runs) = lua.c_function(-1) {
            lua.set_top(key);
            lua.push_copy(key);
            lua.push_integer(Mode::Absent as i64);
            lua.push_c_closure(runs, MODE);
            lua.push_copy(key);
            lua.push_copy(function);
            lua.raw_set(list);
        }
    }
    lua.copy(function, list);
    lua.set_top(list);
}

/// The whole name of the function at `index`, which is absolute; it is there as long as the function is. Raises nothing.
pub fn name<'s>(lua: Stack<'s>, index: c_int) -> Option<&'s str> {
    if lua.c_function(index)? as usize != RUNS.load(Ordering::Relaxed) {
        return None;
    }
    lua.push_captured(index, NAME);
    let name = lua.string(-1);
    lua.pop(1);
    core::str::from_utf8(name).ok()
}

/// Says what the function on top may do from now on.
pub fn set_mode(lua: Stack<'_>, mode: Mode) {
    lua.push_integer(mode as i64);
    lua.set_captured(lua.top() - 1, MODE);
}

/// From now on no function is offered.
pub fn withdraw_all(lua: Stack<'_>) {
    lua.get_registered(&FUNCTIONS);
    let list = lua.top();
    lua.push_nil();
    while lua.next(list) {
        if lua.kind(-2) == Kind::String {
            set_mode(lua, Mode::Absent);
        }
        lua.pop(1);
    }
    lua.pop(1);
}
