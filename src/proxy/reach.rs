//! What an assignment reaches that is not in the store yet: plain tables, Lua functions, captured variables.
//!
//! Invariant: each gets an id of its own, once, and what cannot be stored is found before anything is written. It may
//! raise, when memory or the budget runs out; nothing has happened then but that some ids are lost.
//!
//! All of it is in a Lua table, `pending`: `pending[place]` is the object, `pending[object]` its id. Places count from 1
//! without gaps, so whoever counts through them turns as often as there are objects, none included, and visits what is
//! found on the way too. Ids have no such order: between two of them lies what other instances have reserved. A captured
//! variable is there as the address of Lua's object for it, which lives as long as its function, which is there too.

use core::ffi::{CStr, c_int, c_void};
use core::ops::Range;

use crate::budget::{self, cost};
use crate::codec::function::{self, Unwritable};
use crate::codec::path::Path;
use crate::codec::{big, encode, handle, named, options};
use crate::lua::ffi::{self, State};
use crate::lua::{cells, known, stack, stop};
use crate::proxy::fault::Fault;
use crate::proxy::{access, kept, permit};
use crate::store::{self, counter};

/// What room for a path counts.
const PATH_COST: usize = size_of::<Path>() / cost::BYTES_COPIED;

/// What an assignment reaches.
pub struct Reach {
    /// Stack index of the objects and their ids.
    pub pending: c_int,
    /// How many objects there are.
    count: i64,
    /// What writing all of it counts in the budget, at least.
    pub cost: usize,
    /// How many of each kind there are.
    pub tables: usize,
    /// See `tables`.
    pub functions: usize,
    /// See `tables`.
    pub captured: usize,
    /// What cannot be stored, and where it lies.
    pub refusal: Option<(Reason, Path)>,
    /// The fault that ended the search.
    pub fault: Option<Fault>,
}

/// Why something cannot be stored.
#[derive(Clone, Copy)]
pub enum Reason {
    /// No value of this type can.
    Kind(&'static str),
    /// A table with a metatable.
    Metatable,
    /// A table inside a read-only one.
    Inside,
    /// The table of loaded modules or of preload functions.
    Kept,
    /// A key.
    Key(Fault),
    /// A function with that many bytes of bytecode.
    Bytecode(usize),
}

/// Why the search ends; `None` when the fault is in `Reach`.
type Stopped = Option<Reason>;

impl Reach {
    /// Searches from the value at `value`, with an empty table at `pending`.
    ///
    /// # Safety
    /// `state` is live with 16 free slots; no Rust value with a destructor is alive.
    pub unsafe fn collect(state: *mut State, value: c_int, pending: c_int) -> Reach {
        let (tables, functions, captured) = (0, 0, 0);
        let mut reach = Reach { pending, count: 0, cost: 0, tables, functions, captured, refusal: None, fault: None };
        // SAFETY: the caller's.
        unsafe {
            if let Err(reason) = reach.check_value(state, value) {
                reach.refusal = reason.map(|reason| (reason, Path::EMPTY));
                return reach;
            }
            budget::spend(PATH_COST);
            let top = ffi::lua_gettop(state);
            let mut place = reach.places().start;
            // Each visit may add places.
            while reach.places().contains(&place) && reach.is_complete() {
                match reach.push(state, place) {
                    ffi::TYPE_TABLE => reach.visit_table(state, place),
                    ffi::TYPE_FUNCTION => reach.visit_function(state, place),
                    ffi::TYPE_LIGHT_USERDATA => reach.visit_cell(state, place),
                    _ => {}
                }
                ffi::lua_settop(state, top);
                place += 1;
            }
        }
        reach
    }

    /// Whether everything reached can be stored.
    pub fn is_complete(&self) -> bool {
        self.refusal.is_none() && self.fault.is_none()
    }

    /// The places of all objects: each has been given an id.
    pub fn places(&self) -> Range<i64> {
        1..1 + self.count
    }

    /// Pushes the object at a place; its type.
    ///
    /// # Safety
    /// `state` is live with a free slot.
    pub unsafe fn push(&self, state: *mut State, place: i64) -> c_int {
        // SAFETY: the caller's.
        unsafe { ffi::lua_rawgeti(state, self.pending, place) }
    }

    /// The id of the object at the top.
    ///
    /// # Safety
    /// As for `push`.
    pub unsafe fn id(&self, state: *mut State) -> u32 {
        // SAFETY: the caller's.
        unsafe { encode::pending_id(state, ffi::lua_gettop(state), self.pending) }
    }

    /// The id of a captured variable, of an earlier assignment or this one; 0 for none.
    ///
    /// # Safety
    /// As for `push`.
    pub unsafe fn cell_id(&self, state: *mut State, cell: *mut c_void) -> u32 {
        // SAFETY: the caller's.
        unsafe {
            match cells::global().id(cell) {
                0 => {
                    ffi::lua_pushlightuserdata(state, cell);
                    ffi::lua_rawget(state, self.pending);
                    let id = ffi::lua_tointegerx(state, -1, core::ptr::null_mut());
                    stack::pop(state, 1);
                    id as u32
                }
                id => id,
            }
        }
    }

    fn stop(&mut self, reason: Stopped, path: Path) {
        if let Some(reason) = reason {
            budget::spend(PATH_COST);
            self.refusal = Some((reason, path));
        }
    }

    // ---- giving ids ----

    /// Gives the value at the top an id, and pops it.
    unsafe fn give_id(&mut self, state: *mut State) -> Result<(), Stopped> {
        // SAFETY: the caller's live state.
        unsafe {
            let id = match counter::take() {
                Ok(id) => id,
                Err(unavailable) => {
                    self.fault = Some(unavailable.into());
                    stack::pop(state, 1);
                    return Err(None);
                }
            };
            ffi::lua_pushvalue(state, -1);
            ffi::lua_pushinteger(state, i64::from(id));
            ffi::lua_rawset(state, self.pending);
            self.count += 1;
            ffi::lua_rawseti(state, self.pending, self.count);
        }
        Ok(())
    }

    /// Checks a value, and gives it an id if it is to have one.
    unsafe fn check_value(&mut self, state: *mut State, index: c_int) -> Result<(), Stopped> {
        // SAFETY: the caller's live state; `index` is absolute.
        unsafe {
            match ffi::lua_type(state, index) {
                ffi::TYPE_NIL | ffi::TYPE_BOOLEAN | ffi::TYPE_NUMBER | ffi::TYPE_STRING => Ok(()),
                ffi::TYPE_TABLE => self.admit_table(state, index),
                ffi::TYPE_FUNCTION => self.admit_function(state, index),
                _ if big::is(state, index) => Ok(()),
                kind => Err(Some(Reason::Kind(stack::type_name(kind)))),
            }
        }
    }

    unsafe fn admit_table(&mut self, state: *mut State, index: c_int) -> Result<(), Stopped> {
        // SAFETY: as for `check_value`.
        unsafe {
            if permit::is_inside(state, index) {
                return Err(Some(Reason::Inside));
            }
            if handle::id(state, index) != 0 || encode::pending_id(state, index, self.pending) != 0 {
                return Ok(());
            }
            if kept::is_kept(state, index) {
                return named::name(state, index).map(drop).ok_or(Some(Reason::Kept));
            }
            if ffi::cu_has_metatable(state, index) != 0 {
                return Err(Some(Reason::Metatable));
            }
            self.tables += 1;
            ffi::lua_pushvalue(state, index);
            self.give_id(state)
        }
    }

    unsafe fn admit_function(&mut self, state: *mut State, index: c_int) -> Result<(), Stopped> {
        // SAFETY: as for `check_value`.
        unsafe {
            if ffi::lua_iscfunction(state, index) != 0 {
                return named::name(state, index).map(drop).ok_or(Some(Reason::Kind("C function")));
            }
            let is_known = known::global().id(ffi::cu_function(state, index)) != 0;
            if is_known || encode::pending_id(state, index, self.pending) != 0 {
                return Ok(());
            }
            self.functions += 1;
            ffi::lua_pushvalue(state, index);
            self.give_id(state)
        }
    }

    // ---- looking into what has an id ----

    /// Checks what the table at the top contains.
    unsafe fn visit_table(&mut self, state: *mut State, place: i64) {
        // SAFETY: the caller's live state; the table is not changed meanwhile.
        unsafe {
            let table = ffi::lua_gettop(state);
            ffi::lua_pushnil(state);
            while ffi::lua_next(state, table) != 0 {
                let (key, value) = (table + 1, table + 2);
                let mut path = Path::EMPTY;
                stop::charge(state, cost::ENTRY);
                let checked = match access::encode_key(state, key) {
                    Err(fault) => Err(Some(Reason::Key(fault))),
                    Ok(encoded) => {
                        self.cost += store::call_cost(encoded.len() + stack::string_bytes(state, value).len());
                        self.check_value(state, value).inspect_err(|_| {
                            encode::prepend_access(state, key, &mut path);
                        })
                    }
                };
                if let Err(reason) = checked {
                    self.prepend_way(state, place, &mut path);
                    return self.stop(reason, path);
                }
                stack::pop(state, 1);
            }
        }
    }

    /// Measures the function at the top and gives ids to its captured variables.
    unsafe fn visit_function(&mut self, state: *mut State, place: i64) {
        // SAFETY: the caller's live state.
        unsafe {
            let function = ffi::lua_gettop(state);
            let mut checked = match function::measure(state, options::strip()) {
                Err(Unwritable::Size(length)) => Err(Some(Reason::Bytecode(length))),
                measured => {
                    self.cost += store::call_cost(measured.unwrap_or(0));
                    Ok(())
                }
            };
            let mut captures = Captures::of(function);
            while let (Ok(()), Some(captured)) = (checked, captures.next(state)) {
                if let Captured::Cell(cell) = captured
                    && self.cell_id(state, cell) == 0
                {
                    self.captured += 1;
                    ffi::lua_pushlightuserdata(state, cell);
                    checked = self.give_id(state);
                }
            }
            if let Err(reason) = checked {
                let mut path = Path::EMPTY;
                self.prepend_way(state, place, &mut path);
                self.stop(reason, path);
            }
        }
    }

    /// Checks the value of the captured variable at the top.
    unsafe fn visit_cell(&mut self, state: *mut State, place: i64) {
        // SAFETY: the caller's live state.
        unsafe {
            ffi::cu_push_cell(state, ffi::lua_touserdata(state, -1));
            self.cost += store::call_cost(stack::string_bytes(state, -1).len());
            if let Err(reason) = self.check_value(state, ffi::lua_gettop(state)) {
                let mut path = Path::EMPTY;
                self.prepend_way(state, place, &mut path);
                self.stop(reason, path);
            }
        }
    }

    // ---- the way to what is refused ----

    /// Puts the way from the assigned value to the object at `place` in front of `path`, by looking for who refers to whom.
    unsafe fn prepend_way(&self, state: *mut State, place: i64, path: &mut Path) {
        // SAFETY: the caller's live state; a parent has a smaller place, so this ends.
        unsafe {
            let mut child = place;
            while child > self.places().start {
                self.push(state, child);
                let id = self.id(state);
                stack::pop(state, 1);
                // Backwards, so that nothing is looked at twice on the whole way.
                let mut earlier = (self.places().start..child).rev();
                let Some(parent) = earlier.find(|parent| self.prepend_step(state, *parent, id, path)) else {
                    return;
                };
                child = parent;
            }
        }
    }

    /// Puts how the object at `parent` refers to the one with the id `child` in front of `path`; false when it does not.
    unsafe fn prepend_step(&self, state: *mut State, parent: i64, child: u32, path: &mut Path) -> bool {
        // SAFETY: the caller's live state.
        unsafe {
            let top = ffi::lua_gettop(state);
            stop::charge(state, cost::ENTRY);
            let found = ffi::lua_checkstack(state, 8) != 0
                && match self.push(state, parent) {
                    ffi::TYPE_TABLE => self.prepend_key(state, child, path),
                    ffi::TYPE_FUNCTION => self.prepend_name(state, child, path),
                    ffi::TYPE_LIGHT_USERDATA => {
                        ffi::cu_push_cell(state, ffi::lua_touserdata(state, -1));
                        encode::pending_id(state, top + 2, self.pending) == child
                    }
                    _ => false,
                };
            ffi::lua_settop(state, top);
            found
        }
    }

    /// The same for the table at the top.
    unsafe fn prepend_key(&self, state: *mut State, child: u32, path: &mut Path) -> bool {
        // SAFETY: the caller's live state.
        unsafe {
            let table = ffi::lua_gettop(state);
            ffi::lua_pushnil(state);
            while ffi::lua_next(state, table) != 0 {
                stop::charge(state, cost::ENTRY);
                let is_object = matches!(ffi::lua_type(state, -1), ffi::TYPE_TABLE | ffi::TYPE_FUNCTION);
                if is_object && encode::pending_id(state, table + 2, self.pending) == child {
                    encode::prepend_access(state, table + 1, path);
                    return true;
                }
                stack::pop(state, 1);
            }
        }
        false
    }

    /// The same for the function at the top, which captured `child`.
    unsafe fn prepend_name(&self, state: *mut State, child: u32, path: &mut Path) -> bool {
        // SAFETY: the caller's live state; a name lives as long as its function.
        unsafe {
            let mut captures = Captures::of(ffi::lua_gettop(state));
            while let Some(captured) = captures.next(state) {
                if let Captured::Cell(cell) = captured
                    && self.cell_id(state, cell) == child
                {
                    path.prepend(b"]");
                    path.prepend(captures.name);
                    path.prepend(b"[captured ");
                    return true;
                }
            }
        }
        false
    }
}

/// A captured variable of a function.
#[derive(Clone, Copy)]
pub enum Captured {
    /// The table of globals, under the name that Lua's compiler gives it.
    Globals,
    /// Any other: the address of Lua's object.
    Cell(*mut c_void),
}

/// Walks through the captured variables of a function.
pub struct Captures {
    function: c_int,
    number: c_int,
    /// Name of the last one.
    name: &'static [u8],
}

impl Captures {
    /// Of the Lua function at that absolute index.
    pub fn of(function: c_int) -> Captures {
        Captures { function, number: 0, name: b"" }
    }

    /// The next one.
    ///
    /// # Safety
    /// `state` is live with two free slots, and the function is still where it was.
    pub unsafe fn next(&mut self, state: *mut State) -> Option<Captured> {
        // SAFETY: the caller's; the name lives as long as the function.
        unsafe {
            self.number += 1;
            let name = ffi::lua_getupvalue(state, self.function, self.number);
            if name.is_null() {
                return None;
            }
            self.name = CStr::from_ptr(name).to_bytes();
            ffi::lua_rawgeti(state, ffi::REGISTRY, ffi::GLOBALS);
            let is_globals = ffi::lua_rawequal(state, -1, -2) != 0;
            stack::pop(state, 2);
            // A stripped function has no names.
            Some(if is_globals && matches!(self.name, b"_ENV" | b"(no name)") {
                Captured::Globals
            } else {
                Captured::Cell(ffi::lua_upvalueid(state, self.function, self.number))
            })
        }
    }
}
