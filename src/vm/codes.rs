//! The live prototypes of functions whose code the store has: code is stored and loaded once for all functions of a prototype.

use crate::lua::object::Prototype;
use crate::vm::register::{FLAG, Live, Register};

/// The prototypes, by where they lie. `FLAG`: the code has no lines and names, whether or not the prototype does.
pub struct Codes(Register<usize>);

impl Codes {
    /// None.
    pub(crate) const fn empty() -> Codes {
        Codes(Register::empty())
    }

    /// Makes room for `more` prototypes; false when there is no memory.
    pub fn reserve(&self, more: usize) -> bool {
        self.0.reserve(more)
    }

    /// Frees unused room.
    pub fn shrink(&self) {
        self.0.shrink();
    }

    /// The id of the code that a prototype has in the store, with names or stripped of them; 0 for none.
    pub fn id(&self, prototype: Prototype, strip: bool) -> u32 {
        let id = self.0.id(prototype.address());
        let is_as_wanted = |code: usize| (code & FLAG != 0) == strip || !prototype.has_lines();
        if self.0.find(id).is_some_and(is_as_wanted) { id } else { 0 }
    }

    /// The prototype of an id.
    pub fn prototype(&self, id: u32) -> Option<Prototype> {
        // SAFETY: a prototype that is here has not been freed.
        self.0.find(id).and_then(|code| unsafe { Prototype::at(code.address()) })
    }

    /// Every id.
    pub fn all_ids(&self) -> impl Iterator<Item = u32> {
        self.0.entries().map(|(id, _)| id)
    }

    /// Forgets the prototypes whose code has an id that passes `test`, because it is no longer stored.
    pub fn forget_where(&self, test: impl Fn(u32) -> bool) {
        self.0.forget_where(test);
    }

    /// Forgets the prototype of one id.
    pub fn forget(&self, id: u32) {
        self.0.forget(id);
    }

    /// Forgets the prototypes whose ids do not pass `test`, up to the first error.
    pub fn keep<E>(&self, test: impl FnMut(u32) -> Result<bool, E>) -> Result<(), E> {
        self.0.keep(test)
    }

    /// Adds a prototype, of which the store has the code with this id. It replaces another one with the same code. The
    /// caller has made room.
    pub fn add(&self, id: u32, prototype: Prototype, is_stripped: bool) {
        self.0.put(id, prototype.address() | if is_stripped { FLAG } else { 0 });
        prototype.report();
    }

    /// The collector is about to free the prototype.
    pub(super) fn remove(&self, address: usize) {
        self.0.remove(address);
    }
}
