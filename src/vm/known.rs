//! The live Lua functions that are stored, by id and by object.
//!
//! Invariant: an id is here at most once, and so is a function. The collector reports here before it frees one
//! (`collector.rs`).

use core::ffi::c_int;

use crate::lua::object::LuaFunction;
use crate::lua::stack::Stack;
use crate::vm::map::Map;

/// The stored functions.
pub struct Known {
    objects: Map<usize>,
    ids: Map<usize>,
}

impl Known {
    /// None.
    pub(crate) const fn empty() -> Known {
        Known { objects: Map::empty(), ids: Map::empty() }
    }

    /// Makes room for `more` functions; false when there is no memory.
    pub fn reserve(&self, more: usize) -> bool {
        self.objects.reserve(more) && self.ids.reserve(more)
    }

    /// Frees unused room.
    pub fn shrink(&self) {
        self.objects.shrink();
        self.ids.shrink();
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
        self.objects.find(id as usize).and_then(|address| unsafe { LuaFunction::at(address) })
    }

    /// Every id with its function.
    pub fn entries(&self) -> impl Iterator<Item = (u32, LuaFunction)> {
        self.objects.entries().filter_map(|(id, _)| Some((id as u32, self.function(id as u32)?)))
    }

    /// Forgets the functions with ids of `first` or more, because they are no longer stored.
    pub fn forget_from(&self, first: u32) {
        self.objects.keep_below(first as usize, |address| self.ids.remove(address, |_| true));
    }

    /// Adds a function. It replaces one that the collector found dead. The caller has made room.
    pub fn add(&self, id: u32, function: LuaFunction) {
        self.objects.put(id as usize, function.address());
        self.ids.put(function.address(), id as usize);
        function.report();
    }

    /// The id of the function at this address.
    pub(super) fn id_at(&self, address: usize) -> u32 {
        self.ids.find(address).unwrap_or(0) as u32
    }

    /// The collector is about to free the function. Another function may already have its id.
    pub(super) fn remove(&self, address: usize) {
        self.objects.remove(self.id_at(address) as usize, |function| function == address);
        self.ids.remove(address, |_| true);
    }
}
