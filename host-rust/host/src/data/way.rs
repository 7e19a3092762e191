//! Ways to tables and rows: names with dots between them.

use cu_abi::call::{self, Step};

use super::table::Table;
use crate::error::Error;
use crate::value::Value;

/// The way of the table in which the last name of a way lies, and that name as a key.
pub(super) fn split(way: &str) -> Result<(&str, Value), Error> {
    let parts = way.rsplit_once('.').filter(|(_, name)| !name.is_empty());
    let (outer, name) = parts
        .ok_or_else(|| Error::Argument(format!("'{way}' is no way of a table in another one, such as _home.users")))?;
    Ok((outer, key_of(name.as_bytes())))
}

/// What lies under a key, named by its way, if there is one: a reference has no way, and no name has a dot.
pub(super) fn inside(table: &Table, key: &Value) -> Option<Table> {
    let Table::Way(way) = table else { return None };
    let name = match key {
        Value::String(name) if !name.is_empty() && !name.contains(&b'.') && key_of(name) == *key => name.clone(),
        Value::Integer(number @ 0..) => number.to_string().into_bytes(),
        _ => return None,
    };
    Some(Table::Way([way, &b"."[..], &name].concat()))
}

/// A name of a way as a key.
fn key_of(name: &[u8]) -> Value {
    match call::steps(name).next() {
        Some((Step::Number(number), _)) => number.into(),
        _ => name.into(),
    }
}
