//! Tables that stay what they are when they are assigned: the globals and the libraries.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::lua::table::{REGISTRY, RegistryKey};

/// The set of these tables.
static KEPT: RegistryKey = RegistryKey::new();

/// Remembers the tables of the globals and of every loaded library; raises when memory runs out.
pub fn keep_libraries(lua: Stack<'_>) {
    let top = lua.top();
    lua.push_table(0, 16);
    lua.push_subtable(REGISTRY, c"_LOADED");
    keep(lua, top + 1, top + 2);
    lua.push_subtable(REGISTRY, c"_PRELOAD");
    keep(lua, top + 1, top + 3);
    lua.push_nil();
    while lua.next(top + 2) {
        if lua.kind(-1) == Kind::Table {
            keep(lua, top + 1, lua.top());
        }
        lua.pop(1);
    }
    lua.set_top(top + 1);
    lua.register(&KEPT);
}

fn keep(lua: Stack<'_>, set: c_int, table: c_int) {
    lua.push_copy(table);
    lua.push_boolean(true);
    lua.raw_set(set);
}

/// Whether the table at the absolute index `index` is one of these.
pub fn is_kept(lua: Stack<'_>, index: c_int) -> bool {
    lua.get_registered(&KEPT);
    lua.push_copy(index);
    let kept = lua.raw_get(-2) != Kind::Nil;
    lua.pop(2);
    kept
}
