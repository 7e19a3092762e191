//! What lives as long as the VM.
//!
//! Invariant: a cell holds a number, an address or a flag, so whoever reads one has a copy, and nothing is borrowed where a
//! script or the host can come in between.

use core::cell::Cell;

use cu_abi::tables;

use crate::lua::ffi::State;
use crate::lua::stack::Stack;
use crate::vm::cells::Cells;
use crate::vm::known::Known;
use crate::vm::standing::Standing;

/// The instance.
pub struct Instance {
    /// The state that was made, also by the build; null before (`run/create.rs`).
    pub prepared: Cell<*mut State>,
    /// The state that computes run in; null before `init`.
    pub state: Cell<*mut State>,
    /// A compute or a collection is under way.
    pub is_running: Cell<bool>,
    /// The seed of Lua's string hash.
    pub string_seed: Cell<u32>,
    /// Tables that stand for external ones.
    pub standing: Standing,
    /// Functions that the store has.
    pub known: Known,
    /// Captured variables that the store has.
    pub cells: Cells,
    /// Ids that are given to what is stored (`store/counter.rs`).
    pub ids: Ids,
    /// The globals that name external tables (`proxy/globals.rs`).
    pub home: Home,
    /// What is known of the journal (`store/journal.rs`).
    pub journal: Journal,
    /// Borders of tables, as they were found last (`proxy/length.rs`).
    pub borders: [Border; BORDERS],
    /// Where the next collection of the store begins, when the last one did not come to the end (`table/reclaim.rs`).
    pub reclaimed_to: Cell<u32>,
    /// A read-only compute changed captured variables whose values could not be put back (`closure/write_back.rs`).
    pub has_to_put_back: Cell<bool>,
    /// A result that did not fit the buffer lies in table `_io`.
    pub has_spilled: Cell<bool>,
    /// Number of the last `audit` event.
    pub audit_sequence: Cell<i64>,
    /// Warnings are printed, and the last one is yet to be continued (`library/print.rs`).
    pub warns: Cell<bool>,
    /// See `warns`.
    pub warning_continues: Cell<bool>,
    /// The first block that the host asked for (`entry/host_blocks.rs`), 0 for none.
    pub first_host_block: Cell<usize>,
}

/// The one instance of the module.
pub static INSTANCE: Instance = Instance {
    prepared: Cell::new(core::ptr::null_mut()),
    state: Cell::new(core::ptr::null_mut()),
    is_running: Cell::new(false),
    string_seed: Cell::new(0),
    standing: Standing::empty(),
    known: Known::empty(),
    cells: Cells::empty(),
    ids: Ids { next: Cell::new(tables::IO + 1), reserved: Cell::new(0) },
    home: Home { table: Cell::new(tables::HOME), has_alias: Cell::new(true), is_bound: Cell::new(false) },
    journal: Journal {
        state: Cell::new(JournalState::Closed),
        first_new: Cell::new(0),
        has_opening: Cell::new(false),
        is_looked_at: Cell::new(false),
    },
    borders: [const { Border { table: Cell::new(0), at: Cell::new(0) } }; BORDERS],
    reclaimed_to: Cell::new(0),
    has_to_put_back: Cell::new(false),
    has_spilled: Cell::new(false),
    audit_sequence: Cell::new(0),
    warns: Cell::new(false),
    warning_continues: Cell::new(false),
    first_host_block: Cell::new(0),
};

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for Instance {}

/// Ids that are given.
pub struct Ids {
    /// The next one.
    pub next: Cell<u32>,
    /// The end of the block that this instance has to itself.
    pub reserved: Cell<u32>,
}

/// The globals that name external tables.
pub struct Home {
    /// The id of `_home`.
    pub table: Cell<u32>,
    /// Whether it has the older name, too.
    pub has_alias: Cell<bool>,
    /// Whether the globals are what they should be.
    pub is_bound: Cell<bool>,
}

/// How far the journal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalState {
    /// Nothing is noted.
    Closed,
    /// A compute is atomic, and has changed nothing yet.
    Ready,
    /// Something was changed.
    Open,
    /// A rollback did not come to its end.
    Unfinished,
}

/// What is known of the journal.
pub struct Journal {
    /// How far it is.
    pub state: Cell<JournalState>,
    /// The first id that belongs to the atomic compute.
    pub first_new: Cell<u32>,
    /// The store has the opening note.
    pub has_opening: Cell<bool>,
    /// Whether it is known that no earlier instance left a journal.
    pub is_looked_at: Cell<bool>,
}

/// Tables whose border is remembered, by the low bits of their id.
pub const BORDERS: usize = 16;

/// A table's border.
pub struct Border {
    /// The table.
    pub table: Cell<u32>,
    /// Its last element, when it was looked for.
    pub at: Cell<i64>,
}

impl Instance {
    /// The VM; none before `init`.
    pub fn lua(&self) -> Option<Stack<'static>> {
        let state = self.state.get();
        // SAFETY: what is there was opened and is never closed, and this is the one thread.
        (!state.is_null()).then(|| unsafe { Stack::of(state) })
    }
}
