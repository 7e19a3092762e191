//! Which live captured variables are cells of the store, and whether their values are those that were written.
//!
//! Invariant: an id is here at most once, and so is a variable; the collector tells this file before it frees one, and
//! frees none whose value is another than the one that was written (`inside.c`).

use core::cell::UnsafeCell;
use core::ffi::c_void;

use crate::lua::ffi;
use crate::lua::map::Map;

/// A captured variable: Lua's object, the fingerprint of the value that the store has, whether a script was told that
/// the value of now cannot be stored, whether it may not be, whoever asks, and the last round in which it was tried.
#[derive(Clone, Copy, Default)]
struct Cell {
    object: usize,
    written: u64,
    told: bool,
    barred: bool,
    /// It changed in an earlier compute, whose budget did not cover the write.
    owed: bool,
    tried: u32,
}

/// The cells.
pub struct Cells {
    cells: Map<Cell>,
    ids: Map<usize>,
    /// Counts the times that all that changed was looked for.
    round: u32,
}

struct Shared(UnsafeCell<Cells>);

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Shared {}

static CELLS: Shared = Shared(UnsafeCell::new(Cells { cells: Map::EMPTY, ids: Map::EMPTY, round: 0 }));

/// The one register.
///
/// # Safety
/// One thread; no reference from an earlier call is used afterwards.
#[inline]
pub unsafe fn global() -> &'static mut Cells {
    // SAFETY: the caller's.
    unsafe { &mut *CELLS.0.get() }
}

impl Cell {
    /// The fingerprint of the value now; 0 for what cannot have been written.
    fn fingerprint(self) -> u64 {
        // SAFETY: a cell that is here has not been freed.
        unsafe { ffi::cu_cell_fingerprint(self.object as *mut c_void) }
    }

    fn is_changed(self) -> bool {
        let now = self.fingerprint();
        now == 0 || now != self.written
    }
}

impl Cells {
    /// Makes room for `more` cells; false when there is no memory.
    pub fn reserve(&mut self, more: usize) -> bool {
        self.cells.reserve(more) && self.ids.reserve(more)
    }

    /// Gives back room.
    pub fn shrink(&mut self) {
        self.cells.shrink();
        self.ids.shrink();
    }

    /// The id of a captured variable, 0 when it is no cell.
    pub fn id(&self, object: *const c_void) -> u32 {
        self.ids.find(object as usize).unwrap_or(0) as u32
    }

    /// The captured variable of an id, or null.
    pub fn object(&self, id: u32) -> *mut c_void {
        self.cells.find(id as usize).unwrap_or_default().object as *mut c_void
    }

    /// Every id.
    pub fn all_ids(&self) -> impl Iterator<Item = u32> {
        self.cells.entries().map(|(id, _)| id as u32)
    }

    /// Forgets the variables whose ids are `first` or more: they are not stored after all.
    pub fn forget_from(&mut self, first: u32) {
        let Cells { cells, ids, .. } = self;
        cells.keep_below(first as usize, |cell| ids.remove(cell.object, |_| true));
    }

    /// The store has another value than was written.
    pub fn note_unwritten(&mut self, id: u32) {
        if let Some(cell) = self.cells.find_mut(id as usize) {
            cell.written = 0;
        }
    }

    /// Adds a captured variable whose value the store has, in the place of one that the collector has given up; there is
    /// room.
    ///
    /// # Safety
    /// The object is live.
    pub unsafe fn add(&mut self, id: u32, object: *mut c_void) {
        let cell = Cell { object: object as usize, written: 0, told: false, barred: false, owed: false, tried: 0 };
        self.cells.put(id as usize, Cell { written: cell.fingerprint(), ..cell });
        self.ids.put(object as usize, id as usize);
        // SAFETY: the caller's.
        unsafe { ffi::cu_report(object) };
    }

    /// The store has the value that the cell has now.
    pub fn note_written(&mut self, id: u32) {
        if let Some(cell) = self.cells.find_mut(id as usize) {
            cell.written = cell.fingerprint();
            (cell.told, cell.barred, cell.owed) = (false, false, false);
        }
    }

    /// The value of the cell may not be stored: it is to be put back, which is to be tried, too.
    pub fn bar(&mut self, id: u32) {
        if let Some(cell) = self.cells.find_mut(id as usize)
            && !cell.barred
        {
            (cell.barred, cell.tried) = (true, 0);
        }
    }

    /// Whether the value of the cell may not be stored.
    pub fn is_barred(&self, id: u32) -> bool {
        self.cells.find(id as usize).is_some_and(|cell| cell.barred)
    }

    /// The value of the cell cannot be stored; whether that is news.
    pub fn note_refused(&mut self, id: u32) -> bool {
        self.cells.find_mut(id as usize).is_some_and(|cell| !core::mem::replace(&mut cell.told, true))
    }

    /// Begins a round: no cell has been tried.
    pub fn begin_round(&mut self) {
        self.round = self.round.wrapping_add(1).max(1);
    }

    /// What changed and is not written now is owed.
    pub fn note_owed(&mut self) {
        let mut place = 0;
        while let Some((id, _, next)) = self.cells.search(place, |cell| !cell.owed && cell.is_changed()) {
            place = next;
            if let Some(cell) = self.cells.find_mut(id) {
                cell.owed = true;
            }
        }
    }

    /// The cell is not owed, though it may be changed.
    pub fn forgive(&mut self, id: u32) {
        if let Some(cell) = self.cells.find_mut(id as usize) {
            cell.owed = false;
        }
    }

    /// The first changed cell at that place or behind that was not tried in this round, one that is owed or one that is not,
    /// and the place behind it. Now it was tried.
    pub fn try_next(&mut self, from: usize, owed: bool) -> Option<(u32, usize)> {
        let round = self.round;
        let (id, _, next) =
            self.cells.search(from, |cell| cell.owed == owed && cell.tried != round && cell.is_changed())?;
        if let Some(cell) = self.cells.find_mut(id) {
            cell.tried = round;
        }
        Some((id as u32, next))
    }

    /// The first changed cell at that place or behind, and the place behind it.
    pub fn next_changed(&self, from: usize) -> Option<(u32, usize)> {
        self.cells.search(from, Cell::is_changed).map(|(id, _, next)| (id as u32, next))
    }
}

/// The collector marks: a variable that changed must live until it has been written, though no function has it any more.
#[unsafe(no_mangle)]
extern "C" fn cu_mark_changed_cells(collector: *mut c_void) {
    // SAFETY: one thread; marking changes neither map.
    let cells = unsafe { global() };
    for (_, cell) in cells.cells.entries().filter(|(_, cell)| cell.is_changed()) {
        // SAFETY: a live object of the collector's.
        unsafe { ffi::cu_mark_cell(collector, cell.object as *mut c_void) };
    }
}

/// The collector is about to free the captured variable; another may have its id by now.
#[unsafe(no_mangle)]
extern "C" fn cu_cell_gone(object: *mut c_void) {
    // SAFETY: one thread; the reference ends with the call.
    let known = unsafe { global() };
    let id = known.id(object);
    known.cells.remove(id as usize, |cell| cell.object == object as usize);
    known.ids.remove(object as usize, |_| true);
}
