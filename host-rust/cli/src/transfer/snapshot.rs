//! A file of tables as one byte string, the format of the stores in JavaScript. Lengths and counts are u32, least byte first.
//!
//! ```text
//! offset 0   4 bytes   "cuSS"
//!        4   u8        version, 1
//!        5   u32       number of tables
//!        9   table ...
//!      end   u32       CRC-32 of everything before
//!
//! table      u32       id, above that of the table before
//!            u32       number of keys, at least 1
//!            row ...
//!
//! row        u32       length of the key
//!            u32       length of the value
//!            bytes     key, after the key before in byte order
//!            bytes     value
//! ```
//!
//! Invariant: no other bytes are read as a snapshot. Rows are handed on before the sum has been checked, so who takes them undoes
//! them if it is wrong.

use std::io::{self, Read};

use cu_abi::tables;
use cu_host::{Error, Store};

use super::out::Out;
use super::walk::each_row_of;
use crate::failure::Failure;

pub const MAGIC: &[u8] = b"cuSS";
const VERSION: u8 = 1;

/// Longer keys and values are of no module.
const MOST_BYTES: u32 = 1 << 30;

pub fn write(store: &mut dyn Store, out: &mut Out) -> Result<(), Failure> {
    let mut sizes = Vec::new();
    let mut table = store.next_table(None).map_err(Error::from)?;
    while let Some(id) = table.filter(|id| *id < tables::HOST_FIRST) {
        if id != tables::IO {
            sizes.push((id, store.size(id).map_err(Error::from)?));
        }
        table = store.next_table(Some(id)).map_err(Error::from)?;
    }
    let mut sum = Sum::default();
    let mut put = |out: &mut Out, bytes: &[u8]| {
        sum.add(bytes);
        out.write(bytes)
    };
    put(out, &[MAGIC, &[VERSION], &word(sizes.len())?].concat())?;
    for (id, size) in sizes {
        put(out, &[id.to_le_bytes(), size.to_le_bytes()].concat())?;
        let mut left = size;
        each_row_of(store, id, &mut |key, value| {
            left = left.saturating_sub(1);
            put(out, &[&word(key.len())?[..], &word(value.len())?, key, value].concat())?;
            out.row(&[])
        })?;
        if left > 0 {
            return Err(Failure::Refused(format!("table {id} has {left} rows less than it says; cu verify says more")));
        }
    }
    let sum = sum.value();
    out.write(&sum.to_le_bytes())
}

fn word(length: usize) -> Result<[u8; 4], Failure> {
    let length =
        u32::try_from(length).map_err(|_| Failure::Refused(format!("{length} bytes are too many for a snapshot")))?;
    Ok(length.to_le_bytes())
}

/// Why a snapshot was not read.
pub enum Wrong {
    Bytes { at: u64, problem: String },
    Input(io::Error),
    Store(Error),
}

/// Takes a row: its table, its key and its value.
pub type OnRow<'a> = dyn FnMut(u32, &[u8], &[u8]) -> Result<(), Error> + 'a;

pub fn read(input: &mut dyn Read, add: &mut OnRow<'_>) -> Result<(), Wrong> {
    let mut reader = Reader { input, sum: Sum::default(), at: 0 };
    let head = reader.bytes(5)?;
    if head != [MAGIC, &[VERSION]].concat() {
        return Err(reader.wrong(0, format!("version {VERSION} of a snapshot was wanted")));
    }
    let mut before = None;
    for _ in 0..reader.word()? {
        let at = reader.at;
        let (id, count) = (reader.word()?, reader.word()?);
        if before >= Some(id) || matches!(id, tables::CONTROL) || id >= tables::HOST_FIRST {
            return Err(reader.wrong(at, format!("table {id} cannot stand here")));
        }
        if count == 0 {
            return Err(reader.wrong(at + 4, "a table has at least one key".to_owned()));
        }
        before = Some(id);
        let mut last: Option<Vec<u8>> = None;
        for _ in 0..count {
            let (key, value) = (reader.word()?, reader.word()?);
            let at = reader.at;
            let (key, value) = (reader.bytes(key)?, reader.bytes(value)?);
            if last.as_ref() >= Some(&key) {
                return Err(reader.wrong(at, "a key after the one before it was wanted".to_owned()));
            }
            // What is in `_io` is no one's for long.
            if id != tables::IO {
                add(id, &key, &value).map_err(Wrong::Store)?;
            }
            last = Some(key);
        }
    }
    let (wanted, at) = (reader.sum.value(), reader.at);
    let found = reader.word()?;
    if found != wanted {
        return Err(reader.wrong(at, format!("the sum {wanted} was wanted, found {found}")));
    }
    match reader.input.read(&mut [0]).map_err(Wrong::Input)? {
        0 => Ok(()),
        _ => Err(reader.wrong(at + 4, "the end was wanted".to_owned())),
    }
}

struct Reader<'a> {
    input: &'a mut dyn Read,
    sum: Sum,
    at: u64,
}

impl Reader<'_> {
    fn wrong(&self, at: u64, problem: String) -> Wrong {
        Wrong::Bytes { at, problem }
    }

    fn word(&mut self) -> Result<u32, Wrong> {
        let bytes = self.bytes(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// So many bytes; memory grows with what is there, not with what a length says.
    fn bytes(&mut self, length: u32) -> Result<Vec<u8>, Wrong> {
        if length > MOST_BYTES {
            return Err(self.wrong(self.at, format!("{length} bytes are too many")));
        }
        let mut bytes = Vec::new();
        self.input.take(u64::from(length)).read_to_end(&mut bytes).map_err(Wrong::Input)?;
        if bytes.len() < length as usize {
            return Err(self.wrong(self.at, format!("{length} bytes were wanted, found {}", bytes.len())));
        }
        self.sum.add(&bytes);
        self.at += u64::from(length);
        Ok(bytes)
    }
}

/// CRC-32 as in zip and PNG (polynomial 0xEDB88320, reflected).
struct Sum {
    table: [u32; 256],
    state: u32,
}

impl Default for Sum {
    fn default() -> Sum {
        let remainder = |byte: usize| {
            (0..8).fold(
                byte as u32,
                |remainder, _| if remainder & 1 == 1 { remainder >> 1 ^ 0xedb8_8320 } else { remainder >> 1 },
            )
        };
        Sum { table: std::array::from_fn(remainder), state: !0 }
    }
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.state = self.table[usize::from(self.state as u8 ^ byte)] ^ self.state >> 8;
        }
    }

    fn value(&self) -> u32 {
        !self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_zip() {
        let mut sum = Sum::default();
        sum.add(b"1234");
        sum.add(b"56789");
        assert_eq!(sum.value(), 0xcbf4_3926);
    }
}
