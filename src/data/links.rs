//! Links from a table to the entries that refer to it, along the paths that indexes and their like look at: so a change of a
//! row is a change of the table that has the row, whatever way the script took to it.
//!
//! Invariant: each reference to a table, beneath a table that is attached and along a path that is looked at, has its link. A
//! link whose entry does not refer to the table any more means nothing: whoever follows one looks at the entry.
//!
//! ```text
//! link   key: id of the table, id of the table that has the entry, the entry's key | value true
//! ```
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::key::IntegerKey;
use cu_abi::limits::KEY_BYTES;
use cu_abi::tags;

use crate::budget;
use crate::bytes::copy_at;
use crate::data::scratch;
use crate::store::page::Page;
use crate::store::{self, Cause, Failure, Fetched, system};
use crate::table::write;

/// What is stored where only the key says something.
pub const TRUE: [u8; 2] = [tags::BOOLEAN, 1];

/// A key of a link.
struct LinkKey {
    bytes: [u8; KEY_BYTES],
    length: usize,
}

impl LinkKey {
    fn new(child: u32, parent: u32, key: &[u8]) -> Result<LinkKey, Failure> {
        let mut link = LinkKey { bytes: [0; KEY_BYTES], length: 0 };
        let (child, parent_key) = (IntegerKey::new(child.into()), IntegerKey::new(parent.into()));
        let length = child.bytes().len() + parent_key.bytes().len() + key.len();
        if length > write::MOST_KEY_BYTES {
            let most = write::MOST_KEY_BYTES - (length - key.len());
            return Err(Failure { action: "link", table: parent, cause: Cause::KeyLength(key.len(), most) });
        }
        for part in [child.bytes(), parent_key.bytes(), key] {
            link.length += copy_at(&mut link.bytes, link.length, part);
        }
        Ok(link)
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Notes that the entry refers to the table.
pub fn add(child: u32, parent: u32, key: &[u8]) -> Result<(), Failure> {
    write::write_plain(system::LINKS, LinkKey::new(child, parent, key)?.bytes(), Some(&TRUE))
}

/// Notes that the entry does not refer to the table.
pub fn remove(child: u32, parent: u32, key: &[u8]) -> Result<(), Failure> {
    write::write_plain(system::LINKS, LinkKey::new(child, parent, key)?.bytes(), None)
}

/// Whether that is noted.
pub fn is_there(child: u32, parent: u32, key: &[u8]) -> Result<bool, Failure> {
    Ok(store::get(system::LINKS, LinkKey::new(child, parent, key)?.bytes())? != Fetched::Absent)
}

/// Whether the table has a link.
pub fn has_any(child: u32, page: &mut Page) -> Result<bool, Failure> {
    let prefix = IntegerKey::new(child.into());
    Ok(page.seek(system::LINKS, prefix.bytes())? && page.current().is_some_and(|key| key.starts_with(prefix.bytes())))
}

/// The links of a table, one after another.
pub struct Links(Vec<u8>);

impl Links {
    /// Reads them.
    pub fn of(child: u32, page: &mut Page) -> Result<Links, Failure> {
        let prefix = IntegerKey::new(child.into());
        let mut links = Vec::new();
        let mut found = page.seek(system::LINKS, prefix.bytes())?;
        while found && !budget::is_exhausted() {
            let key = page.current().ok_or_else(|| Failure::damaged(system::LINKS))?;
            let Some(link) = key.strip_prefix(prefix.bytes()) else { break };
            scratch::append(&mut links, system::LINKS, &[&(link.len() as u16).to_le_bytes(), link])?;
            found = page.step()?;
        }
        Ok(Links(links))
    }

    /// The table and the key of each entry.
    pub fn each(&self) -> impl Iterator<Item = Result<(u32, &[u8]), Failure>> {
        let mut rest = &self.0[..];
        core::iter::from_fn(move || {
            let (length, behind) = rest.split_first_chunk::<2>()?;
            let (link, behind) = behind.split_at_checked(u16::from_le_bytes(*length).into())?;
            rest = behind;
            Some(entry_of(link).ok_or_else(|| Failure::damaged(system::LINKS)))
        })
    }
}

/// The table and the key in a link without the table that it is of.
fn entry_of(link: &[u8]) -> Option<(u32, &[u8])> {
    let length = cu_abi::key::length_at(link)?;
    let (parent, key) = link.split_at_checked(length)?;
    Some((cu_abi::key::decode_id(parent)?, key))
}
