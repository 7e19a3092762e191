//! That no two rows have the same values in a unique index.
#![forbid(unsafe_code)]

use crate::data::component;
use crate::data::index::definition::Definition;
use crate::data::index::entries::{self, Entry};
use crate::data::page;
use crate::data::refusal::{self, KeyIn};
use crate::error::Excerpt;
use crate::store::Failure;

/// A new entry of a unique index has no other row's values.
pub fn check(table: u32, index: &Definition, entry: &Entry<'_>, row_key: &[u8]) -> Result<(), Failure> {
    let Some(values) = entry.key.get(..entry.values) else { return Ok(()) };
    let page = page();
    let mut found = page.seek(index.store, values)?;
    while found {
        let Some(other) = page.current().and_then(|key| key.strip_prefix(values)) else { break };
        // The values of a longer string, which has a zero byte there, are no others.
        if other.first() == Some(&component::ESCAPE) {
            break;
        }
        let other = entries::row_key_in(other).ok_or_else(|| Failure::damaged(index.store))?;
        if other != row_key {
            return Err(conflict(table, index, other, row_key));
        }
        found = page.step()?;
    }
    Ok(())
}

/// Two rows, by their keys, would have the same values.
#[cold]
pub fn conflict(table: u32, index: &Definition, one: &[u8], another: &[u8]) -> Failure {
    let (name, one, another) = (Excerpt::new(&index.name), KeyIn(one), KeyIn(another));
    refusal::refuse(table, format_args!("index {name} is unique, and keys {one} and {another} would have the same"))
}
