//! Adding and removing indexes.
#![forbid(unsafe_code)]

use cu_abi::limits::INDEXES;

use crate::budget;
use crate::data::catalogue;
use crate::data::index::build;
use crate::data::index::definition::Definition;
use crate::data::state::{Role, STATE};
use crate::data::{changing, row_page, scratch};
use crate::store::{Failure, counter};
use crate::table::write;

/// What came of adding one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is there, or was there before.
    Whole,
    /// There is another one of that name.
    Other,
    /// There are as many as there may be.
    Full,
    /// The budget ran out, and it is not there.
    Unfinished,
}

/// Adds an index to the table, with the entries of its rows. If one of them is refused, or the host fails, the index is not there.
pub fn add(table: u32, mut definition: Definition) -> Result<Added, Failure> {
    changing::mend(table)?;
    STATE.is_in_use.set(true);
    catalogue::with(table, |attached| {
        if let Some(known) = attached.index(&definition.name) {
            let is_like = attached.indexes.get(known).is_some_and(|known| known.is_like(&definition));
            return Ok(if is_like { Added::Whole } else { Added::Other });
        }
        if attached.indexes.len() >= INDEXES {
            return Ok(Added::Full);
        }
        definition.list(table)?;
        definition.store = counter::take()?;
        scratch::push(&mut attached.indexes, table, definition)?;
        let added = fill(attached);
        if added != Ok(Added::Whole) {
            take_back(attached);
        }
        added
    })
}

/// Gives the last index, which is new, the entries of the rows.
fn fill(attached: &mut catalogue::Attached) -> Result<Added, Failure> {
    catalogue::store(attached)?;
    STATE.add_role(attached.table, Role::ROOT);
    if !build::new(attached, row_page())? {
        return Ok(Added::Unfinished);
    }
    if let Some(index) = attached.indexes.last_mut() {
        index.is_ready = true;
    }
    catalogue::store(attached)?;
    Ok(Added::Whole)
}

/// Removes the last index, which is not complete. If the host fails, the store has it half built, which its definition says.
fn take_back(attached: &mut catalogue::Attached) {
    if let Some(index) = attached.indexes.pop() {
        attached.is_doubtful = catalogue::store(attached).is_err();
        let left = budget::suspend();
        let _ = write::clear_plain(index.store, row_page());
        budget::resume(left);
    }
}

/// Removes the index of that name; whether there was one.
pub fn remove(table: u32, name: &[u8]) -> Result<bool, Failure> {
    catalogue::with(table, |attached| {
        let Some(place) = attached.index(name) else { return Ok(false) };
        let index = attached.indexes.remove(place);
        if let Err(failure) = catalogue::store(attached) {
            attached.is_doubtful = true;
            return Err(failure);
        }
        write::clear_plain(index.store, row_page())?;
        Ok(true)
    })
}
