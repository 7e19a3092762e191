//! Links of every table in a row, where a feed or the like looks at all of them.
//!
//! Invariant: each table is walked once, whatever leads to it, so circles end.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::data::{deep_page, links, scratch};
use crate::store::Failure;

/// Links everything in a table. What the budget does not cover is refused; links that are there by then do no harm.
pub fn link(table: u32) -> Result<(), Failure> {
    each_inner(table, &mut |child, parent, key| links::link(child, parent, key))
}

/// How many links are missing in a table.
pub fn unlinked(table: u32) -> Result<u32, Failure> {
    let mut missing = 0;
    each_inner(table, &mut |child, parent, key| {
        missing += u32::from(!links::is_there(child, parent, key)?);
        Ok(())
    })?;
    Ok(missing)
}

/// Is handed a table, the one that has it, and the key there.
type Visit<'v> = &'v mut dyn FnMut(u32, u32, &[u8]) -> Result<(), Failure>;

/// Hands each reference in a table, and in the tables in it, to `visit`: the table referred to, and the entry.
fn each_inner(table: u32, visit: Visit<'_>) -> Result<(), Failure> {
    let mut seen = Vec::new();
    let mut next = Vec::new();
    scratch::push(&mut seen, table, table)?;
    scratch::push(&mut next, table, table)?;
    let page = deep_page();
    while let Some(parent) = next.pop() {
        let mut found = page.seek(parent, &[])?;
        while found {
            scratch::check_budget(table)?;
            let key = page.current().ok_or_else(|| Failure::damaged(parent))?;
            if let Some(child) = links::table_at(parent, key)? {
                visit(child, parent, key)?;
                if let Err(place) = seen.binary_search(&child) {
                    scratch::push(&mut seen, table, child)?;
                    seen.get_mut(place..).unwrap_or_default().rotate_right(1);
                    scratch::push(&mut next, table, child)?;
                }
            }
            found = page.step()?;
        }
    }
    Ok(())
}
