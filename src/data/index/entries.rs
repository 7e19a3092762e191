//! The entries that a row has in an index.
//!
//! ```text
//! entry, ordered   key: a component for each path, the row's key, and of an element its key   | value true
//! entry, hash      key: 16 bytes, a hash of these components; the row's key, and as above     | value true
//! ```
//!
//! A row that has a string in the place of a list has, in an index of elements, an entry with that string and one with the
//! component of a value without order.
//!
//! In an ordered index with one entry a row, each row has its entry: what a row misses has the least component. A hash index
//! and one of elements have entries only for what can be found, and so has a unique one that is looked at for conflicts.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::key::KeyBuffer;
use cu_abi::limits::COMPONENT_BYTES;
use cu_abi::value::{Item, Reader};

use crate::budget::{self, cost};
use crate::data::component::{self, Buffer, Class, TooLong};
use crate::data::filter;
use crate::data::index::definition::{Definition, Kind};
use crate::data::index::hash::{HASH_BYTES, hash};
use crate::data::path::Path;
use crate::data::row::{self, Eyes, Override, Value};
use crate::data::stop::{Look, Noted, Stop};
use crate::data::{page, refusal, scratch};
use crate::error::Excerpt;
use crate::store::Failure;
use crate::table::write::MOST_KEY_BYTES;

/// Encoded keys of entries, one after another.
#[derive(Default)]
pub struct Entries {
    bytes: Vec<u8>,
    /// Where each ends, and how many of its bytes are values.
    ends: Vec<(u32, u32)>,
}

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its key.
    pub key: &'a [u8],
    /// How many bytes of the key are values: 0 when nobody can find the row by them.
    pub values: usize,
}

impl Entries {
    /// All of them.
    pub fn each(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |(end, values)| {
            let key = self.bytes.get(start..*end as usize).unwrap_or_default();
            start = *end as usize;
            Entry { key, values: *values as usize }
        })
    }

    /// Whether one has that key.
    pub fn has(&self, key: &[u8]) -> bool {
        self.each().any(|entry| entry.key == key)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Where a row is, and how it is read.
#[derive(Clone, Copy)]
struct From<'a> {
    table: u32,
    key: &'a [u8],
    over: Option<&'a Override<'a>>,
}

/// The entries of a row.
pub fn of_row(table: u32, index: &Definition, key: &[u8]) -> Result<Entries, Failure> {
    of(index, From { table, key, over: None }, &[])
}

/// The entries that can differ where the entry at the end of `keys`, from the row's on, changes to what `over` says.
pub fn of_change(table: u32, index: &Definition, keys: &[&[u8]], over: &Override<'_>) -> Result<Entries, Failure> {
    let Some((key, below)) = keys.split_first() else { return Ok(Entries::default()) };
    let from = From { table, key, over: Some(over) };
    if index.is_multi
        && let Some(field) = index.paths.first()
        && let Some((element, list)) = below.split_last()
        && field.path().behind(list).is_some_and(Path::is_itself)
        && !index.filters_by(below)
    {
        return of_element(index, from, element, over);
    }
    if index.paths.iter().any(|field| field.path().behind(below).is_some()) || index.filters_by(below) {
        of(index, from, below)
    } else {
        Ok(Entries::default())
    }
}

/// `below` are the keys from the row to the entry that changes.
fn of(index: &Definition, from: From<'_>, below: &[&[u8]]) -> Result<Entries, Failure> {
    let mut entries = Entries::default();
    // A row that is not there has none.
    let is_there = match from.over {
        Some(over) if below.is_empty() => over.value.is_some(),
        Some(_) => true,
        None => from.read(Path::ITSELF)?.bytes().is_some(),
    };
    if !is_there || !from.is_wanted(index)? {
        return Ok(entries);
    }
    if index.is_multi {
        of_elements(index, from, &mut entries)?;
        return Ok(entries);
    }
    let mut can_be_found = true;
    let start = entries.bytes.len();
    for field in &index.paths {
        let value = match from.over {
            // The change is at the end of the path.
            Some(over) if field.path().behind(below).is_some_and(Path::is_itself) => {
                read(over.table, over.key, from.over)?
            }
            _ => from.read(field.path())?,
        };
        can_be_found &= entries.component(from.table, index, &field.text, value.item().as_ref())?;
    }
    if can_be_found || index.kind == Kind::Ordered {
        entries.end(index, start, from, &[], can_be_found)?;
    } else {
        entries.bytes.truncate(start);
    }
    Ok(entries)
}

/// The entry of an element that changes.
fn of_element(index: &Definition, from: From<'_>, element: &[u8], over: &Override<'_>) -> Result<Entries, Failure> {
    let mut entries = Entries::default();
    if !from.is_wanted(index)? {
        return Ok(entries);
    }
    let value = read(over.table, over.key, Some(over))?;
    entries.element(index, from, element, value.item().as_ref())?;
    Ok(entries)
}

/// The entries of each element of the value at the end of the path, or of the value itself if it is no table.
fn of_elements(index: &Definition, from: From<'_>, entries: &mut Entries) -> Result<(), Failure> {
    let Some(field) = index.paths.first() else { return Ok(()) };
    let value = from.read(field.path())?;
    let list = match value.item() {
        Some(Item::External(list)) => list,
        Some(Item::Table(_, content)) => return of_pairs(index, from, content, entries),
        item => {
            entries.element(index, from, &[], item.as_ref())?;
            return if matches!(item, Some(Item::String(_))) { entries.string(index, from) } else { Ok(()) };
        }
    };
    let page = page();
    let mut found = page.seek(list, &[])?;
    while found {
        scratch::check_budget(list)?;
        let key = page.current().ok_or_else(|| Failure::damaged(list))?;
        budget::spend(ELEMENT_COST);
        let value = read(list, key, from.over)?;
        entries.element(index, from, key, value.item().as_ref())?;
        found = page.step()?;
    }
    Ok(())
}

/// The same for an inline table.
fn of_pairs(index: &Definition, from: From<'_>, content: &[u8], entries: &mut Entries) -> Result<(), Failure> {
    let damaged = |_| Failure::damaged(from.table);
    let mut pairs = Reader::new(content);
    let mut key = KeyBuffer::new();
    while !pairs.is_at_end() {
        let (name, value) = (pairs.item().map_err(damaged)?, pairs.item().map_err(damaged)?);
        budget::spend(ELEMENT_COST);
        if scratch::encode_key(&name, &mut key) {
            entries.element(index, from, key.bytes(), Some(&value))?;
        }
    }
    Ok(())
}

/// What lies in an entry.
fn read<'a>(table: u32, key: &[u8], over: Option<&Override<'a>>) -> Result<Value<'a>, Failure> {
    row::read(table, key, Path::ITSELF, over, Eyes::Module).map_err(scratch::failure)
}

impl<'a> From<'a> {
    /// Whether the index has such rows.
    fn is_wanted(self, index: &Definition) -> Result<bool, Failure> {
        if index.filter.is_empty() {
            return Ok(true);
        }
        let mut look = Look { over: self.over.copied(), ..Look::new(Eyes::Module) };
        let row = look.row(self.table, self.key);
        row.and_then(|row| filter::matches(&index.filter, &row, &mut look)).map_err(|stop| match (stop, look.noted) {
            (Stop::Noted, Noted::Row(broken, ..)) => scratch::failure(broken),
            _ => scratch::no_memory(self.table, index.filter.len()),
        })
    }

    /// What lies at a path of the row.
    fn read(self, path: Path<'_>) -> Result<Value<'a>, Failure> {
        row::read(self.table, self.key, path, self.over, Eyes::Module).map_err(scratch::failure)
    }
}

/// What an element counts beside the calls of the host.
const ELEMENT_COST: usize = 20;

impl Entries {
    /// Appends a component of the entry that begins; whether a row can be found by it.
    fn component(
        &mut self,
        table: u32,
        index: &Definition,
        path: &[u8],
        item: Option<&Item<'_>>,
    ) -> Result<bool, Failure> {
        let start = self.bytes.len();
        let mut room = COMPONENT_BYTES;
        loop {
            self.bytes.try_reserve(room).map_err(|_| scratch::no_memory(table, room))?;
            self.bytes.resize(start + room, 0);
            let mut buffer = Buffer::new(self.bytes.get_mut(start..).unwrap_or_default());
            let written = component::write(item, &mut buffer);
            let length = buffer.length();
            budget::spend(length / cost::BYTES_KEY);
            match written {
                Ok(class) => {
                    self.bytes.truncate(start + length);
                    return Ok(!matches!(class, Class::Missing | Class::Other));
                }
                Err(TooLong(length)) if index.kind == Kind::Ordered => {
                    let (path, name) = (Excerpt::new(path), Excerpt::new(&index.name));
                    return Err(refusal::refuse(
                        table,
                        format_args!(
                            "the value of {path} takes {length} bytes; the limit of index {name} is {COMPONENT_BYTES} (one of kind \"hash\" has none)"
                        ),
                    ));
                }
                Err(TooLong(length)) => room = length.max(room * 2),
            }
        }
    }

    /// Adds the entry of an element, if it can be found.
    fn element(
        &mut self,
        index: &Definition,
        from: From<'_>,
        key: &[u8],
        item: Option<&Item<'_>>,
    ) -> Result<(), Failure> {
        let start = self.bytes.len();
        let path = index.paths.first().map(|field| &field.text[..]).unwrap_or_default();
        if self.component(from.table, index, path, item)? {
            return self.end(index, start, from, key, true);
        }
        self.bytes.truncate(start);
        Ok(())
    }

    /// Adds the entry that says of a row that it has a string in the place of a list.
    fn string(&mut self, index: &Definition, from: From<'_>) -> Result<(), Failure> {
        let start = self.bytes.len();
        scratch::append(&mut self.bytes, from.table, &[&[component::OTHER]])?;
        self.end(index, start, from, &[], false)
    }

    /// Ends the entry that began at `start`: of its components, in a hash index, the hash is kept.
    fn end(
        &mut self,
        index: &Definition,
        start: usize,
        from: From<'_>,
        element: &[u8],
        can_be_found: bool,
    ) -> Result<(), Failure> {
        if index.kind == Kind::Hash {
            let hash = hash(self.bytes.get(start..).unwrap_or_default());
            self.bytes.truncate(start);
            scratch::append(&mut self.bytes, from.table, &[&hash])?;
        }
        let values = self.bytes.len() - start;
        scratch::append(&mut self.bytes, from.table, &[from.key, element])?;
        let length = self.bytes.len() - start;
        if length > MOST_KEY_BYTES {
            let most = MOST_KEY_BYTES - values - element.len();
            return Err(refusal::too_long(from.table, from.key, most));
        }
        let end = (self.bytes.len() as u32, if can_be_found { values as u32 } else { 0 });
        scratch::push(&mut self.ends, from.table, end)
    }
}

/// Whether a row of an index of elements has a string in the place of a list: `contains` asks for parts of it, too.
pub fn has_strings(index: &Definition) -> Result<bool, Failure> {
    let hash = hash(&[component::OTHER]);
    let values: &[u8] = if index.kind == Kind::Hash { &hash } else { &[component::OTHER] };
    let page = page();
    Ok(page.seek(index.store, values)? && page.current().is_some_and(|key| key.starts_with(values)))
}

/// The values in front of an entry's key, and what is behind them, of an index of that kind with so many paths.
pub fn split(kind: Kind, paths: usize, key: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0;
    match kind {
        Kind::Hash => length = HASH_BYTES,
        Kind::Ordered => {
            for _ in 0..paths {
                length += component::length_at(key.get(length..)?)?;
            }
        }
    }
    key.split_at_checked(length)
}

/// The key of the row, in what is behind the values.
pub fn row_key_in(behind: &[u8]) -> Option<&[u8]> {
    behind.get(..cu_abi::key::length_at(behind)?)
}
