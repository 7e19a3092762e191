//! Permissions where a script meets them: what it may not do is raised (`permissions/guards.rs`).
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::permissions::guards::{self, Attempt, Denied};
use crate::proxy::{fault, keys};

/// Refuses a hidden table.
#[inline]
pub fn check_seen(lua: Stack<'_>, table: u32) -> Result<(), Raise> {
    guards::check_seen(table).map_err(|denied| fault::raise_of_table(lua, denied.into(), table))
}

/// What a script sees under the key at `key`, given that `read` pushes what is there: nil in place of what is hidden.
pub fn push_seen(
    lua: Stack<'_>,
    table: u32,
    key: c_int,
    read: impl FnOnce() -> Result<(), Raise>,
) -> Result<(), Raise> {
    check_seen(lua, table)?;
    if keys::encode_key(lua, key).is_ok_and(|key| guards::is_entry_hidden(table, key)) {
        lua.push_nil();
        return Ok(());
    }
    read()?;
    let found = lua.external_id(-1);
    if found != 0 && !guards::admit(found, table) {
        lua.pop(1);
        lua.push_nil();
    }
    Ok(())
}

/// Refuses a change of the entry under the key at `key`.
#[inline]
pub fn check_change(lua: Stack<'_>, table: u32, key: c_int) -> Result<(), Raise> {
    if !guards::is_active() {
        return Ok(());
    }
    check_seen(lua, table)?;
    let encoded = keys::encode_key(lua, key).ok();
    guards::check_change(table, encoded).map_err(|denied| fault::raise(lua, denied.into(), table, key))
}

/// Refuses to empty a table in which something may not be changed, or to give it another metatable.
pub fn check_whole(lua: Stack<'_>, table: u32, attempt: Attempt) -> Result<(), Raise> {
    guards::check_whole(table, attempt).map_err(|denied| fault::raise_of_table(lua, denied.into(), table))
}

/// Refuses to make a table, or a stored function.
pub fn check_creation(lua: Stack<'_>) -> Result<(), Raise> {
    guards::check_creation().map_err(|denied| fault::raise_of_table(lua, denied.into(), denied.table))
}

/// Whether the value at `index` is a table that was reached through a read-only one.
#[inline]
pub fn is_inside(lua: Stack<'_>, index: c_int) -> bool {
    guards::is_active() && guards::is_inside(lua.external_id(index))
}

/// Raises that a table inside a read-only one cannot be assigned to `table[key]`.
pub fn refuse_inside(lua: Stack<'_>, table: u32, key: c_int) -> Raise {
    fault::raise(lua, Denied::inside(table).into(), table, key)
}
