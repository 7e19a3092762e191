//! What a query answers, pushed row by row; and why it does not.
//!
//! Invariant: the answer lies in a block on Lua's stack, so whatever runs while rows are pushed finds it whole. A row that is gone
//! by then is left out.

use alloc::vec::Vec;
use core::ffi::c_int;

use cu_abi::key::{self, Key};
use cu_abi::tables;

use crate::budget::{self, cost};
use crate::closure::restore;
use crate::codec::decode::{self, Shape};
use crate::data;
use crate::data::cache;
use crate::data::component::Buffer;
use crate::data::cursor;
use crate::data::engine::{self, Answered, Query};
use crate::data::index::entries;
use crate::data::path::Path;
use crate::data::plan;
use crate::data::program::{Parts, Program, Section};
use crate::data::row::{self, Broken, Eyes, Row, Value};
use crate::data::state::Role;
use crate::data::stop::{Look, Noted, Stop};
use crate::data::{catalogue, change, changing, scratch};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::lua::status::Status;
use crate::permissions::guards;
use crate::proxy::fault::{self, Fault};
use crate::proxy::{access, channels, fetch};
use crate::store::{self, Failure};
use crate::table::write;
use crate::vm::room;

/// The table that a query is of, at the first place.
pub fn check_table(lua: Stack<'_>) -> Result<u32, Raise> {
    let table = access::check_table(lua, 1)?;
    if table == tables::IO {
        channels::write_back(lua)?;
    }
    Ok(table)
}

/// Works off a query with the indexes that its table has.
fn run<'a>(query: &Query<'a>, look: &mut Look<'a>) -> Result<Vec<u8>, Stop> {
    let table = query.table;
    let is_root =
        data::is_in_use() && change::role_of(table).map_err(|failure| look.note_keys(failure))?.is(Role::ROOT);
    // An index has what is hidden, too: in its order, and in what it leaves out.
    let is_scan = !is_root
        || guards::has_hidden()
        || (guards::is_read_only() && !changing::is_whole(table).map_err(|failure| look.note_keys(failure))?);
    if is_scan {
        return engine::run(query, &[], look);
    }
    changing::mend(table).map_err(|failure| look.note_keys(failure))?;
    let nodes = query.program.section(Section::Where);
    let answer = catalogue::with(table, |attached| {
        let mut definitions = Vec::new();
        for index in attached.indexes.iter().take(plan::MOST) {
            let has_strings = index.is_multi
                && index.paths.iter().any(|field| plan::asks_for_parts(nodes, field.path().bytes()))
                && entries::has_strings(index)?;
            scratch::push(&mut definitions, table, index.to_planner(has_strings))?;
        }
        Ok(engine::run(query, &definitions, look))
    });
    answer.unwrap_or_else(|failure| Err(look.note_keys(failure)))
}

/// Works off a query as its program says, if the answer is not known, and pushes the answer; whether it was known.
pub fn push_known<'s>(lua: Stack<'s>, query: &Query<'_>) -> Result<(Answered<'s>, bool), Raise> {
    let program = query.program.bytes();
    budget::spend(program.len() / cost::BYTES_COMPARED);
    if let Some(answer) = cache::find(query.table, program) {
        lua.push_string(answer);
        return Ok((Answered::new(lua.string(-1)), true));
    }
    // A finalizer may change rows while the answer is pushed.
    let changes = write::changes();
    let answer = push(lua, query)?;
    cache::keep(query.table, program, changes, answer.bytes());
    Ok((answer, false))
}

/// Works off a query, and pushes its answer.
pub fn push<'s>(lua: Stack<'s>, query: &Query<'_>) -> Result<Answered<'s>, Raise> {
    // The answer is dropped here, before anything raises: Lua's lack of memory is caught.
    let mut look = Look::new(Eyes::Script);
    let pushed = room::collecting(lua, || run(query, &mut look));
    match pushed.map(|answer| push_bytes(lua, &answer)) {
        Ok(status) if status.is_ok() => Ok(Answered::new(lua.string(-1))),
        Ok(_) => Err(Raise::Value),
        Err(stop) => Err(raise(lua, query.table, stop, look.noted)),
    }
}

/// Pushes a string, or the error that there is no memory for it. Raises nothing.
fn push_bytes(lua: Stack<'_>, bytes: &[u8]) -> Status {
    fn copy(lua: Stack<'_>, bytes: &mut &[u8]) -> Result<u8, Raise> {
        lua.push_string(bytes);
        Ok(1)
    }
    lua.protected(copy, &mut &*bytes, 1)
}

/// Raises why there is no answer.
#[cold]
fn raise(lua: Stack<'_>, table: u32, stop: Stop, noted: Noted<'_>) -> Raise {
    match (stop, noted) {
        (Stop::Noted, Noted::Keys(failure)) => fault::raise_of_table(lua, failure.into(), table),
        (Stop::Noted, Noted::Row(broken, path, element)) => raise_broken(lua, broken, path, element),
        (Stop::Budget, _) => lua.charge(0).err().unwrap_or(Raise::Budget),
        _ => Raise::Memory,
    }
}

/// Raises what is wrong at a key of a row.
fn raise_broken(lua: Stack<'_>, broken: Broken, mut path: Path<'_>, element: i64) -> Raise {
    let mut key = if broken.segment == 0 {
        // SAFETY: no walk is under way, and the key is copied by Lua before another one begins.
        unsafe { store::spare_page() }.current().unwrap_or_default()
    } else {
        &[]
    };
    for _ in 0..broken.segment {
        if let Some((segment, rest)) = path.split() {
            (key, path) = (segment, rest);
        }
    }
    if element != 0 {
        lua.push_integer(element);
    } else if push_decoded(lua, key).is_none() {
        lua.push_nil();
    }
    fault::raise(lua, broken.fault, broken.table, lua.top())
}

/// Pushes the Lua value of an encoded key; none, and nothing pushed, for what is no key.
fn push_decoded(lua: Stack<'_>, encoded: &[u8]) -> Option<()> {
    // SAFETY: one thread, and nothing else is in the buffer: keys are used before Lua is asked for anything (`proxy/keys.rs`). A
    // string is copied by Lua before anything is collected.
    let buffer = unsafe { store::key_buffer() };
    match key::decode(encoded, buffer.room()).ok()? {
        Key::Boolean(value) => lua.push_boolean(value),
        Key::Integer(value) => lua.push_integer(value),
        Key::Float(value) => lua.push_number(value),
        Key::String(value) => lua.push_string(value),
    }
    Some(())
}

/// Pushes the key and the row of an entry; false, and nothing pushed, when the row is gone.
pub fn push_row(lua: Stack<'_>, table: u32, program: &Program<'_>, encoded: &[u8]) -> Result<bool, Raise> {
    if push_decoded(lua, encoded).is_none() {
        return Err(fault::raise_of_table(lua, Failure::damaged(table).into(), table));
    }
    let key = lua.top();
    let columns = Parts(program.section(Section::Select));
    if !columns.0.is_empty() {
        push_columns(lua, table, key, encoded, columns)?;
    } else if guards::is_active() || table == tables::IO {
        access::push_listed(lua, table, key)?;
    } else {
        fetch::read_listed(lua, table, key, encoded)?;
    }
    if lua.kind(-1) == Kind::Nil {
        lua.pop(2);
        return Ok(false);
    }
    Ok(true)
}

/// Pushes a table of some fields of a row; nil when the row is gone.
fn push_columns(lua: Stack<'_>, table: u32, key: c_int, encoded: &[u8], mut columns: Parts<'_>) -> Result<(), Raise> {
    if guards::is_active() {
        access::push_listed(lua, table, key)?;
        if lua.kind(-1) == Kind::Nil {
            return Ok(());
        }
        let row = lua.top();
        lua.push_table(0, 4);
        while let Some((name, path)) = columns.column() {
            lua.push_string(name);
            push_seen(lua, row, path)?;
            lua.raw_set(-3);
        }
        lua.remove_below();
        return Ok(());
    }
    let found = Row::read(table, encoded, None, Eyes::Script);
    let id = match found {
        Ok(Row::Table(id)) => id,
        Ok(row) if row.exists() => 0,
        Ok(_) => {
            lua.push_nil();
            return Ok(());
        }
        Err(broken) => return Err(fault::raise(lua, broken.fault, broken.table, key)),
    };
    lua.push_table(0, 4);
    while let Some((name, path)) = columns.column() {
        lua.push_string(name);
        // A row that is no table may lie in memory, which is given back before anything raises.
        let row = Row::Table(id);
        let value = match id {
            0 => row::read(table, encoded, path, None, Eyes::Script),
            _ => row.field(path, None, Eyes::Script),
        };
        match value {
            Ok(value) => push_value(lua, value).map_err(|fault| fault::raise(lua, fault, table, key))?,
            Err(broken) => return Err(raise_broken(lua, broken, path, 0)),
        }
        lua.raw_set(-3);
    }
    Ok(())
}

/// Pushes what a script sees at a path of the value at `row`.
fn push_seen(lua: Stack<'_>, row: c_int, mut path: Path<'_>) -> Result<(), Raise> {
    lua.push_copy(row);
    while let Some((segment, rest)) = path.split() {
        path = rest;
        let at = lua.top();
        let id = lua.external_id(at);
        if id == 0 || push_decoded(lua, segment).is_none() {
            lua.set_top(at - 1);
            lua.push_nil();
            return Ok(());
        }
        access::push_value(lua, id, at + 1)?;
        lua.copy(-1, at);
        lua.set_top(at);
    }
    Ok(())
}

/// Pushes a value that was read.
fn push_value(lua: Stack<'_>, value: Value<'_>) -> Result<(), Fault> {
    let Some(bytes) = value.bytes() else {
        lua.push_nil();
        return Ok(());
    };
    if value.is_in_buffer() && decode::push_ordinary(lua, bytes)? {
        return Ok(());
    }
    // It is dropped here, before anything raises.
    let status = push_bytes(lua, bytes);
    drop(value);
    if !status.is_ok() {
        return Err(Raise::Value.into());
    }
    let bytes = lua.string(-1);
    match decode::check(bytes)? {
        Shape::Function(function) => restore::push(lua, function)?,
        _ => decode::push(lua, bytes)?,
    }
    lua.remove_below();
    Ok(())
}

/// Pushes where a query goes on, nil when there is no more.
pub fn push_cursor(lua: Stack<'_>, program: &Program<'_>, answer: &Answered<'_>) {
    let Some((keys, sort)) = answer.rest() else {
        lua.push_nil();
        return;
    };
    let block = lua.push_block(cursor::length(keys.len()));
    let mut out = Buffer::new(block);
    cursor::write(program.head.digest, sort, keys, &mut out);
    lua.push_string(out.bytes());
    lua.remove_below();
}
