//! The library `ext`, and the basic functions that know external tables: `rawget`, `rawset`, `rawlen`. What
//! `next` does is in `proxy/iterate.rs`.

use core::ffi::{CStr, c_int};

use cu_abi::tables;

use crate::codec::{handle, hosted, named};
#[cfg(feature = "data")]
use crate::library::data;
use crate::library::{host, modules};
use crate::lua::call::{self, Raise};
use crate::lua::ffi;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::permissions::guards::{self, Attempt};
use crate::proxy::{OPERATIONS, access, channels, demote, fault, guarded, kept, length, objects};
use crate::store::{self, counter};
use crate::table::write;

const LIBRARY: &[(&CStr, ffi::CFunction)] = &[
    (c"table", call::function(new_table)),
    (c"size", call::function(size)),
    (c"table_size", call::function(size)),
    (c"drop", call::function(drop_content)),
    #[cfg(feature = "data")]
    (c"transaction", ffi::cu_transaction),
];

const BASIC: [(&CStr, ffi::CFunction); 3] = [
    (c"rawget", call::function(raw_get)),
    (c"rawset", call::function(raw_set)),
    (c"rawlen", call::function(raw_length)),
];

/// Registers everything; raises when memory runs out.
pub fn open(lua: Stack<'_>) {
    handle::open(lua, OPERATIONS);
    channels::open(lua);
    demote::open(lua);
    objects::open(lua);
    for (name, function) in BASIC {
        lua.push_c_function(function);
        lua.set_global(name);
    }
    lua.push_table(0, LIBRARY.len() as c_int);
    for (name, function) in LIBRARY {
        lua.push_c_function(*function);
        lua.set_field(-2, name);
    }
    #[cfg(feature = "data")]
    for (name, function) in data::LIBRARY {
        lua.push_c_function(function);
        lua.set_field(-2, name);
    }
    modules::publish(lua, c"ext");
    named::open(lua);
    hosted::open(lua, call::function(host::call::call));
    kept::keep_libraries(lua);
}

/// `ext.table()`: a new external table.
fn new_table(lua: Stack<'_>) -> Result<u8, Raise> {
    guarded::check_creation(lua)?;
    let id = counter::take().map_err(|failure| fault::raise_of_table(lua, failure.into(), tables::SYSTEM_FIRST))?;
    handle::push(lua, id)?;
    Ok(1)
}

/// `ext.size(table)`: the number of keys.
fn size(lua: Stack<'_>) -> Result<u8, Raise> {
    let id = access::check_table(lua, 1)?;
    if id == tables::IO {
        channels::write_back(lua)?;
    }
    let size = guards::size(id).map_err(|failure| fault::raise_of_table(lua, failure.into(), id))?;
    lua.push_integer(i64::from(size));
    Ok(1)
}

/// `ext.drop(table)`: removes every key.
fn drop_content(lua: Stack<'_>) -> Result<u8, Raise> {
    let id = access::check_table(lua, 1)?;
    guarded::check_whole(lua, id, Attempt::Empty)?;
    if id == tables::IO {
        channels::forget(lua);
    }
    // SAFETY: a script is running, so no collection of the store has the page (`table/reclaim.rs`); no Lua runs until `clear`
    // is done, so no other call of this function has it.
    let page = unsafe { store::spare_page() };
    write::clear(id, page).map_err(|failure| fault::raise_of_table(lua, failure.into(), id))?;
    lua.charge(0)?;
    Ok(0)
}

/// `rawget(table, key)`: of an external table there is nothing rawer than its content.
fn raw_get(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.want_table(1);
    lua.want_any(2);
    lua.set_top(2);
    match lua.external_id(1) {
        0 => {
            lua.raw_get(1);
        }
        id => access::push_value(lua, id, 2)?,
    }
    Ok(1)
}

/// `rawset(table, key, value)`.
fn raw_set(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.want_table(1);
    lua.want_any(2);
    lua.want_any(3);
    lua.set_top(3);
    match lua.external_id(1) {
        0 => lua.raw_set(1),
        id => {
            access::assign_permitted(lua, id, 2, 3)?;
            lua.set_top(1);
        }
    }
    Ok(1)
}

/// `rawlen(value)`: of an external table its length.
fn raw_length(lua: Stack<'_>) -> Result<u8, Raise> {
    let kind = lua.kind(1);
    if kind == Kind::Table && lua.external_id(1) != 0 {
        let id = access::check_table(lua, 1)?;
        return length::raw(lua, id);
    }
    if kind != Kind::Table && kind != Kind::String {
        return Err(lua.type_error(1, c"table or string"));
    }
    lua.push_integer(lua.raw_length(1) as i64);
    Ok(1)
}
