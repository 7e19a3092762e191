//! Which live captured variables are cells of the store, and whether their values are those that were written.
//!
//! Invariant: an id is here at most once, and so is a variable; the collector tells this file before it frees one, and
//! frees none whose value is another than the one that was written (`collector.rs`).

use crate::lua::object::Variable;
use crate::vm::map::Map;

/// A captured variable: Lua's object, and what is known of its value.
#[derive(Clone, Copy, Default)]
struct Cell {
    address: usize,
    /// The fingerprint of the value that the store has.
    written: u64,
    /// A compute has failed because the value of now cannot be stored.
    is_refused: bool,
    /// The value of now may not be stored, whoever asks: it is to be put back.
    is_forbidden: bool,
    /// It changed in an earlier compute, whose budget did not cover the write.
    is_late: bool,
    /// The last round in which it was tried.
    tried: u32,
}

/// The cells.
pub struct Cells {
    cells: Map<Cell>,
    ids: Map<usize>,
    /// Counts the times that all that changed was looked for.
    round: core::cell::Cell<u32>,
}

impl Cell {
    fn variable(self) -> Option<Variable> {
        // SAFETY: a cell that is here has not been freed.
        unsafe { Variable::at(self.address) }
    }

    /// The fingerprint of the value now; 0 for what cannot have been written.
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
        Cells { cells: Map::empty(), ids: Map::empty(), round: core::cell::Cell::new(0) }
    }

    /// Makes room for `more` cells; false when there is no memory.
    pub fn reserve(&self, more: usize) -> bool {
        self.cells.reserve(more) && self.ids.reserve(more)
    }

    /// Gives back room.
    pub fn shrink(&self) {
        self.cells.shrink();
        self.ids.shrink();
    }

    /// The id of a captured variable, 0 when it is no cell.
    pub fn id(&self, variable: Variable) -> u32 {
        self.id_at(variable.address())
    }

    /// The captured variable of an id.
    pub fn variable(&self, id: u32) -> Option<Variable> {
        self.cells.find(id as usize).and_then(Cell::variable)
    }

    /// Every id.
    pub fn all_ids(&self) -> impl Iterator<Item = u32> {
        self.cells.entries().map(|(id, _)| id as u32)
    }

    /// Forgets the variables whose ids are `first` or more: they are not stored after all.
    pub fn forget_from(&self, first: u32) {
        self.cells.keep_below(first as usize, |cell| self.ids.remove(cell.address, |_| true));
    }

    /// Adds a captured variable whose value the store has, in the place of one that the collector has given up; there is
    /// room.
    pub fn add(&self, id: u32, variable: Variable) {
        let cell = Cell { address: variable.address(), ..Cell::default() };
        self.cells.put(id as usize, Cell { written: cell.fingerprint(), ..cell });
        self.ids.put(cell.address, id as usize);
        variable.report();
    }

    /// The store has another value than was written.
    pub fn note_unwritten(&self, id: u32) {
        self.cells.change(id as usize, |cell| cell.written = 0);
    }

    /// The store has the value that the cell has now.
    pub fn note_written(&self, id: u32) {
        self.cells.change(id as usize, |cell| {
            cell.written = cell.fingerprint();
            (cell.is_refused, cell.is_forbidden, cell.is_late) = (false, false, false);
        });
    }

    /// The value of the cell may not be stored: it is to be put back, which is to be tried, too.
    pub fn forbid(&self, id: u32) {
        self.cells.change(id as usize, |cell| {
            if !cell.is_forbidden {
                (cell.is_forbidden, cell.tried) = (true, 0);
            }
        });
    }

    /// Whether the value of the cell may not be stored.
    pub fn is_forbidden(&self, id: u32) -> bool {
        self.cells.find(id as usize).is_some_and(|cell| cell.is_forbidden)
    }

    /// The value of the cell cannot be stored; whether that is news.
    pub fn note_refused(&self, id: u32) -> bool {
        self.cells.change(id as usize, |cell| !core::mem::replace(&mut cell.is_refused, true)).unwrap_or(false)
    }

    /// Begins a round: no cell has been tried.
    pub fn begin_round(&self) {
        self.round.set(self.round.get().wrapping_add(1).max(1));
    }

    /// What changed and is not written now is late.
    pub fn note_late(&self) {
        let mut place = 0;
        while let Some((id, _, next)) = self.cells.search(place, |cell| !cell.is_late && cell.is_changed()) {
            place = next;
            self.cells.change(id, |cell| cell.is_late = true);
        }
    }

    /// The cell is not late, though it may be changed.
    pub fn forget_late(&self, id: u32) {
        self.cells.change(id as usize, |cell| cell.is_late = false);
    }

    /// The first changed cell at that place or behind that was not tried in this round, one that is late or one that is not,
    /// and the place behind it. Now it was tried.
    pub fn try_next(&self, from: usize, late: bool) -> Option<(u32, usize)> {
        let round = self.round.get();
        let is_next = |cell: Cell| cell.is_late == late && cell.tried != round && cell.is_changed();
        let (id, _, next) = self.cells.search(from, is_next)?;
        self.cells.change(id, |cell| cell.tried = round);
        Some((id as u32, next))
    }

    /// The first changed cell at that place or behind, and the place behind it.
    pub fn next_changed(&self, from: usize) -> Option<(u32, usize)> {
        self.cells.search(from, Cell::is_changed).map(|(id, _, next)| (id as u32, next))
    }

    /// Hands every changed variable to `visit`.
    pub(super) fn each_changed(&self, visit: impl FnMut(Variable)) {
        self.cells
            .entries()
            .filter(|(_, cell)| cell.is_changed())
            .filter_map(|(_, cell)| cell.variable())
            .for_each(visit);
    }

    /// The collector is about to free the captured variable; another may have its id by now.
    pub(super) fn remove(&self, address: usize) {
        self.cells.remove(self.id_at(address) as usize, |cell| cell.address == address);
        self.ids.remove(address, |_| true);
    }

    fn id_at(&self, address: usize) -> u32 {
        self.ids.find(address).unwrap_or(0) as u32
    }
}
