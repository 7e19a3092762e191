//! The keys of a table, a page at a time, in byte order.
//!
//! Invariant: the current key comes after every key seen before, whatever the host writes. A page that is out of order
//! or malformed is an error. A page stays as the host wrote it.
#![forbid(unsafe_code)]

use bytemuck::Zeroable;
use cu_abi::limits::KEY_BYTES;
use cu_abi::page::{self, LENGTH_BYTES};

use crate::budget;
use crate::bytes::copy;
use crate::store::calls;
use crate::store::failure::Failure;

/// Room for a page of keys, each after its length, with the longest key in front.
pub const PAGE_BYTES: usize = 2 * (KEY_BYTES + LENGTH_BYTES);

/// Room of the first page of a walk. It is small, because many walks need only one key or a few.
const FIRST_PAGE_BYTES: usize = page::LEAST_BYTES;

/// A walk through the keys of one table. With all bytes zero it is not in use.
#[derive(Clone, Copy, Zeroable)]
pub struct Page {
    /// 0 when the page is not in use.
    table: u32,
    /// Where the current key is.
    at: usize,
    /// Where the page ends.
    length: usize,
    /// From the last key to the first.
    descends: bool,
    bytes: [u8; PAGE_BYTES],
}

impl Page {
    /// A page not in use.
    pub const FREE: Page = Page { table: 0, at: 0, length: 0, descends: false, bytes: [0; PAGE_BYTES] };

    /// The table, 0 when the page is not in use.
    #[inline]
    pub fn table(&self) -> u32 {
        self.table
    }

    /// Ends the walk.
    pub fn forget(&mut self) {
        self.table = 0;
    }

    fn whole(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// The current key.
    pub fn current(&self) -> Option<&[u8]> {
        page::key_at(self.whole(), self.at)
    }

    /// Moves to the first key after `after`, or to the first of all when `after` is empty; false when there is none.
    pub fn seek(&mut self, table: u32, after: &[u8]) -> Result<bool, Failure> {
        self.descends = false;
        self.find(table, after, FIRST_PAGE_BYTES)
    }

    /// Moves to the last key before `before`, or to the last of all when `before` is empty, and from there on backwards; false
    /// when there is none.
    #[cfg(feature = "data")]
    pub fn seek_back(&mut self, table: u32, before: &[u8]) -> Result<bool, Failure> {
        self.descends = true;
        self.find(table, before, FIRST_PAGE_BYTES)
    }

    fn find(&mut self, table: u32, after: &[u8], least: usize) -> Result<bool, Failure> {
        self.table = 0;
        let room = if after.len() + LENGTH_BYTES <= least { least } else { PAGE_BYTES };
        let length = match self.request(table, after, room) {
            Err(_) if room < PAGE_BYTES => self.request(table, after, PAGE_BYTES)?,
            answer => answer?,
        };
        if length == 0 {
            return Ok(false);
        }
        (self.table, self.at, self.length) = (table, 0, length);
        if self.is_behind(0, after) { Ok(true) } else { self.damaged() }
    }

    /// Only queries walk backwards.
    #[inline]
    fn descends(&self) -> bool {
        cfg!(feature = "data") && self.descends
    }

    /// Whether the key at `at` comes after another one, in the order of the walk.
    #[inline]
    fn is_behind(&self, at: usize, before: &[u8]) -> bool {
        let key = page::key_at(self.whole(), at);
        key.is_some_and(|key| if self.descends() { before.is_empty() || key < before } else { key > before })
    }

    fn damaged(&mut self) -> Result<bool, Failure> {
        Err(Failure::damaged(core::mem::take(&mut self.table)))
    }

    fn request(&mut self, table: u32, after: &[u8], room: usize) -> Result<usize, Failure> {
        let descends = self.descends();
        page::ask(&mut self.bytes, after, descends);
        calls::keys(table, self.bytes.get_mut(..room).unwrap_or_default())
    }

    /// Moves to the key after the current one; false when there is none.
    pub fn step(&mut self) -> Result<bool, Failure> {
        let Some(current) = self.current() else { return self.damaged() };
        let behind = self.at + LENGTH_BYTES + current.len();
        if behind == self.length {
            let mut after = [0; KEY_BYTES];
            let length = copy(&mut after, current);
            return self.find(self.table, after.get(..length).unwrap_or_default(), PAGE_BYTES);
        }
        if self.is_behind(behind, current) {
            self.at = behind;
            Ok(true)
        } else {
            self.damaged()
        }
    }

    /// Moves to the key after the current one if this page has it.
    pub fn step_inside(&mut self) -> Result<bool, Failure> {
        let Some(current) = self.current() else { return self.damaged() };
        if self.at + LENGTH_BYTES + current.len() == self.length { Ok(false) } else { self.step() }
    }

    /// A key of the table was written, in a walk that does not go backwards. If the page does not have it, the page is cut before it, and the keys from there
    /// on are read again when they are needed.
    pub fn note(&mut self, key: &[u8]) {
        if self.current().is_none_or(|current| key <= current) {
            return;
        }
        let mut at = self.at;
        while let Some(known) = page::key_at(self.whole(), at) {
            if known >= key {
                break;
            }
            at += LENGTH_BYTES + known.len();
        }
        // A key after the whole page will be in the next one.
        if page::key_at(self.whole(), at).is_some_and(|known| known != key) {
            self.length = at;
        }
    }
}

/// Deletes every key of a table with `delete`, walking with `page`. If the budget runs out on the way, the rest stays.
pub fn delete_each(
    table: u32,
    page: &mut Page,
    mut delete: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // This limit stops a host that lists keys forever, or does not delete them.
    let mut left = calls::size(table)?;
    while page.seek(table, &[])? {
        loop {
            let Some(key) = page.current() else { return Err(Failure::damaged(table)) };
            if budget::is_exhausted() {
                return Ok(());
            }
            delete(key)?;
            left = left.checked_sub(1).ok_or_else(|| Failure::damaged(table))?;
            // The walk ends with this page and begins again at the first key, so it requests no deleted keys.
            let behind = page.at + LENGTH_BYTES + key.len();
            if behind == page.length {
                break;
            }
            page.at = behind;
        }
    }
    Ok(())
}
