//! A store whose changes stay in memory: what is checked by doing it leaves no trace.
//!
//! Invariant: the store below is read only. It is in one unit from the beginning to the end, so it does not change meanwhile.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::store::{SharedStore, Store, StoreError};

pub(super) struct Draft<S: Store> {
    below: SharedStore<S>,
    /// What rows are now: nothing for one that was deleted.
    changed: BTreeMap<u32, BTreeMap<Vec<u8>, Option<Vec<u8>>>>,
}

impl<S: Store> Draft<S> {
    pub fn over(mut below: SharedStore<S>) -> Result<Draft<S>, StoreError> {
        below.begin()?;
        Ok(Draft { below, changed: BTreeMap::new() })
    }

    fn change(&mut self, table: u32, key: &[u8], value: Option<&[u8]>) {
        self.changed.entry(table).or_default().insert(key.to_vec(), value.map(<[u8]>::to_vec));
    }
}

impl<S: Store> Store for Draft<S> {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        match self.changed.get(&table).and_then(|rows| rows.get(key)) {
            Some(value) => Ok(value.as_deref().map(Cow::Borrowed)),
            None => self.below.get(table, key),
        }
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.change(table, key, Some(value));
        Ok(())
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.change(table, key, None);
        Ok(())
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        let mut size = self.below.size(table)?;
        for (key, value) in self.changed.get(&table).into_iter().flatten() {
            match (self.below.get(table, key)?.is_some(), value.is_some()) {
                (false, true) => size = size.saturating_add(1),
                (true, false) => size = size.saturating_sub(1),
                _ => {}
            }
        }
        Ok(size)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let none = BTreeMap::new();
        let changed = self.changed.get(&table).unwrap_or(&none);
        let is_after = |key: &[u8]| after.is_none_or(|after| if descending { key < after } else { key > after });
        let mut rows: Vec<(&[u8], bool)> =
            changed.iter().map(|(key, value)| (&key[..], value.is_some())).filter(|(key, _)| is_after(key)).collect();
        if descending {
            rows.reverse();
        }
        let mut rows = rows.into_iter().peekable();
        let mut goes_on = true;
        self.below.keys(table, after, descending, &mut |key| {
            let is_before = |other: &[u8]| if descending { other > key } else { other < key };
            while let Some((other, is_there)) = rows.next_if(|(other, _)| goes_on && is_before(other)) {
                goes_on = !is_there || visit(other);
            }
            // A row that was changed is as it is now.
            let is_there = rows.next_if(|(other, _)| goes_on && *other == key).is_none_or(|(_, is_there)| is_there);
            goes_on = goes_on && (!is_there || visit(key));
            goes_on
        })?;
        for (key, is_there) in rows {
            goes_on = goes_on && (!is_there || visit(key));
        }
        Ok(())
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        let mut after = after;
        let changed: BTreeSet<u32> = self.changed.keys().copied().collect();
        loop {
            let below = self.below.next_table(after)?;
            let mine = changed.iter().copied().find(|table| after.is_none_or(|after| *table > after));
            let Some(table) = below.into_iter().chain(mine).min() else { return Ok(None) };
            if self.size(table)? > 0 {
                return Ok(Some(table));
            }
            after = Some(table);
        }
    }
}

impl<S: Store> Drop for Draft<S> {
    /// Nothing was changed, so it makes no difference whether the store can undo it.
    fn drop(&mut self) {
        self.below.roll_back();
    }
}

#[cfg(test)]
mod tests {
    use cu_random::Random;

    use super::*;
    use crate::store::MemoryStore;

    fn rows(store: &mut dyn Store) -> Vec<(u32, Vec<u8>, Vec<u8>)> {
        let mut rows = Vec::new();
        let mut next = store.next_table(None).unwrap();
        while let Some(table) = next {
            let mut keys = Vec::new();
            store
                .keys(table, None, false, &mut |key| {
                    keys.push(key.to_vec());
                    true
                })
                .unwrap();
            assert_eq!(store.size(table), Ok(keys.len() as u32));
            rows.extend(keys.into_iter().map(|key| {
                let value = store.get(table, &key).unwrap().unwrap().into_owned();
                (table, key, value)
            }));
            next = store.next_table(Some(table)).unwrap();
        }
        rows
    }

    #[test]
    fn random_changes_are_seen_and_leave_the_store_below_as_it_is() {
        for round in 0..200 {
            let mut random = Random::from_environment(round);
            let mut below = MemoryStore::default();
            let change = |random: &mut Random, stores: &mut [&mut dyn Store]| {
                let (table, key, value) = (random.below(3) as u32, [random.below(6) as u8], random.below(400));
                for store in stores {
                    match u8::try_from(value) {
                        Ok(value) => store.set(table, &key, &[value]).unwrap(),
                        Err(_) => store.delete(table, &key).unwrap(),
                    }
                }
            };
            for _ in 0..random.below(20) {
                change(&mut random, &mut [&mut below]);
            }
            let shared = SharedStore::new(below.clone());
            let mut draft = Draft::over(shared.clone()).unwrap();
            let mut model = below.clone();
            for _ in 0..random.below(20) {
                change(&mut random, &mut [&mut draft, &mut model]);
                assert_eq!(rows(&mut draft), rows(&mut model));
                let (table, after) = (random.below(3) as u32, random.below(7) as u8);
                let (most, descending) = (random.below(4), random.below(2) == 0);
                let part = |store: &mut dyn Store| {
                    let mut keys = Vec::new();
                    let mut take = |key: &[u8]| {
                        keys.push(key.to_vec());
                        keys.len() < most
                    };
                    store.keys(table, Some(&[after]), descending, &mut take).unwrap();
                    keys
                };
                assert_eq!(part(&mut draft), part(&mut model), "after {after}, {most}, {descending}");
            }
            drop(draft);
            assert!(*shared.turn().unwrap() == below);
        }
    }
}
