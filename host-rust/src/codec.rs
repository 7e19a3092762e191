//! Values as bytes, and back.
//!
//! Invariant: a decoder trusts no length. It reads inside a frame, first the whole input, then what an inline table
//! claims, and a byte that cannot be right is reported by its offset.
//!
//! ```text
//! value   tag (1 byte), then per tag:
//! 00      nothing                     06, 05, 04   u32 length, that many bytes
//! 01      1 byte, 0 or 1              07           u32 table id
//! 02, 03  8 bytes                     0b           u32 length, sign byte, magnitude
//! 09      u32 length of the rest, u32 pairs, then key, value, key, value
//! ```

use cu_abi::{limits, tags};

use crate::error::Error;
use crate::value::Value;

impl Value {
    /// The value that these bytes, all of them, encode.
    pub fn decode(bytes: &[u8]) -> Result<Value, Error> {
        let mut reader = Reader::new(bytes, 0);
        let value = reader.value()?;
        if reader.at_end() { Ok(value) } else { Err(malformed(reader.offset, "bytes after the value")) }
    }

    /// The values that follow one another in `bytes` from `offset` on.
    pub fn decode_all(bytes: &[u8], offset: usize) -> Result<Vec<Value>, Error> {
        let mut reader = Reader::new(bytes, offset);
        let mut values = Vec::new();
        while !reader.at_end() {
            values.push(reader.value()?);
        }
        Ok(values)
    }

    /// The bytes of this value. Fails on tables nested too deep and on 4 GiB or more.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        write(self, &mut bytes, 0)?;
        Ok(bytes)
    }
}

/// The error that the byte at `offset` cannot be right.
pub(crate) fn malformed(offset: usize, problem: &'static str) -> Error {
    Error::Malformed { offset, problem }
}

/// Two tags are the least that a pair can take.
const PAIR_BYTES: usize = 2;

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    /// Where the frame ends: at most the number of bytes.
    end: usize,
    /// Tables around the next value.
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], offset: usize) -> Reader<'a> {
        Reader { bytes, offset: offset.min(bytes.len()), end: bytes.len(), depth: 0 }
    }

    fn at_end(&self) -> bool {
        self.offset == self.end
    }

    fn value(&mut self) -> Result<Value, Error> {
        let tag_offset = self.offset;
        let [tag] = self.fixed()?;
        Ok(match tag {
            tags::NIL => Value::Nil,
            tags::BOOLEAN => Value::Boolean(self.flag("a boolean is neither 0 nor 1")?),
            tags::INTEGER => Value::Integer(i64::from_le_bytes(self.fixed()?)),
            tags::FLOAT => Value::Float(canonical(f64::from_le_bytes(self.fixed()?))),
            tags::STRING => Value::String(self.block()?.into()),
            tags::FUNCTION => self.function()?,
            tags::LIBRARY => self.library()?,
            tags::EXTERNAL => Value::External(u32::from_le_bytes(self.fixed()?)),
            tags::TABLE if self.depth == limits::VALUE_DEPTH => {
                return Err(malformed(tag_offset, "tables are nested too deep"));
            }
            tags::TABLE => self.table()?,
            tags::BIG_INTEGER => self.big_integer()?,
            _ => return Err(malformed(tag_offset, "the tag is unknown")),
        })
    }

    /// A field of fixed size.
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let field =
            self.bytes[self.offset..self.end].first_chunk().ok_or(malformed(self.end, "the value is cut off"))?;
        self.offset += N;
        Ok(*field)
    }

    fn flag(&mut self, problem: &'static str) -> Result<bool, Error> {
        let offset = self.offset;
        match self.fixed()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(malformed(offset, problem)),
        }
    }

    /// A length field that fits its frame.
    fn length(&mut self) -> Result<usize, Error> {
        let offset = self.offset;
        let length = u32::from_le_bytes(self.fixed()?) as usize;
        if length > self.end - self.offset {
            return Err(malformed(offset, "the length exceeds what is left"));
        }
        Ok(length)
    }

    /// A length and that many bytes.
    fn block(&mut self) -> Result<&'a [u8], Error> {
        let length = self.length()?;
        let start = self.offset;
        self.offset += length;
        Ok(&self.bytes[start..self.offset])
    }

    fn function(&mut self) -> Result<Value, Error> {
        let length_offset = self.offset;
        let id = self.block()?.try_into().map_err(|_| malformed(length_offset, "the id of a function has 4 bytes"))?;
        Ok(Value::Function(u32::from_le_bytes(id)))
    }

    fn library(&mut self) -> Result<Value, Error> {
        let length_offset = self.offset;
        let name = self.block()?;
        if name.is_empty() {
            return Err(malformed(length_offset, "a library function has no name"));
        }
        match name.iter().position(|byte| !byte.is_ascii_graphic()) {
            Some(index) => Err(malformed(self.offset - name.len() + index, "no letter of a library function's name")),
            None => Ok(Value::Library(String::from_utf8_lossy(name).into_owned())),
        }
    }

    fn big_integer(&mut self) -> Result<Value, Error> {
        let length_offset = self.offset;
        let length = self.length()?;
        if length == 0 {
            return Err(malformed(length_offset, "a big integer has no sign"));
        }
        let end = self.offset + length;
        let negative = self.flag("a sign is neither 0 nor 1")?;
        let magnitude = significant(&self.bytes[self.offset..end]);
        self.offset = end;
        Ok(Value::BigInteger { negative: negative && !magnitude.is_empty(), magnitude: magnitude.into() })
    }

    fn table(&mut self) -> Result<Value, Error> {
        let length_offset = self.offset;
        let length = self.length()?;
        if length < size_of::<u32>() {
            return Err(malformed(length_offset, "a table has no room for its count"));
        }
        let outer_end = std::mem::replace(&mut self.end, self.offset + length);
        self.depth += 1;
        let pairs = self.pairs()?;
        if !self.at_end() {
            return Err(malformed(length_offset, "a table is longer than its pairs"));
        }
        self.depth -= 1;
        self.end = outer_end;
        Ok(Value::Table(pairs))
    }

    fn pairs(&mut self) -> Result<Vec<(Value, Value)>, Error> {
        let count_offset = self.offset;
        let count = u32::from_le_bytes(self.fixed()?) as usize;
        if count > (self.end - self.offset) / PAIR_BYTES {
            return Err(malformed(count_offset, "more pairs than the table has room for"));
        }
        // Grown as pairs arrive: a pair takes 64 bytes here and may claim to be two there.
        let mut pairs = Vec::new();
        for _ in 0..count {
            let key_offset = self.offset;
            let key = self.value()?;
            if key.is_nil() || matches!(key, Value::Float(number) if number.is_nan()) {
                return Err(malformed(key_offset, "nil and NaN are no keys"));
            }
            pairs.push((key, self.value()?));
        }
        Ok(pairs)
    }
}

fn canonical(number: f64) -> f64 {
    if number.is_nan() { f64::from_bits(tags::CANONICAL_NAN) } else { number }
}

/// The magnitude without zero bytes at its most significant end.
fn significant(magnitude: &[u8]) -> &[u8] {
    let length = magnitude.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &magnitude[..length]
}

fn write(value: &Value, bytes: &mut Vec<u8>, depth: usize) -> Result<(), Error> {
    match value {
        Value::Nil => bytes.push(tags::NIL),
        Value::Boolean(flag) => bytes.extend([tags::BOOLEAN, u8::from(*flag)]),
        Value::Integer(number) => tagged(bytes, tags::INTEGER, &number.to_le_bytes()),
        Value::Float(number) => tagged(bytes, tags::FLOAT, &canonical(*number).to_le_bytes()),
        Value::String(string) => write_block(bytes, tags::STRING, string)?,
        Value::Function(id) => write_block(bytes, tags::FUNCTION, &id.to_le_bytes())?,
        Value::Library(name) => write_block(bytes, tags::LIBRARY, name.as_bytes())?,
        Value::External(id) => tagged(bytes, tags::EXTERNAL, &id.to_le_bytes()),
        Value::Table(pairs) => write_table(pairs, bytes, depth + 1)?,
        Value::BigInteger { negative, magnitude } => {
            let magnitude = significant(magnitude);
            tagged(bytes, tags::BIG_INTEGER, &length_field(1 + magnitude.len())?);
            bytes.push(u8::from(*negative && !magnitude.is_empty()));
            bytes.extend(magnitude);
        }
    }
    Ok(())
}

fn tagged(bytes: &mut Vec<u8>, tag: u8, rest: &[u8]) {
    bytes.push(tag);
    bytes.extend(rest);
}

fn write_block(bytes: &mut Vec<u8>, tag: u8, block: &[u8]) -> Result<(), Error> {
    tagged(bytes, tag, &length_field(block.len())?);
    bytes.extend(block);
    Ok(())
}

fn write_table(pairs: &[(Value, Value)], bytes: &mut Vec<u8>, depth: usize) -> Result<(), Error> {
    if depth > limits::VALUE_DEPTH {
        return Err(Error::Unencodable(format!("tables are nested deeper than {}", limits::VALUE_DEPTH)));
    }
    bytes.push(tags::TABLE);
    let length_offset = bytes.len();
    bytes.extend([0; size_of::<u32>()]);
    let start = bytes.len();
    bytes.extend(length_field(pairs.len())?);
    for (key, value) in pairs {
        write(key, bytes, depth)?;
        write(value, bytes, depth)?;
    }
    let length = length_field(bytes.len() - start)?;
    bytes[length_offset..start].copy_from_slice(&length);
    Ok(())
}

fn length_field(length: usize) -> Result<[u8; 4], Error> {
    match u32::try_from(length) {
        Ok(length) => Ok(length.to_le_bytes()),
        Err(_) => Err(Error::Unencodable(format!("{length} bytes or pairs; a length field holds {}", u32::MAX))),
    }
}
