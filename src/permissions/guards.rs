//! Which tables and entries a script may see and change, by id.
//!
//! Invariant: what the host guards by name is looked up once, before the script runs (`proxy/resolve.rs`), and kept by id. So
//! it does not matter by which way a script comes to a table. The entries that lead to a guarded table stay what they are.
//!
//! What a script reaches through a read-only table is read-only too. The register of tables remembers the read-only table
//! through which it was reached (`vm/standing.rs`). A table that was reached so cannot be stored anywhere else: a script
//! cannot make another way to it that a later compute would use.
//!
//! Only what a script asks for is checked. The module's notes, the value of `_io` and the conversion of what the host stored
//! are not the script's work.

use core::fmt;

use bytemuck::Zeroable;
use cu_abi::limits::{GUARDS, PERMISSIONS_BYTES};
use cu_abi::tables;

use crate::bytes::copy;
use crate::large::LARGE;
use crate::permissions::wanted::Guard;
use crate::store::{self, Failure, Fetched};
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;
use crate::vm::standing;

/// What a script attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// To make a table.
    Make,
    /// To use one in any way.
    Use,
    /// To change an entry.
    Change,
    /// To change what is attached to one.
    Attach,
    /// To empty one.
    Empty,
    /// To give one another metatable.
    Metatable,
}

/// Why a script may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Zeroable)]
#[repr(u8)]
pub enum Why {
    /// The whole compute is read-only.
    Compute,
    /// The table, or what lies under the key, is read-only.
    ReadOnly,
    /// It is hidden.
    Hidden,
    /// Under the key lies what leads to a guarded table.
    Way,
    /// The new value is a table inside a read-only one.
    Inside,
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Why::Compute => "this compute is read-only",
            Why::ReadOnly => "it is read-only",
            Why::Hidden => "it is hidden",
            Why::Way => "a guarded table is behind it",
            Why::Inside => "a table inside a read-only one stays where it is",
        })
    }
}

/// What a script may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// What it attempts.
    pub attempt: Attempt,
    /// Why it may not.
    pub why: Why,
    /// With which table; any number when no table is concerned.
    pub table: u32,
}

impl Denied {
    /// A table inside a read-only one cannot be stored in `table`.
    pub fn inside(table: u32) -> Denied {
        Denied { attempt: Attempt::Change, why: Why::Inside, table }
    }
}

/// An entry that stays what it is: the key in the table, and why.
#[derive(Clone, Copy, Zeroable)]
struct Entry {
    table: u32,
    start: u16,
    end: u16,
    why: Why,
}

/// What the host guards.
#[derive(Zeroable)]
struct Guards {
    tables: [(u32, Guard); GUARDS],
    table_count: usize,
    entries: [Entry; GUARDS],
    entry_count: usize,
    /// The entries' keys, encoded.
    keys: [u8; KEYS_BYTES],
    keys_length: usize,
}

/// The names came in a configuration of limited length; encoded, each key takes two bytes more, and zeros double.
const KEYS_BYTES: usize = 2 * PERMISSIONS_BYTES + 2 * GUARDS;

/// Looks at the guards.
#[inline]
fn look<R>(at: impl FnOnce(&Guards) -> R) -> R {
    // SAFETY: one thread (`RUN`), and only `change` has a reference for writing, which ends before `change` does. What `at`
    // calls comes back to `look` at most: the host may call exports meanwhile, and those that set permissions refuse to run
    // inside a compute (`INSTANCE.is_running`).
    at(unsafe { &*LARGE.guarded.place() })
}

/// Changes the guards; `how` calls nothing outside of this file.
fn change<R>(how: impl FnOnce(&mut Guards) -> R) -> R {
    // SAFETY: one thread (`RUN`), and this is the one reference: `look` is not under way where `clear`, `add_table` and
    // `add_entry` are called, for what it calls are only reads of the store.
    how(unsafe { &mut *LARGE.guarded.place() })
}

impl Guards {
    fn tables(&self) -> impl Iterator<Item = &(u32, Guard)> {
        self.tables.iter().take(self.table_count)
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().take(self.entry_count)
    }

    fn guard(&self, table: u32) -> Option<Guard> {
        self.tables().find(|(id, _)| *id == table).map(|(_, guard)| *guard)
    }

    fn key(&self, entry: &Entry) -> &[u8] {
        self.keys.get(usize::from(entry.start)..usize::from(entry.end)).unwrap_or_default()
    }

    /// Why the entry stays what it is: of several reasons the one that hides more.
    fn entry(&self, table: u32, key: &[u8]) -> Option<Why> {
        let found = self.entries().filter(|entry| entry.table == table && self.key(entry) == key);
        found.map(|entry| entry.why).max_by_key(|why| match why {
            Why::Hidden => 2,
            Why::ReadOnly => 1,
            _ => 0,
        })
    }

    /// Whether a guarded table makes this one read-only: itself, or one through which it was reached.
    fn is_under_read_only(&self, table: u32) -> bool {
        self.guard(table) == Some(Guard::ReadOnly) || self.is_inside(table)
    }

    /// Whether the table was reached through a read-only one. If it was reached through several, any of them that is guarded
    /// now counts.
    fn is_inside(&self, table: u32) -> bool {
        match INSTANCE.standing.root(table) {
            0 => false,
            standing::ROOTS => self.tables().any(|(id, guard)| *id != table && *guard == Guard::ReadOnly),
            root => root != table && self.guard(root) == Some(Guard::ReadOnly),
        }
    }

    /// Why nothing in the table may be changed. `_io` carries the answer and is not kept, so a read-only compute may change it.
    fn change_refused(&self, table: u32) -> Option<Why> {
        if is_read_only() && table != tables::IO {
            Some(Why::Compute)
        } else {
            self.is_under_read_only(table).then_some(Why::ReadOnly)
        }
    }
}

// ---- at the beginning of a compute ----

/// Permits everything.
pub fn clear() {
    RUN.permissions.is_active.set(false);
    RUN.permissions.is_read_only.set(false);
    change(|guards| (guards.table_count, guards.entry_count, guards.keys_length) = (0, 0, 0));
}

/// Guards a table; false when there is no room.
pub fn add_table(table: u32, guard: Guard) -> bool {
    change(|guards| {
        let Some(place) = guards.tables.get_mut(guards.table_count) else { return false };
        *place = (table, guard);
        guards.table_count += 1;
        true
    })
}

/// Guards the entry under an encoded key; false when there is no room.
pub fn add_entry(table: u32, key: &[u8], why: Why) -> bool {
    change(|guards| {
        let (start, end) = (guards.keys_length, guards.keys_length + key.len());
        let (Some(place), Some(room)) = (guards.entries.get_mut(guards.entry_count), guards.keys.get_mut(start..end))
        else {
            return false;
        };
        copy(room, key);
        *place = Entry { table, start: start as u16, end: end as u16, why };
        guards.entry_count += 1;
        guards.keys_length = end;
        true
    })
}

/// All guards are there: they hold from now on.
pub fn activate(has_tables: bool, read_only: bool) {
    RUN.permissions.is_read_only.set(read_only);
    RUN.permissions.is_active.set(has_tables || read_only);
}

// ---- while a script runs ----

/// Whether a check is needed at all.
#[inline]
pub fn is_active() -> bool {
    RUN.permissions.is_active.get()
}

/// Whether this compute may change nothing.
#[inline]
pub fn is_read_only() -> bool {
    RUN.permissions.is_read_only.get()
}

/// Refuses a hidden table.
#[inline]
pub fn check_seen(table: u32) -> Result<(), Denied> {
    if is_active() && look(|guards| guards.guard(table)) == Some(Guard::Hidden) {
        return Err(Denied { attempt: Attempt::Use, why: Why::Hidden, table });
    }
    Ok(())
}

/// Whether a script sees nil under the encoded key.
pub fn is_entry_hidden(table: u32, key: &[u8]) -> bool {
    look(|guards| guards.entry(table, key)) == Some(Why::Hidden)
}

/// Whether anything is hidden.
#[cfg(feature = "data")]
pub fn has_hidden() -> bool {
    is_active()
        && look(|guards| {
            guards.tables().any(|(_, guard)| *guard == Guard::Hidden)
                || guards.entries().any(|entry| entry.why == Why::Hidden)
        })
}

/// A script is about to read the table `found` out of another: whether it may see that. If the other is read-only, that is
/// noted of `found`.
pub fn admit(found: u32, table: u32) -> bool {
    look(|guards| {
        if guards.guard(found) == Some(Guard::Hidden) {
            return false;
        }
        if guards.is_under_read_only(table) {
            // Also those that other permissions guard.
            for root in [table, INSTANCE.standing.root(table)] {
                if root != 0 && (root != table || guards.guard(root) == Some(Guard::ReadOnly)) {
                    INSTANCE.standing.add_root(found, root);
                }
            }
        }
        true
    })
}

/// Number of keys of a table, without those under which something hidden is named.
pub fn size(table: u32) -> Result<u32, Failure> {
    let mut size = store::size(table)?;
    if !is_active() {
        return Ok(size);
    }
    look(|guards| {
        for entry in guards.entries().filter(|entry| entry.table == table && entry.why == Why::Hidden) {
            if store::get(table, guards.key(entry))? != Fetched::Absent {
                size = size.saturating_sub(1);
            }
        }
        Ok(size)
    })
}

/// Whether the table was reached through a read-only one.
#[inline]
pub fn is_inside(table: u32) -> bool {
    is_active() && look(|guards| guards.is_inside(table))
}

/// Refuses a change of the entry under the encoded key, in a table that is not hidden; no key stands for a value that cannot
/// be one.
pub fn check_change(table: u32, key: Option<&[u8]>) -> Result<(), Denied> {
    look(|guards| {
        let entry = key.and_then(|key| guards.entry(table, key));
        match guards.change_refused(table).or(entry) {
            Some(why) => Err(Denied { attempt: Attempt::Change, why, table }),
            None => Ok(()),
        }
    })
}

/// Whether a script may change the entry under the encoded key.
pub fn may_change(table: u32, key: &[u8]) -> bool {
    !is_active() || look(|guards| guards.change_refused(table).is_none() && guards.entry(table, key).is_none())
}

/// Refuses to change what is attached to a table.
#[cfg(feature = "data")]
pub fn check_attach(table: u32) -> Result<(), Denied> {
    match look(|guards| guards.change_refused(table)) {
        Some(why) => Err(Denied { attempt: Attempt::Attach, why, table }),
        None => Ok(()),
    }
}

/// Refuses what concerns every entry of a table in which something may not be changed.
pub fn check_whole(table: u32, attempt: Attempt) -> Result<(), Denied> {
    if !is_active() {
        return Ok(());
    }
    look(|guards| {
        let has_kept = guards.entries().any(|entry| entry.table == table);
        match guards.change_refused(table).or(has_kept.then_some(Why::Way)) {
            Some(why) => Err(Denied { attempt, why, table }),
            None => Ok(()),
        }
    })
}

/// Refuses to make a table, or a stored function.
pub fn check_creation() -> Result<(), Denied> {
    if is_read_only() {
        return Err(Denied { attempt: Attempt::Make, why: Why::Compute, table: tables::CONTROL });
    }
    Ok(())
}
