//! External tables as plain values, read from the store without the module.
//!
//! Invariant: each table is read once, so shared tables stay shared, and cycles end. Tables wait in a queue, nearest
//! first, so no nesting is too deep for the stack, and each table has its least possible depth.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cu_abi::tables;

use crate::class;
use crate::error::Error;
use crate::store::{STORE_FAILED, Store, StoreError};
use crate::value::Value;

/// Limits of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// Levels of external tables; deeper ones stay references. All levels by default.
    pub depth: usize,
    /// Entries in all tables together; beyond them the answer is [`Error::Limit`]. 1,000,000 by default.
    pub limit: usize,
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions { depth: usize::MAX, limit: 1_000_000 }
    }
}

/// The result of a read: a value, and the external tables in it.
///
/// In the values a table is a reference, [`Value::External`], and [`follow`](Tables::follow) gives its content; so a
/// table that occurs twice, or in itself, needs no special form. As text, it is written out where it occurs first.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    given: Value,
    tables: BTreeMap<u32, Value>,
    classes: BTreeMap<u32, String>,
}

impl Tables {
    /// The value that was read: for an external table, its content.
    pub fn value(&self) -> &Value {
        self.follow(&self.given)
    }

    /// The content of the external table that `value` refers to. Other values, and tables beyond the requested depth,
    /// are answered unchanged.
    pub fn follow<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value {
            Value::External(id) => self.tables.get(id).unwrap_or(value),
            other => other,
        }
    }

    /// Every external table that was read, as a [`Value::Table`], by id.
    pub fn tables(&self) -> &BTreeMap<u32, Value> {
        &self.tables
    }

    /// The name of the class of a table that was read (`Instance::class_name`).
    pub fn class_name(&self, table: u32) -> Option<&str> {
        self.classes.get(&table).map(String::as_str)
    }

    /// The value in its original form.
    pub(crate) fn given(&self) -> &Value {
        &self.given
    }
}

/// Reads the external tables in a value.
pub(crate) fn read(store: &mut dyn Store, value: &Value, options: ReadOptions) -> Result<Tables, Error> {
    let mut reader = Reader { store, options, entries: 0, met: BTreeSet::new(), waiting: VecDeque::new() };
    let (mut tables, mut classes) = (BTreeMap::new(), BTreeMap::new());
    let has_metatables = reader.store.size(tables::METATABLES)? > 0;
    reader.meet(value, 1);
    while let Some((id, depth)) = reader.waiting.pop_front() {
        let table = reader.table(id)?;
        reader.meet(&table, depth + 1);
        tables.insert(id, table);
        if has_metatables && let Some(name) = class::name_of(reader.store, id)? {
            classes.insert(id, name);
        }
    }
    Ok(Tables { given: value.clone(), tables, classes })
}

struct Reader<'a> {
    store: &'a mut dyn Store,
    options: ReadOptions,
    /// Number of entries read so far.
    entries: usize,
    met: BTreeSet<u32>,
    /// Tables that are still to be read, with their depth.
    waiting: VecDeque<(u32, usize)>,
}

impl Reader<'_> {
    /// Adds the references in a value at this depth to the queue.
    fn meet(&mut self, value: &Value, depth: usize) {
        match value {
            Value::External(id) if depth <= self.options.depth && self.met.insert(*id) => {
                self.waiting.push_back((*id, depth));
            }
            Value::Table(pairs) => pairs.iter().for_each(|(key, value)| {
                self.meet(key, depth);
                self.meet(value, depth);
            }),
            _ => {}
        }
    }

    fn table(&mut self, id: u32) -> Result<Value, Error> {
        let mut pairs = Vec::new();
        for key in self.keys(id)? {
            match self.pair(id, &key) {
                Ok(pair) => pairs.push(pair),
                Err(cause @ Error::Store(_)) => return Err(cause),
                Err(cause) => return Err(Error::Stored { table: id, key, cause: Box::new(cause) }),
            }
        }
        Ok(Value::Table(pairs))
    }

    fn keys(&mut self, id: u32) -> Result<Vec<Vec<u8>>, Error> {
        let mut keys = Vec::new();
        let most = self.options.limit - self.entries;
        let mut is_beyond = false;
        self.store.keys(id, None, false, &mut |key| {
            // This is not an entry: it holds the values that did not fit the last response.
            if id == tables::IO && key == tables::KEY_RESULT {
                return true;
            }
            is_beyond = keys.len() == most;
            if !is_beyond {
                keys.push(key.to_vec());
            }
            !is_beyond
        })?;
        self.entries += keys.len();
        if is_beyond { Err(Error::Limit { limit: self.options.limit, table: id }) } else { Ok(keys) }
    }

    fn pair(&mut self, id: u32, key: &[u8]) -> Result<(Value, Value), Error> {
        let name = Value::decode_key(key)?;
        let Some(bytes) = self.store.get(id, key)? else {
            let message = format!("it lists a key of table {id} that it does not have");
            return Err(StoreError::new(STORE_FAILED, message).into());
        };
        Ok((name, Value::decode_stored(&bytes)?))
    }
}
