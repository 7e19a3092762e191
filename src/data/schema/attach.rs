//! Attaching a schema to a table, and taking it away.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::budget;
use crate::data::schema::check::Check;
use crate::data::state::{Role, STATE};
use crate::data::{catalogue, changing, linking, row_page};
use crate::store::{Cause, Failure};

/// Hands the first row behind `after` that the schema refuses to `visit`; false when there is none. Stops when the budget is used up.
pub fn next_refused(table: u32, schema: &[u8], after: &[u8], visit: impl FnOnce(&[u8])) -> Result<bool, Failure> {
    let rows = row_page();
    let mut found = rows.seek(table, after)?;
    while found && !budget::is_exhausted() {
        let key = rows.current().ok_or_else(|| Failure::damaged(table))?;
        match Check::default().row(schema, table, key) {
            Ok(()) => {}
            Err(failure) if failure.cause() == Cause::Violated => {
                visit(key);
                return Ok(true);
            }
            Err(failure) => return Err(failure),
        }
        found = rows.step()?;
    }
    Ok(false)
}

/// Attaches a schema that every row holds, or takes it away where it is empty.
pub fn attach(table: u32, schema: Vec<u8>) -> Result<(), Failure> {
    if !schema.is_empty() {
        changing::mend(table)?;
    }
    STATE.is_in_use.set(true);
    catalogue::with(table, |attached| {
        let was_deep = attached.is_deep();
        let before = core::mem::replace(&mut attached.schema, schema);
        // Links that lead nowhere do no harm: they come first.
        let linked = if attached.is_deep() && !was_deep { linking::link_rows(attached) } else { Ok(()) };
        if let Err(failure) = linked.and_then(|()| catalogue::store(attached)) {
            attached.schema = before;
            attached.is_doubtful = true;
            return Err(failure);
        }
        STATE.add_role(table, Role::ROOT);
        Ok(())
    })
}
