//! print, io.write and warnings: all text goes to the captured output.

use core::ffi::{CStr, c_char, c_int, c_void};

use crate::budget::{self, cost};
use crate::control::output;
use crate::library::modules;
use crate::lua::call::{self, Raise};
use crate::lua::ffi;
use crate::lua::kind::Kind;
use crate::lua::stack::{Stack, upvalue};
use crate::vm::instance::INSTANCE;

/// Registers the functions; raises when memory runs out.
pub fn open(lua: Stack<'_>) {
    lua.push_rust(print);
    lua.set_global(c"print");
    lua.push_table(0, 1);
    lua.push_copy(-1);
    lua.push_c_closure(call::function(write), 1);
    lua.set_field(-2, c"write");
    modules::publish(lua, c"io");
    // SAFETY: the state is live (`Stack::of`), and `warn` looks at no address that is passed here.
    unsafe { ffi::lua_setwarnf(lua.state(), warn, core::ptr::null_mut()) };
}

fn emit(text: &[u8]) {
    budget::spend(text.len() / cost::BYTES_PRINTED);
    output::print(text);
}

/// `print(...)`: the tostring forms, tabs between, a newline after.
fn print(lua: Stack<'_>) -> Result<u8, Raise> {
    for index in 1..=lua.top() {
        let text = lua.push_text_of(index);
        if index > 1 {
            emit(b"\t");
        }
        emit(text);
        lua.pop(1);
    }
    emit(b"\n");
    Ok(0)
}

/// `io.write(...)`: strings and numbers as they are. Returns `io`, so that calls chain as on a file:
/// `io.write("a"):write("b")`.
fn write(lua: Stack<'_>) -> Result<u8, Raise> {
    let io = upvalue(1);
    let is_method = lua.kind(1) == Kind::Table && lua.identity(1) == lua.identity(io);
    for index in 1 + c_int::from(is_method)..=lua.top() {
        emit(lua.want_string(index));
    }
    lua.push_copy(io);
    Ok(1)
}

/// Lua hands over a warning, or a part of one. They are off until `warn("@on")`, as in the stock interpreter.
///
/// # Safety
/// The message ends with a zero.
unsafe extern "C" fn warn(_: *mut c_void, message: *const c_char, to_be_continued: c_int) {
    // SAFETY: Lua passes a string of Lua's, which has a zero at its end.
    let text = unsafe { CStr::from_ptr(message) }.to_bytes();
    let (continues, will_continue) = (INSTANCE.warning_continues.get(), to_be_continued != 0);
    if !continues && !will_continue && text.first() == Some(&b'@') {
        match text {
            b"@on" => INSTANCE.warns.set(true),
            b"@off" => INSTANCE.warns.set(false),
            _ => {}
        }
        return;
    }
    if INSTANCE.warns.get() {
        if !continues {
            emit(b"Lua warning: ");
        }
        emit(text);
        if !will_continue {
            emit(b"\n");
        }
    }
    INSTANCE.warning_continues.set(will_continue);
}
