//! Which tables a compute may see and change.
//!
//! Invariant: what the host guards by name is looked up once, before the script runs, and kept by id, so no other way to
//! the same table leads around it. The entries that lead to a guarded table stay what they are.
//!
//! What is reached through a read-only table is read-only too. Its Lua table remembers the one through which it was reached,
//! and cannot be stored anywhere else, so that a script makes itself no other way there for later.
//!
//! Only what a script asks for is checked. The module's own notes, the value of `_io` and the conversion of what the host
//! stored are not a script's doing.

use core::ffi::c_int;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};

use cu_abi::limits::{GUARDS, PERMISSIONS_BYTES};
use cu_abi::tables;

use crate::bytes::copy;
use crate::codec::handle;
use crate::control::permissions::{self, Guard, Name};
use crate::key::{Key, KeyBuffer};
use crate::large::{LARGE, Zeroes};
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::{stack, standing};
use crate::proxy::fault::{self, Fault};
use crate::proxy::{access, globals};
use crate::store::{self, Failure, Fetched};

/// What needs a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// To make a table.
    Make,
    /// To use one in any way.
    Use,
    /// To change an entry.
    Change,
    /// To empty one.
    Empty,
}

/// Why a permission is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Refusal {
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

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Refusal::Compute => "this compute is read-only",
            Refusal::ReadOnly => "it is read-only",
            Refusal::Hidden => "it is hidden",
            Refusal::Way => "a guarded table is behind it",
            Refusal::Inside => "a table inside a read-only one stays where it is",
        })
    }
}

/// An entry that stays what it is: the key in the table, and why.
#[derive(Clone, Copy)]
struct Entry {
    table: u32,
    start: u16,
    end: u16,
    why: Refusal,
}

/// What the host guards.
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

// SAFETY: numbers and bytes, and of both enumerations zero is the first.
unsafe impl Zeroes for Guards {}

/// Anything at all is guarded.
static ACTIVE: AtomicBool = AtomicBool::new(false);
/// The whole compute is read-only.
static READ_ONLY: AtomicBool = AtomicBool::new(false);

/// # Safety
/// One thread; no reference from an earlier call is used afterwards.
#[inline]
unsafe fn guards() -> &'static mut Guards {
    // SAFETY: the caller's.
    unsafe { &mut *LARGE.guarded.place() }
}

/// Whether a check is needed at all.
#[inline]
pub fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

/// Whether this compute may change nothing.
#[inline]
pub fn is_read_only() -> bool {
    READ_ONLY.load(Ordering::Relaxed)
}

impl Guards {
    fn guard(&self, table: u32) -> Option<Guard> {
        self.tables.iter().take(self.table_count).find(|(id, _)| *id == table).map(|(_, guard)| *guard)
    }

    fn key(&self, entry: &Entry) -> &[u8] {
        self.keys.get(usize::from(entry.start)..usize::from(entry.end)).unwrap_or_default()
    }

    /// Why the entry stays what it is: of several reasons that which hides more.
    fn entry(&self, table: u32, key: &[u8]) -> Option<Refusal> {
        let entries = self.entries.iter().take(self.entry_count);
        let found = entries.filter(|entry| entry.table == table && self.key(entry) == key).map(|entry| entry.why);
        found.max_by_key(|why| match why {
            Refusal::Hidden => 2,
            Refusal::ReadOnly => 1,
            _ => 0,
        })
    }

    /// False when there is no room.
    fn add_table(&mut self, table: u32, guard: Guard) -> bool {
        let Some(place) = self.tables.get_mut(self.table_count) else { return false };
        *place = (table, guard);
        self.table_count += 1;
        true
    }

    /// False when there is no room.
    fn add_entry(&mut self, table: u32, key: &[u8], why: Refusal) -> bool {
        let (start, end) = (self.keys_length, self.keys_length + key.len());
        let (Some(place), Some(room)) = (self.entries.get_mut(self.entry_count), self.keys.get_mut(start..end)) else {
            return false;
        };
        copy(room, key);
        *place = Entry { table, start: start as u16, end: end as u16, why };
        self.entry_count += 1;
        self.keys_length = end;
        true
    }
}

// ---- at the beginning of a compute ----

/// Whether there is anything for `resolve` to do.
pub fn is_wanted() -> bool {
    is_active() || !permissions::is_empty()
}

/// Permits everything.
///
/// # Safety
/// One thread.
pub unsafe fn clear() {
    ACTIVE.store(false, Ordering::Relaxed);
    READ_ONLY.store(false, Ordering::Relaxed);
    // SAFETY: the caller's.
    unsafe {
        let guards = guards();
        (guards.table_count, guards.entry_count, guards.keys_length) = (0, 0, 0);
    }
}

/// Looks up what the configuration guards; a Lua function, to be called protected.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn resolve(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives across a raise.
    unsafe {
        clear();
        let (mut any, mut fits) = (false, true);
        permissions::each_table(|name, guard| {
            any = true;
            fits &= match name {
                Name::Id(id) => guards().add_table(id, guard),
                Name::Path(b"") => guards().add_table(globals::home(), guard),
                Name::Path(path) => resolve_path(state, path, guard),
            };
        });
        if !fits {
            message::raise(
                state,
                &Message::new(format_args!("config.permissions guards more than {GUARDS} tables and steps to them")),
            );
        }
        READ_ONLY.store(!permissions::may_write(), Ordering::Relaxed);
        ACTIVE.store(any || is_read_only(), Ordering::Relaxed);
    }
    0
}

/// Follows a path from `_home`, as far as there are tables; false when there is no room.
///
/// # Safety
/// As for `message::raise`.
unsafe fn resolve_path(state: *mut State, path: &'static [u8], guard: Guard) -> bool {
    let last = match guard {
        Guard::ReadOnly => Refusal::ReadOnly,
        Guard::Hidden => Refusal::Hidden,
    };
    let mut steps = path.split(|byte| *byte == b'.').peekable();
    let mut table = globals::home();
    // SAFETY: the caller's.
    unsafe {
        while let Some(step) = steps.next() {
            let mut key = KeyBuffer::new();
            if key.encode(Key::String(step)).is_err() {
                return true;
            }
            let why = if steps.peek().is_some() { Refusal::Way } else { last };
            if !guards().add_entry(table, key.bytes(), why) {
                return false;
            }
            // Read as a script would: what the host stored as a whole becomes a table with an id.
            ffi::lua_settop(state, 0);
            ffi::lua_pushlstring(state, step.as_ptr().cast(), step.len());
            access::push_value(state, table, 1);
            table = handle::id(state, -1);
            if table == 0 {
                return true;
            }
        }
        guards().add_table(table, guard)
    }
}

// ---- while a script runs ----

/// Raises when the table is hidden.
///
/// # Safety
/// As for `message::raise`.
#[inline]
pub unsafe fn check_seen(state: *mut State, table: u32) {
    // SAFETY: the caller's.
    unsafe {
        if is_active() && guards().guard(table) == Some(Guard::Hidden) {
            refuse(state, Deed::Use, Refusal::Hidden, table)
        }
    }
}

/// What a script sees under the key at `key`, given that `read` pushes what is there: nil in place of what is hidden.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn push_seen(state: *mut State, table: u32, key: c_int, read: impl FnOnce()) {
    // SAFETY: the caller's; the encoded key is used before anything is allocated.
    unsafe {
        check_seen(state, table);
        let entry = access::encode_key(state, key).ok().and_then(|key| guards().entry(table, key));
        if entry == Some(Refusal::Hidden) {
            return ffi::lua_pushnil(state);
        }
        read();
        let found = handle::id(state, -1);
        if found == 0 {
            return;
        }
        if guards().guard(found) == Some(Guard::Hidden) {
            stack::pop(state, 1);
            ffi::lua_pushnil(state);
        } else if is_under_read_only(table) {
            // Also those that other permissions guard.
            for root in [table, standing::root(table)] {
                if root != 0 && (root != table || guards().guard(root) == Some(Guard::ReadOnly)) {
                    standing::add_root(found, root);
                }
            }
        }
    }
}

/// Number of keys of a table, without those under which something hidden is named.
///
/// # Safety
/// One thread.
pub unsafe fn size(table: u32) -> Result<u32, Failure> {
    let mut size = store::size(table)?;
    if is_active() {
        // SAFETY: the caller's; only the short buffer is written meanwhile.
        let guarded = unsafe { guards() };
        for entry in &guarded.entries[..guarded.entry_count] {
            // SAFETY: the caller's.
            let is_there = || unsafe { store::get(table, guarded.key(entry)) };
            if entry.table == table && entry.why == Refusal::Hidden && is_there()? != Fetched::Absent {
                size = size.saturating_sub(1);
            }
        }
    }
    Ok(size)
}

/// Whether a guarded table makes this one read-only: itself, or one through which it was reached.
unsafe fn is_under_read_only(table: u32) -> bool {
    // SAFETY: one thread.
    unsafe { guards() }.guard(table) == Some(Guard::ReadOnly) || unsafe { is_table_inside(table) }
}

/// Whether the value at `index` is a table that was reached through a read-only one.
///
/// # Safety
/// `state` is live; one thread.
#[inline]
pub unsafe fn is_inside(state: *mut State, index: c_int) -> bool {
    // SAFETY: the caller's.
    unsafe { is_active() && is_table_inside(handle::id(state, index)) }
}

/// The same of an id. Of several ways to it any that is guarded now counts as the one.
///
/// # Safety
/// One thread.
pub unsafe fn is_table_inside(table: u32) -> bool {
    // SAFETY: the caller's.
    let guards = unsafe { guards() };
    match standing::root(table) {
        0 => false,
        standing::ROOTS => {
            guards.tables[..guards.table_count].iter().any(|(id, guard)| *id != table && *guard == Guard::ReadOnly)
        }
        root => root != table && guards.guard(root) == Some(Guard::ReadOnly),
    }
}

/// Raises: such a table cannot be assigned to `table[key]`.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn refuse_inside(state: *mut State, table: u32, key: c_int) -> ! {
    // SAFETY: the caller's.
    unsafe { fault::raise(state, Fault::Permission(Deed::Change, Refusal::Inside), table, key) }
}

/// Raises unless a script may change the entry of the key at `key`.
///
/// # Safety
/// As for `message::raise`.
#[inline]
pub unsafe fn check_change(state: *mut State, table: u32, key: c_int) {
    if !is_active() {
        return;
    }
    // SAFETY: the caller's.
    unsafe {
        check_seen(state, table);
        let entry = access::encode_key(state, key).ok().and_then(|key| guards().entry(table, key));
        if let Some(why) = change_refused(table).or(entry) {
            fault::raise(state, Fault::Permission(Deed::Change, why), table, key);
        }
    }
}

/// Whether a script may change that entry, given its key, encoded.
///
/// # Safety
/// One thread.
pub unsafe fn may_change(table: u32, key: &[u8]) -> bool {
    // SAFETY: the caller's.
    !is_active() || unsafe { change_refused(table).is_none() && guards().entry(table, key).is_none() }
}

/// Raises unless a script may change everything in the table.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn check_drop(state: *mut State, table: u32) {
    if !is_active() {
        return;
    }
    // SAFETY: the caller's.
    unsafe {
        let guarded = guards();
        let kept = guarded.entries[..guarded.entry_count].iter().any(|entry| entry.table == table);
        if let Some(why) = change_refused(table).or(kept.then_some(Refusal::Way)) {
            refuse(state, Deed::Empty, why, table);
        }
    }
}

/// Raises unless a script may make a table.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn check_creation(state: *mut State) {
    if is_read_only() {
        // SAFETY: the caller's.
        unsafe { refuse(state, Deed::Make, Refusal::Compute, tables::CONTROL) }
    }
}

/// Why nothing in the table may be changed. `_io` is the way of an answer, and kept by nobody.
unsafe fn change_refused(table: u32) -> Option<Refusal> {
    // SAFETY: one thread.
    unsafe {
        if is_read_only() && table != tables::IO {
            Some(Refusal::Compute)
        } else {
            is_under_read_only(table).then_some(Refusal::ReadOnly)
        }
    }
}

/// Raises for a table as a whole.
unsafe fn refuse(state: *mut State, deed: Deed, why: Refusal, table: u32) -> ! {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_pushnil(state);
        fault::raise(state, Fault::Permission(deed, why), table, ffi::lua_gettop(state))
    }
}
