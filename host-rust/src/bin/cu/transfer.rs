//! `cu export` and `cu import`: a file of tables, or the rows of one table, as lines of JSON; a file also as a snapshot.
//!
//! - `line`: a line, both ways
//! - `export`, `import`: the commands
//! - `rows`: the import of rows, through the module
//! - `mark`: how far an import is
//! - `snapshot`: the format that browsers have, too

mod export;
mod import;
mod line;
mod mark;
mod rows;
mod snapshot;

pub use export::export;
pub use import::import;

use std::ffi::OsStr;

use cu_abi::tables;
use cu_host::{Error, Store};

use crate::failure::Failure;

/// Hears of a row: its table, its key and its value.
type OnRow<'a> = dyn FnMut(u32, &[u8], &[u8]) -> Result<(), Failure> + 'a;
/// Hears of a row of one table.
type OnEntry<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), Failure> + 'a;

/// Keys of a table that are read at a time.
const PAGE: usize = 1000;

/// Calls with every row of the tables that belong to scripts and the module, but for `_io`, which is no one's for long.
fn each_row(store: &mut dyn Store, act: &mut OnRow<'_>) -> Result<(), Failure> {
    let mut table = store.next_table(None).map_err(Error::from)?;
    while let Some(id) = table.filter(|id| *id < tables::HOST_FIRST) {
        if id != tables::IO {
            each_row_of(store, id, &mut |key, value| act(id, key, value))?;
        }
        table = store.next_table(Some(id)).map_err(Error::from)?;
    }
    Ok(())
}

fn each_row_of(store: &mut dyn Store, table: u32, act: &mut OnEntry<'_>) -> Result<(), Failure> {
    let mut last: Option<Vec<u8>> = None;
    loop {
        let mut keys = Vec::new();
        let mut emit = |key: &[u8]| {
            keys.push(key.to_vec());
            keys.len() < PAGE
        };
        store.keys(table, last.as_deref(), false, &mut emit).map_err(Error::from)?;
        for key in &keys {
            let value = store.get(table, key).map_err(Error::from)?;
            let value = value.ok_or_else(|| {
                Failure::Refused(format!("table {table} lists a key that it does not have; cu verify says more"))
            })?;
            act(key, &value)?;
        }
        if keys.len() < PAGE {
            return Ok(());
        }
        last = keys.pop();
    }
}

/// The error of a line of a file.
fn wrong_line(file: &OsStr, line: u64, problem: impl std::fmt::Display) -> Failure {
    Failure::Refused(format!("{}: line {line}: {problem}", file.display()))
}
