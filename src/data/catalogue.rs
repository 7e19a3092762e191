//! What is attached to tables: a row for each table that has something.
//!
//! Invariant: a row that the module wrote reads back. One that is anything else is an error, never half of a definition.
//!
//! ```text
//! row   key: id of the table | value: inline table
//!       indexes = { [name] = { table = external table with the entries, kind = "btree" or "hash", unique = boolean,
//!                              multi = boolean, ready = boolean, paths = { path ... }, where = string or nothing } }
//!       schema = as it was given, or nothing
//!       feed = { ... } or nothing (`feed/settings.rs`)
//! ```

use alloc::vec::Vec;
use core::cell::Cell;

use cu_abi::value::{Item, Reader, Writer};

use crate::data::feed::settings::Feed;
use crate::data::index::definition::Definition;
use crate::data::path::Path;
use crate::data::scratch;
use crate::data::state::STATE;
use crate::store::{self, Failure, system};
use crate::table::write;

/// So many tables are remembered with what is attached to them.
const MOST_REMEMBERED: usize = 8;

/// What is attached to the tables used last, the last one at the end.
struct Remembered(Cell<Vec<Attached>>);

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for Remembered {}

static REMEMBERED: Remembered = Remembered(Cell::new(Vec::new()));

/// Forgets what is remembered.
pub fn forget() {
    REMEMBERED.0.take();
}

/// What is attached to a table.
#[derive(Default)]
pub struct Attached {
    /// The table.
    pub table: u32,
    /// Its indexes.
    pub indexes: Vec<Definition>,
    /// Its schema, encoded; empty for none.
    pub schema: Vec<u8>,
    /// Its feed of changes.
    pub feed: Option<Feed>,
    /// The store may have something else: it is read again.
    pub is_doubtful: bool,
    /// It could not be read.
    failure: Option<Failure>,
}

impl Attached {
    /// Whether the table at the end of these keys, from the row's on, is looked at: then it needs a link.
    pub fn looks_at(&self, steps: &[&[u8]]) -> bool {
        self.is_deep() || self.indexes.iter().any(|index| index.looks_at(steps))
    }

    /// Whether every table in a row is looked at.
    pub fn is_deep(&self) -> bool {
        self.feed.is_some() || !self.schema.is_empty()
    }

    /// Hands each path that an index looks at to `visit`, and whether a table at its end is looked at too; up to the first error.
    pub fn each_path(&self, visit: &mut dyn FnMut(Path<'_>, bool) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut done = Ok(());
        for index in &self.indexes {
            index.each_path(&mut |path, filters| {
                if done.is_ok() {
                    done = visit(path, index.is_multi || filters);
                }
            });
        }
        done
    }

    /// Whether nothing is attached.
    pub fn is_empty(&self) -> bool {
        self.indexes.is_empty() && self.schema.is_empty() && self.feed.is_none()
    }

    /// The index of that name.
    pub fn index(&self, name: &[u8]) -> Option<usize> {
        self.indexes.iter().position(|index| index.name == name)
    }
}

/// Hands what is attached to the table to `work`, nothing where there is nothing. While it works, `work` may not ask for that of another
/// table.
#[inline]
pub fn with<R>(table: u32, work: impl FnOnce(&mut Attached) -> Result<R, Failure>) -> Result<R, Failure> {
    // Without a `Result` around it, it is nowhere copied.
    let mut attached = lend(table);
    let answer = match attached.failure {
        None => work(&mut attached),
        Some(failure) => Err(failure),
    };
    take_back(attached);
    answer
}

/// Reads what is attached to the table, if it is not remembered.
pub fn recall(table: u32) -> Result<(), Failure> {
    let all = REMEMBERED.0.take();
    let is_known = all.iter().any(|attached| attached.table == table);
    REMEMBERED.0.set(all);
    if is_known { Ok(()) } else { with(table, |_| Ok(())) }
}

#[inline(never)]
fn lend(table: u32) -> Attached {
    let mut all = REMEMBERED.0.take();
    let known = all.iter().position(|attached| attached.table == table);
    let attached = match known {
        Some(place) => all.remove(place),
        None => {
            let mut attached = Attached { table, ..Attached::default() };
            attached.failure = load(&mut attached).err();
            attached
        }
    };
    REMEMBERED.0.set(all);
    attached
}

#[inline(never)]
fn take_back(attached: Attached) {
    if attached.is_doubtful || attached.failure.is_some() {
        return;
    }
    let mut all = REMEMBERED.0.take();
    if all.len() >= MOST_REMEMBERED {
        all.remove(0);
    }
    // Without memory it is read again.
    if all.try_reserve(1).is_ok() {
        all.push(attached);
    }
    REMEMBERED.0.set(all);
}

/// Whether something is attached to the table.
pub fn has(table: u32) -> Result<bool, Failure> {
    store::is_stored(system::CATALOGUE, table)
}

fn load(attached: &mut Attached) -> Result<(), Failure> {
    let table = attached.table;
    let key = store::id_key(table.into());
    let mut room = Vec::new();
    if let Some(bytes) = scratch::value(system::CATALOGUE, key.bytes(), &mut room)? {
        parse(bytes, attached)?.ok_or_else(|| Failure::damaged(system::CATALOGUE))?;
    }
    if attached.indexes.iter().any(|index| !index.is_ready) {
        STATE.distrust(table);
    }
    Ok(())
}

/// `None` for what the module did not write.
fn parse(bytes: &[u8], attached: &mut Attached) -> Result<Option<()>, Failure> {
    let Ok(Item::Table(_, content)) = Reader::new(bytes).item() else { return Ok(None) };
    let table = attached.table;
    let mut pairs = Reader::new(content);
    let whole = content;
    while !pairs.is_at_end() {
        let name = pairs.item();
        let start = pairs.offset();
        match (name, pairs.item()) {
            (Ok(Item::String(b"schema")), Ok(_)) => {
                attached.schema =
                    scratch::copy_of(attached.table, whole.get(start..pairs.offset()).unwrap_or_default())?;
            }
            (Ok(Item::String(b"indexes")), Ok(Item::Table(_, content))) => {
                let mut indexes = Reader::new(content);
                while !indexes.is_at_end() {
                    let (Ok(Item::String(name)), Ok(Item::Table(_, content))) = (indexes.item(), indexes.item()) else {
                        return Ok(None);
                    };
                    let name = scratch::copy_of(table, name)?;
                    scratch::push(&mut attached.indexes, table, Definition { name, ..Definition::default() })?;
                    let Some(definition) = attached.indexes.last_mut() else { return Ok(None) };
                    if !definition.read(table, content)? {
                        return Ok(None);
                    }
                }
            }
            (Ok(Item::String(b"feed")), Ok(Item::Table(_, content))) => {
                let Some(feed) = Feed::parse(content) else { return Ok(None) };
                attached.feed = Some(feed);
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
    let bytes = scratch::written(attached.table, &|writer| encode(attached, writer))?;
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
    if !attached.schema.is_empty() {
        writer.string(b"schema");
        writer.bytes(&attached.schema);
    }
    if let Some(feed) = &attached.feed {
        writer.string(b"feed");
        feed.encode(writer);
    }
    writer.end_table(all, 1 + u32::from(!attached.schema.is_empty()) + u32::from(attached.feed.is_some()));
}
