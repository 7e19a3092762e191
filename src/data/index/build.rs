//! An index of rows that are there.
//!
//! Invariant: an index whose building was not completed is not ready, and is built anew before anything else is done with its table.
#![forbid(unsafe_code)]

use crate::budget;
use crate::control::event;
use crate::data::catalogue::{self, Attached};
use crate::data::feed::record;
use crate::data::index::{entries, unique};
use crate::data::state::STATE;
use crate::data::{linking, row_page};
use crate::store::page::Page;
use crate::store::{self, Failure};
use crate::table::{walk, write};

/// After so many rows the host hears how far it is.
const REPORTED: u32 = 1000;

/// Builds the last index of the table, which is new and empty. If the budget runs out, it is not complete, and says so.
pub fn new(attached: &Attached, page: &mut Page) -> Result<bool, Failure> {
    build(attached, attached.indexes.len().saturating_sub(1), page, true)
}

/// Empties the indexes of the table and builds them anew, and mends its feed, whatever the budget: what that takes counts
/// afterwards, unless it is the first time in a compute that has broken nothing itself.
pub fn again(table: u32) -> Result<(), Failure> {
    let left = budget::suspend();
    let before = budget::left();
    let done = catalogue::with(table, |attached| {
        let page = row_page();
        for index in &attached.indexes {
            walk::forget(index.store);
            store::page::delete_each(index.store, page, |key| write::write_plain(index.store, key, None))?;
        }
        build(attached, 0, page, false)?;
        if attached.indexes.iter().any(|index| !index.is_ready) {
            attached.indexes.iter_mut().for_each(|index| index.is_ready = true);
            catalogue::store(attached)?;
        }
        record::mend(attached)
    });
    let used = before - budget::left();
    let is_charged = STATE.is_mending_charged.replace(true);
    budget::resume(if is_charged { left - used } else { left });
    done
}

/// Adds the entries and links of every row to the indexes from `first` on; false when the budget ran out. What was built before is not
/// checked again: rows that were there stay.
fn build(attached: &Attached, first: usize, rows: &mut Page, is_checked: bool) -> Result<bool, Failure> {
    let indexes = attached.indexes.get(first..).unwrap_or_default();
    let (mut done, total) = (0, store::size(attached.table)?);
    let mut found = rows.seek(attached.table, &[])?;
    while found {
        if budget::is_exhausted() {
            return Ok(false);
        }
        let key = rows.current().ok_or_else(|| Failure::damaged(attached.table))?;
        for index in indexes {
            let entries = entries::of_row(attached.table, index, key)?;
            for entry in entries.each() {
                if is_checked && index.is_unique && entry.values > 0 {
                    unique::check(attached.table, index, &entry, key)?;
                }
                write::write_plain(index.store, entry.key, Some(&store::TRUE))?;
            }
        }
        linking::link_row(attached, key)?;
        found = rows.step()?;
        done += 1;
        if done % REPORTED == 0 || !found {
            event::report_progress(event::work::INDEX, done, total);
        }
    }
    Ok(true)
}
