//! The undo journal of an atomic compute: the old values, so that either all of its changes stay or none.
//!
//! Invariant: before an entry of an old table changes for the first time, its old value is in the journal. So the old
//! state can be restored at any time, even by an instance that finds the journal of one that died. The steps must not
//! be reordered:
//!
//! 1. `begin` remembers which ids are new: the first that was never given and all after it, and a range of free ids. Objects
//!    with such an id belong to this compute and need no notes.
//! 2. The first change opens the journal. Before each change, its note is written.
//! 3. `commit` deletes the opening note: this makes all changes permanent. Then it deletes the other notes.
//! 4. `roll_back` puts every noted value back, deletes the new objects, and last the opening note.
//!
//! The caller gives the function that changes rows (`PutBack`), because it also notifies the observers.
//!
//! Notes of a journal that is not open mean nothing, and are deleted before the next one is opened.
//!
//! ```text
//! opening   key 00                                | value u8 version = 2 | u32 first new id | u32, u32 range of free ids
//! note      key 01 | u32 table, high byte first | the key there | value 00 = nothing was there, 01 | the value
//! ```

use alloc::vec::Vec;

use bytemuck::Zeroable;
use core::ops::Range;

use cu_abi::key;
use cu_abi::limits::KEY_BYTES;
use cu_abi::tables::{CONTROL, HOST_FIRST, IO, SYSTEM_FIRST};

use crate::host::{self, Found};
use crate::large::LARGE;
use crate::store::counter::{self, New};
use crate::store::failure::{Cause, Failure};
use crate::store::old::{NOTE_BYTES, Old, PRESENT};
use crate::store::page::{self, Page};
use crate::store::{calls, spare, system};
use crate::vm::instance::{INSTANCE, Journal, JournalState};

const VERSION: u8 = 2;

/// Without the range.
const FIRST_VERSION: u8 = 1;

const OPENING: [u8; 1] = [0];
const OPENING_BYTES: usize = 13;
const NOTE: u8 = 1;

/// The bytes of a note's key before the key of the entry.
const HEAD_BYTES: usize = 5;

/// Longest key of an entry that can be noted.
pub const NOTED_KEY_BYTES: usize = KEY_BYTES - HEAD_BYTES;

#[derive(Zeroable)]
struct NoteBuffers {
    key: [u8; KEY_BYTES],
    value: [u8; NOTE_BYTES],
}

fn note_buffers() -> *mut NoteBuffers {
    LARGE.journal.place()
}

fn journal() -> &'static Journal {
    &INSTANCE.journal
}

/// Forgets what is known about the journal, because the store may be another one. An unfinished rollback belongs to the
/// journal of the old store.
pub fn forget() {
    journal().is_looked_at.set(false);
    if is_unfinished() {
        close();
    }
}

/// Looks again at the start of the next compute whether there is a journal: another instance may have died. It may also have
/// finished a rollback of this one, and then other objects may have the ids that were new.
pub fn look_again() {
    journal().is_looked_at.set(false);
    if is_unfinished() {
        close();
    }
}

/// Whether a rollback is unfinished: the store has neither the old state nor the new one.
pub fn is_unfinished() -> bool {
    journal().state.get() == JournalState::Unfinished
}

/// Whether a compute is atomic.
#[inline]
pub fn is_begun() -> bool {
    matches!(journal().state.get(), JournalState::Ready | JournalState::Open)
}

/// Whether an atomic compute has changed anything.
pub fn has_changed() -> bool {
    journal().state.get() == JournalState::Open
}

/// The first id that was never given before the atomic compute.
fn first_new() -> u32 {
    journal().first_new.get()
}

/// Whether the object with that id was made by the atomic compute.
pub fn is_new_id(id: u32) -> bool {
    let (first, end) = journal().range.get();
    (first_new()..SYSTEM_FIRST).contains(&id) || (first..end).contains(&id)
}

/// Gives a row of a table its old value, or removes it.
pub type PutBack<'a> = &'a mut dyn FnMut(u32, &[u8], Option<&[u8]>) -> Result<(), Failure>;

/// Finishes a journal that a dead instance left, or this one when the host failed: rolls back or deletes its notes.
/// Returns whether anything was rolled back. No script is running, and there is no budget.
pub fn settle(put_back: PutBack<'_>) -> Result<bool, Failure> {
    if !is_unfinished() {
        if journal().is_looked_at.get() {
            return Ok(false);
        }
        if calls::size(system::JOURNAL)? > 0 {
            match opened()? {
                Some(New { first, range }) => {
                    journal().first_new.set(first);
                    journal().range.set(range);
                    journal().state.set(JournalState::Unfinished);
                }
                None => clear(page())?,
            }
        }
    }
    let has_to_finish = is_unfinished();
    if has_to_finish {
        roll_back(put_back)?;
    }
    journal().is_looked_at.set(true);
    Ok(has_to_finish)
}

fn page() -> &'static mut Page {
    // SAFETY: no script is running, and each function of this file that takes the page is done with it when it returns.
    unsafe { spare::spare_page() }
}

/// The new ids of an open journal. A journal of another version is treated as damage: this version cannot undo it.
fn opened() -> Result<Option<New>, Failure> {
    let mut opening = [0; OPENING_BYTES];
    let length = match host::get(system::JOURNAL, &OPENING, &mut opening) {
        Found::Absent => return Ok(None),
        Found::Value(length) => length,
        Found::Longer(_) => return Err(damaged()),
        Found::Failed(reply) => return Err(failed("read", reply)),
    };
    if !matches!((opening[0], length), (VERSION, OPENING_BYTES) | (FIRST_VERSION, 5)) {
        return Err(damaged());
    }
    let word = |at: usize| u32::from_le_bytes(opening[at..at + 4].try_into().unwrap_or_default());
    let (first, range) = (word(1), (word(5), word(9)));
    let is_range = range == (0, 0) || (IO < range.0 && range.0 <= range.1 && range.1 <= SYSTEM_FIRST);
    if first > IO && is_range { Ok(Some(New { first, range })) } else { Err(damaged()) }
}

fn damaged() -> Failure {
    Failure::damaged(system::JOURNAL)
}

fn failed(action: &'static str, reply: i32) -> Failure {
    Failure { action, table: system::JOURNAL, cause: Cause::Host(reply) }
}

/// Begins an atomic compute, after `settle` has finished any earlier one.
pub fn begin() -> Result<(), Failure> {
    let New { first, range } = counter::begin_new()?;
    journal().first_new.set(first);
    journal().range.set(range);
    journal().has_opening.set(false);
    journal().state.set(JournalState::Ready);
    Ok(())
}

/// Notes the value under a key that is about to change, if a rollback would need it.
#[inline(never)]
pub fn note(old: &mut Old<'_>) -> Result<(), Failure> {
    let (table, key) = (old.table, old.key);
    if !is_noted(table) {
        return Ok(());
    }
    if is_new(table, key) {
        // If this instance dies, only an open journal tells the next one that the new object must be removed.
        return open();
    }
    // SAFETY: one thread; this function alone uses the part, and ends before it is called again.
    let note = unsafe { &mut (*note_buffers()).key };
    let length = HEAD_BYTES + key.len();
    let Some(note) = note.get_mut(..length) else {
        return Err(Failure {
            action: "note the old value of",
            table,
            cause: Cause::KeyLength(key.len(), NOTED_KEY_BYTES),
        });
    };
    calls::spend(length);
    note[0] = NOTE;
    note[1..HEAD_BYTES].copy_from_slice(&table.to_be_bytes());
    note[HEAD_BYTES..].copy_from_slice(key);
    calls::spend(length);
    match host::get(system::JOURNAL, note, &mut []) {
        Found::Value(_) | Found::Longer(_) => return Ok(()),
        Found::Failed(reply) => return Err(failed("read", reply)),
        Found::Absent => {}
    }
    let value = old.note()?;
    open()?;
    // Read, and written.
    calls::spend(key.len() + value.len());
    calls::spend(length + value.len());
    host::set(system::JOURNAL, note, value).map_err(|reply| failed("store", reply))
}

/// Step 2, once.
fn open() -> Result<(), Failure> {
    if journal().has_opening.get() {
        return Ok(());
    }
    // A host that reports a failure may still have stored it.
    journal().state.set(JournalState::Open);
    write_opening()?;
    journal().has_opening.set(true);
    Ok(())
}

fn write_opening() -> Result<(), Failure> {
    let (first, end) = journal().range.get();
    let mut opening = [VERSION; OPENING_BYTES];
    for (place, word) in opening[1..].chunks_exact_mut(4).zip([first_new(), first, end]) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    host::set(system::JOURNAL, &OPENING, &opening).map_err(|reply| failed("store", reply))
}

/// Whether changes of a table are noted. Not those of the counter and of free and reused ids: what was reserved stays so. Not those of marks
/// and lists of a collection, which are no state, or of the host's notes. Not those of the control channel either: otherwise a
/// damaged note could send the host a message in the module's name.
fn is_noted(table: u32) -> bool {
    (CONTROL + 1..SYSTEM_FIRST).contains(&table)
        || (table < HOST_FIRST
            && table > system::WORK
            && ![system::JOURNAL, system::FREE, system::REUSED].contains(&table))
}

/// Whether an entry belongs to an object that the compute made.
fn is_new(table: u32, key: &[u8]) -> bool {
    match table {
        system::FUNCTIONS | system::CELLS | system::CODES => key::decode_id(key).is_some_and(is_new_id),
        _ => is_new_id(table),
    }
}

/// Makes all changes permanent; returns whether there were any.
pub fn commit() -> Result<bool, Failure> {
    if !has_changed() {
        close();
        return Ok(false);
    }
    host::delete(system::JOURNAL, &OPENING).map_err(|reply| failed("delete", reply))?;
    close();
    // Notes that remain are deleted before the next journal.
    if clear(page()).is_err() {
        forget();
    }
    Ok(true)
}

/// The atomic compute is over.
fn close() {
    journal().state.set(JournalState::Closed);
    counter::end_new();
}

/// Removes every note.
fn clear(page: &mut Page) -> Result<(), Failure> {
    page::delete_each(system::JOURNAL, page, |note| calls::forget(system::JOURNAL, note))
}

/// Undoes all changes. When the host fails, `settle` does the rest.
pub fn roll_back(put_back: PutBack<'_>) -> Result<(), Failure> {
    let before = journal().state.replace(JournalState::Unfinished);
    let is_open = before != JournalState::Ready;
    let page = page();
    if is_open {
        // This limit stops a host that lists notes forever, or does not delete them.
        let mut left = calls::size(system::JOURNAL)?;
        while put_back_page(page, put_back, &mut left)? {}
    }
    // A dead instance may have given every id of its block.
    let end = if before == JournalState::Unfinished { counter::bound()? } else { counter::fresh_end() };
    let again = counter::used_of(journal().range.get())?;
    let ids = [again, first_new()..end.max(first_new())];
    delete_entries(page, &ids, put_back)?;
    for ids in ids {
        delete_tables(page, ids, is_open, put_back)?;
    }
    if is_open {
        host::delete(system::JOURNAL, &OPENING).map_err(|reply| failed("delete", reply))?;
    }
    close();
    Ok(())
}

/// Puts back the values of a page of notes, and deletes the notes; false when there were none.
fn put_back_page(page: &mut Page, put_back: PutBack<'_>, left: &mut u32) -> Result<bool, Failure> {
    if !page.seek(system::JOURNAL, &OPENING)? {
        return Ok(false);
    }
    loop {
        let note = page.current().ok_or_else(damaged)?;
        let (head, key) = note.split_first_chunk::<HEAD_BYTES>().ok_or_else(damaged)?;
        let [NOTE, table @ ..] = *head else { return Err(damaged()) };
        let table = u32::from_be_bytes(table);
        if !is_noted(table) {
            return Err(damaged());
        }
        *left = left.checked_sub(1).ok_or_else(damaged)?;
        put_noted_back(table, key, note, put_back)?;
        host::delete(system::JOURNAL, note).map_err(|reply| failed("delete", reply))?;
        if !page.step_inside()? {
            return Ok(true);
        }
    }
}

/// Puts back the value of one note.
fn put_noted_back(table: u32, key: &[u8], note: &[u8], put_back: PutBack<'_>) -> Result<(), Failure> {
    // SAFETY: one thread; this function alone uses the part, and ends before it is called again.
    let short = unsafe { &mut (*note_buffers()).value };
    let mut long = Vec::new();
    let value = match host::get(system::JOURNAL, note, short) {
        Found::Value(length) => &short[..length],
        Found::Longer(length) => {
            let fail = || Failure { action: "read", table: system::JOURNAL, cause: Cause::Memory(length) };
            long.try_reserve_exact(length).map_err(|_| fail())?;
            long.resize(length, 0);
            match host::get(system::JOURNAL, note, &mut long) {
                Found::Value(again) if again == length => &long[..],
                Found::Failed(reply) => return Err(failed("read", reply)),
                _ => return Err(damaged()),
            }
        }
        Found::Absent => return Err(damaged()),
        Found::Failed(reply) => return Err(failed("read", reply)),
    };
    match value {
        [0] => put_back(table, key, None),
        [PRESENT, value @ ..] => put_back(table, key, Some(value)),
        _ => Err(damaged()),
    }
}

/// Ids that one attempt checks: a damaged counter must not make it check two thousand million.
const DELETED: u32 = 1 << 22;

/// How many new tables are emptied before the opening note is updated.
const NOTED_AT_ONCE: u32 = 16;

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
fn delete_tables(page: &mut Page, ids: Range<u32>, is_open: bool, put_back: PutBack<'_>) -> Result<(), Failure> {
    let last = ids.end.min(ids.start.saturating_add(DELETED));
    for table in ids.start..last {
        if calls::size(table)? > 0 {
            page::delete_each(table, page, |key| put_back(table, key, None))?;
        }
        let (first, end) = journal().range.get();
        if (first..end).contains(&table) {
            journal().range.set((table + 1, end));
        } else {
            journal().first_new.set(table + 1);
        }
        if is_open && table % NOTED_AT_ONCE == 0 {
            write_opening()?;
        }
    }
    if last < ids.end { Err(damaged()) } else { Ok(()) }
}
