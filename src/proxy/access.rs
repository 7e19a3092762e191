//! Index and newindex of external tables: what lies under a key, read and assigned.
//!
//! Invariant: a script sees and changes only what the host permits; `read_encoded` and `assign` are the module's own way.

use core::ffi::c_int;

use cu_abi::tables;

use crate::budget::{self, cost};
use crate::closure::restore;
use crate::closure::unrestored::Unrestored;
use crate::closure::write_back;
use crate::codec::big;
use crate::codec::decode::{self, Shape};
use crate::heap;
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::fault::{self, Fault, Problem};
use crate::proxy::{channels, entry, guarded, keys, objects, promote};
use crate::store::{self, Failure, Fetched};
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
/// remembered until they change.
pub fn index(lua: Stack<'_>) -> Result<u8, Raise> {
    let id = checked(lua, 1)?;
    let remembers = INSTANCE.objects.are_met.get() && !guards::is_active();
    if remembers && lua.push_method(1, 2) {
        budget::spend(cost::HOST);
        return Ok(1);
    }
    push_value(lua, id, 2)?;
    if remembers && lua.keep_method(1, 2) {
        INSTANCE.objects.are_methods_kept.set(true);
    }
    Ok(1)
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
    read_encoded(lua, id, key, encoded)
}

/// Pushes the value under the key at `key`, which is encoded already; nil when there is none. `encoded` may lie in a buffer
/// that Lua's allocations change.
pub fn read_encoded(lua: Stack<'_>, id: u32, key: c_int, encoded: &[u8]) -> Result<(), Raise> {
    read_found(lua, id, key, encoded).map_err(|fault| fault::raise(lua, fault, id, key))
}

/// The same for a loop. A function that cannot be restored does not hide the other values: in its place is one that raises why
/// when it is called.
pub fn read_listed(lua: Stack<'_>, id: u32, key: c_int, encoded: &[u8]) -> Result<(), Raise> {
    let top = lua.top();
    read_found(lua, id, key, encoded).or_else(|fault| {
        if fault.is_of_function() {
            lua.set_top(top);
            fault::push_stand_in(lua, fault, id, key);
            return Ok(());
        }
        Err(fault::raise(lua, fault, id, key))
    })
}

/// Pushes the event whose name is at `key`, whatever the host permits: only Lua sees it. What cannot be read does not hide the others:
/// in its place is a function that raises why when it is called; false where the host failed.
pub fn read_event(lua: Stack<'_>, id: u32, key: c_int) -> Result<bool, Raise> {
    let top = lua.top();
    let found = match keys::encode_key(lua, key) {
        Ok(encoded) => read_found(lua, id, key, encoded),
        Err(fault) => Err(fault),
    };
    let Err(fault) = found else { return Ok(true) };
    if let Problem::Raise(raise) = fault.problem() {
        return Err(raise);
    }
    lua.set_top(top);
    fault::push_stand_in(lua, fault, id, key);
    Ok(!matches!(fault.problem(), Problem::Store(_)))
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
        read_listed(lua, id, key, encoded)
    };
    if guards::is_active() { guarded::push_seen(lua, id, key, read) } else { read() }
}

fn read_found(lua: Stack<'_>, id: u32, key: c_int, encoded: &[u8]) -> Result<(), Fault> {
    match store::get(id, encoded) {
        Ok(Fetched::Absent) => {
            lua.push_nil();
            Ok(())
        }
        Ok(Fetched::Short(length)) => push_short(lua, id, key, length),
        Ok(Fetched::Long(length)) => push_long(lua, id, key, length),
        Err(failure) => Err(failure.into()),
    }
}

/// A value of `length` bytes in the short buffer.
#[inline]
fn push_short(lua: Stack<'_>, id: u32, key: c_int, length: usize) -> Result<(), Fault> {
    // SAFETY: one thread, and the bytes are looked at before anything else uses the buffer: `decode` reads an ordinary value
    // or a scalar before Lua allocates, and of all others only their shape is used.
    let bytes = &unsafe { store::value_buffer() }[..length];
    if decode::push_ordinary(lua, bytes)? {
        return Ok(());
    }
    match decode::check(bytes)? {
        Shape::Scalar => Ok(decode::push(lua, bytes)?),
        Shape::Function(function) => Ok(restore::push(lua, function)?),
        // Copied to where a finalizer cannot write.
        _ => push_long(lua, id, key, length),
    }
}

/// A value of `length` bytes, read into a block of Lua's.
fn push_long(lua: Stack<'_>, id: u32, key: c_int, length: usize) -> Result<(), Fault> {
    // Checked and decoded.
    lua.charge(length / cost::BYTES_DECODED)?;
    let limit = heap::limit_bytes();
    if length > limit {
        return Err(Problem::TooLarge(length, limit).into());
    }
    let block = lua.push_block(length);
    let length = store::get_long(id, keys::encode_key(lua, key)?, block)?;
    let bytes = &block[..length];
    let shape = decode::check(bytes)?;
    match shape {
        Shape::Function(function) => restore::push(lua, function)?,
        #[cfg(feature = "deflate")]
        Shape::Compressed => {
            decode::push_compressed(lua, bytes).map_err(|malformed| Fault::damaged(malformed.offset))?;
        }
        _ => decode::push(lua, bytes)?,
    }
    if shape == Shape::Table {
        adopt(lua, id, key)?;
    }
    lua.remove_below();
    Ok(())
}

/// An inline table that the host stored has been read to the top of the stack: in a channel it is an ordinary table of
/// this compute, elsewhere it becomes an external one, so that changes through it are changes of what is stored.
fn adopt(lua: Stack<'_>, id: u32, key: c_int) -> Result<(), Raise> {
    if id == tables::IO && channels::keep(lua, key) {
        return Ok(());
    }
    promote::assign(lua, id, key, lua.top())
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
    if objects::is_event(lua, key) {
        return objects::assign_event(&ACCESS, lua, id, key, value, || assign_row(lua, id, key, value));
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

// ---- metatables ----

const ACCESS: objects::Access = objects::Access { read_event, check_table, assign_permitted };

/// Looks at what was noted of objects; a function of Lua's.
///
/// # Safety
/// Lua calls with that state.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_settle(state: *mut State) -> c_int {
    // SAFETY: the caller's.
    unsafe { call::enter(state, |lua| objects::settle_all(&ACCESS, lua).map(|()| 0)) }
}

/// `setmetatable(table, class)` of an external table; both are on the stack. `cu_setmetatable` calls it.
///
/// # Safety
/// Lua calls with that state.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_set_class(state: *mut State) {
    // SAFETY: the caller's.
    unsafe { call::enter(state, |lua| objects::assign_class(&ACCESS, lua)) }
}

/// `setmetatable(table, class)` of a plain table, with an external class.
///
/// # Safety
/// Lua calls with that state.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_want_events(state: *mut State) {
    // SAFETY: the caller's.
    unsafe { call::enter(state, |lua| objects::want_events_of(&ACCESS, lua, 2)) }
}
