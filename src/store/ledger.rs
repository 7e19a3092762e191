//! What later instances have to know of collections and of older stores.
//!
//! ```text
//! ledger   key string "collections" | value string: version u8 | unknown u32 | collections u32
//! ```
//!
//! The version is 1, or 2 where there are metatables: a module that knows none must not collect them.

use cu_abi::tags;

use crate::store::calls::{self, Fetched};
use crate::store::failure::Failure;
use crate::store::system;

/// The encoded string `collections`.
const KEY: &[u8] = b"\x01collections\x00";

const PLAIN: u8 = 1;
const WITH_OBJECTS: u8 = 2;

/// Bytes of the value: tag, length, version, two numbers.
const BYTES: usize = 14;

/// Bytes of the tag and the length.
const HEAD_BYTES: usize = 5;

/// What is known of collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Ids below this were given before there was a ledger, or left to the host, so that one may be a home that nobody listed.
    pub unknown: u32,
    /// How many collections freed something.
    pub collections: u32,
    /// The store has metatables, or had some.
    pub has_objects: bool,
}

impl Ledger {
    /// Of a new store.
    pub const NEW: Ledger = Ledger { unknown: 0, collections: 0, has_objects: false };

    /// The ledger of the store, none in one that is new or older than ledgers.
    pub fn read() -> Result<Option<Ledger>, Failure> {
        let length = match calls::get(system::COUNTER, KEY)? {
            Fetched::Absent => return Ok(None),
            Fetched::Short(length) | Fetched::Long(length) => length,
        };
        // SAFETY: the bytes are copied before anything else is read.
        let bytes = unsafe { calls::value_buffer() };
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap_or_default());
        let has_objects = match bytes[HEAD_BYTES] {
            PLAIN => false,
            WITH_OBJECTS => true,
            _ => return Err(Failure::damaged(system::COUNTER)),
        };
        if length != BYTES || bytes[0] != tags::STRING {
            return Err(Failure::damaged(system::COUNTER));
        }
        Ok(Some(Ledger { unknown: word(HEAD_BYTES + 1), collections: word(HEAD_BYTES + 5), has_objects }))
    }

    /// Stores it.
    pub fn write(self) -> Result<(), Failure> {
        let mut bytes = [if self.has_objects { WITH_OBJECTS } else { PLAIN }; BYTES];
        bytes[0] = tags::STRING;
        bytes[1..5].copy_from_slice(&((BYTES - HEAD_BYTES) as u32).to_le_bytes());
        bytes[6..10].copy_from_slice(&self.unknown.to_le_bytes());
        bytes[10..].copy_from_slice(&self.collections.to_le_bytes());
        calls::note(system::COUNTER, KEY, &bytes)
    }
}
