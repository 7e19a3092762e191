//! Elements of lists, for readers.

use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::mismatch::Mismatch;
use super::read::Reader;
use crate::read::Tables;
use crate::value::Value;

/// The elements under 1, 2, 3 ..., if there are no other keys; at least so many, with nil for those that are not there.
/// Nil is in a list of Lua where nothing is, so there may be as many of these as of others, which bounds the size.
pub fn elements(pairs: &[(Value, Value)], least: usize) -> Option<Vec<&Value>> {
    let most = pairs.len().saturating_mul(2).max(least);
    let mut elements = vec![&Value::Nil; pairs.len().max(least)];
    for (key, value) in pairs {
        let Value::Integer(number) = key else { return None };
        let place = usize::try_from(number.checked_sub(1)?).ok().filter(|place| *place < most)?;
        if place >= elements.len() {
            elements.resize(place + 1, &Value::Nil);
        }
        elements[place] = value;
    }
    Some(elements)
}

/// Elements one after another, each with its place in errors.
pub struct Elements<'a> {
    values: std::vec::IntoIter<&'a Value>,
    read: i64,
    tables: Option<&'a Tables>,
    depth: usize,
}

impl<'a> Elements<'a> {
    pub fn new(values: Vec<&'a Value>, tables: Option<&'a Tables>, depth: usize) -> Elements<'a> {
        Elements { values: values.into_iter(), read: 0, tables, depth }
    }

    /// Visits all of them; a visitor that leaves some wants fewer.
    pub fn visit<V: Visitor<'a>>(mut self, visitor: V) -> Result<V::Value, Mismatch> {
        let count = self.values.len();
        let value = visitor.visit_seq(&mut self)?;
        match self.values.find(|value| !value.is_nil()) {
            None => Ok(value),
            Some(_) => Err(Mismatch::invalid_length(count, &&*format!("{} elements", self.read))),
        }
    }
}

impl<'a> SeqAccess<'a> for Elements<'a> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let Some(value) = self.values.next() else { return Ok(None) };
        self.read += 1;
        let element = seed.deserialize(Reader::at(value, self.tables, self.depth));
        element.map(Some).map_err(|error| error.under(&Value::Integer(self.read)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len())
    }
}

/// Several values that are no table: those of a response, or arguments.
pub struct Values<'a>(&'a [Value]);

impl<'a> Values<'a> {
    pub fn new(values: &'a [Value]) -> Values<'a> {
        Values(values)
    }

    fn visit<V: Visitor<'a>>(self, least: usize, visitor: V) -> Result<V::Value, Mismatch> {
        let mut values: Vec<&Value> = self.0.iter().collect();
        values.resize(values.len().max(least), &Value::Nil);
        Elements::new(values, None, 0).visit(visitor)
    }
}

impl<'a> Deserializer<'a> for Values<'a> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.visit(0, visitor)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, length: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.visit(length, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.visit(length, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    /// No arguments.
    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0.iter().all(Value::is_nil) {
            true => visitor.visit_unit(),
            false => self.visit(0, visitor),
        }
    }

    forward_to_deserialize_any! {
        <W: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit_struct seq map struct enum
        identifier ignored_any
    }
}

/// A string as a list of its bytes: that is what a `Vec<u8>` reads.
pub struct Bytes<'a>(pub std::slice::Iter<'a, u8>);

impl<'a> SeqAccess<'a> for Bytes<'a> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        use serde::de::IntoDeserializer;
        let Some(byte) = self.0.next() else { return Ok(None) };
        let element = seed.deserialize(IntoDeserializer::<Mismatch>::into_deserializer(*byte));
        element
            .map(Some)
            .map_err(|_| Mismatch::new("invalid type: string, expected a list of something else than bytes"))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}
