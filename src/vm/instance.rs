//! The state that lives as long as the VM.
//!
//! Invariant: a `Cell` holds a number, an address or a flag, and a read copies it. So nothing is borrowed while a
//! script or the host runs.

use core::cell::Cell;

use cu_abi::tables;

use crate::lua::ffi::State;
use crate::lua::stack::Stack;
use crate::vm::cells::Cells;
use crate::vm::codes::Codes;
use crate::vm::known::Known;
use crate::vm::objects::Objects;
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
    /// External tables with metatables.
    pub objects: Objects,
    /// Functions that the store has.
    pub known: Known,
    /// Captured variables that the store has.
    pub cells: Cells,
    /// Prototypes whose code the store has.
    pub codes: Codes,
    /// Ids for new stored objects (`store/counter.rs`).
    pub ids: Ids,
    /// Which table is `_home` (`run/home.rs`), and the globals that name external tables (`proxy/globals.rs`).
    pub home: Home,
    /// How much of what other instances did it has seen (`run/shared.rs`).
    pub seen: Seen,
    /// The state of the journal (`store/journal.rs`).
    pub journal: Journal,
    /// The last known borders of tables (`proxy/length.rs`).
    pub borders: [Border; BORDERS],
    /// Functions to which calls came by their ways (`proxy/reached.rs`).
    pub reached: [Reached; REACHED],
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
    /// How many computes there were that could wait for the host.
    pub computes: Cell<i64>,
    /// How many computes wait.
    pub pending: Cell<usize>,
    /// The first block that the host requested (`entry/host_blocks.rs`), 0 for none.
    pub first_host_block: Cell<usize>,
}

impl Instance {
    /// The row under an encoded key of a table changes: what was read of it for objects may not be true any more.
    #[inline]
    pub fn note_change(&self, table: u32, key: &[u8]) {
        if self.objects.are_met.get() || table == tables::METATABLES {
            self.note_change_of_object(table, key);
        }
    }

    #[inline(never)]
    fn note_change_of_object(&self, table: u32, key: &[u8]) {
        // An event is read again, and is kept until then.
        if !self.objects.note_change(table, key)
            && self.objects.are_methods_kept.get()
            && let [cu_abi::key::STRING, name @ .., 0] = key
        {
            self.standing.forget_method(self.state.get(), table, name);
        }
    }
}

/// The one instance of the module.
pub static INSTANCE: Instance = Instance {
    prepared: Cell::new(core::ptr::null_mut()),
    state: Cell::new(core::ptr::null_mut()),
    is_running: Cell::new(false),
    string_seed: Cell::new(0),
    standing: Standing::empty(),
    objects: Objects::empty(),
    known: Known::empty(),
    cells: Cells::empty(),
    codes: Codes::empty(),
    ids: Ids {
        begin: Cell::new(0),
        next: Cell::new(0),
        end: Cell::new(0),
        is_fresh: Cell::new(false),
        range: Cell::new((0, 0)),
        cut: Cell::new(0),
        is_range_fixed: Cell::new(false),
        has_no_range: Cell::new(false),
        least: Cell::new(0),
        high: Cell::new(0),
        given: Cell::new(0),
    },
    home: Home {
        table: Cell::new(tables::HOME),
        attached: Cell::new(tables::HOME),
        name_length: Cell::new(0),
        is_settled: Cell::new(false),
        has_alias: Cell::new(true),
        is_bound: Cell::new(false),
    },
    seen: Seen {
        epoch: Cell::new(0),
        is_behind: Cell::new(false),
        collections: Cell::new(None),
        is_counting: Cell::new(false),
        changes: Cell::new(0),
        made: Cell::new(0),
    },
    journal: Journal {
        state: Cell::new(JournalState::Closed),
        level: Cell::new(0),
        left_over: Cell::new(0),
        first_new: Cell::new(0),
        range: Cell::new((0, 0)),
        base: Cell::new((0, 0, 0)),
        has_changed: Cell::new(false),
        has_notes: Cell::new(false),
        has_opening: Cell::new(false),
        is_looked_at: Cell::new(false),
        of_host: Cell::new(OfHost::None),
        around: Cell::new([0; 5]),
        unit: Cell::new(None),
    },
    borders: [const { Border { table: Cell::new(0), at: Cell::new(0) } }; BORDERS],
    reached: [const {
        Reached {
            way: [const { Cell::new(0) }; REACHED_BYTES / 8],
            end: Cell::new(0),
            length: Cell::new(0),
            home: Cell::new(0),
            function: Cell::new(0),
            changes: Cell::new(0),
            cost: Cell::new(0),
        }
    }; REACHED],
    has_to_put_back: Cell::new(false),
    has_spilled: Cell::new(false),
    audit_sequence: Cell::new(0),
    warns: Cell::new(false),
    warning_continues: Cell::new(false),
    computes: Cell::new(0),
    pending: Cell::new(0),
    first_host_block: Cell::new(0),
};

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for Instance {}

/// Ids to give.
pub struct Ids {
    /// The beginning of the block.
    pub begin: Cell<u32>,
    /// The next one of the block that is reserved for this instance.
    pub next: Cell<u32>,
    /// The end of the block.
    pub end: Cell<u32>,
    /// Its ids were never given before.
    pub is_fresh: Cell<bool>,
    /// The free range from which blocks are cut: what is left of it.
    pub range: Cell<(u32, u32)>,
    /// The end of the last block that was cut from it in a transaction; 0 for none.
    pub cut: Cell<u32>,
    /// An atomic compute takes free ids from this range only.
    pub is_range_fixed: Cell<bool>,
    /// The store has no free range that is worth its calls.
    pub has_no_range: Cell<bool>,
    /// The host wants none below this one.
    pub least: Cell<u32>,
    /// The end of those that were never given before this instance gave them.
    pub high: Cell<u32>,
    /// How many were given.
    pub given: Cell<u32>,
}

/// What an instance has seen of changes, of its own and those that others made.
pub struct Seen {
    /// The epoch that the host told last.
    pub epoch: Cell<i64>,
    /// There is a later one, and what is remembered is still to be read anew.
    pub is_behind: Cell<bool>,
    /// How many collections the store had when this was looked at; none before.
    pub collections: Cell<Option<u32>>,
    /// A collection of this instance failed, so that it is not known whether it is counted.
    pub is_counting: Cell<bool>,
    /// How often this instance changed a row, or learned that others may have: to read a row may lead to something else now.
    pub changes: Cell<u64>,
    /// How often it made the object of Lua's that stands for a stored one: to read the same again counts less.
    pub made: Cell<u64>,
}

impl Seen {
    /// Rows may be others from now on.
    pub fn note_change(&self) {
        self.changes.set(self.changes.get() + 1);
    }

    /// An object is made.
    pub fn note_made(&self) {
        self.made.set(self.made.get() + 1);
    }
}

/// The globals that name external tables.
pub struct Home {
    /// The id of `_home`.
    pub table: Cell<u32>,
    /// The id that the host attached, for computes without a name.
    pub attached: Cell<u32>,
    /// The length of the name that the host gave; 0 for none.
    pub name_length: Cell<u8>,
    /// It is known which table is `_home`, and that it may be.
    pub is_settled: Cell<bool>,
    /// Whether it also has the older name.
    pub has_alias: Cell<bool>,
    /// Whether the globals have their right values.
    pub is_bound: Cell<bool>,
}

/// The phases of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalState {
    /// There is no transaction.
    Closed,
    /// There is one that has changed nothing yet.
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
    /// The innermost level, 0 without a transaction.
    pub level: Cell<u8>,
    /// The innermost level of which notes may be left over, though it ended, or was not rolled back; 0 for none.
    pub left_over: Cell<u8>,
    /// The first id that was never given before the level: from there on ids belong to it.
    pub first_new: Cell<u32>,
    /// Ids that were free when it began, which belong to it, too.
    pub range: Cell<(u32, u32)>,
    /// The same of the outermost level: the first id, and the range.
    pub base: Cell<(u32, u32, u32)>,
    /// The level has changed something.
    pub has_changed: Cell<bool>,
    /// There are notes of it.
    pub has_notes: Cell<bool>,
    /// The store has the opening note.
    pub has_opening: Cell<bool>,
    /// Whether it was checked that no earlier instance left a journal.
    pub is_looked_at: Cell<bool>,
    /// Whether the outermost level is of the host, over several computes (`run/atomic.rs`).
    pub of_host: Cell<OfHost>,
    /// What the compute, a level of such a transaction, has to leave as it was.
    pub around: Cell<[u32; 5]>,
    /// While a compute runs that the host undoes if it fails: the first id that is new, and the range.
    pub unit: Cell<Option<(u32, u32, u32)>>,
}

/// A transaction of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfHost {
    /// There is none.
    None,
    /// It is the outermost level.
    Open,
    /// It was undone, and the host does not know yet.
    Lost,
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

/// Ways that are remembered, and how long they are at most.
pub const REACHED: usize = 8;
/// See `REACHED`.
pub const REACHED_BYTES: usize = 40;

/// A function that was reached by a way.
pub struct Reached {
    /// The way, from `_home` on: eight bytes each, as far as there are so many.
    pub way: [Cell<u64>; REACHED_BYTES / 8],
    /// The last eight bytes of it, or the first and the last four of a shorter one.
    pub end: Cell<u64>,
    /// Its length, 0 for none.
    pub length: Cell<u8>,
    /// Which table was `_home`.
    pub home: Cell<u32>,
    /// The id of the function.
    pub function: Cell<u32>,
    /// `Seen::changes` then.
    pub changes: Cell<u64>,
    /// What reading the way counted.
    pub cost: Cell<u32>,
}

impl Instance {
    /// The VM; none before `init`.
    pub fn lua(&self) -> Option<Stack<'static>> {
        let state = self.state.get();
        // SAFETY: this state was opened and is never closed, and there is one thread.
        (!state.is_null()).then(|| unsafe { Stack::of(state) })
    }
}
