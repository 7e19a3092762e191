//! Whether a copy has what its source has, row by row.

use std::cmp::Ordering;

use cu_host::{Error, Store};

use super::copy::{Form, page};
use super::state::tables;
use crate::failure::Failure;

pub fn run(
    from: &mut dyn Store,
    to: &mut dyn Store,
    form: &Form<'_>,
    hear: &mut dyn FnMut(u64),
) -> Result<(), Failure> {
    let all = tables(from)?;
    if let Some(table) = tables(to)?.into_iter().find(|table| !all.contains(table)) {
        return Err(differs(table, &[], "the source has no such table"));
    }
    let mut entries = 0;
    for table in all {
        let mut last: Option<Vec<u8>> = None;
        loop {
            // A store on a server reads the values with the page.
            let (keys, copied) = (page(from, table, last.as_deref())?, page(to, table, last.as_deref())?);
            same_keys(table, &keys, &copied)?;
            for key in &keys {
                let value = from.get(table, key).map_err(Error::from)?.unwrap_or_default().into_owned();
                let wanted = form(table, &value).unwrap_or(value);
                if to.get(table, key).map_err(Error::from)?.as_deref() != Some(&wanted[..]) {
                    return Err(differs(table, key, "the value is another one"));
                }
            }
            entries += keys.len() as u64;
            hear(entries);
            match keys.into_iter().last() {
                Some(key) => last = Some(key),
                None => break,
            }
        }
    }
    Ok(())
}

/// Refuses the first key that only one of both pages has.
fn same_keys(table: u32, keys: &[Vec<u8>], copied: &[Vec<u8>]) -> Result<(), Failure> {
    let same = keys.iter().zip(copied).take_while(|(key, copy)| key == copy).count();
    let (missing, surplus) = ("it is missing", "the source has no such key");
    match (keys.get(same), copied.get(same)) {
        (None, None) => Ok(()),
        (Some(key), None) => Err(differs(table, key, missing)),
        (None, Some(copy)) => Err(differs(table, copy, surplus)),
        (Some(key), Some(copy)) => match key.cmp(copy) {
            Ordering::Greater => Err(differs(table, copy, surplus)),
            _ => Err(differs(table, key, missing)),
        },
    }
}

/// Something else than this command wrote into the copy, or a store does not keep what it is given.
fn differs(table: u32, key: &[u8], how: &str) -> Failure {
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let key = if key.is_empty() { String::new() } else { format!(", key {key}") };
    Failure::Refused(format!(
        "the copy differs from its source in table {table}{key}: {how}; run again, this begins anew"
    ))
}
