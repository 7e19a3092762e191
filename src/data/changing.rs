//! Tables whose indexes are being changed outside of a transaction.
//!
//! Invariant: before the first such change of a compute the store notes the table, and the note goes when all changes of the
//! compute are complete. So a note that is found at the start is that of an instance which died in between: then, and after a
//! failure of the host in between, the indexes are built anew before anything else is done with the table.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::key;

use crate::data::index::build;
use crate::data::state::{BROKEN, STATE};
use crate::data::{catalogue, page, refusal, scratch};
use crate::permissions::guards;
use crate::store::{self, Failure, changing, journal, system};

fn change<R>(work: impl FnOnce(&mut Vec<u32>) -> R) -> R {
    STATE.with_changing(work)
}

/// Forgets what the store notes: it is looked for again.
pub fn keep_broken() {
    change(|all| all.retain(|table| table & BROKEN != 0));
}

/// Finds the notes of instances that died.
pub fn look() -> Result<(), Failure> {
    if store::size(system::CHANGING)? == 0 {
        return Ok(());
    }
    let page = page();
    let mut found = page.seek(system::CHANGING, &[])?;
    while found {
        if let Some(id) = page.current().and_then(key::decode_id) {
            change(|all| if all.contains(&(id | BROKEN)) { Ok(()) } else { scratch::push(all, id, id | BROKEN) })?;
        }
        found = page.step()?;
    }
    Ok(())
}

/// The indexes of a table are about to change.
pub fn begin(table: u32) -> Result<(), Failure> {
    // Room to distrust it, too.
    change(|all| all.try_reserve(1)).map_err(|_| scratch::no_memory(table, size_of::<u32>()))?;
    // What a transaction does is undone when it is not complete.
    if journal::is_begun() || change(|all| all.contains(&table)) {
        return Ok(());
    }
    changing::note(table)?;
    change(|all| scratch::push(all, table, table))
}

/// Before a transaction is kept, the store notes the tables whose indexes it did not change completely.
pub fn note_broken() -> Result<(), Failure> {
    change(|all| all.iter().filter(|table| **table & BROKEN != 0).try_for_each(|table| changing::note(table & !BROKEN)))
}

/// Whether every change of the indexes of a table was complete.
pub fn is_whole(table: u32) -> Result<bool, Failure> {
    // Whether one is half built is known when the catalogue was read.
    catalogue::recall(table)?;
    Ok(!change(|all| all.contains(&(table | BROKEN))))
}

/// Builds the indexes of a table anew if a change was not complete.
pub fn mend(table: u32) -> Result<(), Failure> {
    if is_whole(table)? {
        return Ok(());
    }
    if guards::is_read_only() {
        return Err(refusal::refuse(
            table,
            format_args!(
                "the indexes of external table {table} are to be built anew, which a read-only compute may not do"
            ),
        ));
    }
    build::again(table)?;
    changing::forget(table)?;
    change(|all| all.retain(|known| known & !BROKEN != table));
    Ok(())
}

/// All changes of the compute are complete.
pub fn end() {
    STATE.is_mending_charged.set(false);
    change(|all| {
        if !all.is_empty() && !guards::is_read_only() {
            all.retain(|table| table & BROKEN != 0 || changing::forget(*table).is_err());
        }
    });
}
