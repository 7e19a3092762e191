//! Lua's tables: fields, elements, globals, and the registry.

use core::ffi::{CStr, c_int, c_void};

use crate::lua::ffi::{self, lua};
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;

/// A name in the registry that no script can have: the address of a static.
pub struct RegistryKey(u8);

impl RegistryKey {
    /// For a static of its own.
    #[allow(clippy::new_without_default, reason = "each is a static")]
    pub const fn new() -> RegistryKey {
        // What lies there is never read, but nothing else may have the address.
        RegistryKey(1)
    }

    /// The address.
    pub fn address(&'static self) -> *const c_void {
        (&raw const self.0).cast()
    }
}

/// Index of the registry.
pub const REGISTRY: c_int = ffi::REGISTRY;

/// What is not called raw calls metamethods, and raises what they raise; what adds an entry raises when memory runs
/// out.
impl Stack<'_> {
    /// Pushes a new table with room for so many elements and fields.
    #[inline]
    pub fn push_table(self, elements: c_int, fields: c_int) {
        lua!(self, lua_createtable, elements, fields);
    }

    /// Pushes a field.
    #[inline]
    pub fn get_field(self, table: c_int, name: &'static CStr) -> Kind {
        Kind::of(lua!(self, lua_getfield, table, name.as_ptr()))
    }

    /// Sets a field to the top value, which is popped.
    #[inline]
    pub fn set_field(self, table: c_int, name: &'static CStr) {
        lua!(self, lua_setfield, table, name.as_ptr());
    }

    /// Pushes the field that is a table, made now if there is none.
    #[inline]
    pub fn push_subtable(self, table: c_int, name: &'static CStr) {
        lua!(self, luaL_getsubtable, table, name.as_ptr());
    }

    /// Puts the value under the key on top in the place of that key.
    #[inline]
    pub fn get(self, table: c_int) -> Kind {
        Kind::of(lua!(self, lua_gettable, table))
    }

    /// Sets the key under the top value to that; both are popped.
    #[inline]
    pub fn set(self, table: c_int) {
        lua!(self, lua_settable, table);
    }

    /// Pushes a global.
    #[inline]
    pub fn get_global(self, name: &'static CStr) -> Kind {
        Kind::of(lua!(self, lua_getglobal, name.as_ptr()))
    }

    /// Sets a global to the top value, which is popped.
    #[inline]
    pub fn set_global(self, name: &'static CStr) {
        lua!(self, lua_setglobal, name.as_ptr());
    }

    /// As `get`.
    #[inline]
    pub fn raw_get(self, table: c_int) -> Kind {
        self.check_table(table);
        Kind::of(lua!(self, lua_rawget, table))
    }

    /// As `set`.
    #[inline]
    pub fn raw_set(self, table: c_int) {
        self.check_table(table);
        lua!(self, lua_rawset, table);
    }

    /// Pushes the element with that number.
    #[inline]
    pub fn raw_get_at(self, table: c_int, number: i64) -> Kind {
        self.check_table(table);
        Kind::of(lua!(self, lua_rawgeti, table, number))
    }

    /// Sets the element with that number to the top value, which is popped.
    #[inline]
    pub fn raw_set_at(self, table: c_int, number: i64) {
        self.check_table(table);
        lua!(self, lua_rawseti, table, number);
    }

    /// Pushes what the registry has under a key of the module's own.
    #[inline]
    pub fn get_registered(self, key: &'static RegistryKey) -> Kind {
        Kind::of(lua!(self, lua_rawgetp, REGISTRY, key.address()))
    }

    /// Puts the top value into the registry, and pops it; takes no memory where something was under the key before.
    #[inline]
    pub fn register(self, key: &'static RegistryKey) {
        lua!(self, lua_rawsetp, REGISTRY, key.address());
    }

    /// Pushes the table of globals.
    #[inline]
    pub fn push_globals(self) {
        lua!(self, lua_rawgeti, REGISTRY, ffi::GLOBALS);
    }

    /// Replaces the key on top by the next key and its value; false, and the key popped, at the end. Raises when the key is
    /// none of the table's, which none from an earlier call is.
    #[inline]
    pub fn next(self, table: c_int) -> bool {
        self.check_table(table);
        lua!(self, lua_next, table) != 0
    }

    /// Makes the table on top, which is popped, the metatable.
    #[inline]
    pub fn set_metatable(self, index: c_int) {
        lua!(self, lua_setmetatable, index);
    }

    #[inline]
    fn check_table(self, index: c_int) {
        debug_assert!(
            self.kind(index) == Kind::Table,
            "a table is wanted at {index}, not a {}",
            self.kind(index).name()
        );
    }
}
