//! What later instances have to know of collections and of older stores.
//!
//! ```text
//! ledger   key string "collections" | value string: version u8 = 1 | unknown u32 | collections u32
//! ```

use cu_abi::tags;

use crate::store::calls::{self, Fetched};
use crate::store::failure::Failure;
use crate::store::system;

/// The encoded string `collections`.
const KEY: &[u8] = b"\x01collections\x00";

const VERSION: u8 = 1;

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
}

impl Ledger {
    /// Of a new store.
    pub const NEW: Ledger = Ledger { unknown: 0, collections: 0 };

    /// The ledger of the store, none in one that is new or older than ledgers.
    pub fn read() -> Result<Option<Ledger>, Failure> {
        let length = match calls::get(system::COUNTER, KEY)? {
            Fetched::Absent => return Ok(None),
            Fetched::Short(length) | Fetched::Long(length) => length,
        };
        // SAFETY: the bytes are copied before anything else is read.
        let bytes = unsafe { calls::value_buffer() };
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap_or_default());
        if length != BYTES || bytes[0] != tags::STRING || bytes[HEAD_BYTES] != VERSION {
            return Err(Failure::damaged(system::COUNTER));
        }
        Ok(Some(Ledger { unknown: word(HEAD_BYTES + 1), collections: word(HEAD_BYTES + 5) }))
    }

    /// Stores it.
    pub fn write(self) -> Result<(), Failure> {
        let mut bytes = [VERSION; BYTES];
        bytes[0] = tags::STRING;
        bytes[1..5].copy_from_slice(&((BYTES - HEAD_BYTES) as u32).to_le_bytes());
        bytes[6..10].copy_from_slice(&self.unknown.to_le_bytes());
        bytes[10..].copy_from_slice(&self.collections.to_le_bytes());
        calls::note(system::COUNTER, KEY, &bytes)
    }
}
