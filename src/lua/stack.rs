//! A Lua thread as the module works with it: its stack, and the values on it.
//!
//! Invariant: there is one thread of the machine, and a `Stack` is of a live VM, so what it can do is safe to ask for. What
//! it takes on trust, and debug builds check: an index is one that the stack has, a table is where one is wanted, and there
//! is room for what is pushed (20 slots for every function, more after `want_room`). `mod.rs` has the whole of it.

use core::ffi::{CStr, c_int, c_void};
use core::marker::PhantomData;

use crate::lua::ffi::{self, State, lua};
use crate::lua::kind::Kind;

/// As many results as there are.
pub const ALL_RESULTS: c_int = ffi::MULTIPLE_RESULTS;

/// Index of a C function's own captured value.
pub const fn upvalue(index: c_int) -> c_int {
    ffi::upvalue(index)
}

/// A Lua thread, for as long as a function works with it.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Stack<'s> {
    state: *mut State,
    lives: PhantomData<&'s ()>,
}

impl<'s> Stack<'s> {
    /// # Safety
    /// The state is of a live VM and stays so while this is used, and this is the one thread of the machine.
    #[inline]
    pub unsafe fn of(state: *mut State) -> Stack<'s> {
        Stack { state, lives: PhantomData }
    }

    /// For Lua's C functions.
    #[inline]
    pub fn state(self) -> *mut State {
        self.state
    }
}

/// Reading: nothing here raises or converts.
impl<'s> Stack<'s> {
    /// Index of the value on top, 0 for none.
    #[inline]
    pub fn top(self) -> c_int {
        lua!(self, lua_gettop)
    }

    /// The index counted from the bottom.
    #[inline]
    pub fn absolute(self, index: c_int) -> c_int {
        lua!(self, lua_absindex, index)
    }

    /// The type of a value.
    #[inline]
    pub fn kind(self, index: c_int) -> Kind {
        Kind::of(lua!(self, lua_type, index))
    }

    /// Whether it is a number of the kind integer.
    #[inline]
    pub fn is_integer(self, index: c_int) -> bool {
        lua!(self, lua_isinteger, index) != 0
    }

    /// Whether it is a function of C.
    #[inline]
    pub fn is_c_function(self, index: c_int) -> bool {
        lua!(self, lua_iscfunction, index) != 0
    }

    /// Whether it is neither nil nor false.
    #[inline]
    pub fn boolean(self, index: c_int) -> bool {
        lua!(self, lua_toboolean, index) != 0
    }

    /// The integer, 0 for what is none.
    #[inline]
    pub fn integer(self, index: c_int) -> i64 {
        lua!(self, lua_tointegerx, index, core::ptr::null_mut())
    }

    /// The id at that place of a table of the module's own; 0 for what is none.
    #[inline]
    pub fn id(self, index: c_int) -> u32 {
        self.integer(index) as u32
    }

    /// The integer that a value is, or that its text says; none for what is none.
    #[inline]
    pub fn whole(self, index: c_int) -> Option<i64> {
        let mut is_number = 0;
        let value = lua!(self, lua_tointegerx, index, &raw mut is_number);
        (is_number != 0).then_some(value)
    }

    /// The number, 0 for what is none.
    #[inline]
    pub fn number(self, index: c_int) -> f64 {
        lua!(self, lua_tonumberx, index, core::ptr::null_mut())
    }

    /// The bytes of a string, none for another type. They are there as long as the string is on the stack.
    pub fn string(self, index: c_int) -> &'s [u8] {
        if self.kind(index) == Kind::String { self.bytes(index) } else { &[] }
    }

    /// The bytes of a value that is a string; they are there as long as the string is on the stack.
    #[inline]
    pub fn bytes(self, index: c_int) -> &'s [u8] {
        debug_assert!(
            self.kind(index) == Kind::String,
            "a string is wanted at {index}, not a {}",
            self.kind(index).name()
        );
        let mut length = 0;
        let bytes: *const u8 = lua!(self, lua_tolstring, index, &raw mut length).cast();
        // SAFETY: Lua's pointer has `length` bytes, which never change; it is null for what has none.
        if bytes.is_null() { &[] } else { unsafe { core::slice::from_raw_parts(bytes, length) } }
    }

    /// Length of a string, a table's border, bytes of a userdata; without metamethods.
    #[inline]
    pub fn raw_length(self, index: c_int) -> u64 {
        lua!(self, lua_rawlen, index)
    }

    /// Whether both are the same value, without metamethods.
    #[inline]
    pub fn are_same(self, left: c_int, right: c_int) -> bool {
        lua!(self, lua_rawequal, left, right) != 0
    }

    /// Where the object lies; only to be compared.
    #[inline]
    pub fn identity(self, index: c_int) -> *const c_void {
        lua!(self, lua_topointer, index)
    }

    /// The function of C.
    #[inline]
    pub fn c_function(self, index: c_int) -> Option<ffi::CFunction> {
        lua!(self, lua_tocfunction, index)
    }

    /// What lies at an address, or in a block.
    #[inline]
    pub fn address(self, index: c_int) -> *mut c_void {
        lua!(self, lua_touserdata, index)
    }
}

/// Moving values.
impl<'s> Stack<'s> {
    /// Makes this index the top; what was above is gone, what is missing is nil.
    #[inline]
    pub fn set_top(self, index: c_int) {
        lua!(self, lua_settop, index);
    }

    /// Takes values from the top.
    #[inline]
    pub fn pop(self, count: c_int) {
        self.set_top(-count - 1);
    }

    /// Pushes the same value again.
    #[inline]
    pub fn push_copy(self, index: c_int) {
        lua!(self, lua_pushvalue, index);
    }

    /// Moves the top value to `index`, and what is there and above up.
    #[inline]
    pub fn insert(self, index: c_int) {
        lua!(self, lua_rotate, index, 1);
    }

    /// Removes the value under the top.
    #[inline]
    pub fn remove_below(self) {
        self.insert(-2);
        self.pop(1);
    }

    /// Puts the value in the place of another.
    #[inline]
    pub fn copy(self, from: c_int, to: c_int) {
        lua!(self, lua_copy, from, to);
    }

    /// Makes room for so many values more; false when there is none.
    #[inline]
    pub fn has_room(self, count: c_int) -> bool {
        lua!(self, lua_checkstack, count) != 0
    }

    /// Makes room for so many values more; raises when there is none.
    #[inline]
    pub fn want_room(self, count: c_int, message: &'static CStr) {
        lua!(self, luaL_checkstack, count, message.as_ptr());
    }
}

/// Pushing.
impl<'s> Stack<'s> {
    /// Pushes nil.
    #[inline]
    pub fn push_nil(self) {
        lua!(self, lua_pushnil);
    }

    /// Pushes a boolean.
    #[inline]
    pub fn push_boolean(self, value: bool) {
        lua!(self, lua_pushboolean, c_int::from(value));
    }

    /// Pushes an integer.
    #[inline]
    pub fn push_integer(self, value: i64) {
        lua!(self, lua_pushinteger, value);
    }

    /// Pushes a float.
    #[inline]
    pub fn push_number(self, value: f64) {
        lua!(self, lua_pushnumber, value);
    }

    /// Pushes an address; it is not looked at.
    #[inline]
    pub(crate) fn push_address(self, address: *mut c_void) {
        lua!(self, lua_pushlightuserdata, address);
    }

    /// Pushes a string; raises when memory runs out.
    #[inline]
    pub fn push_string(self, bytes: &[u8]) {
        lua!(self, lua_pushlstring, bytes.as_ptr().cast(), bytes.len());
    }

    /// Pushes a function of C that captures nothing: that takes no memory.
    #[inline]
    pub fn push_c_function(self, function: ffi::CFunction) {
        lua!(self, lua_pushcclosure, function, 0);
    }

    /// Pushes a function of C that captures the top values, which are popped; raises when memory runs out.
    #[inline]
    pub fn push_c_closure(self, function: ffi::CFunction, captured: c_int) {
        lua!(self, lua_pushcclosure, function, captured);
    }

    /// Pushes a block of memory, and hands out its bytes, which are there as long as the block is on the stack; raises when
    /// memory runs out.
    #[inline]
    pub fn push_block(self, bytes: usize) -> &'s mut [u8] {
        let block = lua!(self, lua_newuserdatauv, bytes, 0);
        // SAFETY: the block is new and has so many bytes; which they are does not matter.
        unsafe { core::slice::from_raw_parts_mut(block.cast(), bytes) }
    }

    /// The bytes of a block, none for another value. They are there as long as the block is on the stack, or captured.
    pub fn block(self, index: c_int) -> &'s [u8] {
        if self.kind(index) != Kind::Userdata {
            return &[];
        }
        let (block, length) = (self.address(index).cast_const().cast(), self.raw_length(index) as usize);
        // SAFETY: a userdata has so many bytes behind its address.
        unsafe { core::slice::from_raw_parts(block, length) }
    }

    /// The bytes of a block, to be written. The caller has no other reference to them.
    pub fn block_mut(self, index: c_int) -> &'s mut [u8] {
        if self.kind(index) != Kind::Userdata {
            return &mut [];
        }
        let (block, length) = (self.address(index).cast(), self.raw_length(index) as usize);
        // SAFETY: a userdata has so many bytes behind its address.
        unsafe { core::slice::from_raw_parts_mut(block, length) }
    }

    /// Pushes the text that `tostring` makes of a value; raises what its metamethod raises.
    #[inline]
    pub fn push_text_of(self, index: c_int) -> &'s [u8] {
        lua!(self, luaL_tolstring, index, core::ptr::null_mut());
        self.string(-1)
    }

    /// Replaces the top values by their concatenation; raises when memory runs out.
    #[inline]
    pub fn concat(self, count: c_int) {
        lua!(self, lua_concat, count);
    }

    /// Pushes where the function at that level of the call stack is, in front of a message; raises when memory runs out.
    #[inline]
    pub fn push_place(self, level: c_int) {
        lua!(self, luaL_where, level);
    }

    /// Pushes the call stack from that level on as text; raises when memory runs out.
    #[inline]
    pub fn push_traceback(self, level: c_int) {
        lua!(self, luaL_traceback, self.state, core::ptr::null(), level);
    }

    /// Pushes the field of a value's metatable; `Nil`, and nothing pushed, when there is none.
    #[inline]
    pub fn push_metafield(self, index: c_int, name: &'static CStr) -> Kind {
        Kind::of(lua!(self, luaL_getmetafield, index, name.as_ptr()))
    }
}

/// Arguments of a C function: each raises what Lua's own functions raise.
impl<'s> Stack<'s> {
    /// There is an argument.
    #[inline]
    pub fn want_any(self, argument: c_int) {
        lua!(self, luaL_checkany, argument);
    }

    /// It is a table.
    #[inline]
    pub fn want_table(self, argument: c_int) {
        lua!(self, luaL_checktype, argument, ffi::TYPE_TABLE);
    }

    /// It is a string, or a number, which becomes one.
    #[inline]
    pub fn want_string(self, argument: c_int) -> &'s [u8] {
        let mut length = 0;
        let bytes = lua!(self, luaL_checklstring, argument, &raw mut length);
        // SAFETY: Lua's pointer has `length` bytes.
        unsafe { core::slice::from_raw_parts(bytes.cast(), length) }
    }
}

/// The collector.
impl<'s> Stack<'s> {
    /// A full collection; finalizers run protected.
    pub fn collect(self) {
        lua!(self, lua_gc, ffi::GC_COLLECT);
    }

    /// A full collection in which no finalizer runs, so nothing raises.
    pub fn collect_quietly(self) {
        lua!(self, cu_collect_quietly);
    }

    /// The collector rests until it is released. The answer is for that.
    pub fn hold_collector(self) -> c_int {
        lua!(self, cu_hold_collector)
    }

    /// See `hold_collector`.
    pub fn release_collector(self, before: c_int) {
        lua!(self, cu_release_collector, before);
    }

    /// The collector does what is due; raises what a finalizer raises.
    pub fn check_collector(self) {
        lua!(self, cu_check_collector);
    }

    /// Gives back the stack that a deep recursion left behind; nothing runs.
    pub fn trim(self) {
        lua!(self, cu_trim_stack);
    }
}
