//! Reading what lies at the end of a path.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::key::{IntegerKey, Key, KeyBuffer};
use cu_abi::value::{Item, Reader};

#[cfg(feature = "deflate")]
use crate::codec::compress;
use crate::data::path::Path;
use crate::data::scratch;
use crate::store::{self, Failure, Fetched};

/// An entry is read as if it had this value.
#[derive(Clone, Copy)]
pub struct Override<'a> {
    /// Its table.
    pub table: u32,
    /// Its key.
    pub key: &'a [u8],
    /// The value, `None` for none.
    pub value: Option<&'a [u8]>,
}

/// Where a step leads.
enum Step<R> {
    /// To an external table.
    Into(u32),
    /// To the end.
    End(R),
}

/// Hands to `visit` what lies at the end of `path`, of which the first keys lead to the entry: `None` for nothing.
pub fn visit<R>(
    table: u32,
    key: &[u8],
    path: &Path,
    first: usize,
    over: Option<&Override<'_>>,
    visit: &mut dyn FnMut(Option<&Item<'_>>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let (mut table, mut key, mut next) = (table, key, first);
    loop {
        let step = with_value(table, key, over, |bytes| walk(table, bytes, path, &mut next, visit))?;
        match step {
            Step::End(answer) => return Ok(answer),
            Step::Into(inner) => {
                table = inner;
                key = path.segment(next).unwrap_or_default();
                next += 1;
            }
        }
    }
}

/// Hands the value of an entry to `work`.
pub fn with_value<R>(
    table: u32,
    key: &[u8],
    over: Option<&Override<'_>>,
    work: impl FnOnce(Option<&[u8]>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    if let Some(over) = over.filter(|over| over.table == table && over.key == key) {
        return work(over.value);
    }
    match store::get(table, key)? {
        Fetched::Absent => work(None),
        Fetched::Short(length) => work(Some(store::short_value(length))),
        Fetched::Long(length) => {
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(length).map_err(|_| scratch::no_memory(table, length))?;
            bytes.resize(length, 0);
            let length = store::get_long(table, key, &mut bytes)?;
            work(bytes.get(..length))
        }
    }
}

/// Goes on inside a value.
fn walk<R>(
    table: u32,
    bytes: Option<&[u8]>,
    path: &Path,
    next: &mut usize,
    visit: &mut dyn FnMut(Option<&Item<'_>>) -> Result<R, Failure>,
) -> Result<Step<R>, Failure> {
    let damaged = || Failure::damaged(table);
    let mut item = match bytes {
        Some(bytes) => Some(Reader::new(bytes).item().map_err(|_| damaged())?),
        None => None,
    };
    while *next < path.len() {
        match item {
            Some(Item::External(inner)) => return Ok(Step::Into(inner)),
            Some(Item::Table(_, content)) => {
                item = search(content, path.segment(*next).unwrap_or_default()).map_err(|_| damaged())?;
                *next += 1;
            }
            _ => return visit(None).map(Step::End),
        }
    }
    with_text(table, item.as_ref(), visit).map(Step::End)
}

/// Hands the value of these bytes to `visit`.
pub fn visit_value<R>(
    table: u32,
    bytes: &[u8],
    visit: &mut dyn FnMut(Option<&Item<'_>>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let item = Reader::new(bytes).item().map_err(|_| Failure::damaged(table))?;
    with_text(table, Some(&item), visit)
}

/// Hands the value to `visit`, a compressed one as the string that it is.
fn with_text<R>(
    table: u32,
    item: Option<&Item<'_>>,
    visit: &mut dyn FnMut(Option<&Item<'_>>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    #[cfg(feature = "deflate")]
    if let Some(Item::Compressed(length, deflated)) = item {
        let length = *length as usize;
        let mut text = Vec::new();
        text.try_reserve_exact(length).map_err(|_| scratch::no_memory(table, length))?;
        text.resize(length, 0);
        if !compress::restore(deflated, &mut text) {
            return Err(Failure::damaged(table));
        }
        let item = Reader::new(&text).item().map_err(|_| Failure::damaged(table))?;
        return visit(Some(&item));
    }
    visit(item)
}

/// Encodes a value of an inline table's pair as a key; false for what cannot be one of an external table.
pub fn encode_key(item: &Item<'_>, into: &mut KeyBuffer) -> bool {
    let key = match item {
        Item::String(text) => Key::String(text),
        Item::Integer(number) => Key::Integer(*number),
        Item::Float(number) => Key::Float(*number),
        Item::Boolean(value) => Key::Boolean(*value),
        _ => return false,
    };
    into.encode(key).is_ok()
}

/// The value under an encoded key in an inline table.
fn search<'a>(content: &'a [u8], key: &[u8]) -> Result<Option<Item<'a>>, cu_abi::malformed::Malformed> {
    let mut pairs = Reader::new(content);
    while !pairs.is_at_end() {
        let (found, value) = (pairs.item()?, pairs.item()?);
        let is_it = match found {
            Item::String(text) => matches!(key, [1, rest @ .., 0] if rest == text),
            Item::Integer(number) => IntegerKey::new(number).bytes() == key,
            _ => false,
        };
        if is_it {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
