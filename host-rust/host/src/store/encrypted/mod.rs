//! A store that encrypts the values of another one.
//!
//! Invariant: the store below never gets a plain value, and no value is answered that was changed, moved to another key
//! or table, or never encrypted. Table ids, keys and sizes stay visible, because keys must keep their order.
//!
//! - `store`: the store itself
//! - `error`: its errors
//! - `key`: keys and their ids
//! - `sealed`: the form of one encrypted value
//! - `marker`: the record that a store is encrypted
//! - `rotation`: from older keys, or from plain values, to the newest key

mod error;
mod key;
mod marker;
mod rotation;
mod sealed;
mod store;

pub use error::{DAMAGED, KEY_MISSING, NO_RANDOMNESS, NOT_ENCRYPTED, RESERVED, UNFINISHED};
pub use key::{EncryptionKey, KEY_BYTES, KeyId, Keys};
pub use rotation::{Progress, Rotation};
pub use sealed::OVERHEAD_BYTES;
pub use store::{EncryptedStore, is_encrypted};
