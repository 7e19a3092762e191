//! An index against its table.
#![forbid(unsafe_code)]

use crate::budget;
use crate::data::index::entries;
use crate::data::{catalogue, changing, linking, row_page};
use crate::store::{self, Failure};

/// What is wrong with an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Report {
    /// Entries that rows should have and do not.
    pub missing: u32,
    /// Entries that no row has.
    pub stale: u32,
    /// Tables that could change without the index hearing of it.
    pub unlinked: u32,
}

/// Compares the index of that number; after the last one, only the links that something else than indexes needs; then `None`. If the
/// budget runs out, it ends early.
pub fn run(table: u32, number: usize) -> Result<Option<Report>, Failure> {
    changing::mend(table)?;
    catalogue::with(table, |attached| {
        let index = attached.indexes.get(number);
        if index.is_none() && (number > attached.indexes.len() || !attached.is_deep()) {
            return Ok(None);
        }
        let mut report = Report::default();
        let mut there = 0;
        let rows = row_page();
        let mut found = rows.seek(table, &[])?;
        while found && !budget::is_exhausted() {
            let key = rows.current().ok_or_else(|| Failure::damaged(table))?;
            if let Some(index) = index {
                for entry in entries::of_row(table, index, key)?.each() {
                    match store::get(index.store, entry.key)? {
                        store::Fetched::Absent => report.missing += 1,
                        _ => there += 1,
                    }
                }
            }
            report.unlinked += linking::unlinked(attached, key)?;
            found = rows.step()?;
        }
        if let Some(index) = index {
            report.stale = store::size(index.store)?.saturating_sub(there);
        }
        Ok(Some(report))
    })
}
