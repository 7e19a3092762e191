//! Levels of a transaction inside the outermost one: savepoints.
//!
//! Invariant: a value that is noted in several levels is the oldest in the outermost of them. So an instance that finds the
//! journal of one that died undoes everything if it puts the notes of inner levels back first (`undo.rs`), wherever that one
//! died. Notes that are left over of a level that ended are of values that the level around it has noted as well, or of objects
//! that are new in it.

use crate::host;
use crate::store::counter::{self, New};
use crate::store::failure::Failure;
use crate::store::journal::{
    clear_from, damaged, failed, has_changed, is_new, is_there, journal, level, new, note_key, page, parts, set_new,
    with_value,
};
use crate::store::{calls, system};

/// What a level has to leave as it was for the one around it.
#[derive(Clone, Copy, Debug)]
pub struct Outer {
    new: New,
    has_changed: bool,
    has_notes: bool,
}

impl Outer {
    /// As words, for memory that is C's.
    pub fn words(self) -> [u32; 5] {
        let (first, end) = self.new.range;
        [self.new.first, first, end, self.has_changed.into(), self.has_notes.into()]
    }

    /// Of such words.
    pub fn of([first_new, first, end, has_changed, has_notes]: [u32; 5]) -> Outer {
        let new = New { first: first_new, range: (first, end) };
        Outer { new, has_changed: has_changed != 0, has_notes: has_notes != 0 }
    }
}

/// Begins a level inside the innermost one, of which there are fewer than `LEVELS`. It asks the host nothing.
pub fn enter() -> Result<Outer, Failure> {
    let journal = journal();
    let level = level() + 1;
    if journal.left_over.get() >= level {
        // They would pass for notes of the new level.
        clear_from(level)?;
        journal.left_over.set(level - 1);
    }
    let outer = Outer { new: new(), has_changed: has_changed(), has_notes: journal.has_notes.get() };
    set_new(counter::new_from_now(journal.base.get().0));
    journal.has_changed.set(false);
    journal.has_notes.set(false);
    journal.level.set(level);
    Ok(outer)
}

/// The innermost level is over, and the one around it is innermost again.
pub(super) fn leave(outer: Outer) {
    let journal = journal();
    set_new(outer.new);
    journal.level.set(level() - 1);
    journal.has_changed.set(outer.has_changed);
    journal.has_notes.set(outer.has_notes);
}

/// Makes the changes of the innermost level changes of the one around it. If the host fails, nothing has happened: the level
/// can be rolled back.
pub fn merge(mut outer: Outer) -> Result<(), Failure> {
    let journal = journal();
    let inner = level();
    let has_notes = journal.has_notes.get() || journal.left_over.get() >= inner;
    if has_notes {
        outer.has_notes = true;
        each_note(inner, |note, table, key| copy_outwards(outer.new, note, table, key)).inspect_err(|_| {
            // Some may be the outer level's already: what it begins with, since it has not changed them.
            journal.left_over.set(journal.left_over.get().max(inner));
        })?;
    }
    outer.has_changed |= journal.has_changed.get();
    leave(outer);
    // Those that remain are harmless until a level of that number begins.
    if has_notes && clear_from(inner).is_err() {
        journal.left_over.set(journal.left_over.get().max(inner));
    }
    Ok(())
}

/// Calls `visit` with the key of each note of a level, and its parts.
fn each_note(level: u8, mut visit: impl FnMut(&[u8], u32, &[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
    let page = page();
    // This limit stops a host that lists notes forever.
    let mut left = calls::size(system::JOURNAL)?;
    let mut found = page.seek(system::JOURNAL, &[level])?;
    while found {
        let note = page.current().ok_or_else(damaged)?;
        let (of, table, key) = parts(note)?;
        if of != level {
            break;
        }
        left = left.checked_sub(1).ok_or_else(damaged)?;
        visit(note, table, key)?;
        found = page.step()?;
    }
    Ok(())
}

/// Copies a note to the level around, unless that has one of the key, or made the object.
fn copy_outwards(new: New, note: &[u8], table: u32, key: &[u8]) -> Result<(), Failure> {
    if is_new(new, table, key) {
        return Ok(());
    }
    let Some(copy) = note_key().get_mut(..note.len()) else { return Err(damaged()) };
    copy.copy_from_slice(note);
    copy[0] -= 1;
    if is_there(copy)? {
        return Ok(());
    }
    with_value(note, |value| {
        calls::spend(note.len() + value.len());
        calls::spend(note.len() + value.len());
        host::set(system::JOURNAL, copy, value).map_err(|reply| failed("store", reply))
    })
}
