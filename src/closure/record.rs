//! The record of a stored Lua function, as bytes.
//!
//! Invariant: `read` alone hands out a `Record`, and only after it checked every byte, bytecode included: so Lua may load it.
//!
//! A value holds only the id of a function, so that a function that lies in many places is stored, read and collected once:
//!
//! ```text
//! value     tag 0x05 | 4 u32 | id u32
//! record    version u8 | check u64 | captured u8 | captured x cell u32 | bytecode
//! ```
//!
//! `check` is the hash of all that follows it. A cell is the id of a captured variable, whose value lies in the table of
//! cells; 0 is the table of globals of the instance that runs the function. The bytecode is what `string.dump` writes.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::bytecode;
use crate::closure::unrestored::Unrestored;

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
    bytecode: &'a [u8],
}

impl<'a> Record<'a> {
    /// The ids of the captured variables of a record of which only version and length are checked, none when they are wrong:
    /// a collection of the store follows them (`table/reclaim.rs`).
    pub fn cells_of(record: &'a [u8]) -> Option<impl Iterator<Item = u32> + use<'a>> {
        split(record).map(|parts| parts.cells())
    }

    /// Checks the record of the function `id` from end to end.
    pub fn read(id: u32, record: &'a [u8]) -> Result<Record<'a>, Unrestored> {
        if let Some(found) = record.first().copied().filter(|found| *found != VERSION) {
            return Err(Unrestored::Version { id, found, known: VERSION });
        }
        let cut = Unrestored::Cut(id, record.len());
        let parts = split(record).ok_or(cut)?;
        let (check, rest) = record[CHECK_AT..].split_first_chunk::<8>().ok_or(cut)?;
        if u64::from_le_bytes(*check) != hash(rest) {
            return Err(Unrestored::Altered(id));
        }
        let captured = parts.cells.len() / 4;
        let chunk = bytecode::verify(parts.bytecode).map_err(|bad| Unrestored::Bytecode(id, bad))?;
        if usize::from(chunk.upvalues) != captured {
            return Err(Unrestored::Captured { id, record: captured, bytecode: chunk.upvalues });
        }
        Ok(parts)
    }

    /// What Lua loads.
    pub fn bytecode(&self) -> &'a [u8] {
        self.bytecode
    }

    /// The ids of the captured variables, in order.
    pub fn cells(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.cells.chunks_exact(4).map(|id| u32::from_le_bytes(id.try_into().unwrap_or_default()))
    }
}

/// The parts of a record; none when it is cut, or of another version.
fn split(record: &[u8]) -> Option<Record<'_>> {
    if *record.first()? != VERSION {
        return None;
    }
    let captured = usize::from(*record.get(CAPTURED_AT)?);
    let (cells, bytecode) = record[CELLS_AT..].split_at_checked(captured * 4)?;
    Some(Record { cells, bytecode })
}

/// FNV-1a: it finds accidents. Against attackers there is the verifier (`bytecode/`).
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The beginning of a record, with room for its bytecode, which is to be appended.
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

/// Writes the check into a record that is complete.
pub fn end(record: &mut [u8]) {
    let check = hash(&record[CAPTURED_AT..]);
    record[CHECK_AT..CAPTURED_AT].copy_from_slice(&check.to_le_bytes());
}
