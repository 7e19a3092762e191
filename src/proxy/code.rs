//! The code of functions that are stored: what is the same is stored once.
//!
//! Invariant: functions share a row only if their bytecode is the same byte by byte. A hash says only where to look, because
//! it is easy to make other bytecode with the same hash: that has a row of its own, which the index does not name. If the row
//! that the index names is gone, the index gets the new one.

use alloc::vec::Vec;

use crate::budget;
use crate::closure::code::{HEAD_BYTES, head_of};
use crate::closure::write;
use crate::lua::object::{LuaFunction, Prototype};
use crate::lua::stack::Stack;
use crate::proxy::fault::{Fault, Problem};
use crate::proxy::reach::Reach;
use crate::store::{self, Failure, Fetched, counter, system};
use crate::table::write as rows;
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;

/// What the store has under the id that the index names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Same,
    Other,
    Nothing,
}

/// The code of the function at the top: its id. It is stored now if the store does not have it; `row` has room for that.
/// Raises nothing.
pub fn find_or_store(lua: Stack<'_>, reach: &Reach, row: &mut Vec<u8>) -> Result<u32, Fault> {
    let prototype = lua.function(-1).and_then(LuaFunction::prototype).ok_or(Problem::Changed)?;
    let strips = RUN.strips.get();
    let known = INSTANCE.codes.id(prototype, strips);
    if known != 0 {
        return Ok(known);
    }
    let left = budget::left();
    let check = write::write(lua, strips, row);
    let length = row.len() - HEAD_BYTES;
    let found = find_or_store_row(lua, reach, prototype, check, row);
    budget::resume(left);
    budget::spend(write::cost(length));
    let id = found?;
    INSTANCE.codes.add(id, prototype, strips || !prototype.has_lines());
    Ok(id)
}

/// The id of the code of the function at the top, which has that prototype, hash and row.
fn find_or_store_row(
    lua: Stack<'_>,
    reach: &Reach,
    prototype: Prototype,
    check: u64,
    row: &mut Vec<u8>,
) -> Result<u32, Fault> {
    let named = named(check)?;
    let found = match named {
        0 => Found::Nothing,
        id => compare(lua, id, check, row)?,
    };
    if found == Found::Same {
        return Ok(named);
    }
    let id = counter::take()?;
    // A host that fails may still have stored it.
    reach.note_code(lua, prototype, id);
    rows::write_at(system::CODES, id.into(), Some(row))?;
    if found == Found::Nothing {
        rows::write_at(system::CODE_BY_CONTENT, check as i64, Some(&store::integer(id.into())))?;
    }
    Ok(id)
}

/// The id that the index has under a hash, 0 for none. A damaged row counts as absent.
fn named(check: u64) -> Result<u32, Failure> {
    let id = store::get_integer(system::CODE_BY_CONTENT, store::id_key(check as i64).bytes())?;
    Ok(id.and_then(|id| u32::try_from(id).ok()).unwrap_or(0))
}

/// Compares what lies under `id` with the row of the function at the top, which has that hash.
fn compare(lua: Stack<'_>, id: u32, check: u64, row: &mut Vec<u8>) -> Result<Found, Failure> {
    let key = store::id_key(id.into());
    let is_same = match store::get(system::CODES, key.bytes())? {
        Fetched::Absent => return Ok(Found::Nothing),
        Fetched::Short(length) => {
            // SAFETY: the value is used before anything else is read.
            unsafe { store::value_buffer() }.get(..length) == Some(&row[..])
        }
        Fetched::Long(length) if length == row.len() => {
            // There is no need for memory for both.
            let length = store::get_long(system::CODES, key.bytes(), row)?;
            let (head, bytecode) = row.get(..length).unwrap_or_default().split_at(HEAD_BYTES.min(length));
            let is_same = head == head_of(check) && write::is_same(lua, RUN.strips.get(), bytecode);
            if !is_same {
                write::write(lua, RUN.strips.get(), row);
            }
            is_same
        }
        Fetched::Long(_) => false,
    };
    Ok(if is_same { Found::Same } else { Found::Other })
}

/// Deletes the code that was stored for the function at the top, as far as the host lets it.
pub fn undo(lua: Stack<'_>, reach: &Reach) {
    let Some(prototype) = lua.function(-1).and_then(LuaFunction::prototype) else { return };
    let id = reach.code(lua, prototype).unwrap_or(0);
    if id == 0 {
        return;
    }
    reach.note_code(lua, prototype, 0);
    INSTANCE.codes.forget(id);
    let check = write::hash(lua, RUN.strips.get());
    if named(check) == Ok(id) {
        let _ = rows::write_at(system::CODE_BY_CONTENT, check as i64, None);
    }
    let _ = rows::write_at(system::CODES, id.into(), None);
}
