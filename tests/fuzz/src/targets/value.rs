//! Encoded values: the module's reader and the host's accept the same bytes, and what is read and written again is the same.

use cu::codec::decode::{self, Shape};
use cu_host::Value;

pub fn run(bytes: &[u8]) {
    let read_by_module = decode::check(bytes);
    let Ok(value) = Value::decode(bytes) else {
        assert!(
            !matches!(read_by_module, Ok(Shape::Scalar | Shape::Table | Shape::Function(_))),
            "the module accepts what the host refuses"
        );
        return;
    };
    let written = value.encode().expect("what was read is not nested too deep");
    let again = Value::decode(&written).expect("what was written is read");
    assert_eq!(again.encode().expect("as before"), written);
    // The host knows neither which tables scripts may hold, nor the names of the library.
    assert!(read_by_module.is_ok() || names_something(&value, true) || has_odd_key(&value), "the module refuses it");
}

/// Whether a function, a table or a name of the library is in it.
fn names_something(value: &Value, is_outermost: bool) -> bool {
    match value {
        Value::Function(id) => !is_outermost || *id == 0 || *id >= cu_abi::tables::SYSTEM_FIRST,
        Value::External(_) | Value::Library(_) => true,
        Value::Table(pairs) => {
            pairs.iter().flat_map(|(key, value)| [key, value]).any(|value| names_something(value, false))
        }
        _ => false,
    }
}

/// Whether a key in it is one that no table of Lua can have.
fn has_odd_key(value: &Value) -> bool {
    let Value::Table(pairs) = value else { return false };
    pairs.iter().any(|(key, value)| {
        matches!(key, Value::Nil)
            || matches!(key, Value::Float(float) if float.is_nan())
            || has_odd_key(key)
            || has_odd_key(value)
    })
}
