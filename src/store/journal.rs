//! The undo journal of an atomic compute: what was there before, so that either all of its changes stay or none.
//!
//! Invariant: before an entry of an old table changes for the first time, what was under its key is in the journal; so the
//! state before can be had again at any moment, also by an instance that finds the journal of one that died. The steps,
//! which must not be reordered:
//!
//! 1. `begin` notes the first id that is new. What has an id from there on belongs to this compute and needs no notes.
//! 2. The first change opens the journal, and each writes its note before it is made.
//! 3. `commit` deletes the opening note: from here on everything is new. The rest of the journal is deleted after that.
//! 4. `roll_back` puts every noted value back, deletes what is new, and the opening note last.
//!
//! Rows are changed by who is given for that (`PutBack`), so that others are told.
//!
//! Notes of a journal that is not open mean nothing, and are deleted before another one is opened.
//!
//! ```text
//! opening   key 00                                | value u8 version = 1 | u32 first new id
//! note      key 01 | u32 table, high byte first | the key there | value 00 = nothing was there, 01 | the value
//! ```

use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};

use cu_abi::limits::KEY_BYTES;
use cu_abi::tables::{CONTROL, HOST_FIRST, IO, SYSTEM_FIRST};

use crate::host::{self, Found};
use crate::key::{self, Key, KeyBuffer};
use crate::large::{LARGE, Zeroes};
use crate::store::old::{NOTE_BYTES, Old, PRESENT};
use crate::store::page::{self, Page, Unreadable};
use crate::store::{self, Cause, Failure, counter, system};

const VERSION: u8 = 1;
const OPENING: [u8; 1] = [0];
const NOTE: u8 = 1;

/// What a note's key has in front of the key.
const HEAD_BYTES: usize = 5;

/// Longest key of an entry that can be noted.
pub const NOTED_KEY_BYTES: usize = KEY_BYTES - HEAD_BYTES;

/// Nothing is noted.
const CLOSED: u8 = 0;
/// A compute is atomic, and has changed nothing yet.
const READY: u8 = 1;
/// Something was changed.
const OPEN: u8 = 2;
/// A rollback did not come to its end.
const OWED: u8 = 3;

static STATE: AtomicU8 = AtomicU8::new(CLOSED);
static FIRST_NEW: AtomicU32 = AtomicU32::new(0);

/// The store has the opening note.
static OPENED: AtomicBool = AtomicBool::new(false);

/// Whether it is known that no earlier instance left a journal.
static LOOKED: AtomicBool = AtomicBool::new(false);

struct Buffers {
    key: [u8; KEY_BYTES],
    value: [u8; NOTE_BYTES],
}

// SAFETY: bytes.
unsafe impl Zeroes for Buffers {}

fn buffers() -> *mut Buffers {
    LARGE.journal.place()
}

/// The store may be another one: it is looked at again. What was owed to the store before is in its own journal.
pub fn forget() {
    LOOKED.store(false, Ordering::Relaxed);
    let _ = STATE.compare_exchange(OWED, CLOSED, Ordering::Relaxed, Ordering::Relaxed);
}

/// Whether a rollback did not come to its end: the store is neither as before nor as after.
pub fn is_owed() -> bool {
    STATE.load(Ordering::Relaxed) == OWED
}

/// Whether a compute is atomic.
#[inline]
pub fn is_begun() -> bool {
    matches!(STATE.load(Ordering::Relaxed), READY | OPEN)
}

/// Whether an atomic compute has changed anything.
pub fn has_changed() -> bool {
    STATE.load(Ordering::Relaxed) == OPEN
}

/// The first id that belongs to the atomic compute.
pub fn first_new() -> u32 {
    FIRST_NEW.load(Ordering::Relaxed)
}

/// Gives a row of a table the value that it had, or none.
pub type PutBack<'a> = &'a mut dyn FnMut(u32, &[u8], Option<&[u8]>) -> Result<(), Failure>;

/// Puts right what an instance left behind that died, or this one when the host failed: rolled back, or cleared away.
/// Whether anything was rolled back.
///
/// # Safety
/// One thread, no script is running, and no budget is.
pub unsafe fn settle(put_back: PutBack<'_>) -> Result<bool, Unreadable> {
    // SAFETY: the caller's; the reference to the page ends with the call.
    unsafe {
        if STATE.load(Ordering::Relaxed) != OWED {
            if LOOKED.load(Ordering::Relaxed) {
                return Ok(false);
            }
            if store::size(system::JOURNAL)? > 0 {
                match opened()? {
                    Some(first) => {
                        FIRST_NEW.store(first, Ordering::Relaxed);
                        STATE.store(OWED, Ordering::Relaxed);
                    }
                    None => clear(store::spare_page())?,
                }
            }
        }
        let is_owed = is_owed();
        if is_owed {
            roll_back(put_back)?;
        }
        LOOKED.store(true, Ordering::Relaxed);
        Ok(is_owed)
    }
}

/// The first new id of a journal that is open. One of another version is damage: it cannot be undone here.
fn opened() -> Result<Option<u32>, Unreadable> {
    let mut opening = [0; 5];
    match host::get(system::JOURNAL, &OPENING, &mut opening) {
        Found::Absent => Ok(None),
        Found::Value(5) if opening[0] == VERSION => {
            let first = opening.last_chunk().map(|first| u32::from_le_bytes(*first));
            if first > Some(IO) { Ok(first) } else { Err(Unreadable::Damaged) }
        }
        Found::Failed(reply) => Err(failed("read", reply).into()),
        _ => Err(Unreadable::Damaged),
    }
}

fn failed(deed: &'static str, reply: i32) -> Failure {
    Failure { deed, table: system::JOURNAL, cause: Cause::Host(reply) }
}

/// Begins an atomic compute; what was left behind has been settled.
///
/// # Safety
/// As for `settle`.
pub unsafe fn begin() -> Result<(), Failure> {
    // SAFETY: the caller's; the short buffer is free.
    FIRST_NEW.store(unsafe { counter::first_unused() }?, Ordering::Relaxed);
    OPENED.store(false, Ordering::Relaxed);
    STATE.store(READY, Ordering::Relaxed);
    Ok(())
}

/// Notes what is under a key that is about to change, if it may have to be put back.
#[inline(never)]
pub fn note(old: &mut Old<'_>) -> Result<(), Failure> {
    let (table, key) = (old.table, old.key);
    if !is_noted(table) {
        return Ok(());
    }
    if is_new(table, key) {
        // Only who finds the journal knows that it has to go.
        return open();
    }
    // SAFETY: one thread; nobody else uses the buffer, and the reference ends with the call.
    let note = unsafe { &mut (*buffers()).key };
    let length = HEAD_BYTES + key.len();
    let Some(note) = note.get_mut(..length) else {
        return Err(Failure { deed: "note the old value of", table, cause: Cause::KeyLength(key.len()) });
    };
    store::spend(length);
    note[0] = NOTE;
    note[1..HEAD_BYTES].copy_from_slice(&table.to_be_bytes());
    note[HEAD_BYTES..].copy_from_slice(key);
    store::spend(length);
    match host::get(system::JOURNAL, note, &mut []) {
        Found::Value(_) | Found::Longer(_) => return Ok(()),
        Found::Failed(reply) => return Err(failed("read", reply)),
        Found::Absent => {}
    }
    let value = old.note()?;
    open()?;
    // Read, and written.
    store::spend(key.len() + value.len());
    store::spend(length + value.len());
    host::set(system::JOURNAL, note, value).map_err(|reply| failed("store", reply))
}

/// Step 2, once.
fn open() -> Result<(), Failure> {
    if OPENED.load(Ordering::Relaxed) {
        return Ok(());
    }
    // Also a host that says it failed may have stored it.
    STATE.store(OPEN, Ordering::Relaxed);
    write_opening()?;
    OPENED.store(true, Ordering::Relaxed);
    Ok(())
}

fn write_opening() -> Result<(), Failure> {
    let mut opening = [VERSION, 0, 0, 0, 0];
    opening[1..].copy_from_slice(&first_new().to_le_bytes());
    host::set(system::JOURNAL, &OPENING, &opening).map_err(|reply| failed("store", reply))
}

/// The counter only rises, marks and lists of a collection are nobody's state, and the host's notes are its own. What a
/// store says of the control channel would reach the host as the module's own word.
fn is_noted(table: u32) -> bool {
    (CONTROL + 1..SYSTEM_FIRST).contains(&table)
        || (table < HOST_FIRST && table > system::WORK && table != system::JOURNAL)
}

/// Whether an entry belongs to what the compute itself made.
fn is_new(table: u32, key: &[u8]) -> bool {
    match table {
        system::FUNCTIONS | system::CELLS => key::decode_id(key).is_some_and(|id| id >= first_new()),
        _ => (first_new()..SYSTEM_FIRST).contains(&table),
    }
}

/// Makes all changes stay; whether there were any.
///
/// # Safety
/// As for `settle`.
pub unsafe fn commit() -> Result<bool, Failure> {
    if STATE.load(Ordering::Relaxed) != OPEN {
        STATE.store(CLOSED, Ordering::Relaxed);
        return Ok(false);
    }
    host::delete(system::JOURNAL, &OPENING).map_err(|reply| failed("delete", reply))?;
    STATE.store(CLOSED, Ordering::Relaxed);
    // SAFETY: the caller's. What stays of the notes is cleared away before the next journal.
    if clear(unsafe { store::spare_page() }).is_err() {
        forget();
    }
    Ok(true)
}

/// Removes every note.
fn clear(page: &mut Page) -> Result<(), Unreadable> {
    page::delete_each(system::JOURNAL, page, |note| store::forget(system::JOURNAL, note))
}

/// Undoes all changes. When the host fails, `settle` does the rest.
///
/// # Safety
/// As for `settle`.
pub unsafe fn roll_back(put_back: PutBack<'_>) -> Result<(), Unreadable> {
    let state = STATE.swap(OWED, Ordering::Relaxed);
    // SAFETY: the caller's; the reference to the page ends with the call.
    unsafe {
        let page = store::spare_page();
        if state != READY {
            // A host that lists notes for ever, or does not delete them, ends here.
            let mut left = store::size(system::JOURNAL)?;
            while put_back_page(page, put_back, &mut left)? {}
        }
        // An instance that died may have given every id of its block.
        let end = if state == OWED { counter::bound()? } else { counter::peek() };
        delete_new(page, end, state != READY, put_back)?;
        if state != READY {
            host::delete(system::JOURNAL, &OPENING).map_err(|reply| failed("delete", reply))?;
        }
    }
    STATE.store(CLOSED, Ordering::Relaxed);
    Ok(())
}

/// Puts back what a page of notes says, and deletes them; false when there was none.
fn put_back_page(page: &mut Page, put_back: PutBack<'_>, left: &mut u32) -> Result<bool, Unreadable> {
    if !page.seek(system::JOURNAL, &OPENING)? {
        return Ok(false);
    }
    loop {
        let note = page.current().ok_or(Unreadable::Damaged)?;
        let (head, key) = note.split_first_chunk::<HEAD_BYTES>().ok_or(Unreadable::Damaged)?;
        let [NOTE, table @ ..] = *head else { return Err(Unreadable::Damaged) };
        let table = u32::from_be_bytes(table);
        if !is_noted(table) {
            return Err(Unreadable::Damaged);
        }
        *left = left.checked_sub(1).ok_or(Unreadable::Damaged)?;
        put_noted_back(table, key, note, put_back)?;
        host::delete(system::JOURNAL, note).map_err(|reply| failed("delete", reply))?;
        if !page.step_inside()? {
            return Ok(true);
        }
    }
}

/// Puts back what one note says.
fn put_noted_back(table: u32, key: &[u8], note: &[u8], put_back: PutBack<'_>) -> Result<(), Unreadable> {
    // SAFETY: one thread; nothing is noted meanwhile.
    let short = unsafe { &mut (*buffers()).value };
    let mut long = Vec::new();
    let value = match host::get(system::JOURNAL, note, short) {
        Found::Value(length) => &short[..length],
        Found::Longer(length) => {
            let fail = || Failure { deed: "read", table: system::JOURNAL, cause: Cause::Memory(length) };
            long.try_reserve_exact(length).map_err(|_| fail())?;
            long.resize(length, 0);
            match host::get(system::JOURNAL, note, &mut long) {
                Found::Value(again) if again == length => &long[..],
                Found::Failed(reply) => return Err(failed("read", reply).into()),
                _ => return Err(Unreadable::Damaged),
            }
        }
        Found::Absent => return Err(Unreadable::Damaged),
        Found::Failed(reply) => return Err(failed("read", reply).into()),
    };
    match value {
        [0] => Ok(put_back(table, key, None)?),
        [PRESENT, value @ ..] => Ok(put_back(table, key, Some(value))?),
        _ => Err(Unreadable::Damaged),
    }
}

/// Ids that one attempt looks at: a damaged counter must not make it look at two thousand million.
const DELETED: u32 = 1 << 22;

/// How many new tables are emptied before the opening note says so.
const NOTED_AT_ONCE: u32 = 16;

/// Empties the tables, and deletes the functions and captured variables, that have new ids; none is `end` or more. What is
/// done is not done again when the host fails on the way, since one that permits so many calls a second would fail each
/// time: here the first new id rises, and in the opening note when there is one.
fn delete_new(page: &mut Page, end: u32, is_open: bool, put_back: PutBack<'_>) -> Result<(), Unreadable> {
    if first_new() >= end {
        return Ok(());
    }
    let mut before = KeyBuffer::new();
    // An integer always has an encoding.
    let _ = before.encode(Key::Integer(i64::from(first_new().saturating_sub(1))));
    for table in [system::FUNCTIONS, system::CELLS] {
        let mut found = page.seek(table, before.bytes())?;
        while found {
            let key = page.current().ok_or(Unreadable::Damaged)?;
            // Behind the end are ids of another instance.
            if key::decode_id(key).is_some_and(|id| id < end) {
                put_back(table, key, None)?;
            }
            found = page.step()?;
        }
    }
    let last = end.min(first_new().saturating_add(DELETED));
    for table in first_new()..last {
        if store::size(table)? > 0 {
            page::delete_each(table, page, |key| put_back(table, key, None))?;
        }
        FIRST_NEW.store(table + 1, Ordering::Relaxed);
        if is_open && table % NOTED_AT_ONCE == 0 {
            write_opening()?;
        }
    }
    if last < end { Err(Unreadable::Damaged) } else { Ok(()) }
}
