//! `ext.query`, `ext.first`, `ext.exists`, `ext.count`, `ext.explain`.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::budget::{self, cost};
use crate::codec::decode;
use crate::data::engine::{Answered, Query};
use crate::data::lookup;
use crate::data::plan::Reason;
use crate::data::program::{Program, Section, flag};
use crate::data::spec::{self, Form};
use crate::library::data::{answer, index};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::fault;

/// The program of the specification, on the stack behind both arguments.
fn begin<'s>(lua: Stack<'s>, form: Form) -> Result<Query<'s>, Raise> {
    let table = answer::check_table(lua)?;
    lua.set_top(2);
    let program = Program::new(spec::push_program(lua, 2, table, form)?);
    Ok(Query::new(table, program))
}

/// Pushes the entry at a place: a row's key and the row, or nil and a group; false, and nothing pushed, for a row that is gone.
fn push_entry(lua: Stack<'_>, query: &Query<'_>, entry: &[u8]) -> Result<bool, Raise> {
    if !query.program.has(flag::GROUPS) {
        return answer::push_row(lua, query.table, &query.program, entry);
    }
    lua.push_nil();
    decode::push(lua, entry)?;
    Ok(true)
}

/// `ext.query(table, specification)`: rows, their keys, and a cursor or nil.
pub fn query(lua: Stack<'_>) -> Result<u8, Raise> {
    let query = begin(lua, Form::Query)?;
    let answer = answer::push(lua, &query)?;
    let rows = push_lists(lua, &query, &answer)?;
    lua.set_top(rows + 1);
    answer::push_cursor(lua, &query.program, &answer);
    Ok(3)
}

/// Pushes the list of rows and the list of keys; where the first is.
fn push_lists(lua: Stack<'_>, query: &Query<'_>, answer: &Answered<'_>) -> Result<c_int, Raise> {
    let (rows, entries) = (lua.top() + 1, answer.head.entries as c_int);
    let keys = if query.program.has(flag::GROUPS) { 0 } else { entries };
    lua.push_table(entries, 0);
    lua.push_table(keys, 0);
    let (mut place, mut count) = (0, 0);
    while let Some((entry, next)) = answer.entry(place) {
        place = next;
        lua.charge(2 * cost::ELEMENT)?;
        if push_entry(lua, query, entry)? {
            count += 1;
            lua.raw_set_at(rows, count);
            lua.raw_set_at(rows + 1, count);
        }
    }
    Ok(rows)
}

/// `ext.first(table, specification)`: the first row and its key, or nil.
pub fn first(lua: Stack<'_>) -> Result<u8, Raise> {
    let query = begin(lua, Form::First)?;
    let answer = answer::push(lua, &query)?;
    if let Some((entry, _)) = answer.entry(0)
        && push_entry(lua, &query, entry)?
    {
        lua.insert(-2);
        return Ok(2);
    }
    lua.push_nil();
    Ok(1)
}

/// `ext.exists(table, filter)`: whether a row matches.
pub fn exists(lua: Stack<'_>) -> Result<u8, Raise> {
    let query = begin(lua, Form::Exists)?;
    let answer = answer::push(lua, &query)?;
    lua.push_boolean(answer.head.entries > 0);
    Ok(1)
}

/// `ext.count(table, filter)`: how many rows match.
pub fn count(lua: Stack<'_>) -> Result<u8, Raise> {
    let query = begin(lua, Form::Count)?;
    if query.program.section(Section::Where).is_empty() && !guards::is_active() {
        let size = guards::size(query.table);
        let size = size.map_err(|failure| fault::raise_of_table(lua, failure.into(), query.table))?;
        lua.push_integer(size.into());
        return Ok(1);
    }
    let answer = answer::push(lua, &query)?;
    lua.push_integer(answer.head.matched as i64);
    Ok(1)
}

/// Adds to the table on top which index is used, and why each other one is not.
fn push_reasons(lua: Stack<'_>, table: u32, reasons: &[Reason]) -> Result<(), Raise> {
    let explained = lua.top();
    lua.push_table(0, 0);
    for (number, reason) in reasons.iter().enumerate() {
        let Some(name) = index::name_of(lua, table, number)? else { break };
        lua.push_string(name.bytes());
        if *reason == Reason::Used {
            if lua.get_field(explained, c"index") != Kind::Nil {
                // Of two, both names.
                lua.push_string(b", ");
                lua.push_copy(-3);
                lua.concat(3);
            } else {
                lua.pop(1);
            }
            lua.set_field(explained, c"index");
            lua.set_top(explained + 1);
            continue;
        }
        lua.push_string(reason.text().as_bytes());
        lua.raw_set(explained + 1);
    }
    lua.set_field(explained, c"reasons");
    Ok(())
}

/// `ext.explain(table, specification)`: how the query is worked off, and what that takes.
pub fn explain(lua: Stack<'_>) -> Result<u8, Raise> {
    let query = begin(lua, Form::Query)?;
    let before = budget::used();
    let answer = answer::push(lua, &query)?;
    let cost = budget::used() - before;
    lua.push_table(0, 8);
    let order = if query.program.section(Section::Order).is_empty() && !query.program.has(flag::GROUPS) {
        "key"
    } else {
        "sort"
    };
    let chosen = lookup::choose(query.table, &query.program, query.after).map_err(|stop| answer::raise(lua, query.table, stop))?;
    let reasons = chosen.reasons;
    let plan = match (&chosen.way, &chosen.other) {
        (None, _) => "scan",
        (Some(_), None) => "index",
        (Some(_), Some(_)) => "intersection",
    };
    let order = if chosen.is_in_order { "index" } else { order };
    drop(chosen);
    for (name, text) in [(c"plan", plan), (c"order", order)] {
        lua.push_string(text.as_bytes());
        lua.set_field(-2, name);
    }
    let numbers =
        [(c"examined", answer.head.examined as i64), (c"returned", answer.head.entries.into()), (c"cost", cost)];
    for (name, number) in numbers {
        lua.push_integer(number);
        lua.set_field(-2, name);
    }
    push_reasons(lua, query.table, &reasons)?;
    lua.push_boolean(false);
    lua.set_field(-2, c"cached");
    Ok(1)
}
