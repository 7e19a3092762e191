//! The framed result: output, then values; or values spilled to table `_io`. Layout: `abi/README.md`.
//!
//! Invariant: the buffer is written after the result has been stored, since a compute inside that import would overwrite it.

use core::ffi::c_int;

use cu_abi::pending;
use cu_abi::value::Writer;

use crate::budget;
use crate::codec::encode::{self, External, NoEncoding, Unencodable};
use crate::control::output;
use crate::error::Error;
use crate::heap;
use crate::lua::stack::Stack;
use crate::memory::{self, NoMemory};
use crate::proxy::channels;
use crate::run::config::Config;
use crate::run::{answer, io_buffer};
use crate::table::write;
use crate::vm::instance::INSTANCE;
use crate::vm::stop;

/// What stands behind the output.
pub enum Values<'s> {
    /// The values from this stack index to the top, with external tables as `external` writes them.
    Results { first: c_int, external: External },
    /// The call for which the compute waits.
    Call(&'s [u8]),
}

/// Writes the output and the values, or why that cannot be; what `compute` returns.
pub fn write(lua: Stack<'_>, values: &Values<'_>, config: &Config) -> i32 {
    // SAFETY: a response is written once, when the code has been read and there is no error text; what writes an error text
    // here takes the place of the response.
    let buffer = unsafe { io_buffer::bytes() };
    let mut writer = Writer::new(buffer);
    write_output(&mut writer);
    let front = writer.length();
    let encoded = write_values(lua, values, &mut writer);
    if let (Ok(()), Some(written)) = (&encoded, writer.written()) {
        return written.len() as i32;
    }
    match encoded.and_then(|()| spill(lua, values, writer.length() - front)) {
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
    let text = output::text();
    if text.is_empty() && !output::is_cut() {
        return writer.few([0; 4]);
    }
    let mark = output::mark();
    writer.bytes(&((text.len() + mark.text().len()) as u32).to_le_bytes());
    writer.bytes(text);
    writer.bytes(mark.text());
}

/// Writes the values; the number of the one that has no encoding, and why.
fn write_values(lua: Stack<'_>, values: &Values<'_>, writer: &mut Writer<'_>) -> Result<(), (c_int, Unencodable)> {
    let (first, external) = match *values {
        Values::Results { first, external } => (first, external),
        Values::Call(bytes) => {
            writer.bytes(bytes);
            return Ok(());
        }
    };
    let last = lua.top();
    if last < first {
        writer.nil();
    }
    for index in first..=last {
        encode::value_with(lua, index, writer, external).map_err(|unencodable| (index - first + 1, unencodable))?;
    }
    Ok(())
}

/// Stores the values, `length` bytes of them, where the host looks for a spilled result.
fn spill(lua: Stack<'_>, values: &Values<'_>, length: usize) -> Result<Result<(), Error>, (c_int, Unencodable)> {
    let no_memory = || {
        let limit = heap::limit_bytes();
        Ok(Err(Error::SpillMemory { length, limit }))
    };
    let room = memory::zeros(length).or_else(|NoMemory| {
        // Without finalizers, which would have no budget here.
        lua.collect_quietly();
        memory::zeros(length)
    });
    let Ok(mut bytes) = room else { return no_memory() };
    let mut writer = Writer::new(&mut bytes);
    // Encoding raises nothing, so the bytes are freed. It went well before, so memory can be missing now, or budget, of which
    // `write` tells; and what is read from the host can be another.
    match write_values(lua, values, &mut writer) {
        Err((_, Unencodable { reason: NoEncoding::Stack, .. })) => return no_memory(),
        Err(unencodable) => return Err(unencodable),
        Ok(()) if writer.length() != length => return Err((1, NoEncoding::Changed.into())),
        Ok(()) => {}
    }
    // They lie in `_io` until the next compute, or, if the host dies, until a script looks there.
    let inside = match values {
        Values::Results { .. } => channels::check_inside(&bytes),
        Values::Call(_) => channels::check_inside_call(bytes.get(pending::CALL_AT..).unwrap_or_default()),
    };
    if inside.is_err() {
        return Ok(Err(Error::SpillInside { length }));
    }
    match write::spill(&bytes) {
        Ok(()) => Ok(Ok(())),
        Err(failure) => match failure.reply() {
            Some(reply) => Ok(Err(Error::SpillRefused { reply, length })),
            None => no_memory(),
        },
    }
}
