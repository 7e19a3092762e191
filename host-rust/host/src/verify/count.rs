//! What nothing reaches, and what the store notes of ids: those that are free, those that were never given, and the
//! collections that freed some.
//!
//! ```text
//! free range    key integer first << 32 | end
//! counter       key string "next_table" | value integer: the first id that was never given
//! collections   key string "collections" | value string: version u8 = 1 | 2 x u32 | span 3 x u32 ...
//! ```

use std::ops::Range;

use cu_abi::tables::{HOME, IO, SYSTEM_FIRST};

use super::finding::{Mended, Problem};
use super::walk::{Met, Object, is_of_value};
use super::{CELLS, CODES, FREE, FUNCTIONS, METATABLES, NOTES, Verification};
use crate::store::{NO_LIST, StoreError};
use crate::value::Value;

/// Where the store has the first id that was never given.
const NEXT_TABLE: &str = "next_table";
/// Where it has what is to be known of collections.
const COLLECTIONS: &str = "collections";
const COLLECTIONS_VERSION: u8 = 1;
/// The same of a store with metatables.
const WITH_METATABLES: u8 = 2;
const COLLECTIONS_HEAD_BYTES: usize = 9;
const SPAN_BYTES: usize = 12;

impl Verification<'_> {
    /// Counts what was not met, and compares the counter of ids with those that are in use.
    pub fn count(&mut self, met: &Met) -> Result<(), StoreError> {
        let mut last = met.last_id();
        let mut unreachable = 0;
        let mut next = self.table_after(Some(HOME - 1))?;
        while let Some(table) = next.filter(|table| *table < SYSTEM_FIRST) {
            unreachable += u64::from(!met.has(Object::Table(table)));
            last = last.max(table);
            next = self.table_after(Some(table))?;
        }
        for (table, kind) in
            [(FUNCTIONS, Object::Function as fn(u32) -> Object), (CELLS, Object::Cell), (CODES, Object::Code)]
        {
            self.each_key(table, |_, key| {
                let id = Value::decode_key(key).ok().and_then(|id| u32::try_from(id.as_i64()?).ok());
                unreachable += u64::from(!id.is_some_and(|id| met.has(kind(id))));
                last = last.max(id.filter(|id| *id < SYSTEM_FIRST).unwrap_or(0));
                Ok(())
            })?;
        }
        self.report.unreachable = unreachable;
        self.counter(last)
    }

    /// The next table with rows; none if the store cannot say.
    pub fn table_after(&mut self, table: Option<u32>) -> Result<Option<u32>, StoreError> {
        match self.store.next_table(table) {
            Err(error) if error.code == NO_LIST => Ok(None),
            next => next,
        }
    }

    /// If the counter were below an id that is in use, the id would be given a second time.
    fn counter(&mut self, last: u32) -> Result<(), StoreError> {
        let Ok(key) = Value::from(NEXT_TABLE).encode_key() else { return Ok(()) };
        // Without a counter the module begins behind `_io`.
        let next = match self.value_of(NOTES, &key)? {
            None => i64::from(IO) + 1,
            Some(value) => value.and_then(|next| next.as_i64()).unwrap_or(0),
        };
        if next > i64::from(last) {
            return Ok(());
        }
        let value = Value::from(i64::from(last) + 1).encode().unwrap_or_default();
        let mend = Mended::Written(value, "ids are given behind it now");
        self.found("the counter of ids".to_owned(), (NOTES, &key), Problem::Counter(next, last), mend)
    }

    /// The ranges of ids that nothing has, as the last collection noted them. A range with rows in it is none.
    pub fn free_ids(&mut self) -> Result<Vec<Range<u32>>, StoreError> {
        let mut ranges = Vec::new();
        self.each_key(FREE, |this, key| {
            let problem = match range(key) {
                None => Problem::NoRange,
                Some(range) => match this.table_after(range.start.checked_sub(1))? {
                    Some(table) if range.contains(&table) => Problem::NotFree(table),
                    _ => {
                        ranges.push(range);
                        return Ok(());
                    }
                },
            };
            this.found("free ids".to_owned(), (FREE, key), problem, Mended::Deleted)
        })?;
        Ok(ranges)
    }

    /// What is noted of collections: without it, later instances count from the beginning, and do not know of metatables.
    pub fn collections(&mut self) -> Result<(), StoreError> {
        let Ok(key) = Value::from(COLLECTIONS).encode_key() else { return Ok(()) };
        let has_metatables = self.store.size(METATABLES)? > 0;
        let noted = self.value_of(NOTES, &key)?;
        let is_right = match &noted {
            None => !has_metatables,
            Some(Some(Value::String(bytes))) => bytes.split_first().is_some_and(|(version, _)| {
                (*version == WITH_METATABLES || *version == COLLECTIONS_VERSION && !has_metatables)
                    && bytes.len() >= COLLECTIONS_HEAD_BYTES
                    && (bytes.len() - COLLECTIONS_HEAD_BYTES).is_multiple_of(SPAN_BYTES)
            }),
            Some(_) => false,
        };
        if is_right {
            return Ok(());
        }
        let mend = if has_metatables {
            // Every id may have been given before.
            let unknown = SYSTEM_FIRST.to_le_bytes();
            let bytes = [&[WITH_METATABLES], &unknown[..], &0_u32.to_le_bytes()].concat();
            Mended::Written(Value::String(bytes).encode().unwrap_or_default(), "it counts from the beginning")
        } else {
            Mended::Deleted
        };
        self.found("the notes of collections".to_owned(), (NOTES, &key), Problem::Collections, mend)
    }

    /// The value of a row, if there is one that has a meaning; nothing if there is no row.
    fn value_of(&mut self, table: u32, key: &[u8]) -> Result<Option<Option<Value>>, StoreError> {
        match self.store.get(table, key) {
            Ok(bytes) => Ok(bytes.map(|bytes| Value::decode(&bytes).ok())),
            Err(error) if is_of_value(&error) => Ok(Some(None)),
            Err(error) => Err(error),
        }
    }
}

/// The range of a key, if it is one of ids that tables can have.
fn range(key: &[u8]) -> Option<Range<u32>> {
    let Ok(Value::Integer(both)) = Value::decode_key(key) else { return None };
    let range = (both >> 32) as u32..both as u32;
    (both > 0 && IO < range.start && range.start < range.end && range.end <= SYSTEM_FIRST).then_some(range)
}
