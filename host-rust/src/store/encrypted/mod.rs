//! A store that encrypts the values of another one.
//!
//! Invariant: no value reaches the store below in the clear, and none that was changed, moved to another key or table,
//! or never encrypted is answered. Table ids, keys and sizes stay as they are: keys have to keep their order.
//!
//! - `store`: the store itself
//! - `error`: what it fails with
//! - `key`: keys and their ids
//! - `sealed`: one encrypted value, drawn
//! - `marker`: the record that says that a store is encrypted
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
