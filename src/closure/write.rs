//! A live Lua function to its record (`record.rs`).
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::budget;
use crate::closure::record;
use crate::lua::stack::Stack;

/// The length of the bytecode of the function on top of the stack.
pub fn measure(lua: Stack<'_>, strip: bool) -> usize {
    let mut total = 0;
    lua.dump(strip, |part| {
        total += part.len();
        true
    });
    budget::spend(total);
    total
}

/// The record of the function on top of the stack, whose bytecode has that length; none when there is no memory for it.
/// Raises nothing.
pub fn write(
    lua: Stack<'_>,
    strip: bool,
    cells: impl ExactSizeIterator<Item = u32>,
    bytecode: usize,
) -> Option<Vec<u8>> {
    let mut record = record::begin(cells, bytecode)?;
    lua.dump(strip, |part| {
        let fits = part.len() <= record.capacity() - record.len();
        if fits {
            record.extend_from_slice(part);
        }
        fits
    });
    record::end(&mut record);
    Some(record)
}
