//! Frees the external tables, stored functions and captured variables that cannot be reached.
//!
//! Invariant: an object is freed only after a complete marking that did not reach it. After any failure or doubtful
//! answer of the host, the object stays.
//!
//! 1. Marks and work of an earlier run are deleted.
//! 2. The roots are marked and put on the work list: every home of the store, and what the caller names.
//! 3. While there is work, an object is read: the values of a table, the captured variables and the code of a function, or
//!    the value of a captured variable. Objects that it refers to are marked and put on the list.
//! 4. Functions, captured variables and code without a mark are deleted, and tables without a mark are emptied.
//! 5. Unless they were before, it is noted that there was a collection, and then the ids between two marks as free.
//! 6. Marks are deleted.
//!
//! One counter gives the ids of tables, functions, captured variables and code, so a mark needs no kind:
//!
//! ```text
//! mark   key id
//! work   key place from 1 | value integer: kind << 32 | id
//! ```
//!
//! Marks are a system table in the host, and so is the work list where it is long: the memory for a collection does not grow
//! with the data. Its time grows with what there is, not with the ids that were ever given, where the host can list its tables.

use core::ops::Range;

use cu_abi::key;
use cu_abi::value::{Item, Reader};
use cu_abi::{tables, tags};

use crate::closure::record::{Code, GLOBALS, Record};
use crate::memory::{self, NoMemory};
use crate::store::ledger::Ledger;
use crate::store::page::{self, Page};
use crate::store::{self, Cause, Failure, Fetched, counter, free, listing, reused, system};
use crate::table::write::{clear_plain, write_plain};

/// Bytes of an encoded number, and of a reference to a table.
const NUMBER_BYTES: usize = 9;
const REFERENCE_BYTES: usize = 5;

/// Objects to be read that are remembered without the host.
const NEAR: usize = 128;

/// An object with an id.
#[derive(Clone, Copy)]
pub enum Object {
    /// An external table.
    Table(u32),
    /// A stored function.
    Function(u32),
    /// A captured variable.
    Cell(u32),
    /// The code of functions, which refers to nothing.
    Code(u32),
}

impl Object {
    fn id(self) -> u32 {
        let (Object::Table(id) | Object::Function(id) | Object::Cell(id) | Object::Code(id)) = self;
        id
    }

    fn kind(self) -> i64 {
        match self {
            Object::Table(_) => 0,
            Object::Function(_) => 1,
            Object::Cell(_) => 2,
            Object::Code(_) => 3,
        }
    }

    fn of(kind: i64, id: u32) -> Option<Object> {
        match kind {
            0 => Some(Object::Table(id)),
            1 => Some(Object::Function(id)),
            2 => Some(Object::Cell(id)),
            3 => Some(Object::Code(id)),
            _ => None,
        }
    }
}

struct Collection {
    /// The top of the work list.
    near: [Object; NEAR],
    near_height: usize,
    /// Height of the part of the work list that the host has.
    height: u32,
}

/// Frees what cannot be reached from the homes and from `roots`, while no script is running; the number of the collection.
pub fn run(roots: impl Iterator<Item = Object>) -> Result<u32, Failure> {
    // SAFETY: no script is running, and this is the one who works with the page until the function ends.
    let page = unsafe { store::spare_page() };
    forget_notes(system::MARKS, page)?;
    forget_notes(system::WORK, page)?;
    let mut collection = Collection { near: [Object::Table(0); NEAR], near_height: 0, height: 0 };
    for root in [tables::HOME, tables::IO].map(Object::Table).into_iter().chain(roots) {
        collection.mark(root)?;
    }
    collection.mark_homes(page)?;
    // What is attached to a table is needed as long as the table.
    let has_catalogue = store::size(system::CATALOGUE)? > 0;
    let has_objects = Ledger::read()?.is_some_and(|ledger| ledger.has_objects);
    while let Some(object) = collection.pop()? {
        match object {
            Object::Table(table) => {
                collection.read(table, page)?;
                if has_catalogue {
                    collection.read_entry(system::CATALOGUE, table)?;
                }
                if has_objects {
                    collection.read_entry(system::METATABLES, table)?;
                }
            }
            Object::Function(id) => collection.read_entry(system::FUNCTIONS, id)?,
            Object::Cell(id) => collection.read_entry(system::CELLS, id)?,
            Object::Code(_) => {}
        }
    }
    collection.sweep_entries(system::FUNCTIONS, page)?;
    collection.sweep_entries(system::CELLS, page)?;
    collection.sweep_entries(system::CODE_BY_CONTENT, page)?;
    collection.sweep_entries(system::CODES, page)?;
    for table in [system::CATALOGUE, system::CHANGING, system::LINKS, system::FEEDS, system::VERSIONS] {
        collection.sweep_entries(table, page)?;
    }
    if has_objects {
        let table = system::METATABLES;
        collection.sweep_entries(table, page)?;
    }
    collection.sweep(page)?;
    let number = collection.note_free(page)?;
    forget_notes(system::MARKS, page)?;
    Ok(number)
}

fn forget_notes(table: u32, page: &mut Page) -> Result<(), Failure> {
    page::delete_each(table, page, |key| store::forget(table, key))
}

impl Collection {
    fn is_marked(&self, id: u32) -> Result<bool, Failure> {
        store::is_stored(system::MARKS, id)
    }

    fn mark(&mut self, object: Object) -> Result<(), Failure> {
        if self.is_marked(object.id())? {
            return Ok(());
        }
        store::note(system::MARKS, store::id_key(object.id().into()).bytes(), &store::TRUE)?;
        self.push(object)
    }

    /// Marks every home of the store.
    fn mark_homes(&mut self, page: &mut Page) -> Result<(), Failure> {
        let mut found = page.seek(system::HOMES, &[])?;
        while found {
            let key = page.current().ok_or_else(|| Failure::damaged(system::HOMES))?;
            // Of two entries that belong together a host may have lost one.
            match key::decode_id(key) {
                Some(id) => self.mark(Object::Table(id))?,
                None => self.mark_named_home(key)?,
            }
            found = page.step()?;
        }
        Ok(())
    }

    fn mark_named_home(&mut self, name: &[u8]) -> Result<(), Failure> {
        let damaged = || Failure::damaged(system::HOMES);
        let Fetched::Short(length) = store::get(system::HOMES, name)? else { return Err(damaged()) };
        // SAFETY: the bytes are read before anything else is.
        let value = unsafe { store::value_buffer() }.get(..length).unwrap_or_default();
        match Reader::new(value).item() {
            Ok(Item::Integer(id)) => self.mark(Object::Table(u32::try_from(id).map_err(|_| damaged())?)),
            _ => Err(damaged()),
        }
    }

    /// Puts an object on the work list.
    fn push(&mut self, object: Object) -> Result<(), Failure> {
        if let Some(place) = self.near.get_mut(self.near_height) {
            *place = object;
            self.near_height += 1;
            return Ok(());
        }
        // The older half makes room.
        for at in 0..NEAR / 2 {
            let object = self.near[at];
            self.height += 1;
            let work = store::integer(object.kind() << 32 | i64::from(object.id()));
            store::note(system::WORK, store::id_key(self.height.into()).bytes(), &work)?;
        }
        self.near.copy_within(NEAR / 2.., 0);
        self.near_height = NEAR / 2;
        self.push(object)
    }

    /// Takes an object off the work list.
    fn pop(&mut self) -> Result<Option<Object>, Failure> {
        if self.near_height > 0 {
            self.near_height -= 1;
            return Ok(self.near.get(self.near_height).copied());
        }
        if self.height == 0 {
            return Ok(None);
        }
        let damaged = || Failure::damaged(system::WORK);
        let key = store::id_key(self.height.into());
        let work = store::get_integer(system::WORK, key.bytes())?.ok_or_else(damaged)?;
        store::forget(system::WORK, key.bytes())?;
        self.height -= 1;
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
        self.read_value(table, store::id_key(id.into()).bytes())
    }

    fn read_value(&mut self, table: u32, key: &[u8]) -> Result<(), Failure> {
        match store::get(table, key)? {
            Fetched::Absent => Ok(()),
            Fetched::Short(length) => {
                // SAFETY: a value without references is read to its end before anything else is; other values are
                // copied.
                let value = unsafe { store::value_buffer() };
                // Most values are numbers and tables.
                match value {
                    _ if table == system::FUNCTIONS => {}
                    [tags::INTEGER | tags::FLOAT, ..] if length == NUMBER_BYTES => return Ok(()),
                    [tags::EXTERNAL, a, b, c, d, ..] if length == REFERENCE_BYTES => {
                        return self.mark(Object::Table(u32::from_le_bytes([*a, *b, *c, *d])));
                    }
                    _ => {}
                }
                if table != system::FUNCTIONS && !matches!(value[0], tags::EXTERNAL | tags::TABLE | tags::FUNCTION) {
                    return self.follow(table, value.get(..length).ok_or_else(|| Failure::damaged(table))?, 0);
                }
                // Marking overwrites the buffer.
                let copy = *value;
                self.follow_value(table, copy.get(..length).ok_or_else(|| Failure::damaged(table))?)
            }
            Fetched::Long(length) => {
                let no_memory = |NoMemory| Failure::new("read", table, Cause::Memory(length));
                let mut value = memory::zeros(length).map_err(no_memory)?;
                let length = store::get_long(table, key, &mut value)?;
                self.follow_value(table, value.get(..length).ok_or_else(|| Failure::damaged(table))?)
            }
        }
    }

    fn follow_value(&mut self, table: u32, bytes: &[u8]) -> Result<(), Failure> {
        if table != system::FUNCTIONS {
            return self.follow(table, bytes, 0);
        }
        let record = Record::split(bytes).ok_or_else(|| Failure::damaged(table))?;
        for cell in record.cells().filter(|cell| *cell != GLOBALS) {
            self.mark(Object::Cell(cell))?;
        }
        if let Code::Row(code) = record.code { self.mark(Object::Code(code)) } else { Ok(()) }
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

    /// The id that a row of a system table is about: its key, or in the index of code its value.
    fn subject(table: u32, key: &[u8]) -> Result<Option<u32>, Failure> {
        if table == system::LINKS {
            return Ok(key::length_at(key).and_then(|length| key::decode_id(key.get(..length)?)));
        }
        if table != system::CODE_BY_CONTENT {
            return Ok(key::decode_id(key));
        }
        Ok(store::get_integer(table, key)?.and_then(|id| u32::try_from(id).ok()))
    }

    /// Deletes every key of a system table whose id is not marked.
    fn sweep_entries(&mut self, table: u32, page: &mut Page) -> Result<(), Failure> {
        let mut found = page.seek(table, &[])?;
        while found {
            let key = page.current().ok_or_else(|| Failure::damaged(table))?;
            // A key that is not an id was not written by the module.
            if let Some(id) = Self::subject(table, key)?
                && !self.is_marked(id)?
            {
                write_plain(table, key, None)?;
            }
            found = page.step()?;
        }
        Ok(())
    }

    /// Empties every table without a mark.
    fn sweep(&mut self, page: &mut Page) -> Result<(), Failure> {
        // Tables behind the last id belong to the host.
        let bound = counter::bound()?;
        let mut listed = [0; listing::MOST];
        let mut last = tables::IO;
        loop {
            let count = listing::list(last..bound, &mut listed)?;
            if count == 0 {
                break;
            }
            for table in &listed[..count] {
                if !self.is_marked(*table)? {
                    clear_plain(*table, page)?;
                }
                last = *table;
            }
        }
        // A host that lists none cannot list any: the store has at least its counter.
        if last == tables::IO && !listing::is_possible()? { self.sweep_each(page) } else { Ok(()) }
    }

    /// The same, where the host cannot list its tables: looks at every id that was given and is not free.
    fn sweep_each(&mut self, page: &mut Page) -> Result<(), Failure> {
        let (mut next, bound) = (tables::IO + 1, counter::bound()?);
        while next < bound {
            let free = free::first_from(next)?.unwrap_or(bound..bound);
            for table in next..free.start.min(bound) {
                if store::size(table)? > 0 && !self.is_marked(table)? {
                    clear_plain(table, page)?;
                }
            }
            next = free.end;
        }
        Ok(())
    }

    /// Notes the ids between the marks as free, and that there was a collection; its number.
    fn note_free(&mut self, page: &mut Page) -> Result<u32, Failure> {
        let bound = counter::bound()?;
        let mut ledger = Ledger::read()?.unwrap_or(Ledger { unknown: bound, ..Ledger::NEW });
        // What is free was never marked since: as many ids are the same ids.
        let mut free = 0;
        each_gap(bound, page, |gap| {
            free += gap.len();
            Ok(())
        })?;
        if free == free::count(page)? {
            return Ok(ledger.collections);
        }
        keep_reused(page)?;
        // Whoever holds one of the ids has to hear of it before another object may have it.
        ledger.collections = ledger.collections.saturating_add(1);
        ledger.write()?;
        free::clear(page)?;
        each_gap(bound, page, free::add)?;
        Ok(ledger.collections)
    }
}

/// Hands the ids between two marks, up to `bound`, to `visit`.
fn each_gap(
    bound: u32,
    page: &mut Page,
    mut visit: impl FnMut(Range<u32>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut next = tables::IO + 1;
    let mut found = page.seek(system::MARKS, &[])?;
    while found {
        let id = page.current().and_then(key::decode_id).ok_or_else(|| Failure::damaged(system::MARKS))?;
        visit(next..id.min(bound))?;
        next = next.max(id.saturating_add(1));
        found = page.step()?;
    }
    visit(next..bound)
}

/// Of the ids that were given again, keeps those that have a mark.
fn keep_reused(page: &mut Page) -> Result<(), Failure> {
    let mut last = 0..0;
    while let Some((range, collection)) = reused::after(&last)? {
        last = range.clone();
        let before = store::id_key(i64::from(range.start - 1));
        // Ids in a row that have a mark.
        let mut run = range.start..range.start;
        let mut is_kept = false;
        let mut found = page.seek(system::MARKS, before.bytes())?;
        while found {
            let id = page.current().and_then(key::decode_id).ok_or_else(|| Failure::damaged(system::MARKS))?;
            if id >= range.end {
                break;
            }
            if id != run.end {
                is_kept |= note_run(&run, &range, collection)?;
                run = id..id;
            }
            run.end = id + 1;
            found = page.step()?;
        }
        is_kept |= note_run(&run, &range, collection)?;
        if !is_kept {
            reused::remove(range)?;
        }
    }
    Ok(())
}

/// Notes ids of a range that have a mark; whether they are the whole range.
fn note_run(run: &Range<u32>, range: &Range<u32>, collection: u32) -> Result<bool, Failure> {
    if !run.is_empty() && run != range {
        reused::add(run.start..run.end, collection)?;
    }
    Ok(run == range)
}
