//! `#t`: the border of the sequence when `t[1]` exists, the number of keys otherwise.
//!
//! Invariant: the answer is right whatever was remembered; a remembered border only says where to look first.
#![forbid(unsafe_code)]

use cu_abi::key::Key;

use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::fault::{self, Fault};
use crate::proxy::{access, keys};
use crate::store::{self, Fetched};
use crate::vm::instance::{BORDERS, INSTANCE};

/// `__len(table)`, where its class has none.
pub fn length(lua: Stack<'_>) -> Result<u8, Raise> {
    let id = access::check_table(lua, 1)?;
    raw(lua, id)
}

/// The same whatever the class has.
pub fn raw(lua: Stack<'_>, id: u32) -> Result<u8, Raise> {
    match of(id) {
        Ok(length) => {
            lua.push_integer(length);
            Ok(1)
        }
        Err(fault) => Err(fault::raise_of_table(lua, fault, id)),
    }
}

fn of(id: u32) -> Result<i64, Fault> {
    if !exists(id, 1)? {
        return Ok(i64::from(guards::size(id)?));
    }
    let remembered = &INSTANCE.borders[id as usize % BORDERS];
    let near = if remembered.table.get() == id { remembered.at.get() } else { 1 };
    let border = border(id, near)?;
    remembered.table.set(id);
    remembered.at.set(border);
    Ok(border)
}

/// A border: `border` exists and `border + 1` does not. 1 exists; the search begins at `near`.
fn border(id: u32, near: i64) -> Result<i64, Fault> {
    let (mut present, mut absent);
    if near > 1 && !exists(id, near)? {
        (present, absent) = (1, near);
        // Most often the last few were removed.
        let mut step = 1;
        while absent - step > 1 {
            if exists(id, absent - step)? {
                present = absent - step;
                break;
            }
            absent -= step;
            step *= 2;
        }
    } else {
        present = near.max(1);
        let mut step = 1;
        loop {
            absent = present.saturating_add(step);
            if absent == i64::MAX || !exists(id, absent)? {
                break;
            }
            present = absent;
            step *= 2;
        }
    }
    while absent - present > 1 {
        let middle = present + (absent - present) / 2;
        if exists(id, middle)? {
            present = middle;
        } else {
            absent = middle;
        }
    }
    Ok(present)
}

fn exists(id: u32, key: i64) -> Result<bool, Fault> {
    Ok(store::get(id, keys::encode_into_buffer(Key::Integer(key))?)? != Fetched::Absent)
}
