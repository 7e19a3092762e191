//! Index and newindex of external tables: what lies under a key, read and assigned.
//!
//! Invariant: a script sees and changes only what the host permits; `fetch.rs` and `assign` are the module's own way.

use core::ffi::c_int;

use cu_abi::tables;

use crate::budget::{self, cost};
use crate::closure::unrestored::Unrestored;
use crate::closure::write_back;
use crate::codec::{big, handle};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::fault;
use crate::proxy::{behaviour, channels, entry, fetch, guarded, keys, objects, promote};
use crate::store::{self, Failure};
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;
use crate::vm::standing::is_gone;

/// The id of the external table at `index`, which a script may use.
#[inline(never)]
pub fn check_table(lua: Stack<'_>, index: c_int) -> Result<u32, Raise> {
    checked(lua, index)
}

/// The same for the operators of a table, which are used far more often.
#[inline]
fn checked(lua: Stack<'_>, index: c_int) -> Result<u32, Raise> {
    let id = lua.external_id(index);
    if id == 0 {
        return Err(refuse_table(lua, index));
    }
    guarded::check_seen(lua, id)?;
    Ok(id)
}

#[cold]
fn refuse_table(lua: Stack<'_>, index: c_int) -> Raise {
    let kind = lua.kind(index).name();
    lua.fail(format_args!("an external table is wanted, not a {kind}"))
}

// ---- reading ----

/// `__index(table, key)`: what is inherited Lua looks for itself (`lua/objects.c`). The methods of a table that is a metatable are
/// remembered until they change, and which names are none.
pub fn index(lua: Stack<'_>) -> Result<u8, Raise> {
    let id = checked(lua, 1)?;
    if INSTANCE.objects.are_met.get() && lua.is_object(1) {
        push_of_object(lua, id)?;
    } else {
        push_value(lua, id, 2)?;
    }
    Ok(1)
}

/// The same of a table that may be a metatable or have one.
#[inline(never)]
fn push_of_object(lua: Stack<'_>, id: u32) -> Result<(), Raise> {
    let remembers = lua.has_events(1) && !guards::is_active();
    if remembers && lua.push_method(1, 2) {
        budget::spend(cost::HOST);
    } else {
        push_value(lua, id, 2)?;
        if remembers && lua.keep_method(1, 2) {
            INSTANCE.objects.are_methods_kept.set(true);
        }
    }
    // Where there is no row, Lua goes on with the class.
    if lua.kind(-1) == Kind::Nil && lua.wants_class(1) {
        handle::want_class(id);
    }
    Ok(())
}

/// Pushes the value under the key at `key`, which is absolute; nil when there is none, also for what cannot be a key.
#[inline]
pub fn push_value(lua: Stack<'_>, id: u32, key: c_int) -> Result<(), Raise> {
    if guards::is_active() {
        guarded::push_seen(lua, id, key, || read(lua, id, key))
    } else if id == tables::IO {
        read(lua, id, key)
    } else {
        read_stored(lua, id, key)
    }
}

#[inline]
fn read(lua: Stack<'_>, id: u32, key: c_int) -> Result<(), Raise> {
    if id == tables::IO && channels::push(lua, key) {
        return Ok(());
    }
    read_stored(lua, id, key)
}

/// Reads what the store has, whatever a channel has.
fn read_stored(lua: Stack<'_>, id: u32, key: c_int) -> Result<(), Raise> {
    let Ok(encoded) = keys::encode_key(lua, key) else {
        lua.push_nil();
        return Ok(());
    };
    fetch::read_encoded(lua, id, key, encoded)
}

/// `push_value` for a loop.
pub fn push_listed(lua: Stack<'_>, id: u32, key: c_int) -> Result<(), Raise> {
    let read = || {
        if id == tables::IO && channels::push(lua, key) {
            return Ok(());
        }
        let Ok(encoded) = keys::encode_key(lua, key) else {
            lua.push_nil();
            return Ok(());
        };
        fetch::read_listed(lua, id, key, encoded)
    };
    if guards::is_active() { guarded::push_seen(lua, id, key, read) } else { read() }
}

// ---- assigning ----

/// `__newindex(table, key, value)`, where nothing diverts it.
pub fn newindex(lua: Stack<'_>) -> Result<u8, Raise> {
    let id = checked(lua, 1)?;
    assign_permitted(lua, id, 2, 3)?;
    Ok(0)
}

/// `assign` for a script, which may not change everything.
#[inline]
pub fn assign_permitted(lua: Stack<'_>, id: u32, key: c_int, value: c_int) -> Result<(), Raise> {
    guarded::check_change(lua, id, key)?;
    // In `_io`, too: what a value becomes a reference to lies elsewhere.
    if guards::is_read_only() && channels::named(lua, key).is_none() && is_unstored(lua, value) {
        guarded::check_creation(lua)?;
    }
    assign(lua, id, key, value)
}

/// Whether the value is a table or a function that would be stored first.
#[inline]
fn is_unstored(lua: Stack<'_>, value: c_int) -> bool {
    match lua.kind(value) {
        Kind::Table => lua.external_id(value) == 0,
        Kind::Function => lua.function(value).is_some_and(|function| INSTANCE.known.id(function) == 0),
        _ => false,
    }
}

/// `table[key] = value`, with key and value at absolute indices.
#[inline]
pub fn assign(lua: Stack<'_>, id: u32, key: c_int, value: c_int) -> Result<(), Raise> {
    if id == tables::IO && channels::assign(lua, key, value) {
        return Ok(());
    }
    // Before there are any metatables, nobody knows events: they are read when a table becomes one.
    if INSTANCE.objects.are_met.get() && behaviour::is_event(lua, key) {
        return objects::assign_event(lua, id, key, value, || assign_row(lua, id, key, value));
    }
    assign_row(lua, id, key, value)
}

#[inline]
fn assign_row(lua: Stack<'_>, id: u32, key: c_int, value: c_int) -> Result<(), Raise> {
    match lua.kind(value) {
        Kind::Table if guarded::is_inside(lua, value) => Err(guarded::refuse_inside(lua, id, key)),
        Kind::Table if lua.external_id(value) == 0 => promote::assign(lua, id, key, value),
        Kind::Table if is_gone(lua.external_id(value)) => {
            Err(fault::raise(lua, Failure::gone(lua.external_id(value)).into(), id, key))
        }
        Kind::Function if INSTANCE.known.id_of(lua, value) == 0 => promote::assign(lua, id, key, value),
        kind @ (Kind::Thread | Kind::Userdata | Kind::Address) if !big::is(lua, value) => {
            Err(promote::refuse(lua, id, key, kind.name()))
        }
        kind => {
            if kind == Kind::String {
                let (length, threshold) = (lua.raw_length(value) as usize, RUN.compression.get());
                let is_shortened = cfg!(feature = "deflate") && threshold > 0 && length >= threshold;
                let work = if is_shortened { length * cost::DEFLATED } else { 0 };
                lua.require(store::call_cost(length) + work)?;
            }
            entry::store(lua, id, key, value, 0).map_err(|fault| fault::raise(lua, fault, id, key))
        }
    }
}

// ---- captured variables ----

/// The rows of external tables, as captured variables are written to them.
pub struct ExternalRows;

impl write_back::Rows for ExternalRows {
    fn assign(&self, lua: Stack<'_>, table: u32, key: c_int, value: c_int) -> Result<(), Raise> {
        assign(lua, table, key, value)
    }

    fn fail(&self, lua: Stack<'_>, unrestored: Unrestored, table: u32, key: c_int) -> Raise {
        fault::raise(lua, unrestored.into(), table, key)
    }

    fn push_stand_in(&self, lua: Stack<'_>, unrestored: Unrestored, table: u32, key: c_int) {
        fault::push_stand_in(lua, unrestored.into(), table, key);
    }

    fn refuse_inside(&self, lua: Stack<'_>, table: u32, key: c_int) -> Raise {
        guarded::refuse_inside(lua, table, key)
    }
}
