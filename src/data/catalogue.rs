//! What is attached to tables: a row for each table that has something.
//!
//! Invariant: a row that the module wrote reads back. One that is anything else is an error, never half of a definition.
//!
//! ```text
//! row   key: id of the table | value: inline table
//!       indexes = { [name] = { table = external table with the entries, kind = "btree" or "hash", unique = boolean,
//!                              multi = boolean, ready = boolean, paths = { path ... }, where = string or nothing } }
//! ```
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::value::{Item, Reader, Writer};

use crate::data::index::definition::Definition;
use crate::data::scratch;
use crate::data::state::STATE;
use crate::store::{self, Failure, Fetched, system};
use crate::table::write;

/// So many tables are remembered with what is attached to them.
const REMEMBERED: usize = 8;

/// What is attached to a table.
#[derive(Default)]
pub struct Attached {
    /// The table.
    pub table: u32,
    /// Its indexes.
    pub indexes: Vec<Definition>,
}

impl Attached {
    /// Whether the table at the end of these keys, from the row's on, is looked at: then it needs a link.
    pub fn looks_at(&self, steps: &[&[u8]]) -> bool {
        self.indexes.iter().any(|index| index.looks_at(steps))
    }

    /// Whether nothing is attached.
    pub fn is_empty(&self) -> bool {
        self.indexes.is_empty()
    }

    /// The index of that name.
    pub fn index(&self, name: &[u8]) -> Option<usize> {
        self.indexes.iter().position(|index| index.name == name)
    }
}

/// Hands what is attached to the table to `work`, nothing where there is nothing. While it works, `work` may not ask for that of another
/// table.
pub fn with<R>(table: u32, work: impl FnOnce(&mut Attached) -> Result<R, Failure>) -> Result<R, Failure> {
    let mut all = STATE.attached.take();
    let known = all.iter().position(|attached| attached.table == table);
    let mut attached = match known {
        Some(place) => all.remove(place),
        None => match load(table) {
            Ok(attached) => attached,
            Err(failure) => {
                STATE.attached.set(all);
                return Err(failure);
            }
        },
    };
    let answer = work(&mut attached);
    if all.len() >= REMEMBERED {
        all.remove(0);
    }
    // Without memory it is read again.
    if all.try_reserve(1).is_ok() {
        all.push(attached);
    }
    STATE.attached.set(all);
    answer
}

/// Whether something is attached to the table.
pub fn has(table: u32) -> Result<bool, Failure> {
    store::is_stored(system::CATALOGUE, table)
}

fn load(table: u32) -> Result<Attached, Failure> {
    let mut attached = Attached { table, ..Attached::default() };
    let Some(bytes) = read(table)? else { return Ok(attached) };
    parse(&bytes, &mut attached)?.ok_or_else(damaged)?;
    Ok(attached)
}

fn damaged() -> Failure {
    Failure::damaged(system::CATALOGUE)
}

fn read(table: u32) -> Result<Option<Vec<u8>>, Failure> {
    let key = store::id_key(table.into());
    let mut bytes = Vec::new();
    match store::get(system::CATALOGUE, key.bytes())? {
        Fetched::Absent => return Ok(None),
        Fetched::Short(length) => scratch::append(&mut bytes, table, &[store::short_value(length)])?,
        Fetched::Long(length) => {
            bytes.try_reserve_exact(length).map_err(|_| scratch::no_memory(table, length))?;
            bytes.resize(length, 0);
            let length = store::get_long(system::CATALOGUE, key.bytes(), &mut bytes)?;
            bytes.truncate(length);
        }
    }
    Ok(Some(bytes))
}

/// `None` for what the module did not write.
fn parse(bytes: &[u8], attached: &mut Attached) -> Result<Option<()>, Failure> {
    let mut pairs = match Reader::new(bytes).item() {
        Ok(Item::Table(_, content)) => Reader::new(content),
        _ => return Ok(None),
    };
    while !pairs.is_at_end() {
        match (pairs.item(), pairs.item()) {
            (Ok(Item::String(b"indexes")), Ok(Item::Table(_, content))) => {
                let mut indexes = Reader::new(content);
                while !indexes.is_at_end() {
                    let (Ok(Item::String(name)), Ok(Item::Table(_, content))) = (indexes.item(), indexes.item()) else {
                        return Ok(None);
                    };
                    let Some(definition) = Definition::parse(attached.table, name, content)? else { return Ok(None) };
                    scratch::push(&mut attached.indexes, attached.table, definition)?;
                }
            }
            _ => return Ok(None),
        }
    }
    Ok(Some(()))
}

/// Stores what is attached to the table.
pub fn store(attached: &Attached) -> Result<(), Failure> {
    let key = store::id_key(attached.table.into());
    if attached.is_empty() {
        return write::write_plain(system::CATALOGUE, key.bytes(), None);
    }
    let mut length = Writer::new(&mut []);
    encode(attached, &mut length);
    let length = length.length();
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| scratch::no_memory(attached.table, length))?;
    bytes.resize(length, 0);
    encode(attached, &mut Writer::new(&mut bytes));
    write::write_plain(system::CATALOGUE, key.bytes(), Some(&bytes))
}

fn encode(attached: &Attached, writer: &mut Writer<'_>) {
    let all = writer.begin_table();
    writer.string(b"indexes");
    let indexes = writer.begin_table();
    for definition in &attached.indexes {
        writer.string(&definition.name);
        definition.encode(writer);
    }
    writer.end_table(indexes, attached.indexes.len() as u32);
    writer.end_table(all, 1);
}
