//! Links from a table to the entries that refer to it, along the paths that indexes and their like look at: so a change of a
//! row is a change of the table that has the row, whatever way the script took to it.
//!
//! Invariant: each reference to a table, beneath a table that is attached and along a path that is looked at, has its link. A
//! link whose entry does not refer to the table any more means nothing: whoever follows one looks at the entry.
//!
//! Nearly every table has one link, and that is read by one request:
//!
//! ```text
//! first link   key: id of the table                                            | value string: 01 if there are others, else 00;
//!                                                                                then the link's entry, or nothing
//! other link   key: id of the table, then the link's entry                     | value true
//! entry        id of the table that has it, its key                            (both as in keys)
//! ```
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::key::IntegerKey;
use cu_abi::tags;
use cu_abi::value::{Item, Reader};

use crate::data::refusal;
use crate::data::scratch::{self, Keys};
use crate::data::state::{Role, STATE};
use crate::store::page::Page;
use crate::store::{self, Failure, Fetched, system};
use crate::table::write;

/// The byte in front of the first link, when it is the only one, and when there are others.
const ONLY: u8 = 0;
const OTHERS: u8 = 1;

/// Tag and length of the string.
const HEAD_BYTES: usize = 5;

/// What is in front of the entry of a first link: room for the string's head, and whether there are others.
const fn front(others: u8) -> [u8; HEAD_BYTES + 1] {
    [0, 0, 0, 0, 0, others]
}

/// The bytes of an entry, behind room for what is put in front of it.
fn entry(parent: u32, key: &[u8], front: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    scratch::append(&mut bytes, parent, &[front, IntegerKey::new(parent.into()).bytes(), key])?;
    Ok(bytes)
}

/// Stores a first link. `row` begins with room for the string's head, then the byte that says whether there are others.
fn put_first(child: &IntegerKey, row: &mut [u8]) -> Result<(), Failure> {
    let length = (row.len() - HEAD_BYTES) as u32;
    if let Some(head) = row.get_mut(..HEAD_BYTES) {
        head[0] = tags::STRING;
        head[1..].copy_from_slice(&length.to_le_bytes());
    }
    write::write_plain(system::LINKS, child.bytes(), Some(row))
}

/// The first link's row, as far as there is one: whether there are others, and the entry. It is there, or in `room`, until anything
/// else is read.
fn first<'a>(child: &IntegerKey, room: &'a mut Vec<u8>) -> Result<Option<(u8, &'a [u8])>, Failure> {
    match scratch::value(system::LINKS, child.bytes(), room)?.map(|bytes| Reader::new(bytes).item()) {
        None => Ok(None),
        Some(Ok(Item::String([others, entry @ ..]))) => Ok(Some((*others, entry))),
        Some(_) => Err(Failure::damaged(system::LINKS)),
    }
}

/// What adding or removing finds.
enum First {
    Absent,
    /// The link in question; whether there are others.
    Same(u8),
    /// Another one, or none where there are others.
    Other(u8),
}

fn look(child: &IntegerKey, wanted: &[u8]) -> Result<First, Failure> {
    Ok(match first(child, &mut Vec::new())? {
        None => First::Absent,
        Some((others, entry)) if entry == wanted => First::Same(others),
        Some((others, _)) => First::Other(others),
    })
}

/// The longest key of an entry that can have a link: with both ids in front it is a key that a transaction can change. It is the
/// same for a table's first link, so that whether an entry is refused does not depend on what else refers to its table.
const MOST_KEY_BYTES: usize = write::MOST_KEY_BYTES - 2 * ID_KEY_BYTES;

/// The longest encoded id.
const ID_KEY_BYTES: usize = 5;

/// Refuses an entry that cannot have a link.
pub fn check_key(parent: u32, key: &[u8]) -> Result<(), Failure> {
    if key.len() <= MOST_KEY_BYTES { Ok(()) } else { Err(refusal::too_long(parent, key, MOST_KEY_BYTES)) }
}

/// Notes that the entry refers to the table.
pub fn add(child: u32, parent: u32, key: &[u8]) -> Result<(), Failure> {
    check_key(parent, key)?;
    let child = IntegerKey::new(child.into());
    let mut row = entry(parent, key, &front(ONLY))?;
    match look(&child, row.get(HEAD_BYTES + 1..).unwrap_or_default())? {
        First::Same(_) => Ok(()),
        First::Absent => put_first(&child, &mut row),
        First::Other(others) => {
            let other = entry(parent, key, child.bytes())?;
            write::write_plain(system::LINKS, &other, Some(&store::TRUE))?;
            if others == OTHERS {
                return Ok(());
            }
            // The first one stays.
            let (mut row, mut room) = (Vec::new(), Vec::new());
            let (_, first) = first(&child, &mut room)?.unwrap_or((ONLY, &[]));
            scratch::append(&mut row, parent, &[&front(OTHERS), first])?;
            put_first(&child, &mut row)
        }
    }
}

/// Notes that the entry does not refer to the table.
pub fn remove(child: u32, parent: u32, key: &[u8]) -> Result<(), Failure> {
    let child = IntegerKey::new(child.into());
    let other = entry(parent, key, child.bytes())?;
    match look(&child, other.get(child.bytes().len()..).unwrap_or_default())? {
        First::Absent => Ok(()),
        First::Same(ONLY) => write::write_plain(system::LINKS, child.bytes(), None),
        First::Same(_) => put_first(&child, &mut front(OTHERS)),
        First::Other(ONLY) => Ok(()),
        First::Other(_) => write::write_plain(system::LINKS, &other, None),
    }
}

/// Whether that is noted.
pub fn is_there(child: u32, parent: u32, key: &[u8]) -> Result<bool, Failure> {
    let child = IntegerKey::new(child.into());
    let other = entry(parent, key, child.bytes())?;
    Ok(match look(&child, other.get(child.bytes().len()..).unwrap_or_default())? {
        First::Absent | First::Other(ONLY) => false,
        First::Same(_) => true,
        First::Other(_) => store::get(system::LINKS, &other)? != Fetched::Absent,
    })
}

/// Whether the table has a link, or had one.
pub fn has_any(child: u32) -> Result<bool, Failure> {
    store::is_stored(system::LINKS, child)
}

/// The links of a table, one after another.
pub struct Links(Keys);

impl Links {
    /// Reads them.
    pub fn of(child: u32, page: &mut Page) -> Result<Links, Failure> {
        let child = IntegerKey::new(child.into());
        let mut links = Keys::default();
        let mut room = Vec::new();
        let (others, entry) = first(&child, &mut room)?.unwrap_or((ONLY, &[]));
        if !entry.is_empty() {
            links.push(system::LINKS, entry)?;
        }
        let mut found = others == OTHERS && page.seek(system::LINKS, child.bytes())?;
        while found {
            scratch::check_budget(system::LINKS)?;
            let key = page.current().ok_or_else(|| Failure::damaged(system::LINKS))?;
            let Some(entry) = key.strip_prefix(child.bytes()) else { break };
            links.push(system::LINKS, entry)?;
            found = page.step()?;
        }
        Ok(Links(links))
    }

    /// The table and the key of each entry.
    pub fn each(&self) -> impl Iterator<Item = Result<(u32, &[u8]), Failure>> {
        self.0.each().map(|entry| split(entry).ok_or_else(|| Failure::damaged(system::LINKS)))
    }
}

/// The table and the key of an entry.
fn split(entry: &[u8]) -> Option<(u32, &[u8])> {
    let length = cu_abi::key::length_at(entry)?;
    let (parent, key) = entry.split_at_checked(length)?;
    Some((cu_abi::key::decode_id(parent)?, key))
}

/// The table that a value refers to.
pub fn table_in(value: Option<&[u8]>) -> Option<u32> {
    match Reader::new(value?).item() {
        Ok(Item::External(id)) => Some(id),
        _ => None,
    }
}

/// Links a table to the entry that refers to it.
pub fn link(child: u32, parent: u32, key: &[u8]) -> Result<(), Failure> {
    add(child, parent, key)?;
    STATE.add_role(child, Role::LINKED);
    Ok(())
}

/// The same for a table that was just made: nothing else refers to it.
pub fn link_new(child: u32, parent: u32, key: &[u8]) -> Result<(), Failure> {
    check_key(parent, key)?;
    let mut row = entry(parent, key, &front(ONLY))?;
    put_first(&IntegerKey::new(child.into()), &mut row)?;
    STATE.add_role(child, Role::LINKED);
    Ok(())
}

/// The table that an entry refers to.
pub fn table_at(table: u32, key: &[u8]) -> Result<Option<u32>, Failure> {
    Ok(match store::get(table, key)? {
        store::Fetched::Short(length) => table_in(Some(store::short_value(length))),
        _ => None,
    })
}
