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
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::ffi::c_int;
use core::ops::Range;

use crate::budget::{self, cost};
use crate::closure::code::HEAD_BYTES;
use crate::closure::record::{self, GLOBALS};
use crate::codec::path::Path;
use crate::codec::{encode, handle};
use crate::control::audit::{self, Action, Detail};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::permissions::guards::Why;
use crate::proxy::fault::{self, Fault, Named, Problem};
use crate::proxy::reach::{Captured, Captures, Reach, Unstorable};
use crate::proxy::{behaviour, classes, code, entry, keys};
use crate::store::{self, Failure, system};
use crate::table::write as rows;
use crate::vm::instance::INSTANCE;
use crate::vm::objects::Wanted;
use crate::vm::run::RUN;

/// `table[key] = value` for a plain table or a Lua function at the absolute index `value`.
pub fn assign(lua: Stack<'_>, table: u32, key: c_int, value: c_int) -> Result<(), Raise> {
    if let Err(fault) = keys::encode_key(lua, key) {
        return Err(fault::raise(lua, fault, table, key));
    }
    lua.want_room(16, c"no room for a value to be stored");
    lua.push_table(0, 0);
    let mut reach = Reach::collect(lua, value, lua.top())?;
    if reach.is_complete() {
        // What the budget does not cover is not begun: it could not be left half way.
        let left = budget::limit() - budget::used();
        if i64::try_from(reach.cost).is_ok_and(|cost| cost > left) {
            lua.charge(reach.cost)?;
        }
        prepare_objects(lua, &reach, table == system::METATABLES)?;
        // The last allocation: from here on nothing of Lua's runs.
        handle::reserve(lua, reach.wanted)?;
        reach.fault = write(lua, &reach, table, key, value).err();
    }
    if !reach.is_complete() {
        return Err(explain(lua, &reach, table, key));
    }
    for place in reach.places() {
        let kind = reach.push(lua, place);
        let id = reach.id(lua);
        if kind == Kind::Table {
            lua.become_external(-1, id);
            if lua.raw_get_at(reach.pending, -i64::from(id)) == Kind::Table {
                lua.set_behaviour(-2);
                INSTANCE.objects.are_met.set(true);
            } else {
                lua.pop(1);
            }
            INSTANCE.objects.unwant(id, Wanted::BOTH);
        } else if let Some(function) = lua.function(-1) {
            INSTANCE.known.add(id, function);
            report_persisted(lua, id, table, key);
        }
        lua.pop(1);
    }
    // Their values may be any of those.
    for place in reach.places() {
        reach.push(lua, place);
        if let Some(variable) = lua.variable(-1) {
            INSTANCE.cells.add(reach.id(lua), variable);
        }
        lua.pop(1);
    }
    lua.pop(1);
    Ok(())
}

/// Makes what tables that have a metatable, or are one, behave by: `pending[-id]`. The first one is a metatable where `is_class` says so.
fn prepare_objects(lua: Stack<'_>, reach: &Reach, is_class: bool) -> Result<(), Raise> {
    if !reach.has_classes && !reach.has_events && !is_class {
        return Ok(());
    }
    let pending = reach.pending;
    let top = lua.top();
    for place in reach.places() {
        if reach.push(lua, place) == Kind::Table {
            lua.charge(cost::ENTRY)?;
            let has_events =
                lua.raw_get_at(pending, -i64::from(encode::pending_id(lua, top + 1, pending))) != Kind::Nil;
            lua.set_top(top + 1);
            if is_class && place == 1 || has_events {
                note_own(lua, reach, top + 1);
            }
            lua.set_top(top + 1);
            if lua.push_class(top + 1) && lua.external_id(top + 2) == 0 {
                note_own(lua, reach, top + 2);
            }
        }
        lua.set_top(top);
    }
    if !reach.has_classes {
        return Ok(());
    }
    for place in reach.places() {
        if reach.push(lua, place) == Kind::Table && lua.push_class(top + 1) {
            let (table, class) = (top + 1, top + 2);
            let id = encode::pending_id(lua, table, pending);
            if lua.raw_get_at(pending, -i64::from(id)) == Kind::Table {
                behaviour::note_class(lua, top + 3, class);
            } else {
                if lua.external_id(class) != 0 {
                    behaviour::push_of_instances(lua, class);
                } else {
                    lua.raw_get_at(pending, -i64::from(encode::pending_id(lua, class, pending)));
                    behaviour::push_of_instances_of(lua, lua.top());
                }
                lua.raw_set_at(pending, -i64::from(id));
            }
        }
        lua.set_top(top);
    }
    Ok(())
}

/// The plain table at `table` gets a behaviour of its own, if it has none.
fn note_own(lua: Stack<'_>, reach: &Reach, table: c_int) {
    let id = encode::pending_id(lua, table, reach.pending);
    if id != 0 && lua.raw_get_at(reach.pending, -i64::from(id)) != Kind::Table {
        behaviour::push_own_of_plain(lua, table);
        lua.raw_set_at(reach.pending, -i64::from(id));
    }
}

/// Reports that a function was stored, and by which assignment.
fn report_persisted(lua: Stack<'_>, function: u32, table: u32, key: c_int) {
    let mut path = Path::EMPTY;
    let mut into = Message::new(format_args!("{}", fault::prepend_key(lua, table, key, &mut path)));
    into.push(path.text());
    let details =
        [(audit::field::FUNCTION, Detail::Number(function.into())), (audit::field::INTO, Detail::Text(into.text()))];
    audit::report(Action::FunctionPersisted, &details);
}

/// Raises what stopped the promotion.
#[cold]
fn explain(lua: Stack<'_>, reach: &Reach, table: u32, key: c_int) -> Raise {
    if let Some((reason, mut path)) = reach.refusal {
        let begin = fault::prepend_key(lua, table, key, &mut path);
        return raise_reason(lua, reason, &begin, &path);
    }
    fault::raise(lua, reach.fault.unwrap_or(Failure::no_ids().into()), table, key)
}

/// Raises that a value of this type cannot be assigned to `table[key]`.
#[cold]
pub fn refuse(lua: Stack<'_>, table: u32, key: c_int, kind: &'static str) -> Raise {
    let mut path = Path::EMPTY;
    let begin = fault::prepend_key(lua, table, key, &mut path);
    raise_reason(lua, Unstorable::Kind(kind), &begin, &path)
}

/// Raises why something cannot be stored. `closure/write_back.rs` looks at the flags, to tell this from what may go better
/// another time.
fn raise_reason(lua: Stack<'_>, reason: Unstorable, begin: &Named, path: &Path) -> Raise {
    RUN.is_refused.set(true);
    RUN.is_refused_inside.set(matches!(reason, Unstorable::Inside));
    let mut message = Message::new(format_args!("{begin}"));
    message.push(path.text());
    message.push(b" ");
    let text = match reason {
        Unstorable::Kind(kind) => Message::new(format_args!("is a {kind}, which cannot be stored")),
        Unstorable::Event(name) => {
            Message::new(format_args!("is a table with '{name}' in its metatable, which cannot be stored"))
        }
        Unstorable::Gone(cause) => Message::new(format_args!("is a table that is gone: {cause}")),
        Unstorable::Kept => Message::new(format_args!("is the table of modules, which cannot be stored")),
        Unstorable::Library => {
            Message::new(format_args!("is a library, which cannot be a metatable of what is stored"))
        }
        Unstorable::Key(fault) => match fault.problem() {
            Problem::KeyLength(length) => Message::new(format_args!(
                "has an index that takes {length} bytes encoded; the limit is {}",
                cu_abi::limits::KEY_BYTES
            )),
            Problem::KeyType(kind) => Message::new(format_args!(
                "has a {kind} as an index: an external table takes strings, numbers and booleans"
            )),
            _ => Message::new(format_args!("has an index that cannot be stored")),
        },
        Unstorable::Inside => Message::new(format_args!("may not be stored: {}", Why::Inside)),
        Unstorable::Bytecode(length) => Message::new(format_args!(
            "is a function of {length} bytes of bytecode; the limit is {}",
            cu_abi::limits::FUNCTION_BYTES
        )),
    };
    message.push(text.text());
    if let Unstorable::Inside = reason {
        audit::report(Action::PermissionRefused, &[(audit::field::MESSAGE, Detail::Text(message.text()))]);
    }
    lua.error(&message)
}

// ---- step 2 ----

/// Stores everything, and the assignment last; what was written is deleted when the host refuses. Raises nothing; there are
/// eight free slots.
fn write(lua: Stack<'_>, reach: &Reach, table: u32, key: c_int, value: c_int) -> Result<(), Fault> {
    let top = lua.top();
    let mut row = Vec::new();
    if reach.longest > 0 {
        let length = HEAD_BYTES + reach.longest;
        row.try_reserve_exact(length).map_err(|_| Fault::memory(length))?;
    }
    if reach.has_classes || table == system::METATABLES {
        classes::announce()?;
    }
    #[cfg(feature = "data")]
    crate::data::state::STATE.flat.set(reach.only_table(lua));
    for place in reach.places() {
        let written = write_one(lua, reach, place, &mut row);
        lua.set_top(top);
        if let Err(fault) = written {
            // Of the last one a part may be written.
            undo(lua, reach, reach.places().start..place + 1);
            return Err(fault);
        }
    }
    drop(row);
    let stored = entry::store(lua, table, key, value, reach.pending);
    #[cfg(feature = "data")]
    crate::data::state::STATE.flat.set(0);
    stored.inspect_err(|_| undo(lua, reach, reach.places()))
}

/// Stores what is in the object at a place. Nothing of Lua's is allocated, so tables stay as they are.
fn write_one(lua: Stack<'_>, reach: &Reach, place: i64, row: &mut Vec<u8>) -> Result<(), Fault> {
    let kind = reach.push(lua, place);
    let id = reach.id(lua);
    match kind {
        Kind::Table => {
            let table = lua.top();
            if lua.push_class(table) {
                lua.push_integer(id.into());
                entry::store_new(lua, system::METATABLES, table + 2, table + 1, reach.pending)?;
                lua.set_top(table);
            }
            lua.push_nil();
            while lua.next(table) {
                entry::store_new(lua, id, table + 1, table + 2, reach.pending)?;
                lua.set_top(table + 1);
            }
            Ok(())
        }
        Kind::Function => write_function(lua, reach, id, row),
        _ => {
            let Some(variable) = lua.variable(-1) else { return Ok(()) };
            let key = lua.top() + 1;
            lua.push_integer(i64::from(id));
            lua.push_value_of(variable);
            entry::store_new(lua, system::CELLS, key, key + 1, reach.pending)
        }
    }
}

/// Stores the record of the function at the top, and before it its code; `row` has room for that.
fn write_function(lua: Stack<'_>, reach: &Reach, id: u32, row: &mut Vec<u8>) -> Result<(), Fault> {
    let mut cells = [GLOBALS; u8::MAX as usize];
    let mut number = 0;
    let mut captures = Captures::of(lua.top());
    while let (Some(captured), Some(cell)) = (captures.next(lua), cells.get_mut(number)) {
        if let Captured::Cell(variable) = captured {
            *cell = reach.cell_id(lua, variable);
            if *cell == 0 {
                return Err(Problem::Changed.into());
            }
        }
        number += 1;
    }
    let code = code::find_or_store(lua, reach, row)?;
    let mut record = [0; record::BYTES];
    let record = record::write(cells.get(..number).unwrap_or_default(), code, &mut record);
    Ok(rows::write_at(system::FUNCTIONS, id.into(), Some(record))?)
}

/// Deletes what was written for the objects at these places from the store, as far as the host lets it.
fn undo(lua: Stack<'_>, reach: &Reach, places: Range<i64>) {
    store::aside(|| undo_all(lua, reach, places));
}

fn undo_all(lua: Stack<'_>, reach: &Reach, places: Range<i64>) {
    let top = lua.top();
    for place in places {
        let kind = reach.push(lua, place);
        let id = reach.id(lua);
        match kind {
            Kind::Table => undo_table(lua, id),
            Kind::Function => {
                undo_entry(system::FUNCTIONS, id);
                code::undo(lua, reach);
            }
            Kind::Address => undo_entry(system::CELLS, id),
            _ => {}
        }
        lua.set_top(top);
    }
}

/// Deletes the entries of the table at the top.
fn undo_table(lua: Stack<'_>, id: u32) {
    let table = lua.top();
    if lua.push_class(table) {
        undo_entry(system::METATABLES, id);
        lua.pop(1);
    }
    lua.push_nil();
    while lua.next(table) {
        lua.set_top(table + 1);
        if let Ok(key) = keys::encode_key(lua, table + 1) {
            let _ = rows::write_plain(id, key, None);
        }
    }
}

fn undo_entry(table: u32, id: u32) {
    let _ = rows::write_at(table, id.into(), None);
}
