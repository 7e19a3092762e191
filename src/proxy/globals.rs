//! Binds `_home`, `_io` and the legacy name `Memory`.
//!
//! Invariant: the names are bound when the instance is made and when the host attaches another home; between, they are
//! globals like any other.
#![forbid(unsafe_code)]

use cu_abi::tables;

use crate::codec::handle;
use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::table::walk;
use crate::vm::instance::INSTANCE;

/// The id of `_home`.
pub fn home() -> u32 {
    INSTANCE.home.table.get()
}

/// Whether scripts may reach that table at all.
pub fn may_be_home(table: u32) -> bool {
    table != tables::CONTROL && table < tables::SYSTEM_FIRST
}

/// Switches the legacy name on or off.
pub fn set_alias(enabled: bool) {
    INSTANCE.home.has_alias.set(enabled);
    INSTANCE.home.is_bound.set(false);
}

/// Whether the names stand for what they should.
pub fn are_bound() -> bool {
    INSTANCE.home.is_bound.get()
}

/// The names are bound again before a script runs.
pub fn unbind() {
    crate::data::look_again();
    INSTANCE.home.is_bound.set(false);
}

/// Binds the names; a Lua function, to be called protected.
pub fn bind(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.set_top(0);
    // The host may have attached what it restored: pages of another content.
    walk::forget_all();
    handle::push(lua, home())?;
    if INSTANCE.home.has_alias.get() {
        lua.push_copy(1);
        lua.set_global(c"Memory");
    } else {
        unbind_alias(lua);
    }
    lua.set_global(c"_home");
    handle::push(lua, tables::IO)?;
    lua.set_global(c"_io");
    INSTANCE.home.is_bound.set(true);
    Ok(0)
}

/// Removes the legacy name, unless a script gave it another meaning.
fn unbind_alias(lua: Stack<'_>) {
    lua.get_global(c"Memory");
    let is_table = lua.external_id(-1) != 0;
    lua.set_top(1);
    if is_table {
        lua.push_nil();
        lua.set_global(c"Memory");
    }
}
