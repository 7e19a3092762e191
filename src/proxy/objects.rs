//! Objects: external tables with a metatable, their class, and external tables that are one (`lua/objects.c`).
//!
//! The store has the class of a table in a system table: its key is the table, its value the reference to the class. A class
//! is an external table itself: one that was plain becomes external when it is given to one that is.
//!
//! Invariant: when Lua goes on, each external table of the instance has the class that the store has, and each one that is a metatable
//! has its events. The module's own writes, rollbacks and what other instances did are noted (`vm/objects.rs`), and looked at before
//! Lua goes on: Lua looks for metamethods where nobody could ask the host.

use alloc::vec::Vec;
use core::ffi::c_int;

use cu_abi::tables;
use cu_abi::tags;

use crate::budget::cost;
use crate::codec::handle;
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::permissions::guards::{self, Attempt};
use crate::proxy::{fault, guarded};
use crate::store::keys::Keys;
use crate::store::ledger::Ledger;
use crate::store::{self, Failure, Fetched, counter, system};
use crate::table::write as rows;
use crate::vm::instance::INSTANCE;
use crate::vm::objects::{EVENTS as EVENT_NAMES, FRONT, Wanted, event};
use crate::vm::standing::is_gone;

/// How rows are read and written for a script (`access.rs`), which itself asks this file about events.
pub struct Access {
    pub read_event: fn(Stack<'_>, u32, c_int) -> Result<bool, Raise>,
    pub check_table: fn(Stack<'_>, c_int) -> Result<u32, Raise>,
    pub assign_permitted: fn(Stack<'_>, u32, c_int, c_int) -> Result<(), Raise>,
}

/// Elements of a behaviour.
const CLASS: i64 = 1;
const EVENTS: i64 = 2;
const OF_INSTANCES: i64 = 3;

/// Slots that the functions here take.
const SLOTS: c_int = 24;

/// A reference to a table, encoded.
const REFERENCE_BYTES: usize = 5;

/// Makes it possible.
pub fn open(lua: Stack<'_>) {
    lua.push_table(0, 0);
    handle::register_nothing(lua);
}

// ---- what is noted ----

/// Another instance may have changed everything.
pub fn look_again() {
    INSTANCE.objects.want_all();
}

/// Whether the store has metatables.
pub fn note(has_objects: bool) {
    if has_objects && !INSTANCE.objects.are_there.replace(true) {
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

// ---- looking ----

pub fn settle_all(access: &Access, lua: Stack<'_>) -> Result<(), Raise> {
    lua.want_room(SLOTS, c"no room for metatables");
    if INSTANCE.objects.take_all() {
        note_all(lua)?;
    }
    let top = lua.top();
    while let Some((id, wanted)) = INSTANCE.objects.take() {
        // Until it is done: memory may run out.
        INSTANCE.objects.want(id, wanted);
        let is_done = !lua.push_external(id) || settle_one(access, lua, id, wanted)?;
        INSTANCE.objects.unwant(id);
        if !is_done {
            INSTANCE.objects.want(id, Wanted { later: true, ..wanted });
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
    for id in ids {
        INSTANCE.objects.want(id, Wanted { class: INSTANCE.objects.are_there.get(), ..Wanted::default() });
        if lua.push_external(id) {
            if lua.has_events(-1) {
                INSTANCE.objects.want(id, Wanted { events: true, ..Wanted::default() });
            }
            lua.pop(1);
        }
    }
    Ok(())
}

/// Looks at the table on top; false where the host failed, and something stands in for what could not be read.
fn settle_one(access: &Access, lua: Stack<'_>, id: u32, wanted: Wanted) -> Result<bool, Raise> {
    let table = lua.top();
    let mut is_done = true;
    lua.charge(cost::ENTRY)?;
    if wanted.events {
        is_done = load_events(access, lua, table, id)?;
    }
    if wanted.class {
        match class_of(id) {
            Ok(0) => lua.push_nil(),
            Ok(class) => {
                handle::push(lua, class)?;
                if !lua.has_events(-1) && !load_events(access, lua, table + 1, class)? {
                    INSTANCE.objects.want(class, Wanted { events: true, later: true, ..Wanted::default() });
                }
            }
            Err(failure) => {
                push_stand_in(lua, failure, id);
                is_done = false;
            }
        }
        set_class(lua, table);
    }
    Ok(is_done)
}

/// Pushes a plain table in the place of events, or of a metatable, that could not be read: each of its events raises why.
fn push_stand_in(lua: Stack<'_>, failure: Failure, id: u32) {
    let message =
        Message::new(format_args!("the metatable of external table {id} cannot be read: {}", failure.cause()));
    lua.push_table(0, EVENT_NAMES.len() as c_int);
    let events = lua.top();
    for name in EVENT_NAMES.iter().filter(|name| !matches!(**name, b"__gc" | b"__mode" | b"__name" | b"__metatable")) {
        lua.push_string(name);
        fault::push_raising(lua, &message);
        lua.raw_set(events);
    }
    // No script can have it.
    lua.push_boolean(false);
    lua.set_field(events, c"__metatable");
}

/// The class of a table, as the store has it; 0 for none.
fn class_of(id: u32) -> Result<u32, Failure> {
    if !INSTANCE.objects.are_there.get() {
        return Ok(0);
    }
    match store::get(system::METATABLES, store::id_key(id.into()).bytes())? {
        Fetched::Absent => Ok(0),
        Fetched::Short(REFERENCE_BYTES) => {
            // SAFETY: the bytes are looked at before anything else is read.
            let bytes = unsafe { store::value_buffer() };
            match bytes {
                [tags::EXTERNAL, a, b, c, d, ..] => match u32::from_le_bytes([*a, *b, *c, *d]) {
                    class @ 1..tables::SYSTEM_FIRST => Ok(class),
                    _ => Err(Failure::damaged(system::METATABLES)),
                },
                _ => Err(Failure::damaged(system::METATABLES)),
            }
        }
        Fetched::Short(_) | Fetched::Long(_) => Err(Failure::damaged(system::METATABLES)),
    }
}

/// Gives the external table at `table` the class on top, which is popped, or none for nil; raises when memory runs out, but not
/// after `make_room`.
fn set_class(lua: Stack<'_>, table: c_int) {
    INSTANCE.objects.are_met.set(true);
    if lua.has_events(table) {
        lua.push_behaviour(table);
        lua.push_copy(-2);
        lua.raw_set_at(table + 2, CLASS);
    } else if lua.kind(-1) == Kind::Nil {
        if lua.has_class(table) {
            handle::push_plain_behaviour(lua);
            lua.set_behaviour(table);
        }
    } else if lua.external_id(-1) == 0 {
        let stand_in = lua.top();
        handle::push_new_behaviour(lua, CLASS as c_int);
        lua.push_copy(stand_in);
        lua.raw_set_at(stand_in + 1, CLASS);
        lua.set_behaviour(table);
    } else {
        let class = lua.top();
        lua.push_behaviour(class);
        push_behaviour_of_instances(lua, class, class + 1);
        lua.set_behaviour(table);
    }
    lua.set_top(table);
}

/// Pushes the behaviour of what has a class, made now if there is none. `own` is that of the class.
fn push_behaviour_of_instances(lua: Stack<'_>, class: c_int, own: c_int) {
    if lua.raw_get_at(own, OF_INSTANCES) != Kind::Table {
        lua.pop(1);
        handle::push_new_behaviour(lua, CLASS as c_int);
        let made = lua.top();
        lua.push_copy(class);
        lua.raw_set_at(made, CLASS);
        lua.push_copy(made);
        lua.raw_set_at(own, OF_INSTANCES);
    }
}

/// Gives the external table at `table` a behaviour of its own with the events on top, which are popped.
fn set_events(lua: Stack<'_>, table: c_int) {
    INSTANCE.objects.are_met.set(true);
    let events = lua.top();
    if lua.has_events(table) {
        lua.push_behaviour(table);
    } else {
        handle::push_new_behaviour(lua, OF_INSTANCES as c_int);
        if lua.push_class(table) {
            lua.raw_set_at(events + 1, CLASS);
        }
        lua.push_copy(-1);
        lua.set_behaviour(table);
    }
    lua.push_copy(events);
    lua.raw_set_at(events + 1, EVENTS);
    lua.forget_events(table);
    lua.set_top(events - 1);
}

/// Reads the events of the external table at `table`, which has a behaviour of its own from now on; false where the host failed, and
/// something stands in for what could not be read.
fn load_events(access: &Access, lua: Stack<'_>, table: c_int, id: u32) -> Result<bool, Raise> {
    let mut is_done = true;
    match events_in(id) {
        Err(failure) => {
            push_stand_in(lua, failure, id);
            is_done = false;
        }
        Ok(found) => {
            lua.push_table(0, 4);
            let events = lua.top();
            for (_, name) in EVENT_NAMES.iter().enumerate().filter(|(place, _)| found & 1 << place != 0) {
                lua.charge(cost::ENTRY)?;
                lua.push_string(name);
                is_done &= (access.read_event)(lua, id, events + 1)?;
                lua.raw_set(events);
            }
        }
    }
    set_events(lua, table);
    Ok(is_done)
}

/// Which events a table has, a bit each.
fn events_in(id: u32) -> Result<u32, Failure> {
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

// ---- what the instance itself changes ----
//
// Where a script assigns, nothing is read again: that could fail, and the assignment has been made.

/// Whether the key at `key` is of an event.
#[inline]
pub fn is_event(lua: Stack<'_>, key: c_int) -> bool {
    lua.may_be_event(key) && EVENT_NAMES.contains(&lua.string(key))
}

/// `assign` assigns the value at `value` to the key of an event of the table, at absolute indices.
pub fn assign_event(
    access: &Access,
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
    if !lua.has_events(table) {
        want_events(access, lua, table, id)?;
    }
    push_events(lua, table);
    let events = lua.top();
    // Where something is raised without being answered, they are read again.
    INSTANCE.objects.want(id, Wanted { events: true, ..Wanted::default() });
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
    INSTANCE.objects.unwant(id);
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

/// Pushes the events of the external table at `table`, which have been read.
fn push_events(lua: Stack<'_>, table: c_int) {
    lua.push_behaviour(table);
    let behaviour = lua.top();
    lua.raw_get_at(behaviour, EVENTS);
    lua.copy(-1, behaviour);
    lua.set_top(behaviour);
}

/// Pushes a behaviour for the plain table at `table`, which is to become external and has events or is to be a class; raises when
/// memory runs out.
pub fn push_own_of_plain(lua: Stack<'_>, table: c_int) {
    handle::push_new_behaviour(lua, OF_INSTANCES as c_int);
    let own = lua.top();
    lua.push_table(0, 4);
    for name in EVENT_NAMES {
        lua.push_string(name);
        lua.push_copy(-1);
        if lua.raw_get(table) == Kind::Nil {
            lua.pop(2);
        } else {
            lua.raw_set(own + 1);
        }
    }
    lua.raw_set_at(own, EVENTS);
    push_behaviour_of_instances(lua, table, own);
    lua.set_top(own);
}

/// The class at `class` of the behaviour at `own`, from now on.
pub fn note_class(lua: Stack<'_>, own: c_int, class: c_int) {
    lua.push_copy(class);
    lua.raw_set_at(own, CLASS);
}

/// Pushes the behaviour of what has the external table at `class` as its class, which is a metatable already.
pub fn push_of_instances(lua: Stack<'_>, class: c_int) {
    lua.push_behaviour(class);
    let own = lua.top();
    push_behaviour_of_instances(lua, class, own);
    lua.copy(-1, own);
    lua.set_top(own);
}

/// The same, of the behaviour at `own` of a table that will be external.
pub fn push_of_instances_of(lua: Stack<'_>, own: c_int) {
    lua.raw_get_at(own, OF_INSTANCES);
}

// ---- what scripts ask for ----

pub fn assign_class(access: &Access, lua: Stack<'_>) -> Result<(), Raise> {
    let id = (access.check_table)(lua, 1)?;
    check_there(lua, id)?;
    if id == tables::IO {
        return Err(lua.fail(format_args!("_io can have no metatable: the host clears it")));
    }
    guarded::check_whole(lua, id, Attempt::Metatable)?;
    let failed = |failure: Failure| fault::raise_of_table(lua, failure.into(), id);
    if lua.kind(2) == Kind::Nil {
        if INSTANCE.objects.are_there.get() {
            rows::write_at(system::METATABLES, id.into(), None).map_err(failed)?;
            set_class_of_first(lua, id);
        }
        return Ok(());
    }
    want_events_of(access, lua, 2)?;
    refuse_events(lua, 2)?;
    announce().map_err(failed)?;
    lua.push_integer(id.into());
    if lua.external_id(2) != 0 && !lua.has_events(1) {
        push_of_instances(lua, 2);
        lua.pop(1);
    }
    (access.assign_permitted)(lua, system::METATABLES, 3, 2)?;
    set_class_of_first(lua, id);
    Ok(())
}

/// The table at 1 has the class at 2 in the store. Takes no memory.
fn set_class_of_first(lua: Stack<'_>, id: u32) {
    lua.set_top(2);
    lua.push_copy(1);
    lua.push_copy(2);
    set_class(lua, 3);
    INSTANCE.objects.unwant(id);
}

/// An external table at `index` gets its events now.
pub fn want_events_of(access: &Access, lua: Stack<'_>, index: c_int) -> Result<(), Raise> {
    let id = lua.external_id(index);
    if id != 0 {
        check_there(lua, id)?;
    }
    if id != 0 && !lua.has_events(index) {
        (access.check_table)(lua, index)?;
        want_events(access, lua, index, id)?;
    }
    Ok(())
}

/// Refuses a table that is gone.
fn check_there(lua: Stack<'_>, id: u32) -> Result<(), Raise> {
    if is_gone(id) {
        return Err(fault::raise_of_table(lua, Failure::gone(id).into(), id));
    }
    Ok(())
}

/// Reads the events of the external table at `table`; raises what goes wrong.
fn want_events(access: &Access, lua: Stack<'_>, table: c_int, id: u32) -> Result<(), Raise> {
    if load_events(access, lua, table, id)? {
        return Ok(());
    }
    INSTANCE.objects.want(id, Wanted { events: true, later: true, ..Wanted::default() });
    Err(lua.fail(format_args!("the host failed to read the metamethods of external table {id}")))
}

/// What the collector would have to know cannot be kept.
fn refuse_events(lua: Stack<'_>, class: c_int) -> Result<(), Raise> {
    match refused_event(lua, class) {
        None => Ok(()),
        Some(name) => Err(lua.fail(format_args!(
            "the metatable of an external table can have no '{name}': the store keeps no such table"
        ))),
    }
}

/// The event of a metatable with which a table cannot be stored.
pub fn refused_event(lua: Stack<'_>, class: c_int) -> Option<&'static str> {
    let class = lua.absolute(class);
    let top = lua.top();
    ["__gc", "__mode"].into_iter().find(|name| {
        if lua.external_id(class) == 0 {
            lua.push_copy(class);
        } else {
            push_events(lua, class);
        }
        let is_there = lua.kind(-1) == Kind::Table && {
            lua.push_string(name.as_bytes());
            lua.raw_get(lua.top() - 1) != Kind::Nil
        };
        lua.set_top(top);
        is_there
    })
}

/// A chain of metatables leads from one external table to another, 0 for any other value: what lies in a read-only one is read-only.
#[unsafe(no_mangle)]
extern "C" fn cu_admit_link(from: u32, to: u32) {
    if from != 0 && to != 0 && guards::is_active() {
        // Whether it is hidden is said when it is used.
        let _ = guards::admit(to, from);
    }
}

/// `getmetatable` found the external table on top.
///
/// # Safety
/// Lua calls with that state.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_admit_class(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        call::enter(state, |lua| {
            let class = lua.external_id(-1);
            if guards::is_active() && !guards::admit(class, giver(lua)) {
                lua.pop(1);
                lua.push_nil();
            }
            Ok(())
        });
    }
}

/// Where the script has the metatable of the value at 1 from: that table, or the class of a plain one, which may name another.
fn giver(lua: Stack<'_>) -> u32 {
    let table = lua.external_id(1);
    if table != 0 || lua.kind(1) != Kind::Table || !lua.push_class(1) {
        return table;
    }
    let class = lua.external_id(-1);
    lua.pop(1);
    class
}
