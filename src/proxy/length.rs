//! `#t`: the border of the sequence when `t[1]` exists, the number of keys otherwise.
//!
//! Invariant: the answer is right whatever was remembered; a remembered border only says where to look first.

use core::ffi::c_int;
use core::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use crate::key::Key;
use crate::lua::ffi::{self, State};
use crate::proxy::fault::{self, Fault};
use crate::proxy::{access, permit};
use crate::store::{self, Fetched};

/// Tables whose border is remembered, by the low bits of their id.
const REMEMBERED: usize = 16;

static TABLES: [AtomicU32; REMEMBERED] = [const { AtomicU32::new(0) }; REMEMBERED];
static BORDERS: [AtomicI64; REMEMBERED] = [const { AtomicI64::new(0) }; REMEMBERED];

fn slot(table: u32) -> usize {
    table as usize % REMEMBERED
}

/// `__len(table)`.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn length(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        let id = access::check_table(state, 1);
        match of(id) {
            Ok(length) => ffi::lua_pushinteger(state, length),
            Err(fault) => {
                ffi::lua_pushnil(state);
                fault::raise(state, fault, id, ffi::lua_gettop(state))
            }
        }
    }
    1
}

/// # Safety
/// One thread.
unsafe fn of(id: u32) -> Result<i64, Fault> {
    // SAFETY: the caller's.
    unsafe {
        if !exists(id, 1)? {
            return Ok(i64::from(permit::size(id)?));
        }
        let slot = slot(id);
        let near = if TABLES[slot].load(Ordering::Relaxed) == id { BORDERS[slot].load(Ordering::Relaxed) } else { 1 };
        let border = border(id, near)?;
        TABLES[slot].store(id, Ordering::Relaxed);
        BORDERS[slot].store(border, Ordering::Relaxed);
        Ok(border)
    }
}

/// A border: `border` exists and `border + 1` does not. 1 exists; the search begins at `near`.
///
/// # Safety
/// As for `of`.
unsafe fn border(id: u32, near: i64) -> Result<i64, Fault> {
    // SAFETY: the caller's.
    unsafe {
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
}

/// # Safety
/// As for `of`.
unsafe fn exists(id: u32, key: i64) -> Result<bool, Fault> {
    // SAFETY: the caller's.
    unsafe { Ok(store::get(id, access::encode_into_buffer(Key::Integer(key))?)? != Fetched::Absent) }
}
