//! One encrypted value: its form, and the errors that it may have.
//!
//! ```text
//! offset 0     4 bytes    e1 63 75 01: encrypted by cu, version 1; no encoded value begins so
//!        4     8 bytes    id of the key
//!       12    24 bytes    nonce, random
//!       36     n bytes    the value, encrypted with XChaCha20-Poly1305
//!       36+n  16 bytes    tag
//!
//! associated data:  bytes 0 to 11 | table id u32 | the entry's key
//! ```
//!
//! Numbers are little-endian. docs/formats.md, "Encrypted stores", has an example; abi/vectors/encrypted.json more.
//!
//! Invariant: bytes are answered only if they are the value that was encrypted for this table and this key.

use bytemuck::{Pod, Zeroable};
use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{Tag, XNonce};

use super::error::{DAMAGED, Entry, KEY_MISSING, NO_RANDOMNESS, NOT_ENCRYPTED, failure};
use super::key::{EncryptionKey, KEY_ID_BYTES, KeyId, Keys, NONCE_BYTES};
use crate::store::StoreError;

/// The first bytes of every encrypted value, before the version.
const MARK: [u8; 3] = [0xe1, b'c', b'u'];
/// The version of the drawing above.
const VERSION: u8 = 1;

/// The fields before the content, as arrays of bytes: the drawing above.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Head {
    mark: [u8; MARK.len()],
    version: u8,
    key: [u8; KEY_ID_BYTES],
    nonce: [u8; NONCE_BYTES],
}

const HEAD_BYTES: usize = size_of::<Head>();
/// The part of the head that is authenticated with the table and key; the cipher authenticates the nonce.
const NAMED_BYTES: usize = HEAD_BYTES - NONCE_BYTES;
const TAG_BYTES: usize = 16;
/// Number of bytes that encryption adds to a value.
pub const OVERHEAD_BYTES: usize = HEAD_BYTES + TAG_BYTES;

/// A source of random bytes.
pub type Random = fn(&mut [u8]) -> Result<(), getrandom::Error>;

/// Whether a value looks encrypted.
pub fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(&MARK)
}

/// The id of the key that an encrypted value names, if the value is long enough.
pub fn key_id(bytes: &[u8]) -> Option<KeyId> {
    head(bytes).map(|(head, _)| KeyId(head.key))
}

/// The head of a value that is long enough, and the bytes after it.
fn head(bytes: &[u8]) -> Option<(&Head, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>()?;
    Some((bytemuck::must_cast_ref(head), rest))
}

/// Encrypts a value for its table and key.
pub fn seal(key: &EncryptionKey, random: Random, entry: Entry, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE_BYTES];
    random(&mut nonce).map_err(|error| {
        failure(NO_RANDOMNESS, entry, format_args!("not encrypted: the system gives no random bytes: {error}"))
            .caused_by(error)
    })?;
    seal_with(key, nonce, entry, value)
}

/// Encrypts a value with this nonce, which must not be used again.
pub(super) fn seal_with(
    key: &EncryptionKey,
    nonce: [u8; NONCE_BYTES],
    entry: Entry,
    value: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(value.len() + OVERHEAD_BYTES);
    bytes.extend(bytemuck::bytes_of(&Head { mark: MARK, version: VERSION, key: key.id().0, nonce }));
    let data = associated_data(&bytes, entry);
    bytes.extend(value);
    let content = (&mut bytes[HEAD_BYTES..]).into();
    let tag = key.cipher().encrypt_inout_detached(&XNonce::from(nonce), &data, content);
    let tag = tag.map_err(|_| {
        failure(DAMAGED, entry, format_args!("a value of {} bytes is more than the cipher takes", value.len()))
    })?;
    bytes.extend(tag);
    Ok(bytes)
}

/// The value that was encrypted for this table and key.
pub fn open(keys: &Keys, entry: Entry, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    if !is_marked(bytes) {
        return Err(failure(NOT_ENCRYPTED, entry, format_args!("the value is not encrypted")));
    }
    let damaged = |problem: std::fmt::Arguments| failure(DAMAGED, entry, problem);
    let version = bytes.get(MARK.len()).copied().unwrap_or(VERSION);
    if version != VERSION {
        return Err(damaged(format_args!("the encryption has version {version}, and this cu reads version {VERSION}")));
    }
    let parts = head(bytes).and_then(|(head, rest)| Some((head, rest.split_last_chunk::<TAG_BYTES>()?)));
    let Some((head, (content, tag))) = parts else {
        let problem = "bytes; an encrypted value has at least";
        return Err(damaged(format_args!("the value has {} {problem} {OVERHEAD_BYTES}", bytes.len())));
    };
    let id = KeyId(head.key);
    let key = keys.find(id).ok_or_else(|| {
        let names = keys.names();
        failure(KEY_MISSING, entry, format_args!("the value needs the key with id {id}; given is {names}"))
    })?;
    let nonce = XNonce::from(head.nonce);
    let data = associated_data(bytes, entry);
    let mut value = content.to_vec();
    let opened = key.cipher().decrypt_inout_detached(&nonce, &data, value.as_mut_slice().into(), &Tag::from(*tag));
    opened.map_err(|_| {
        damaged(format_args!("the value is not what was encrypted here: its bytes were changed, or it was moved"))
    })?;
    Ok(value)
}

/// The bytes that are authenticated with the content of encrypted `bytes`.
fn associated_data(bytes: &[u8], entry: Entry) -> Vec<u8> {
    [&bytes[..NAMED_BYTES], &entry.table.to_le_bytes(), entry.key].concat()
}
