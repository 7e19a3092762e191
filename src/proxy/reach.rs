//! What an assignment reaches that is not in the store yet: plain tables, Lua functions, captured variables.
//!
//! Invariant: each gets one id, and what cannot be stored is found before anything is written. The search raises when memory
//! or the budget runs out; nothing has happened then but that some ids are lost.
//!
//! All of it is in a Lua table, `pending`: `pending[place]` is the object, `pending[object]` its id. Places count from 1
//! without gaps, so a loop over the places turns as often as there are objects, also when there are none, and visits what is
//! found on the way too. Ids have no such order: between two of them lies what other instances have reserved. A captured
//! variable is there as the address of Lua's object for it, which lives as long as its function, which is there too. Also
//! there, but at no place: `pending[address of a prototype]`, the id of the code that was stored for its functions, 0 before.
#![forbid(unsafe_code)]

use core::ffi::c_int;
use core::ops::Range;

use cu_abi::limits::FUNCTION_BYTES;

use crate::budget::{self, cost};
use crate::closure::{record, write};
use crate::codec::handle::Wanted;
use crate::codec::path::Path;
use crate::codec::{big, encode, named};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::object::{LuaFunction, Prototype, Variable};
use crate::lua::stack::Stack;
use crate::proxy::fault::Fault;
use crate::proxy::{behaviour, guarded, kept, keys};
use crate::store::{self, Cause, Failure, counter};
use crate::vm::instance::INSTANCE;
use crate::vm::objects::{event, may_be_event};
use crate::vm::run::RUN;
use crate::vm::standing::is_gone;

/// A metatable in a path.
const METATABLE: &[u8] = b"[metatable]";

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
    pub wanted: Wanted,
    /// The length of the longest bytecode that the store may not have.
    pub longest: usize,
    /// Some table has a metatable.
    pub has_classes: bool,
    /// Some table has events: it may be a metatable. `pending[-id]` is true.
    pub has_events: bool,
    /// What cannot be stored, and where it lies.
    pub refusal: Option<(Unstorable, Path)>,
    /// The fault that ended the search.
    pub fault: Option<Fault>,
}

/// Why something cannot be stored.
#[derive(Clone, Copy)]
pub enum Unstorable {
    /// No value of this type can.
    Kind(&'static str),
    /// A table with such a field in its metatable.
    Event(&'static str),
    /// A table that is gone, and why.
    Gone(Cause),
    /// A table inside a read-only one.
    Inside,
    /// The table of loaded modules or of preload functions.
    Kept,
    /// A library that is a metatable.
    Library,
    /// A key.
    Key(Fault),
    /// A function with that many bytes of bytecode.
    Bytecode(usize),
}

/// Why the search ends; `None` when the fault is in `Reach`.
type Stopped = Option<Unstorable>;

impl Reach {
    /// Searches from the value at `value`, with an empty table at `pending`. There are 16 free slots.
    pub fn collect(lua: Stack<'_>, value: c_int, pending: c_int) -> Result<Reach, Raise> {
        let wanted = Wanted::default();
        let mut reach = Reach {
            pending,
            count: 0,
            cost: 0,
            wanted,
            longest: 0,
            has_classes: false,
            has_events: false,
            refusal: None,
            fault: None,
        };
        if let Err(reason) = reach.check_value(lua, value) {
            reach.refusal = reason.map(|reason| (reason, Path::EMPTY));
            return Ok(reach);
        }
        budget::spend(PATH_COST);
        let top = lua.top();
        let mut place = reach.places().start;
        // Each visit may add places.
        while reach.places().contains(&place) && reach.is_complete() {
            match reach.push(lua, place) {
                Kind::Table => reach.visit_table(lua, place)?,
                Kind::Function => reach.visit_function(lua, place)?,
                Kind::Address => reach.visit_cell(lua, place)?,
                _ => {}
            }
            lua.set_top(top);
            place += 1;
        }
        Ok(reach)
    }

    /// Whether everything reached can be stored.
    pub fn is_complete(&self) -> bool {
        self.refusal.is_none() && self.fault.is_none()
    }

    /// The places of all objects: each has been given an id.
    pub fn places(&self) -> Range<i64> {
        1..1 + self.count
    }

    /// Pushes the object at a place; its type. A captured variable is an address.
    pub fn push(&self, lua: Stack<'_>, place: i64) -> Kind {
        lua.raw_get_at(self.pending, place)
    }

    /// The id of the table that is all there is; 0 where there is anything else.
    #[cfg(feature = "data")]
    pub fn only_table(&self, lua: Stack<'_>) -> u32 {
        let is_table = self.count == 1 && self.push(lua, 1) == Kind::Table;
        let id = if is_table { self.id(lua) } else { 0 };
        if self.count == 1 {
            lua.pop(1);
        }
        id
    }

    /// The id of the object at the top.
    pub fn id(&self, lua: Stack<'_>) -> u32 {
        encode::pending_id(lua, lua.top(), self.pending)
    }

    /// The id of a captured variable, of an earlier assignment or this one; 0 for none.
    pub fn cell_id(&self, lua: Stack<'_>, variable: Variable) -> u32 {
        match INSTANCE.cells.id(variable) {
            0 => {
                lua.push_variable(variable);
                lua.raw_get(self.pending);
                let id = lua.id(-1);
                lua.pop(1);
                id
            }
            id => id,
        }
    }

    /// Ends the search at the object at `place`: `path` leads from there to what cannot be stored.
    fn stop(&mut self, lua: Stack<'_>, place: i64, reason: Stopped, mut path: Path) -> Result<(), Raise> {
        self.prepend_way(lua, place, &mut path)?;
        if let Some(reason) = reason {
            budget::spend(PATH_COST);
            self.refusal = Some((reason, path));
        }
        Ok(())
    }

    // ---- giving ids ----

    /// Gives the value at the top an id, and pops it.
    fn give_id(&mut self, lua: Stack<'_>) -> Result<(), Stopped> {
        let id = match counter::take() {
            Ok(id) => id,
            Err(failure) => {
                self.fault = Some(failure.into());
                lua.pop(1);
                return Err(None);
            }
        };
        lua.push_copy(-1);
        lua.push_integer(i64::from(id));
        lua.raw_set(self.pending);
        self.count += 1;
        lua.raw_set_at(self.pending, self.count);
        Ok(())
    }

    /// Checks the value at the absolute index `index`, and gives it an id if it is to have one.
    fn check_value(&mut self, lua: Stack<'_>, index: c_int) -> Result<(), Stopped> {
        match lua.kind(index) {
            Kind::Nil | Kind::Boolean | Kind::Number | Kind::String => Ok(()),
            Kind::Table => self.admit_table(lua, index),
            Kind::Function => self.admit_function(lua, index),
            _ if big::is(lua, index) => Ok(()),
            kind => Err(Some(Unstorable::Kind(kind.name()))),
        }
    }

    fn admit_table(&mut self, lua: Stack<'_>, index: c_int) -> Result<(), Stopped> {
        if guarded::is_inside(lua, index) {
            return Err(Some(Unstorable::Inside));
        }
        let id = lua.external_id(index);
        if is_gone(id) {
            return Err(Some(Unstorable::Gone(Failure::gone(id).cause())));
        }
        if lua.external_id(index) != 0 || encode::pending_id(lua, index, self.pending) != 0 {
            return Ok(());
        }
        if kept::is_kept(lua, index) {
            return named::name(lua, index).map(drop).ok_or(Some(Unstorable::Kept));
        }
        self.wanted.tables += 1;
        lua.push_copy(index);
        self.give_id(lua)
    }

    fn admit_function(&mut self, lua: Stack<'_>, index: c_int) -> Result<(), Stopped> {
        if lua.is_c_function(index) {
            return named::name(lua, index).map(drop).ok_or(Some(Unstorable::Kind("C function")));
        }
        if INSTANCE.known.id_of(lua, index) != 0 || encode::pending_id(lua, index, self.pending) != 0 {
            return Ok(());
        }
        self.wanted.functions += 1;
        lua.push_copy(index);
        self.give_id(lua)
    }

    // ---- looking into what has an id ----

    /// Checks what the table at the top contains.
    fn visit_table(&mut self, lua: Stack<'_>, place: i64) -> Result<(), Raise> {
        let table = lua.top();
        if lua.push_class(table) {
            if let Err(reason) = self.check_class(lua) {
                let mut path = Path::EMPTY;
                if !matches!(reason, Some(Unstorable::Event(_))) {
                    path.prepend(METATABLE);
                }
                return self.stop(lua, place, reason, path);
            }
            lua.pop(1);
        }
        let mut has_events = false;
        lua.push_nil();
        while lua.next(table) {
            let (key, value) = (table + 1, table + 2);
            let mut path = Path::EMPTY;
            lua.charge(cost::ENTRY)?;
            let checked = match keys::encode_key(lua, key) {
                Err(fault) => Err(Some(Unstorable::Key(fault))),
                Ok(encoded) => {
                    has_events |= may_be_event(encoded) && event(encoded).is_some();
                    self.cost += store::call_cost(encoded.len() + lua.string(value).len());
                    self.check_value(lua, value).inspect_err(|_| encode::prepend_access(lua, key, &mut path))
                }
            };
            if let Err(reason) = checked {
                return self.stop(lua, place, reason, path);
            }
            lua.pop(1);
        }
        if has_events {
            self.has_events = true;
            let id = self.id(lua);
            lua.push_boolean(true);
            lua.raw_set_at(self.pending, -i64::from(id));
        }
        Ok(())
    }

    /// Checks the metatable on top.
    fn check_class(&mut self, lua: Stack<'_>) -> Result<(), Stopped> {
        if let Some(name) = behaviour::refused_event(lua, -1) {
            return Err(Some(Unstorable::Event(name)));
        }
        if lua.external_id(-1) == 0 && kept::is_kept(lua, lua.top()) {
            return Err(Some(named::name(lua, lua.top()).map_or(Unstorable::Kept, |_| Unstorable::Library)));
        }
        self.has_classes = true;
        self.cost += store::call_cost(0);
        self.check_value(lua, lua.top())
    }

    /// The id of the code that this assignment stored for functions of a prototype, 0 for none; nothing when they were not
    /// found here, or the store had their code before.
    pub fn code(&self, lua: Stack<'_>, prototype: Prototype) -> Option<u32> {
        lua.push_prototype(prototype);
        let is_here = lua.raw_get(self.pending) != Kind::Nil;
        let id = lua.id(-1);
        lua.pop(1);
        is_here.then_some(id)
    }

    /// Notes that id. Raises when memory runs out, but not when one was noted before.
    pub fn note_code(&self, lua: Stack<'_>, prototype: Prototype, id: u32) {
        lua.push_prototype(prototype);
        lua.push_integer(i64::from(id));
        lua.raw_set(self.pending);
    }

    /// Measures the code of the function at the top, if that is to be stored and was not measured yet.
    fn measure(&mut self, lua: Stack<'_>) -> Result<(), Stopped> {
        let strips = RUN.strips.get();
        let Some(prototype) = lua.function(-1).and_then(LuaFunction::prototype) else { return Ok(()) };
        if INSTANCE.codes.id(prototype, strips) != 0 || self.code(lua, prototype).is_some() {
            return Ok(());
        }
        let length = write::measure(lua, strips);
        if length > FUNCTION_BYTES {
            return Err(Some(Unstorable::Bytecode(length)));
        }
        self.note_code(lua, prototype, 0);
        self.wanted.codes += 1;
        self.longest = self.longest.max(length);
        self.cost += write::cost(length);
        Ok(())
    }

    /// Measures the function at the top and gives ids to its captured variables.
    fn visit_function(&mut self, lua: Stack<'_>, place: i64) -> Result<(), Raise> {
        let function = lua.top();
        let mut checked = self.measure(lua);
        let mut captures = Captures::of(function);
        self.cost += store::call_cost(record::length(0));
        while let (Ok(()), Some(captured)) = (checked, captures.next(lua)) {
            if let Captured::Cell(variable) = captured
                && self.cell_id(lua, variable) == 0
            {
                self.wanted.captured += 1;
                lua.push_variable(variable);
                checked = self.give_id(lua);
            }
        }
        match checked {
            Ok(()) => Ok(()),
            Err(reason) => self.stop(lua, place, reason, Path::EMPTY),
        }
    }

    /// Checks the value of the captured variable at the top.
    fn visit_cell(&mut self, lua: Stack<'_>, place: i64) -> Result<(), Raise> {
        let Some(variable) = lua.variable(-1) else { return Ok(()) };
        lua.push_value_of(variable);
        self.cost += store::call_cost(lua.string(-1).len());
        match self.check_value(lua, lua.top()) {
            Ok(()) => Ok(()),
            Err(reason) => self.stop(lua, place, reason, Path::EMPTY),
        }
    }

    // ---- the way to what is refused ----

    /// Puts the way from the assigned value to the object at `place` in front of `path`, by looking for what refers to what.
    /// A parent has a smaller place, so this ends.
    fn prepend_way(&self, lua: Stack<'_>, place: i64, path: &mut Path) -> Result<(), Raise> {
        let first = self.places().start;
        let (mut child, mut parent) = (place, place);
        while child > first {
            self.push(lua, child);
            let id = self.id(lua);
            lua.pop(1);
            // Backwards, so that nothing is looked at twice on the whole way.
            loop {
                parent -= 1;
                if parent < first {
                    return Ok(());
                }
                if self.prepend_step(lua, parent, id, path)? {
                    break;
                }
            }
            child = parent;
        }
        Ok(())
    }

    /// Puts how the object at `parent` refers to the one with the id `child` in front of `path`; false when it does not.
    fn prepend_step(&self, lua: Stack<'_>, parent: i64, child: u32, path: &mut Path) -> Result<bool, Raise> {
        let top = lua.top();
        lua.charge(cost::ENTRY)?;
        let found = lua.has_room(8)
            && match self.push(lua, parent) {
                Kind::Table => self.prepend_key(lua, child, path)?,
                Kind::Function => self.prepend_name(lua, child, path),
                Kind::Address => lua.variable(-1).is_some_and(|variable| {
                    lua.push_value_of(variable);
                    encode::pending_id(lua, top + 2, self.pending) == child
                }),
                _ => false,
            };
        lua.set_top(top);
        Ok(found)
    }

    /// The same for the table at the top.
    fn prepend_key(&self, lua: Stack<'_>, child: u32, path: &mut Path) -> Result<bool, Raise> {
        let table = lua.top();
        if lua.push_class(table) {
            if encode::pending_id(lua, table + 1, self.pending) == child {
                path.prepend(METATABLE);
                return Ok(true);
            }
            lua.pop(1);
        }
        lua.push_nil();
        while lua.next(table) {
            lua.charge(cost::ENTRY)?;
            let is_object = matches!(lua.kind(-1), Kind::Table | Kind::Function);
            if is_object && encode::pending_id(lua, table + 2, self.pending) == child {
                encode::prepend_access(lua, table + 1, path);
                return Ok(true);
            }
            lua.pop(1);
        }
        Ok(false)
    }

    /// The same for the function at the top, which captured `child`.
    fn prepend_name(&self, lua: Stack<'_>, child: u32, path: &mut Path) -> bool {
        let mut captures = Captures::of(lua.top());
        while let Some(captured) = captures.next(lua) {
            if let Captured::Cell(variable) = captured
                && self.cell_id(lua, variable) == child
            {
                path.prepend(b"]");
                path.prepend(captures.name);
                path.prepend(b"[captured ");
                return true;
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
    /// Any other.
    Cell(Variable),
}

/// Walks through the captured variables of a function.
pub struct Captures<'s> {
    function: c_int,
    number: c_int,
    /// Name of the last one.
    name: &'s [u8],
}

impl<'s> Captures<'s> {
    /// Of the Lua function at that absolute index, where it stays.
    pub fn of(function: c_int) -> Captures<'s> {
        Captures { function, number: 0, name: b"" }
    }

    /// The next one.
    pub fn next(&mut self, lua: Stack<'s>) -> Option<Captured> {
        self.number += 1;
        self.name = lua.push_captured(self.function, self.number)?;
        lua.push_globals();
        let is_globals = lua.are_same(-1, -2);
        lua.pop(2);
        // A stripped function has no names.
        if is_globals && matches!(self.name, b"_ENV" | b"(no name)") {
            return Some(Captured::Globals);
        }
        lua.captured(self.function, self.number).map(Captured::Cell)
    }
}
