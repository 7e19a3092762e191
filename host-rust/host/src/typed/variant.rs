//! Variants of enums, for readers.

use serde::de::value::{BorrowedBytesDeserializer, BorrowedStrDeserializer, BytesDeserializer, U32Deserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, Unexpected, VariantAccess, Visitor};

use super::mismatch::Mismatch;
use super::read::{Name, Reader};
use super::value::{self, FUNCTION, INTEGER, LIBRARY, TABLE};
use crate::value::Value;

/// A variant by its name, with what is in it unless that is nothing.
pub struct Variant<'a> {
    pub name: &'a Value,
    pub content: Option<Reader<'a>>,
}

impl<'a> EnumAccess<'a> for Variant<'a> {
    type Error = Mismatch;
    type Variant = Content<'a>;

    fn variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<(T::Value, Content<'a>), Mismatch> {
        let name = seed.deserialize(Name(Reader::new(self.name)))?;
        Ok((name, Content { name: self.name, content: self.content }))
    }
}

pub struct Content<'a> {
    name: &'a Value,
    content: Option<Reader<'a>>,
}

impl<'a> Content<'a> {
    fn read<T>(self, read: impl FnOnce(Reader<'a>) -> Result<T, Mismatch>) -> Result<T, Mismatch> {
        let content = self.content.unwrap_or(Reader::new(&Value::Nil));
        read(content).map_err(|error| error.under(self.name))
    }
}

impl<'a> VariantAccess<'a> for Content<'a> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        match self.content {
            None => Ok(()),
            Some(_) => self.read(serde::Deserialize::deserialize),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Mismatch> {
        self.read(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'a>>(self, length: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.read(|content| content.elements(length, visitor))
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.read(|content| content.deserialize_map(visitor))
    }
}

/// What only a [`Value`] has a place for, as `value` reads it.
pub struct Special<'a>(pub &'a Value);

impl<'a> EnumAccess<'a> for Special<'a> {
    type Error = Mismatch;
    type Variant = Special<'a>;

    fn variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<(T::Value, Special<'a>), Mismatch> {
        let name = match self.0 {
            Value::Function(_) => FUNCTION,
            Value::Library(_) => LIBRARY,
            Value::External(_) => TABLE,
            _ => INTEGER,
        };
        Ok((seed.deserialize(BorrowedStrDeserializer::<Mismatch>::new(name))?, self))
    }
}

impl<'a> VariantAccess<'a> for Special<'a> {
    type Error = Mismatch;

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Mismatch> {
        match self.0 {
            Value::Function(id) | Value::External(id) => seed.deserialize(U32Deserializer::<Mismatch>::new(*id)),
            Value::Library(name) => seed.deserialize(BorrowedStrDeserializer::<Mismatch>::new(name)),
            // A reader's newtype has no place for both parts, so they are the bytes of the value.
            other => match value::integer_bytes(other) {
                Some(bytes) => seed.deserialize(BytesDeserializer::<Mismatch>::new(&bytes)),
                None => seed.deserialize(BorrowedBytesDeserializer::<Mismatch>::new(&[])),
            },
        }
    }

    fn unit_variant(self) -> Result<(), Mismatch> {
        Err(Mismatch::new("it has a content"))
    }

    fn tuple_variant<V: Visitor<'a>>(self, _length: usize, visitor: V) -> Result<V::Value, Mismatch> {
        Err(Mismatch::invalid_type(Unexpected::NewtypeVariant, &visitor))
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        Err(Mismatch::invalid_type(Unexpected::NewtypeVariant, &visitor))
    }
}
