//! The live Lua functions that are stored.

use core::ffi::c_int;

use crate::lua::object::LuaFunction;
use crate::lua::stack::Stack;
use crate::vm::register::Register;

/// The stored functions, by where they lie.
pub struct Known(Register<usize>);

impl Known {
    /// None.
    pub(crate) const fn empty() -> Known {
        Known(Register::empty())
    }

    /// Makes room for `more` functions; false when there is no memory.
    pub fn reserve(&self, more: usize) -> bool {
        self.0.reserve(more)
    }

    /// Frees unused room.
    pub fn shrink(&self) {
        self.0.shrink();
    }

    /// The id of a function, 0 when it is not stored.
    pub fn id(&self, function: LuaFunction) -> u32 {
        self.id_at(function.address())
    }

    /// The id of the function at that stack index, 0 for any other value.
    #[inline]
    pub fn id_of(&self, lua: Stack<'_>, index: c_int) -> u32 {
        lua.function(index).map_or(0, |function| self.id(function))
    }

    /// The function of an id.
    pub fn function(&self, id: u32) -> Option<LuaFunction> {
        // SAFETY: a function that is here has not been freed.
        self.0.find(id).and_then(|address| unsafe { LuaFunction::at(address) })
    }

    /// Every id with its function.
    pub fn entries(&self) -> impl Iterator<Item = (u32, LuaFunction)> {
        self.0.entries().filter_map(|(id, _)| Some((id, self.function(id)?)))
    }

    /// Forgets the functions whose ids pass `test`, because they are no longer stored.
    pub fn forget_where(&self, test: impl Fn(u32) -> bool) {
        self.0.forget_where(test);
    }

    /// Forgets one function: it is an ordinary one of Lua's from now on.
    pub fn forget(&self, id: u32) {
        self.0.forget(id);
    }

    /// Forgets the functions whose ids do not pass `test`, up to the first error.
    pub fn keep<E>(&self, test: impl FnMut(u32) -> Result<bool, E>) -> Result<(), E> {
        self.0.keep(test)
    }

    /// Adds a function. It replaces one that the collector found dead. The caller has made room.
    pub fn add(&self, id: u32, function: LuaFunction) {
        self.0.put(id, function.address());
        function.report();
    }

    /// The id of the function at this address.
    pub(super) fn id_at(&self, address: usize) -> u32 {
        self.0.id(address)
    }

    /// The collector is about to free the function.
    pub(super) fn remove(&self, address: usize) {
        self.0.remove(address);
    }
}
