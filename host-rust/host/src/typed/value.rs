//! [`Value`] itself among the types of serde.
//!
//! What only Lua has is a variant of an enum of this name, which `read` and `write` know. In other formats it looks as in
//! [`json`](crate::json), but is never read from one: nobody else knows ids of this store.
//!
//! Invariant: from a value to a [`Value`] and back nothing changes.

use std::fmt::{self, Formatter};

use serde::de::{EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::Value;

/// The name of the newtype and of the enum.
pub const NAME: &str = "$cu_host::Value";

pub const FUNCTION: &str = "$function";
pub const LIBRARY: &str = "$library";
pub const TABLE: &str = "$table";
pub const INTEGER: &str = "$integer";

/// Whether the keys are 1, 2, 3 ... in this order, and there is at least one.
pub fn is_plain_list(pairs: &[(Value, Value)]) -> bool {
    !pairs.is_empty() && (1..).zip(pairs).all(|(number, (key, _))| *key == Value::Integer(number))
}

/// The bytes of an integer: its sign, and its magnitude from the least byte on.
pub fn integer_bytes(value: &Value) -> Option<Vec<u8>> {
    let Value::BigInteger { negative, magnitude } = value else { return None };
    Some([&[u8::from(*negative)], &magnitude[..]].concat())
}

/// The integer of these bytes.
pub fn integer(bytes: &[u8]) -> Option<Value> {
    let (sign, magnitude) = bytes.split_first()?;
    Some(Value::BigInteger { negative: *sign != 0, magnitude: magnitude.into() })
}

/// An integer of any size: digits where people read, bytes elsewhere.
struct Integer<'a>(&'a Value);

impl Serialize for Integer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match integer_bytes(self.0).filter(|_| !serializer.is_human_readable()) {
            Some(bytes) => serializer.serialize_bytes(&bytes),
            None => serializer.collect_str(self.0),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Nil => serializer.serialize_unit(),
            Value::Boolean(flag) => serializer.serialize_bool(*flag),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Float(number) => serializer.serialize_f64(*number),
            Value::String(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => serializer.serialize_str(text),
                Err(_) => serializer.serialize_bytes(bytes),
            },
            Value::Function(id) => serializer.serialize_newtype_variant(NAME, 0, FUNCTION, id),
            Value::Library(name) => serializer.serialize_newtype_variant(NAME, 1, LIBRARY, name),
            Value::External(id) => serializer.serialize_newtype_variant(NAME, 2, TABLE, id),
            Value::BigInteger { .. } => serializer.serialize_newtype_variant(NAME, 3, INTEGER, &Integer(self)),
            Value::Table(pairs) if is_plain_list(pairs) => {
                let mut list = serializer.serialize_seq(Some(pairs.len()))?;
                pairs.iter().try_for_each(|(_, value)| list.serialize_element(value))?;
                list.end()
            }
            Value::Table(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                pairs.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str("a value of Lua")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Any)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Nil)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Nil)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Boolean(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(of_u128(false, number.into()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Value, E> {
        Ok(of_u128(number < 0, number.unsigned_abs()))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Value, E> {
        Ok(of_u128(false, number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(bytes.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(value) = list.next_element::<Value>()? {
            pairs.push((Value::Integer(pairs.len() as i64 + 1), value));
        }
        Ok(Value::Table(pairs))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Value::Table(pairs))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, special: A) -> Result<Value, A::Error> {
        let (name, content) = special.variant::<String>()?;
        match &name[..] {
            FUNCTION => content.newtype_variant().map(Value::Function),
            LIBRARY => content.newtype_variant().map(Value::Library),
            TABLE => content.newtype_variant().map(Value::External),
            INTEGER => {
                let Value::String(bytes) = content.newtype_variant()? else { return Err(A::Error::custom("no bytes")) };
                integer(&bytes).ok_or_else(|| A::Error::custom("an integer without its sign"))
            }
            _ => Err(A::Error::unknown_variant(&name, &[FUNCTION, LIBRARY, TABLE, INTEGER])),
        }
    }
}

/// An integer, big if it has more than 64 bits.
pub fn of_u128(negative: bool, magnitude: u128) -> Value {
    let signed = if negative { 0i64.checked_sub_unsigned(magnitude as u64) } else { i64::try_from(magnitude).ok() };
    match signed.filter(|_| u64::try_from(magnitude).is_ok()) {
        Some(number) => Value::Integer(number),
        None => {
            let mut bytes = magnitude.to_le_bytes().to_vec();
            bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
            Value::BigInteger { negative, magnitude: bytes }
        }
    }
}
