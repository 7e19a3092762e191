//! What is remembered of the catalogue and the links, so that tables without any cost nothing.
//!
//! Invariant: what is remembered is what the store has. It is forgotten whenever the store may have something else: another
//! instance wrote, something was undone, a collection freed something, or the host attached another store.

use alloc::vec::Vec;
use core::cell::Cell;

/// Set in the number of a table that must be mended.
pub const BROKEN: u32 = 1 << 31;

/// Tables whose part is remembered, by the low bits of their id.
const ROLES: usize = 64;

/// The part of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Role(u8);

impl Role {
    /// Something is attached to it.
    pub const ROOT: Role = Role(1);
    /// It is a row, or in one, of a table to which something is attached.
    pub const LINKED: Role = Role(2);

    /// Whether a change of the table concerns nobody.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether it has that part.
    pub fn is(self, other: Role) -> bool {
        self.0 & other.0 != 0
    }

    /// Both.
    pub fn with(self, other: Role) -> Role {
        Role(self.0 | other.0)
    }
}

/// What is remembered.
pub struct State {
    /// Whether it is known if the store has a catalogue.
    pub is_looked_at: Cell<bool>,
    /// Whether it has one.
    pub is_in_use: Cell<bool>,
    /// Id << 8 and part.
    roles: [Cell<u64>; ROLES],
    /// A table that was just made, with no table in it; 0 for none. Its change is the next one.
    pub flat: Cell<u32>,
    /// Whether building indexes anew counts: what a dead instance left is free, and what this compute causes is not.
    pub is_mending_charged: Cell<bool>,
    /// The tables whose indexes this compute changes outside of a transaction, which the store notes (`changing.rs`).
    changing: Cell<Vec<u32>>,
}

/// The one there is.
pub static STATE: State = State {
    is_looked_at: Cell::new(false),
    is_in_use: Cell::new(false),
    roles: [const { Cell::new(0) }; ROLES],
    flat: Cell::new(0),
    is_mending_charged: Cell::new(false),
    changing: Cell::new(Vec::new()),
};

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for State {}

impl State {
    /// Changes the list of tables whose indexes are being changed.
    pub fn with_changing<R>(&self, work: impl FnOnce(&mut Vec<u32>) -> R) -> R {
        let mut all = self.changing.take();
        let answer = work(&mut all);
        self.changing.set(all);
        answer
    }

    /// A change of the indexes of a table is not complete. There is room for it (`changing.rs`).
    pub fn distrust(&self, table: u32) {
        self.with_changing(|all| {
            all.retain(|known| known & !BROKEN != table);
            if all.try_reserve(1).is_ok() {
                all.push(table | BROKEN);
            }
        });
    }

    fn place(&self, table: u32) -> &Cell<u64> {
        &self.roles[table as usize % ROLES]
    }

    /// The remembered part of a table.
    #[inline]
    pub fn role(&self, table: u32) -> Option<Role> {
        let known = self.place(table).get();
        (known >> 8 == u64::from(table)).then_some(Role(known as u8))
    }

    /// Remembers one.
    pub fn set_role(&self, table: u32, role: Role) {
        self.place(table).set(u64::from(table) << 8 | u64::from(role.0));
    }

    /// Notes that a table has a part from now on, where it is remembered.
    pub fn add_role(&self, table: u32, role: Role) {
        if let Some(known) = self.role(table) {
            self.set_role(table, known.with(role));
        }
    }

    /// Forgets everything but whether the store has a catalogue.
    pub fn forget(&self) {
        for role in &self.roles {
            role.set(0);
        }
    }
}
