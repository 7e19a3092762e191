//! Frees the external tables, stored functions and captured variables that cannot be reached.
//!
//! Invariant: an object is freed only after a complete marking that did not reach it. After any failure or doubtful
//! answer of the host, the object stays.
//!
//! 1. Marks and work of an earlier run are deleted.
//! 2. The roots are marked and put on the work list.
//! 3. While there is work, an object is read: the values of a table, the captured variables of a function, or the value
//!    of a captured variable. Objects that it refers to are marked and put on the list.
//! 4. Functions and captured variables without a mark are deleted, and tables below the counter without a mark are
//!    emptied.
//! 5. Marks are deleted.
//!
//! One counter gives the ids of tables, functions and captured variables, so a mark needs no kind:
//!
//! ```text
//! mark   key id
//! work   key place from 1 | value integer: kind << 32 | id
//! ```
//!
//! Marks and work list are system tables in the host, so the memory for a collection does not grow with the data.

use alloc::vec::Vec;

use cu_abi::key::{self, Key, KeyBuffer};
use cu_abi::value::{Item, Reader};
use cu_abi::{tables, tags};

use crate::closure::record::{GLOBALS, Record};
use crate::store::page::{self, Page};
use crate::store::{self, Cause, Failure, Fetched, counter, system};
use crate::table::write::{clear, write};
use crate::vm::instance::INSTANCE;

/// Ids that one collection checks: a damaged counter must not make it check two thousand million.
const SWEPT: u32 = 1 << 22;

const TRUE: [u8; 2] = [tags::BOOLEAN, 1];

/// An object with an id.
#[derive(Clone, Copy)]
pub enum Object {
    /// An external table.
    Table(u32),
    /// A stored function.
    Function(u32),
    /// A captured variable.
    Cell(u32),
}

impl Object {
    fn id(self) -> u32 {
        let (Object::Table(id) | Object::Function(id) | Object::Cell(id)) = self;
        id
    }

    fn kind(self) -> i64 {
        match self {
            Object::Table(_) => 0,
            Object::Function(_) => 1,
            Object::Cell(_) => 2,
        }
    }

    fn of(kind: i64, id: u32) -> Option<Object> {
        match kind {
            0 => Some(Object::Table(id)),
            1 => Some(Object::Function(id)),
            2 => Some(Object::Cell(id)),
            _ => None,
        }
    }
}

struct Collection {
    /// Height of the work list.
    height: u32,
    key: KeyBuffer,
}

/// Frees what cannot be reached from `roots`, while no script is running; how many tables were emptied.
pub fn run(roots: impl Iterator<Item = Object>) -> Result<u32, Failure> {
    // SAFETY: no script is running, and this is the one who works with the page until the function ends.
    let page = unsafe { store::spare_page() };
    forget_notes(system::MARKS, page)?;
    forget_notes(system::WORK, page)?;
    let mut collection = Collection { height: 0, key: KeyBuffer::new() };
    for root in roots {
        collection.mark(root)?;
    }
    while let Some(object) = collection.pop()? {
        match object {
            Object::Table(table) => collection.read(table, page)?,
            Object::Function(id) => collection.read_entry(system::FUNCTIONS, id)?,
            Object::Cell(id) => collection.read_entry(system::CELLS, id)?,
        }
    }
    collection.sweep_entries(system::FUNCTIONS, page)?;
    collection.sweep_entries(system::CELLS, page)?;
    let freed = collection.sweep(page)?;
    forget_notes(system::MARKS, page)?;
    Ok(freed)
}

fn forget_notes(table: u32, page: &mut Page) -> Result<(), Failure> {
    page::delete_each(table, page, |key| store::forget(table, key))
}

impl Collection {
    /// Encodes a number as a key.
    fn number(&mut self, number: u32) -> &[u8] {
        // An integer always has an encoding.
        let _ = self.key.encode(Key::Integer(i64::from(number)));
        self.key.bytes()
    }

    fn is_marked(&mut self, id: u32) -> Result<bool, Failure> {
        let key = self.number(id);
        Ok(store::get(system::MARKS, key)? != Fetched::Absent)
    }

    fn mark(&mut self, object: Object) -> Result<(), Failure> {
        if self.is_marked(object.id())? {
            return Ok(());
        }
        store::note(system::MARKS, self.number(object.id()), &TRUE)?;
        self.height += 1;
        let mut value = [tags::INTEGER, 0, 0, 0, 0, 0, 0, 0, 0];
        value[1..].copy_from_slice(&(object.kind() << 32 | i64::from(object.id())).to_le_bytes());
        store::note(system::WORK, self.number(self.height), &value)?;
        Ok(())
    }

    /// Takes an object off the work list.
    fn pop(&mut self) -> Result<Option<Object>, Failure> {
        if self.height == 0 {
            return Ok(None);
        }
        let damaged = || Failure::damaged(system::WORK);
        let key = self.number(self.height);
        let found = store::get(system::WORK, key)?;
        // SAFETY: the bytes are copied at once.
        let value = *unsafe { store::value_buffer() }.first_chunk::<9>().ok_or_else(damaged)?;
        if found != Fetched::Short(9) {
            return Err(damaged());
        }
        store::forget(system::WORK, key)?;
        self.height -= 1;
        let work = i64::from_le_bytes(value[1..].try_into().unwrap_or_default());
        Object::of(work >> 32, work as u32).map(Some).ok_or_else(damaged)
    }

    /// Marks the objects that the values of a table refer to.
    fn read(&mut self, table: u32, page: &mut Page) -> Result<(), Failure> {
        let mut found = page.seek(table, &[])?;
        while found {
            let key = page.current().ok_or_else(|| Failure::damaged(table))?;
            self.read_value(table, key)?;
            found = page.step()?;
        }
        Ok(())
    }

    /// Marks the variables that a function captured, or the objects that the value of a captured variable refers to.
    fn read_entry(&mut self, table: u32, id: u32) -> Result<(), Failure> {
        let mut key = KeyBuffer::new();
        let _ = key.encode(Key::Integer(i64::from(id)));
        self.read_value(table, key.bytes())
    }

    fn read_value(&mut self, table: u32, key: &[u8]) -> Result<(), Failure> {
        match store::get(table, key)? {
            Fetched::Absent => Ok(()),
            Fetched::Short(length) => {
                // SAFETY: a value without references is read to its end before anything else is; other values are
                // copied.
                let value = unsafe { store::value_buffer() };
                if table != system::FUNCTIONS && !matches!(value[0], tags::EXTERNAL | tags::TABLE | tags::FUNCTION) {
                    return self.follow(table, value.get(..length).ok_or_else(|| Failure::damaged(table))?, 0);
                }
                // Marking overwrites the buffer.
                let copy = *value;
                self.follow_value(table, copy.get(..length).ok_or_else(|| Failure::damaged(table))?)
            }
            Fetched::Long(length) => {
                let mut value = Vec::new();
                value.try_reserve_exact(length).map_err(|_| Failure {
                    action: "read",
                    table,
                    cause: Cause::Memory(length),
                })?;
                value.resize(length, 0);
                let length = store::get_long(table, key, &mut value)?;
                self.follow_value(table, value.get(..length).ok_or_else(|| Failure::damaged(table))?)
            }
        }
    }

    fn follow_value(&mut self, table: u32, bytes: &[u8]) -> Result<(), Failure> {
        if table != system::FUNCTIONS {
            return self.follow(table, bytes, 0);
        }
        let cells = Record::cells_of(bytes).ok_or_else(|| Failure::damaged(table))?;
        for cell in cells.filter(|cell| *cell != GLOBALS) {
            self.mark(Object::Cell(cell))?;
        }
        Ok(())
    }

    /// Marks the objects that encoded values refer to.
    fn follow(&mut self, table: u32, bytes: &[u8], depth: usize) -> Result<(), Failure> {
        let mut reader = Reader::new(bytes);
        while !reader.is_at_end() {
            match reader.item().map_err(|_| Failure::damaged(table))? {
                Item::External(id) => self.mark(Object::Table(id))?,
                Item::Function(id) => self.mark(Object::Function(id))?,
                Item::Table(_, content) if depth < cu_abi::limits::VALUE_DEPTH => {
                    self.follow(table, content, depth + 1)?
                }
                // A compressed value is a string.
                Item::Table(..) => return Err(Failure::damaged(table)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Deletes every key of a system table whose id is not marked.
    fn sweep_entries(&mut self, table: u32, page: &mut Page) -> Result<(), Failure> {
        let mut found = page.seek(table, &[])?;
        while found {
            let key = page.current().ok_or_else(|| Failure::damaged(table))?;
            // A key that is not an id was not written by the module.
            if let Some(id) = key::decode_id(key)
                && !self.is_marked(id)?
            {
                write(table, key, None)?;
            }
            found = page.step()?;
        }
        Ok(())
    }

    /// Empties every table without a mark, among as many ids as one collection checks.
    fn sweep(&mut self, page: &mut Page) -> Result<u32, Failure> {
        let mut freed = 0;
        let bound = counter::bound()?;
        let next = INSTANCE.reclaimed_to.get();
        let first = if next < bound { next.max(tables::IO + 1) } else { tables::IO + 1 };
        let end = bound.min(first.saturating_add(SWEPT));
        // After the last id the next collection begins again at the first.
        INSTANCE.reclaimed_to.set(if end < bound { end } else { 0 });
        for table in first..end {
            if store::size(table)? > 0 && !self.is_marked(table)? {
                clear(table, page)?;
                freed += 1;
            }
        }
        Ok(freed)
    }
}
