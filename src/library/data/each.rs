//! `ext.each`: any number of rows, a page at a time.
//!
//! Invariant: what an iteration holds is a page of keys. Each page goes on behind the last row of the one before, wherever rows
//! were added or removed meanwhile, as `pairs` does.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::data::engine::{Answered, Query};
use crate::data::program::{Program, Section};
use crate::data::spec::{self, Form};
use crate::library::data::answer;
use crate::lua::call::{Raise, function};
use crate::lua::kind::Kind;
use crate::lua::stack::{Stack, upvalue};
use crate::proxy::access;

/// What the iterator captures.
const TABLE: c_int = upvalue(1);
const PROGRAM: c_int = upvalue(2);
/// The page, nil before the first one.
const PAGE: c_int = upvalue(3);
/// The place in it.
const PLACE: c_int = upvalue(4);
/// How many rows may still come.
const LEFT: c_int = upvalue(5);
const CAPTURED: c_int = 5;

/// Rows of a page in the order of their keys: few, in case that the loop ends soon.
const ROWS: u32 = 128;
/// Rows of a page in another order, for each of which all rows are looked at.
const SORTED_ROWS: u32 = 2048;

/// `ext.each(table, specification)`: an iterator of keys and rows.
pub fn each(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = answer::check_table(lua)?;
    lua.set_top(2);
    let program = Program::new(spec::push_program(lua, 2, table, Form::Each)?);
    lua.push_copy(1);
    lua.push_copy(3);
    lua.push_nil();
    lua.push_integer(0);
    lua.push_integer(program.head.limit.into());
    lua.push_c_closure(function(step), CAPTURED);
    Ok(1)
}

/// The next key and row, or nil.
fn step(lua: Stack<'_>) -> Result<u8, Raise> {
    let table = access::check_table(lua, TABLE)?;
    lua.set_top(0);
    // Both stay on the stack, in case that a finalizer calls the iterator.
    lua.push_copy(PROGRAM);
    lua.push_copy(PAGE);
    let program = Program::new(lua.block(1));
    loop {
        lua.charge(1)?;
        let left = lua.integer(LEFT);
        if left == 0 {
            break;
        }
        let answer = (lua.kind(2) != Kind::Nil).then(|| Answered::new(lua.string(2)));
        let place = lua.integer(PLACE) as usize;
        if let Some((entry, next)) = answer.and_then(|answer| answer.entry(place)) {
            put(lua, PLACE, next as i64);
            if answer::push_row(lua, table, &program, entry)? {
                put(lua, LEFT, left - 1);
                return Ok(2);
            }
            continue;
        }
        let mut query = Query::new(table, program);
        if let Some(answer) = answer {
            let is_sorted = !program.section(Section::Order).is_empty();
            // In the order of keys it goes on until there is none, also behind rows that were added since.
            let rest = answer.rest().or_else(|| answer.last().filter(|_| !is_sorted).map(|key| (key, 0)));
            let Some(rest) = rest else { break };
            (query.offset, query.after) = (0, Some(rest));
        }
        let most = if program.section(Section::Order).is_empty() { ROWS } else { SORTED_ROWS };
        query.limit = most.min(left.min(i64::from(u32::MAX)) as u32);
        answer::push(lua, &query)?;
        lua.copy(-1, PAGE);
        lua.copy(-1, 2);
        lua.set_top(2);
        put(lua, PLACE, 0);
    }
    lua.push_nil();
    Ok(1)
}

fn put(lua: Stack<'_>, place: c_int, number: i64) {
    lua.push_integer(number);
    lua.copy(-1, place);
    lua.pop(1);
}
