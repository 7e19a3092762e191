//! Whether a copy has what its source has, row by row.

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
        let mut size = 0;
        let mut last: Option<Vec<u8>> = None;
        loop {
            let keys = page(from, table, last.as_deref())?;
            for key in &keys {
                let value = from.get(table, key).map_err(Error::from)?.unwrap_or_default().into_owned();
                let wanted = form(table, &value).unwrap_or(value);
                match to.get(table, key).map_err(Error::from)? {
                    Some(copied) if *copied == wanted => {}
                    Some(_) => return Err(differs(table, key, "the value is another one")),
                    None => return Err(differs(table, key, "it is missing")),
                }
            }
            size += keys.len() as u64;
            entries += keys.len() as u64;
            hear(entries);
            match keys.into_iter().last() {
                Some(key) => last = Some(key),
                None => break,
            }
        }
        let copied = u64::from(to.size(table).map_err(Error::from)?);
        if copied != size {
            return Err(differs(table, &[], &format!("it has {copied} rows, and the source {size}")));
        }
    }
    Ok(())
}

/// Something else than this command wrote into the copy, or a store does not keep what it is given.
fn differs(table: u32, key: &[u8], how: &str) -> Failure {
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let key = if key.is_empty() { String::new() } else { format!(", key {key}") };
    Failure::Refused(format!(
        "the copy differs from its source in table {table}{key}: {how}; delete the copy and run this again"
    ))
}
