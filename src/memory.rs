//! Memory of the arena that may be refused.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

/// There is no memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// So many zeros.
#[inline(never)]
pub fn zeros(length: usize) -> Result<Vec<u8>, NoMemory> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| NoMemory)?;
    bytes.resize(length, 0);
    Ok(bytes)
}

/// The same bytes again.
#[inline(never)]
pub fn copied(bytes: &[u8]) -> Result<Vec<u8>, NoMemory> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| NoMemory)?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

/// Appends bytes.
pub fn append(to: &mut Vec<u8>, bytes: &[u8]) -> Result<(), NoMemory> {
    to.try_reserve(bytes.len()).map_err(|_| NoMemory)?;
    to.extend_from_slice(bytes);
    Ok(())
}

/// Appends an element.
pub fn push<T>(to: &mut Vec<T>, element: T) -> Result<(), NoMemory> {
    to.try_reserve(1).map_err(|_| NoMemory)?;
    to.push(element);
    Ok(())
}

/// Appends zeros; where they begin.
pub fn extend(to: &mut Vec<u8>, count: usize) -> Result<usize, NoMemory> {
    let start = to.len();
    to.try_reserve(count).map_err(|_| NoMemory)?;
    to.resize(start + count, 0);
    Ok(start)
}
