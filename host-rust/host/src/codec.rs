//! Values as bytes, and back, through the codec of the contract.

use cu_abi::limits::VALUE_DEPTH;
use cu_abi::malformed::{Malformed, Problem};
use cu_abi::value::{Item, Reader, Writer};

use crate::error::Error;
use crate::value::Value;

impl Value {
    /// The value that exactly these bytes encode.
    pub fn decode(bytes: &[u8]) -> Result<Value, Error> {
        let mut reader = Reader::new(bytes);
        let value = read(&mut reader)?;
        reader.finish()?;
        Ok(value)
    }

    /// The values that follow one another in `bytes`, from `offset` to the end.
    pub fn decode_all(bytes: &[u8], offset: usize) -> Result<Vec<Value>, Error> {
        let mut reader = Reader::starting_at(bytes, offset);
        let mut values = Vec::new();
        while !reader.is_at_end() {
            values.push(read(&mut reader)?);
        }
        Ok(values)
    }

    /// The bytes of this value. Tables that are nested too deep, and sizes of 4 GiB or more, are errors.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        append(&mut bytes, |writer| write(self, writer, 0))?;
        Ok(bytes)
    }
}

impl From<Malformed> for Error {
    fn from(Malformed { offset, problem }: Malformed) -> Error {
        malformed(offset, problem.text())
    }
}

/// The error that the byte at `offset` is wrong.
pub(crate) fn malformed(offset: usize, problem: &'static str) -> Error {
    Error::Malformed { offset, problem }
}

/// The next value.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Value, Error> {
    let at = reader.offset();
    let item = reader.item()?;
    whole(item, at, reader)
}

/// The value of an item whose tag is at `at`, with its content.
fn whole<'a>(item: Item<'a>, at: usize, reader: &mut Reader<'a>) -> Result<Value, Error> {
    Ok(match item {
        Item::Nil => Value::Nil,
        Item::Boolean(flag) => Value::Boolean(flag),
        Item::Integer(number) => Value::Integer(number),
        Item::Float(number) => Value::Float(number),
        Item::String(bytes) => Value::String(bytes.into()),
        Item::Function(id) => Value::Function(id),
        // The bytes of the name are ASCII.
        Item::Library(name) => Value::Library(String::from_utf8_lossy(name).into_owned()),
        Item::External(id) => Value::External(id),
        Item::BigInteger(negative, magnitude) => Value::BigInteger { negative, magnitude: magnitude.into() },
        Item::Table(count, content) => table(count, content, reader)?,
        // Values of a store are expanded before this, and no others are compressed.
        Item::Compressed(..) => return Err(Malformed::new(at, Problem::UnknownTag).into()),
    })
}

fn table<'a>(count: u32, content: &'a [u8], reader: &mut Reader<'a>) -> Result<Value, Error> {
    let outside = reader.enter(count, content)?;
    // The vector grows as pairs arrive: a pair takes 64 bytes in memory, but two bytes are enough to claim one.
    let mut pairs = Vec::new();
    for _ in 0..count {
        let at = reader.offset();
        let key = reader.key()?;
        pairs.push((whole(key, at, reader)?, read(reader)?));
    }
    reader.leave(outside)?;
    Ok(Value::Table(pairs))
}

/// Most of what is encoded is shorter.
const SHORT_BYTES: usize = 128;

/// Adds what `write` writes to `bytes`, or nothing; it writes the same each time that it is called.
pub(crate) fn append(bytes: &mut Vec<u8>, write: impl Fn(&mut Writer<'_>) -> Result<(), Error>) -> Result<(), Error> {
    let mut short = [0; SHORT_BYTES];
    let mut writer = Writer::new(&mut short);
    write(&mut writer)?;
    if let Some(written) = writer.written() {
        bytes.extend_from_slice(written);
        return Ok(());
    }
    let start = bytes.len();
    let length = fitting(writer.length())?;
    bytes.resize(start + length, 0);
    write(&mut Writer::new(&mut bytes[start..]))
}

/// A length for which every length within has room.
pub(crate) fn fitting(length: usize) -> Result<usize, Error> {
    match u32::try_from(length) {
        Ok(_) => Ok(length),
        Err(_) => Err(Error::Unencodable(format!("{length} bytes; a length field holds {}", u32::MAX))),
    }
}

/// `depth` tables enclose the value. Lengths of more than 32 bits are cut: the caller checks the whole length.
pub(crate) fn write(value: &Value, writer: &mut Writer<'_>, depth: usize) -> Result<(), Error> {
    match value {
        Value::Nil => writer.nil(),
        Value::Boolean(flag) => writer.boolean(*flag),
        Value::Integer(number) => writer.integer(*number),
        Value::Float(number) => writer.float(*number),
        Value::String(bytes) => writer.string(bytes),
        Value::Function(id) => writer.function(*id),
        Value::Library(name) => writer.library(name),
        Value::External(id) => writer.external(*id),
        Value::BigInteger { negative, magnitude } => writer.big_integer(*negative, magnitude),
        Value::Table(_) if depth == VALUE_DEPTH => {
            return Err(Error::Unencodable(format!("tables are nested deeper than {VALUE_DEPTH}")));
        }
        Value::Table(pairs) => {
            let open = writer.begin_table();
            for (key, value) in pairs {
                write(key, writer, depth + 1)?;
                write(value, writer, depth + 1)?;
            }
            writer.end_table(open, pairs.len() as u32);
        }
    }
    Ok(())
}
