//! Links of the tables of a row, as far as what is attached to its table looks at them.
#![forbid(unsafe_code)]

use crate::data::catalogue::Attached;
use crate::data::path::{self, Path};
use crate::data::{deep, links, row_page, scratch};
use crate::store::Failure;

/// The most keys from a row's to that of an entry which an index looks at: a path's length.
pub const MOST_STEPS: usize = 1 + path::SEGMENTS;

/// Links the tables inside of `table`, which lies at the end of `keys`, as far as they are looked at.
pub fn link_below(attached: &Attached, keys: &[&[u8]], table: u32) -> Result<(), Failure> {
    if keys.len() >= MOST_STEPS {
        return Ok(());
    }
    attached.each_path(&mut |path, _| {
        let rest = path.behind(keys.get(1..).unwrap_or_default());
        let Some((key, _)) = rest.and_then(Path::split) else { return Ok(()) };
        let mut next: [&[u8]; MOST_STEPS] = [&[]; MOST_STEPS];
        next[..keys.len()].copy_from_slice(keys);
        next[keys.len()] = key;
        let inner = &next[..=keys.len()];
        if !attached.looks_at(inner) {
            return Ok(());
        }
        let Some(child) = links::table_at(table, key)? else { return Ok(()) };
        links::link(child, table, key)?;
        link_below(attached, inner, child)
    })
}

/// Links the tables of a row.
pub fn link_row(attached: &Attached, key: &[u8]) -> Result<(), Failure> {
    let Some(table) = row_table(attached, key)? else { return Ok(()) };
    links::link(table, attached.table, key)?;
    if attached.is_deep() { deep::link(table) } else { link_below(attached, &[key], table) }
}

/// Links the tables of every row. A failure when the budget is used up.
pub fn link_rows(attached: &Attached) -> Result<(), Failure> {
    let rows = row_page();
    let mut found = rows.seek(attached.table, &[])?;
    while found {
        scratch::check_budget(attached.table)?;
        let key = rows.current().ok_or_else(|| Failure::damaged(attached.table))?;
        link_row(attached, key)?;
        found = rows.step()?;
    }
    Ok(())
}

/// The table that the row of that key is, where it is looked at.
fn row_table(attached: &Attached, key: &[u8]) -> Result<Option<u32>, Failure> {
    if !attached.looks_at(&[key]) {
        return Ok(None);
    }
    links::table_at(attached.table, key)
}

/// How many tables of a row lack their link.
pub fn unlinked(attached: &Attached, key: &[u8]) -> Result<u32, Failure> {
    let Some(table) = row_table(attached, key)? else { return Ok(0) };
    let mut missing = u32::from(!links::is_there(table, attached.table, key)?);
    if attached.is_deep() {
        return Ok(missing + deep::unlinked(table)?);
    }
    attached.each_path(&mut |path, ends| {
        let (mut parent, mut rest) = (table, path);
        while let Some((name, behind)) = rest.split() {
            let is_looked_at = ends || !behind.is_itself();
            let Some(child) = links::table_at(parent, name)?.filter(|_| is_looked_at) else { break };
            missing += u32::from(!links::is_there(child, parent, name)?);
            (parent, rest) = (child, behind);
        }
        Ok(())
    })?;
    Ok(missing)
}
