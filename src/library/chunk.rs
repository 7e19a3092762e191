//! Binary chunks that a script loads: when the host allows any, and after they were verified.

use core::ffi::{CStr, c_char};

use crate::budget::cost;
use crate::bytecode;
use crate::codec::options;
use crate::control::audit::{self, Action, Detail};
use crate::error::Excerpt;
use crate::lua::ffi::{self, State};
use crate::lua::message::Message;
use crate::lua::{room, stop};

/// The longest part of a chunk's name that is shown.
const NAME_BYTES: usize = 60;

/// Raises, as a syntax error, why a chunk may not be loaded. Lua's loader calls it before it reads the chunk, which has
/// to come in one piece.
///
/// # Safety
/// `state` is live, `name` ends with a zero, `chunk` has `length` bytes; no Rust value with a destructor is alive.
#[unsafe(export_name = "cu_check_chunk")]
unsafe extern "C" fn check(state: *mut State, name: *const c_char, chunk: *const u8, length: usize) {
    // SAFETY: the caller's; a refusal owns no memory.
    unsafe {
        if !options::bytecode() {
            const REFUSED: &CStr = c"attempt to load a binary chunk (mode is 't')";
            audit::report(Action::BytecodeRefused, &[("message", Detail::Text(REFUSED.to_bytes()))]);
            ffi::lua_pushfstring(state, REFUSED.as_ptr());
            ffi::cu_refuse_chunk(state);
        }
        stop::charge(state, length * cost::BYTECODE);
        let bytes = core::slice::from_raw_parts(chunk, length);
        if let Err(refusal) = room::collecting(state, || bytecode::verify(bytes)) {
            refuse(state, CStr::from_ptr(name), refusal)
        }
        audit::report(Action::BytecodeLoaded, &[("bytes", Detail::Number(length as i64))]);
    }
}

/// Lua's loader refuses a binary chunk where the mode allows only text.
///
/// # Safety
/// The mode ends with a zero.
#[unsafe(export_name = "cu_mode_refused")]
unsafe extern "C" fn report_refused(mode: *const c_char) {
    // SAFETY: the caller's.
    let mode = Excerpt::new(unsafe { CStr::from_ptr(mode) }.to_bytes());
    let message = Message::new(format_args!("attempt to load a binary chunk (mode is '{mode}')"));
    audit::report(Action::BytecodeRefused, &[("message", Detail::Text(message.text()))]);
}

/// In the words of the stock loader.
unsafe fn refuse(state: *mut State, name: &CStr, refusal: bytecode::Refusal) -> ! {
    // SAFETY: the caller's live state; messages are copied.
    unsafe {
        // The default name is the chunk itself.
        let shown = match name.to_bytes() {
            [b'=' | b'@', rest @ ..] => rest,
            [0x1b, ..] | [] => b"binary string",
            whole => whole,
        };
        let message = Message::new(format_args!(": bad binary format ({refusal})"));
        if !refusal.wants_memory() {
            audit::report(Action::BytecodeRefused, &[("message", Detail::Text(&message.text()[": ".len()..]))]);
        }
        ffi::lua_pushlstring(state, shown.as_ptr().cast(), shown.len().min(NAME_BYTES));
        ffi::lua_pushlstring(state, message.text().as_ptr().cast(), message.text().len());
        ffi::lua_concat(state, 2);
        ffi::cu_refuse_chunk(state)
    }
}
