//! Pages of keys for loops over tables.
//!
//! Invariant: a page is only a cache, which saves a request for each key. It is found by table and key. When a new key
//! is written, the keys of the page after it are forgotten.

use bytemuck::Zeroable;

use crate::large::LARGE;
use crate::store::Failure;
use crate::store::page::Page;

/// The number of pages. If more loops are nested, each step of a loop reads a page again.
const SLOTS: usize = 4;

/// A page and when it was last used.
#[derive(Clone, Copy, Zeroable)]
struct Slot {
    page: Page,
    used: u32,
}

#[derive(Zeroable)]
struct Pages {
    slots: [Slot; SLOTS],
    clock: u32,
    /// Whether a page may be in use.
    in_use: bool,
}

fn pages() -> *mut Pages {
    LARGE.pages.place()
}

impl Pages {
    /// The key after `after` in `table`; `None` at the end. `after` is empty at the start.
    fn behind(&mut self, table: u32, after: &[u8]) -> Result<Option<&[u8]>, Failure> {
        self.clock = self.clock.wrapping_add(1);
        let clock = self.clock;
        let stands = |slot: &Slot| slot.page.table() == table && slot.page.current() == Some(after);
        let known = self.slots.iter().position(stands);
        let index = known.unwrap_or_else(|| {
            // A free page, or else the page that was not used for the longest time.
            let age = |slot: &Slot| if slot.page.table() == 0 { u32::MAX } else { clock.wrapping_sub(slot.used) };
            (0..SLOTS).max_by_key(|index| age(&self.slots[*index])).unwrap_or(0)
        });
        self.in_use = true;
        let slot = &mut self.slots[index];
        slot.used = clock;
        let found = if known.is_some() { slot.page.step() } else { slot.page.seek(table, after) }?;
        Ok(if found { slot.page.current() } else { None })
    }

    /// The pages of a table, or of all.
    fn of(&mut self, table: Option<u32>) -> impl Iterator<Item = &mut Page> {
        let pages = self.slots.iter_mut().map(|slot| &mut slot.page);
        pages.filter(move |page| table.is_none_or(|table| page.table() == table))
    }
}

/// The key after `after` in `table`, as a slice of its page; `None` at the end.
///
/// # Safety
/// The key is used before the next one is asked for and before a row changes.
pub unsafe fn behind(table: u32, after: &[u8]) -> Result<Option<&'static [u8]>, Failure> {
    // SAFETY: one thread; the reference ends with the call, and the caller is done with the key before there is another.
    unsafe { (*pages()).behind(table, after) }
}

/// A row of `table` changes: a page without its key forgets the keys after it.
#[inline]
pub fn changed(table: u32, key: &[u8]) {
    // SAFETY: one thread; the reference ends with the call, and `behind` has no key in use when a row changes.
    let pages = unsafe { &mut *pages() };
    if !pages.in_use {
        return;
    }
    pages.in_use = pages.slots.iter().any(|slot| slot.page.table() != 0);
    for page in pages.of(Some(table)) {
        page.note(key);
    }
}

/// Forgets the pages of a table.
pub fn forget(table: u32) {
    // SAFETY: as in `changed`.
    unsafe { &mut *pages() }.of(Some(table)).for_each(Page::forget);
}

/// Forgets every page.
pub fn forget_all() {
    // SAFETY: as in `changed`.
    unsafe { &mut *pages() }.of(None).for_each(Page::forget);
}
