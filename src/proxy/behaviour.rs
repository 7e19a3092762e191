//! What external tables behave by: their classes and events, as Lua finds them (`lua/objects.c`). No row is read here.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::codec::handle;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::vm::instance::INSTANCE;
use crate::vm::objects::EVENTS as EVENT_NAMES;

/// Elements of a behaviour.
const CLASS: i64 = 1;
const EVENTS: i64 = 2;
const OF_INSTANCES: i64 = 3;

/// Whether the key at `key` is of an event.
#[inline]
pub fn is_event(lua: Stack<'_>, key: c_int) -> bool {
    lua.may_be_event(key) && EVENT_NAMES.contains(&lua.string(key))
}

/// Gives the external table at `table` the class on top, which is popped, or none for nil. A class that has the behaviour of
/// its instances needs no memory; otherwise it raises when that runs out.
pub fn set_class(lua: Stack<'_>, table: c_int) {
    INSTANCE.objects.are_met.set(true);
    if lua.has_events(table) {
        lua.push_behaviour(table);
        lua.push_copy(-2);
        lua.raw_set_at(table + 2, CLASS);
    } else if lua.kind(-1) == Kind::Nil {
        handle::push_plain_behaviour(lua);
        lua.set_behaviour(table);
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
pub fn set_events(lua: Stack<'_>, table: c_int) {
    INSTANCE.objects.are_met.set(true);
    let events = lua.top();
    if lua.has_events(table) {
        lua.push_behaviour(table);
    } else {
        handle::push_new_behaviour(lua, OF_INSTANCES as c_int);
        lua.push_behaviour(table);
        // What is known of the class, or that nothing is.
        lua.raw_get_at(events + 2, CLASS);
        lua.raw_set_at(events + 1, CLASS);
        lua.set_top(events + 1);
        lua.push_copy(-1);
        lua.set_behaviour(table);
    }
    lua.push_copy(events);
    lua.raw_set_at(events + 1, EVENTS);
    lua.forget_events(table);
    lua.set_top(events - 1);
}

/// Pushes the events of the external table at `table`, which have been read.
pub fn push_events(lua: Stack<'_>, table: c_int) {
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
