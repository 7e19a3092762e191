//! Keys, and the ids that encrypted values have for them.
//!
//! Invariant: only the cipher sees a key's bytes. They are zeroed when the key is dropped, and no text shows them.

use std::fmt::{self, Debug, Display, Formatter};

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

/// Size of a key.
pub const KEY_BYTES: usize = 32;

/// Size of a nonce: so large that two random ones are never equal, however many values are written.
pub const NONCE_BYTES: usize = 24;

/// Size of a key's id: enough that two keys of one store have different ids.
pub const KEY_ID_BYTES: usize = 8;

/// The nonce whose tag over [`ID_DATA`] is the id; values have random nonces.
const ID_NONCE: [u8; NONCE_BYTES] = [0; NONCE_BYTES];
const ID_DATA: &[u8] = b"cu key id";

/// A secret of 32 random bytes.
#[derive(Clone)]
pub struct EncryptionKey {
    id: KeyId,
    /// The bytes are boxed, so that moving the key leaves no copy behind.
    cipher: Box<XChaCha20Poly1305>,
}

impl EncryptionKey {
    /// The key of these bytes. The caller zeroes its copy.
    ///
    /// The bytes must be random, or come from a passphrase through a function for this purpose, such as Argon2id.
    pub fn new(bytes: &[u8; KEY_BYTES]) -> EncryptionKey {
        let cipher = Box::new(XChaCha20Poly1305::new(bytes.into()));
        let mut nothing: [u8; 0] = [];
        let tag = cipher
            .encrypt_inout_detached(&XNonce::from(ID_NONCE), ID_DATA, nothing.as_mut_slice().into())
            .expect("nothing is never too long to encrypt");
        EncryptionKey { id: KeyId(std::array::from_fn(|at| tag[at])), cipher }
    }

    /// The id that values encrypted with this key have for it; it is not a secret.
    pub fn id(&self) -> KeyId {
        self.id
    }

    pub(super) fn cipher(&self) -> &XChaCha20Poly1305 {
        &self.cipher
    }
}

impl Debug for EncryptionKey {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "EncryptionKey({})", self.id)
    }
}

/// The id of a key, computed from the key; printed as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(pub [u8; KEY_ID_BYTES]);

impl Display for KeyId {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl Debug for KeyId {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, out)
    }
}

/// The keys of a store: one that encrypts, and older ones that can still decrypt.
#[derive(Clone, Debug)]
pub struct Keys {
    newest: EncryptionKey,
    older: Vec<EncryptionKey>,
}

impl Keys {
    /// One key, for reading and writing.
    pub fn new(key: EncryptionKey) -> Keys {
        Keys { newest: key, older: Vec::new() }
    }

    /// These keys and one more for reading.
    #[must_use]
    pub fn with_older(mut self, key: EncryptionKey) -> Keys {
        self.older.push(key);
        self
    }

    /// The key that encrypts.
    pub(super) fn newest(&self) -> &EncryptionKey {
        &self.newest
    }

    pub(super) fn find(&self, id: KeyId) -> Option<&EncryptionKey> {
        self.all().find(|key| key.id == id)
    }

    /// The ids of all keys, for messages.
    pub(super) fn names(&self) -> String {
        self.all().map(|key| key.id.to_string()).collect::<Vec<_>>().join(", ")
    }

    fn all(&self) -> impl Iterator<Item = &EncryptionKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }
}

impl From<EncryptionKey> for Keys {
    fn from(key: EncryptionKey) -> Keys {
        Keys::new(key)
    }
}
