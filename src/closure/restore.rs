//! A stored function becomes a live one again, and with it all that it captured.
//!
//! Invariant: in the end the function and everything that it needs are live and known, or none of them is known. The collector
//! rests while a batch is restored, so that no finalizer meets a function whose captured variables are not there yet.
//!
//! 1. The function is made, of the prototype of its code if one lives; otherwise that is loaded, which does no harm if the
//!    rest fails. A captured variable that lives is joined; a new one goes on a list.
//! 2. While there is something on the list: the value of the last variable is read. If it is a function that does not live,
//!    it is made too, and its new variables go on the list: so a long chain needs neither deep recursion nor a long list.
//! 3. Functions and variables are made known, all at once. Nothing here can fail.
//!
//! The Lua function `restore_all` does it, on a stack of its own:
//!
//! ```text
//! 1 the job | 2 batch: id -> function, or the address of a captured variable | 3 list: cell, function, number, ...; what is
//! behind its end was read
//! ```

use core::ffi::c_int;

use crate::budget::cost;
use crate::closure::code::{self, Verified};
use crate::closure::record::{Code, GLOBALS, Record};
use crate::closure::unrestored::{BadRow, Unrestored};
use crate::codec::decode::{self, Shape, Unusable};
use crate::codec::handle::{self, Wanted};
use crate::control::audit::{self, Action, Detail};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::object::{LuaFunction, Prototype, Variable};
use crate::lua::stack::Stack;
use crate::store::{self, Fetched, system};
use crate::vm::instance::INSTANCE;
use crate::vm::room;

const BATCH: c_int = 2;
const LIST: c_int = 3;

/// What `restore_all` is to do, and why it did not.
struct Restoration {
    id: u32,
    /// What is in the batch.
    wanted: Wanted,
    /// End of the list.
    listed: i64,
    fault: Option<Unrestored>,
}

/// Pushes the function of that id, restored now if none lives; raises when memory runs out.
pub fn push(lua: Stack<'_>, id: u32) -> Result<(), Unrestored> {
    lua.want_room(4, c"no room to restore a function");
    if push_live(lua, id) {
        return Ok(());
    }
    INSTANCE.seen.note_made();
    let mut job = Restoration { id, wanted: Wanted::default(), listed: 0, fault: None };
    let held = lua.hold_collector();
    let status = lua.protected(restore_all, &mut job, 1);
    lua.release_collector(held);
    if !status.is_ok() {
        return Err(Unrestored::Raise(Raise::Value));
    }
    match job.fault {
        None => Ok(()),
        Some(fault) => {
            lua.pop(1);
            Err(fault)
        }
    }
}

/// Pushes the function of that id if one lives.
pub fn push_live(lua: Stack<'_>, id: u32) -> bool {
    INSTANCE.known.function(id).is_some_and(|function| lua.push_function(function))
}

/// The captured variable of that id if one lives.
fn live_variable(lua: Stack<'_>, id: u32) -> Option<Variable> {
    INSTANCE.cells.variable(id).filter(|variable| lua.is_alive(*variable))
}

/// The whole of it; runs protected.
fn restore_all(lua: Stack<'_>, job: &mut Restoration) -> Result<u8, Raise> {
    lua.push_table(0, 0);
    lua.push_table(0, 0);
    match load_all(lua, job) {
        Ok(()) => {}
        Err(Unrestored::Raise(raise)) => return Err(raise),
        Err(fault) => {
            job.fault = Some(fault);
            return Ok(0);
        }
    }
    handle::reserve(lua, job.wanted)?;
    make_known(lua, Kind::Function);
    // A variable may have one of the functions as its value.
    make_known(lua, Kind::Address);
    lua.raw_get_at(BATCH, i64::from(job.id));
    Ok(1)
}

/// Steps 1 and 2.
fn load_all(lua: Stack<'_>, job: &mut Restoration) -> Result<(), Unrestored> {
    load(lua, job.id, job)?;
    lua.pop(1);
    while job.listed > 0 {
        job.listed -= 3;
        lua.raw_get_at(LIST, job.listed + 1);
        let cell = lua.id(-1);
        lua.raw_get_at(LIST, job.listed + 2);
        lua.raw_get_at(LIST, job.listed + 3);
        let number = lua.integer(-1) as c_int;
        read_cell(lua, cell, |id| push_function(lua, id, job))?;
        lua.set_captured(-3, number);
        lua.set_top(LIST);
    }
    Ok(())
}

/// Pushes a block with the bytes that lie there, none and nothing pushed when nothing does. In a block nothing of Lua's moves
/// or overwrites them.
fn push_block(lua: Stack<'_>, table: u32, id: u32) -> Result<Option<&[u8]>, Unrestored> {
    let key = store::id_key(id.into());
    match store::get(table, key.bytes())? {
        Fetched::Absent => Ok(None),
        Fetched::Short(length) => {
            // The collector rests, so no finalizer reads anything else meanwhile.
            let block = lua.push_block(length);
            // SAFETY: the value is copied before anything else is read.
            block.copy_from_slice(&unsafe { store::value_buffer() }[..length]);
            Ok(Some(block))
        }
        Fetched::Long(length) => {
            let block = lua.push_block(length);
            let length = store::get_long(table, key.bytes(), block)?;
            Ok(Some(&block[..length]))
        }
    }
}

/// Pushes the function of that id, new, with its captured variables joined or on the list.
fn load(lua: Stack<'_>, id: u32, job: &mut Restoration) -> Result<(), Unrestored> {
    let record = push_block(lua, system::FUNCTIONS, id)?.ok_or(Unrestored::NoFunction(id))?;
    lua.charge(record.len() * cost::BYTECODE)?;
    let record = Record::read(id, record)?;
    match record.code {
        Code::Row(code) => push_function_of(lua, id, code)?,
        Code::Own(bytecode) => push_bytecode(lua, room::collecting(lua, || Verified::new(id, bytecode))?),
    }
    let bytecode = prototype(lua).map_or(0, Prototype::captured);
    if bytecode != record.captured() {
        return Err(Unrestored::Captured { id, record: record.captured(), bytecode: bytecode as u8 });
    }
    let function = lua.top();
    lua.push_copy(function);
    lua.raw_set_at(BATCH, i64::from(id));
    job.wanted.functions += 1;
    for (index, cell) in record.cells().enumerate() {
        capture(lua, function, index as c_int, cell, job);
    }
    // The block.
    lua.remove_below();
    Ok(())
}

/// Pushes a new function with that code, whose captured variables are new.
fn push_function_of(lua: Stack<'_>, id: u32, code: u32) -> Result<(), Unrestored> {
    if INSTANCE.codes.prototype(code).is_some_and(|prototype| lua.push_function_of(prototype)) {
        return Ok(());
    }
    let row = push_block(lua, system::CODES, code)?.ok_or(Unrestored::Code(id, code, BadRow::Absent))?;
    lua.charge(row.len() * cost::BYTECODE)?;
    push_bytecode(lua, room::collecting(lua, || code::read(id, code, row))?);
    // The block.
    lua.remove_below();
    handle::reserve(lua, Wanted { codes: 1, ..Wanted::default() })?;
    if let Some(prototype) = prototype(lua) {
        INSTANCE.codes.add(code, prototype, !prototype.has_lines());
    }
    Ok(())
}

/// Pushes a new function of bytecode that lies in a block on the stack.
fn push_bytecode(lua: Stack<'_>, bytecode: Verified<'_>) {
    // SAFETY: it was verified; nothing writes to the block after `push_block`.
    unsafe { lua.push_bytecode(bytecode.bytes()) };
}

/// The prototype of the function at the top.
fn prototype(lua: Stack<'_>) -> Option<Prototype> {
    lua.function(-1).and_then(LuaFunction::prototype)
}

/// Makes the cell the captured variable with number `index`, from 0, of the function, which has one of that number.
fn capture(lua: Stack<'_>, function: c_int, index: c_int, cell: u32, job: &mut Restoration) {
    if cell == GLOBALS {
        lua.push_globals();
        lua.set_captured(function, index + 1);
        return;
    }
    if let Some(live) = live_variable(lua, cell) {
        lua.join(function, index, live);
        return;
    }
    lua.raw_get_at(BATCH, i64::from(cell));
    if let Some(variable) = lua.variable(-1) {
        lua.join(function, index, variable);
        lua.pop(1);
        return;
    }
    lua.pop(1);
    let Some(variable) = lua.captured(function, index + 1) else { return };
    lua.push_variable(variable);
    lua.raw_set_at(BATCH, i64::from(cell));
    job.wanted.captured += 1;
    lua.push_integer(i64::from(cell));
    lua.raw_set_at(LIST, job.listed + 1);
    lua.push_copy(function);
    lua.raw_set_at(LIST, job.listed + 2);
    lua.push_integer(i64::from(index) + 1);
    lua.raw_set_at(LIST, job.listed + 3);
    job.listed += 3;
}

/// Pushes the value that the store has of a captured variable; raises when memory runs out.
pub fn push_cell(lua: Stack<'_>, cell: u32) -> Result<(), Unrestored> {
    read_cell(lua, cell, |id| push(lua, id))
}

/// The same, where `push_function` pushes a function that is the value.
fn read_cell(
    lua: Stack<'_>,
    cell: u32,
    push_function: impl FnOnce(u32) -> Result<(), Unrestored>,
) -> Result<(), Unrestored> {
    let bytes = push_block(lua, system::CELLS, cell)?.ok_or(Unrestored::NoCell(cell))?;
    match decode::check(bytes).map_err(|unusable| unread(cell, unusable))? {
        Shape::Scalar => decode::push(lua, bytes)?,
        Shape::Function(id) => push_function(id)?,
        #[cfg(feature = "deflate")]
        Shape::Compressed => {
            decode::push_compressed(lua, bytes).map_err(|malformed| Unrestored::Cell(cell, malformed.offset))?;
        }
        // Tables are promoted before they are stored.
        Shape::Table => return Err(Unrestored::Cell(cell, 0)),
    }
    lua.remove_below();
    Ok(())
}

fn unread(cell: u32, unusable: Unusable) -> Unrestored {
    match unusable {
        Unusable::Malformed(malformed) => Unrestored::Cell(cell, malformed.offset),
        Unusable::LeftOut(feature) => Unrestored::LeftOut(cell, feature),
    }
}

/// Pushes a function that a captured variable has as its value.
fn push_function(lua: Stack<'_>, id: u32, job: &mut Restoration) -> Result<(), Unrestored> {
    if push_live(lua, id) || lua.raw_get_at(BATCH, i64::from(id)) == Kind::Function {
        return Ok(());
    }
    lua.pop(1);
    load(lua, id, job)
}

/// Makes every member of the batch of that type known; there is room.
fn make_known(lua: Stack<'_>, kind: Kind) {
    lua.push_nil();
    while lua.next(BATCH) {
        let id = lua.id(-2);
        if lua.kind(-1) == kind {
            if let Some(function) = lua.function(-1) {
                INSTANCE.known.add(id, function);
                audit::report(Action::FunctionRestored, &[(audit::field::FUNCTION, Detail::Number(id.into()))]);
            } else if let Some(variable) = lua.variable(-1) {
                INSTANCE.cells.add(id, variable);
            }
        }
        lua.pop(1);
    }
}
