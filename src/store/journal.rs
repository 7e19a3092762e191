//! The undo journal of a transaction: the old values, so that either all of its changes stay or none.
//!
//! Invariant: before an entry changes for the first time in a level, its old value is in the journal, in a note of that
//! level. So the old state can be restored at any time, even by an instance that finds the journal of one that died. The
//! outermost level is 1; each level inside is a savepoint. The steps must not be reordered:
//!
//! 1. `begin` and `enter` remember which ids are new: those that are given from now on. Objects with such an id belong to the
//!    level and need no notes.
//! 2. The first change opens the journal. Before each change, its note is written.
//! 3. `levels.rs` begins a level inside another one, and merges one that succeeded into the one around it.
//! 4. `commit` deletes the opening note: this makes all changes permanent. Then it deletes the other notes.
//! 5. `undo.rs` puts every noted value back, that of inner levels first, deletes the new objects, and last the opening note.
//!
//! Notes of a journal that is not open mean nothing, and are deleted before the next one is opened.
//!
//! ```text
//! opening   key 00                                  | value u8 version = 3 | u32 first new id | u32, u32 range of free ids
//! note      key level | u32 table, high byte first | the key there | value 00 = nothing was there, 01 | the value
//! ```

use bytemuck::Zeroable;
use core::ops::Range;

use cu_abi::key;
use cu_abi::limits::KEY_BYTES;
use cu_abi::tables::{CONTROL, HOST_FIRST, IO, SYSTEM_FIRST};

use crate::host::{self, Found};
use crate::large::LARGE;
use crate::memory::{self, NoMemory};
use crate::store::counter::{self, New};
use crate::store::failure::{Cause, Failure};
use crate::store::old::{NOTE_BYTES, Old};
use crate::store::page::{self, Page};
use crate::store::{calls, spare, system};
use crate::vm::instance::{INSTANCE, Journal, JournalState};

const VERSION: u8 = 3;

/// Without levels.
const SECOND_VERSION: u8 = 2;

/// Without the range.
const FIRST_VERSION: u8 = 1;

pub(super) const OPENING: [u8; 1] = [0];
const OPENING_BYTES: usize = 13;

/// The level of a transaction that is in no other one.
pub const OUTERMOST: u8 = 1;

/// The most levels: a recursion that begins one at each step has no end, and each takes some of the machine's stack.
pub const LEVELS: u8 = 64;

/// The bytes of a note's key before the key of the entry.
pub(super) const HEAD_BYTES: usize = 5;

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

/// Room for the key of a note.
pub(super) fn note_key() -> &'static mut [u8; KEY_BYTES] {
    // SAFETY: one thread; `note` and `copy_outwards` (`levels.rs`) alone use the part, and end before one is called again.
    unsafe { &mut (*note_buffers()).key }
}

pub(super) fn journal() -> &'static Journal {
    &INSTANCE.journal
}

pub(super) fn page() -> &'static mut Page {
    // SAFETY: no script is running, and each function of the journal that takes the page is done with it when it returns.
    unsafe { spare::spare_page() }
}

/// Forgets what is known about the journal, because the store may be another one. An unfinished rollback belongs to the
/// journal of the old store.
pub fn forget() {
    look_again();
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

/// Whether there is a transaction.
#[inline]
pub fn is_begun() -> bool {
    matches!(journal().state.get(), JournalState::Ready | JournalState::Open)
}

/// Whether the innermost level has changed anything.
pub fn has_changed() -> bool {
    journal().has_changed.get()
}

/// The innermost level, 0 where there is no transaction.
pub fn level() -> u8 {
    journal().level.get()
}

/// Whether the object with that id was made in the innermost level.
pub fn is_new_id(id: u32) -> bool {
    new().contains(id)
}

/// The ids of objects that are made in the innermost level.
pub(super) fn new() -> New {
    New { first: journal().first_new.get(), range: journal().range.get() }
}

/// Those that were given.
pub fn given() -> [Range<u32>; 2] {
    counter::given_of(new())
}

pub(super) fn set_new(New { first, range }: New) {
    journal().first_new.set(first);
    journal().range.set(range);
}

// ---- beginning ----

/// Begins the outermost level, after `settle` has finished any earlier journal.
pub fn begin() -> Result<(), Failure> {
    let journal = journal();
    if journal.left_over.get() > 0 {
        clear()?;
        journal.left_over.set(0);
    }
    let new = counter::begin_new()?;
    set_new(new);
    journal.base.set((new.first, new.range.0, new.range.1));
    journal.has_opening.set(false);
    journal.has_changed.set(false);
    journal.has_notes.set(false);
    journal.level.set(OUTERMOST);
    journal.state.set(JournalState::Ready);
    Ok(())
}

// ---- noting ----

/// Notes the value under a key that is about to change, if a rollback would need it.
#[inline(never)]
pub fn note(old: &mut Old<'_>) -> Result<(), Failure> {
    let (table, key) = (old.table, old.key);
    if !is_noted(table) {
        return Ok(());
    }
    if is_new(new(), table, key) {
        // If this instance dies, only an open journal tells the next one that the new object must be removed.
        return open();
    }
    let note = note_key();
    let length = HEAD_BYTES + key.len();
    let Some(note) = note.get_mut(..length) else {
        return Err(Failure::new("note the old value of", table, Cause::KeyLength(key.len(), NOTED_KEY_BYTES)));
    };
    calls::spend(length);
    note[0] = level();
    note[1..HEAD_BYTES].copy_from_slice(&table.to_be_bytes());
    note[HEAD_BYTES..].copy_from_slice(key);
    if is_there(note)? {
        // Also one that an inner level left which could not be merged (`levels.rs`).
        journal().has_notes.set(true);
        return Ok(());
    }
    let value = old.note()?;
    open()?;
    // A host that reports a failure may still have stored it.
    journal().has_notes.set(true);
    // Read, and written.
    calls::spend(key.len() + value.len());
    calls::spend(length + value.len());
    host::set(system::JOURNAL, note, value).map_err(|reply| failed("store", reply))
}

/// Whether there is a note of that key.
pub(super) fn is_there(note: &[u8]) -> Result<bool, Failure> {
    calls::spend(note.len());
    match host::get(system::JOURNAL, note, &mut []) {
        Found::Value(_) | Found::Longer(_) => Ok(true),
        Found::Absent => Ok(false),
        Found::Failed(reply) => Err(failed("read", reply)),
    }
}

/// Step 2, once.
fn open() -> Result<(), Failure> {
    journal().has_changed.set(true);
    if journal().has_opening.get() {
        return Ok(());
    }
    // A host that reports a failure may still have stored it.
    journal().state.set(JournalState::Open);
    write_opening()?;
    journal().has_opening.set(true);
    Ok(())
}

pub(super) fn write_opening() -> Result<(), Failure> {
    let (first_new, first, end) = journal().base.get();
    let mut opening = [VERSION; OPENING_BYTES];
    for (place, word) in opening[1..].chunks_exact_mut(4).zip([first_new, first, end]) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    host::set(system::JOURNAL, &OPENING, &opening).map_err(|reply| failed("store", reply))
}

/// The new ids of an open journal. A journal of another version is treated as damage: this version cannot undo it.
pub(super) fn opened() -> Result<Option<New>, Failure> {
    let mut opening = [0; OPENING_BYTES];
    let length = match host::get(system::JOURNAL, &OPENING, &mut opening) {
        Found::Absent => return Ok(None),
        Found::Value(length) => length,
        Found::Longer(_) => return Err(damaged()),
        Found::Failed(reply) => return Err(failed("read", reply)),
    };
    if !matches!((opening[0], length), (VERSION | SECOND_VERSION, OPENING_BYTES) | (FIRST_VERSION, 5)) {
        return Err(damaged());
    }
    let word = |at: usize| u32::from_le_bytes(opening[at..at + 4].try_into().unwrap_or_default());
    let (first, range) = (word(1), (word(5), word(9)));
    let is_range = range == (0, 0) || (IO < range.0 && range.0 <= range.1 && range.1 <= SYSTEM_FIRST);
    if first > IO && is_range { Ok(Some(New { first, range })) } else { Err(damaged()) }
}

pub(super) fn damaged() -> Failure {
    Failure::damaged(system::JOURNAL)
}

pub(super) fn failed(action: &'static str, reply: i32) -> Failure {
    Failure::new(action, system::JOURNAL, Cause::Host(reply))
}

/// Whether changes of a table are noted. Not those of the counter and of free and reused ids: what was reserved stays so. Not those of marks
/// and lists of a collection, which are no state, or of the host's notes. Not those of the control channel either: otherwise a
/// damaged note could send the host a message in the module's name.
pub(super) fn is_noted(table: u32) -> bool {
    (CONTROL + 1..SYSTEM_FIRST).contains(&table)
        || (table < HOST_FIRST
            && table > system::WORK
            && ![system::JOURNAL, system::FREE, system::REUSED].contains(&table))
}

/// Whether an entry belongs to an object with one of the new ids.
pub(super) fn is_new(new: New, table: u32, key: &[u8]) -> bool {
    match table {
        system::FUNCTIONS | system::CELLS | system::CODES => key::decode_id(key).is_some_and(|id| new.contains(id)),
        _ => new.contains(table),
    }
}

/// A note's key in its parts: level, table, key of the entry.
pub(super) fn parts(note: &[u8]) -> Result<(u8, u32, &[u8]), Failure> {
    let (head, key) = note.split_first_chunk::<HEAD_BYTES>().ok_or_else(damaged)?;
    let [level, table @ ..] = *head;
    let table = u32::from_be_bytes(table);
    let is_level = (OUTERMOST..=LEVELS).contains(&level);
    if is_level && is_noted(table) { Ok((level, table, key)) } else { Err(damaged()) }
}

/// Hands the value of a note to `act`.
pub(super) fn with_value<T>(note: &[u8], act: impl FnOnce(&[u8]) -> Result<T, Failure>) -> Result<T, Failure> {
    // SAFETY: one thread; this function alone uses the part, and `act` does not call it.
    let short = unsafe { &mut (*note_buffers()).value };
    let mut long;
    let value = match host::get(system::JOURNAL, note, short) {
        Found::Value(length) => &short[..length],
        Found::Longer(length) => {
            let fail = || Failure::new("read", system::JOURNAL, Cause::Memory(length));
            long = memory::zeros(length).map_err(|NoMemory| fail())?;
            match host::get(system::JOURNAL, note, &mut long) {
                Found::Value(again) if again == length => &long[..],
                Found::Failed(reply) => return Err(failed("read", reply)),
                _ => return Err(damaged()),
            }
        }
        Found::Absent => return Err(damaged()),
        Found::Failed(reply) => return Err(failed("read", reply)),
    };
    act(value)
}

// ---- keeping ----

/// Makes all changes permanent, in the outermost level; returns whether there were any.
pub fn commit() -> Result<bool, Failure> {
    if journal().state.get() != JournalState::Open {
        close();
        return Ok(false);
    }
    host::delete(system::JOURNAL, &OPENING).map_err(|reply| failed("delete", reply))?;
    close();
    // Notes that remain are deleted before the next journal, of this instance or another one.
    if clear().is_err() {
        journal().left_over.set(OUTERMOST);
        forget();
    }
    Ok(true)
}

/// The transaction is over.
pub(super) fn close() {
    journal().state.set(JournalState::Closed);
    journal().level.set(0);
    journal().left_over.set(0);
    journal().has_changed.set(false);
    if journal().unit.get().is_none() {
        counter::end_new();
    }
}

/// Begins a compute that the host undoes if it fails. Nothing is noted, but it is known which ids are new.
pub fn begin_unit() -> Result<(), Failure> {
    let New { first, range } = counter::begin_new()?;
    journal().unit.set(Some((first, range.0, range.1)));
    Ok(())
}

/// It is over. If it `has_failed`, the ids that are new in it count as those of the innermost level, and what is known of ids
/// and the journal in the store is forgotten, since the host undoes it. Answers whether it had begun.
pub fn end_unit(has_failed: bool) -> bool {
    let unit = journal().unit.take();
    close();
    if let Some((first, begin, end)) = unit.filter(|_| has_failed) {
        set_new(New { first, range: (begin, end) });
    }
    if has_failed {
        forget();
        counter::forget();
    }
    unit.is_some()
}

/// Leaves an open journal to whoever finds it.
pub fn abandon() {
    close();
    forget();
}

/// Removes every note.
pub(super) fn clear() -> Result<(), Failure> {
    page::delete_each(system::JOURNAL, page(), |note| calls::forget(system::JOURNAL, note))
}

/// Removes the notes of a level and those inside it.
pub(super) fn clear_from(level: u8) -> Result<(), Failure> {
    let page = page();
    let mut left = calls::size(system::JOURNAL)?;
    while page.seek(system::JOURNAL, &[level])? {
        loop {
            let note = page.current().ok_or_else(damaged)?;
            left = left.checked_sub(1).ok_or_else(damaged)?;
            calls::forget(system::JOURNAL, note)?;
            if !page.step_inside()? {
                break;
            }
        }
    }
    Ok(())
}
