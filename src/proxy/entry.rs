//! The value of one key, encoded and stored. What it refers to is in the store, or about to be.

use alloc::vec::Vec;
use core::ffi::c_int;

use cu_abi::value::Writer;

use crate::codec::encode;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::memory::{self, NoMemory};
use crate::proxy::fault::{Fault, Problem};
use crate::proxy::keys;
use crate::store::{self, Failure, system};
use crate::table::write;

/// How a value is stored: as a change of a row, or in a table that is new.
type Way = fn(u32, &[u8], &[u8]) -> Result<(), Failure>;

/// Stores the value at `value`, or deletes the key for nil. A plain table has an id in the table at `pending`. Raises
/// nothing.
pub fn store(lua: Stack<'_>, id: u32, key: c_int, value: c_int, pending: c_int) -> Result<(), Fault> {
    store_by(write::store, lua, id, key, value, pending)
}

/// The same in a table, or a captured variable, that is new.
pub fn store_new(lua: Stack<'_>, id: u32, key: c_int, value: c_int, pending: c_int) -> Result<(), Fault> {
    store_by(write::store_new, lua, id, key, value, pending)
}

fn store_by(way: Way, lua: Stack<'_>, id: u32, key: c_int, value: c_int, pending: c_int) -> Result<(), Fault> {
    let encoded = keys::encode_key(lua, key)?;
    // A captured variable is there, whatever its value.
    if lua.kind(value) == Kind::Nil && id != system::CELLS {
        write::write(id, encoded, None)?;
        return Ok(());
    }
    // SAFETY: one thread, and nothing else uses the buffer until the value is written: encoding runs no script, asks no host
    // and lets Lua allocate nothing (`codec/encode.rs`), and an old value is read into another buffer (`store/old.rs`).
    let mut writer = Writer::new(unsafe { store::value_buffer() });
    if !encode::stored(lua, value, pending, &mut writer) {
        return Err(Problem::Changed.into());
    }
    match writer.written() {
        Some(bytes) => Ok(way(id, encoded, bytes)?),
        None => {
            let bytes = encode_long(lua, value, pending, writer.length())?;
            Ok(way(id, encoded, &bytes)?)
        }
    }
}

fn encode_long(lua: Stack<'_>, value: c_int, pending: c_int, length: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = memory::zeros(length).map_err(|NoMemory| Fault::memory(length))?;
    // It raises nothing, so the vector is freed.
    encode::stored(lua, value, pending, &mut Writer::new(&mut bytes));
    Ok(bytes)
}
