//! A store in memory, for tests and for data that need not outlive the process.
//!
//! Invariants: a table without keys has no entry. Removing the slots that are new in a unit, and then restoring the
//! values in its log, gives the state at its beginning; the log has each key once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::contract::Store;
use super::error::{STORE_FAILED, StoreError, TOO_LARGE};

/// Tables as ordered maps.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    tables: BTreeMap<u32, BTreeMap<Vec<u8>, Slot>>,
    /// The unit that is open, or the last one, without its changes.
    unit: Unit,
    is_open: bool,
    /// Number of changed units, and of changes outside of units.
    version: u64,
}

/// A value.
#[derive(Clone, Debug)]
struct Slot {
    value: Vec<u8>,
    /// Number of the unit that wrote it, 0 for none.
    unit: u64,
    /// That unit added the key, so the log does not have it.
    is_new: bool,
}

/// The changes of a unit.
#[derive(Clone, Debug, Default)]
struct Unit {
    /// From 1 on.
    number: u64,
    is_changed: bool,
    /// The earlier values of keys that were there before.
    log: Vec<Change>,
    /// Tables that may have new keys.
    grown: BTreeSet<u32>,
    /// The last of these tables: usually the next key is in it, too.
    last_grown: Option<u32>,
}

/// A key and its value before it was changed.
#[derive(Clone, Debug)]
struct Change {
    table: u32,
    key: Vec<u8>,
    before: Vec<u8>,
}

impl Unit {
    /// Notes that a key of the table is new.
    fn grow(&mut self, table: u32) {
        if self.last_grown.replace(table) != Some(table) {
            self.grown.insert(table);
        }
    }

    /// What has changed, and is none of the next unit.
    fn take(&mut self) -> Unit {
        let next = Unit { number: self.number, ..Unit::default() };
        std::mem::replace(self, next)
    }

    /// Notes that a slot was removed, or gets another value.
    fn lose(&mut self, table: u32, key: Vec<u8>, slot: Slot) {
        if slot.unit != self.number {
            self.log.push(Change { table, key, before: slot.value });
        }
    }
}

impl MemoryStore {
    /// Notes that something changes.
    fn count(&mut self) {
        if self.is_open {
            self.unit.is_changed = true;
        } else {
            self.version += 1;
        }
    }

    /// The unit, if one is open.
    fn open(unit: &mut Unit, is_open: bool) -> Option<&mut Unit> {
        is_open.then_some(unit)
    }

    /// Every value with its table and key, in order.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &[u8], &[u8])> {
        self.tables.iter().flat_map(|(table, keys)| keys.iter().map(|(key, slot)| (*table, &key[..], &slot.value[..])))
    }
}

/// Two stores are equal if they have the same values.
impl PartialEq for MemoryStore {
    fn eq(&self, other: &MemoryStore) -> bool {
        self.entries().eq(other.entries())
    }
}

impl Eq for MemoryStore {}

impl Store for MemoryStore {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        Ok(self.tables.get(&table).and_then(|keys| keys.get(key)).map(|slot| Cow::from(&slot.value)))
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.count();
        let number = if self.is_open { self.unit.number } else { 0 };
        let keys = self.tables.entry(table).or_default();
        match (keys.get_mut(key), Self::open(&mut self.unit, self.is_open)) {
            (Some(slot), Some(unit)) if slot.unit != number => {
                let new = Slot { value: value.into(), unit: number, is_new: false };
                unit.lose(table, key.into(), std::mem::replace(slot, new));
            }
            // Usually the old buffer has room for the value.
            (Some(slot), _) => {
                slot.value.clear();
                slot.value.extend_from_slice(value);
            }
            (None, unit) => {
                keys.insert(key.into(), Slot { value: value.into(), unit: number, is_new: true });
                if let Some(unit) = unit {
                    unit.grow(table);
                }
            }
        }
        Ok(())
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        let Some(keys) = self.tables.get_mut(&table) else { return Ok(()) };
        let removed = keys.remove_entry(key);
        if keys.is_empty() {
            self.tables.remove(&table);
        }
        let Some((key, slot)) = removed else { return Ok(()) };
        self.count();
        if self.is_open {
            self.unit.lose(table, key, slot);
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
        let Some(keys) = self.tables.remove(&table) else { return Ok(()) };
        self.count();
        if self.is_open {
            keys.into_iter().for_each(|(key, slot)| self.unit.lose(table, key, slot));
        }
        Ok(())
    }

    fn version(&mut self) -> Result<u64, StoreError> {
        Ok(self.version + u64::from(self.unit.is_changed))
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.is_open {
            return Err(StoreError::new(STORE_FAILED, "another call has begun a unit of this store and not ended it"));
        }
        self.unit.number += 1;
        self.is_open = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.version = self.version()?;
        self.is_open = false;
        // Most units change nothing.
        if self.unit.is_changed {
            self.unit.take();
        }
        Ok(())
    }

    fn can_roll_back(&self) -> bool {
        true
    }

    fn roll_back(&mut self) -> bool {
        if !std::mem::take(&mut self.is_open) {
            return false;
        }
        let unit = self.unit.take();
        let mut is_undone = !unit.log.is_empty();
        for table in unit.grown {
            let Some(keys) = self.tables.get_mut(&table) else { continue };
            let before = keys.len();
            keys.retain(|_, slot| !(slot.is_new && slot.unit == unit.number));
            is_undone |= keys.len() < before;
            if keys.is_empty() {
                self.tables.remove(&table);
            }
        }
        for Change { table, key, before } in unit.log {
            self.tables.entry(table).or_default().insert(key, Slot { value: before, unit: 0, is_new: false });
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
    fn the_version_counts_changed_units_and_changes_outside_of_them() {
        let mut store = MemoryStore::default();
        store.delete(7, b"absent").unwrap();
        store.clear(7).unwrap();
        assert_eq!(store.version(), Ok(0));
        store.set(7, b"a", b"1").unwrap();
        store.delete(7, b"a").unwrap();
        assert_eq!(store.version(), Ok(2));
        store.begin().unwrap();
        assert_eq!(store.version(), Ok(2));
        store.set(7, b"a", b"1").unwrap();
        store.set(7, b"b", b"1").unwrap();
        assert_eq!(store.version(), Ok(3));
        store.roll_back();
        assert_eq!(store.version(), Ok(2));
        store.begin().unwrap();
        store.set(7, b"a", b"1").unwrap();
        store.commit().unwrap();
        store.begin().unwrap();
        store.commit().unwrap();
        assert_eq!(store.version(), Ok(3));
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

    #[test]
    fn a_unit_that_goes_round_in_circles_notes_each_key_once_and_is_undone() {
        let mut store = MemoryStore::default();
        (0..100_u8).for_each(|key| store.set(7, &[key], b"old").unwrap());
        let before = store.clone();
        store.begin().unwrap();
        for round in 0..10_000_u32 {
            let key = round.to_be_bytes();
            store.set(7, &key[3..], b"new").unwrap();
            store.delete(7, &key[3..]).unwrap();
            store.set(8, &key, b"queue").unwrap();
            store.delete(8, &key).unwrap();
        }
        let log = store.unit.log.len();
        assert_eq!(log, 100);
        assert!(store.roll_back());
        assert_eq!(store, before);
    }
}
