//! `ext.query`, `ext.first`, `ext.exists`, `ext.count`, `ext.explain`.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::budget::{self, cost};
use crate::codec::decode;
use crate::data::engine::{Answer, Answered, Query};
use crate::data::plan::Reason;
use crate::data::program::{Program, Section, flag};
use crate::data::spec::{self, Form};
use crate::library::data::{answer, index};
use crate::lua::call::Raise;
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
    let (answer, _) = answer::push_known(lua, &query)?;
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
    let (answer, _) = answer::push_known(lua, &query)?;
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
    let (answer, _) = answer::push_known(lua, &query)?;
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
    let (answer, _) = answer::push_known(lua, &query)?;
    lua.push_integer(answer.head.matched as i64);
    Ok(1)
}

/// Pushes the name of the index of that number, nil behind the last one; whether there is one.
fn push_name(lua: Stack<'_>, table: u32, number: usize) -> Result<bool, Raise> {
    let name = index::name_of(lua, table, number)?;
    match &name {
        Some(name) => lua.push_string(name.bytes()),
        None => lua.push_nil(),
    }
    Ok(name.is_some())
}

/// `ext.explain(table, specification)`: how the query is worked off, and what that takes.
pub fn explain(lua: Stack<'_>) -> Result<u8, Raise> {
    let query = begin(lua, Form::Query)?;
    let before = budget::used();
    let (answer, is_cached) = answer::push_known(lua, &query)?;
    let Answer { examined, entries, indexes, index, order, reasons, .. } = answer.head;
    let cost = budget::used() - before;
    lua.push_table(0, 8);
    let plan = ["scan", "index", "intersection"][usize::from(indexes).min(2)];
    for (name, text) in [(c"plan", plan), (c"order", ["key", "sort", "index"][usize::from(order).min(2)])] {
        lua.push_string(text.as_bytes());
        lua.set_field(-2, name);
    }
    for (name, number) in [(c"examined", examined as i64), (c"returned", entries.into()), (c"cost", cost)] {
        lua.push_integer(number);
        lua.set_field(-2, name);
    }
    // One name, or a list of two.
    match indexes {
        0 => lua.push_nil(),
        1 => {
            push_name(lua, query.table, index[0].into())?;
        }
        _ => {
            lua.push_table(2, 0);
            for (place, number) in (1..).zip(index) {
                push_name(lua, query.table, number.into())?;
                lua.raw_set_at(-2, place);
            }
        }
    }
    lua.set_field(-2, c"index");
    lua.push_table(0, 0);
    for (number, reason) in reasons.into_iter().enumerate() {
        let reason = if guards::has_hidden() { Reason::Hidden } else { Reason::of(reason) };
        if reason != Reason::Used {
            if !push_name(lua, query.table, number)? {
                lua.pop(1);
                break;
            }
            lua.push_string(reason.text().as_bytes());
            lua.raw_set(-3);
        }
    }
    lua.set_field(-2, c"reasons");
    lua.push_boolean(is_cached);
    lua.set_field(-2, c"cached");
    Ok(1)
}
