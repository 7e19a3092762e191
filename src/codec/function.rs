//! A living Lua function to its record (`record.rs`).

use alloc::vec::Vec;
use core::ffi::{c_int, c_void};

use cu_abi::limits::FUNCTION_BYTES;

use crate::budget;
use crate::lua::ffi::{self, State};
use crate::record;

/// Why a function cannot be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// Longer than `FUNCTION_BYTES`; the length of its bytecode.
    Size(usize),
    /// Not enough memory for that many bytes.
    Memory(usize),
}

/// The length of the bytecode of the function on top of the stack.
///
/// # Safety
/// `state` is live.
pub unsafe fn measure(state: *mut State, strip: bool) -> Result<usize, Unwritable> {
    unsafe extern "C" fn count(_: *mut State, _: *const c_void, length: usize, total: *mut c_void) -> c_int {
        // SAFETY: `measure` passes its variable.
        unsafe { *total.cast::<usize>() += length };
        0
    }
    let mut total: usize = 0;
    // SAFETY: the caller's; the writer gets a pointer that outlives the call.
    unsafe { ffi::lua_dump(state, count, (&raw mut total).cast(), c_int::from(strip)) };
    budget::spend(total);
    if total > FUNCTION_BYTES { Err(Unwritable::Size(total)) } else { Ok(total) }
}

/// The record of the function on top of the stack. Raises nothing.
///
/// # Safety
/// `state` is live.
pub unsafe fn write(
    state: *mut State,
    strip: bool,
    cells: impl ExactSizeIterator<Item = u32>,
) -> Result<Vec<u8>, Unwritable> {
    unsafe extern "C" fn append(_: *mut State, from: *const c_void, length: usize, record: *mut c_void) -> c_int {
        // SAFETY: `write` passes its vector, which has room; Lua passes a readable range.
        unsafe {
            let record = &mut *record.cast::<Vec<u8>>();
            if record.capacity() - record.len() < length {
                return 1;
            }
            record.extend_from_slice(core::slice::from_raw_parts(from.cast(), length));
        }
        0
    }
    // SAFETY: the caller's.
    let bytecode = unsafe { measure(state, strip) }?;
    let length = record::length(cells.len(), bytecode);
    let mut record = record::begin(cells, bytecode).ok_or(Unwritable::Memory(length))?;
    // SAFETY: the caller's; the writer gets a pointer that outlives the call.
    unsafe { ffi::lua_dump(state, append, (&raw mut record).cast(), c_int::from(strip)) };
    record::end(&mut record);
    Ok(record)
}
