//! Returning spans without a live block.
//!
//! Invariant: a sweep happens only when no run of granules is left, and blocks that stay on a list keep their order.

use super::classes::{CLASS_BYTES, CLASSES, GRANULE_BYTES, SPAN_GRANULES};
use super::{GRANULES, Heap};
use crate::budget;

impl Heap {
    /// Returns the granules of every span without a live block; false when there was none.
    #[cold]
    pub(super) fn sweep(&mut self) -> bool {
        if !core::mem::take(&mut self.freed_since_sweep) {
            return false;
        }
        // A sweep is free, because the time for it depends on what ran before.
        let left = budget::suspend();
        for granule in &mut self.granules.0 {
            granule.free_in_span = 0;
        }
        for class in 0..CLASSES {
            self.retire_fresh(class);
            self.count_free(class);
            self.unlink_empty_spans(class);
        }
        budget::resume(left);
        self.release_empty_spans()
    }

    /// Puts the unused rest of the newest span on the list, so that its span is counted like any other.
    fn retire_fresh(&mut self, class: usize) {
        let size = CLASS_BYTES[class] as usize;
        while self.fresh[class] + size <= self.fresh_end[class] {
            let block = self.fresh[class];
            self.fresh[class] += size;
            // SAFETY: the block lies in the class's own span and was never handed out.
            unsafe { *(block as *mut usize) = self.free[class] };
            self.free[class] = block;
        }
        self.fresh[class] = 0;
        self.fresh_end[class] = 0;
    }

    fn span_start(&self, block: usize) -> usize {
        let granule = self.granule(block);
        granule - self.granules[granule].offset_in_span as usize
    }

    fn count_free(&mut self, class: usize) {
        let mut block = self.free[class];
        while block != 0 {
            let span = self.span_start(block);
            self.granules[span].free_in_span += 1;
            // SAFETY: every block on the list is free and begins with its link.
            block = unsafe { *(block as *const usize) };
        }
    }

    fn is_empty_span(&self, span: usize, class: usize) -> bool {
        let blocks = SPAN_GRANULES[class] as usize * GRANULE_BYTES / CLASS_BYTES[class] as usize;
        self.granules[span].kind as usize == class && self.granules[span].free_in_span as usize == blocks
    }

    /// Rebuilds the class's list without the blocks of empty spans, the order of the rest unchanged.
    fn unlink_empty_spans(&mut self, class: usize) {
        let mut block = core::mem::take(&mut self.free[class]);
        let mut tail = 0;
        while block != 0 {
            // SAFETY: as in `count_free`.
            let next = unsafe { *(block as *const usize) };
            if !self.is_empty_span(self.span_start(block), class) {
                if tail == 0 {
                    self.free[class] = block;
                } else {
                    // SAFETY: `tail` is a free block kept on the list.
                    unsafe { *(tail as *mut usize) = block };
                }
                // SAFETY: the block is free; it ends the list until the next is linked.
                unsafe { *(block as *mut usize) = 0 };
                tail = block;
            }
            block = next;
        }
    }

    fn release_empty_spans(&mut self) -> bool {
        let mut released = false;
        for granule in 0..GRANULES {
            let class = self.granules[granule].kind;
            let counted = self.granules[granule].free_in_span != 0 && (class as usize) < CLASSES;
            if counted && self.is_taken(granule) && self.is_empty_span(granule, class as usize) {
                self.mark(granule, SPAN_GRANULES[class as usize] as usize, false);
                released = true;
            }
        }
        released
    }
}
