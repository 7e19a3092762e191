//! Which table, and what the functions of `ext` answer.

use crate::call::Call;
use crate::error::Error;
use crate::value::Value;

/// A table: its way from a global on, such as `_home.users`, or its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Table {
    /// Names with dots between them.
    Way(Vec<u8>),
    /// The id in [`Value::External`].
    Id(u32),
}

impl From<&str> for Table {
    fn from(way: &str) -> Table {
        Table::Way(way.into())
    }
}

impl From<String> for Table {
    fn from(way: String) -> Table {
        Table::Way(way.into())
    }
}

impl From<&Table> for Table {
    fn from(table: &Table) -> Table {
        table.clone()
    }
}

impl From<u32> for Table {
    fn from(id: u32) -> Table {
        Table::Id(id)
    }
}

/// With a table as an argument.
pub(super) fn named(call: Call, table: Table) -> Call {
    match table {
        Table::Way(way) => call.way(way),
        Table::Id(id) => call.value(Value::External(id)),
    }
}

/// The error that a function answered something else than it should.
pub(super) fn unexpected(function: &str, value: &Value) -> Error {
    Error::Protocol(format!("ext.{function} answered {value}"))
}

/// The elements of a list.
pub(super) fn elements(list: Value) -> Vec<Value> {
    match list {
        Value::Table(pairs) => pairs.into_iter().map(|(_, element)| element).collect(),
        _ => Vec::new(),
    }
}
