//! What a `no_std` module must bring itself: the global allocator, over the arena, and the panic handler.
//!
//! Memory counts in the budget by its size, as for Lua's own (`lua/patches/05-memory.patch`).
//!
//! Invariant: a panic never traps. It becomes a Lua error where Lua can catch one, and else leaves to the export, which
//! answers "internal error".

use core::alloc::{GlobalAlloc, Layout};

use crate::budget;
use crate::heap;
use crate::lua::unwind;
use crate::vm::{panic as machine, room};

struct ArenaAllocator;

#[global_allocator]
static ALLOCATOR: ArenaAllocator = ArenaAllocator;

/// Blocks of the heap are aligned to 8; the rare layout that wants more takes whole granules.
fn block_bytes(layout: Layout) -> usize {
    if layout.align() <= heap::ALIGNMENT { layout.size() } else { layout.size().max(heap::WHOLE_GRANULES) }
}

// SAFETY: the heap hands out disjoint blocks of the size and alignment asked for.
unsafe impl GlobalAlloc for ArenaAllocator {
    // Called from everywhere: what it does in a few instructions would be a tenth of what calls it.
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        budget::spend(budget::block(layout.size()));
        // SAFETY: wasm32 has one thread; no reference to the heap lives while room is made.
        unsafe {
            loop {
                let block = heap::global().allocate(block_bytes(layout));
                if !block.is_null() || !room::make() {
                    return block;
                }
            }
        }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: wasm32 has one thread; the block came from `alloc` with this layout.
        unsafe { heap::global().free(block, block_bytes(layout)) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() > heap::ALIGNMENT {
            return core::ptr::null_mut();
        }
        if size > layout.size() {
            budget::spend(budget::block(size));
        }
        // SAFETY: as in `alloc` and `dealloc`; a block that is not resized stays as it is.
        unsafe {
            loop {
                let resized = heap::global().resize(block, layout.size(), size);
                if !resized.is_null() || !room::make() {
                    return resized;
                }
            }
        }
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    machine::raise_internal()
}

/// Lua calls this when it raises an error outside every protected call.
#[unsafe(no_mangle)]
extern "C" fn abort() -> ! {
    unwind::leave()
}
