//! Several values, for readers: those of a response, or arguments.

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::mismatch::Mismatch;
use super::read::Elements;
use crate::value::Value;

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
