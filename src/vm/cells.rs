//! The live captured variables that are cells of the store, and whether the store has their current values.
//!
//! Invariant: the collector frees no variable whose value has changed since it was written (`collector.rs`).

use crate::lua::object::Variable;
use crate::vm::register::{Live, Register};

/// A captured variable: Lua's object, and the state of its value.
#[derive(Clone, Copy, Default)]
struct Cell {
    address: usize,
    /// The fingerprint of the value in the store.
    written: u64,
    /// A compute has failed because the current value cannot be stored.
    is_refused: bool,
    /// Forbidden: the current value may not be stored and must be put back.
    is_forbidden: bool,
    /// Late: it changed in an earlier compute, whose budget did not cover the write.
    is_late: bool,
    /// The last round in which it was tried.
    tried: u32,
}

/// The cells.
pub struct Cells {
    cells: Register<Cell>,
    /// Counts the searches for all changed cells.
    round: core::cell::Cell<u32>,
}

impl Live for Cell {
    fn address(self) -> usize {
        self.address
    }
}

impl Cell {
    fn variable(self) -> Option<Variable> {
        // SAFETY: a cell that is here has not been freed.
        unsafe { Variable::at(self.address) }
    }

    /// The fingerprint of the current value; 0 for a value that cannot have been written.
    fn fingerprint(self) -> u64 {
        self.variable().map_or(0, Variable::fingerprint)
    }

    fn is_changed(self) -> bool {
        let now = self.fingerprint();
        now == 0 || now != self.written
    }
}

impl Cells {
    /// None.
    pub(crate) const fn empty() -> Cells {
        Cells { cells: Register::empty(), round: core::cell::Cell::new(0) }
    }

    /// Makes room for `more` cells; false when there is no memory.
    pub fn reserve(&self, more: usize) -> bool {
        self.cells.reserve(more)
    }

    /// Frees unused room.
    pub fn shrink(&self) {
        self.cells.shrink();
    }

    /// The id of a captured variable, 0 when it is not a cell.
    pub fn id(&self, variable: Variable) -> u32 {
        self.cells.id(variable.address())
    }

    /// The captured variable of an id.
    pub fn variable(&self, id: u32) -> Option<Variable> {
        self.cells.find(id).and_then(Cell::variable)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.cells.count()
    }

    /// Every id.
    pub fn all_ids(&self) -> impl Iterator<Item = u32> {
        self.cells.entries().map(|(id, _)| id)
    }

    /// Forgets the variables whose ids pass `test`, because they are no longer stored.
    pub fn forget_where(&self, test: impl Fn(u32) -> bool) {
        self.cells.forget_where(test);
    }

    /// Forgets one variable: it is an ordinary one of Lua's from now on, with the value that it has.
    pub fn forget(&self, id: u32) {
        self.cells.forget(id);
    }

    /// Forgets the variables whose ids do not pass `test`, up to the first error.
    pub fn keep<E>(&self, test: impl FnMut(u32) -> Result<bool, E>) -> Result<(), E> {
        self.cells.keep(test)
    }

    /// Adds a captured variable whose value the store has. It replaces one that the collector found dead. The caller
    /// has made room.
    pub fn add(&self, id: u32, variable: Variable) {
        let cell = Cell { address: variable.address(), ..Cell::default() };
        self.cells.put(id, Cell { written: cell.fingerprint(), ..cell });
        variable.report();
    }

    /// Notes that the store no longer has the value that was written.
    pub fn note_unwritten(&self, id: u32) {
        self.cells.change(id, |cell| cell.written = 0);
    }

    /// Notes that the store has the cell's current value.
    pub fn note_written(&self, id: u32) {
        self.cells.change(id, |cell| {
            cell.written = cell.fingerprint();
            (cell.is_refused, cell.is_forbidden, cell.is_late) = (false, false, false);
        });
    }

    /// Forbids the cell's value: it must be put back, which is one more thing to try.
    pub fn forbid(&self, id: u32) {
        self.cells.change(id, |cell| {
            if !cell.is_forbidden {
                (cell.is_forbidden, cell.tried) = (true, 0);
            }
        });
    }

    /// Whether the cell's value is forbidden.
    pub fn is_forbidden(&self, id: u32) -> bool {
        self.cells.find(id).is_some_and(|cell| cell.is_forbidden)
    }

    /// Whether a compute has failed because the cell's value cannot be stored.
    pub fn is_refused(&self, id: u32) -> bool {
        self.cells.find(id).is_some_and(|cell| cell.is_refused)
    }

    /// Notes that the cell's value cannot be stored; returns whether this was not known.
    pub fn note_refused(&self, id: u32) -> bool {
        self.cells.change(id, |cell| !core::mem::replace(&mut cell.is_refused, true)).unwrap_or(false)
    }

    /// Begins a round: no cell has been tried.
    pub fn begin_round(&self) {
        self.round.set(self.round.get().wrapping_add(1).max(1));
    }

    /// Makes every changed cell late.
    pub fn note_late(&self) {
        let mut place = 0;
        while let Some((id, next)) = self.cells.search(place, |cell| !cell.is_late && cell.is_changed()) {
            place = next;
            self.cells.change(id, |cell| cell.is_late = true);
        }
    }

    /// Notes that the cell is not late; it may still be changed.
    pub fn forget_late(&self, id: u32) {
        self.cells.change(id, |cell| cell.is_late = false);
    }

    /// The first changed cell from that place on that was not tried in this round, either late or not, and the place
    /// after it. It now counts as tried.
    pub fn try_next(&self, from: usize, late: bool) -> Option<(u32, usize)> {
        let round = self.round.get();
        let is_next = |cell: Cell| cell.is_late == late && cell.tried != round && cell.is_changed();
        let (id, next) = self.cells.search(from, is_next)?;
        self.cells.change(id, |cell| cell.tried = round);
        Some((id, next))
    }

    /// The first changed cell from that place on that was not tried in this round, and the place after it. It now counts as
    /// tried.
    pub fn try_changed(&self, from: usize) -> Option<(u32, usize)> {
        let round = self.round.get();
        let (id, next) = self.cells.search(from, |cell| cell.tried != round && cell.is_changed())?;
        self.cells.change(id, |cell| cell.tried = round);
        Some((id, next))
    }

    /// The first cell from that place on that was not tried in this round, and the place after it. It now counts as tried.
    pub fn try_any(&self, from: usize) -> Option<(u32, usize)> {
        let round = self.round.get();
        let (id, next) = self.cells.search(from, |cell| cell.tried != round)?;
        self.cells.change(id, |cell| cell.tried = round);
        Some((id, next))
    }

    /// The first changed cell from that place on, and the place after it.
    #[inline]
    pub fn next_changed(&self, from: usize) -> Option<(u32, usize)> {
        self.cells.search(from, Cell::is_changed)
    }

    /// Hands every changed variable to `visit`.
    pub(super) fn each_changed(&self, visit: impl FnMut(Variable)) {
        self.cells
            .entries()
            .filter(|(_, cell)| cell.is_changed())
            .filter_map(|(_, cell)| cell.variable())
            .for_each(visit);
    }

    /// The collector is about to free the captured variable.
    pub(super) fn remove(&self, address: usize) {
        self.cells.remove(address);
    }
}
