//! What is attached to a table that was reached: its indexes, its schema and its feed are reached with it.
//!
//! ```text
//! row   key: id of the table | value: inline table { indexes = { [name] = { table = ..., ... } }, schema, feed = { table = ... } }
//! ```

use super::finding::Mended;
use super::walk::{Object, Origin, Walk};
use super::{CATALOGUE, Event, Verification};
use crate::compressed::expand;
use crate::store::StoreError;
use crate::value::Value;

impl Verification<'_> {
    /// Meets what is attached to a table.
    pub(super) fn attached(&mut self, table: u32, walk: &mut Walk<'_>) -> Result<(), StoreError> {
        let Ok(key) = Value::from(table).encode_key() else { return Ok(()) };
        let Some(bytes) = self.store.get(CATALOGUE, &key)? else { return Ok(()) };
        // Keys of an index are no keys of scripts.
        let definition = expand(&bytes).and_then(|bytes| Value::decode(&bytes)).unwrap_or(Value::Nil);
        for (_, index) in definition.get("indexes").into_iter().flat_map(pairs) {
            if let Some(Value::External(entries)) = index.get("table") {
                walk.meet_unread(*entries);
            }
        }
        // The tables that a schema refers to, and the changes of a feed, are values like others.
        let place = walk.met.way(Object::Table(table));
        let problem = self.value(CATALOGUE, &key, walk, || Origin::Row(table, Box::default()))?;
        match problem {
            None => (self.hear)(Event::Attached { table, place: &place }),
            Some(problem) => {
                self.found(format!("what is attached to {place}"), (CATALOGUE, &key), problem, Mended::Left)?;
            }
        }
        Ok(())
    }
}

fn pairs(table: &Value) -> &[(Value, Value)] {
    if let Value::Table(pairs) = table { pairs } else { &[] }
}
