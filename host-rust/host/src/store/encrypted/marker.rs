//! The record that a store is encrypted, and with which keys.
//!
//! ```text
//! table 0xFF000000, key "encrypted": a sealed value, which holds
//!
//! offset 0   u8             1 = every value is encrypted; 0 = plain values are still being encrypted
//!        1   8 bytes ...    ids of other keys that values may need; the first key is the one of this record itself
//! ```
//!
//! Invariant: no value is written with a key that the record does not name. So opening a store shows whether all keys
//! are there.

use cu_abi::tables;

use super::error::{DAMAGED, Entry, KEY_MISSING, failure};
use super::key::{KEY_ID_BYTES, KeyId, Keys};
use super::sealed::{self, Random};
use crate::store::{Store, StoreError};

/// Where the record is.
pub const PLACE: Entry<'static> = Entry { table: tables::HOST_FIRST, key: b"encrypted" };

const ENCRYPTING: u8 = 0;
const ENCRYPTED: u8 = 1;

/// The content of the record.
#[derive(Debug, PartialEq, Eq)]
pub struct Marker {
    /// Whether every value is encrypted.
    pub is_whole: bool,
    /// The keys that values may need; the first one encrypts the record itself.
    pub keys: Vec<KeyId>,
}

impl Marker {
    /// The record of a store, if it has one. If the store needs a key that was not given, that is an error.
    pub fn read(store: &mut impl Store, keys: &Keys) -> Result<Option<Marker>, StoreError> {
        let Some(bytes) = store.get(PLACE.table, PLACE.key)? else { return Ok(None) };
        let content = sealed::open(keys, PLACE, &bytes)?;
        let marker = sealed::key_id(&bytes).and_then(|first| Marker::decode(first, &content));
        let marker = marker
            .ok_or_else(|| failure(DAMAGED, PLACE, format_args!("{} bytes, which say nothing", content.len())))?;
        match marker.keys.iter().find(|id| keys.find(**id).is_none()) {
            None => Ok(Some(marker)),
            Some(id) => {
                let names = keys.names();
                let problem = format_args!("values of this store need the key with id {id}; given is {names}");
                Err(failure(KEY_MISSING, PLACE, problem))
            }
        }
    }

    /// Writes the record with the newest key.
    pub fn write(
        store: &mut impl Store,
        keys: &Keys,
        random: Random,
        is_whole: bool,
        others: &[KeyId],
    ) -> Result<(), StoreError> {
        let mut content = vec![if is_whole { ENCRYPTED } else { ENCRYPTING }];
        content.extend(others.iter().flat_map(|id| id.0));
        store.set(PLACE.table, PLACE.key, &sealed::seal(keys.newest(), random, PLACE, &content)?)
    }

    fn decode(first: KeyId, content: &[u8]) -> Option<Marker> {
        let (state, others) = content.split_first()?;
        let (others, []) = others.as_chunks::<KEY_ID_BYTES>() else { return None };
        let keys = std::iter::once(first).chain(others.iter().map(|id| KeyId(*id))).collect();
        matches!(*state, ENCRYPTING | ENCRYPTED).then_some(Marker { is_whole: *state == ENCRYPTED, keys })
    }
}
