//! The Lua tables that stand for external ones.
//!
//! Invariant: one id has at most one such table at a time. The id is in no field of it, so no script can read, copy or
//! forge it; its metatable is locked.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::lua::call::Raise;
use crate::lua::ffi::CFunction;
use crate::lua::stack::Stack;
use crate::lua::table::RegistryKey;
use crate::vm::instance::INSTANCE;
use crate::vm::objects::Wanted as Seek;

/// The metatable of those without a class.
static METATABLE: RegistryKey = RegistryKey::new();

/// The same, of those of whose class nobody knows.
static UNKNOWN: RegistryKey = RegistryKey::new();

/// An empty table.
static NOTHING: RegistryKey = RegistryKey::new();

/// External tables are read, assigned and measured by these functions; raises when memory runs out.
pub fn open(lua: Stack<'_>, operations: [CFunction; 3]) {
    lua.push_table(0, 0);
    lua.set_external_metatable(-1, operations);
    lua.register(&METATABLE);
}

/// Pushes what external tables without a class behave by.
pub fn push_plain_behaviour(lua: Stack<'_>) {
    lua.get_registered(&METATABLE);
}

/// Pushes a new behaviour with room for so many elements (`lua/objects.c`); raises when memory runs out.
pub fn push_new_behaviour(lua: Stack<'_>, elements: c_int) {
    lua.push_table(elements, 0);
}

/// The empty table on top, which is popped, is what a table has as a metatable that has no events.
pub fn register_nothing(lua: Stack<'_>) {
    lua.set_nothing(-1);
    lua.register(&NOTHING);
}

/// Makes what external tables behave by as long as nobody knows their class: the first element is true (`lua/objects.c`).
pub fn register_unknown(lua: Stack<'_>) {
    push_new_behaviour(lua, 1);
    lua.push_boolean(true);
    lua.raw_set_at(lua.top() - 1, 1);
    lua.register(&UNKNOWN);
}

/// Pushes the table that stands for `id`, made now if there is none; raises when memory runs out.
pub fn push(lua: Stack<'_>, id: u32) -> Result<(), Raise> {
    if push_standing(lua, id) {
        return Ok(());
    }
    make(lua, id)?;
    if INSTANCE.objects.are_there.get() {
        want_class(id);
    }
    Ok(())
}

/// Pushes the table that stands for `id`, for a script; false, and nothing pushed, when there is none.
pub fn push_standing(lua: Stack<'_>, id: u32) -> bool {
    let is_there = lua.push_external(id);
    if is_there && INSTANCE.objects.are_there.get() && lua.wants_class(-1) {
        want_class(id);
    }
    is_there
}

/// The same as `push` where only a chain of metatables leads to the table: its class is looked for when a lookup gets there, or a
/// script gets it. So a chain costs no more than what is used of it.
pub fn push_link(lua: Stack<'_>, id: u32) -> Result<(), Raise> {
    if lua.push_external(id) {
        return Ok(());
    }
    make(lua, id)?;
    lua.get_registered(&UNKNOWN);
    lua.set_behaviour(lua.top() - 1);
    Ok(())
}

fn make(lua: Stack<'_>, id: u32) -> Result<(), Raise> {
    INSTANCE.seen.note_made();
    lua.push_table(0, 0);
    reserve(lua, Wanted { tables: 1, ..Wanted::default() })?;
    lua.become_external(-1, id);
    Ok(())
}

/// The class of that table is looked for before Lua goes on.
pub fn want_class(id: u32) {
    INSTANCE.objects.want(id, Seek::CLASS);
}

/// What room is wanted for in the registers.
#[derive(Clone, Copy, Default)]
pub struct Wanted {
    /// Tables that will stand for external ones.
    pub tables: usize,
    /// Stored functions.
    pub functions: usize,
    /// Captured variables.
    pub captured: usize,
    /// Prototypes of functions whose code is stored.
    pub codes: usize,
}

/// Makes room in the registers; raises when memory runs out. Runs no finalizer.
pub fn reserve(lua: Stack<'_>, wanted: Wanted) -> Result<(), Raise> {
    let Wanted { tables, functions, captured, codes } = wanted;
    let is_reserved = || {
        INSTANCE.standing.reserve(tables)
            && INSTANCE.known.reserve(functions)
            && INSTANCE.cells.reserve(captured)
            && INSTANCE.codes.reserve(codes)
    };
    if is_reserved() {
        return Ok(());
    }
    lua.collect_quietly();
    if is_reserved() {
        return Ok(());
    }
    Err(lua.fail(format_args!(
        "not enough memory for {tables} more external tables, {functions} functions and {captured} captured variables"
    )))
}
