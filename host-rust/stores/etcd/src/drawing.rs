//! The keys of a namespace in etcd, drawn.
//!
//! ```text
//! key                                                       value
//! "cu\0" namespace "\0" "e" table id, u32 big-endian; key   value of the row
//!                       "s"                                 the state: `Kept` below
//!                       "t"                                 the turn: the token of the store that has it; under a lease
//!                       "j" number, u32 big-endian          a part of the journal
//!
//! state      offset   size
//! format     0        1       1
//! version    1        8       u64 big-endian
//! parts      9        4       u32 big-endian: parts of a journal that is not applied yet, 0 for none
//! units      13       8 each  cu_remote::State
//! ```

use std::ops::Range;

use cu_host::StoreError;
use cu_host::store::STORE_FAILED;
use cu_remote::State;

const FORMAT: u8 = 1;
const HEAD_BYTES: usize = 13;

/// What every key begins with, and the end of all.
pub const FIRST: &[u8] = b"cu\0";
pub const END: &[u8] = b"cu\x01";

/// The namespace of a key.
pub fn namespace(key: &[u8]) -> Option<&str> {
    let rest = key.strip_prefix(FIRST)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    std::str::from_utf8(&rest[..end]).ok().filter(|name| !name.is_empty())
}

/// The first key that may be of another namespace than this one, of which nothing but its zero is needed: names have no zero, so
/// the keys of all namespaces are in the order of the names.
pub fn behind_namespace(key: &[u8]) -> Vec<u8> {
    let rest = key.strip_prefix(FIRST).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    [FIRST, &rest[..end], b"\x01"].concat()
}

/// The keys of a namespace.
#[derive(Clone, Debug)]
pub struct Keys {
    prefix: Vec<u8>,
}

impl Keys {
    pub fn new(namespace: &str) -> Keys {
        Keys { prefix: [FIRST, namespace.as_bytes(), b"\0"].concat() }
    }

    fn with(&self, parts: &[&[u8]]) -> Vec<u8> {
        [&self.prefix[..], &parts.concat()].concat()
    }

    pub fn row(&self, table: u32, key: &[u8]) -> Vec<u8> {
        self.with(&[b"e", &table.to_be_bytes(), key])
    }

    /// Where the rows of tables from this id on begin; for the id behind the last one, where all end.
    pub fn table(&self, table: u64) -> Vec<u8> {
        match u32::try_from(table) {
            Ok(table) => self.row(table, b""),
            Err(_) => self.with(&[b"f"]),
        }
    }

    /// The table and the key of a row.
    pub fn parse(&self, key: &[u8]) -> Option<(u32, Vec<u8>)> {
        let (table, key) = key.strip_prefix(&self.prefix[..])?.strip_prefix(b"e")?.split_first_chunk()?;
        Some((u32::from_be_bytes(*table), key.to_vec()))
    }

    /// Where everything of this namespace begins and ends.
    pub fn all(&self) -> (Vec<u8>, Vec<u8>) {
        (self.prefix.clone(), behind_namespace(&self.prefix))
    }

    pub fn state(&self) -> Vec<u8> {
        self.with(&[b"s"])
    }

    pub fn turn(&self) -> Vec<u8> {
        self.with(&[b"t"])
    }

    pub fn part(&self, number: u32) -> Vec<u8> {
        self.with(&[b"j", &number.to_be_bytes()])
    }

    /// All parts of the journal.
    pub fn journal(&self) -> Range<Vec<u8>> {
        self.with(&[b"j"])..self.with(&[b"k"])
    }
}

/// The state as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub state: State,
    /// Parts of a journal that is not applied yet.
    pub parts: u32,
}

impl Kept {
    pub fn to_bytes(&self) -> Vec<u8> {
        let (version, parts) = (self.state.version.to_be_bytes(), self.parts.to_be_bytes());
        [&[FORMAT][..], &version, &parts, &self.state.to_bytes()].concat()
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Kept, StoreError> {
        let format = bytes.first().copied().unwrap_or_default();
        let numbers = bytes.get(1..HEAD_BYTES).filter(|_| format == FORMAT);
        let numbers = numbers.and_then(|numbers| Some((numbers.first_chunk()?, numbers.last_chunk()?)));
        let Some((version, parts)) = numbers else {
            let length = bytes.len();
            let message =
                format!("the state of the store, {length} bytes, has format {format}, and this cu reads {FORMAT}");
            return Err(StoreError::new(STORE_FAILED, message));
        };
        let state = State::from_bytes(u64::from_be_bytes(*version), &bytes[HEAD_BYTES..]);
        Ok(Kept { state, parts: u32::from_be_bytes(*parts) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_tables_and_their_keys_and_are_read_again() {
        let keys = Keys::new("a b");
        let all = [(1, &b""[..]), (1, b"\0"), (1, b"\xff\xff"), (2, b""), (0x8000_0000, b"k"), (u32::MAX, b"\xff")];
        let encoded: Vec<_> = all.iter().map(|(table, key)| keys.row(*table, key)).collect();
        assert!(encoded.is_sorted());
        for ((table, key), encoded) in all.iter().zip(&encoded) {
            assert_eq!(keys.parse(encoded), Some((*table, key.to_vec())));
            assert!(keys.table(u64::from(*table)) <= *encoded && *encoded < keys.table(u64::from(*table) + 1));
        }
        assert_eq!(Keys::new("a").parse(&encoded[0]), None);
        let mut names = ["b", "a b", "a", "a\x01", "ab", "é"];
        names.sort_unstable();
        for pair in names.windows(2) {
            let (first, second) = (Keys::new(pair[0]).all(), Keys::new(pair[1]).all());
            assert!(first.0 < first.1 && first.1 <= second.0, "{pair:?}");
            assert_eq!(namespace(&Keys::new(pair[0]).state()), Some(pair[0]));
        }
    }

    #[test]
    fn a_state_is_read_again_and_another_format_is_refused() {
        let kept = Kept { state: State::default().after(7).after(8), parts: 3 };
        let bytes = kept.to_bytes();
        assert_eq!(Kept::from_bytes(&bytes), Ok(kept));
        for cut in 0..HEAD_BYTES {
            assert!(Kept::from_bytes(&bytes[..cut]).is_err());
        }
        let error = Kept::from_bytes(&[&[9], &bytes[1..]].concat()).unwrap_err();
        assert!(error.message.ends_with("has format 9, and this cu reads 1"), "{error}");
    }
}
