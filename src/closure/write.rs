//! The code of a live Lua function to its row (`code.rs`). Nothing here raises.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::budget;
use crate::closure::code;
use crate::lua::stack::Stack;
use crate::store;

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

/// The hash of the bytecode of the function on top of the stack.
pub fn hash(lua: Stack<'_>, strip: bool) -> u64 {
    let mut hash = code::EMPTY;
    lua.dump(strip, |part| {
        hash = code::hash(hash, part);
        true
    });
    hash
}

/// What a function counts whose code has that length and no known prototype, whether the store has the code or gets it now.
pub fn cost(bytecode: usize) -> usize {
    /// Of a row of the index.
    const INDEX_BYTES: usize = 18;
    bytecode + store::call_cost(bytecode) + 2 * store::call_cost(INDEX_BYTES)
}

/// Makes the row of the code of the function on top of the stack, in `row`, which has room for it; its hash.
pub fn write(lua: Stack<'_>, strip: bool, row: &mut Vec<u8>) -> u64 {
    code::begin(row);
    lua.dump(strip, |part| {
        let fits = part.len() <= row.capacity() - row.len();
        if fits {
            row.extend_from_slice(part);
        }
        fits
    });
    code::end(row)
}

/// Whether the function on top of the stack has that bytecode.
pub fn is_same(lua: Stack<'_>, strip: bool, mut bytecode: &[u8]) -> bool {
    let mut is_same = true;
    lua.dump(strip, |part| {
        let rest = bytecode.strip_prefix(part);
        bytecode = rest.unwrap_or_default();
        is_same = rest.is_some();
        is_same
    });
    is_same && bytecode.is_empty()
}
