//! Every row of a file, and of a table.

use cu_abi::tables;
use cu_host::{Error, Store};

use crate::failure::Failure;

/// Hears of a row: its table, its key and its value.
pub type OnRow<'a> = dyn FnMut(u32, &[u8], &[u8]) -> Result<(), Failure> + 'a;
/// Hears of a row of one table.
pub type OnEntry<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), Failure> + 'a;

/// Keys of a table that are read at a time.
const PAGE: usize = 1000;

/// Calls with every row of the tables that belong to scripts and the module, but for `_io`, which is no one's for long.
pub fn each_row(store: &mut dyn Store, act: &mut OnRow<'_>) -> Result<(), Failure> {
    let mut table = store.next_table(None).map_err(Error::from)?;
    while let Some(id) = table.filter(|id| *id < tables::HOST_FIRST) {
        if id != tables::IO {
            each_row_of(store, id, &mut |key, value| act(id, key, value))?;
        }
        table = store.next_table(Some(id)).map_err(Error::from)?;
    }
    Ok(())
}

pub fn each_row_of(store: &mut dyn Store, table: u32, act: &mut OnEntry<'_>) -> Result<(), Failure> {
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
