//! Metatables as the store has them: the class of a table is a row of a system table, whose key is the table and whose value is the
//! reference to the class.
//!
//! Invariant: the store is known to have some before the first is written, so no later instance, or collection, overlooks them.

use crate::codec::decode;
use crate::store::keys::Keys;
use crate::store::ledger::Ledger;
use crate::store::{self, Failure, Fetched, counter, system};
use crate::vm::instance::INSTANCE;
use crate::vm::objects::{FRONT, event};

/// Another instance may have changed everything.
pub fn look_again() {
    INSTANCE.objects.want_all();
}

/// Whether the store has metatables. It may have had some before: what said so is gone where a host restored older content, or undid the
/// compute that wrote the first one.
pub fn note(has_objects: bool) {
    if INSTANCE.objects.are_there.replace(has_objects) != has_objects {
        INSTANCE.objects.want_all();
    }
}

/// The store has metatables from now on, and later instances are to know.
pub fn announce() -> Result<(), Failure> {
    if INSTANCE.objects.are_there.get() {
        return Ok(());
    }
    let ledger = match Ledger::read()? {
        Some(ledger) => ledger,
        None => Ledger { unknown: counter::bound()?, ..Ledger::NEW },
    };
    Ledger { has_objects: true, ..ledger }.write()?;
    INSTANCE.objects.are_there.set(true);
    Ok(())
}

/// The class of a table, as the store has it; 0 for none.
pub fn class_of(id: u32) -> Result<u32, Failure> {
    if !INSTANCE.objects.are_there.get() {
        return Ok(0);
    }
    let damaged = || Failure::damaged(system::METATABLES);
    match store::get(system::METATABLES, store::id_key(id.into()).bytes())? {
        Fetched::Absent => Ok(0),
        // SAFETY: the bytes are looked at before anything else is read.
        Fetched::Short(length) => decode::reference(&unsafe { store::value_buffer() }[..length]).ok_or_else(damaged),
        Fetched::Long(_) => Err(damaged()),
    }
}

/// Which events a table has, a bit each.
pub fn events_in(id: u32) -> Result<u32, Failure> {
    let mut found = 0;
    let mut keys = Keys::of(id);
    let mut is_there = keys.seek(FRONT)?;
    while is_there && keys.current().starts_with(FRONT) {
        if let Some(place) = event(keys.current()) {
            found |= 1 << place;
        }
        is_there = keys.step()?;
    }
    Ok(found)
}
