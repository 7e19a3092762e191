//! The homes of a store: the tables that a host made `_home`, each with all that it reaches. Table 1 is one, listed or not.
//!
//! Invariant: no home has the id of a table that scripts made: else a script that holds the table would hold the home.
//!
//! ```text
//! name   key string, the name | value integer, the id
//! id     key integer, the id  | value string, the name; true without one
//! ```

use cu_abi::key::{Key, KeyBuffer};
use cu_abi::limits::HOME_NAME_BYTES;
use cu_abi::tables;
use cu_abi::value::{Item, Reader, Writer};

use crate::store::calls::{self, Fetched};
use crate::store::failure::Failure;
use crate::store::ledger::Ledger;
use crate::store::{counter, free, reused, system};

/// Whether a table may be a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is one.
    Home,
    /// Scripts have it.
    InUse,
}

/// A name as a key.
fn encode(name: &[u8]) -> KeyBuffer {
    let mut key = KeyBuffer::new();
    // A name is shorter than the longest key.
    let _ = key.encode(Key::String(name));
    key
}

/// Whether that table is listed.
fn is_listed(id: u32) -> Result<bool, Failure> {
    calls::is_stored(system::HOMES, id)
}

/// Makes that table a home, if it is none and may be one. `is_held` says whether this instance has it. Unless the compute may
/// write, the table is only looked at.
pub fn admit(id: u32, may_write: bool, is_held: impl FnOnce(u32) -> bool) -> Result<Admission, Failure> {
    if id == tables::HOME || is_listed(id)? {
        return Ok(Admission::Home);
    }
    if id == tables::IO || is_held(id) {
        return Ok(Admission::InUse);
    }
    let range = free::with(id)?;
    if range.is_none() && id < counter::bound()? && (id >= unknown()? || reused::collection_of(id)?.is_some()) {
        return Ok(Admission::InUse);
    }
    if !may_write {
        return Ok(Admission::Home);
    }
    if id >= counter::bound()? {
        counter::skip_to(id + 1)?;
    } else if let Some(range) = range {
        free::remove(range.start..range.end)?;
        free::add(range.start..id)?;
        free::add(id + 1..range.end)?;
        counter::forget();
    } else if Ledger::read()?.is_none() {
        // In a store that is older than ledgers, scripts make other tables from now on.
        Ledger { unknown: counter::bound()?, ..Ledger::NEW }.write()?;
    }
    calls::note(system::HOMES, calls::id_key(id.into()).bytes(), &calls::TRUE)?;
    Ok(Admission::Home)
}

/// Below this, an id that was given may be a home that nobody listed.
fn unknown() -> Result<u32, Failure> {
    Ledger::read()?.map_or_else(counter::bound, |ledger| Ok(ledger.unknown))
}

/// The home of that name. It is made when there is none; none where the compute may not write.
pub fn open(name: &[u8], may_write: bool) -> Result<Option<u32>, Failure> {
    let key = encode(name);
    // The name comes first: whatever ends the module on the way, there is one home of that name, and it is listed when it is
    // opened next.
    let id = match find(&key)? {
        Some(id) if !may_write || is_listed(id)? => return Ok(Some(id)),
        Some(id) => id,
        None if !may_write => return Ok(None),
        None => {
            let id = counter::take()?;
            calls::note(system::HOMES, key.bytes(), &calls::integer(id.into()))?;
            id
        }
    };
    let mut value = [0; HOME_NAME_BYTES + 16];
    let mut writer = Writer::new(&mut value);
    writer.string(name);
    let named = writer.written().unwrap_or(&calls::TRUE);
    calls::note(system::HOMES, calls::id_key(id.into()).bytes(), named)?;
    Ok(Some(id))
}

fn find(name: &KeyBuffer) -> Result<Option<u32>, Failure> {
    match calls::get(system::HOMES, name.bytes())? {
        Fetched::Absent => Ok(None),
        // SAFETY: the value is used before anything else is read.
        Fetched::Short(length) => id_of(unsafe { calls::value_buffer() }.get(..length).unwrap_or_default()).map(Some),
        Fetched::Long(_) => Err(Failure::damaged(system::HOMES)),
    }
}

/// The id that a name's value is.
fn id_of(value: &[u8]) -> Result<u32, Failure> {
    match Reader::new(value).item() {
        Ok(Item::Integer(id)) if id > 0 && id < i64::from(tables::SYSTEM_FIRST) && id != i64::from(tables::IO) => {
            Ok(id as u32)
        }
        _ => Err(Failure::damaged(system::HOMES)),
    }
}
