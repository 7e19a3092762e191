//! Reads and changes in one state of the file, committed or not.
//!
//! Invariant: `sizes` is written only at the commit, so that it agrees with `entries` in every committed state.

use std::collections::BTreeMap;
use std::ops::Bound;

use redb::{Database, ReadOnlyTable, ReadableDatabase, ReadableTable, WriteTransaction};

use super::drawing::{ENTRIES, META, SIZES, VERSION_KEY};
use crate::store::StoreError;

pub(super) struct Reading {
    entries: ReadOnlyTable<&'static [u8], &'static [u8]>,
    sizes: ReadOnlyTable<u32, u32>,
    version: u64,
}

pub(super) struct Writing {
    transaction: WriteTransaction,
    /// Of the state after the commit.
    version: u64,
    /// Sizes that changed; the commit writes them.
    sizes: BTreeMap<u32, u32>,
    /// A change failed before its end, so the commit is refused.
    pub failure: Option<StoreError>,
}

/// The reads that every state allows, committed or not.
pub(super) trait View {
    /// Number of transactions up to this state.
    fn version(&self) -> u64;
    fn get(&self, entry_key: &[u8]) -> Result<Option<Vec<u8>>, redb::Error>;
    fn size(&self, table: u32) -> Result<u32, redb::Error>;
    fn sizes(&self) -> Result<BTreeMap<u32, u32>, redb::Error>;
    fn next_table(&self, after: Option<u32>) -> Result<Option<u32>, redb::Error>;
    fn keys(&self, range: &Range, descending: bool, visit: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), redb::Error>;
}

impl Reading {
    pub fn begin(database: &Database) -> Result<Reading, redb::Error> {
        let transaction = database.begin_read()?;
        Ok(Reading {
            entries: transaction.open_table(ENTRIES)?,
            sizes: transaction.open_table(SIZES)?,
            version: version_in(&transaction.open_table(META)?)?,
        })
    }
}

impl View for Reading {
    fn version(&self) -> u64 {
        self.version
    }

    fn get(&self, entry_key: &[u8]) -> Result<Option<Vec<u8>>, redb::Error> {
        value_in(&self.entries, entry_key)
    }

    fn size(&self, table: u32) -> Result<u32, redb::Error> {
        size_in(&self.sizes, table)
    }

    fn sizes(&self) -> Result<BTreeMap<u32, u32>, redb::Error> {
        sizes_in(&self.sizes)
    }

    fn next_table(&self, after: Option<u32>) -> Result<Option<u32>, redb::Error> {
        next_table_in(&self.sizes, after)
    }

    fn keys(&self, range: &Range, descending: bool, visit: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), redb::Error> {
        keys_in(&self.entries, range, descending, visit)
    }
}

impl Writing {
    pub fn begin(database: &Database) -> Result<Writing, redb::Error> {
        let transaction = database.begin_write()?;
        let version = version_in(&transaction.open_table(META)?)? + 1;
        Ok(Writing { transaction, version, sizes: BTreeMap::new(), failure: None })
    }

    pub fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), redb::Error> {
        let is_new = self.transaction.open_table(ENTRIES)?.insert(&entry_key(table, key)[..], value)?.is_none();
        if is_new { self.resize(table, 1) } else { Ok(()) }
    }

    pub fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), redb::Error> {
        let was_there = self.transaction.open_table(ENTRIES)?.remove(&entry_key(table, key)[..])?.is_some();
        if was_there { self.resize(table, -1) } else { Ok(()) }
    }

    pub fn clear(&mut self, table: u32) -> Result<(), redb::Error> {
        let range = Range::after(table, None, false);
        self.transaction.open_table(ENTRIES)?.retain_in::<&[u8], _>(range.bounds(), |_, _| false)?;
        self.sizes.insert(table, 0);
        Ok(())
    }

    fn resize(&mut self, table: u32, change: i32) -> Result<(), redb::Error> {
        let size = self.size(table)?;
        let resized = size.checked_add_signed(change);
        let resized =
            resized.ok_or_else(|| redb::Error::Corrupted(format!("table {table} has {size}{change:+} keys")))?;
        self.sizes.insert(table, resized);
        Ok(())
    }

    pub fn commit(self) -> Result<(), redb::Error> {
        let mut sizes = self.transaction.open_table(SIZES)?;
        for (table, size) in self.sizes {
            match size {
                0 => sizes.remove(table)?,
                size => sizes.insert(table, size)?,
            };
        }
        drop(sizes);
        self.transaction.open_table(META)?.insert(VERSION_KEY, self.version)?;
        Ok(self.transaction.commit()?)
    }
}

impl View for Writing {
    fn version(&self) -> u64 {
        self.version
    }

    fn get(&self, entry_key: &[u8]) -> Result<Option<Vec<u8>>, redb::Error> {
        value_in(&self.transaction.open_table(ENTRIES)?, entry_key)
    }

    fn size(&self, table: u32) -> Result<u32, redb::Error> {
        match self.sizes.get(&table) {
            Some(size) => Ok(*size),
            None => size_in(&self.transaction.open_table(SIZES)?, table),
        }
    }

    fn sizes(&self) -> Result<BTreeMap<u32, u32>, redb::Error> {
        let mut sizes = sizes_in(&self.transaction.open_table(SIZES)?)?;
        sizes.extend(&self.sizes);
        sizes.retain(|_, size| *size > 0);
        Ok(sizes)
    }

    fn next_table(&self, after: Option<u32>) -> Result<Option<u32>, redb::Error> {
        let committed = self.transaction.open_table(SIZES)?;
        let mut next = next_table_in(&committed, after)?;
        // Tables that became empty in this transaction have no keys.
        while let Some(table) = next.filter(|table| self.sizes.get(table) == Some(&0)) {
            next = next_table_in(&committed, Some(table))?;
        }
        let changed = self.sizes.range((after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded));
        let changed = changed.filter(|(_, size)| **size > 0).map(|(table, _)| *table).next();
        Ok(next.into_iter().chain(changed).min())
    }

    fn keys(&self, range: &Range, descending: bool, visit: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), redb::Error> {
        keys_in(&self.transaction.open_table(ENTRIES)?, range, descending, visit)
    }
}

fn version_in(meta: &impl ReadableTable<&'static str, u64>) -> Result<u64, redb::Error> {
    Ok(meta.get(VERSION_KEY)?.map_or(0, |version| version.value()))
}

pub(super) fn value_in(
    entries: &impl ReadableTable<&'static [u8], &'static [u8]>,
    entry_key: &[u8],
) -> Result<Option<Vec<u8>>, redb::Error> {
    Ok(entries.get(entry_key)?.map(|value| value.value().to_vec()))
}

pub(super) fn size_in(sizes: &impl ReadableTable<u32, u32>, table: u32) -> Result<u32, redb::Error> {
    Ok(sizes.get(table)?.map_or(0, |size| size.value()))
}

pub(super) fn sizes_in(sizes: &impl ReadableTable<u32, u32>) -> Result<BTreeMap<u32, u32>, redb::Error> {
    sizes.iter()?.map(|row| row.map(|(table, size)| (table.value(), size.value())).map_err(Into::into)).collect()
}

pub(super) fn next_table_in(
    sizes: &impl ReadableTable<u32, u32>,
    after: Option<u32>,
) -> Result<Option<u32>, redb::Error> {
    let bound = after.map_or(Bound::Unbounded, Bound::Excluded);
    let mut rows = sizes.range::<u32>((bound, Bound::Unbounded))?;
    rows.next().map(|row| row.map(|(table, _)| table.value()).map_err(Into::into)).transpose()
}

pub(super) fn keys_in(
    entries: &impl ReadableTable<&'static [u8], &'static [u8]>,
    range: &Range,
    descending: bool,
    visit: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<(), redb::Error> {
    let mut rows = entries.range::<&[u8]>(range.bounds())?;
    while let Some(row) = if descending { rows.next_back() } else { rows.next() } {
        if !visit(&row?.0.value()[TABLE_ID_BYTES..]) {
            break;
        }
    }
    Ok(())
}

/// Length of the table id at the head of an entry's key.
const TABLE_ID_BYTES: usize = size_of::<u32>();

pub(super) fn entry_key(table: u32, key: &[u8]) -> Vec<u8> {
    [&table.to_be_bytes(), key].concat()
}

/// A part of one table's entries.
pub(super) struct Range {
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
}

impl Range {
    /// The keys after `after` in that direction; without `after`, all keys.
    pub fn after(table: u32, after: Option<&[u8]>, descending: bool) -> Range {
        let mut range = Range {
            lower: Bound::Included(entry_key(table, b"")),
            upper: table.checked_add(1).map_or(Bound::Unbounded, |next| Bound::Excluded(entry_key(next, b""))),
        };
        if let Some(after) = after {
            let end = if descending { &mut range.upper } else { &mut range.lower };
            *end = Bound::Excluded(entry_key(table, after));
        }
        range
    }

    fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        (self.lower.as_ref().map(Vec::as_slice), self.upper.as_ref().map(Vec::as_slice))
    }
}
