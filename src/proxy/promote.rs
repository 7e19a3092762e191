//! A plain Lua table assigned to an external one becomes external itself, in place, with all that it contains; a Lua
//! function becomes a stored one, with all that it captured.
//!
//! Invariant: either everything of the assignment is in the store, or nothing is and the store is as it was. The steps,
//! which must not be reordered:
//!
//! 1. `Reach::collect` gives an id to everything within reach that is not stored yet, and checks every key and value. It
//!    allocates, so it may raise; nothing has happened then but that some ids are lost.
//! 2. `write` stores all of it, and then the assignment itself. When the host refuses, what was written is deleted.
//!    Nothing here raises.
//! 3. Each table loses its content and stands for its id from now on; functions and captured variables are known.
//!    Nothing here can fail.

use core::ffi::c_int;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::budget;
use crate::codec::function::{self, Unwritable};
use crate::codec::path::Path;
use crate::codec::{handle, options};
use crate::control::audit::{self, Action, Detail};
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::{cells, known, stack, stop};
use crate::proxy::access;
use crate::proxy::fault::{self, Fault, Named};
use crate::proxy::permit::Refusal;
use crate::proxy::reach::{Captured, Captures, Reach, Reason};
use crate::record::GLOBALS;
use crate::store::system;
use crate::table::write;

/// `table[key] = value` for a plain table or a Lua function at the absolute index `value`.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn assign(state: *mut State, table: u32, key: c_int, value: c_int) {
    // SAFETY: the caller's; a reach has no destructor.
    unsafe {
        if let Err(fault) = access::encode_key(state, key) {
            fault::raise(state, fault, table, key);
        }
        ffi::luaL_checkstack(state, 16, c"no room for a value to be stored".as_ptr());
        ffi::lua_createtable(state, 0, 0);
        let mut reach = Reach::collect(state, value, ffi::lua_gettop(state));
        if reach.is_complete() {
            // What the budget does not cover is not begun: it could not be left half way.
            let left = budget::limit() - budget::used();
            if i64::try_from(reach.cost).is_ok_and(|cost| cost > left) {
                stop::charge(state, reach.cost);
            }
            // The last allocation: from here on nothing of Lua's runs.
            handle::reserve(state, reach.tables, reach.functions, reach.captured);
            reach.fault = write(state, &reach, table, key, value).err();
        }
        if !reach.is_complete() {
            explain(state, &reach, table, key);
        }
        for place in reach.places() {
            let kind = reach.push(state, place);
            let id = reach.id(state);
            match kind {
                ffi::TYPE_TABLE => ffi::cu_become_external(state, -1, id),
                ffi::TYPE_FUNCTION => {
                    known::global().add(id, ffi::cu_function(state, -1));
                    report_persisted(state, id, table, key);
                }
                _ => {}
            }
            stack::pop(state, 1);
        }
        // Their values may be any of those.
        for place in reach.places() {
            if reach.push(state, place) == ffi::TYPE_LIGHT_USERDATA {
                cells::global().add(reach.id(state), ffi::lua_touserdata(state, -1));
            }
            stack::pop(state, 1);
        }
        stack::pop(state, 1);
    }
}

/// Reports that a function was stored, and by which assignment.
///
/// # Safety
/// As for `assign`.
unsafe fn report_persisted(state: *mut State, function: u32, table: u32, key: c_int) {
    let mut into = Message::new(format_args!("{}", Named(table)));
    let mut path = Path::EMPTY;
    // SAFETY: the caller's.
    unsafe { fault::prepend_key(state, table, key, &mut path) };
    into.push(path.text());
    let details = [("function", Detail::Number(function.into())), ("into", Detail::Text(into.text()))];
    audit::report(Action::FunctionPersisted, &details);
}

/// Raises what stopped the promotion.
///
/// # Safety
/// As for `assign`.
unsafe fn explain(state: *mut State, reach: &Reach, table: u32, key: c_int) -> ! {
    // SAFETY: the caller's.
    unsafe {
        if let Some((reason, mut path)) = reach.refusal {
            fault::prepend_key(state, table, key, &mut path);
            raise_reason(state, reason, table, &path)
        }
        fault::raise(state, reach.fault.unwrap_or(Fault::Ids), table, key)
    }
}

/// Raises: a value of this type cannot be assigned to `table[key]`.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn refuse(state: *mut State, table: u32, key: c_int, kind: &'static str) -> ! {
    // SAFETY: the caller's.
    unsafe {
        let mut path = Path::EMPTY;
        fault::prepend_key(state, table, key, &mut path);
        raise_reason(state, Reason::Kind(kind), table, &path)
    }
}

/// The last assignment that failed was refused: its value cannot be stored.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// Whether an assignment was refused since `forget_refusal`, rather than failed.
pub fn was_refused() -> bool {
    REFUSED.load(Ordering::Relaxed)
}

/// The same, and a table inside a read-only one was the reason.
static INSIDE: AtomicBool = AtomicBool::new(false);

/// Whether an assignment was refused since `forget_refusal` for what it would have made a way to.
pub fn was_inside() -> bool {
    INSIDE.load(Ordering::Relaxed)
}

/// See `was_refused`.
pub fn forget_refusal() {
    REFUSED.store(false, Ordering::Relaxed);
    INSIDE.store(false, Ordering::Relaxed);
}

/// # Safety
/// As for `message::raise`.
unsafe fn raise_reason(state: *mut State, reason: Reason, table: u32, path: &Path) -> ! {
    REFUSED.store(true, Ordering::Relaxed);
    INSIDE.store(matches!(reason, Reason::Inside), Ordering::Relaxed);
    let mut message = Message::new(format_args!("{}", Named(table)));
    message.push(path.text());
    message.push(b" ");
    let text = match reason {
        Reason::Kind(kind) => Message::new(format_args!("is a {kind}, which cannot be stored")),
        Reason::Metatable => Message::new(format_args!("is a table with a metatable, which cannot be stored")),
        Reason::Kept => Message::new(format_args!("is the table of modules, which cannot be stored")),
        Reason::Key(Fault::KeyLength(length)) => Message::new(format_args!(
            "has an index that takes {length} bytes encoded; the limit is {}",
            cu_abi::limits::KEY_BYTES
        )),
        Reason::Key(Fault::KeyType(kind)) => Message::new(format_args!(
            "has a {kind} as an index: an external table takes strings, numbers and booleans"
        )),
        Reason::Inside => Message::new(format_args!("may not be stored: {}", Refusal::Inside)),
        Reason::Key(_) => Message::new(format_args!("has an index that cannot be stored")),
        Reason::Bytecode(length) => Message::new(format_args!(
            "is a function of {length} bytes of bytecode; the limit is {}",
            cu_abi::limits::FUNCTION_BYTES
        )),
    };
    message.push(text.text());
    if let Reason::Inside = reason {
        audit::report(Action::PermissionRefused, &[("message", Detail::Text(message.text()))]);
    }
    // SAFETY: the caller's.
    unsafe { message::raise(state, &message) }
}

// ---- step 2 ----

/// Stores everything, and the assignment last; what was written is deleted when the host refuses. Raises nothing.
///
/// # Safety
/// `state` is live with eight free slots.
unsafe fn write(state: *mut State, reach: &Reach, table: u32, key: c_int, value: c_int) -> Result<(), Fault> {
    // SAFETY: the caller's.
    unsafe {
        let top = ffi::lua_gettop(state);
        for place in reach.places() {
            let written = write_one(state, reach, place);
            ffi::lua_settop(state, top);
            if let Err(fault) = written {
                // Of the last one a part may be written.
                undo(state, reach, reach.places().start..place + 1);
                return Err(fault);
            }
        }
        access::store_value(state, table, key, value, reach.pending).inspect_err(|_| undo(state, reach, reach.places()))
    }
}

/// # Safety
/// As for `write`.
unsafe fn write_one(state: *mut State, reach: &Reach, place: i64) -> Result<(), Fault> {
    // SAFETY: the caller's; nothing of Lua is allocated, so tables stay as they are.
    unsafe {
        let kind = reach.push(state, place);
        let id = reach.id(state);
        match kind {
            ffi::TYPE_TABLE => {
                let table = ffi::lua_gettop(state);
                ffi::lua_pushnil(state);
                while ffi::lua_next(state, table) != 0 {
                    access::store_value(state, id, table + 1, table + 2, reach.pending)?;
                    ffi::lua_settop(state, table + 1);
                }
                Ok(())
            }
            ffi::TYPE_FUNCTION => write_function(state, reach, id),
            ffi::TYPE_LIGHT_USERDATA => {
                let key = ffi::lua_gettop(state) + 1;
                let cell = ffi::lua_touserdata(state, -1);
                ffi::lua_pushinteger(state, i64::from(id));
                ffi::cu_push_cell(state, cell);
                access::store_value(state, system::CELLS, key, key + 1, reach.pending)
            }
            _ => Ok(()),
        }
    }
}

/// Stores the record of the function at the top.
///
/// # Safety
/// As for `write`.
unsafe fn write_function(state: *mut State, reach: &Reach, id: u32) -> Result<(), Fault> {
    // SAFETY: the caller's.
    unsafe {
        let mut cells = [GLOBALS; u8::MAX as usize];
        let mut number = 0;
        let mut captures = Captures::of(ffi::lua_gettop(state));
        while let (Some(captured), Some(cell)) = (captures.next(state), cells.get_mut(number)) {
            if let Captured::Cell(object) = captured {
                *cell = reach.cell_id(state, object);
                if *cell == 0 {
                    return Err(Fault::Changed);
                }
            }
            number += 1;
        }
        let record = match function::write(state, options::strip(), cells[..number].iter().copied()) {
            Ok(record) => record,
            Err(Unwritable::Memory(length)) => return Err(Fault::Memory(length)),
            Err(Unwritable::Size(_)) => return Err(Fault::Changed),
        };
        ffi::lua_pushinteger(state, i64::from(id));
        Ok(write::write(system::FUNCTIONS, access::encode_key(state, ffi::lua_gettop(state))?, Some(&record))?)
    }
}

/// Deletes what was written for the objects at these places from the store, as far as the host lets it.
///
/// # Safety
/// As for `write`.
unsafe fn undo(state: *mut State, reach: &Reach, places: Range<i64>) {
    // SAFETY: the caller's.
    unsafe {
        let top = ffi::lua_gettop(state);
        for place in places {
            let kind = reach.push(state, place);
            let id = reach.id(state);
            match kind {
                ffi::TYPE_TABLE => undo_table(state, id),
                ffi::TYPE_FUNCTION => undo_entry(state, system::FUNCTIONS, id),
                ffi::TYPE_LIGHT_USERDATA => undo_entry(state, system::CELLS, id),
                _ => {}
            }
            ffi::lua_settop(state, top);
        }
    }
}

/// # Safety
/// As for `write`, with the table at the top.
unsafe fn undo_table(state: *mut State, id: u32) {
    // SAFETY: the caller's.
    unsafe {
        let table = ffi::lua_gettop(state);
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, table) != 0 {
            ffi::lua_settop(state, table + 1);
            if let Ok(key) = access::encode_key(state, table + 1) {
                let _ = write::write(id, key, None);
            }
        }
    }
}

/// # Safety
/// As for `write`.
unsafe fn undo_entry(state: *mut State, table: u32, id: u32) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_pushinteger(state, i64::from(id));
        if let Ok(key) = access::encode_key(state, ffi::lua_gettop(state)) {
            let _ = write::write(table, key, None);
        }
    }
}
