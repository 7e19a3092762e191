//! A store in memory, for tests and for data that may vanish with the process.
//!
//! Invariants: a table without keys has no entry. While there is a unit, going back through its log, from the last change
//! to the first, leads to the state at its beginning; a value that has the unit's number is in the log already.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::contract::Store;
use super::error::{STORE_FAILED, StoreError, TOO_LARGE};

/// Tables as ordered maps.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    tables: BTreeMap<u32, BTreeMap<Vec<u8>, Slot>>,
    /// The unit, if one has begun.
    unit: Option<Unit>,
    /// Number of the last unit, from 1 on.
    units: u64,
}

/// A value.
#[derive(Clone, Debug)]
struct Slot {
    value: Vec<u8>,
    /// Number of the unit that wrote it, 0 for none.
    unit: u64,
}

/// What a unit has changed.
#[derive(Clone, Debug, Default)]
struct Unit {
    number: u64,
    log: Vec<Change>,
    /// Keys that were removed although the log had them: so many changes of it may be for nothing.
    removed: usize,
}

/// What a key had before it was changed: a value, or none.
#[derive(Clone, Debug)]
struct Change {
    table: u32,
    key: Vec<u8>,
    before: Option<Vec<u8>>,
}

/// Fewer changes for nothing are not worth the work.
const FEW: usize = 512;

impl MemoryStore {
    /// Every value with its table and key, in their order.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &[u8], &[u8])> {
        self.tables.iter().flat_map(|(table, keys)| keys.iter().map(|(key, slot)| (*table, &key[..], &slot.value[..])))
    }

    fn log(&mut self, table: u32, key: Vec<u8>, before: Option<Vec<u8>>) {
        if let Some(unit) = &mut self.unit {
            unit.log.push(Change { table, key, before });
        }
    }

    /// Leaves of the log what it takes: the first change of each key, when that is not as it was. So a queue that is
    /// filled and emptied in one unit takes no more memory than its longest state, twice.
    fn shorten(&mut self) {
        let Some(unit) = &mut self.unit else { return };
        unit.log.sort_by(|one, other| (one.table, &one.key).cmp(&(other.table, &other.key)));
        unit.log.dedup_by(|later, first| (later.table, &later.key) == (first.table, &first.key));
        let tables = &self.tables;
        let is_there = |change: &Change| tables.get(&change.table).is_some_and(|keys| keys.contains_key(&change.key));
        unit.log.retain(|change| change.before.is_some() || is_there(change));
        unit.removed = 0;
    }

    /// Notes that a key has gone.
    fn removed(&mut self, table: u32, key: Vec<u8>, slot: Slot) {
        let Some(unit) = &mut self.unit else { return };
        if unit.number != slot.unit {
            self.log(table, key, Some(slot.value));
            return;
        }
        unit.removed += 1;
        if unit.removed > FEW.max(unit.log.len() / 2) {
            self.shorten();
        }
    }

    fn restore(&mut self, change: Change) {
        let keys = self.tables.entry(change.table).or_default();
        match change.before {
            Some(value) => drop(keys.insert(change.key, Slot { value, unit: 0 })),
            None => drop(keys.remove(&change.key)),
        }
        if keys.is_empty() {
            self.tables.remove(&change.table);
        }
    }
}

/// Two are equal when they have the same values.
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
        let unit = self.unit.as_ref().map_or(0, |unit| unit.number);
        let keys = self.tables.entry(table).or_default();
        match keys.get_mut(key) {
            // There is room for the value, most often.
            Some(slot) if unit == 0 || slot.unit == unit => {
                slot.value.clear();
                slot.value.extend_from_slice(value);
            }
            Some(slot) => {
                let before = std::mem::replace(slot, Slot { value: value.into(), unit });
                self.log(table, key.into(), Some(before.value));
            }
            None => {
                keys.insert(key.into(), Slot { value: value.into(), unit });
                if unit > 0 {
                    self.log(table, key.into(), None);
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
        if let Some((key, slot)) = removed {
            self.removed(table, key, slot);
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
        keys.into_iter().for_each(|(key, slot)| self.removed(table, key, slot));
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.unit.is_some() {
            return Err(StoreError::new(STORE_FAILED, "another call has begun a unit of this store and not ended it"));
        }
        self.units += 1;
        self.unit = Some(Unit { number: self.units, ..Unit::default() });
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
        // What is left is each key once.
        self.shorten();
        let log = self.unit.take().unwrap_or_default().log;
        let is_undone = !log.is_empty();
        log.into_iter().for_each(|change| self.restore(change));
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

    #[test]
    fn a_unit_that_goes_round_in_circles_keeps_a_short_log_and_is_undone() {
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
        let log = store.unit.as_ref().unwrap().log.len();
        assert!(log <= 3 * FEW, "{log}");
        assert!(store.roll_back());
        assert_eq!(store, before);
    }
}
