//! Answers of the last queries, for the same queries again.
//!
//! Invariant: an answer is only given again in the same compute, and when no row of any table changed since, by whatever way: so it
//! is what the query would answer. Programs are compared whole.

use bytemuck::Zeroable;

use crate::bytes::copy_at;
use crate::large::LARGE;
use crate::table::write;

const SLOTS: usize = 4;

/// Room for a program and its answer. Longer ones are not kept.
const SLOT_BYTES: usize = 2048 - 20;

#[derive(Zeroable)]
#[repr(C)]
struct Slot {
    table: u32,
    /// The number of changes when it was answered.
    changes: u32,
    program: u32,
    /// 0 for none.
    answer: u32,
    used: u32,
    bytes: [u8; SLOT_BYTES],
}

impl Slot {
    fn program(&self) -> &[u8] {
        self.bytes.get(..self.program as usize).unwrap_or_default()
    }

    fn answer(&self) -> &[u8] {
        let program = self.program as usize;
        self.bytes.get(program..program + self.answer as usize).unwrap_or_default()
    }
}

#[derive(Zeroable)]
struct Slots {
    slots: [Slot; SLOTS],
    clock: u32,
}

/// Looks at the slots, or changes them; `how` calls nothing outside of this file.
fn with<R>(how: impl FnOnce(&mut Slots) -> R) -> R {
    // SAFETY: one thread, and this is the one reference: nothing that `how` does comes back here.
    how(unsafe { &mut *LARGE.queries.place() })
}

/// The answer to that query, if it is known; until the next query is answered.
pub fn find(table: u32, program: &[u8]) -> Option<&'static [u8]> {
    let changes = write::changes();
    let found = with(|all| {
        let is_it = |slot: &&mut Slot| {
            slot.answer > 0 && slot.table == table && slot.changes == changes && slot.program() == program
        };
        all.clock += 1;
        let clock = all.clock;
        let slot = all.slots.iter_mut().find(is_it)?;
        slot.used = clock;
        Some((slot.answer().as_ptr(), slot.answer as usize))
    });
    // SAFETY: the bytes lie in a static, and stay until `keep` or `forget` is called, before which they are copied.
    found.map(|(bytes, length)| unsafe { core::slice::from_raw_parts(bytes, length) })
}

/// Keeps an answer, if it is short. `changes` is the number of them before the query was worked off.
pub fn keep(table: u32, program: &[u8], changes: u32, answer: &[u8]) {
    if program.len() + answer.len() > SLOT_BYTES {
        return;
    }
    with(|all| {
        let Some(slot) = all.slots.iter_mut().min_by_key(|slot| if slot.changes == changes { slot.used } else { 0 })
        else {
            return;
        };
        copy_at(&mut slot.bytes, 0, program);
        copy_at(&mut slot.bytes, program.len(), answer);
        (slot.table, slot.changes, slot.used) = (table, changes, all.clock);
        (slot.program, slot.answer) = (program.len() as u32, answer.len() as u32);
    });
}

/// Forgets every answer: rows may be others.
#[inline]
pub fn forget() {
    write::count_change();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::stand_in;
    use crate::vm::state::exclusive;

    #[test]
    fn an_answer_is_known_until_a_row_changes() {
        let _turn = exclusive();
        stand_in::clear();
        forget();
        assert_eq!(find(7, b"query"), None);
        keep(7, b"query", write::changes(), b"answer");
        assert_eq!(find(7, b"query"), Some(&b"answer"[..]));
        assert_eq!(find(8, b"query"), None);
        assert_eq!(find(7, b"quer"), None);
        write::write(99, b"\x15\x01", Some(b"\x01\x01")).expect("it is written");
        assert_eq!(find(7, b"query"), None);
        keep(7, b"query", write::changes(), b"other");
        assert_eq!(find(7, b"query"), Some(&b"other"[..]));
        write::put_back(99, b"\x15\x01", None).expect("it is written");
        assert_eq!(find(7, b"query"), None);
    }

    #[test]
    fn the_one_that_was_not_used_for_the_longest_time_makes_room() {
        let _turn = exclusive();
        forget();
        for table in 1..=SLOTS as u32 {
            assert_eq!(find(table, b"q"), None);
            keep(table, b"q", write::changes(), &[table as u8]);
        }
        assert_eq!(find(1, b"q"), Some(&[1][..]));
        assert_eq!(find(9, b"q"), None);
        keep(9, b"q", write::changes(), b"9");
        assert_eq!(find(2, b"q"), None);
        assert_eq!((find(1, b"q"), find(9, b"q")), (Some(&[1][..]), Some(&b"9"[..])));
        keep(10, b"q", write::changes(), &[0; SLOT_BYTES]);
        assert_eq!(find(10, b"q"), None);
        forget();
        assert_eq!(find(1, b"q"), None);
    }
}
