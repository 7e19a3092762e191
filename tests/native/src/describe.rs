//! Lua values as text that shows their type, for the answers of `--snippets` and `--bench`.
//!
//! Invariant: the functions here run inside a protected call, because `__tostring` may raise.

use std::ffi::{CStr, c_char, c_int};
use std::slice;

use crate::ffi;
use crate::state::buffer_of;

/// Long enough for any float as `%.17g`.
const FLOAT_BYTES: usize = 64;

/// Writes every argument, tab separated, into the buffer of the first upvalue.
pub unsafe extern "C-unwind" fn results(lua: *mut ffi::lua_State) -> c_int {
    // SAFETY: Lua passes its state; no borrow of the buffer is alive when `luaL_tolstring` raises
    // or calls back, and its string stays on the stack while it is copied.
    unsafe {
        for argument in 1..=ffi::lua_gettop(lua) {
            if argument > 1 {
                buffer_of(lua).push(b'\t');
            }
            let kind = ffi::lua_type(lua, argument);
            if kind == ffi::LUA_TNUMBER && ffi::lua_isinteger(lua, argument) == 0 {
                let value = ffi::lua_tonumberx(lua, argument, std::ptr::null_mut());
                float(buffer_of(lua), value);
                continue;
            }
            let mut length = 0;
            let text = ffi::luaL_tolstring(lua, argument, &raw mut length);
            let text = slice::from_raw_parts(text.cast(), length);
            if kind == ffi::LUA_TSTRING {
                quote(buffer_of(lua), text);
            } else {
                buffer_of(lua).extend_from_slice(text);
            }
            ffi::lua_settop(lua, -2);
        }
    }
    0
}

/// Writes the first argument as `tostring` gives it, or `nil` without one.
pub unsafe extern "C-unwind" fn first(lua: *mut ffi::lua_State) -> c_int {
    // SAFETY: as in `results`; after `lua_settop` argument 1 exists.
    unsafe {
        ffi::lua_settop(lua, 1);
        append_tostring(lua);
    }
    0
}

/// Writes the error value that is the argument, as the stock interpreter would report it.
pub unsafe extern "C-unwind" fn error(lua: *mut ffi::lua_State) -> c_int {
    // SAFETY: as in `results`; the metafield is dropped at once.
    unsafe {
        let kind = ffi::lua_type(lua, 1);
        let is_text = kind == ffi::LUA_TSTRING || kind == ffi::LUA_TNUMBER;
        if !is_text {
            let field = ffi::luaL_getmetafield(lua, 1, c"__tostring".as_ptr());
            ffi::lua_settop(lua, 1);
            if field == 0 {
                push_object_message(lua);
                ffi::lua_rotate(lua, 1, 1);
                ffi::lua_settop(lua, 1);
            }
        }
        append_tostring(lua);
    }
    0
}

/// Pushes the message for an error value at 1 that is not text and cannot become text.
///
/// # Safety
/// The stack has a value at 1 and room for one more. The text lives while it is on the stack.
pub unsafe fn push_object_message(lua: *mut ffi::lua_State) -> *const c_char {
    let mut buffer = [0; 80];
    // SAFETY: Lua's type names are short and end in zero; `snprintf` writes at most the buffer.
    unsafe {
        let kind = ffi::lua_typename(lua, ffi::lua_type(lua, 1));
        let format = c"(error object is a %s value)".as_ptr();
        let length = ffi::snprintf(buffer.as_mut_ptr(), buffer.len(), format, kind);
        ffi::lua_pushlstring(lua, buffer.as_ptr(), length as usize)
    }
}

/// # Safety
/// The stack has a value at 1; the running function has a buffer.
unsafe fn append_tostring(lua: *mut ffi::lua_State) {
    // SAFETY: the string stays on the stack while it is copied.
    unsafe {
        let mut length = 0;
        let text = ffi::luaL_tolstring(lua, 1, &raw mut length);
        buffer_of(lua).extend_from_slice(slice::from_raw_parts(text.cast(), length));
    }
}

/// A float with all its digits and a mark that it is not an integer.
fn float(into: &mut Vec<u8>, value: f64) {
    if value.is_nan() {
        into.extend_from_slice(b"nan");
        return;
    }
    let start = into.len();
    format_float(into, c"%.17g", value);
    if into[start..].iter().all(|&byte| byte == b'-' || byte.is_ascii_digit()) {
        into.extend_from_slice(b".0");
    }
}

/// Appends `value` in a printf format whose result is shorter than `FLOAT_BYTES`.
pub fn format_float(into: &mut Vec<u8>, format: &CStr, value: f64) {
    let mut buffer = [0u8; FLOAT_BYTES];
    // SAFETY: `snprintf` writes at most the buffer; the formats used take one double.
    let length = unsafe { ffi::snprintf(buffer.as_mut_ptr().cast(), buffer.len(), format.as_ptr(), value) };
    into.extend_from_slice(&buffer[..length as usize]);
}

/// A string as `%q` writes it (`addquoted` in `lstrlib.c`).
fn quote(into: &mut Vec<u8>, text: &[u8]) {
    into.push(b'"');
    for (i, &byte) in text.iter().enumerate() {
        match byte {
            b'"' | b'\\' | b'\n' => into.extend_from_slice(&[b'\\', byte]),
            _ if byte.is_ascii_control() => {
                let digit_follows = text.get(i + 1).is_some_and(u8::is_ascii_digit);
                let escape = if digit_follows { format!("\\{byte:03}") } else { format!("\\{byte}") };
                into.extend_from_slice(escape.as_bytes());
            }
            _ => into.push(byte),
        }
    }
    into.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{float, quote};

    fn floated(value: f64) -> String {
        let mut text = Vec::new();
        float(&mut text, value);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn floats_never_look_like_integers() {
        assert_eq!(floated(3.0), "3.0");
        assert_eq!(floated(-0.0), "-0.0");
        assert_eq!(floated(0.1), "0.10000000000000001");
        assert_eq!(floated(1e300), "1.0000000000000001e+300");
        assert_eq!(floated(f64::NEG_INFINITY), "-inf");
        assert_eq!(floated(-f64::NAN), "nan");
    }

    #[test]
    fn strings_are_quoted_as_format_q_does() {
        let mut text = Vec::new();
        quote(&mut text, b"a\"\\\n\x001\x7f\xff\r");
        assert_eq!(text, b"\"a\\\"\\\\\\\n\\0001\\127\xff\\13\"");
    }
}
