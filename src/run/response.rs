//! The framed result: output, then values; or values spilled to table `_io`. Layout: `abi/README.md`.
//!
//! Invariant: the buffer is written after the result has been stored, since a compute inside that import would overwrite it.

use alloc::vec::Vec;
use core::ffi::c_int;

use cu_abi::value::Writer;

use crate::budget;
use crate::codec::encode::{self, Unencodable};
use crate::control::output;
use crate::error::Error;
use crate::heap;
use crate::lua::stack::Stack;
use crate::proxy::channels;
use crate::run::config::Config;
use crate::run::{answer, io_buffer};
use crate::store::Cause;
use crate::table::write;
use crate::vm::instance::INSTANCE;
use crate::vm::stop;

/// Writes the output and the values from stack index `first` to the top, or why that cannot be; what `compute` returns.
pub fn write(lua: Stack<'_>, first: c_int, config: &Config) -> i32 {
    // SAFETY: a response is written once, when the code has been read and there is no error text; what writes an error text
    // here takes the place of the response.
    let buffer = unsafe { io_buffer::bytes() };
    let mut writer = Writer::new(buffer);
    write_output(&mut writer);
    let front = writer.length();
    let encoded = write_values(lua, first, &mut writer);
    if let (Ok(()), Some(written)) = (&encoded, writer.written()) {
        return written.len() as i32;
    }
    match encoded.map(|()| spill(lua, first, writer.length() - front)) {
        Ok(Ok(())) => {}
        _ if budget::is_exhausted() => return answer::exhausted(lua, &stop::message_of_end(), config),
        Ok(Err(error)) => return answer::error(&error, config),
        Err((number, unencodable)) => return answer::unencodable(number, &unencodable, config),
    }
    INSTANCE.has_spilled.set(true);
    let mut writer = Writer::new(buffer);
    write_output(&mut writer);
    writer.spilled();
    writer.length() as i32
}

fn write_output(writer: &mut Writer<'_>) {
    let (text, mark) = (output::text(), output::mark());
    writer.bytes(&((text.len() + mark.text().len()) as u32).to_le_bytes());
    writer.bytes(text);
    writer.bytes(mark.text());
}

/// Writes the values; the number of the one that has no encoding, and why.
fn write_values(lua: Stack<'_>, first: c_int, writer: &mut Writer<'_>) -> Result<(), (c_int, Unencodable)> {
    let last = lua.top();
    if last < first {
        writer.nil();
    }
    for index in first..=last {
        encode::value(lua, index, writer).map_err(|unencodable| (index - first + 1, unencodable))?;
    }
    Ok(())
}

/// Stores the values, `length` bytes of them, where the host looks for a spilled result.
fn spill(lua: Stack<'_>, first: c_int, length: usize) -> Result<(), Error> {
    let no_memory = || {
        let limit = heap::limit_bytes();
        Error::SpillMemory { length, limit }
    };
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(length).is_err() {
        // Without finalizers, which would have no budget here.
        lua.collect_quietly();
    }
    bytes.try_reserve_exact(length).map_err(|_| no_memory())?;
    bytes.resize(length, 0);
    // Encoding raises nothing, so the bytes are freed. It went well before, so only memory for Lua's stack can be missing, or
    // budget, of which `write` tells.
    write_values(lua, first, &mut Writer::new(&mut bytes)).map_err(|_| no_memory())?;
    // They lie in `_io` until the next compute, or, if the host dies, until a script looks there.
    if channels::check_inside(&bytes).is_err() {
        return Err(Error::SpillInside { length });
    }
    write::spill(&bytes).map_err(|failure| match failure.cause {
        Cause::Host(reply) => Error::SpillRefused { reply, length },
        _ => no_memory(),
    })
}
