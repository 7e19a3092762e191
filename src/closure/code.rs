//! The code of stored functions, as bytes. Functions with the same bytecode share a row.
//!
//! Invariant: a `Verified` is bytecode that passed the verifier: so Lua may load it.
//!
//! ```text
//! row     key id | value version u8 = 1 | check u64 | bytecode
//! index   key check as an integer | value id of such a row, an integer
//! ```
//!
//! `check` is the hash of the bytecode, which is what `string.dump` writes, but for the name of a chunk that is its text
//! (`lua/patches/02-stored-functions.patch`). The index only says where to look: bytecode is the same when its bytes are.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::bytecode;
use crate::closure::unrestored::{BadRow, Unrestored};

/// The layout above, with the bytecode of Lua 5.4.
const VERSION: u8 = 1;

/// The bytes in front of the bytecode.
pub const HEAD_BYTES: usize = 9;

/// The hash of nothing.
pub const EMPTY: u64 = 0xCBF2_9CE4_8422_2325;

/// Bytecode that Lua may load.
#[derive(Clone, Copy)]
pub struct Verified<'a>(&'a [u8]);

impl<'a> Verified<'a> {
    /// Verifies the bytecode of a function.
    pub fn new(function: u32, bytecode: &'a [u8]) -> Result<Verified<'a>, Unrestored> {
        bytecode::verify(bytecode).map_err(|bad| Unrestored::Bytecode(function, bad))?;
        Ok(Verified(bytecode))
    }

    /// What Lua loads.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }
}

/// Checks the row of the code of a function from end to end.
pub fn read(function: u32, code: u32, row: &[u8]) -> Result<Verified<'_>, Unrestored> {
    let fail = |bad| Unrestored::Code(function, code, bad);
    if let Some(found) = row.first().copied().filter(|found| *found != VERSION) {
        return Err(fail(BadRow::Version(found, VERSION)));
    }
    let (head, bytecode) = row.split_first_chunk::<HEAD_BYTES>().ok_or(fail(BadRow::Cut(row.len())))?;
    if *head != head_of(hash(EMPTY, bytecode)) {
        return Err(fail(BadRow::Altered));
    }
    Verified::new(function, bytecode)
}

/// Begins a row, in which the bytecode is to follow.
pub fn begin(row: &mut Vec<u8>) {
    row.clear();
    row.resize(HEAD_BYTES, 0);
}

/// Writes the head of a row that is complete otherwise; the hash.
pub fn end(row: &mut [u8]) -> u64 {
    let Some((head, bytecode)) = row.split_first_chunk_mut::<HEAD_BYTES>() else { return EMPTY };
    let check = hash(EMPTY, bytecode);
    *head = head_of(check);
    check
}

/// The head of a row whose bytecode has that hash.
pub fn head_of(check: u64) -> [u8; HEAD_BYTES] {
    let mut head = [VERSION; HEAD_BYTES];
    head[1..].copy_from_slice(&check.to_le_bytes());
    head
}

/// FNV-1a, of what came before and more bytes: it finds accidents, and equal code. Against attackers there are the verifier
/// (`bytecode/`), and comparing.
pub fn hash(before: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(before, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}
