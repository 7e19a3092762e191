//! The record of a stored Lua function, as bytes.
//!
//! A value holds only the id of a function, so that a function that lies in many places is stored, read and collected once:
//!
//! ```text
//! value     tag 0x05 | 4 u32 | id u32
//! record    version u8 = 2 | check u64 | captured u8 | captured x cell u32 | code u32
//! before    version u8 = 1 | check u64 | captured u8 | captured x cell u32 | bytecode
//! ```
//!
//! `check` is the hash of all that follows it. A cell is the id of a captured variable, whose value lies in the table of
//! cells; 0 is the table of globals of the instance that runs the function. `code` is the id of a row with the bytecode
//! (`code.rs`). Nothing writes version 1 any more.
#![forbid(unsafe_code)]

use crate::closure::code::{EMPTY, hash};
use crate::closure::unrestored::{BadRow, Unrestored};

const VERSION: u8 = 2;
const VERSION_WITH_BYTECODE: u8 = 1;

/// The captured variable that is the table of globals.
pub const GLOBALS: u32 = 0;

const CHECK_AT: usize = 1;
const CAPTURED_AT: usize = 9;
const CELLS_AT: usize = 10;
const ID_BYTES: usize = 4;

/// Most bytes of a record that is written.
pub const BYTES: usize = CELLS_AT + (u8::MAX as usize + 1) * ID_BYTES;

/// A record.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    cells: &'a [u8],
    /// Where the bytecode is.
    pub code: Code<'a>,
}

/// Where the bytecode of a function is.
#[derive(Clone, Copy)]
pub enum Code<'a> {
    /// In the row with that id.
    Row(u32),
    /// In the record, which an earlier version wrote; not verified.
    Own(&'a [u8]),
}

impl<'a> Record<'a> {
    /// The parts of a record of which only version and length are checked, none when they are wrong: a collection of the
    /// store follows them (`table/reclaim.rs`).
    pub fn split(record: &'a [u8]) -> Option<Record<'a>> {
        let captured = usize::from(*record.get(CAPTURED_AT)?);
        let (cells, rest) = record[CELLS_AT..].split_at_checked(captured * ID_BYTES)?;
        let code = match record[0] {
            VERSION => Code::Row(u32::from_le_bytes(rest.try_into().ok()?)),
            VERSION_WITH_BYTECODE => Code::Own(rest),
            _ => return None,
        };
        Some(Record { cells, code })
    }

    /// Checks the record of the function `id`.
    pub fn read(id: u32, record: &'a [u8]) -> Result<Record<'a>, Unrestored> {
        if let Some(found) = record.first().copied().filter(|found| !matches!(*found, VERSION | VERSION_WITH_BYTECODE))
        {
            return Err(Unrestored::Record(id, BadRow::Version(found, VERSION)));
        }
        let cut = Unrestored::Record(id, BadRow::Cut(record.len()));
        let parts = Record::split(record).ok_or(cut)?;
        let (check, rest) = record[CHECK_AT..].split_first_chunk::<8>().ok_or(cut)?;
        if u64::from_le_bytes(*check) != hash(EMPTY, rest) {
            return Err(Unrestored::Record(id, BadRow::Altered));
        }
        Ok(parts)
    }

    /// How many variables the function captured.
    pub fn captured(&self) -> usize {
        self.cells.len() / ID_BYTES
    }

    /// The ids of the captured variables, in order.
    pub fn cells(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.cells.chunks_exact(ID_BYTES).map(|id| u32::from_le_bytes(id.try_into().unwrap_or_default()))
    }
}

/// Bytes of the record of a function with so many captured variables.
pub fn length(captured: usize) -> usize {
    CELLS_AT + (captured + 1) * ID_BYTES
}

/// The record of a function with these captured variables, at most 255, and that code.
pub fn write<'a>(cells: &[u32], code: u32, into: &'a mut [u8; BYTES]) -> &'a [u8] {
    into[0] = VERSION;
    into[CAPTURED_AT] = cells.len() as u8;
    for (place, id) in into[CELLS_AT..].chunks_exact_mut(ID_BYTES).zip(cells.iter().chain([&code])) {
        place.copy_from_slice(&id.to_le_bytes());
    }
    let record = &mut into[..length(cells.len())];
    end(record);
    record
}

/// Writes the check into a record that is complete.
pub fn end(record: &mut [u8]) {
    let check = hash(EMPTY, &record[CAPTURED_AT..]);
    record[CHECK_AT..CAPTURED_AT].copy_from_slice(&check.to_le_bytes());
}
