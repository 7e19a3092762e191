//! An external table as its content, an inline table, from the store to the bytes of a result: no Lua table is made of it.
//!
//! Invariant: it shows what `pairs` and indexing would show, and nothing that is hidden. It raises nothing and runs no script.
//! A table inside itself, and one nested too deep, stays a reference, so it ends.

use alloc::vec::Vec;

use cu_abi::key::{self, Key};
use cu_abi::malformed::Malformed;
use cu_abi::tags;
use cu_abi::value::{Item, Reader, Writer};

use crate::budget::{self, cost};
use crate::bytes::copy;
#[cfg(feature = "deflate")]
use crate::codec::compress;
use crate::codec::decode::{self, Unusable};
use crate::codec::encode::{self, Around, NoEncoding, Unencodable, Which, check_size, refuse, with_front};
use crate::codec::path::Path;
use crate::memory::{self, NoMemory};
use crate::permissions::guards;
use crate::store::keys::Keys;
use crate::store::{self, Failure, Fetched};

impl From<Failure> for Unencodable {
    fn from(failure: Failure) -> Unencodable {
        NoEncoding::Store(failure).into()
    }
}

impl From<Malformed> for Unencodable {
    fn from(malformed: Malformed) -> Unencodable {
        NoEncoding::Damaged(malformed.offset).into()
    }
}

impl From<Unusable> for Unencodable {
    fn from(unusable: Unusable) -> Unencodable {
        match unusable {
            Unusable::Malformed(malformed) => malformed.into(),
            Unusable::LeftOut(feature) => NoEncoding::LeftOut(feature).into(),
        }
    }
}

/// Appends the table of that id as its content; by its id where its content cannot be.
pub fn write(id: u32, writer: &mut Writer<'_>, outer: Option<&Around<'_>>) -> Result<(), Unencodable> {
    match Around::inside(Which::External(id), outer) {
        Ok(around) if guards::check_seen(id).is_ok() => rows(id, writer, &around),
        _ => encode::by_id(id, writer, outer),
    }
}

fn rows(id: u32, writer: &mut Writer<'_>, around: &Around<'_>) -> Result<(), Unencodable> {
    let open = writer.begin_table();
    let mut count = 0;
    let mut keys = Keys::of(id);
    while keys.step()? {
        if budget::is_exhausted() {
            return refuse(NoEncoding::Budget);
        }
        let key = keys.current();
        if guards::is_active() && guards::is_entry_hidden(id, key) {
            continue;
        }
        match row(id, key, writer, around) {
            Ok(is_written) => count += u32::from(is_written),
            Err(unencodable) => return Err(with_front(unencodable, |path| prepend_key(key, path))),
        }
    }
    writer.end_table(open, count);
    Ok(())
}

/// Appends the pair of one row; false, and nothing appended, when there is nothing to be seen.
fn row(id: u32, key: &[u8], writer: &mut Writer<'_>, around: &Around<'_>) -> Result<bool, Unencodable> {
    let length = match store::get(id, key)? {
        Fetched::Absent => return Ok(false),
        Fetched::Short(length) => length,
        Fetched::Long(length) => {
            let mut bytes = room(length)?;
            let length = store::get_long(id, key, &mut bytes)?;
            return pair(id, key, bytes.get(..length).unwrap_or_default(), writer, around);
        }
    };
    // SAFETY: one thread, and nothing else is read while the bytes are looked at: a table is copied first, and of a reference
    // only the id is used.
    let bytes = &unsafe { store::value_buffer() }[..length];
    if bytes.first() != Some(&tags::TABLE) {
        return pair(id, key, bytes, writer, around);
    }
    let mut copied = room(length)?;
    copy(&mut copied, bytes);
    pair(id, key, &copied, writer, around)
}

/// Memory for a row.
fn room(length: usize) -> Result<Vec<u8>, Unencodable> {
    Ok(memory::zeros(length).map_err(|NoMemory| NoEncoding::Memory(length))?)
}

/// The same for a row whose value is in `bytes`.
fn pair(id: u32, key: &[u8], bytes: &[u8], writer: &mut Writer<'_>, around: &Around<'_>) -> Result<bool, Unencodable> {
    budget::spend(bytes.len() / cost::BYTES_DECODED);
    decode::check(bytes)?;
    let mut reader = Reader::new(bytes);
    let item = reader.item()?;
    if !is_seen(id, item) {
        return Ok(false);
    }
    write_key(key, writer)?;
    match item {
        Item::Function(_) => return Err(NoEncoding::Type("function").into()),
        #[cfg(feature = "deflate")]
        Item::Compressed(length, deflated) => inflate(length as usize, deflated, writer)?,
        item => value(id, item, bytes, &mut reader, writer, around)?,
    }
    check_size(writer)?;
    Ok(true)
}

/// Whether a script would see the value in that table.
fn is_seen(id: u32, item: Item<'_>) -> bool {
    match item {
        Item::External(found) => !guards::is_active() || guards::admit(found, id),
        item => item != Item::Nil,
    }
}

/// Appends a value: the item that `reader` has just read, whose bytes are `bytes`.
fn value<'a>(
    id: u32,
    item: Item<'a>,
    bytes: &[u8],
    reader: &mut Reader<'a>,
    writer: &mut Writer<'_>,
    around: &Around<'_>,
) -> Result<(), Unencodable> {
    match item {
        Item::External(found) => write(found, writer, Some(around)),
        Item::Table(pairs, content) => {
            let around = Around::inside(Which::Inline, Some(around))?;
            inline(id, (pairs, content), reader, writer, &around)
        }
        _ => {
            writer.bytes(bytes);
            Ok(())
        }
    }
}

/// Appends an inline table, which the host has stored as a row: that is what a script would see of it. Keys stay as they are.
fn inline<'a>(
    id: u32,
    (pairs, content): (u32, &'a [u8]),
    reader: &mut Reader<'a>,
    writer: &mut Writer<'_>,
    around: &Around<'_>,
) -> Result<(), Unencodable> {
    let outside = reader.enter(pairs, content)?;
    let start = reader.offset();
    let between = |from: usize, to: usize| content.get(from - start..to - start).unwrap_or_default();
    let open = writer.begin_table();
    let mut count = 0;
    for _ in 0..pairs {
        let from = reader.offset();
        reader.key()?;
        let key = between(from, reader.offset());
        let from = reader.offset();
        let item = reader.item()?;
        if is_seen(id, item) {
            writer.bytes(key);
            value(id, item, between(from, reader.offset()), reader, writer, around)?;
            count += 1;
        }
    }
    writer.end_table(open, count);
    Ok(reader.leave(outside)?)
}

/// Appends the string that was compressed.
#[cfg(feature = "deflate")]
fn inflate(length: usize, deflated: &[u8], writer: &mut Writer<'_>) -> Result<(), Unencodable> {
    const DEFLATED_AT: usize = 9;
    let Some(original) = writer.reserve(length) else { return Ok(()) };
    let is_string = compress::restore(deflated, original) && {
        let mut reader = Reader::new(original);
        matches!(reader.item(), Ok(Item::String(_))) && reader.is_at_end()
    };
    if is_string { Ok(()) } else { refuse(NoEncoding::Damaged(DEFLATED_AT)) }
}

/// Appends an encoded key as a value.
fn write_key(encoded: &[u8], writer: &mut Writer<'_>) -> Result<(), Unencodable> {
    // SAFETY: one thread, and no key that was encoded there is used any more: `encoded` lies in a page.
    let buffer = unsafe { store::key_buffer() };
    match key::decode(encoded, buffer.room())? {
        Key::Boolean(value) => writer.boolean(value),
        Key::Integer(value) => writer.integer(value),
        Key::Float(value) => writer.float(value),
        Key::String(value) => writer.string(value),
    }
    Ok(())
}

/// Puts the access by an encoded key in front of `path`.
#[cold]
fn prepend_key(encoded: &[u8], path: &mut Path) {
    // SAFETY: as in `write_key`.
    let buffer = unsafe { store::key_buffer() };
    match key::decode(encoded, buffer.room()) {
        Ok(Key::String(name)) => path.prepend_key(name),
        Ok(Key::Integer(number)) => path.prepend_index(number),
        Ok(Key::Float(_)) => path.prepend(b"[number]"),
        Ok(Key::Boolean(_)) => path.prepend(b"[boolean]"),
        Err(_) => path.prepend(b"[key]"),
    }
}
