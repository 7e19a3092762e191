//! What a host hands to queries and schemas, looked at before it is sent.
//!
//! Invariant: what is nil is not sent as if nobody had asked for it. A table of Lua has no nil: a condition, a rule or an element of a
//! list without a value would be gone, and with it what it was to keep out.

use cu_abi::limits::VALUE_DEPTH;

use crate::error::Error;
use crate::value::Value;

const NO_VALUE: &str = "no value";
const NO_CONDITION: &str = "no value; for missing fields use {\"exists\", false}";

/// Keys of a query whose answer has no pages.
const UNPAGED: [&str; 7] = ["distinct", "group", "count", "sum", "min", "max", "average"];

/// Refuses a filter in which a value is missing.
pub(super) fn filter(filter: &Value) -> Result<(), Error> {
    inside_for(filter, "where", NO_CONDITION, 0)
}

/// The same for a filter that is all that a method takes.
pub(super) fn filter_alone(method: &str, given: &Value) -> Result<(), Error> {
    let is_spec = given.get("where").and_then(Value::as_table).is_some_and(|inner| !is_list(inner));
    if is_spec {
        return Err(Error::Argument(format!("{method} takes the filter itself, not {{ where = filter }}")));
    }
    filter(given)
}

/// Refuses a query with something missing in it; its own keys may be without a value, and so may `desc` of an order.
pub(super) fn spec(spec: &Value) -> Result<(), Error> {
    for (key, value) in pairs(spec) {
        match key.as_str() {
            Some("where") => filter(value)?,
            Some("order") => {
                let parts = pairs(value).iter().filter(|(key, _)| key.as_i64().is_some());
                parts.into_iter().try_for_each(|(key, part)| present(part, &place("order", key), NO_VALUE))?;
            }
            Some(name) => inside(value, name)?,
            None => {}
        }
    }
    Ok(())
}

/// Groups and distinct rows have no cursor: what lies behind the first page would not be seen.
pub(super) fn paged(spec: &Value) -> Result<(), Error> {
    let is_asked = |name: &&str| spec.get(name).is_some_and(|value| !value.is_nil() && *value != Value::Boolean(false));
    match UNPAGED.iter().copied().find(is_asked) {
        Some(name) => Err(Error::Argument(format!("{name}: groups and distinct rows are for query"))),
        None => Ok(()),
    }
}

/// Refuses what is missing anywhere in a value, but not the value itself.
pub(super) fn inside(value: &Value, path: &str) -> Result<(), Error> {
    inside_for(value, path, NO_VALUE, 0)
}

fn inside_for(value: &Value, path: &str, problem: &str, depth: usize) -> Result<(), Error> {
    // What lies deeper has no encoding.
    if depth > VALUE_DEPTH {
        return Ok(());
    }
    for (key, inner) in pairs(value) {
        if inner.is_nil() || matches!(inner, Value::Table(_)) {
            let place = place(path, key);
            present(inner, &place, problem)?;
            inside_for(inner, &place, problem, depth + 1)?;
        }
    }
    Ok(())
}

/// Refuses an index whose name would be no text: it is the one given, or that of its paths.
pub(super) fn index_name(path: &Value, options: &Value) -> Result<(), Error> {
    let is_text = |value: &Value| !matches!(value, Value::String(_)) || value.as_str().is_some();
    let given = options.get("name").filter(|name| !name.is_nil());
    let are_texts = match given {
        Some(name) => is_text(name),
        None => is_text(path) && pairs(path).iter().all(|(_, path)| is_text(path)),
    };
    if are_texts { Ok(()) } else { Err(Error::Argument("the name of an index is no UTF-8: give it one".to_owned())) }
}

/// Refuses nil.
pub(super) fn rule_present(rule: &Value, path: &str) -> Result<(), Error> {
    present(rule, path, NO_VALUE)
}

fn present(value: &Value, path: &str, problem: &str) -> Result<(), Error> {
    if value.is_nil() { Err(Error::Argument(format!("{path}: {problem}"))) } else { Ok(()) }
}

/// Refuses what is no key of an external table; `before` begins the message.
pub(super) fn key(key: &Value, before: &str) -> Result<(), Error> {
    match no_key(key) {
        Some(kind) => Err(Error::Argument(format!("{before}{kind} is no key"))),
        None => Ok(()),
    }
}

/// What kind of value it is, if that can be no key of a table.
pub(crate) fn no_key(key: &Value) -> Option<&'static str> {
    match key {
        Value::Boolean(_) | Value::Integer(_) | Value::String(_) => None,
        Value::Float(number) if !number.is_nan() => None,
        Value::Float(_) => Some("NaN"),
        Value::Nil => Some("nil"),
        Value::BigInteger { .. } => Some("a big integer"),
        Value::Function(_) | Value::Library(_) => Some("a function"),
        Value::External(_) | Value::Table(_) => Some("a table"),
    }
}

/// Refuses to set nil.
pub(super) fn settable(value: &Value, before: &str) -> Result<(), Error> {
    if value.is_nil() {
        return Err(Error::Argument(format!("{before}'set' without a value: 'delete' removes one")));
    }
    Ok(())
}

/// A place inside of another one, as messages name it.
pub(super) fn place(path: &str, key: &Value) -> String {
    match key.as_str() {
        Some(name) => format!("{path}.{name}"),
        None => format!("{path}[{key}]"),
    }
}

fn pairs(value: &Value) -> &[(Value, Value)] {
    value.as_table().unwrap_or_default()
}

fn is_list(pairs: &[(Value, Value)]) -> bool {
    !pairs.is_empty() && pairs.iter().all(|(key, _)| key.as_i64().is_some())
}
