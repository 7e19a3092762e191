//! Which table is `_home`: the one that the host names or attached.
//!
//! Invariant: a script runs only after it is known that its `_home` may be one (`store/homes.rs`).

use cu_abi::limits::HOME_NAME_BYTES;

use crate::error::{Error, Excerpt};
use crate::large::LARGE;
use crate::permissions::wanted;
use crate::proxy::globals;
use crate::run::shared;
use crate::store::homes::{self, Admission};
use crate::store::{counter, journal};
use crate::vm::instance::{Home, INSTANCE};

fn home() -> &'static Home {
    &INSTANCE.home
}

/// Where the name is kept, which is as long as `name_length` says.
fn name_buffer() -> &'static mut [u8; HOME_NAME_BYTES] {
    // SAFETY: one thread, and the two functions of this file that have the reference call nothing that leads back here.
    unsafe { &mut *LARGE.home.place() }
}

/// From now on the home of that name is `_home`; the attached table for an empty name.
#[inline]
pub fn want(name: &[u8]) {
    if !name.is_empty() || home().name_length.get() != 0 {
        want_now(name);
    }
}

#[cold]
#[inline(never)]
fn want_now(name: &[u8]) {
    let length = name.len().min(HOME_NAME_BYTES);
    let kept = &mut name_buffer()[..length];
    if usize::from(home().name_length.get()) != length || kept != name {
        kept.copy_from_slice(&name[..length]);
        home().name_length.set(length as u8);
        home().is_settled.set(false);
    }
}

/// Makes that table `_home` where the host names none, unless no script may reach it.
pub fn attach(table: u32) {
    // The host may have brought another store.
    counter::forget();
    journal::forget();
    if !globals::may_be_home(table) {
        return;
    }
    home().attached.set(table);
    home().is_settled.set(false);
    home().is_bound.set(false);
    if home().name_length.get() == 0 {
        home().table.set(table);
    }
}

/// Finds `_home`, and makes it a home if it is none.
#[inline]
pub fn settle() -> Result<(), Error> {
    // Others may have renamed or dropped it.
    if home().is_settled.get() && !shared::is_behind() { Ok(()) } else { settle_now() }
}

#[cold]
#[inline(never)]
fn settle_now() -> Result<(), Error> {
    let may_write = wanted::may_write();
    let name = &name_buffer()[..usize::from(home().name_length.get())];
    let table = if !name.is_empty() {
        let table = homes::open(name, may_write).map_err(shared::error)?;
        table.ok_or(Error::HomeAbsent { name: Excerpt::new(name) })?
    } else {
        let table = home().attached.get();
        let is_held = |id| INSTANCE.standing.all_ids().any(|held| held == id);
        match homes::admit(table, may_write, is_held).map_err(shared::error)? {
            Admission::Home => table,
            Admission::InUse => return Err(Error::HomeInUse { table }),
        }
    };
    if home().table.replace(table) != table {
        home().is_bound.set(false);
    }
    // A later compute lists it.
    home().is_settled.set(may_write);
    Ok(())
}

/// The id of `_home`, 0 before `init`.
pub fn id() -> u32 {
    if INSTANCE.lua().is_some() { globals::home() } else { 0 }
}
