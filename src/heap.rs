//! The static arena and its allocator, which counts bytes and refuses blocks above the limit.
//!
//! Invariant: every granule of the arena is either free (bit clear), part of a span of equal small blocks, part of one
//! large run, or packed. For any address the tables say which, and also the room of the block, unless it is packed.
//!
//! ```text
//! arena    | granule 0 | granule 1 | ...                       | granule N-1 |   1 KiB each
//!            spans of small blocks grow from here -->   <-- large runs from here
//! small    up to 2 KiB: 48 size classes; a free block's first word links to the next free block of its class
//! large    whole granules, grown in place upwards or downwards when the neighbours are free
//! packed   small blocks of any class, one after the other, across granules: blocks made when the module is built
//! ```
//!
//! Freeing pushes a block on the class's list and never looks at neighbours. Only when no run of granules is left, a
//! sweep of the lists returns the spans without a live block (`sweep`). So memory that one phase of a script used for
//! small objects can hold the large ones of the next phase. Packed granules stay.
//!
//! - `classes`: sizes of small blocks
//! - `packed`: blocks side by side
//! - `runs`: large blocks, and which granules are taken
//! - `sweep`: spans given back
//! - `table`: tables whose access never panics

mod classes;
mod packed;
mod runs;
mod sweep;
mod table;

use alloc::vec::Vec;

use self::classes::{CLASS_BYTES, CLASSES, GRANULE_BYTES, SMALL_BYTES, SPAN_GRANULES, class_of_size};
use self::table::Table;
use bytemuck::Zeroable;

pub use crate::large::ARENA_BYTES;
use crate::large::LARGE;

const GRANULES: usize = ARENA_BYTES / GRANULE_BYTES;
const WORDS: usize = GRANULES / 32;

/// Alignment of every block: a Lua value holds 64-bit numbers.
pub const ALIGNMENT: usize = 8;

/// From this size on, a block takes whole granules and is aligned to one.
pub const WHOLE_GRANULES: usize = SMALL_BYTES + 1;

/// Kinds of granule beyond the class numbers.
const KIND_FREE: u8 = 0xFF;
const KIND_LARGE: u8 = 0xFE;
const KIND_PACKED: u8 = 0xFD;

/// Alignment of the arena: a page of the machine, so that the arena uses as few pages as possible.
const ARENA_ALIGNMENT: usize = 4096;

/// The heap over the static arena, attached at its first use.
///
/// # Safety
/// One thread at a time, and no reference from an earlier call is used afterwards: on wasm32 there is one thread, and
/// unit tests hold `lua::state::exclusive`.
#[inline]
pub unsafe fn global() -> &'static mut Heap {
    // SAFETY: the caller's; this file alone uses the part.
    let heap = unsafe { &mut *LARGE.heap.place::<Heap>() };
    if heap.base == 0 {
        attach_arena(heap);
    }
    heap
}

/// How many bytes live blocks have.
pub fn used_bytes() -> usize {
    // SAFETY: one thread; the reference ends with the function.
    unsafe { global() }.used_bytes
}

/// How many bytes may be in live blocks.
pub fn limit_bytes() -> usize {
    // SAFETY: as in `used_bytes`.
    unsafe { global() }.limit_bytes
}

/// Sets how many bytes may be in live blocks; existing blocks stay.
pub fn set_limit(bytes: usize) {
    // SAFETY: as in `used_bytes`.
    unsafe { global() }.set_limit(bytes);
}

#[cold]
fn attach_arena(heap: &mut Heap) {
    let room: *mut u8 = LARGE.arena.place::<[u8; ARENA_BYTES + ARENA_ALIGNMENT]>().cast();
    // SAFETY: the part has room for the arena behind the next multiple of the alignment, and belongs to this heap
    // alone.
    unsafe { heap.attach(room.add(room.align_offset(ARENA_ALIGNMENT))) };
}

/// Moves a block to a separate place or further down. This is free: whether a block moves depends on the other blocks
/// in the arena, so its size was charged when it was requested.
///
/// # Safety
/// `from` is readable and `to` writable for `count` bytes; `to` does not lie in `from + 1 .. from + count`.
unsafe fn move_bytes(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: the caller's.
    #[cfg(target_arch = "wasm32")]
    unsafe {
        crate::libc::memory::copy_forward(to, from, count)
    };
    // SAFETY: the caller's.
    #[cfg(not(target_arch = "wasm32"))]
    unsafe {
        core::ptr::copy(from, to, count)
    };
}

/// Runs `work`, which takes up to `bytes` bytes and does not check for memory, if so many are free in one piece.
pub fn with_room<T>(bytes: usize, work: impl FnOnce() -> T) -> Option<T> {
    let mut probe = Vec::<u8>::new();
    probe.try_reserve_exact(bytes).ok()?;
    // The compiler may remove an allocation whose result is not used.
    core::hint::black_box(probe.as_ptr());
    drop(probe);
    // SAFETY: wasm32 has one thread; the reference ends here.
    #[cfg(feature = "faults")]
    let plan = core::mem::replace(unsafe { global() }.faults(), crate::faults::Faults::NONE);
    let done = work();
    #[cfg(feature = "faults")]
    {
        // SAFETY: as before.
        *unsafe { global() }.faults() = plan;
    }
    Some(done)
}

/// The entry for a granule.
#[repr(C)]
struct Granule {
    kind: u8,
    /// Distance in granules from the start of the span.
    offset_in_span: u8,
    /// Scratch of `sweep`: free blocks counted in the span that starts here.
    free_in_span: u16,
    /// Granules of the large run that starts here.
    run_granules: u32,
}

/// The allocator: tables for an arena of `ARENA_BYTES` at `base`. The fields that are used most come first.
#[repr(C)]
pub struct Heap {
    base: usize,
    used_bytes: usize,
    limit_bytes: usize,
    /// No free granule lies in a word below this one.
    lowest_free_word: usize,
    /// Head of each class's list of free blocks, 0 at its end.
    free: Table<usize, CLASSES>,
    /// The never used rest of each class's newest span.
    fresh: Table<usize, CLASSES>,
    fresh_end: Table<usize, CLASSES>,
    /// The place of the next packed block, and the end of the newest packed granule.
    packed: usize,
    packed_end: usize,
    is_packing: bool,
    /// Small blocks freed since the last sweep: a sweep without any finds nothing.
    freed_since_sweep: bool,
    taken: Table<u32, WORDS>,
    granules: Table<Granule, GRANULES>,
    #[cfg(feature = "faults")]
    faults: crate::faults::Faults,
}

// SAFETY: numbers, and a boolean that is false.
unsafe impl Zeroable for Heap {}

impl Heap {
    #[cfg(test)]
    #[allow(clippy::new_without_default, reason = "made in tests")]
    /// A heap without an arena. Until `attach` it refuses everything.
    pub const fn new() -> Self {
        // SAFETY: bytes of zeros are a heap (`Zeroable`).
        unsafe { core::mem::zeroed() }
    }

    /// Takes the arena at `base`.
    ///
    /// # Safety
    /// `base` is aligned to a granule and `ARENA_BYTES` from it belong to this heap alone, for ever.
    pub unsafe fn attach(&mut self, base: *mut u8) {
        debug_assert!((base as usize).is_multiple_of(GRANULE_BYTES), "arena at {base:p} is not aligned");
        self.base = base as usize;
        self.limit_bytes = ARENA_BYTES;
        #[cfg(feature = "faults")]
        {
            self.faults = crate::faults::Faults::NONE;
        }
    }

    /// Bytes in live blocks, as their owners asked for them.
    pub fn used_bytes(&self) -> usize {
        self.used_bytes
    }

    /// How many bytes may be in live blocks.
    pub fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    /// Sets how many bytes may be in live blocks; existing blocks stay.
    pub fn set_limit(&mut self, limit_bytes: usize) {
        self.limit_bytes = limit_bytes.min(ARENA_BYTES);
    }

    /// The fault plan, for tests that make allocation number n fail.
    #[cfg(feature = "faults")]
    pub fn faults(&mut self) -> &mut crate::faults::Faults {
        &mut self.faults
    }

    /// A new block of `size` bytes, or null.
    #[inline]
    pub fn allocate(&mut self, size: usize) -> *mut u8 {
        if self.refuses(size) {
            return core::ptr::null_mut();
        }
        let block = self.take(size);
        if block != 0 {
            self.used_bytes += size;
        }
        block as *mut u8
    }

    /// Whether `more` bytes would pass the limit (or a test wants this allocation to fail).
    #[inline]
    fn refuses(&mut self, more: usize) -> bool {
        #[cfg(feature = "faults")]
        if self.faults.fails_now() {
            return true;
        }
        self.used_bytes > self.limit_bytes || more > self.limit_bytes - self.used_bytes
    }

    /// Frees a block of `size` bytes.
    ///
    /// # Safety
    /// `block` came from this heap, is live, and its owner asked for `size` bytes.
    #[inline]
    pub unsafe fn free(&mut self, block: *mut u8, size: usize) {
        self.used_bytes -= size;
        // SAFETY: the caller's.
        unsafe { self.give_back(block as usize, size) }
    }

    /// Resizes a block: the same or another address, or null with the old block untouched. Shrinking never fails.
    ///
    /// # Safety
    /// As for `free`.
    pub unsafe fn resize(&mut self, block: *mut u8, old: usize, new: usize) -> *mut u8 {
        if new > old && self.refuses(new - old) {
            return core::ptr::null_mut();
        }
        // SAFETY: the caller's.
        let moved = unsafe { self.resize_in_arena(block as usize, old, new) };
        if moved != 0 {
            self.used_bytes = self.used_bytes - old + new;
        }
        moved as *mut u8
    }

    /// # Safety
    /// As for `resize`.
    unsafe fn resize_in_arena(&mut self, block: usize, old: usize, new: usize) -> usize {
        let capacity = self.capacity(block, old);
        if self.granules[self.granule(block)].kind == KIND_LARGE && new > SMALL_BYTES {
            // SAFETY: the block is live and large.
            let resized = unsafe { self.resize_run(block, old, new.div_ceil(GRANULE_BYTES)) };
            if resized != 0 {
                return resized;
            }
        } else if new <= capacity && (new > capacity / 2 || capacity <= 16) {
            // The block keeps at least half of its room, so a copy would save too little.
            return block;
        }
        let moved = self.take(new);
        if moved == 0 {
            return if new <= capacity { block } else { 0 };
        }
        // SAFETY: two live blocks, each with room for the smaller size.
        unsafe {
            move_bytes(moved as *mut u8, block as *const u8, old.min(new));
            self.give_back(block, old);
        }
        moved
    }

    #[inline]
    fn granule(&self, block: usize) -> usize {
        (block - self.base) / GRANULE_BYTES
    }

    fn address(&self, granule: usize) -> usize {
        self.base + granule * GRANULE_BYTES
    }

    /// Bytes that the block, of `size` bytes, could hold where it is.
    fn capacity(&self, block: usize, size: usize) -> usize {
        let granule = self.granule(block);
        match self.granules[granule].kind {
            KIND_LARGE => self.granules[granule].run_granules as usize * GRANULE_BYTES,
            KIND_PACKED => CLASS_BYTES[class_of_size(size)] as usize,
            class => CLASS_BYTES[class as usize] as usize,
        }
    }

    #[inline]
    fn take(&mut self, size: usize) -> usize {
        if size > SMALL_BYTES {
            return self.take_run(size.div_ceil(GRANULE_BYTES));
        }
        let class = class_of_size(size);
        let head = self.free[class];
        if head != 0 {
            // SAFETY: `head` is a free block of this class; its first word is the link that `give_back` wrote.
            self.free[class] = unsafe { *(head as *const usize) };
            return head;
        }
        self.take_fresh(class)
    }

    #[inline(never)]
    fn take_fresh(&mut self, class: usize) -> usize {
        let size = CLASS_BYTES[class] as usize;
        if self.is_packing {
            return self.take_packed(size);
        }
        if self.fresh[class] + size > self.fresh_end[class] {
            let granules = SPAN_GRANULES[class] as usize;
            let start = match self.find_low(granules) {
                Some(start) => start,
                None if self.sweep() => match self.find_low(granules) {
                    _ if self.free[class] != 0 => return self.take(size),
                    Some(start) => start,
                    None => return 0,
                },
                None => return 0,
            };
            self.mark(start, granules, true);
            for distance in 0..granules {
                self.set_kind(start + distance, class as u8, distance);
            }
            self.fresh[class] = self.address(start);
            self.fresh_end[class] = self.address(start + granules);
        }
        let block = self.fresh[class];
        self.fresh[class] += size;
        block
    }

    fn set_kind(&mut self, granule: usize, kind: u8, offset_in_span: usize) {
        let granule = &mut self.granules[granule];
        granule.kind = kind;
        granule.offset_in_span = offset_in_span as u8;
    }

    /// # Safety
    /// `block` is live, came from this heap, and its owner asked for `size` bytes.
    #[inline]
    unsafe fn give_back(&mut self, block: usize, size: usize) {
        let granule = self.granule(block);
        let kind = self.granules[granule].kind;
        // SAFETY: the caller's.
        unsafe {
            if (kind as usize) < CLASSES {
                self.put_on_list(block, kind as usize);
            } else if kind == KIND_LARGE {
                self.mark(granule, self.granules[granule].run_granules as usize, false);
            } else {
                self.put_on_list(block, class_of_size(size));
            }
        }
    }

    /// # Safety
    /// `block` has room for the class and is not in use.
    #[inline]
    unsafe fn put_on_list(&mut self, block: usize, class: usize) {
        // SAFETY: the caller's; every class has room for a word.
        unsafe { *(block as *mut usize) = self.free[class] };
        self.free[class] = block;
        self.freed_since_sweep = true;
    }
}

#[cfg(test)]
#[path = "heap_tests.rs"]
mod tests;
