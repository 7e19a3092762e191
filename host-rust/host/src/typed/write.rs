//! Types of the program to values.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::mismatch::{DEPTH, Mismatch};
use super::value::{self, FUNCTION, INTEGER, LIBRARY, NAME, TABLE};
use crate::data::no_key;
use crate::value::Value;

/// Writes one value.
#[derive(Clone, Copy, Default)]
pub struct Writer {
    /// How many tables enclose it.
    depth: usize,
    /// Whether it is the content of what only a [`Value`] has.
    is_special: bool,
}

impl Writer {
    /// The writer of what is in a table.
    fn within(self) -> Result<Writer, Mismatch> {
        if self.depth == DEPTH { Err(Mismatch::too_deep()) } else { Ok(Writer { depth: self.depth + 1, ..self }) }
    }

    fn pairs(self, length: Option<usize>, variant: Option<&'static str>) -> Result<Pairs, Mismatch> {
        let within = if variant.is_some() { self.within()?.within()? } else { self.within()? };
        // What a type says of its length is not always true.
        let pairs = Vec::with_capacity(length.unwrap_or(0).min(MOST_RESERVED));
        Ok(Pairs { pairs, key: None, within, variant })
    }
}

const MOST_RESERVED: usize = 1024;

fn variant_of(name: &'static str, content: Value) -> Value {
    Value::Table(vec![(name.into(), content)])
}

impl Serializer for Writer {
    type Ok = Value;
    type Error = Mismatch;
    type SerializeSeq = Pairs;
    type SerializeTuple = Pairs;
    type SerializeTupleStruct = Pairs;
    type SerializeTupleVariant = Pairs;
    type SerializeMap = Pairs;
    type SerializeStruct = Pairs;
    type SerializeStructVariant = Pairs;

    fn serialize_bool(self, flag: bool) -> Result<Value, Mismatch> {
        Ok(flag.into())
    }

    fn serialize_i8(self, number: i8) -> Result<Value, Mismatch> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<Value, Mismatch> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<Value, Mismatch> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<Value, Mismatch> {
        Ok(number.into())
    }

    fn serialize_i128(self, number: i128) -> Result<Value, Mismatch> {
        Ok(value::of_u128(number < 0, number.unsigned_abs()))
    }

    fn serialize_u8(self, number: u8) -> Result<Value, Mismatch> {
        self.serialize_u32(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<Value, Mismatch> {
        self.serialize_u32(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<Value, Mismatch> {
        Ok(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<Value, Mismatch> {
        self.serialize_u128(number.into())
    }

    fn serialize_u128(self, number: u128) -> Result<Value, Mismatch> {
        Ok(value::of_u128(false, number))
    }

    fn serialize_f32(self, number: f32) -> Result<Value, Mismatch> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<Value, Mismatch> {
        Ok(number.into())
    }

    fn serialize_char(self, char: char) -> Result<Value, Mismatch> {
        Ok(char.to_string().into())
    }

    fn serialize_str(self, text: &str) -> Result<Value, Mismatch> {
        Ok(text.into())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, Mismatch> {
        Ok(bytes.into())
    }

    fn serialize_none(self) -> Result<Value, Mismatch> {
        Ok(Value::Nil)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Mismatch> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, Mismatch> {
        Ok(Value::Nil)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, Mismatch> {
        Ok(Value::Nil)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, Mismatch> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Value, Mismatch> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Mismatch> {
        if name == NAME {
            return special(variant, value.serialize(Writer { is_special: true, ..self })?);
        }
        let content = value.serialize(self.within()?).map_err(|error| error.under(&variant.into()))?;
        Ok(variant_of(variant, content))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Pairs, Mismatch> {
        self.pairs(length, None)
    }

    fn serialize_tuple(self, length: usize) -> Result<Pairs, Mismatch> {
        self.pairs(Some(length), None)
    }

    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<Pairs, Mismatch> {
        self.pairs(Some(length), None)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Pairs, Mismatch> {
        self.pairs(Some(length), Some(variant))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Pairs, Mismatch> {
        self.pairs(length, None)
    }

    fn serialize_struct(self, _name: &'static str, length: usize) -> Result<Pairs, Mismatch> {
        self.pairs(Some(length), None)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Pairs, Mismatch> {
        self.pairs(Some(length), Some(variant))
    }

    fn is_human_readable(&self) -> bool {
        !self.is_special
    }
}

/// What only Lua has, from its content.
fn special(variant: &str, content: Value) -> Result<Value, Mismatch> {
    let wrong = || Mismatch::new(format_args!("{variant} of something else"));
    let id = || content.as_i64().and_then(|id| u32::try_from(id).ok()).ok_or_else(wrong);
    Ok(match variant {
        FUNCTION => Value::Function(id()?),
        TABLE => Value::External(id()?),
        LIBRARY => Value::Library(content.as_str().ok_or_else(wrong)?.to_owned()),
        INTEGER => content.as_bytes().and_then(value::integer).ok_or_else(wrong)?,
        _ => return Err(wrong()),
    })
}

/// The pairs of a table that is being written.
pub struct Pairs {
    pairs: Vec<(Value, Value)>,
    /// The key whose value comes next.
    key: Option<Value>,
    within: Writer,
    /// The name of the variant of which it is the content.
    variant: Option<&'static str>,
}

impl Pairs {
    fn add<T: Serialize + ?Sized>(&mut self, key: Value, value: &T) -> Result<(), Mismatch> {
        let value = value.serialize(self.within).map_err(|error| {
            let error = error.under(&key);
            match self.variant {
                Some(variant) => error.under(&variant.into()),
                None => error,
            }
        })?;
        self.pairs.push((key, value));
        Ok(())
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
        self.add(Value::Integer(self.pairs.len() as i64 + 1), value)
    }

    fn table(self) -> Value {
        let table = Value::Table(self.pairs);
        match self.variant {
            Some(variant) => variant_of(variant, table),
            None => table,
        }
    }
}

macro_rules! lists {
    ($($kind:ident $method:ident)*) => {$(
        impl $kind for Pairs {
            type Ok = Value;
            type Error = Mismatch;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
                self.element(value)
            }

            fn end(self) -> Result<Value, Mismatch> {
                Ok(self.table())
            }
        }
    )*};
}
lists! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

macro_rules! structs {
    ($($kind:ident)*) => {$(
        impl $kind for Pairs {
            type Ok = Value;
            type Error = Mismatch;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Mismatch> {
                self.add(name.into(), value)
            }

            fn end(self) -> Result<Value, Mismatch> {
                Ok(self.table())
            }
        }
    )*};
}
structs! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Pairs {
    type Ok = Value;
    type Error = Mismatch;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Mismatch> {
        let key = key.serialize(self.within)?;
        if let Some(kind) = no_key(&key) {
            return Err(Mismatch::new(format_args!("{kind} is no key")));
        }
        self.key = Some(key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
        match self.key.take() {
            Some(key) => self.add(key, value),
            None => Err(Mismatch::new("a value without a key")),
        }
    }

    fn end(self) -> Result<Value, Mismatch> {
        Ok(self.table())
    }
}
