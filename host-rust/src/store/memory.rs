//! A store in memory, for tests and for data that may vanish with the process.
//!
//! Invariants: a table without keys has no entry. While there is a unit, `before` has what every key that differs from
//! the state at its beginning had then.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::contract::Store;
use super::error::{STORE_FAILED, StoreError, TOO_LARGE};

type Tables = BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u8>>>;

/// Tables as ordered maps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryStore {
    tables: Tables,
    /// The unit, if one has begun.
    unit: Option<Unit>,
}

/// What changed keys had before: a value, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Unit {
    before: BTreeMap<u32, BTreeMap<Vec<u8>, Option<Vec<u8>>>>,
}

impl Unit {
    /// A key is about to be changed.
    fn changes(&mut self, table: u32, key: &[u8], value: Option<&[u8]>) {
        let keys = self.before.entry(table).or_default();
        if !keys.contains_key(key) {
            keys.insert(key.into(), value.map(Into::into));
        }
    }

    /// A key was removed.
    fn removed(&mut self, table: u32, key: &[u8], value: Vec<u8>) {
        let keys = self.before.entry(table).or_default();
        match keys.get(key) {
            // It is as it was, so a queue that was filled and emptied costs nothing.
            Some(None) => drop(keys.remove(key)),
            Some(Some(_)) => {}
            None => drop(keys.insert(key.into(), Some(value))),
        }
    }
}

impl MemoryStore {
    /// Every table that has keys.
    pub fn tables(&self) -> &BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u8>>> {
        &self.tables
    }

    fn restore(&mut self, table: u32, key: Vec<u8>, value: Option<Vec<u8>>) {
        let keys = self.tables.entry(table).or_default();
        match value {
            Some(value) => drop(keys.insert(key, value)),
            None => drop(keys.remove(&key)),
        }
        if keys.is_empty() {
            self.tables.remove(&table);
        }
    }
}

impl Store for MemoryStore {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        Ok(self.tables.get(&table).and_then(|keys| keys.get(key)).map(Cow::from))
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let keys = self.tables.entry(table).or_default();
        let known = keys.get_mut(key);
        if let Some(unit) = &mut self.unit {
            unit.changes(table, key, known.as_ref().map(|value| &value[..]));
        }
        match known {
            // There is room for the value, most often.
            Some(known) => {
                known.clear();
                known.extend_from_slice(value);
            }
            None => drop(keys.insert(key.into(), value.into())),
        }
        Ok(())
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        let Some(keys) = self.tables.get_mut(&table) else { return Ok(()) };
        if let (Some(value), Some(unit)) = (keys.remove(key), &mut self.unit) {
            unit.removed(table, key, value);
        }
        if keys.is_empty() {
            self.tables.remove(&table);
        }
        Ok(())
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        let size = self.tables.get(&table).map_or(0, BTreeMap::len);
        u32::try_from(size).map_err(|_| StoreError::new(TOO_LARGE, format!("table {table} has {size} keys")))
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
        let keys = self.tables.remove(&table).unwrap_or_default();
        if let Some(unit) = &mut self.unit {
            keys.into_iter().for_each(|(key, value)| unit.removed(table, &key, value));
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.unit.is_some() {
            return Err(StoreError::new(STORE_FAILED, "another call has begun a unit of this store and not ended it"));
        }
        self.unit = Some(Unit::default());
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.unit = None;
        Ok(())
    }

    fn can_roll_back(&self) -> bool {
        true
    }

    fn roll_back(&mut self) -> bool {
        let mut is_undone = false;
        for (table, keys) in self.unit.take().unwrap_or_default().before {
            is_undone |= !keys.is_empty();
            keys.into_iter().for_each(|(key, value)| self.restore(table, key, value));
        }
        is_undone
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

    #[test]
    fn a_unit_is_undone_whole() {
        let mut store = MemoryStore::default();
        store.set(7, b"a", b"1").unwrap();
        store.set(8, b"a", b"1").unwrap();
        let before = store.clone();
        store.begin().unwrap();
        assert!(store.begin().unwrap_err().message.contains("another call"));
        store.set(7, b"a", b"2").unwrap();
        store.delete(7, b"a").unwrap();
        store.set(7, b"b", b"2").unwrap();
        store.clear(8).unwrap();
        assert_eq!(store.size(8), Ok(0));
        assert!(store.can_roll_back() && store.roll_back());
        assert_eq!(store, before);
        store.begin().unwrap();
        store.set(9, b"new", b"").unwrap();
        store.delete(9, b"new").unwrap();
        assert!(!store.roll_back(), "there is nothing to undo");
        assert_eq!(store, before);
    }
}
