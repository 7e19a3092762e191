//! Packed blocks: blocks that are made when the module is built, and stay.
//!
//! Invariant: a packed granule is never returned. Its freed blocks go to the list of the class for their size.

use super::classes::{CLASS_BYTES, GRANULE_BYTES};
use super::{Heap, KIND_PACKED};

impl Heap {
    /// Until `end_packing`, blocks of any size are placed side by side at the low end. They stay forever, so this uses
    /// as few pages of the machine as possible.
    pub fn begin_packing(&mut self) {
        self.is_packing = true;
    }

    /// Takes blocks from spans and runs again, and clears the freed ones.
    pub fn end_packing(&mut self) {
        self.is_packing = false;
        for (mut block, size) in self.free.0.into_iter().zip(CLASS_BYTES.0) {
            while block != 0 {
                // SAFETY: a free block of its class's size begins with its link.
                unsafe {
                    let link = block as *mut usize;
                    link.add(1).cast::<u8>().write_bytes(0, size as usize - size_of::<usize>());
                    block = *link;
                }
            }
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn take_packed(&mut self, size: usize) -> usize {
        while self.packed + size > self.packed_end {
            let Some(granule) = self.find_low(1) else { return 0 };
            self.mark(granule, 1, true);
            self.set_kind(granule, KIND_PACKED, 0);
            if self.address(granule) != self.packed_end {
                self.packed = self.address(granule);
            }
            self.packed_end = self.address(granule) + GRANULE_BYTES;
        }
        let block = self.packed;
        self.packed += size;
        block
    }
}
