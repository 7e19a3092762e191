//! Typed reads of Lua's stack, without conversions and without raising.

use core::ffi::c_int;

use crate::lua::ffi::{self, State};

/// The bytes of the string at `index`; empty for any other type. Valid while the string is on the stack.
///
/// # Safety
/// `state` is live, and the result is not used after the string left the stack.
#[inline]
pub unsafe fn string_bytes<'a>(state: *mut State, index: c_int) -> &'a [u8] {
    // SAFETY: the caller's; a string is not converted, so nothing raises, and Lua's pointer has `length` bytes.
    unsafe {
        if ffi::lua_type(state, index) != ffi::TYPE_STRING {
            return &[];
        }
        let mut length = 0;
        let bytes = ffi::lua_tolstring(state, index, &raw mut length);
        core::slice::from_raw_parts(bytes.cast(), length)
    }
}

/// The name of the type at `index`.
pub fn type_name(kind: c_int) -> &'static str {
    match kind {
        ffi::TYPE_NIL => "nil",
        ffi::TYPE_BOOLEAN => "boolean",
        ffi::TYPE_LIGHT_USERDATA | ffi::TYPE_USERDATA => "userdata",
        ffi::TYPE_NUMBER => "number",
        ffi::TYPE_STRING => "string",
        ffi::TYPE_TABLE => "table",
        ffi::TYPE_FUNCTION => "function",
        ffi::TYPE_THREAD => "thread",
        _ => "no value",
    }
}

/// Pops `count` values.
///
/// # Safety
/// The stack holds that many.
#[inline]
pub unsafe fn pop(state: *mut State, count: c_int) {
    // SAFETY: the caller's.
    unsafe { ffi::lua_settop(state, -count - 1) }
}
