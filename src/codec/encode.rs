//! A Lua value to bytes; depth and size bounded.
//!
//! Invariant: the encoder reads tables raw, runs no script, needs no memory of the arena beyond Lua stack slots, and
//! ends: no table lies within itself, and no encoding grows past what the arena could hold.

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;

use cu_abi::limits;

use crate::budget::{self, cost};
use crate::codec::big;
use crate::codec::handle;
use crate::codec::named;
use crate::codec::path::Path;
use crate::heap::ARENA_BYTES;
use crate::lua::ffi::{self, State};
use crate::lua::known;
use crate::lua::stack::{self, string_bytes};
use crate::wire::Writer;

/// What storing a value without parts counts beside its call of the host: as much as room for a path through tables.
const STORED_COST: usize = size_of::<u32>() * limits::VALUE_DEPTH / cost::BYTES_COPIED;

/// Why a value has no encoding, and where it lies.
#[derive(Clone, Copy)]
pub struct Refusal {
    /// What is wrong.
    pub reason: Reason,
    /// From the value that was to be encoded to the culprit.
    pub path: Path,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A value of this type cannot leave.
    Type(&'static str),
    /// The table contains itself.
    Cycle,
    /// Nested deeper than `VALUE_DEPTH`.
    Depth,
    /// No room on Lua's stack.
    Stack,
    /// Longer than the arena could hold.
    Size,
    /// The budget is used up.
    Budget,
}

impl Reason {
    /// The reason in words, after the path.
    pub fn describe(self, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
        match self {
            Reason::Type(name) => write!(out, "is a {name}, which cannot be a result"),
            Reason::Cycle => out.write_str("contains itself: a result cannot be circular"),
            Reason::Depth => write!(out, "is nested deeper than {} tables", limits::VALUE_DEPTH),
            Reason::Stack => out.write_str("needs more memory than there is"),
            Reason::Size => write!(out, "takes more than {ARENA_BYTES} bytes encoded"),
            Reason::Budget => out.write_str("takes more work than the budget covers"),
        }
    }
}

/// The tables around the value that is being encoded: the first `depth` are set. Most values are no tables at all, so
/// nothing is cleared for them.
struct Ancestors {
    tables: [MaybeUninit<*const c_void>; limits::VALUE_DEPTH],
    depth: usize,
}

impl Ancestors {
    /// No tables. Made in its place: the compiler would fill the rest of a value that is moved.
    fn none_in(place: &mut MaybeUninit<Ancestors>) -> &mut Ancestors {
        // SAFETY: of the fields only the depth has to be set.
        unsafe {
            (&raw mut (*place.as_mut_ptr()).depth).write(0);
            place.assume_init_mut()
        }
    }

    fn contain(&self, table: *const c_void) -> bool {
        // SAFETY: `depth` grows with each table that is set (`table`).
        self.tables.iter().take(self.depth).any(|ancestor| unsafe { ancestor.assume_init() } == table)
    }
}

/// Appends the value at `index` to the writer.
///
/// # Safety
/// `state` is live.
pub unsafe fn value(state: *mut State, index: c_int, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let mut ancestors = MaybeUninit::uninit();
    // SAFETY: the caller's.
    unsafe { any(state, ffi::lua_absindex(state, index), writer, Ancestors::none_in(&mut ancestors)) }
}

/// Appends a value as it is stored: an external table or a stored function by its id, and what is about to become one by
/// the id that the table at `pending` has for it (0: there is none). False when it has no encoding.
///
/// # Safety
/// `state` is live with two free slots, the indices absolute.
pub unsafe fn stored(state: *mut State, index: c_int, pending: c_int, writer: &mut Writer<'_>) -> bool {
    // SAFETY: the caller's; only reads that do not raise.
    unsafe {
        let kind = ffi::lua_type(state, index);
        let id = match kind {
            ffi::TYPE_TABLE => handle::id(state, index),
            ffi::TYPE_FUNCTION => known::global().id(ffi::cu_function(state, index)),
            _ if scalar(state, kind, index, writer) => {
                budget::spend(STORED_COST);
                return true;
            }
            _ => return value(state, index, writer).is_ok(),
        };
        let id = if id == 0 && pending != 0 { pending_id(state, index, pending) } else { id };
        if id != 0 {
            if kind == ffi::TYPE_TABLE {
                writer.external(id)
            } else {
                writer.function(id)
            }
            return true;
        }
        let name = named::name(state, index);
        if let Some(name) = name {
            writer.library(name);
        }
        name.is_some()
    }
}

/// The id that the table at `pending` has for the value at `index`, 0 for none.
///
/// # Safety
/// As for `stored`.
pub unsafe fn pending_id(state: *mut State, index: c_int, pending: c_int) -> u32 {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_pushvalue(state, index);
        ffi::lua_rawget(state, pending);
        let id = ffi::lua_tointegerx(state, -1, core::ptr::null_mut());
        stack::pop(state, 1);
        id as u32
    }
}

fn refuse(reason: Reason) -> Result<(), Refusal> {
    Err(Refusal { reason, path: Path::EMPTY })
}

/// Appends a value that consists of nothing else; false for a value of another type.
///
/// # Safety
/// `state` is live, and `kind` the type at `index`.
#[inline]
unsafe fn scalar(state: *mut State, kind: c_int, index: c_int, writer: &mut Writer<'_>) -> bool {
    // SAFETY: the caller's; only reads that do not raise.
    unsafe {
        match kind {
            ffi::TYPE_NONE | ffi::TYPE_NIL => writer.nil(),
            ffi::TYPE_BOOLEAN => writer.boolean(ffi::lua_toboolean(state, index) != 0),
            ffi::TYPE_NUMBER if ffi::lua_isinteger(state, index) != 0 => {
                writer.integer(ffi::lua_tointegerx(state, index, core::ptr::null_mut()));
            }
            ffi::TYPE_NUMBER => writer.float(ffi::lua_tonumberx(state, index, core::ptr::null_mut())),
            ffi::TYPE_STRING => writer.string(string_bytes(state, index)),
            _ => return false,
        }
    }
    true
}

/// # Safety
/// `state` is live and `index` absolute.
unsafe fn any(
    state: *mut State,
    index: c_int,
    writer: &mut Writer<'_>,
    ancestors: &mut Ancestors,
) -> Result<(), Refusal> {
    // SAFETY: the caller's; only reads that do not raise.
    unsafe {
        match ffi::lua_type(state, index) {
            kind if scalar(state, kind, index, writer) => {}
            ffi::TYPE_TABLE => match handle::id(state, index) {
                0 => return table(state, index, writer, ancestors),
                id => writer.external(id),
            },
            ffi::TYPE_FUNCTION if ffi::lua_checkstack(state, 2) != 0 => match named::name(state, index) {
                Some(name) => writer.library(name),
                None => return refuse(Reason::Type("function")),
            },
            kind => {
                if !big::write(state, index, writer) {
                    return refuse(Reason::Type(stack::type_name(kind)));
                }
            }
        }
    }
    if writer.length() > ARENA_BYTES { refuse(Reason::Size) } else { Ok(()) }
}

/// # Safety
/// `state` is live and `index` the absolute index of a table.
unsafe fn table(
    state: *mut State,
    index: c_int,
    writer: &mut Writer<'_>,
    ancestors: &mut Ancestors,
) -> Result<(), Refusal> {
    // SAFETY: the caller's.
    let identity = unsafe { ffi::lua_topointer(state, index) };
    if ancestors.contain(identity) {
        return refuse(Reason::Cycle);
    }
    let Some(place) = ancestors.tables.get_mut(ancestors.depth) else { return refuse(Reason::Depth) };
    // SAFETY: the caller's; this variant of growing the stack does not raise.
    if unsafe { ffi::lua_checkstack(state, 3) } == 0 {
        return refuse(Reason::Stack);
    }
    place.write(identity);
    ancestors.depth += 1;
    // SAFETY: the caller's, and there are free slots.
    let result = unsafe { pairs(state, index, writer, ancestors) };
    ancestors.depth -= 1;
    result
}

/// # Safety
/// As for `table`, with three free slots.
unsafe fn pairs(
    state: *mut State,
    index: c_int,
    writer: &mut Writer<'_>,
    ancestors: &mut Ancestors,
) -> Result<(), Refusal> {
    let open = writer.begin_table();
    let mut count = 0;
    // SAFETY: the caller's; the keys given to `lua_next` are its own, so it does not raise.
    unsafe {
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, index) != 0 {
            let value_index = ffi::lua_gettop(state);
            let key_index = value_index - 1;
            if budget::is_exhausted() {
                stack::pop(state, 2);
                return refuse(Reason::Budget);
            }
            if let Err(refusal) = any(state, key_index, writer, ancestors) {
                stack::pop(state, 2);
                return Err(with_front(refusal, |path| path.prepend(b"[key]")));
            }
            if let Err(refusal) = any(state, value_index, writer, ancestors) {
                let refusal = with_front(refusal, |path| prepend_access(state, key_index, path));
                stack::pop(state, 2);
                return Err(refusal);
            }
            stack::pop(state, 1);
            count += 1;
        }
    }
    writer.end_table(open, count);
    Ok(())
}

fn with_front(mut refusal: Refusal, prepend: impl FnOnce(&mut Path)) -> Refusal {
    prepend(&mut refusal.path);
    refusal
}

/// # Safety
/// `state` is live.
pub unsafe fn prepend_access(state: *mut State, key: c_int, path: &mut Path) {
    // SAFETY: the caller's; only reads that do not raise.
    unsafe {
        match ffi::lua_type(state, key) {
            ffi::TYPE_STRING => path.prepend_key(string_bytes(state, key)),
            ffi::TYPE_NUMBER if ffi::lua_isinteger(state, key) != 0 => {
                path.prepend_index(ffi::lua_tointegerx(state, key, core::ptr::null_mut()));
            }
            kind => {
                path.prepend(b"]");
                path.prepend(stack::type_name(kind).as_bytes());
                path.prepend(b"[");
            }
        }
    }
}
