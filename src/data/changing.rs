//! Tables whose indexes are being changed outside of a transaction.
//!
//! Invariant: before the first such change of a compute the store notes the table, and the note goes when all changes of the
//! compute are complete. So a note that is found at the start is that of an instance which died in between: then, and after a
//! failure of the host in between, the indexes are built anew before anything else is done with the table.
//!
//! ```text
//! note   key: id of the table | value true
//! ```

use alloc::vec::Vec;

use cu_abi::key;

use crate::data::index::build;
use crate::data::state::STATE;
use crate::data::{catalogue, links, page, scratch};
use crate::store::{self, Failure, journal, system};

/// Set in the number of a table that must be mended.
const BROKEN: u32 = 1 << 31;

fn change<R>(work: impl FnOnce(&mut Vec<u32>) -> R) -> R {
    let mut all = STATE.changing.take();
    let answer = work(&mut all);
    STATE.changing.set(all);
    answer
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
    // What a transaction does is undone when it is not complete.
    if journal::is_begun() || change(|all| all.contains(&table)) {
        return Ok(());
    }
    store::note(system::CHANGING, store::id_key(table.into()).bytes(), &links::TRUE)?;
    change(|all| scratch::push(all, table, table))
}

/// A change of the indexes of a table is not complete.
pub fn distrust(table: u32) {
    change(|all| {
        all.retain(|known| known & !BROKEN != table);
        // Without memory the note of the store says it to the next instance.
        let _ = scratch::push(all, table, table | BROKEN);
    });
}

/// Before a transaction is kept, the store notes the tables whose indexes it did not change completely.
pub fn note_broken() -> Result<(), Failure> {
    change(|all| {
        all.iter().filter(|table| **table & BROKEN != 0).try_for_each(|table| {
            store::note(system::CHANGING, store::id_key((table & !BROKEN).into()).bytes(), &links::TRUE)
        })
    })
}

/// Builds the indexes of a table anew if a change was not complete.
pub fn mend(table: u32) -> Result<(), Failure> {
    // Whether one is half built is known when the catalogue was read.
    catalogue::with(table, |_| Ok(()))?;
    if !change(|all| all.contains(&(table | BROKEN))) {
        return Ok(());
    }
    build::again(table)?;
    store::forget(system::CHANGING, store::id_key(table.into()).bytes())?;
    change(|all| all.retain(|known| known & !BROKEN != table));
    Ok(())
}

/// All changes of the compute are complete.
pub fn end() {
    change(|all| {
        all.retain(|table| {
            table & BROKEN != 0 || store::forget(system::CHANGING, store::id_key((*table).into()).bytes()).is_err()
        });
    });
}
