//! The framed result: output, then values; or values spilled to table `_io`. Layout: `abi/README.md`.

use alloc::vec::Vec;
use core::ffi::c_int;

use crate::codec::encode::{self, Refusal};
use crate::control::output::Output;
use crate::error::Error;
use crate::heap;
use crate::lua::ffi::{self, State};
use crate::proxy::channels;
use crate::store::Cause;
use crate::table::write;
use crate::wire::Writer;

/// Why there is no response.
pub enum Fault {
    /// Result number n has no encoding.
    Refused(c_int, Refusal),
    /// The module's own error.
    Error(Error),
}

/// Writes the output and the values from stack index `first` to the top; the response's length, and whether the values were
/// spilled.
///
/// # Safety
/// `state` is live, and nothing else uses the I/O buffer.
pub unsafe fn write(
    state: *mut State,
    first: c_int,
    output: &Output,
    buffer: &mut [u8],
) -> Result<(usize, bool), Fault> {
    let mark = output.mark();
    let text_length = output.text().len() + mark.text().len();
    let mut writer = Writer::new(buffer);
    writer.bytes(&(text_length as u32).to_le_bytes());
    writer.bytes(output.text());
    writer.bytes(mark.text());
    let front = writer.length();
    // SAFETY: the caller's.
    unsafe { values(state, first, &mut writer) }?;
    if let Some(written) = writer.written() {
        return Ok((written.len(), false));
    }
    let length = writer.length() - front;
    // SAFETY: the caller's.
    unsafe { spill(state, first, length) }?;
    let (_, rest) = buffer.split_at_mut(front);
    let mut writer = Writer::new(rest);
    writer.spilled();
    Ok((front + writer.length(), true))
}

/// # Safety
/// As for `write`.
unsafe fn values(state: *mut State, first: c_int, writer: &mut Writer<'_>) -> Result<(), Fault> {
    // SAFETY: the caller's.
    let last = unsafe { ffi::lua_gettop(state) };
    if last < first {
        writer.nil();
    }
    for index in first..=last {
        // SAFETY: the caller's.
        unsafe { encode::value(state, index, writer) }.map_err(|refusal| Fault::Refused(index - first + 1, refusal))?;
    }
    Ok(())
}

/// Stores the values, `length` bytes of them, where the host looks for a spilled result.
///
/// # Safety
/// As for `write`.
unsafe fn spill(state: *mut State, first: c_int, length: usize) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(length).is_err() {
        // Without finalizers, which would have no budget here. SAFETY: the caller's.
        unsafe { ffi::cu_collect_quietly(state) };
    }
    if bytes.try_reserve_exact(length).is_err() {
        // SAFETY: one thread.
        let limit = unsafe { heap::global() }.limit_bytes();
        return Err(Fault::Error(Error::SpillMemory { length, limit }));
    }
    bytes.resize(length, 0);
    let mut writer = Writer::new(&mut bytes);
    // SAFETY: the caller's; encoding raises nothing, so the vector is freed.
    unsafe { values(state, first, &mut writer) }?;
    // It lies in `_io` until the next compute, or, if the host dies, until a script looks there.
    // SAFETY: one thread.
    if unsafe { channels::check_inside(&bytes) }.is_err() {
        return Err(Fault::Error(Error::SpillInside { length }));
    }
    write::spill(&bytes).map_err(|failure| {
        Fault::Error(match failure.cause {
            Cause::Host(reply) => Error::SpillRefused { reply, length },
            // SAFETY: one thread.
            _ => Error::SpillMemory { length, limit: unsafe { heap::global() }.limit_bytes() },
        })
    })
}
