//! Rolling back: every noted value is put back, and the new objects are deleted.
//!
//! Invariant: whatever fails on the way, and whenever the instance dies, the next attempt goes on where this one ended
//! (`settle`). Nothing else happens in the store before it is at its end.
//!
//! The caller gives the function that changes rows (`PutBack`), because it also notifies the observers.

use core::ops::Range;

use cu_abi::key;

use crate::host;
use crate::store::counter::{self, New};
use crate::store::failure::Failure;
use crate::store::journal::{self, OPENING, OUTERMOST, damaged, failed, journal, parts, with_value};
use crate::store::levels::{self, Outer};
use crate::store::old::PRESENT;
use crate::store::page::{self, Page};
use crate::store::{calls, system};
use crate::vm::instance::JournalState;

/// Gives a row of a table its old value, or removes it.
pub type PutBack<'a> = &'a mut dyn FnMut(u32, &[u8], Option<&[u8]>) -> Result<(), Failure>;

/// Finishes a journal that a dead instance left, or this one when the host failed: rolls back or deletes its notes.
/// Returns whether anything was rolled back. No script is running, and there is no budget.
pub fn settle(put_back: PutBack<'_>) -> Result<bool, Failure> {
    if !journal::is_unfinished() {
        // The journal of a transaction of the host is this instance's.
        if journal().is_looked_at.get() || journal::is_begun() {
            return Ok(false);
        }
        if calls::size(system::JOURNAL)? > 0 {
            match journal::opened()? {
                Some(New { first, range }) => {
                    journal().base.set((first, range.0, range.1));
                    journal().state.set(JournalState::Unfinished);
                }
                None => {
                    journal::clear()?;
                    journal().left_over.set(0);
                }
            }
        }
    }
    let has_to_finish = journal::is_unfinished();
    if has_to_finish {
        roll_back(put_back)?;
    }
    journal().is_looked_at.set(true);
    Ok(has_to_finish)
}

/// The innermost level of which there are notes.
fn innermost() -> Result<u8, Failure> {
    let page = journal::page();
    let mut level = OUTERMOST;
    while page.seek(system::JOURNAL, &[level + 1])? {
        let (of, ..) = parts(page.current().ok_or_else(damaged)?)?;
        if of <= level {
            return Err(damaged());
        }
        level = of;
    }
    Ok(level)
}

/// Undoes all changes of the transaction. When the host fails, `settle` does the rest.
pub fn roll_back(put_back: PutBack<'_>) -> Result<(), Failure> {
    let journal = journal();
    let before = journal.state.replace(JournalState::Unfinished);
    let is_open = before != JournalState::Ready;
    if before == JournalState::Unfinished {
        // Of an instance that died, and of one that could not finish, more may be there than is remembered.
        journal.left_over.set(journal.left_over.get().max(innermost()?));
    }
    let (first_new, first, end) = journal.base.get();
    journal::set_new(New { first: first_new, range: (first, end) });
    if is_open {
        put_levels_back(OUTERMOST, put_back)?;
    }
    let ids = if before == JournalState::Unfinished {
        // A dead instance may have given every id of its block.
        [counter::used_of((first, end))?, first_new..counter::bound()?.max(first_new)]
    } else {
        counter::given_of(journal::new())
    };
    delete_objects(&ids, Some(is_open), put_back)?;
    if is_open {
        host::delete(system::JOURNAL, &OPENING).map_err(|reply| failed("delete", reply))?;
    }
    journal::close();
    Ok(())
}

/// Undoes the changes of the innermost level, inside another one; `end_level` is to follow.
pub fn roll_back_level(put_back: PutBack<'_>) -> Result<(), Failure> {
    let level = journal::level();
    if journal().has_notes.get() || journal().left_over.get() >= level {
        put_levels_back(level, put_back)?;
    }
    let ids = counter::given_of(journal::new());
    delete_objects(&ids, None, put_back)
}

/// The innermost level was undone. If it was not, because the host failed, the whole transaction is to be undone.
pub fn end_level(outer: Outer, is_undone: bool) {
    if is_undone {
        levels::leave(outer);
        return;
    }
    let journal = journal();
    let (first, begin, end) = journal.base.get();
    journal::set_new(New { first, range: (begin, end) });
    journal.left_over.set(journal.left_over.get().max(journal::level()));
    journal.has_changed.set(true);
    journal.state.set(JournalState::Unfinished);
    journal.level.set(OUTERMOST);
}

/// Puts back what is noted in a level and in those inside it, whose notes are newer.
fn put_levels_back(level: u8, put_back: PutBack<'_>) -> Result<(), Failure> {
    // This limit stops a host that lists notes forever, or does not delete them.
    let mut left = calls::size(system::JOURNAL)?;
    let innermost = journal().left_over.get().max(level);
    for of in (level..=innermost).rev() {
        while put_page_back(of, put_back, &mut left)? {}
        journal().left_over.set(journal().left_over.get().min(of.saturating_sub(1)));
    }
    Ok(())
}

/// Puts back the values of a page of notes, and deletes the notes; false when there were none.
fn put_page_back(level: u8, put_back: PutBack<'_>, left: &mut u32) -> Result<bool, Failure> {
    let page = journal::page();
    // Whatever is not the opening is to be a note of the outermost level at last.
    let before = if level == OUTERMOST { OPENING } else { [level] };
    if !page.seek(system::JOURNAL, &before)? {
        return Ok(false);
    }
    loop {
        let note = page.current().ok_or_else(damaged)?;
        let (of, table, key) = parts(note)?;
        if of != level {
            return Err(damaged());
        }
        *left = left.checked_sub(1).ok_or_else(damaged)?;
        with_value(note, |value| match value {
            [0] => put_back(table, key, None),
            [PRESENT, value @ ..] => put_back(table, key, Some(value)),
            _ => Err(damaged()),
        })?;
        host::delete(system::JOURNAL, note).map_err(|reply| failed("delete", reply))?;
        if !page.step_inside()? {
            return Ok(true);
        }
    }
}

/// Ids that one attempt checks: a damaged counter must not make it check two thousand million.
const DELETED: u32 = 1 << 22;

/// How many new tables are emptied before the opening note is updated.
const NOTED_AT_ONCE: u32 = 16;

/// Deletes the objects with these ids: all that are new in the transaction, where it is said whether there is an opening note.
fn delete_objects(ids: &[Range<u32>; 2], all: Option<bool>, put_back: PutBack<'_>) -> Result<(), Failure> {
    let page = journal::page();
    delete_entries(page, ids, put_back)?;
    for ids in ids {
        delete_tables(page, ids, all, put_back)?;
    }
    Ok(())
}

/// Deletes the functions, captured variables and code with new ids.
fn delete_entries(page: &mut Page, ids: &[Range<u32>; 2], put_back: PutBack<'_>) -> Result<(), Failure> {
    let Some(first) = ids.iter().filter(|ids| !ids.is_empty()).map(|ids| ids.start).min() else { return Ok(()) };
    let before = calls::id_key(i64::from(first - 1));
    for table in [system::FUNCTIONS, system::CELLS, system::CODES] {
        let mut found = page.seek(table, before.bytes())?;
        while found {
            let key = page.current().ok_or_else(damaged)?;
            // Other ids belong to other instances.
            if key::decode_id(key).is_some_and(|id| ids.iter().any(|ids| ids.contains(&id))) {
                put_back(table, key, None)?;
            }
            found = page.step()?;
        }
    }
    Ok(())
}

/// Empties the tables with these ids, which are new. If the host fails, the next attempt continues after the finished ids: a
/// host with a limit of calls per second would otherwise fail each time. For this the ids that count as new become fewer here,
/// and in the opening note if there is one.
fn delete_tables(page: &mut Page, ids: &Range<u32>, all: Option<bool>, put_back: PutBack<'_>) -> Result<(), Failure> {
    let last = ids.end.min(ids.start.saturating_add(DELETED));
    for table in ids.start..last {
        if calls::size(table)? > 0 {
            page::delete_each(table, page, |key| put_back(table, key, None))?;
        }
        if let Some(is_open) = all {
            note_deleted(table);
            if is_open && table % NOTED_AT_ONCE == 0 {
                journal::write_opening()?;
            }
        }
    }
    if last < ids.end { Err(damaged()) } else { Ok(()) }
}

/// A table of the transaction's is deleted.
fn note_deleted(table: u32) {
    let (first_new, first, end) = journal().base.get();
    let is_again = (first..end).contains(&table);
    journal().base.set(if is_again { (first_new, table + 1, end) } else { (table + 1, first, end) });
}
