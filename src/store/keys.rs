//! The keys of a table, one after another in byte order, for work that goes into tables within tables: each of them has a walk
//! of its own, so a walk takes little room as long as keys are short.
//!
//! Invariant: each key comes after every key seen before, whatever the host writes, so a walk ends.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::limits::KEY_BYTES;
use cu_abi::page::{self, LENGTH_BYTES};

use crate::bytes::copy;
use crate::memory::{self, NoMemory};
use crate::store::calls;
use crate::store::failure::{Cause, Failure};
use crate::store::page::PAGE_BYTES;

/// Room for keys in a frame of the stack.
const SMALL_BYTES: usize = page::LEAST_BYTES;

/// Most keys are no longer than this.
const SHORT_BYTES: usize = 64;

/// A walk. It stands before the first key, at a key, or at the end.
pub struct Keys {
    table: u32,
    small: [u8; SMALL_BYTES],
    /// In the place of `small` once a key did not fit there.
    large: Vec<u8>,
    /// Where the current key is, and where the page ends.
    at: usize,
    length: usize,
}

impl Keys {
    /// Stands before the first key.
    pub fn of(table: u32) -> Keys {
        Keys { table, small: [0; SMALL_BYTES], large: Vec::new(), at: 0, length: 0 }
    }

    /// Moves to the first key after `after`; false when there is none.
    pub fn seek(&mut self, after: &[u8]) -> Result<bool, Failure> {
        self.turn(after)
    }

    fn page(&self) -> &[u8] {
        let room: &[u8] = if self.large.is_empty() { &self.small } else { &self.large };
        room.get(..self.length).unwrap_or_default()
    }

    /// The current key.
    pub fn current(&self) -> &[u8] {
        page::key_at(self.page(), self.at).unwrap_or_default()
    }

    /// Moves to the next key; false when there is none.
    pub fn step(&mut self) -> Result<bool, Failure> {
        if self.length == 0 {
            return self.turn(&[]);
        }
        let current = self.current();
        let behind = self.at + LENGTH_BYTES + current.len();
        if behind < self.length {
            if page::key_behind(self.page(), behind, current).is_none() {
                return Err(Failure::damaged(self.table));
            }
            self.at = behind;
            return Ok(true);
        }
        if current.len() <= SHORT_BYTES { self.turn_behind::<SHORT_BYTES>() } else { self.turn_behind::<KEY_BYTES>() }
    }

    /// The next page overwrites the current key.
    #[inline(never)]
    fn turn_behind<const ROOM: usize>(&mut self) -> Result<bool, Failure> {
        let mut after = [0; ROOM];
        let length = copy(&mut after, self.current());
        self.turn(after.get(..length).unwrap_or_default())
    }

    /// Reads the page behind a key.
    fn turn(&mut self, after: &[u8]) -> Result<bool, Failure> {
        let mut written = self.request(after);
        if written.is_err_and(|failure| failure.reply().is_some()) && self.large.is_empty() {
            let no_room = Failure::new("list", self.table, Cause::Memory(PAGE_BYTES));
            self.large = memory::zeros(PAGE_BYTES).map_err(|NoMemory| no_room)?;
            written = self.request(after);
        }
        (self.at, self.length) = (0, written?);
        if self.length > 0 && page::key_behind(self.page(), 0, after).is_none() {
            return Err(Failure::damaged(self.table));
        }
        Ok(self.length > 0)
    }

    fn request(&mut self, after: &[u8]) -> Result<usize, Failure> {
        let room: &mut [u8] = if self.large.is_empty() { &mut self.small } else { &mut self.large };
        if after.len() + LENGTH_BYTES > room.len() {
            return Err(Failure::new("list", self.table, Cause::Host(0)));
        }
        page::ask(room, after, false);
        calls::keys(self.table, room)
    }
}
