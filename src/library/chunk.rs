//! Binary chunks that a script loads: only when the host allows them, and only after they were verified.

use core::ffi::{CStr, c_char};

use crate::budget::cost;
use crate::bytecode::{self, BadBytecode};
use crate::control::audit::{self, Action, Detail};
use crate::error::Excerpt;
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::vm::room;
use crate::vm::run::RUN;

/// The longest part of a chunk's name that is shown.
const NAME_BYTES: usize = 60;

/// Lua's loader calls this before it reads a chunk, which has to come in one piece. Raises, as a syntax error, why the chunk
/// may not be loaded.
///
/// # Safety
/// `state` is live, `name` ends with a zero, and `chunk` has `length` bytes.
#[unsafe(export_name = "cu_check_chunk")]
unsafe extern "C" fn check(state: *mut State, name: *const c_char, chunk: *const u8, length: usize) {
    // SAFETY: Lua's loader (`lua/patches/03-binary-chunks.patch`) passes its state, the name of the chunk, and what its
    // buffer has; addresses and slices need no drop.
    unsafe {
        let chunk = core::slice::from_raw_parts(chunk, length);
        call::enter(state, |lua| match verify(lua, chunk)? {
            Some(refusal) => Err(refuse(lua, CStr::from_ptr(name), refusal)),
            None => Ok(()),
        });
    }
}

/// What is wrong with a chunk, none when it may be loaded.
fn verify(lua: Stack<'_>, chunk: &[u8]) -> Result<Option<BadBytecode>, Raise> {
    if !RUN.loads_bytecode.get() {
        const REFUSED: &[u8] = b"attempt to load a binary chunk (mode is 't')";
        audit::report(Action::BytecodeRefused, &[(audit::field::MESSAGE, Detail::Text(REFUSED))]);
        lua.push_string(REFUSED);
        return Err(Raise::Syntax);
    }
    lua.charge(chunk.len() * cost::BYTECODE)?;
    // A refusal owns no memory, so it may be alive when something is raised.
    let refusal = room::collecting(lua, || bytecode::verify(chunk)).err();
    if refusal.is_none() {
        audit::report(Action::BytecodeLoaded, &[(audit::field::BYTES, Detail::Number(chunk.len() as i64))]);
    }
    Ok(refusal)
}

/// Lua's loader calls this when it refuses a binary chunk because the mode allows only text.
///
/// # Safety
/// The mode ends with a zero.
#[unsafe(export_name = "cu_mode_refused")]
unsafe extern "C" fn report_refused(mode: *const c_char) {
    // SAFETY: Lua's loader passes the mode, which ends with a zero as every string of C.
    let mode = Excerpt::new(unsafe { CStr::from_ptr(mode) }.to_bytes());
    let message = Message::new(format_args!("attempt to load a binary chunk (mode is '{mode}')"));
    audit::report(Action::BytecodeRefused, &[(audit::field::MESSAGE, Detail::Text(message.text()))]);
}

/// In the words of the stock loader.
fn refuse(lua: Stack<'_>, name: &CStr, refusal: BadBytecode) -> Raise {
    // Without a name of its own, a chunk has its bytes as a name.
    let shown = match name.to_bytes() {
        [b'=' | b'@', rest @ ..] => rest,
        [0x1b, ..] | [] => b"binary string",
        whole => whole,
    };
    let message = Message::new(format_args!(": bad binary format ({refusal})"));
    if !refusal.wants_memory() {
        audit::report(Action::BytecodeRefused, &[(audit::field::MESSAGE, Detail::Text(&message.text()[": ".len()..]))]);
    }
    lua.push_string(&shown[..shown.len().min(NAME_BYTES)]);
    lua.push_string(message.text());
    lua.concat(2);
    Raise::Syntax
}
