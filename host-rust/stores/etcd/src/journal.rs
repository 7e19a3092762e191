//! Units that are too large for one transaction of etcd, which has at most 128 operations and 1.5 MB.
//!
//! The operations are written as a journal first, part by part; then the state says that the unit is kept and how many parts it
//! has; then they are done, and the journal is deleted. Whoever takes the turn and finds parts in the state does the rest: each
//! operation can be done twice.
//!
//! ```text
//! operation   kind, a byte: 0 clear, 1 set, 2 delete
//!             table id, u32 big-endian
//!             length of the key, u32 big-endian; key       not of clear
//!             length of the value, u32 big-endian; value   of set alone
//! ```
//!
//! A part is a whole number of operations.

use cu_host::StoreError;
use cu_host::store::{STORE_FAILED, TOO_LARGE};
use cu_remote::Writes;
use serde_json::Value;

use crate::drawing::Keys;
use crate::gateway::{delete, delete_range, put};

/// Operations in one transaction: etcd's limit is 128, and some are its guards and the state.
pub const OPERATIONS: usize = 100;
/// Bytes in one transaction: below etcd's limit, with room for keys and the frame.
pub const BYTES: usize = 1024 * 1024;
/// The largest value.
pub const VALUE_BYTES: usize = 1_400_000;

const CLEAR: u8 = 0;
const SET: u8 = 1;
const DELETE: u8 = 2;

/// What a unit changes, one thing after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    Clear(u32),
    Set(u32, &'a [u8], &'a [u8]),
    Delete(u32, &'a [u8]),
}

/// The operations of a unit.
pub fn operations<'a>(writes: &Writes<'a>) -> Result<Vec<Operation<'a>>, StoreError> {
    if let Some((table, key, value)) = writes.set.iter().find(|(_, key, value)| key.len() + value.len() > VALUE_BYTES) {
        let size = key.len() + value.len();
        let message =
            format!("table {table}: a key with its value has {size} bytes; in etcd it has at most {VALUE_BYTES}");
        return Err(StoreError::new(TOO_LARGE, message));
    }
    let clears = writes.cleared.iter().map(|table| Operation::Clear(*table));
    let deletes = writes.deleted.iter().map(|(table, key)| Operation::Delete(*table, key));
    let sets = writes.set.iter().map(|(table, key, value)| Operation::Set(*table, key, value));
    Ok(clears.chain(deletes).chain(sets).collect())
}

impl Operation<'_> {
    fn bytes(&self) -> usize {
        match self {
            Operation::Clear(_) => 0,
            Operation::Set(_, key, value) => key.len() + value.len(),
            Operation::Delete(_, key) => key.len(),
        }
    }

    pub fn request(&self, keys: &Keys) -> Value {
        match self {
            Operation::Clear(table) => delete_range(&keys.table(u64::from(*table)), &keys.table(u64::from(*table) + 1)),
            Operation::Set(table, key, value) => put(&keys.row(*table, key), value, 0),
            Operation::Delete(table, key) => delete(&keys.row(*table, key)),
        }
    }
}

/// Whether one transaction can do all of it. A range that is deleted may have none of the other keys.
pub fn is_small(operations: &[Operation]) -> bool {
    let clears = operations.iter().filter(|operation| matches!(operation, Operation::Clear(_))).count();
    (clears == 0 || clears == operations.len()) && chunks(operations).len() <= 1
}

/// Operations that go into one transaction each. Clearing is not mixed with other things.
pub fn chunks<'a, 'b>(operations: &'b [Operation<'a>]) -> Vec<&'b [Operation<'a>]> {
    let mut chunks = Vec::new();
    let mut rest = operations;
    while !rest.is_empty() {
        let mut bytes = 0;
        let is_clear = |operation: &Operation| matches!(operation, Operation::Clear(_));
        let fits = |(at, operation): &(usize, &Operation)| {
            bytes += operation.bytes();
            *at == 0 || (*at < OPERATIONS && bytes <= BYTES && is_clear(operation) == is_clear(&rest[0]))
        };
        let count = rest.iter().enumerate().take_while(fits).count();
        let (chunk, others) = rest.split_at(count);
        chunks.push(chunk);
        rest = others;
    }
    chunks
}

/// A part of the journal.
pub fn write(operations: &[Operation]) -> Vec<u8> {
    let mut out = Vec::new();
    let text = |out: &mut Vec<u8>, bytes: &[u8]| {
        out.extend((bytes.len() as u32).to_be_bytes());
        out.extend(bytes);
    };
    for operation in operations {
        let (kind, table) = match operation {
            Operation::Clear(table) => (CLEAR, table),
            Operation::Set(table, ..) => (SET, table),
            Operation::Delete(table, _) => (DELETE, table),
        };
        out.push(kind);
        out.extend(table.to_be_bytes());
        match operation {
            Operation::Clear(_) => {}
            Operation::Delete(_, key) => text(&mut out, key),
            Operation::Set(_, key, value) => {
                text(&mut out, key);
                text(&mut out, value);
            }
        }
    }
    out
}

/// The operations of a part.
pub fn read(mut bytes: &[u8]) -> Result<Vec<Operation<'_>>, StoreError> {
    fn number(bytes: &mut &[u8]) -> Option<u32> {
        let (number, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(u32::from_be_bytes(*number))
    }
    fn text<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
        let length = number(bytes)? as usize;
        let (text, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        Some(text)
    }
    fn next<'a>(bytes: &mut &'a [u8]) -> Option<Operation<'a>> {
        let (kind, rest) = bytes.split_first()?;
        *bytes = rest;
        let table = number(bytes)?;
        match *kind {
            CLEAR => Some(Operation::Clear(table)),
            SET => Some(Operation::Set(table, text(bytes)?, text(bytes)?)),
            DELETE => Some(Operation::Delete(table, text(bytes)?)),
            _ => None,
        }
    }
    let mut operations = Vec::new();
    while !bytes.is_empty() {
        let damaged = || StoreError::new(STORE_FAILED, "a part of the journal in etcd is damaged");
        operations.push(next(&mut bytes).ok_or_else(damaged)?);
    }
    Ok(operations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_read_again_and_a_cut_one_is_refused() {
        let operations = [
            Operation::Clear(7),
            Operation::Delete(8, b""),
            Operation::Set(u32::MAX, b"key", b""),
            Operation::Set(1, b"", b"value"),
        ];
        let bytes = write(&operations);
        assert_eq!(read(&bytes), Ok(operations.to_vec()));
        let ends: Vec<_> = (0..=4).map(|count| write(&operations[..count]).len()).collect();
        for cut in 0..bytes.len() {
            assert_eq!(read(&bytes[..cut]).is_ok(), ends.contains(&cut), "cut at {cut}");
        }
        assert!(read(&[9, 0, 0, 0, 0]).is_err());
    }

    #[test]
    fn chunks_are_all_of_it_in_its_order_and_none_is_too_large() {
        let value = vec![7; 300_000];
        let mut operations = vec![Operation::Clear(1), Operation::Clear(2)];
        operations.extend((0..250).map(|_| Operation::Delete(3, b"key")));
        operations.extend((0..8).map(|_| Operation::Set(3, b"key", &value)));
        let chunks = chunks(&operations);
        assert_eq!(chunks.concat(), operations);
        let sizes: Vec<_> = chunks.iter().map(|chunk| chunk.len()).collect();
        assert_eq!(sizes, [2, 100, 100, 53, 3, 2]);
        assert!(is_small(&operations[..2]) && !is_small(&operations[1..3]) && is_small(&operations[2..102]));
    }
}
