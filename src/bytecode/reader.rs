//! Reads the numbers, strings and counts of a chunk.
//!
//! Invariant: nothing is read outside the bytes, and no more is reserved than so many bytes could describe.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::bytecode::bad_bytecode::{Location, NO_MEMORY, Note, Noted};

/// `INT_MAX`, the limit of `loadInt`.
const INT: u64 = i32::MAX as u64;
/// `SIZE_MAX` of wasm32, the limit of `loadSize`.
const SIZE: u64 = u32::MAX as u64;

/// Reads a chunk from its front.
pub struct ChunkReader<'a> {
    pub bytes: &'a [u8],
    pub offset: usize,
    /// Functions begun so far.
    pub functions: u32,
    pub note: &'a Note,
}

impl<'a> ChunkReader<'a> {
    pub fn new(bytes: &'a [u8], note: &'a Note) -> ChunkReader<'a> {
        ChunkReader { bytes, offset: 0, functions: 0, note }
    }

    /// A refusal of what was just read, or is next.
    #[cold]
    #[inline(never)]
    pub fn refuse(&self, reason: &'static str, value: usize, limit: usize) -> Noted {
        self.refuse_at(self.offset, reason, value, limit)
    }

    #[cold]
    #[inline(never)]
    pub fn refuse_at(&self, offset: usize, reason: &'static str, value: usize, limit: usize) -> Noted {
        self.note.refuse(Location::Byte(offset as u32), reason, value as i64, limit as i64)
    }

    pub fn left(&self) -> usize {
        self.bytes.len() - self.offset
    }

    /// Refuses a count or a flag above `limit`, read as the last byte.
    pub fn at_most(&self, reason: &'static str, value: u8, limit: u8) -> Result<u8, Noted> {
        if value <= limit {
            Ok(value)
        } else {
            Err(self.refuse_at(self.offset - 1, reason, value.into(), limit.into()))
        }
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Noted> {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        match rest.get(..count) {
            Some(taken) => {
                self.offset += count;
                Ok(taken)
            }
            None => Err(self.refuse("# bytes wanted of the @ that are left", count, rest.len())),
        }
    }

    pub fn byte(&mut self) -> Result<u8, Noted> {
        self.take(1).map(|bytes| bytes.first().copied().unwrap_or_default())
    }

    /// A number as `loadUnsigned` reads it; below 2^32 with both limits.
    #[inline(never)]
    fn number(&mut self, limit: u64) -> Result<usize, Noted> {
        let start = self.offset;
        let mut number = 0;
        loop {
            let byte = self.byte()?;
            if number >= limit >> 7 {
                return Err(self.refuse_at(start, "a number that is too large", 0, 0));
            }
            number = number << 7 | u64::from(byte & 0x7F);
            if byte & 0x80 != 0 {
                return Ok(number as usize);
            }
        }
    }

    /// A number that Lua keeps in an `int`.
    pub fn int(&mut self) -> Result<usize, Noted> {
        self.number(INT)
    }

    /// How many of something follow that takes at least `bytes` each.
    pub fn count(&mut self, bytes: usize) -> Result<usize, Noted> {
        let start = self.offset;
        let count = self.int()?;
        let most = self.left() / bytes;
        if count > most {
            return Err(self.refuse_at(start, "a count of # where at most @ fit", count, most));
        }
        Ok(count)
    }

    /// The length of a string, past which this goes; nothing when it is absent.
    pub fn string(&mut self) -> Result<Option<usize>, Noted> {
        let start = self.offset;
        let Some(length) = self.number(SIZE)?.checked_sub(1) else { return Ok(None) };
        if length > self.left() {
            return Err(self.refuse_at(start, "a string of # bytes in the @ that are left", length, self.left()));
        }
        self.offset += length;
        Ok(Some(length))
    }

    /// An empty vector with room for `count`.
    pub fn room<T>(&self, count: usize) -> Result<Vec<T>, Noted> {
        let mut items = Vec::new();
        items.try_reserve_exact(count).map_err(|_| self.refuse(NO_MEMORY, count, 0))?;
        Ok(items)
    }
}
