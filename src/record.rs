//! The record of a stored Lua function, as bytes.
//!
//! Invariant: what is read was checked from end to end, bytecode included, so that Lua may load it.
//!
//! A value is only a reference, so that a function that lies in many places is stored, read and collected once:
//!
//! ```text
//! value     tag 0x05 | 4 u32 | id u32
//! record    version u8 | check u64 | captured u8 | captured x cell u32 | bytecode
//! ```
//!
//! `check` is the hash of all that follows it. A cell is the id of a captured variable, whose value lies in the table of
//! cells; 0 is the table of globals, which every function has of its own instance. The bytecode is what `string.dump`
//! writes.
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::fmt;

use crate::bytecode;

/// The layout above, with the bytecode of Lua 5.4.
const VERSION: u8 = 1;

/// The captured variable that is the table of globals.
pub const GLOBALS: u32 = 0;

const CHECK_AT: usize = 1;
const CAPTURED_AT: usize = 9;
const CELLS_AT: usize = 10;

/// A checked record.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    cells: &'a [u8],
    /// What Lua loads.
    pub bytecode: &'a [u8],
}

/// Why a record is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Too short for what it says it holds; its length.
    Length(usize),
    /// Written by another version.
    Version(u8),
    /// Altered.
    Check,
    /// Lua must not load it.
    Bytecode(bytecode::Refusal),
    /// Captured variables of the record and of the bytecode.
    Captured(usize, u8),
}

impl Broken {
    /// Whether the record may be accepted when there is more memory.
    pub fn wants_memory(&self) -> bool {
        matches!(self, Broken::Bytecode(refusal) if refusal.wants_memory())
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Length(length) => write!(out, "its record of {length} bytes is cut"),
            Broken::Version(version) => write!(out, "its record has version {version}; this is version {VERSION}"),
            Broken::Check => out.write_str("its record was altered: the hash differs"),
            Broken::Bytecode(refusal) => write!(out, "{refusal}"),
            Broken::Captured(record, bytecode) => {
                write!(out, "its record has {record} captured variables, its bytecode {bytecode}")
            }
        }
    }
}

impl<'a> Record<'a> {
    /// The captured variables of a record, unchecked but for its length: what the collector follows.
    pub fn cells_of(record: &'a [u8]) -> Result<impl Iterator<Item = u32> + use<'a>, Broken> {
        split(record).map(|parts| parts.cells())
    }

    /// Checks a record from end to end.
    pub fn read(record: &'a [u8]) -> Result<Record<'a>, Broken> {
        let parts = split(record)?;
        let (check, rest) = record[CHECK_AT..].split_first_chunk::<8>().ok_or(Broken::Length(record.len()))?;
        if u64::from_le_bytes(*check) != hash(rest) {
            return Err(Broken::Check);
        }
        let captured = parts.cells.len() / 4;
        let chunk = bytecode::verify(parts.bytecode).map_err(Broken::Bytecode)?;
        if usize::from(chunk.upvalues) != captured {
            return Err(Broken::Captured(captured, chunk.upvalues));
        }
        Ok(parts)
    }

    /// The ids of the captured variables, in order.
    pub fn cells(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.cells.chunks_exact(4).map(|id| u32::from_le_bytes(id.try_into().unwrap_or_default()))
    }
}

fn split(record: &[u8]) -> Result<Record<'_>, Broken> {
    let cut = Broken::Length(record.len());
    match record.first() {
        None => return Err(cut),
        Some(&VERSION) => {}
        Some(version) => return Err(Broken::Version(*version)),
    }
    let captured = usize::from(*record.get(CAPTURED_AT).ok_or(cut)?);
    let (cells, bytecode) = record[CELLS_AT..].split_at_checked(captured * 4).ok_or(cut)?;
    Ok(Record { cells, bytecode })
}

/// FNV-1a: tells accidents, not attackers; against those stands the verifier.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

/// A record that its bytecode is yet to be appended to.
pub fn begin(cells: impl ExactSizeIterator<Item = u32>, bytecode: usize) -> Option<Vec<u8>> {
    let mut record = Vec::new();
    record.try_reserve_exact(length(cells.len(), bytecode)).ok()?;
    record.extend_from_slice(&[0; CELLS_AT]);
    record[0] = VERSION;
    record[CAPTURED_AT] = cells.len() as u8;
    for cell in cells {
        record.extend_from_slice(&cell.to_le_bytes());
    }
    Some(record)
}

/// Bytes of a record.
pub fn length(captured: usize, bytecode: usize) -> usize {
    CELLS_AT + captured * 4 + bytecode
}

/// Seals a record that is complete.
pub fn end(record: &mut [u8]) {
    let check = hash(&record[CAPTURED_AT..]);
    record[CHECK_AT..CAPTURED_AT].copy_from_slice(&check.to_le_bytes());
}
