//! The state that lives as long as the VM.
//!
//! Invariant: a `Cell` holds a number, an address or a flag, and a read copies it. So nothing is borrowed while a
//! script or the host runs.

use core::cell::Cell;

use cu_abi::tables;

use crate::lua::ffi::State;
use crate::lua::stack::Stack;
use crate::vm::cells::Cells;
use crate::vm::known::Known;
use crate::vm::standing::Standing;

/// The instance.
pub struct Instance {
    /// The Lua state once it is made, which the build already does; null before (`run/create.rs`).
    pub prepared: Cell<*mut State>,
    /// The Lua state in which computes run; null before `init`.
    pub state: Cell<*mut State>,
    /// A compute or a collection is running.
    pub is_running: Cell<bool>,
    /// The seed of Lua's string hash.
    pub string_seed: Cell<u32>,
    /// Tables that stand for external ones.
    pub standing: Standing,
    /// Functions that the store has.
    pub known: Known,
    /// Captured variables that the store has.
    pub cells: Cells,
    /// Ids for new stored objects (`store/counter.rs`).
    pub ids: Ids,
    /// The globals that name external tables (`proxy/globals.rs`).
    pub home: Home,
    /// The state of the journal (`store/journal.rs`).
    pub journal: Journal,
    /// The last known borders of tables (`proxy/length.rs`).
    pub borders: [Border; BORDERS],
    /// The id at which the next collection of the store begins, if the last one did not reach the end
    /// (`table/reclaim.rs`).
    pub reclaimed_to: Cell<u32>,
    /// A read-only compute changed captured variables whose values could not be put back (`closure/write_back.rs`).
    pub has_to_put_back: Cell<bool>,
    /// A result that did not fit the buffer is stored in table `_io`.
    pub has_spilled: Cell<bool>,
    /// Number of the last `audit` event.
    pub audit_sequence: Cell<i64>,
    /// Warnings are printed, and the last one is not complete (`library/print.rs`).
    pub warns: Cell<bool>,
    /// See `warns`.
    pub warning_continues: Cell<bool>,
    /// The first block that the host requested (`entry/host_blocks.rs`), 0 for none.
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

/// Ids to give.
pub struct Ids {
    /// The next one.
    pub next: Cell<u32>,
    /// The end of the block that is reserved for this instance.
    pub reserved: Cell<u32>,
}

/// The globals that name external tables.
pub struct Home {
    /// The id of `_home`.
    pub table: Cell<u32>,
    /// Whether it also has the older name.
    pub has_alias: Cell<bool>,
    /// Whether the globals have their right values.
    pub is_bound: Cell<bool>,
}

/// The phases of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalState {
    /// No compute is atomic.
    Closed,
    /// A compute is atomic but has changed nothing yet.
    Ready,
    /// Something was changed.
    Open,
    /// A rollback is unfinished.
    Unfinished,
}

/// The state of the journal.
pub struct Journal {
    /// Its phase.
    pub state: Cell<JournalState>,
    /// The first id that belongs to the atomic compute.
    pub first_new: Cell<u32>,
    /// The store has the opening note.
    pub has_opening: Cell<bool>,
    /// Whether it was checked that no earlier instance left a journal.
    pub is_looked_at: Cell<bool>,
}

/// Tables whose border is remembered, by the low bits of their id.
pub const BORDERS: usize = 16;

/// A table's border.
pub struct Border {
    /// The table.
    pub table: Cell<u32>,
    /// Its last element at the last search.
    pub at: Cell<i64>,
}

impl Instance {
    /// The VM; none before `init`.
    pub fn lua(&self) -> Option<Stack<'static>> {
        let state = self.state.get();
        // SAFETY: this state was opened and is never closed, and there is one thread.
        (!state.is_null()).then(|| unsafe { Stack::of(state) })
    }
}
