//! What cu adds to Lua's values: tables that stand for external ones, functions, captured variables and prototypes that the
//! store has, big integers.
//!
//! Invariant: a `LuaFunction`, a `Variable` or a `Prototype` is an object that the collector has not freed: it is on the stack,
//! or in one of the registers that the collector tells before it frees one (`known.rs`, `cells.rs`, `codes.rs`). Nobody keeps
//! one across a collection.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::NonNull;

use crate::lua::ffi::{self, State, lua};
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;

/// A function of Lua, by where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LuaFunction(NonNull<c_void>);

/// A captured variable, by where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable(NonNull<c_void>);

/// What functions of the same text in a program have in common, their instructions above all, by where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prototype(NonNull<c_void>);

macro_rules! object {
    ($name:ident) => {
        impl $name {
            /// # Safety
            /// It is such an object, and lives.
            pub(crate) unsafe fn at(address: usize) -> Option<$name> {
                NonNull::new(address as *mut c_void).map($name)
            }

            /// Where it lies.
            #[inline]
            pub(crate) fn address(self) -> usize {
                self.0.as_ptr() as usize
            }

            /// The collector is to tell of its end.
            pub(crate) fn report(self) {
                // SAFETY: the object lives.
                unsafe { ffi::cu_report(self.0.as_ptr()) }
            }
        }
    };
}
object!(LuaFunction);
object!(Variable);
object!(Prototype);

impl LuaFunction {
    /// Its prototype, which lives as long as the function.
    pub fn prototype(self) -> Option<Prototype> {
        // SAFETY: the function lives.
        NonNull::new(unsafe { ffi::cu_prototype(self.0.as_ptr()) }).map(Prototype)
    }

    /// The name by which it knows a captured variable, if it has that and was not stripped of names.
    pub fn name_of(self, variable: Variable) -> Option<&'static [u8]> {
        // SAFETY: both live; a name lives as long as its function, and is copied before anything is collected.
        unsafe {
            let name = ffi::cu_cell_name(self.0.as_ptr(), variable.0.as_ptr());
            (!name.is_null()).then(|| CStr::from_ptr(name).to_bytes())
        }
    }
}

impl Prototype {
    /// How many variables its functions capture: at most 255.
    pub fn captured(self) -> usize {
        // SAFETY: it lives.
        unsafe { ffi::cu_captured_count(self.0.as_ptr()) as usize }
    }

    /// Whether it has lines and names for messages.
    pub fn has_lines(self) -> bool {
        // SAFETY: it lives.
        unsafe { ffi::cu_has_lines(self.0.as_ptr()) != 0 }
    }
}

impl Variable {
    /// Tells its values apart; 0 for one that cannot be in the store.
    #[inline]
    pub(crate) fn fingerprint(self) -> u64 {
        // SAFETY: it lives.
        unsafe { ffi::cu_cell_fingerprint(self.0.as_ptr()) }
    }

    /// Keeps it alive in the collection that is under way.
    pub(crate) fn mark(self, collector: *mut c_void) {
        // SAFETY: it lives; Lua passed its collector.
        unsafe { ffi::cu_mark_cell(collector, self.0.as_ptr()) }
    }
}

/// External tables.
impl<'s> Stack<'s> {
    /// The id of the external table at `index`, 0 for any other value.
    #[inline]
    pub fn external_id(self, index: c_int) -> u32 {
        lua!(self, cu_external_id, index)
    }

    /// The id of the external table that is the global of that name, 0 for any other value. Calls no metamethod, takes no memory.
    #[inline]
    pub fn global_id(self, name: &[u8]) -> u32 {
        lua!(self, cu_global_id, name.as_ptr().cast(), name.len())
    }

    /// Pushes the table that stands for `id`; false, and nothing pushed, when there is none.
    #[inline]
    pub fn push_external(self, id: u32) -> bool {
        lua!(self, cu_push_standing, id) != 0
    }

    /// Empties the plain table at `index`, and makes it stand for `id`; there is room in the register (`standing.rs`).
    #[inline]
    pub fn become_external(self, index: c_int, id: u32) {
        debug_assert!(self.kind(index) == Kind::Table, "a table is wanted at {index}");
        lua!(self, cu_become_external, index, id);
    }

    /// Makes the external table at `index` a plain one with the content of the plain table on top, which is popped.
    pub fn become_plain(self, index: c_int) {
        debug_assert!(
            self.external_id(index) != 0 && self.external_id(-1) == 0,
            "an external and a plain table are wanted"
        );
        lua!(self, cu_become_plain, index);
    }

    /// Pushes the metatable that a script gave the table at `index`; false, and nothing pushed, when there is none.
    #[inline]
    pub fn push_class(self, index: c_int) -> bool {
        debug_assert!(self.kind(index) == Kind::Table, "a table is wanted at {index}");
        lua!(self, cu_push_class, index) != 0
    }

    /// Whether the external table at `index` is a metatable, or may have one.
    #[inline]
    pub fn is_object(self, index: c_int) -> bool {
        lua!(self, cu_is_object, index) != 0
    }

    /// Whether nobody has looked for the class of the external table at `index`.
    #[inline]
    pub fn wants_class(self, index: c_int) -> bool {
        lua!(self, cu_wants_class, index) != 0
    }

    /// Pushes what is known of the row of the external table at `index` under the key at `key`, a function or nil; false, and nothing
    /// pushed, where it has to be read.
    #[inline]
    pub fn push_method(self, index: c_int, key: c_int) -> bool {
        lua!(self, cu_push_method, index, key) != 0
    }

    /// Remembers what is on top, if the table is a metatable and it is a function or nil; raises when memory runs out.
    #[inline]
    pub fn keep_method(self, index: c_int, key: c_int) -> bool {
        lua!(self, cu_keep_method, index, key) != 0
    }

    /// Whether the key at `key` is a text that begins as the names of events do.
    #[inline]
    pub fn may_be_event(self, key: c_int) -> bool {
        lua!(self, cu_may_be_event, key) != 0
    }

    /// Whether the events of the external table at `index` have been read.
    pub fn has_events(self, index: c_int) -> bool {
        lua!(self, cu_has_events, index) != 0
    }

    /// What Lua knows of the events of the external table at `index` is old.
    pub fn forget_events(self, index: c_int) {
        lua!(self, cu_forget_events, index);
    }

    /// Pushes the behaviour of the external table at `index` (`lua/objects.c`).
    pub fn push_behaviour(self, index: c_int) {
        lua!(self, cu_push_behaviour, index);
    }

    /// Gives the external table at `index` the behaviour on top, which is popped.
    pub fn set_behaviour(self, index: c_int) {
        lua!(self, cu_set_behaviour, index);
    }

    /// Takes the empty table at `index`, which is registered, for the events of tables without any.
    pub fn set_nothing(self, index: c_int) {
        lua!(self, cu_set_nothing, index);
    }

    /// Makes the table at `index`, which is registered, the metatable of external tables, with the functions that read and assign a
    /// row, and tell the length.
    pub fn set_external_metatable(self, index: c_int, [get, set, measure]: [ffi::CFunction; 3]) {
        lua!(self, cu_set_metatable, index, get, set, measure);
    }
}

/// Functions of Lua and their captured variables.
impl<'s> Stack<'s> {
    /// The function of Lua at `index`, none for any other value.
    #[inline]
    pub fn function(self, index: c_int) -> Option<LuaFunction> {
        NonNull::new(lua!(self, cu_function, index)).map(LuaFunction)
    }

    /// Pushes a function; false, and nothing pushed, when the collector has given it up.
    pub fn push_function(self, function: LuaFunction) -> bool {
        if lua!(self, cu_is_dead, function.0.as_ptr()) != 0 {
            return false;
        }
        lua!(self, cu_push_function, function.0.as_ptr());
        true
    }

    /// Pushes a new function of a prototype, whose captured variables are new and nil; false, and nothing pushed, when the
    /// collector has given the prototype up. Raises when memory runs out.
    pub fn push_function_of(self, prototype: Prototype) -> bool {
        if lua!(self, cu_is_dead, prototype.0.as_ptr()) != 0 {
            return false;
        }
        lua!(self, cu_push_closure, prototype.0.as_ptr());
        true
    }

    /// Whether the collector has not given the variable up.
    pub fn is_alive(self, variable: Variable) -> bool {
        lua!(self, cu_is_dead, variable.0.as_ptr()) == 0
    }

    /// Pushes the captured variable with that number, from 1, and hands out its name; none, and nothing pushed, when there
    /// are fewer.
    pub fn push_captured(self, function: c_int, number: c_int) -> Option<&'s [u8]> {
        let name: *const c_char = lua!(self, lua_getupvalue, function, number);
        // SAFETY: a name lives as long as its function, which is on the stack.
        (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_bytes())
    }

    /// Gives the captured variable with that number, from 1, the top value, which is popped.
    pub fn set_captured(self, function: c_int, number: c_int) {
        lua!(self, lua_setupvalue, function, number);
    }

    /// The captured variable with that number, from 1.
    pub fn captured(self, function: c_int, number: c_int) -> Option<Variable> {
        NonNull::new(lua!(self, lua_upvalueid, function, number)).map(Variable)
    }

    /// Makes the variable the captured one with that number, from 0.
    pub fn join(self, function: c_int, number: c_int, variable: Variable) {
        debug_assert!(self.function(function).is_some(), "a function of Lua is wanted at {function}");
        lua!(self, cu_join, function, number, variable.0.as_ptr());
    }

    /// Pushes where a variable lies; its function is on the stack as long as that is looked at.
    #[inline]
    pub fn push_variable(self, variable: Variable) {
        self.push_address(variable.0.as_ptr());
    }

    /// Pushes where a prototype lies; a function of it is on the stack as long as that is looked at.
    pub fn push_prototype(self, prototype: Prototype) {
        self.push_address(prototype.0.as_ptr());
    }

    /// What `push_variable` pushed; none for another type.
    #[inline]
    pub fn variable(self, index: c_int) -> Option<Variable> {
        if self.kind(index) == Kind::Address { NonNull::new(self.address(index)).map(Variable) } else { None }
    }

    /// Pushes the value of a variable.
    #[inline]
    pub fn push_value_of(self, variable: Variable) {
        lua!(self, cu_push_cell, variable.0.as_ptr());
    }

    /// Gives a variable the top value, which is popped.
    pub fn set_value_of(self, variable: Variable) {
        lua!(self, cu_set_cell, variable.0.as_ptr());
    }

    /// Hands the bytecode of the function of Lua on top, as the store is to have it, to `write`, part by part, until that
    /// answers false.
    pub fn dump<W: FnMut(&[u8]) -> bool>(self, strip: bool, mut write: W) {
        unsafe extern "C" fn part<W: FnMut(&[u8]) -> bool>(
            _: *mut State,
            bytes: *const c_void,
            length: usize,
            write: *mut c_void,
        ) -> c_int {
            // SAFETY: `dump` passes its closure; Lua passes a readable range.
            let (write, bytes) =
                unsafe { (&mut *write.cast::<W>(), core::slice::from_raw_parts(bytes.cast(), length)) };
            c_int::from(!write(bytes))
        }
        lua!(self, cu_dump, part::<W>, (&raw mut write).cast(), c_int::from(strip));
    }

    /// Pushes the function of that bytecode; raises when memory runs out.
    ///
    /// # Safety
    /// The bytecode was verified (`bytecode::verify`).
    pub unsafe fn push_bytecode(self, bytecode: &[u8]) {
        lua!(self, cu_load_bytecode, bytecode.as_ptr().cast(), bytecode.len());
    }
}

/// Big integers: a word whose lowest bit is the sign, and limbs.
impl<'s> Stack<'s> {
    /// The words of the big integer at `index`, none for any other value. They are there as long as it is on the stack.
    #[inline]
    pub fn big_words(self, index: c_int) -> Option<&'s [u32]> {
        let mut count = 0;
        let words = lua!(self, cu_big_words, index, &raw mut count);
        // SAFETY: what has the metatable is so many words, which never change once they are filled.
        (!words.is_null()).then(|| unsafe { core::slice::from_raw_parts(words, count) })
    }

    /// Pushes a big integer of so many words, all of which are to be filled now; none, and nothing pushed, when there is no
    /// memory. Raises nothing; `check_collector` is due later.
    #[inline]
    pub fn push_big(self, count: usize) -> Option<&'s mut [u32]> {
        let words = lua!(self, cu_push_big, count);
        // SAFETY: the userdata is new and has so many words; which they are does not matter.
        (!words.is_null()).then(|| unsafe { core::slice::from_raw_parts_mut(words, count) })
    }

    /// Makes the table at `index`, which is registered, the metatable of big integers.
    pub fn set_big_metatable(self, index: c_int) {
        lua!(self, cu_set_big_metatable, index);
    }
}
