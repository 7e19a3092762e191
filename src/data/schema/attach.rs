//! Attaching a schema to a table, and taking it away.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::budget;
use crate::data::schema::check::Check;
use crate::data::state::{Role, STATE};
use crate::data::{catalogue, changing, linking, row_page};
use crate::store::page::Page;
use crate::store::{Cause, Failure};

/// Hands the first row behind `after` that the schema refuses to `visit`; false when there is none. Stops when the budget is used up.
pub fn next_refused(table: u32, schema: &[u8], after: &[u8], visit: impl FnOnce(&[u8])) -> Result<bool, Failure> {
    let rows = row_page();
    let mut found = rows.seek(table, after)?;
    while found && !budget::is_exhausted() {
        let key = rows.current().ok_or_else(|| Failure::damaged(table))?;
        match Check::default().row(schema, table, key) {
            Ok(()) => {}
            Err(Failure { cause: Cause::Violated, .. }) => {
                visit(key);
                return Ok(true);
            }
            Err(failure) => return Err(failure),
        }
        found = rows.step()?;
    }
    Ok(false)
}

/// Attaches a schema that every row holds, or takes it away where it is empty. False when the budget was used up.
pub fn attach(table: u32, schema: Vec<u8>) -> Result<bool, Failure> {
    changing::mend(table)?;
    STATE.is_in_use.set(true);
    catalogue::with(table, |attached| {
        let is_new = !attached.is_deep();
        let before = core::mem::replace(&mut attached.schema, schema);
        if attached.is_deep() && is_new {
            // Links that lead nowhere do no harm: they come first.
            STATE.add_role(table, Role::ROOT);
            if !link_rows(attached, row_page())? {
                attached.schema = before;
                return Ok(false);
            }
        }
        catalogue::store(attached).inspect_err(|_| attached.is_doubtful = true)?;
        STATE.add_role(table, Role::ROOT);
        Ok(true)
    })
}

fn link_rows(attached: &catalogue::Attached, rows: &mut Page) -> Result<bool, Failure> {
    let mut found = rows.seek(attached.table, &[])?;
    while found {
        if budget::is_exhausted() {
            return Ok(false);
        }
        let key = rows.current().ok_or_else(|| Failure::damaged(attached.table))?;
        linking::link_row(attached, key)?;
        found = rows.step()?;
    }
    Ok(true)
}
