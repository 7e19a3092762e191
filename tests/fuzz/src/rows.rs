//! Bytes read as the rows of a store. Any bytes are some.
//!
//! ```text
//! row   table u8, a place in TABLES | key u8 length, bytes | value u16 length, bytes
//! ```
//!
//! A length that is more than what is left is what is left.

use cu::store::system::{CELLS, CODE_BY_CONTENT, CODES, COUNTER, FUNCTIONS, JOURNAL, MARKS, WORK};
use cu_abi::tables::{HOME, IO};

/// Tables that a script or the module looks at.
pub const TABLES: [u32; 12] = [HOME, IO, 3, 4, COUNTER, MARKS, WORK, FUNCTIONS, CELLS, JOURNAL, CODES, CODE_BY_CONTENT];

/// Takes bytes from the front.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte, 0 at the end.
    pub fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    /// So many bytes, or all that are left.
    pub fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// The next row.
    pub fn row(&mut self) -> Option<(u32, &'a [u8], &'a [u8])> {
        if self.0.is_empty() {
            return None;
        }
        let table = TABLES[self.byte() as usize % TABLES.len()];
        let key = self.byte() as usize;
        let key = self.take(key);
        let length = u16::from_le_bytes([self.byte(), self.byte()]);
        Some((table, key, self.take(length.into())))
    }
}

/// The bytes that are these rows; what they cannot say, a long value or another table, is left out.
pub fn write<'a>(rows: impl Iterator<Item = (u32, &'a [u8], &'a [u8])>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (table, key, value) in rows {
        let place = TABLES.iter().position(|known| *known == table);
        let (Some(place), Ok(key_length), Ok(length)) = (place, u8::try_from(key.len()), u16::try_from(value.len()))
        else {
            continue;
        };
        bytes.extend([place as u8, key_length]);
        bytes.extend(key);
        bytes.extend(length.to_le_bytes());
        bytes.extend(value);
    }
    bytes
}
