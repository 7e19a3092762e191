//! The metatable of a table that was reached: it is reached with it.
//!
//! ```text
//! row   key: id of the table | value: a reference to the metatable
//! ```

use super::finding::{Mended, Problem};
use super::walk::{Object, Origin, Walk, is_of_value};
use super::{METATABLES, Verification};
use crate::store::StoreError;
use crate::value::Value;

impl Verification<'_> {
    /// Meets the metatable of a table.
    pub(super) fn metatable(&mut self, table: u32, walk: &mut Walk<'_>) -> Result<(), StoreError> {
        let Ok(key) = Value::from(table).encode_key() else { return Ok(()) };
        let is_reference = match self.store.get(METATABLES, &key) {
            Ok(None) => return Ok(()),
            Ok(Some(bytes)) => matches!(Value::decode(&bytes), Ok(Value::External(_))),
            Err(error) if is_of_value(&error) => false,
            Err(error) => return Err(error),
        };
        let problem = if is_reference {
            self.value(METATABLES, &key, walk, || Origin::Metatable(table))?
        } else {
            Some(Problem::Metatable)
        };
        let Some(problem) = problem else { return Ok(()) };
        let place = walk.met.way(Object::Table(table)) + "[metatable]";
        self.found(place, (METATABLES, &key), problem, Mended::Deleted)
    }
}
