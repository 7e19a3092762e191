//! Values to types of the program.

use serde::de::value::{BorrowedBytesDeserializer, BorrowedStrDeserializer, BytesDeserializer, U32Deserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::list::{self, Bytes};
use super::mismatch::{DEPTH, Mismatch};
use super::value::{self, FUNCTION, INTEGER, LIBRARY, TABLE};
use crate::read::Tables;
use crate::value::Value;

/// A bigger integer is named by its size: digits of more would take long to write.
const SHOWN_BYTES: usize = 64;

/// Reads one value.
pub struct Reader<'a> {
    value: &'a Value,
    /// Tables that were read, where references are followed.
    tables: Option<&'a Tables>,
    /// How many tables enclose it.
    depth: usize,
    /// A [`Value`] wants it, which has a place for everything.
    is_exact: bool,
}

impl<'a> Reader<'a> {
    pub fn new(value: &'a Value) -> Reader<'a> {
        Reader::at(value, None, 0)
    }

    pub fn following(value: &'a Value, tables: &'a Tables) -> Reader<'a> {
        Reader::at(value, Some(tables), 0)
    }

    pub fn at(value: &'a Value, tables: Option<&'a Tables>, depth: usize) -> Reader<'a> {
        Reader { value: tables.map_or(value, |tables| tables.follow(value)), tables, depth, is_exact: false }
    }

    /// The depth of what is in a table.
    fn within(&self) -> Result<usize, Mismatch> {
        if self.depth == DEPTH { Err(Mismatch::too_deep()) } else { Ok(self.depth + 1) }
    }

    /// Refuses the value, or gives it to a visitor that takes what it is not asked for.
    fn any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Nil => visitor.visit_unit(),
            Value::Boolean(flag) => visitor.visit_bool(*flag),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::String(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => visitor.visit_borrowed_str(text),
                Err(_) => visitor.visit_borrowed_bytes(bytes),
            },
            Value::Table(pairs) if value::is_plain_list(pairs) => self.list(pairs, 0, visitor),
            Value::Table(pairs) => self.map(pairs, visitor),
            special if self.is_exact => visitor.visit_enum(Special(special)),
            Value::BigInteger { negative, magnitude } => self.big_integer(*negative, magnitude, visitor),
            Value::Function(_) | Value::Library(_) => {
                Err(Mismatch::invalid_type(Unexpected::Other(&self.value.to_string()), &visitor))
            }
            Value::External(id) => {
                let found = format!("a reference to the external table {id}, whose content was not read");
                Err(Mismatch::invalid_type(Unexpected::Other(&found), &visitor))
            }
        }
    }

    /// A float that is a whole number is an integer, as in Lua.
    fn integer<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Float(_) if let Some(number) = self.value.as_i64() => visitor.visit_i64(number),
            _ => self.any(visitor),
        }
    }

    fn big_integer<V: Visitor<'a>>(&self, negative: bool, magnitude: &[u8], visitor: V) -> Result<V::Value, Mismatch> {
        let length = magnitude.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let mut bytes = [0; size_of::<u128>()];
        let fits = bytes.get_mut(..length).map(|part| part.copy_from_slice(&magnitude[..length])).is_some();
        let number = u128::from_le_bytes(bytes);
        let signed = if negative { 0i128.checked_sub_unsigned(number) } else { i128::try_from(number).ok() };
        match (fits, signed) {
            (true, Some(signed)) => match (i64::try_from(signed), u64::try_from(signed)) {
                (Ok(small), _) => visitor.visit_i64(small),
                (_, Ok(positive)) => visitor.visit_u64(positive),
                _ => visitor.visit_i128(signed),
            },
            (true, None) if !negative => visitor.visit_u128(number),
            _ if length <= SHOWN_BYTES => {
                Err(Mismatch::invalid_value(Unexpected::Other(&format!("integer `{}`", self.value)), &visitor))
            }
            _ => Err(Mismatch::invalid_value(Unexpected::Other(&format!("an integer of {length} bytes")), &visitor)),
        }
    }

    fn list<V: Visitor<'a>>(self, pairs: &'a [(Value, Value)], least: usize, visitor: V) -> Result<V::Value, Mismatch> {
        let depth = self.within()?;
        match list::elements(pairs, least) {
            Some(values) => Elements::new(values, self.tables, depth).visit(visitor),
            None => self.map(pairs, visitor),
        }
    }

    fn map<V: Visitor<'a>>(self, pairs: &'a [(Value, Value)], visitor: V) -> Result<V::Value, Mismatch> {
        let depth = self.within()?;
        visitor.visit_map(Pairs { pairs: pairs.iter(), value: None, tables: self.tables, depth })
    }

    /// A table as a list, and a string as its bytes.
    pub fn elements<V: Visitor<'a>>(self, least: usize, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Table(pairs) => self.list(pairs, least, visitor),
            Value::String(bytes) => visitor.visit_seq(Bytes(bytes.iter())),
            _ => self.any(visitor),
        }
    }
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.integer(visitor)
        }
    )*};
}

impl<'a> Deserializer<'a> for Reader<'a> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.any(visitor)
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::String(bytes) => visitor.visit_borrowed_bytes(bytes),
            _ => self.any(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.value.is_nil() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        let is_exact = self.is_exact || name == value::NAME;
        visitor.visit_newtype_struct(Reader { is_exact, ..self })
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.elements(0, visitor)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, length: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.elements(length, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.elements(length, visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Table(pairs) => self.map(pairs, visitor),
            _ => self.any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::String(_) => visitor.visit_enum(Variant { name: self.value, content: None }),
            Value::Table(pairs) => match &pairs[..] {
                [(name, content)] => {
                    let depth = self.within()?;
                    let content = Reader::at(content, self.tables, depth);
                    visitor.visit_enum(Variant { name, content: Some(content) })
                }
                _ => Err(Mismatch::invalid_value(
                    Unexpected::Other(&format!("table of {} entries", pairs.len())),
                    &"a table with the name of a variant and what is in it",
                )),
            },
            _ => self.any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { <W: Visitor<'a>> bool f32 f64 char str string unit unit_struct identifier }
}

/// The pairs of a table.
struct Pairs<'a> {
    pairs: std::slice::Iter<'a, (Value, Value)>,
    /// What lies under the key that was read last.
    value: Option<&'a (Value, Value)>,
    tables: Option<&'a Tables>,
    depth: usize,
}

impl<'a> MapAccess<'a> for Pairs<'a> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some(pair) = self.pairs.next() else { return Ok(None) };
        self.value = Some(pair);
        seed.deserialize(Name(Reader::at(&pair.0, None, self.depth))).map(Some).map_err(|error| error.under(&pair.0))
    }

    fn next_value_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<T::Value, Mismatch> {
        let Some((key, value)) = self.value.take() else {
            return Err(Mismatch::new("a value was read without its key"));
        };
        seed.deserialize(Reader::at(value, self.tables, self.depth)).map_err(|error| error.under(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.pairs.len())
    }
}

/// A key. Where it is to be the name of a field, a number is none: serde would take it for the place of one.
pub struct Name<'a>(pub Reader<'a>);

macro_rules! as_readers_do {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.0.$method(visitor)
        }
    )*};
}

impl<'a> Deserializer<'a> for Name<'a> {
    type Error = Mismatch;

    as_readers_do! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option
        deserialize_unit deserialize_seq deserialize_map deserialize_ignored_any
    }

    fn deserialize_identifier<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0.value {
            Value::String(_) => self.0.any(visitor),
            other => visitor.visit_string(format!("[{other}]")),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        self.0.deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, length: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.0.deserialize_tuple(length, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.0.deserialize_tuple_struct(name, length, visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.0.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.0.deserialize_enum(name, variants, visitor)
    }
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

// ---- variants of enums ----

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
