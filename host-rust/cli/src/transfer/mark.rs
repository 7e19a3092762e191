//! How far an import is: a row of `_io` that is kept together with the lines before it, until the next run with the file.
//!
//! Invariant: an import goes on only in the file with which it began, up to the mark.

use cu_abi::tables;
use cu_host::{Error, Store, Value};

/// Lines that were read, and what they were.
#[derive(Clone, Copy, PartialEq)]
pub struct Mark {
    pub lines: u64,
    hash: u64,
}

impl Mark {
    /// Its key in `_io`.
    pub const NAME: &str = "import";

    /// Before the first line.
    pub const START: Mark = Mark { lines: 0, hash: 0xcbf2_9ce4_8422_2325 };

    /// After one more line: FNV-1a, which tells files apart that are not made to be taken for each other.
    pub fn after(self, line: &[u8]) -> Mark {
        let hash = line.iter().fold(self.hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        Mark { lines: self.lines + 1, hash }
    }

    fn key() -> Result<Vec<u8>, Error> {
        Value::from(Mark::NAME).encode_key()
    }

    pub fn value(self) -> Value {
        format!("{} {}", self.lines, self.hash).into()
    }

    /// The mark that an import left which did not end.
    pub fn of(store: &mut dyn Store) -> Result<Option<Mark>, Error> {
        let Some(bytes) = store.get(tables::IO, &Mark::key()?)? else { return Ok(None) };
        let value = Value::decode_stored(&bytes)?;
        let parts = value.as_str().and_then(|text| text.split_once(' '));
        Ok(parts.and_then(|(lines, hash)| Some(Mark { lines: lines.parse().ok()?, hash: hash.parse().ok()? })))
    }

    pub fn write(self, store: &mut dyn Store) -> Result<(), Error> {
        Ok(store.set(tables::IO, &Mark::key()?, &self.value().encode()?)?)
    }

    pub fn delete(store: &mut dyn Store) -> Result<(), Error> {
        Ok(store.delete(tables::IO, &Mark::key()?)?)
    }
}
