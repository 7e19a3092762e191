//! A store in memory, for tests and for data that may vanish with the process.
//!
//! Invariant: a table without keys has no entry.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Bound;

use super::{Store, StoreError};

/// Tables as ordered maps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryStore {
    tables: BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl MemoryStore {
    /// Every table that has keys.
    pub fn tables(&self) -> &BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u8>>> {
        &self.tables
    }
}

impl Store for MemoryStore {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        Ok(self.tables.get(&table).and_then(|keys| keys.get(key)).map(Cow::from))
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        match self.tables.entry(table).or_default().entry(key.into()) {
            // There is room for the value, most often.
            Entry::Occupied(mut known) => {
                known.get_mut().clear();
                known.get_mut().extend_from_slice(value);
            }
            Entry::Vacant(place) => {
                place.insert(value.into());
            }
        }
        Ok(())
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        if let Some(keys) = self.tables.get_mut(&table) {
            keys.remove(key);
            if keys.is_empty() {
                self.tables.remove(&table);
            }
        }
        Ok(())
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        let size = self.tables.get(&table).map_or(0, BTreeMap::len);
        u32::try_from(size).map_err(|_| StoreError { code: -2, message: format!("table {table} has {size} keys") })
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let Some(keys) = self.tables.get(&table) else { return Ok(()) };
        let bound = after.map_or(Bound::Unbounded, Bound::Excluded);
        if descending {
            keys.range::<[u8], _>((Bound::Unbounded, bound)).rev().all(|(key, _)| visit(key));
        } else {
            keys.range::<[u8], _>((bound, Bound::Unbounded)).all(|(key, _)| visit(key));
        }
        Ok(())
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        let bound = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(self.tables.range((bound, Bound::Unbounded)).next().map(|(table, _)| *table))
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        self.tables.remove(&table);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(store: &mut dyn Store, after: Option<&[u8]>, descending: bool, most: usize) -> Vec<Vec<u8>> {
        let mut seen = Vec::new();
        let visit = &mut |key: &[u8]| {
            seen.push(key.to_vec());
            seen.len() < most
        };
        store.keys(7, after, descending, visit).unwrap();
        seen
    }

    #[test]
    fn keys_come_in_byte_order_in_both_directions() {
        let mut store = MemoryStore::default();
        for key in [&b"b"[..], b"\xff", b"", b"a", b"ab", b"\0"] {
            store.set(7, key, b"").unwrap();
        }
        store.set(8, b"other", b"").unwrap();
        let all: [&[u8]; 6] = [b"", b"\0", b"a", b"ab", b"b", b"\xff"];
        assert_eq!(keys(&mut store, None, false, 9), all);
        assert_eq!(keys(&mut store, Some(b""), false, 9), all[1..]);
        assert_eq!(keys(&mut store, Some(b"aa"), false, 2), all[3..5]);
        let mut reversed = all;
        reversed.reverse();
        assert_eq!(keys(&mut store, None, true, 9), reversed);
        assert_eq!(keys(&mut store, Some(b"b"), true, 9), reversed[2..]);
        assert_eq!(keys(&mut store, Some(b""), true, 9), [b""; 0]);
    }

    #[test]
    fn a_shared_store_is_the_store() {
        let mut shared = std::sync::Arc::new(std::sync::Mutex::new(MemoryStore::default()));
        shared.set(1, b"k", b"v").unwrap();
        assert_eq!(shared.get(1, b"k").unwrap().as_deref(), Some(&b"v"[..]));
        assert_eq!((shared.size(1), shared.size(2)), (Ok(1), Ok(0)));
        shared.delete(1, b"absent").unwrap();
        shared.clear(1).unwrap();
        assert_eq!(*shared.lock().unwrap(), MemoryStore::default());
    }
}
