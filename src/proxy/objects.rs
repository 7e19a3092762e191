//! Objects: external tables with a metatable, their class, and external tables that are one (`lua/objects.c`).
//!
//! - `classes`: as the store has them
//! - `behaviour`: as Lua finds them
//! - `metatables`: as scripts ask for them
//! - this file: the way from the store to Lua
//!
//! A class is an external table itself: one that was plain becomes external when it is given to one that is.
//!
//! Invariant: when Lua goes on, each external table of the instance has the class that the store has, and each one that is a metatable
//! has its events. The module's own writes, rollbacks and what other instances did are noted (`vm/objects.rs`), and looked at before
//! Lua goes on: Lua looks for metamethods where nobody could ask the host.

use alloc::vec::Vec;
use core::ffi::c_int;

use crate::budget::cost;
use crate::codec::handle;
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::proxy::{behaviour, classes, fault, fetch};
use crate::store::Failure;
use crate::vm::instance::INSTANCE;
use crate::vm::objects::{EVENTS as EVENT_NAMES, Wanted};

/// Slots that the functions here take.
const SLOTS: c_int = 24;

/// Makes it possible.
pub fn open(lua: Stack<'_>) {
    lua.push_table(0, 0);
    handle::register_nothing(lua);
    handle::register_unknown(lua);
}

// ---- looking ----

/// Looks at what was noted; a function of Lua's (`lua/call.rs`).
///
/// # Safety
/// Lua calls with that state.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_settle(state: *mut State) -> c_int {
    // SAFETY: the caller's.
    unsafe { call::enter(state, |lua| settle_all(lua).map(|()| 0)) }
}

/// Looks at what was noted.
pub fn settle_all(lua: Stack<'_>) -> Result<(), Raise> {
    lua.want_room(SLOTS, c"no room for metatables");
    if INSTANCE.objects.take_all() {
        note_all(lua)?;
    }
    let top = lua.top();
    while let Some((id, wanted)) = INSTANCE.objects.take() {
        // Until it is done: memory may run out.
        INSTANCE.objects.want(id, wanted);
        let unread = if lua.push_external(id) { settle_one(lua, id, wanted)? } else { Unread::default() };
        INSTANCE.objects.unwant(id, Wanted::BOTH);
        if unread.is_some {
            INSTANCE.objects.want(id, wanted.later());
        }
        if unread.class != 0 {
            // It may be the table itself.
            INSTANCE.objects.want(unread.class, Wanted::EVENTS.later());
        }
        lua.set_top(top);
    }
    Ok(())
}

fn note_all(lua: Stack<'_>) -> Result<(), Raise> {
    let mut ids: Vec<u32> = Vec::new();
    if ids.try_reserve_exact(INSTANCE.standing.count()).is_err() {
        INSTANCE.objects.want_all();
        return Err(Raise::Memory);
    }
    ids.extend(INSTANCE.standing.all_ids());
    // Of a store that had metatables, and has none any more, instances have met some.
    let may_have_class = INSTANCE.objects.are_there.get() || INSTANCE.objects.are_met.get();
    for id in ids {
        if lua.push_external(id) {
            let class = may_have_class && !lua.wants_class(-1);
            INSTANCE.objects.want(id, Wanted { class, events: lua.has_events(-1), ..Wanted::default() });
            lua.pop(1);
        }
    }
    Ok(())
}

/// Where the host failed, and something stands in for what could not be read.
#[derive(Default)]
struct Unread {
    /// Some of what was wanted of the table.
    is_some: bool,
    /// The table's class, whose events it is; 0 for none.
    class: u32,
}

/// Looks at the table on top.
fn settle_one(lua: Stack<'_>, id: u32, wanted: Wanted) -> Result<Unread, Raise> {
    let table = lua.top();
    let mut unread = Unread::default();
    lua.charge(cost::ENTRY)?;
    if wanted.events {
        unread.is_some = !load_events(lua, table, id)?;
    }
    if wanted.class {
        match classes::class_of(id) {
            Ok(0) => lua.push_nil(),
            Ok(class) => {
                handle::push_link(lua, class)?;
                if !lua.has_events(-1) && !load_events(lua, table + 1, class)? {
                    unread.class = class;
                }
            }
            Err(failure) => {
                push_stand_in(lua, failure, id);
                unread.is_some = true;
            }
        }
        behaviour::set_class(lua, table);
    }
    Ok(unread)
}

/// Pushes a plain table in the place of events, or of a metatable, that could not be read: each of its events raises why.
fn push_stand_in(lua: Stack<'_>, failure: Failure, id: u32) {
    let message =
        Message::new(format_args!("the metatable of external table {id} cannot be read: {}", failure.cause()));
    lua.push_table(0, EVENT_NAMES.len() as c_int);
    let events = lua.top();
    for name in EVENT_NAMES.iter().filter(|name| !matches!(**name, b"__gc" | b"__mode" | b"__name")) {
        lua.push_string(name);
        fault::push_raising(lua, &message);
        lua.raw_set(events);
    }
}

/// Reads the events of the external table at `table`, which has a behaviour of its own from now on; false where the host failed, and
/// something stands in for what could not be read.
fn load_events(lua: Stack<'_>, table: c_int, id: u32) -> Result<bool, Raise> {
    let mut is_done = true;
    match classes::events_in(id) {
        Err(failure) => {
            push_stand_in(lua, failure, id);
            is_done = false;
        }
        Ok(found) => {
            lua.push_table(0, 4);
            let events = lua.top();
            for (place, name) in EVENT_NAMES.iter().enumerate() {
                if found & 1 << place == 0 {
                    continue;
                }
                lua.charge(cost::ENTRY)?;
                lua.push_string(name);
                is_done &= fetch::read_event(lua, id, events + 1)?;
                lua.raw_set(events);
            }
        }
    }
    behaviour::set_events(lua, table);
    Ok(is_done)
}

// ---- what the instance itself changes ----
//
// Where a script assigns, nothing is read again: that could fail, and the assignment has been made.

/// `assign` assigns the value at `value` to the key of an event of the table, at absolute indices.
pub fn assign_event(
    lua: Stack<'_>,
    id: u32,
    key: c_int,
    value: c_int,
    assign: impl FnOnce() -> Result<(), Raise>,
) -> Result<(), Raise> {
    lua.want_room(SLOTS, c"no room for a metamethod");
    if !lua.push_external(id) {
        return assign();
    }
    let table = lua.top();
    if !are_events_known(lua, table, id) {
        want_events(lua, table, id)?;
    }
    behaviour::push_events(lua, table);
    let events = lua.top();
    // Where something is raised without being answered, they are read again.
    INSTANCE.objects.want(id, Wanted::EVENTS);
    lua.push_copy(key);
    let was_there = lua.raw_get(events) != Kind::Nil;
    if !was_there {
        set_event(lua, events, key, |lua| lua.push_boolean(false));
    }
    let assigned = assign();
    if assigned.is_ok() {
        set_event(lua, events, key, |lua| lua.push_copy(value));
    } else if !was_there {
        set_event(lua, events, key, Stack::push_nil);
    }
    INSTANCE.objects.unwant(id, Wanted::EVENTS);
    lua.forget_events(table);
    if assigned.is_ok() {
        lua.set_top(table - 1);
    }
    assigned
}

fn set_event<'s>(lua: Stack<'s>, events: c_int, key: c_int, push: impl FnOnce(Stack<'s>)) {
    lua.push_copy(key);
    push(lua);
    lua.raw_set(events);
}

/// Whether the events of the external table at `table` were read, and nothing stands in for them.
pub fn are_events_known(lua: Stack<'_>, table: c_int, id: u32) -> bool {
    lua.has_events(table) && !INSTANCE.objects.wants_events(id)
}

/// Reads the events of the external table at `table`; raises what goes wrong.
pub fn want_events(lua: Stack<'_>, table: c_int, id: u32) -> Result<(), Raise> {
    if load_events(lua, table, id)? {
        INSTANCE.objects.unwant(id, Wanted::EVENTS);
        return Ok(());
    }
    INSTANCE.objects.want(id, Wanted::EVENTS.later());
    Err(lua.fail(format_args!("the host failed to read the metamethods of external table {id}")))
}
