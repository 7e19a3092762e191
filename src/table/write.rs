//! The only code that changes a row.
//!
//! Invariant: the observer gets each change here, even a change that undoes another. The steps must not be reordered:
//!
//! 1. The journal of an atomic compute notes the old value. If a later step fails, the note is not needed but harmless.
//! 2. Loops forget the keys that they know after this key.
//! 3. The store changes. If it fails, it is unknown whether the row has changed, and the compute fails.
//! 4. The observer gets the old and the new value.
//!
//! An observer never changes a row. Whether a script may change one is known before (`proxy/guarded.rs`): here nobody knows who
//! asks.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicU32, Ordering};

use cu_abi::tables;

#[cfg(feature = "deflate")]
use crate::codec::compress;
use crate::data;
use crate::store::old::Old;
use crate::store::page::{self, Page};
use crate::store::{self, Failure, journal};
use crate::table::walk;
use crate::vm::instance::INSTANCE;
#[cfg(feature = "deflate")]
use crate::vm::run::RUN;

/// A change of one row. `None` as a value means that there is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// The table.
    pub table: u32,
    /// The key, encoded.
    pub key: &'a [u8],
    /// The value before, encoded.
    pub old: Option<&'a [u8]>,
    /// The new value.
    pub new: Option<&'a [u8]>,
}

/// Keeps data that is derived from rows. So far only a test has one.
type Observer = fn(&Change<'_>);

#[cfg(not(test))]
fn observer() -> Option<Observer> {
    None
}

#[cfg(test)]
fn observer() -> Option<Observer> {
    super::tests::is_looking().then_some(super::tests::observe)
}

/// How many rows were changed.
static CHANGES: AtomicU32 = AtomicU32::new(0);

/// Tells whether a row was changed since: then it is another number.
#[cfg(feature = "data")]
pub fn changes() -> u32 {
    CHANGES.load(Ordering::Relaxed)
}

/// From now on what was known of rows may be old.
#[inline]
pub fn count_change() {
    CHANGES.fetch_add(1, Ordering::Relaxed);
}

/// A row changes, also when the host then fails.
#[inline]
fn note_change(table: u32, key: &[u8]) {
    if cfg!(feature = "data") {
        count_change();
    }
    walk::changed(table, key);
    INSTANCE.note_change(table, key);
}

/// Gives the row under `key` a value of a script: a long string is compressed first, where the host wants that and the build
/// can.
pub fn store(table: u32, key: &[u8], value: &[u8]) -> Result<(), Failure> {
    #[cfg(feature = "deflate")]
    if let Some(shorter) = compress::shorten(value, RUN.compression.get()) {
        return write(table, key, Some(&shorter));
    }
    write(table, key, Some(value))
}

/// Longest key of a row that a transaction can change.
pub const MOST_KEY_BYTES: usize = journal::NOTED_KEY_BYTES;

/// `store` for a table that is new: nothing refers to it yet, so nobody but the journal has to know.
pub fn store_new(table: u32, key: &[u8], value: &[u8]) -> Result<(), Failure> {
    #[cfg(feature = "data")]
    if value.first() == Some(&cu_abi::tags::EXTERNAL) {
        data::state::STATE.flat.set(0);
    }
    #[cfg(feature = "deflate")]
    if let Some(shorter) = compress::shorten(value, RUN.compression.get()) {
        return write_plain(table, key, Some(&shorter));
    }
    write_plain(table, key, Some(value))
}

/// Gives the row under `key` a new value, or removes it, with all that follows from it.
#[inline]
pub fn write(table: u32, key: &[u8], new: Option<&[u8]>) -> Result<(), Failure> {
    if data::is_in_use() {
        store::spend(key.len() + new.map_or(0, <[u8]>::len));
        return data::change::write(table, key, new);
    }
    write_plain(table, key, new)
}

/// The same for a row that nothing is attached to: of the module's own tables, or of one that is new or freed.
#[inline(never)]
pub fn write_plain(table: u32, key: &[u8], new: Option<&[u8]>) -> Result<(), Failure> {
    store::spend(key.len() + new.map_or(0, <[u8]>::len));
    if journal::is_begun() || observer().is_some() {
        return write_noted(table, key, new);
    }
    note_change(table, key);
    store::put(table, key, new)
}

/// The same under an id, or another integer.
#[inline(never)]
pub fn write_at(table: u32, number: i64, new: Option<&[u8]>) -> Result<(), Failure> {
    write_plain(table, store::id_key(number).bytes(), new)
}

/// Steps 1 to 4.
#[inline(never)]
pub fn write_noted(table: u32, key: &[u8], new: Option<&[u8]>) -> Result<(), Failure> {
    apply(&mut Old::new(table, key), new)
}

/// The same, where the old value may have been read.
pub fn apply(old: &mut Old<'_>, new: Option<&[u8]>) -> Result<(), Failure> {
    if journal::is_begun() {
        journal::note(old)?;
    }
    change(old, new)
}

/// Gives a row the value that it had before an atomic compute. No note is made.
pub fn put_back(table: u32, key: &[u8], value: Option<&[u8]>) -> Result<(), Failure> {
    change(&mut Old::new(table, key), value)
}

/// Steps 2 to 4.
fn change(old: &mut Old<'_>, new: Option<&[u8]>) -> Result<(), Failure> {
    let (table, key) = (old.table, old.key);
    note_change(table, key);
    let Some(observer) = observer() else { return store::put(table, key, new) };
    let old = old.read()?;
    store::put(table, key, new)?;
    observer(&Change { table, key, old, new });
    Ok(())
}

/// Removes every row of a table, walking with `page`. If the budget of the run is used up on the way, the rest stays.
pub fn clear(table: u32, page: &mut Page) -> Result<(), Failure> {
    walk::forget(table);
    page::delete_each(table, page, |key| write(table, key, None))
}

/// The same for a table that nothing is attached to.
pub fn clear_plain(table: u32, page: &mut Page) -> Result<(), Failure> {
    walk::forget(table);
    page::delete_each(table, page, |key| write_plain(table, key, None))
}

/// Stores a result that is too long for the answer where the host looks for it.
pub fn spill(result: &[u8]) -> Result<(), Failure> {
    change(&mut Old::new(tables::IO, tables::KEY_RESULT), Some(result))
}

/// Removes the last spilled result, which belongs to the last answer. If the host cannot delete it, it stays until the
/// next one.
pub fn forget_spilled() {
    let _ = change(&mut Old::new(tables::IO, tables::KEY_RESULT), None);
}
