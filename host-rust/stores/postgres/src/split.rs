//! Keys that are too long for an index, in three columns: `head`, `digest`, `rest`.
//!
//! ```text
//! key                     head               digest             rest
//! up to HEAD_BYTES        the key            empty              empty
//! longer                  its first bytes    SHA-256 of rest    the other bytes
//! ```
//!
//! An entry of PostgreSQL's index has at most 2,704 bytes, and a key of cu up to 4,096. Head and digest are the primary key;
//! rows in the order of head and rest are in the order of their keys.

use sha2::{Digest, Sha256};

/// The bytes of a key that are in the index.
pub const HEAD_BYTES: usize = 2000;

/// A head that is behind all others.
pub const LAST_HEAD: [u8; HEAD_BYTES + 1] = [0xff; HEAD_BYTES + 1];

/// A key in columns.
pub struct Split<'a> {
    pub head: &'a [u8],
    pub digest: Vec<u8>,
    pub rest: &'a [u8],
}

/// The columns of a key.
pub fn split(key: &[u8]) -> Split<'_> {
    let (head, rest) = key.split_at(key.len().min(HEAD_BYTES));
    let digest = if rest.is_empty() { Vec::new() } else { Sha256::digest(rest).to_vec() };
    Split { head, digest, rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_keys_have_a_rest() {
        let key = vec![7; HEAD_BYTES + 1];
        for (length, digest, rest) in [(0, 0, 0), (HEAD_BYTES, 0, 0), (HEAD_BYTES + 1, 32, 1)] {
            let split = split(&key[..length]);
            assert_eq!([split.head, split.rest].concat(), key[..length]);
            assert_eq!((split.digest.len(), split.rest.len()), (digest, rest));
        }
    }
}
