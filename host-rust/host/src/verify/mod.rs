//! Looks for what is wrong in a store, and mends it.
//!
//! Invariant: memory grows with the number of tables, functions and captured variables, not with the number of rows or
//! their size. Without the order to mend, nothing is changed; with it, all changes are one unit.
//!
//! - `walk`: from the homes and `_io` to everything that they reach
//! - `function`: the records of stored functions, their captured variables and code
//! - `attached`: the indexes, the schema and the feed of a table
//! - `compared`: whether indexes and schemas fit the rows, over a `draft`, whose changes stay in memory
//! - `metatable`: the metatable of a table
//! - `homes`: the rows that list the homes
//! - `count`: what nothing reaches, and what is noted of ids
//! - `finding`: what is wrong, and where

mod attached;
pub mod compared;
mod count;
mod draft;
mod finding;
pub(crate) mod function;
mod homes;
mod metatable;
mod walk;

#[cfg(test)]
mod tests;

use cu_abi::tables::{self, METATABLES, SYSTEM_FIRST};

use crate::error::Error;
use crate::store::{Store, StoreError};

pub use finding::{Finding, Mended, Problem};

/// The module's own tables (docs/formats.md).
const NOTES: u32 = SYSTEM_FIRST;
const FUNCTIONS: u32 = SYSTEM_FIRST + 3;
const CELLS: u32 = SYSTEM_FIRST + 4;
const JOURNAL: u32 = SYSTEM_FIRST + 5;
const FREE: u32 = SYSTEM_FIRST + 7;
const CODES: u32 = SYSTEM_FIRST + 8;
const CATALOGUE: u32 = SYSTEM_FIRST + 11;

/// What a verification did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Tables that the homes and `_io` reach, and their rows.
    pub tables: u64,
    /// Rows of these tables.
    pub rows: u64,
    /// Stored functions that they reach.
    pub functions: u64,
    /// Captured variables of these functions.
    pub variables: u64,
    /// Tables with rows, stored functions, captured variables and code that nothing reaches; a collection frees them.
    pub unreachable: u64,
    /// What is wrong.
    pub wrong: u64,
    /// How much of it was mended.
    pub mended: u64,
}

/// What the caller hears meanwhile.
#[derive(Debug)]
pub enum Event<'a> {
    /// Something is wrong; with the order to mend, it says what was done.
    Found(&'a Finding),
    /// Something is attached to this table, which was reached by this way: an index, a schema or a feed. [`compared::verify_with`] compares it
    /// with the rows, and does not pass this on.
    Attached { table: u32, place: &'a str },
    /// So much is done; about once in ten thousand rows.
    Progress(&'a Report),
}

/// Looks for what is wrong in a store, from the homes and `_io` on. With `mends` it is mended, in one unit: a row with a
/// value that cannot be used is deleted, a captured variable that cannot be used is nil, rows of homes are completed.
///
/// ```
/// use cu_host::verify::{Event, verify};
/// use cu_host::{MemoryStore, Store, Value};
///
/// let mut store = MemoryStore::default();
/// store.set(1, &Value::from("good").encode_key()?, &Value::from(1).encode()?)?;
/// store.set(1, &Value::from("bad").encode_key()?, &[0x04, 9, 0, 0, 0])?;
/// let mut found = Vec::new();
/// let mut hear = |event: Event| {
///     if let Event::Found(finding) = event {
///         found.push(finding.to_string());
///     }
/// };
/// let report = verify(&mut store, true, &mut hear)?;
/// assert_eq!((report.rows, report.wrong, report.mended), (2, 1, 1));
/// assert!(found[0].starts_with("_home.bad: "), "{found:?}");
/// assert_eq!(verify(&mut store, false, &mut |_| {})?.wrong, 0);
/// # Ok::<(), cu_host::Error>(())
/// ```
pub fn verify(store: &mut dyn Store, mends: bool, hear: &mut dyn FnMut(Event<'_>)) -> Result<Report, Error> {
    store.begin()?;
    let mut verification = Verification { store, mends, hear, report: Report::default() };
    match verification.run() {
        Ok(()) => {
            let report = verification.report;
            store.commit().map_err(Error::Commit)?;
            Ok(report)
        }
        Err(error) => {
            store.roll_back();
            Err(error.into())
        }
    }
}

/// A verification that is under way.
struct Verification<'a> {
    store: &'a mut dyn Store,
    mends: bool,
    hear: &'a mut dyn FnMut(Event<'_>),
    report: Report,
}

/// Rows after which the caller hears of the progress.
const STEP_ROWS: u64 = 10_000;

impl Verification<'_> {
    fn run(&mut self) -> Result<(), StoreError> {
        self.journal()?;
        self.collections()?;
        let free = self.free_ids()?;
        let homes = self.homes()?;
        let met = self.walk(&homes, &free)?;
        self.count(&met)
    }

    /// An open journal: the values of the store are those of a compute that did not end.
    fn journal(&mut self) -> Result<(), StoreError> {
        const OPENING: &[u8] = &[0];
        if self.store.get(JOURNAL, OPENING)?.is_some() {
            let notes = self.store.size(JOURNAL)? - 1;
            self.found("the journal".to_owned(), (JOURNAL, OPENING), Problem::Journal(notes), Mended::Left)?;
        }
        Ok(())
    }

    /// Reports something wrong, and mends it by deleting a row or by giving it another value.
    fn found(
        &mut self,
        place: String,
        (table, key): (u32, &[u8]),
        problem: Problem,
        mend: Mended,
    ) -> Result<(), StoreError> {
        let mended = if self.mends { mend } else { Mended::No };
        match &mended {
            Mended::No | Mended::Left => {}
            Mended::Deleted => self.store.delete(table, key)?,
            Mended::Written(value, _) => self.store.set(table, key, value)?,
        }
        self.report.wrong += 1;
        self.report.mended += u64::from(!matches!(mended, Mended::No | Mended::Left));
        let finding = Finding { place, table, key: key.to_vec(), problem, mended };
        (self.hear)(Event::Found(&finding));
        Ok(())
    }

    /// Counts a row that was read.
    fn row(&mut self) {
        self.report.rows += 1;
        if self.report.rows.is_multiple_of(STEP_ROWS) {
            (self.hear)(Event::Progress(&self.report));
        }
    }

    /// Calls `act` for each key of a table, of which few are in memory at a time; `act` may delete the row.
    fn each_key(
        &mut self,
        table: u32,
        mut act: impl FnMut(&mut Self, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        const PAGE_KEYS: usize = 256;
        let mut last: Option<Vec<u8>> = None;
        loop {
            let mut keys = Vec::new();
            self.store.keys(table, last.as_deref(), false, &mut |key| {
                keys.push(key.to_vec());
                keys.len() < PAGE_KEYS
            })?;
            for key in &keys {
                // This is no value of a script's: it holds the results that did not fit the last response.
                if (table, &key[..]) != (tables::IO, tables::KEY_RESULT) {
                    act(self, key)?;
                }
            }
            match keys.pop() {
                Some(key) => last = Some(key),
                None => return Ok(()),
            }
        }
    }
}
