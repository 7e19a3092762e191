//! External tables that have a metatable, or are one: whether there are any, and of which it is to be looked what they have.
//!
//! Invariant: what is noted here is looked at before Lua goes on (`lua/settle.rs`, `proxy/objects.rs`).

use core::cell::Cell;

use cu_abi::key;

use crate::lua::settle;
use crate::store::system;
use crate::vm::map::Map;

/// What is to be looked at of a table.
#[derive(Clone, Copy, Default)]
pub struct Wanted {
    /// Its class.
    pub class: bool,
    /// Its fields of which Lua takes notice in a metatable.
    pub events: bool,
    /// It was looked at in vain: it is done again when the next compute begins.
    pub later: bool,
}

/// What is known of objects.
pub struct Objects {
    /// The store has metatables.
    pub are_there: Cell<bool>,
    /// Some external table of this instance was given a metatable, or is one: before, nobody looks for that.
    pub are_met: Cell<bool>,
    /// Some table may have methods that were read (`lua/objects.c`).
    pub are_methods_kept: Cell<bool>,
    wanted: Map<Wanted>,
    /// Some of it is for the next compute.
    are_some_later: Cell<bool>,
    /// Every table of the instance is to be looked at.
    are_all_wanted: Cell<bool>,
}

/// The names that Lua or its libraries look for in a metatable, in the order of their bytes.
#[rustfmt::skip]
pub const EVENTS: [&[u8]; 29] = [
    b"__add", b"__band", b"__bnot", b"__bor", b"__bxor", b"__call", b"__close", b"__concat", b"__div", b"__eq", b"__gc", b"__idiv",
    b"__index", b"__le", b"__len", b"__lt", b"__metatable", b"__mod", b"__mode", b"__mul", b"__name", b"__newindex", b"__pairs",
    b"__pow", b"__shl", b"__shr", b"__sub", b"__tostring", b"__unm",
];

/// With what their keys begin, and the byte with which they end.
pub const FRONT: &[u8] = b"\x01__";
const END: u8 = 0;

/// Whether the encoded key begins like theirs. It is asked of each row that changes.
#[inline]
pub fn may_be_event(key: &[u8]) -> bool {
    matches!(key, [key::STRING, b'_', b'_', ..])
}

/// Which of them the encoded key is.
pub fn event(key: &[u8]) -> Option<usize> {
    let Some([key::STRING, name @ .., END]) = may_be_event(key).then_some(key) else { return None };
    EVENTS.iter().position(|event| *event == name)
}

impl Wanted {
    pub const CLASS: Wanted = Wanted { class: true, events: false, later: false };
    pub const EVENTS: Wanted = Wanted { class: false, events: true, later: false };
    pub const BOTH: Wanted = Wanted { class: true, events: true, later: false };

    /// The same, when the next compute begins.
    pub fn later(self) -> Wanted {
        Wanted { later: true, ..self }
    }
}

impl Objects {
    /// None.
    pub(crate) const fn empty() -> Objects {
        Objects {
            are_there: Cell::new(false),
            are_met: Cell::new(false),
            are_methods_kept: Cell::new(false),
            wanted: Map::empty(),
            are_some_later: Cell::new(false),
            are_all_wanted: Cell::new(false),
        }
    }

    /// Every table of the instance may have another metatable, or other events.
    pub fn want_all(&self) {
        self.are_all_wanted.set(true);
        settle::want();
    }

    /// The same of one.
    pub fn want(&self, id: u32, wanted: Wanted) {
        let number = id as usize;
        let is_noted = self.wanted.change(number, |noted| {
            noted.class |= wanted.class;
            noted.events |= wanted.events;
            noted.later &= wanted.later;
        });
        if is_noted.is_none() {
            if !self.wanted.reserve(1) {
                return self.want_all();
            }
            self.wanted.put(number, wanted);
        }
        if wanted.later {
            self.are_some_later.set(true);
        } else {
            settle::want();
        }
    }

    /// A compute begins: what was looked at in vain is looked at again.
    pub fn begin(&self) {
        if self.are_some_later.replace(false) {
            while let Some((number, wanted, _)) = self.wanted.search(0, |wanted| wanted.later) {
                self.wanted.put(number, Wanted { later: false, ..wanted });
            }
            settle::want();
        }
    }

    /// So much is known of one, and not wanted any more.
    pub fn unwant(&self, id: u32, known: Wanted) {
        self.wanted.change(id as usize, |noted| {
            noted.class &= !known.class;
            noted.events &= !known.events;
        });
        self.wanted.remove(id as usize, |noted| !noted.class && !noted.events);
        if self.wanted.search(0, |wanted| !wanted.later).is_none() && !self.are_all_wanted.get() {
            settle::unwant();
        }
    }

    /// A row changes; whether it is a metatable or an event.
    #[inline]
    pub fn note_change(&self, table: u32, key: &[u8]) -> bool {
        if table == system::METATABLES {
            self.want(key::decode_id(key).unwrap_or(0), Wanted::CLASS);
        } else if may_be_event(key) && event(key).is_some() {
            self.want(table, Wanted::EVENTS);
        } else {
            return false;
        }
        true
    }

    /// Whether the events of one are to be read, again perhaps: what Lua finds instead raises why they could not be.
    pub fn wants_events(&self, id: u32) -> bool {
        self.wanted.find(id as usize).is_some_and(|noted| noted.events)
    }

    /// Takes the note that all are wanted.
    pub fn take_all(&self) -> bool {
        self.are_all_wanted.replace(false)
    }

    /// Takes what is wanted of some table.
    pub fn take(&self) -> Option<(u32, Wanted)> {
        let (number, wanted, _) = self.wanted.search(0, |wanted| !wanted.later)?;
        self.wanted.remove(number, |_| true);
        Some((number as u32, wanted))
    }
}
