//! A stored function becomes a live one again, and with it all that it captured.
//!
//! Invariant: either the function and everything that it needed is there and known, or nothing of it is. While a batch is
//! under way the collector rests, so that no finalizer meets a function whose captured variables are not there yet.
//!
//! 1. The function is loaded. A captured variable that lives is joined; a new one goes on a list.
//! 2. While there is something on the list: the value of that variable is read. If it is a function that does not live,
//!    it is loaded too, and its new variables go on the list: a long chain takes no stack.
//! 3. Functions and variables are made known, all at once. Nothing here can fail.
//!
//! The Lua function `restore_all` does it, on a stack of its own:
//!
//! ```text
//! 1 the job | 2 batch: id -> function, or the address of a captured variable | 3 list: cell, function, number, ...
//! ```

use core::ffi::{c_int, c_void};
use core::fmt;

use crate::budget::cost;
use crate::codec::decode::{self, Shape, Unusable};
use crate::codec::handle;
use crate::codec::part::Part;
use crate::control::audit::{self, Action, Detail};
use crate::key::{Key, KeyBuffer};
use crate::lua::ffi::{self, State};
use crate::lua::stack;
use crate::lua::{call, cells, known, room, stop};
use crate::record::{Broken, GLOBALS, Record};
use crate::store::{self, Failure, Fetched, system};

const BATCH: c_int = 2;
const LIST: c_int = 3;

/// Why a function cannot be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrestored {
    /// The host failed.
    Host(Failure),
    /// There is no such function.
    NoFunction(u32),
    /// The record of that function is refused.
    Function(u32, Broken),
    /// There is no such captured variable.
    NoCell(u32),
    /// The value of that captured variable is malformed at that byte.
    Cell(u32, usize),
    /// The value of that captured variable takes what the build leaves out.
    LeftOut(u32, Part),
}

impl From<Failure> for Unrestored {
    fn from(failure: Failure) -> Unrestored {
        Unrestored::Host(failure)
    }
}

impl fmt::Display for Unrestored {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unrestored::Host(failure) => {
                write!(out, "{} failed to {} a part of it: {}", failure.subject(), failure.deed, failure.cause)
            }
            Unrestored::NoFunction(id) => write!(out, "there is no function {id}"),
            Unrestored::Function(id, broken) => write!(out, "function {id}: {broken}"),
            Unrestored::NoCell(id) => write!(out, "its captured variable {id} is missing"),
            Unrestored::Cell(id, offset) => {
                write!(out, "its captured variable {id} is damaged: byte {offset} cannot be right")
            }
            Unrestored::LeftOut(id, part) => write!(out, "its captured variable {id} cannot be read: {part}"),
        }
    }
}

/// What `restore_all` is to do, and why it did not.
struct Job {
    id: u32,
    functions: usize,
    cells: usize,
    fault: Option<Unrestored>,
}

/// Pushes the function of that id, restored now if none lives; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn push(state: *mut State, id: u32) -> Result<(), Unrestored> {
    // SAFETY: the caller's; a job has no destructor.
    unsafe {
        ffi::luaL_checkstack(state, 4, c"no room to restore a function".as_ptr());
        if push_living(state, id) {
            return Ok(());
        }
        let mut job = Job { id, functions: 0, cells: 0, fault: None };
        let held = ffi::cu_hold_collector(state);
        let status = call::protected(state, restore_all, (&raw mut job).cast(), 1);
        ffi::cu_release_collector(state, held);
        if status != ffi::STATUS_OK {
            call::raise(state);
        }
        match job.fault {
            None => Ok(()),
            Some(fault) => {
                stack::pop(state, 1);
                Err(fault)
            }
        }
    }
}

/// Pushes the function of that id if one lives.
unsafe fn push_living(state: *mut State, id: u32) -> bool {
    // SAFETY: the caller's live state with a free slot.
    unsafe {
        let function = known::global().object(id);
        if function.is_null() || ffi::cu_is_dead(state, function) != 0 {
            return false;
        }
        ffi::cu_push_function(state, function);
        true
    }
}

/// The captured variable of that id, null if none lives.
unsafe fn living_cell(state: *mut State, id: u32) -> *mut c_void {
    // SAFETY: the caller's live state.
    unsafe {
        let cell = cells::global().object(id);
        if cell.is_null() || ffi::cu_is_dead(state, cell) != 0 { core::ptr::null_mut() } else { cell }
    }
}

/// The whole of it; a Lua function with the job as its argument.
unsafe extern "C" fn restore_all(state: *mut State) -> c_int {
    // SAFETY: `push` passes a job that outlives the call; nothing with a destructor lives across a raise.
    unsafe {
        let job = &mut *ffi::lua_touserdata(state, 1).cast::<Job>();
        ffi::luaL_checkstack(state, 16, c"no room to restore a function".as_ptr());
        ffi::lua_createtable(state, 0, 0);
        ffi::lua_createtable(state, 0, 0);
        if let Err(fault) = load_all(state, job) {
            job.fault = Some(fault);
            return 0;
        }
        handle::reserve(state, 0, job.functions, job.cells);
        make_known(state, ffi::TYPE_FUNCTION);
        // A variable may have one of the functions as its value.
        make_known(state, ffi::TYPE_LIGHT_USERDATA);
        ffi::lua_rawgeti(state, BATCH, i64::from(job.id));
    }
    1
}

/// Steps 1 and 2.
unsafe fn load_all(state: *mut State, job: &mut Job) -> Result<(), Unrestored> {
    // SAFETY: the caller's live state.
    unsafe {
        load(state, job.id, job)?;
        stack::pop(state, 1);
        let mut next = 1;
        while ffi::lua_rawgeti(state, LIST, next) != ffi::TYPE_NIL {
            let cell = ffi::lua_tointegerx(state, -1, core::ptr::null_mut()) as u32;
            ffi::lua_rawgeti(state, LIST, next + 1);
            ffi::lua_rawgeti(state, LIST, next + 2);
            let number = ffi::lua_tointegerx(state, -1, core::ptr::null_mut()) as c_int;
            read_cell(state, cell, |state, id| push_function(state, id, job))?;
            ffi::lua_setupvalue(state, -3, number);
            ffi::lua_settop(state, LIST);
            next += 3;
        }
        ffi::lua_settop(state, LIST);
    }
    Ok(())
}

/// Bytes that lie where nothing of Lua's moves or overwrites them: in a block on the stack.
unsafe fn push_block(state: *mut State, table: u32, id: u32) -> Result<Option<&'static [u8]>, Unrestored> {
    // SAFETY: the caller's live state; the block lives while it is on the stack, which is as long as the slice is used.
    unsafe {
        let mut key = KeyBuffer::new();
        // An integer always has an encoding.
        let _ = key.encode(Key::Integer(i64::from(id)));
        let length = match store::get(table, key.bytes())? {
            Fetched::Absent => return Ok(None),
            Fetched::Short(length) | Fetched::Long(length) => length,
        };
        let block: *mut u8 = ffi::lua_newuserdatauv(state, length, 0).cast();
        let block = core::slice::from_raw_parts_mut(block, length);
        let length = store::get_long(table, key.bytes(), block)?;
        Ok(Some(&block[..length]))
    }
}

/// Pushes the function of that id, new, with its captured variables joined or on the list.
unsafe fn load(state: *mut State, id: u32, job: &mut Job) -> Result<(), Unrestored> {
    // SAFETY: the caller's live state; the block is on the stack while its bytes are used.
    unsafe {
        let record = push_block(state, system::FUNCTIONS, id)?.ok_or(Unrestored::NoFunction(id))?;
        stop::charge(state, record.len() * cost::BYTECODE);
        let record =
            room::collecting(state, || Record::read(record)).map_err(|broken| Unrestored::Function(id, broken))?;
        ffi::cu_load_bytecode(state, record.bytecode.as_ptr().cast(), record.bytecode.len());
        let function = ffi::lua_gettop(state);
        ffi::lua_pushvalue(state, function);
        ffi::lua_rawseti(state, BATCH, i64::from(id));
        job.functions += 1;
        for (index, cell) in record.cells().enumerate() {
            capture(state, function, index as c_int, cell, job);
        }
        // The function in the place of the block.
        ffi::lua_rotate(state, function - 1, 1);
        stack::pop(state, 1);
    }
    Ok(())
}

/// Makes the cell the captured variable with number `index`, from 0, of the function.
unsafe fn capture(state: *mut State, function: c_int, index: c_int, cell: u32, job: &mut Job) {
    // SAFETY: the caller's live state.
    unsafe {
        if cell == GLOBALS {
            ffi::lua_rawgeti(state, ffi::REGISTRY, ffi::GLOBALS);
            ffi::lua_setupvalue(state, function, index + 1);
            return;
        }
        let living = living_cell(state, cell);
        if !living.is_null() {
            return ffi::cu_join(state, function, index, living);
        }
        if ffi::lua_rawgeti(state, BATCH, i64::from(cell)) == ffi::TYPE_LIGHT_USERDATA {
            ffi::cu_join(state, function, index, ffi::lua_touserdata(state, -1));
            return stack::pop(state, 1);
        }
        stack::pop(state, 1);
        ffi::lua_pushlightuserdata(state, ffi::lua_upvalueid(state, function, index + 1));
        ffi::lua_rawseti(state, BATCH, i64::from(cell));
        job.cells += 1;
        let end = ffi::lua_rawlen(state, LIST) as i64;
        ffi::lua_pushinteger(state, i64::from(cell));
        ffi::lua_rawseti(state, LIST, end + 1);
        ffi::lua_pushvalue(state, function);
        ffi::lua_rawseti(state, LIST, end + 2);
        ffi::lua_pushinteger(state, i64::from(index) + 1);
        ffi::lua_rawseti(state, LIST, end + 3);
    }
}

/// Pushes the value that the store has of a captured variable; raises when memory runs out.
///
/// # Safety
/// As for `push`.
pub unsafe fn push_cell(state: *mut State, cell: u32) -> Result<(), Unrestored> {
    // SAFETY: the caller's.
    unsafe { read_cell(state, cell, |state, id| push(state, id)) }
}

/// The same, where `push_function` pushes the functions that are such values.
unsafe fn read_cell(
    state: *mut State,
    cell: u32,
    push_function: impl FnOnce(*mut State, u32) -> Result<(), Unrestored>,
) -> Result<(), Unrestored> {
    // SAFETY: the caller's live state; the block is on the stack while its bytes are used.
    unsafe {
        let bytes = push_block(state, system::CELLS, cell)?.ok_or(Unrestored::NoCell(cell))?;
        match decode::check(bytes).map_err(|unusable| unread(cell, unusable))? {
            Shape::Scalar => decode::push(state, bytes),
            Shape::Function(id) => push_function(state, id)?,
            #[cfg(feature = "deflate")]
            Shape::Compressed => {
                decode::push_compressed(state, bytes).map_err(|malformed| Unrestored::Cell(cell, malformed.offset))?
            }
            // Tables are promoted before they are stored.
            Shape::Table => return Err(Unrestored::Cell(cell, 0)),
        }
        ffi::lua_rotate(state, -2, 1);
        stack::pop(state, 1);
    }
    Ok(())
}

fn unread(cell: u32, unusable: Unusable) -> Unrestored {
    match unusable {
        Unusable::Malformed(malformed) => Unrestored::Cell(cell, malformed.offset),
        Unusable::LeftOut(part) => Unrestored::LeftOut(cell, part),
    }
}

/// Pushes a function that a captured variable has as its value.
unsafe fn push_function(state: *mut State, id: u32, job: &mut Job) -> Result<(), Unrestored> {
    // SAFETY: the caller's live state.
    unsafe {
        if push_living(state, id) || ffi::lua_rawgeti(state, BATCH, i64::from(id)) == ffi::TYPE_FUNCTION {
            return Ok(());
        }
        stack::pop(state, 1);
        load(state, id, job)
    }
}

/// Makes every member of the batch of that type known; there is room.
unsafe fn make_known(state: *mut State, kind: c_int) {
    // SAFETY: the caller's live state; nothing allocates.
    unsafe {
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, BATCH) != 0 {
            let id = ffi::lua_tointegerx(state, -2, core::ptr::null_mut()) as u32;
            match ffi::lua_type(state, -1) {
                found if found != kind => {}
                ffi::TYPE_FUNCTION => {
                    known::global().add(id, ffi::cu_function(state, -1));
                    audit::report(Action::FunctionRestored, &[("function", Detail::Number(id.into()))]);
                }
                _ => cells::global().add(id, ffi::lua_touserdata(state, -1)),
            }
            stack::pop(state, 1);
        }
    }
}
