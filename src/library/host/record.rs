//! A call of the host: the name of the function that runs, and the record with the arguments that are on the stack.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_abi::call as record;
use cu_abi::functions::LIBRARY;
use cu_abi::limits::CALL_ARGUMENTS;
use cu_abi::value::Writer;

use crate::budget::{self, cost};
use crate::codec::encode::{self, Unencodable};
use crate::codec::hosted;
use crate::control::audit::{self, Action, Detail};
use crate::lua::call::Raise;
use crate::lua::message::Message;
use crate::lua::stack::{Stack, upvalue};
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;

/// Room for most records and answers, so that these need no memory of Lua's. It is set to zero for each call, so it is not larger.
pub const SMALL_BYTES: usize = 256;

/// The whole name of the function that runs: letters, digits, `_` and dots.
pub fn name(lua: Stack<'_>) -> &str {
    core::str::from_utf8(lua.string(upvalue(hosted::NAME))).unwrap_or_default()
}

/// Charges for a call and its record, and tells of it.
pub fn count(name: &str, length: usize) {
    budget::spend(cost::HOST + length / cost::BYTES_HOST);
    RUN.calls.set(RUN.calls.get() + 1);
    // It may change the store.
    INSTANCE.seen.note_change();
    audit::report(Action::HostCalled, &[(audit::field::NAME, Detail::Text(name.as_bytes()))]);
}

/// The record of the call with the arguments on the stack: in `small`, or in a block on top of the stack.
pub fn write<'r>(lua: Stack<'r>, name: &str, small: &'r mut [u8]) -> Result<&'r [u8], Raise> {
    let count = lua.top();
    if count as usize > CALL_ARGUMENTS {
        return Err(lua.fail(format_args!("{name} is called with {count} arguments; {CALL_ARGUMENTS} are the most")));
    }
    let length = write_into(lua, name, count, small)?;
    if length <= small.len() {
        return Ok(small.get(..length).unwrap_or_default());
    }
    lua.want_room(2, c"no room for a call of the host");
    let block = lua.push_block(length);
    let written = write_into(lua, name, count, block)?;
    // A finalizer may have changed a table among the arguments.
    let changed = || lua.fail(format_args!("{name} is called with a table that changes meanwhile"));
    if written == length { Ok(block) } else { Err(changed()) }
}

/// The length of the record, which is in the buffer if it fits.
fn write_into(lua: Stack<'_>, name: &str, count: c_int, buffer: &mut [u8]) -> Result<usize, Raise> {
    let mut writer = Writer::new(buffer);
    record::write_head(&mut writer, false, name.get(LIBRARY.len() + 1..).unwrap_or_default().as_bytes());
    for index in 1..=count {
        record::write_value_form(&mut writer);
        if let Err(Unencodable { reason, path }) = encode::value(lua, index, &mut writer) {
            lua.charge(0)?;
            let mut message = Message::new(format_args!("argument {index} of {name}"));
            message.push(path.text());
            message.push(b" ");
            // Writing a message does not fail.
            let _ = reason.describe("an argument", &mut message);
            return Err(lua.error(&message));
        }
    }
    Ok(writer.length())
}
