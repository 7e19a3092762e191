//! Every row from one store to another, in the order of tables and keys.
//!
//! Invariant: the note of how far the copy is has all rows before it, and none behind it counts. `_io` is no one's for long and is
//! left out.

use cu_host::{Error, Store};

use super::state::{State, tables};
use crate::failure::Failure;

/// Limits of one unit: entries and bytes.
const UNIT_ENTRIES: u64 = 10_000;
const UNIT_BYTES: usize = 16 << 20;
/// Keys that are read at a time.
const PAGE: usize = 1000;

/// Makes the value of a row what it is to be in the copy.
pub type Form<'a> = dyn Fn(u32, &[u8]) -> Result<Vec<u8>, Error> + 'a;

pub fn run(
    from: &mut dyn Store,
    to: &mut dyn Store,
    state: &mut State,
    form: &Form<'_>,
    hear: &mut dyn FnMut(u64),
) -> Result<(), Failure> {
    let tables = tables(from)?;
    to.begin().map_err(Error::from)?;
    let copied = rows(from, to, state, &tables, form, hear);
    // What was copied before something failed is kept, too.
    let noted = state.write(to);
    match (copied, noted) {
        (Err(failure @ Failure::Cu(Error::Commit(_))), _) => Err(failure),
        (copied, noted) => {
            let kept = noted.and_then(|()| to.commit().map_err(Error::Commit));
            copied?;
            Ok(kept?)
        }
    }
}

fn rows(
    from: &mut dyn Store,
    to: &mut dyn Store,
    state: &mut State,
    tables: &[u32],
    form: &Form<'_>,
    hear: &mut dyn FnMut(u64),
) -> Result<(), Failure> {
    let (mut entries, mut bytes) = (0, 0);
    for table in tables.iter().copied().filter(|table| *table >= state.table).collect::<Vec<_>>() {
        if table != state.table {
            (state.table, state.key) = (table, None);
            state.tables += 1;
        }
        loop {
            let keys = page(from, table, state.key.as_deref())?;
            let is_last = keys.len() < PAGE;
            for key in keys {
                let value = from.get(table, &key).map_err(Error::from)?;
                let value = value.ok_or_else(|| {
                    Failure::Refused(format!("table {table} lists a key that it does not have; cu verify says more"))
                })?;
                // A value that cannot be read has no other form.
                let formed = form(table, &value).unwrap_or_else(|_| value.to_vec());
                state.changed += u64::from(formed != *value);
                bytes += formed.len();
                to.set(table, &key, &formed).map_err(Error::from)?;
                state.key = Some(key);
                (state.entries, entries) = (state.entries + 1, entries + 1);
                if entries == UNIT_ENTRIES || bytes >= UNIT_BYTES {
                    (entries, bytes) = (0, 0);
                    hear(state.entries);
                    state.write(to)?;
                    to.commit().map_err(Error::Commit)?;
                    to.begin().map_err(Error::from)?;
                }
            }
            if is_last {
                break;
            }
        }
    }
    Ok(())
}

/// Keys of a table behind one.
pub fn page(store: &mut dyn Store, table: u32, after: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Error> {
    let mut keys = Vec::new();
    store.keys(table, after, false, &mut |key| {
        keys.push(key.to_vec());
        keys.len() < PAGE
    })?;
    Ok(keys)
}
