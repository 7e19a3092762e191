//! Schemas as hosts write them: what a `ref` refers to may be named by its way.
//!
//! Invariant: what is no rule stays as it is, for the module to refuse it.

use super::check;
use crate::error::Error;
use crate::value::Value;

/// Rules within others, far more than the module allows.
const DEPTH: usize = 100;

/// The rule with `find(way)` in the place of the way of each `ref`. A rule or an element of `enum` that is nil is refused.
pub(super) fn with_tables(
    rule: Value,
    find: &mut dyn FnMut(Vec<u8>) -> Result<Value, Error>,
    path: &str,
    depth: usize,
) -> Result<Value, Error> {
    if depth == DEPTH {
        return Ok(rule);
    }
    changed(rule, &mut |option, value| {
        let place = check::place(path, option);
        match (option.as_str(), value) {
            (Some("ref"), Value::String(way)) => find(way),
            (Some("items"), value) => with_tables(value, find, &place, depth + 1),
            (Some("fields"), value) => changed(value, &mut |name, rule| {
                let place = check::place(&place, name);
                check::rule_present(&rule, &place)?;
                with_tables(rule, find, &place, depth + 1)
            }),
            (Some("enum"), value) => check::inside(&value, &place).map(|()| value),
            (_, value) => Ok(value),
        }
    })
}

/// A table with other values; any other value as it is.
fn changed(table: Value, change: &mut dyn FnMut(&Value, Value) -> Result<Value, Error>) -> Result<Value, Error> {
    let Value::Table(pairs) = table else { return Ok(table) };
    let pairs = pairs.into_iter().map(|(key, value)| {
        let value = change(&key, value)?;
        Ok((key, value))
    });
    Ok(Value::Table(pairs.collect::<Result<_, Error>>()?))
}
