//! Large runs, and the bitmap of taken granules.
//!
//! Invariant: every granule has a bit that says whether it is taken. Only the first granule of a run has its length.

use super::{GRANULES, Heap, KIND_FREE, KIND_LARGE, WORDS, move_bytes};

impl Heap {
    #[inline(never)]
    pub(super) fn take_run(&mut self, granules: usize) -> usize {
        if granules > GRANULES {
            return 0;
        }
        let found = if self.is_packing { self.find_low(granules) } else { self.find_high(granules) };
        let start = match found {
            Some(start) => start,
            None if self.sweep() => match self.find_high(granules) {
                Some(start) => start,
                None => return 0,
            },
            None => return 0,
        };
        self.mark(start, granules, true);
        self.begin_run(start, granules);
        self.address(start)
    }

    fn begin_run(&mut self, start: usize, granules: usize) {
        self.granules[start].kind = KIND_LARGE;
        self.granules[start].run_granules = granules as u32;
    }

    /// Shrinks or grows a run without a second copy of it; 0 when its neighbours are taken.
    ///
    /// # Safety
    /// `block` is a live run that holds `old` bytes.
    pub(super) unsafe fn resize_run(&mut self, block: usize, old: usize, granules: usize) -> usize {
        let start = self.granule(block);
        let present = self.granules[start].run_granules as usize;
        if granules <= present {
            self.mark(start + granules, present - granules, false);
            self.begin_run(start, granules);
            return block;
        }
        let above = self.free_above(start + present, granules - present);
        if above == granules - present {
            self.mark(start + present, above, true);
            self.begin_run(start, granules);
            return block;
        }
        let missing = granules - present - above;
        if self.free_below(start, missing) < missing {
            return 0;
        }
        let lower = start - missing;
        self.mark(lower, missing, true);
        self.mark(start + present, above, true);
        self.begin_run(lower, granules);
        let moved = self.address(lower);
        // SAFETY: both ranges lie in the run that now starts at `lower`; they may overlap.
        unsafe { move_bytes(moved as *mut u8, block as *const u8, old) };
        moved
    }

    // ---- the bitmap of taken granules ----

    pub(super) fn is_taken(&self, granule: usize) -> bool {
        self.taken[granule / 32] >> (granule % 32) & 1 != 0
    }

    pub(super) fn mark(&mut self, start: usize, granules: usize, taken: bool) {
        for granule in start..start + granules {
            let bit = 1 << (granule % 32);
            if taken {
                self.taken[granule / 32] |= bit;
            } else {
                self.taken[granule / 32] &= !bit;
                self.granules[granule].kind = KIND_FREE;
            }
        }
        if !taken {
            self.lowest_free_word = self.lowest_free_word.min(start / 32);
        }
    }

    fn free_above(&self, start: usize, wanted: usize) -> usize {
        (start..GRANULES.min(start + wanted)).take_while(|granule| !self.is_taken(*granule)).count()
    }

    fn free_below(&self, end: usize, wanted: usize) -> usize {
        (end.saturating_sub(wanted)..end).rev().take_while(|granule| !self.is_taken(*granule)).count()
    }

    /// The lowest free run of that many granules.
    #[inline(never)]
    pub(super) fn find_low(&mut self, granules: usize) -> Option<usize> {
        while self.lowest_free_word < WORDS && self.taken[self.lowest_free_word] == u32::MAX {
            self.lowest_free_word += 1;
        }
        let mut free = 0;
        for word in self.lowest_free_word..WORDS {
            let bits = self.taken[word];
            if bits == u32::MAX {
                free = 0;
                continue;
            }
            for bit in 0..32 {
                free = if bits >> bit & 1 == 0 { free + 1 } else { 0 };
                if free == granules {
                    return Some(word * 32 + bit + 1 - granules);
                }
            }
        }
        None
    }

    /// The highest free run of that many granules.
    #[inline(never)]
    fn find_high(&self, granules: usize) -> Option<usize> {
        let mut free = 0;
        for word in (self.lowest_free_word..WORDS).rev() {
            let bits = self.taken[word];
            if bits == u32::MAX {
                free = 0;
            } else if bits == 0 && free + 32 < granules {
                free += 32;
            } else {
                for bit in (0..32).rev() {
                    free = if bits >> bit & 1 == 0 { free + 1 } else { 0 };
                    if free == granules {
                        return Some(word * 32 + bit);
                    }
                }
            }
        }
        None
    }
}
