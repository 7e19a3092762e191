//! Memory of the arena for what one change works with. It is freed before Lua goes on.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::store::{Cause, Failure};

/// Appends the parts; an error where there is no memory. The table is for the message.
pub fn append(into: &mut Vec<u8>, table: u32, parts: &[&[u8]]) -> Result<(), Failure> {
    let length = parts.iter().map(|part| part.len()).sum();
    into.try_reserve(length).map_err(|_| no_memory(table, length))?;
    for part in parts {
        into.extend_from_slice(part);
    }
    Ok(())
}

/// A copy.
pub fn copy_of(table: u32, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut copy = Vec::new();
    append(&mut copy, table, &[bytes])?;
    Ok(copy)
}

/// Appends an element; an error where there is no memory.
pub fn push<T>(into: &mut Vec<T>, table: u32, element: T) -> Result<(), Failure> {
    into.try_reserve(1).map_err(|_| no_memory(table, size_of::<T>()))?;
    into.push(element);
    Ok(())
}

/// There is no memory for so many bytes.
#[cold]
pub fn no_memory(table: u32, length: usize) -> Failure {
    Failure { action: "index", table, cause: Cause::Memory(length) }
}
