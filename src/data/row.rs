//! Reads what lies at a path of a row: an external table, an inline one, or a value that is no table.
//!
//! Invariant: nothing here runs Lua or changes a row, and nothing that the host answers is trusted. A value that lies in the short
//! buffer is used before anything else is read.

use alloc::vec::Vec;

use cu_abi::key::{Key, KeyBuffer};
use cu_abi::malformed::Malformed;
use cu_abi::value::{Item, Reader, Writer};

use crate::budget::{self, cost};
#[cfg(feature = "deflate")]
use crate::codec::compress;
use crate::codec::decode;
#[cfg(not(feature = "deflate"))]
use crate::codec::feature::Feature;
use crate::data::path::Path;
use crate::heap;
use crate::memory::{self, NoMemory};
use crate::permissions::guards;
use crate::proxy::fault::{Fault, Problem};
use crate::store::{self, Fetched};

/// Whose eyes look at a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// The module's own, which see everything.
    Module,
    /// A script's, which see nil in place of what is hidden.
    Script,
}

/// An entry that is read as if it had another value, or none.
#[derive(Clone, Copy, Debug)]
pub struct Override<'a> {
    /// The table.
    pub table: u32,
    /// The key, encoded.
    pub key: &'a [u8],
    /// The value, encoded.
    pub value: Option<&'a [u8]>,
}

/// What went wrong, and where: at a key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What.
    pub fault: Fault,
    /// The table.
    pub table: u32,
    /// The number of the segment of the path, from 1, whose key it is; 0 for the key of the row.
    pub segment: usize,
}

/// Where the bytes of a value are.
enum Place<'a> {
    /// There are none.
    Nowhere,
    /// In the short buffer, from here to there.
    Short(usize, usize),
    /// Where they were before, from here to there.
    Given(&'a [u8], usize, usize),
    /// In memory of the arena, from here to there.
    Long(Vec<u8>, usize, usize),
}

/// A value that was read. It is used before anything else is read.
pub struct Value<'a>(Place<'a>);

impl Value<'_> {
    /// Its bytes, none when there is no value.
    #[inline]
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Place::Nowhere => None,
            // SAFETY: one thread, and a value is used before anything else is read (the comment at the top).
            Place::Short(start, end) => unsafe { store::value_buffer() }.get(*start..*end),
            Place::Given(bytes, start, end) => bytes.get(*start..*end),
            Place::Long(bytes, start, end) => bytes.get(*start..*end),
        }
    }

    /// Whether it lies where the next one that is read goes to.
    pub fn is_in_buffer(&self) -> bool {
        matches!(self.0, Place::Short(..))
    }

    /// The value. It is whole; of a table in it only what was looked at is known to be.
    #[inline]
    pub fn item(&self) -> Option<Item<'_>> {
        Reader::new(self.bytes()?).item().ok()
    }
}

/// What lies under the key of a row, for the fields in it to be read.
pub enum Row<'a> {
    /// An external table.
    Table(u32),
    /// Any other value; the table that it lies in.
    Value(Value<'a>, u32),
}

impl<'a> Row<'a> {
    /// Reads what lies under a key.
    #[inline]
    pub fn read(table: u32, key: &[u8], over: Option<&Override<'a>>, eyes: Eyes) -> Result<Row<'a>, Broken> {
        let value = fetch(table, key, over, eyes).map_err(|fault| Broken { fault, table, segment: 0 })?;
        if let Some(Item::External(id)) = value.item() {
            return Ok(Row::Table(id));
        }
        // What the fields are read from stays while they are.
        let Place::Short(start, end) = value.0 else { return Ok(Row::Value(value, table)) };
        let kept = copied(value.bytes().unwrap_or_default());
        let kept = kept.map_err(|fault| Broken { fault, table, segment: 0 })?;
        Ok(Row::Value(Value(Place::Long(kept, 0, end - start)), table))
    }

    /// Whether there is a row.
    pub fn exists(&self) -> bool {
        !matches!(self, Row::Value(Value(Place::Nowhere), _))
    }

    /// Reads what lies at a path of the row.
    #[inline]
    pub fn field<'r>(&'r self, path: Path<'_>, over: Option<&Override<'r>>, eyes: Eyes) -> Result<Value<'r>, Broken> {
        match self {
            Row::Table(id) => match path.split() {
                Some((key, rest)) => steps(*id, key, rest, 1, over, eyes),
                None => Ok(Value(Place::Short(0, external(*id)))),
            },
            Row::Value(value, table) => {
                let Some(bytes) = value.bytes() else { return Ok(Value(Place::Nowhere)) };
                inside(Value::given(bytes), *table, 0, path, over, eyes)
            }
        }
    }
}

/// Writes an external table to the short buffer; its length.
fn external(id: u32) -> usize {
    // SAFETY: one thread, and every value that was read before has been used (the comment at the top).
    let mut writer = Writer::new(unsafe { store::value_buffer() });
    writer.external(id);
    writer.length()
}

/// Reads what lies at a path of the row under a key.
pub fn read<'a>(
    table: u32,
    key: &[u8],
    path: Path<'_>,
    over: Option<&Override<'a>>,
    eyes: Eyes,
) -> Result<Value<'a>, Broken> {
    steps(table, key, path, 0, over, eyes)
}

/// Reads the entry under a key, and what lies at a path of it. `segment` is the number of the key in the whole path.
fn steps<'a>(
    table: u32,
    key: &[u8],
    path: Path<'_>,
    segment: usize,
    over: Option<&Override<'a>>,
    eyes: Eyes,
) -> Result<Value<'a>, Broken> {
    let value = fetch(table, key, over, eyes).map_err(|fault| Broken { fault, table, segment })?;
    if path.is_itself() { Ok(value) } else { inside(value, table, segment, path, over, eyes) }
}

/// What lies at a path of a value, which is the segment with that number, in a table.
fn inside<'a>(
    mut value: Value<'a>,
    mut table: u32,
    mut segment: usize,
    mut path: Path<'_>,
    over: Option<&Override<'a>>,
    eyes: Eyes,
) -> Result<Value<'a>, Broken> {
    while let Some((key, rest)) = path.split() {
        (segment, path) = (segment + 1, rest);
        match value.item() {
            Some(Item::External(id)) => {
                table = id;
                value = fetch(table, key, over, eyes).map_err(|fault| Broken { fault, table, segment })?;
            }
            Some(Item::Table(pairs, content)) => {
                let at = value.start() + value.bytes().unwrap_or_default().len() - content.len();
                value = match find(table, pairs, content, key, eyes) {
                    Ok(Some((start, end))) => value.part(at + start, at + end),
                    Ok(None) => return Ok(Value(Place::Nowhere)),
                    Err(fault) => {
                        let fault = match fault.problem() {
                            Problem::Damaged(offset) => Fault::damaged(at + offset),
                            _ => fault,
                        };
                        return Err(Broken { fault, table, segment });
                    }
                };
            }
            _ => return Ok(Value(Place::Nowhere)),
        }
    }
    Ok(value)
}

impl<'a> Value<'a> {
    fn given(bytes: &'a [u8]) -> Value<'a> {
        Value(Place::Given(bytes, 0, bytes.len()))
    }

    /// Where it begins in what is stored.
    fn start(&self) -> usize {
        match &self.0 {
            Place::Nowhere => 0,
            Place::Short(start, _) | Place::Given(_, start, _) | Place::Long(_, start, _) => *start,
        }
    }

    /// The bytes from here to there, of all that is stored.
    fn part(mut self, from: usize, to: usize) -> Value<'a> {
        match &mut self.0 {
            Place::Nowhere => {}
            Place::Short(start, end) | Place::Given(_, start, end) | Place::Long(_, start, end) => {
                (*start, *end) = (from, to);
            }
        }
        self
    }
}

/// Where in the pairs of an inline table the value under a key is.
fn find(table: u32, pairs: u32, content: &[u8], wanted: &[u8], eyes: Eyes) -> Result<Option<(usize, usize)>, Fault> {
    budget::spend(content.len() / cost::BYTES_DECODED);
    let mut reader = Reader::new(content);
    let mut key = KeyBuffer::new();
    for _ in 0..pairs {
        let is_wanted = is_key(reader.key().map_err(damaged)?, wanted, &mut key);
        let start = reader.offset();
        let item = reader.item().map_err(damaged)?;
        if is_wanted {
            check(&item)?;
            if let Item::Compressed(..) | Item::Function(_) = item {
                // These stand alone.
                return Err(Fault::damaged(start));
            }
            let is_seen = !matches!(item, Item::Nil) && is_seen(&item, table, eyes);
            return Ok(is_seen.then_some((start, reader.offset())));
        }
    }
    Ok(None)
}

/// Whether an item is the key that is encoded in `wanted`.
fn is_key(item: Item<'_>, wanted: &[u8], room: &mut KeyBuffer) -> bool {
    let key = match item {
        // The same length, or there are zeros in it.
        Item::String(bytes) if bytes.len() + 2 > wanted.len() => return false,
        Item::String(bytes) => Key::String(bytes),
        Item::Integer(value) => Key::Integer(value),
        Item::Float(value) => Key::Float(value),
        Item::Boolean(value) => Key::Boolean(value),
        _ => return false,
    };
    room.encode(key).is_ok() && room.bytes() == wanted
}

fn damaged(malformed: Malformed) -> Fault {
    Fault::damaged(malformed.offset)
}

/// Refuses a reference that no script could hold. What lies in a table is looked at when it is wanted.
#[inline]
fn check(item: &Item<'_>) -> Result<(), Fault> {
    match item {
        Item::External(id) if !decode::is_script_table(*id) => Err(Fault::damaged(1)),
        #[cfg(not(feature = "deflate"))]
        Item::Compressed(..) => Err(Problem::LeftOut(Feature::Compression).into()),
        _ => Ok(()),
    }
}

/// Whether a value under a key of a table may be seen.
#[inline]
fn is_seen(item: &Item<'_>, table: u32, eyes: Eyes) -> bool {
    match item {
        Item::External(found) if eyes == Eyes::Script && guards::is_active() => guards::admit(*found, table),
        _ => true,
    }
}

/// Reads the entry under a key, and inflates it where it is compressed.
#[inline]
fn fetch<'a>(table: u32, key: &[u8], over: Option<&Override<'a>>, eyes: Eyes) -> Result<Value<'a>, Fault> {
    if eyes == Eyes::Script
        && guards::is_active()
        && (guards::check_seen(table).is_err() || guards::is_entry_hidden(table, key))
    {
        return Ok(Value(Place::Nowhere));
    }
    let value = match over {
        Some(over) if over.table == table && over.key == key => over.value.map_or(Value(Place::Nowhere), Value::given),
        _ => match store::get_in_place(table, key)? {
            Fetched::Absent => return Ok(Value(Place::Nowhere)),
            Fetched::Short(length) => Value(Place::Short(0, length)),
            Fetched::Long(length) => long(table, key, length)?,
        },
    };
    let Some(bytes) = value.bytes() else { return Ok(value) };
    let mut reader = Reader::new(bytes);
    let item = reader.item().map_err(damaged)?;
    reader.finish().map_err(damaged)?;
    check(&item)?;
    match item {
        Item::Nil => Ok(Value(Place::Nowhere)),
        Item::External(_) if !is_seen(&item, table, eyes) => Ok(Value(Place::Nowhere)),
        #[cfg(feature = "deflate")]
        Item::Compressed(length, deflated) => inflate(length as usize, deflated),
        _ => Ok(value),
    }
}

/// Refuses more bytes than scripts may use.
fn check_length(length: usize) -> Result<(), Fault> {
    let limit = heap::limit_bytes();
    if length > limit { Err(Problem::TooLarge(length, limit).into()) } else { Ok(()) }
}

/// Room for so many bytes.
fn room(length: usize) -> Result<Vec<u8>, Fault> {
    check_length(length)?;
    memory::zeros(length).map_err(|NoMemory| Fault::memory(length))
}

/// The same bytes, to be kept.
fn copied(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    check_length(bytes.len())?;
    memory::copied(bytes).map_err(|NoMemory| Fault::memory(bytes.len()))
}

/// Reads a value that is longer than the short buffer.
fn long(table: u32, key: &[u8], length: usize) -> Result<Value<'static>, Fault> {
    budget::spend(length / cost::BYTES_DECODED);
    let mut bytes = room(length)?;
    let length = store::get_long(table, key, &mut bytes)?;
    Ok(Value(Place::Long(bytes, 0, length)))
}

/// The string that was compressed to `deflated`.
#[cfg(feature = "deflate")]
fn inflate(length: usize, deflated: &[u8]) -> Result<Value<'static>, Fault> {
    /// Where in a value the deflated bytes begin.
    const DEFLATED_AT: usize = 9;
    let mut bytes = room(length)?;
    let is_restored = compress::restore(deflated, &mut bytes);
    let mut reader = Reader::new(&bytes);
    if is_restored && matches!(reader.item(), Ok(Item::String(_))) && reader.is_at_end() {
        return Ok(Value(Place::Long(bytes, 0, length)));
    }
    Err(Fault::damaged(DEFLATED_AT))
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
