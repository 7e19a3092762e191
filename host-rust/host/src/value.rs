//! One Lua value in a host.
//!
//! Invariant: every value that a script can return or store has exactly one form here; [`crate::codec`] converts it to
//! bytes and back, `notation` to text.

/// A Lua value.
#[derive(Clone, Default, PartialEq)]
pub enum Value {
    /// nil.
    #[default]
    Nil,
    /// true or false.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string: any bytes.
    String(Vec<u8>),
    /// A stored Lua function, by its id.
    Function(u32),
    /// A function of the standard library, by its name, such as `string.format`.
    Library(String),
    /// An external table, by its id.
    External(u32),
    /// A table, as its pairs.
    Table(Vec<(Value, Value)>),
    /// A big integer. `magnitude` has its least byte first; it is empty for zero.
    BigInteger {
        /// Whether the integer is below zero.
        negative: bool,
        /// The absolute value.
        magnitude: Vec<u8>,
    },
}

impl Value {
    /// The value under a string key, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.find(|candidate| matches!(candidate, Value::String(bytes) if bytes == key.as_bytes()))
    }

    /// The value under an integer key, if this is a table that has it. The first key of a sequence is 1.
    pub fn at(&self, key: i64) -> Option<&Value> {
        self.find(|candidate| *candidate == Value::Integer(key))
    }

    fn find(&self, wanted: impl Fn(&Value) -> bool) -> Option<&Value> {
        self.as_table()?.iter().find(|(key, _)| wanted(key)).map(|(_, value)| value)
    }

    /// Whether this is nil.
    pub fn is_nil(&self) -> bool {
        *self == Value::Nil
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Boolean(flag) = self { Some(*flag) } else { None }
    }

    /// The integer; also of a float with an integral value, as in Lua.
    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            Value::Integer(number) => Some(number),
            // 2^63 is not an i64, but `as` would convert it to one.
            Value::Float(number) if number.fract() == 0.0 && (-TWO_POW_63..TWO_POW_63).contains(&number) => {
                Some(number as i64)
            }
            _ => None,
        }
    }

    /// The number, integers converted as Lua converts them.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Value::Integer(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        }
    }

    /// The bytes of a string.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Value::String(bytes) = self { Some(bytes) } else { None }
    }

    /// The text of a string, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()?).ok()
    }

    /// The pairs of a table.
    pub fn as_table(&self) -> Option<&[(Value, Value)]> {
        if let Value::Table(pairs) = self { Some(pairs) } else { None }
    }
}

const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Boolean(flag)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Value {
        Value::Integer(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Integer(number.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Integer(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::String(text.into())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::String(bytes.into())
    }
}

/// `None` is nil.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Nil, Into::into)
    }
}

/// A sequence: the keys are 1, 2, 3.
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(elements: Vec<T>) -> Value {
        elements.into_iter().collect()
    }
}

/// A sequence: `["a", "b"].into_iter().collect::<Value>()`.
impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Value {
        Value::Table((1..).map(Value::Integer).zip(elements.into_iter().map(Into::into)).collect())
    }
}

/// A table from its pairs.
impl<K: Into<Value>, V: Into<Value>> FromIterator<(K, V)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Value {
        Value::Table(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// A table from its pairs: `Value::from([("name", "cu"), ("kind", "host")])`.
impl<K: Into<Value>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Value {
    fn from(pairs: [(K, V); N]) -> Value {
        pairs.into_iter().collect()
    }
}

/// A table whose keys and values may be of different types, each with a [`From`]; or a sequence, without keys.
///
/// ```
/// use cu_host::table;
///
/// let spec = table! { "where" => table! { "age" => table![">=", 18] }, "order" => table!["name", "age"], "limit" => 10 };
/// assert_eq!(spec.to_string(), r#"{where = {age = {">=", 18}}, order = {"name", "age"}, limit = 10}"#);
/// ```
#[macro_export]
macro_rules! table {
    () => { $crate::Value::Table(::std::vec::Vec::new()) };
    ($($key:expr => $value:expr),+ $(,)?) => {
        $crate::Value::Table(::std::vec![$(($crate::Value::from($key), $crate::Value::from($value))),+])
    };
    ($($element:expr),+ $(,)?) => { $crate::Value::from(::std::vec![$($crate::Value::from($element)),+]) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_i64_takes_floats_that_are_integers_and_no_others() {
        for (float, integer) in [(3.0, Some(3)), (-0.0, Some(0)), (-TWO_POW_63, Some(i64::MIN)), (TWO_POW_63, None)] {
            assert_eq!(Value::Float(float).as_i64(), integer, "{float}");
        }
        for float in [0.5, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(Value::Float(float).as_i64(), None, "{float}");
        }
    }

    #[test]
    fn tables_are_made_of_lists_and_pairs() {
        let list = Value::from(vec!["a", "b"]);
        assert_eq!(list, table!["a", "b"]);
        assert_eq!(list, ["a", "b"].into_iter().collect());
        assert_eq!(Value::from(vec![Some(1), None]), table![1, Value::Nil]);
        let pairs = table! { "a" => 1, 2 => "b", "list" => list.clone() };
        assert_eq!(pairs.to_string(), r#"{a = 1, [2] = "b", list = {"a", "b"}}"#);
        assert_eq!(table! { "a" => 1, "b" => 2 }, [("a", 1), ("b", 2)].into_iter().collect());
        assert_eq!(table! {}, Value::Table(Vec::new()));
    }

    #[test]
    fn get_and_at_find_fields_of_tables_only() {
        let table = Value::from([(Value::from("x"), Value::from(1)), (Value::from(1), Value::from("first"))]);
        assert_eq!(table.get("x"), Some(&Value::Integer(1)));
        assert_eq!(table.get("y"), None);
        assert_eq!(table.at(1).and_then(Value::as_str), Some("first"));
        assert_eq!(Value::from("x").get("x"), None);
    }
}
