//! The old value under a key that is about to change. It is read once, when it is needed first.
//!
//! Invariant: there is one such value at a time. It is in a separate buffer, after the byte that begins a note of the
//! journal, so that it can be noted without a copy.

use alloc::vec::Vec;

use bytemuck::Zeroable;

use crate::host::{self, Found};
use crate::large::LARGE;
use crate::store::calls::SHORT_BYTES;
use crate::store::failure::{Cause, Failure};

/// The first byte when there was a value.
pub const PRESENT: u8 = 1;

/// Room for a note with a short value.
pub const NOTE_BYTES: usize = 1 + SHORT_BYTES;

#[derive(Zeroable)]
struct Buffer([u8; NOTE_BYTES]);

/// Where the note of a value is.
enum Place<'a> {
    /// Not read yet.
    Unread,
    /// With the caller.
    #[cfg_attr(not(feature = "data"), expect(dead_code, reason = "nothing is read between"))]
    Given(&'a [u8]),
    /// In the buffer; its length.
    Short(usize),
    /// In memory of the arena.
    Long(Vec<u8>),
}

/// The old value under a key that is about to change.
pub struct Old<'a> {
    /// The table.
    pub table: u32,
    /// The key, encoded.
    pub key: &'a [u8],
    place: Place<'a>,
}

impl<'a> Old<'a> {
    /// Nothing is read yet.
    pub fn new(table: u32, key: &'a [u8]) -> Old<'a> {
        Old { table, key, place: Place::Unread }
    }

    /// One that was read and copied, so that other values can be read before it is used: as a note has it.
    #[cfg(feature = "data")]
    pub fn given(table: u32, key: &'a [u8], note: &'a [u8]) -> Old<'a> {
        Old { table, key, place: Place::Given(note) }
    }

    /// The value; `None` when there is none.
    pub fn read(&mut self) -> Result<Option<&[u8]>, Failure> {
        let (head, value) = self.note()?.split_first().unwrap_or((&0, &[]));
        Ok((*head == PRESENT).then_some(value))
    }

    /// The value as a note has it: 00, or 01 and the value.
    pub fn note(&mut self) -> Result<&[u8], Failure> {
        if let Place::Unread = self.place {
            self.place = self.fetch()?;
        }
        match &self.place {
            Place::Long(note) => Ok(note),
            Place::Given(note) => Ok(note),
            Place::Short(length) => Ok(buffer().get(..*length).unwrap_or_default()),
            Place::Unread => Ok(&[]),
        }
    }

    fn fetch(&self) -> Result<Place<'a>, Failure> {
        let fail = |cause| Failure::new("note the old value of", self.table, cause);
        let short = buffer();
        let Some((head, room)) = short.split_first_mut() else { return Ok(Place::Short(0)) };
        match host::get(self.table, self.key, room) {
            Found::Absent => {
                *head = 0;
                Ok(Place::Short(1))
            }
            Found::Value(length) => {
                *head = PRESENT;
                Ok(Place::Short(1 + length))
            }
            Found::Longer(length) => {
                let mut long = Vec::new();
                long.try_reserve_exact(1 + length).map_err(|_| fail(Cause::Memory(length)))?;
                long.resize(1 + length, PRESENT);
                match host::get(self.table, self.key, long.get_mut(1..).unwrap_or_default()) {
                    Found::Value(again) if again == length => Ok(Place::Long(long)),
                    Found::Value(again) | Found::Longer(again) => Err(fail(Cause::Host(again as i32))),
                    Found::Absent => Err(fail(Cause::Host(cu_abi::status::ABSENT))),
                    Found::Failed(reply) => Err(fail(Cause::Host(reply))),
                }
            }
            Found::Failed(reply) => Err(fail(Cause::Host(reply))),
        }
    }
}

fn buffer() -> &'static mut [u8; NOTE_BYTES] {
    // SAFETY: one thread, and one `Old` at a time: `table::write` makes one for the duration of a change, which changes
    // nothing else, and an observer changes nothing.
    unsafe { &mut (*LARGE.old.place::<Buffer>()).0 }
}
