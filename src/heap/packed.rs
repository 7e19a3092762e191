//! Packed blocks: what is made when the module is built, and stays.
//!
//! Invariant: a packed granule never comes back; its blocks do, to the list of the class that their size says.

use super::classes::{CLASS_BYTES, GRANULE_BYTES};
use super::{Heap, KIND_PACKED};

impl Heap {
    /// From now on, until `end_packing`, blocks lie side by side at the low end, whatever their size: what stays for ever
    /// takes as few pages of the machine as can be.
    pub fn begin_packing(&mut self) {
        self.is_packing = true;
    }

    /// Blocks are taken from spans and runs again. What was freed is zero.
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
