//! The one way in which a row changes.
//!
//! Invariant: whoever has to know of changes is told of each one here, also of those that undo others. The steps, which must
//! not be reordered:
//!
//! 1. The journal of an atomic compute notes the old value. What fails from here on leaves a note too much, which does no harm.
//! 2. Loops forget what they know behind the key.
//! 3. The store changes.
//! 4. The observer is told, with the old value and the new one. A store that failed has changed or not, nobody knows, and
//!    the compute fails.
//!
//! Nobody who is told changes a row.
#![forbid(unsafe_code)]

use cu_abi::tables;

use crate::store::old::Old;
use crate::store::page::{self, Page};
use crate::store::{self, Failure, journal};
use crate::table::walk;

/// A change of one row; no value is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// The table.
    pub table: u32,
    /// The key, encoded.
    pub key: &'a [u8],
    /// The value before, encoded.
    pub old: Option<&'a [u8]>,
    /// The value from now on.
    pub new: Option<&'a [u8]>,
}

/// Whoever keeps something that follows from rows. So far only a test does.
type Observer = fn(&Change<'_>);

#[cfg(not(test))]
fn observer() -> Option<Observer> {
    None
}

#[cfg(test)]
fn observer() -> Option<Observer> {
    super::tests::is_looking().then_some(super::tests::observe)
}

/// Gives the row under `key` a new value, or removes it.
#[inline]
pub fn write(table: u32, key: &[u8], new: Option<&[u8]>) -> Result<(), Failure> {
    store::spend(key.len() + new.map_or(0, <[u8]>::len));
    if journal::is_begun() || observer().is_some() {
        return write_noted(table, key, new);
    }
    walk::changed(table, key);
    store::put(table, key, new)
}

#[inline(never)]
fn write_noted(table: u32, key: &[u8], new: Option<&[u8]>) -> Result<(), Failure> {
    let mut old = Old::new(table, key);
    if journal::is_begun() {
        journal::note(&mut old)?;
    }
    change(&mut old, new)
}

/// Gives a row the value that it had before an atomic compute: nothing is noted.
pub fn put_back(table: u32, key: &[u8], value: Option<&[u8]>) -> Result<(), Failure> {
    change(&mut Old::new(table, key), value)
}

/// Steps 2 to 4.
fn change(old: &mut Old<'_>, new: Option<&[u8]>) -> Result<(), Failure> {
    let (table, key) = (old.table, old.key);
    walk::changed(table, key);
    let Some(observer) = observer() else { return store::put(table, key, new) };
    let old = old.read()?;
    store::put(table, key, new)?;
    observer(&Change { table, key, old, new });
    Ok(())
}

/// Removes every row of a table, walking with `page`. When the budget of the run is used up on the way, the rest stays.
pub fn clear(table: u32, page: &mut Page) -> Result<(), Failure> {
    walk::forget(table);
    page::delete_each(table, page, |key| write(table, key, None))
}

/// Stores a result that is too long for the answer where the host looks for it.
pub fn spill(result: &[u8]) -> Result<(), Failure> {
    change(&mut Old::new(tables::IO, tables::KEY_RESULT), Some(result))
}

/// Removes the last spilled result, which was for the last answer; a host that cannot delete it keeps it until the next.
pub fn forget_spilled() {
    let _ = change(&mut Old::new(tables::IO, tables::KEY_RESULT), None);
}
