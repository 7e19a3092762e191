//! Frees the external tables that nothing reaches.
//!
//! Invariant: a table is freed only when a whole marking succeeded and did not meet it; whatever the host answers
//! meanwhile, doubt keeps a table.
//!
//! 1. What an earlier run left behind is deleted.
//! 2. The roots are marked and put on the work list.
//! 3. While there is work: every value of a table is read, and the tables it refers to are marked and put on the list.
//! 4. Every table below the counter that is not marked is emptied.
//! 5. Marks are deleted.
//!
//! Marks and work list are system tables of the host, so that collecting takes no memory in proportion to the data.

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use cu_abi::{tables, tags};

use crate::key::{Key, KeyBuffer};
use crate::store::page::{self, Page, Unreadable};
use crate::store::{self, Fetched, counter};
use crate::wire::{Item, Reader};

/// Keys are the ids of tables that are reached.
const MARKS: u32 = tables::SYSTEM_FIRST + 1;

/// A stack of ids whose tables are yet to be read, by its height from 1.
const WORK: u32 = tables::SYSTEM_FIRST + 2;

const TRUE: [u8; 2] = [tags::BOOLEAN, 1];

struct Shared(UnsafeCell<Page>);

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Shared {}

static PAGE: Shared = Shared(UnsafeCell::new(Page::FREE));

/// Why the collection ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Keys could not be read.
    Unreadable(Unreadable),
    /// A value is malformed.
    Damaged,
    /// Not enough memory to look at a value.
    Memory,
}

impl<E: Into<Unreadable>> From<E> for Stopped {
    fn from(error: E) -> Stopped {
        Stopped::Unreadable(error.into())
    }
}

struct Collection {
    /// Height of the work list.
    height: u32,
    key: KeyBuffer,
}

/// Frees what cannot be reached from `roots`; how many tables were emptied.
///
/// # Safety
/// One thread, and no script is running.
pub unsafe fn run(roots: impl Iterator<Item = u32>) -> Result<u32, Stopped> {
    // SAFETY: the caller's; the reference ends with the call.
    let page = unsafe { &mut *PAGE.0.get() };
    page::delete_all(MARKS, page)?;
    page::delete_all(WORK, page)?;
    let mut collection = Collection { height: 0, key: KeyBuffer::new() };
    for root in roots {
        collection.mark(root)?;
    }
    while let Some(table) = collection.pop()? {
        collection.read(table, page)?;
    }
    let freed = collection.sweep(page)?;
    page::delete_all(MARKS, page)?;
    Ok(freed)
}

impl Collection {
    /// Encodes a number as a key.
    fn number(&mut self, number: u32) -> &[u8] {
        // An integer always has an encoding.
        let _ = self.key.encode(Key::Integer(i64::from(number)));
        self.key.bytes()
    }

    fn is_marked(&mut self, table: u32) -> Result<bool, Stopped> {
        let key = self.number(table);
        // SAFETY: no script is running (`run`), so the short buffer is free.
        Ok(unsafe { store::get(MARKS, key) }? != Fetched::Absent)
    }

    fn mark(&mut self, table: u32) -> Result<(), Stopped> {
        if self.is_marked(table)? {
            return Ok(());
        }
        store::set(MARKS, self.number(table), &TRUE)?;
        self.height += 1;
        let mut value = [tags::INTEGER, 0, 0, 0, 0, 0, 0, 0, 0];
        value[1..].copy_from_slice(&i64::from(table).to_le_bytes());
        store::set(WORK, self.number(self.height), &value)?;
        Ok(())
    }

    /// Takes a table off the work list.
    fn pop(&mut self) -> Result<Option<u32>, Stopped> {
        if self.height == 0 {
            return Ok(None);
        }
        let key = self.number(self.height);
        // SAFETY: as in `is_marked`; the bytes are copied at once.
        let (found, value) =
            unsafe { (store::get(WORK, key)?, *store::value_buffer().first_chunk::<9>().ok_or(Stopped::Damaged)?) };
        if found != Fetched::Short(9) {
            return Err(Stopped::Damaged);
        }
        store::delete(WORK, key)?;
        self.height -= 1;
        let table = i64::from_le_bytes(value[1..].try_into().unwrap_or_default());
        u32::try_from(table).map(Some).map_err(|_| Stopped::Damaged)
    }

    /// Marks what the values of a table refer to.
    fn read(&mut self, table: u32, page: &mut Page) -> Result<(), Stopped> {
        let mut found = page.seek(table, &[])?;
        while found {
            let key = page.current().ok_or(Stopped::Damaged)?;
            // SAFETY: as in `is_marked`.
            match unsafe { store::get(table, key) }? {
                Fetched::Absent => {}
                Fetched::Short(length) => {
                    // SAFETY: as in `is_marked`.
                    let value = unsafe { store::value_buffer() };
                    if matches!(value[0], tags::EXTERNAL | tags::TABLE) {
                        // Marking uses the buffer.
                        let copy = *value;
                        self.follow(copy.get(..length).ok_or(Stopped::Damaged)?, 0)?;
                    } else {
                        self.follow(value.get(..length).ok_or(Stopped::Damaged)?, 0)?;
                    }
                }
                Fetched::Long(length) => {
                    let mut value = Vec::new();
                    value.try_reserve_exact(length).map_err(|_| Stopped::Memory)?;
                    value.resize(length, 0);
                    let length = store::get_long(table, key, &mut value)?;
                    self.follow(value.get(..length).ok_or(Stopped::Damaged)?, 0)?;
                }
            }
            found = page.step()?;
        }
        Ok(())
    }

    /// Marks what encoded values refer to.
    fn follow(&mut self, bytes: &[u8], depth: usize) -> Result<(), Stopped> {
        let mut reader = Reader::new(bytes);
        while !reader.is_at_end() {
            match reader.item().map_err(|_| Stopped::Damaged)? {
                Item::External(table) => self.mark(table)?,
                Item::Table(_, content) if depth < cu_abi::limits::VALUE_DEPTH => self.follow(content, depth + 1)?,
                Item::Table(..) | Item::Other(_) => return Err(Stopped::Damaged),
                _ => {}
            }
        }
        Ok(())
    }

    /// Empties every table that is not marked.
    fn sweep(&mut self, page: &mut Page) -> Result<u32, Stopped> {
        let mut freed = 0;
        // SAFETY: as in `is_marked`.
        let bound = unsafe { counter::bound() }?;
        for table in tables::IO + 1..bound {
            if store::size(table)? > 0 && !self.is_marked(table)? {
                page::delete_all(table, page)?;
                freed += 1;
            }
        }
        Ok(freed)
    }
}
