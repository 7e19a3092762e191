//! `setmetatable` and `getmetatable` where external tables are concerned (`lua/metatables.c`).
//!
//! Invariant: a table gets a metatable in the store and in Lua, or in neither.

use core::ffi::c_int;

use cu_abi::tables;

use crate::codec::{handle, named};
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::permissions::guards::{self, Attempt};
use crate::proxy::{access, behaviour, classes, fault, guarded, kept, objects};
use crate::store::{Failure, system};
use crate::table::write as rows;
use crate::vm::instance::INSTANCE;
use crate::vm::objects::Wanted;
use crate::vm::standing::is_gone;

/// `setmetatable(table, class)` of an external table; both are on the stack. `cu_setmetatable` calls it.
///
/// # Safety
/// Lua calls with that state.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_set_class(state: *mut State) {
    // SAFETY: the caller's.
    unsafe { call::enter(state, assign_class) }
}

/// `setmetatable(table, class)` of a plain table, with an external class.
///
/// # Safety
/// Lua calls with that state.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_want_events(state: *mut State) {
    // SAFETY: the caller's.
    unsafe { call::enter(state, |lua| want_events_of(lua, 2)) }
}

fn assign_class(lua: Stack<'_>) -> Result<(), Raise> {
    let id = access::check_table(lua, 1)?;
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
    want_events_of(lua, 2)?;
    refuse_class(lua, 2)?;
    classes::announce().map_err(failed)?;
    lua.push_integer(id.into());
    if lua.external_id(2) != 0 && !lua.has_events(1) {
        behaviour::push_of_instances(lua, 2);
        lua.pop(1);
    }
    access::assign_permitted(lua, system::METATABLES, 3, 2)?;
    set_class_of_first(lua, id);
    Ok(())
}

/// The table at 1 has the class at 2 in the store. Takes no memory.
fn set_class_of_first(lua: Stack<'_>, id: u32) {
    lua.set_top(2);
    lua.push_copy(1);
    lua.push_copy(2);
    behaviour::set_class(lua, 3);
    INSTANCE.objects.unwant(id, Wanted::CLASS);
}

/// An external table at `index` gets its events now.
fn want_events_of(lua: Stack<'_>, index: c_int) -> Result<(), Raise> {
    let id = lua.external_id(index);
    if id != 0 {
        check_there(lua, id)?;
        guarded::check_seen(lua, id)?;
        if !objects::are_events_known(lua, index, id) {
            objects::want_events(lua, index, id)?;
        }
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

/// What the collector would have to know cannot be kept, and a library is stored as a name.
fn refuse_class(lua: Stack<'_>, class: c_int) -> Result<(), Raise> {
    if let Some(name) = behaviour::refused_event(lua, class) {
        return Err(lua.fail(format_args!(
            "the metatable of an external table can have no '{name}': the store keeps no such table"
        )));
    }
    if !kept::is_kept(lua, class) {
        return Ok(());
    }
    let name = named::name(lua, class).unwrap_or("a table of modules");
    Err(lua
        .fail(format_args!("{name} cannot be the metatable of an external table: a library is no table of the store")))
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
            guarded::check_seen(lua, lua.external_id(1))?;
            let class = lua.external_id(-1);
            if lua.wants_class(-1) {
                handle::want_class(class);
            }
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
