//! `ext.migrate`: what lies in a table becomes what a newer version of a program wants, step by step.
//!
//! Invariant: a step and the note of its version are one transaction. A dry run is one around all of its steps, and is undone.
//!
//! ```text
//! version   key: id of the table | value integer: the version, from 1
//! ```
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::library::data::index::{check_changeable, raise};
use crate::lua::call::Raise;
use crate::lua::ffi;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::proxy::access;
use crate::store::{self, system};
use crate::table::write;

/// Where things are on the stack of `migrate`, and of what it calls.
const TABLE: c_int = 1;
const VERSION: c_int = 2;
const STEPS: c_int = 3;
const REPORT: c_int = 4;

/// `ext.migrate(table, version, step or steps, options)`: a report. `ext.migrate(table)`: its version.
pub fn migrate(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.set_top(4);
    if lua.kind(VERSION) == Kind::Nil {
        access::check_table(lua, TABLE)?;
        lua.push_integer(version(lua)?);
        return Ok(1);
    }
    check_changeable(lua)?;
    let is_dry = read_options(lua)?;
    let from = version(lua)?;
    let Some(to) = lua.whole(VERSION).filter(|to| *to > 0) else {
        return Err(bad(lua, VERSION, format_args!("a version is a whole number from 1")));
    };
    if from > to {
        return Err(lua
            .error(&Message::new(format_args!("the data has version {from}, newer than {to}: there is no way back"))));
    }
    match lua.kind(STEPS) {
        Kind::Function => {}
        Kind::Table => read_steps(lua, from, to)?,
        kind => {
            let kind = kind.name();
            return Err(bad(lua, STEPS, format_args!("function or list of functions expected, got {kind}")));
        }
    }
    lua.push_table(0, 4);
    for (name, number) in [(c"from", from), (c"to", to)] {
        lua.push_integer(number);
        lua.set_field(-2, name);
    }
    lua.push_boolean(is_dry);
    lua.set_field(-2, c"dry");
    lua.push_table(0, 0);
    lua.set_field(-2, c"steps");
    lua.copy(-1, REPORT);
    lua.pop(1);
    if !is_dry {
        return run(lua);
    }
    lua.push_c_function(ffi::cu_transaction);
    lua.push_rust(|lua| {
        run(lua)?;
        // What undoes everything.
        Err(Raise::Value)
    });
    for index in TABLE..=REPORT {
        lua.push_copy(index);
    }
    let is_undone = !lua.call_protected(REPORT + 1, 1, 0).is_ok() && lua.are_same(-1, REPORT);
    lua.charge(0)?;
    if is_undone { Ok(1) } else { Err(Raise::Value) }
}

fn bad(lua: Stack<'_>, argument: c_int, problem: core::fmt::Arguments<'_>) -> Raise {
    lua.error(&Message::new(format_args!("bad argument #{argument} to 'migrate' ({problem})")))
}

/// Puts a plain list of the steps that are to be made in the place of the list, which may be a stored one.
fn read_steps(lua: Stack<'_>, from: i64, to: i64) -> Result<(), Raise> {
    let list = lua.external_id(STEPS);
    lua.push_table(0, 0);
    let steps = lua.top();
    for number in (from..to).map(|before| before + 1) {
        lua.charge(1)?;
        if list == 0 {
            lua.raw_get_at(STEPS, number);
        } else {
            lua.push_integer(number);
            access::push_value(lua, list, lua.top())?;
        }
        if lua.kind(-1) != Kind::Function {
            return Err(bad(lua, STEPS, format_args!("no step to version {number}")));
        }
        lua.raw_set_at(steps, number);
        lua.set_top(steps);
    }
    lua.copy(steps, STEPS);
    lua.pop(1);
    Ok(())
}

/// Whether it is a dry run.
fn read_options(lua: Stack<'_>) -> Result<bool, Raise> {
    let mut is_dry = false;
    match lua.kind(4) {
        Kind::Nil => return Ok(false),
        Kind::Table if lua.external_id(4) == 0 => {}
        kind => {
            let kind = kind.name();
            return Err(bad(lua, 4, format_args!("table of options expected, got {kind}")));
        }
    }
    lua.push_nil();
    while lua.next(4) {
        if lua.string(-2) != b"dry" || lua.kind(-1) != Kind::Boolean {
            return Err(bad(lua, 4, format_args!("the only option is dry, a boolean")));
        }
        is_dry = lua.boolean(-1);
        lua.pop(1);
    }
    Ok(is_dry)
}

/// The version of the table, 0 for one that never had any.
fn version(lua: Stack<'_>) -> Result<i64, Raise> {
    let table = lua.external_id(TABLE);
    let stored = store::get_integer(system::VERSIONS, store::id_key(table.into()).bytes());
    Ok(stored.map_err(|failure| raise(lua, failure, table))?.unwrap_or(0))
}

/// Makes each step a transaction; the report.
fn run(lua: Stack<'_>) -> Result<u8, Raise> {
    let to = lua.integer(VERSION);
    let is_one = lua.kind(STEPS) == Kind::Function;
    let from = version(lua)?;
    // One step leads from any version to the last one.
    let first = if is_one { from.max(to - 1) } else { from };
    lua.get_field(REPORT, c"steps");
    let mut place = 0;
    for next in (first..to).map(|before| before + 1) {
        lua.charge(1)?;
        lua.push_table(0, 2);
        lua.push_integer(next);
        lua.set_field(-2, c"version");
        lua.push_c_function(ffi::cu_transaction);
        lua.push_rust(step);
        lua.push_copy(TABLE);
        lua.push_integer(next);
        if is_one {
            lua.push_copy(STEPS);
        } else {
            lua.raw_get_at(STEPS, next);
        }
        lua.call(4, 1);
        lua.set_field(-2, c"result");
        place += 1;
        lua.raw_set_at(-2, place);
    }
    lua.push_copy(REPORT);
    Ok(1)
}

/// One step: the table, its new version, and the function.
fn step(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = lua.external_id(TABLE);
    let from = version(lua)?;
    lua.push_copy(STEPS);
    lua.push_copy(TABLE);
    lua.push_integer(from);
    lua.call(2, 1);
    if version(lua)? != from {
        return Err(lua.error(&Message::new(format_args!("a step of a migration made another one of the same table"))));
    }
    let to = store::integer(lua.integer(VERSION));
    write::write_at(system::VERSIONS, table.into(), Some(&to)).map_err(|failure| raise(lua, failure, table))?;
    Ok(1)
}
