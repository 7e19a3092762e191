//! The static arena and its allocator: counts bytes, refuses past the limit.
//!
//! Invariant: every granule of the arena is either free (bit clear), part of a span of equal small blocks, part of one
//! large run, or packed; the tables say which for any address, and so, but for a packed block, how much room a block has.
//!
//! ```text
//! arena    | granule 0 | granule 1 | ...                       | granule N-1 |   1 KiB each
//!            spans of small blocks grow from here -->   <-- large runs from here
//! small    up to 2 KiB: 48 size classes; a free block's first word links to the next free block of its class
//! large    whole granules, grown in place upwards or downwards when the neighbours are free
//! packed   small blocks of any class, one behind the other, across granules: what is made when the module is built
//! ```
//!
//! Freeing is a push on the class's list and never looks at neighbours. Only when no run of granules is left are the
//! lists swept and spans without a live block returned (`sweep`), so memory that one phase of a script used for small
//! objects is there for the next phase's large ones. Packed granules stay.

use alloc::vec::Vec;

use crate::budget;
use crate::large::{LARGE, Zeroes};

include!(concat!(env!("OUT_DIR"), "/arena.rs"));

const GRANULE_BYTES: usize = 1024;
const GRANULES: usize = ARENA_BYTES / GRANULE_BYTES;
const WORDS: usize = GRANULES / 32;

/// Largest block that comes from a span.
const SMALL_BYTES: usize = 2048;
const CLASSES: usize = 48;

/// Alignment of every block: a Lua value holds 64-bit numbers.
pub const ALIGNMENT: usize = 8;

/// A size from which a block takes whole granules and is aligned to one.
pub const WHOLE_GRANULES: usize = SMALL_BYTES + 1;

/// Kinds of granule beyond the class numbers.
const KIND_FREE: u8 = 0xFF;
const KIND_LARGE: u8 = 0xFE;
const KIND_PACKED: u8 = 0xFD;

/// Block size of each class: steps of 8 up to 128, 16 up to 256, 32 up to 512, 64 up to 1024, 128 up to 2048.
const CLASS_BYTES: [u16; CLASSES] = class_bytes();

const fn class_bytes() -> [u16; CLASSES] {
    let mut sizes = [0; CLASSES];
    let (mut class, mut size) = (0, 0);
    while class < CLASSES {
        size += match class {
            0..16 => 8,
            16..24 => 16,
            24..32 => 32,
            32..40 => 64,
            _ => 128,
        };
        sizes[class] = size;
        class += 1;
    }
    sizes
}

/// Class of a size, by size in units of 8 bytes, rounded up.
const CLASS_OF: [u8; SMALL_BYTES / 8 + 1] = class_of();

const fn class_of() -> [u8; SMALL_BYTES / 8 + 1] {
    let mut classes = [0; SMALL_BYTES / 8 + 1];
    let (mut class, mut units) = (0, 1);
    while units < classes.len() {
        if units * 8 > CLASS_BYTES[class] as usize {
            class += 1;
        }
        classes[units] = class as u8;
        units += 1;
    }
    classes
}

/// Class of a small block of that size.
#[inline]
fn class_of_size(size: usize) -> usize {
    CLASS_OF[(size + 7) >> 3] as usize
}

/// Granules of a class's span: the fewest of 1, 2, 4, 8 that waste at most an eighth.
const SPAN_GRANULES: [u8; CLASSES] = span_granules();

const fn span_granules() -> [u8; CLASSES] {
    let mut lengths = [8; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        let size = CLASS_BYTES[class] as usize;
        let mut granules = 1;
        while granules < 8 && (granules * GRANULE_BYTES) % size > granules * GRANULE_BYTES / 8 {
            granules *= 2;
        }
        lengths[class] = granules as u8;
        class += 1;
    }
    lengths
}

/// Alignment of the arena: pages of the machine, so that no more of them are used than must be.
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

#[cold]
fn attach_arena(heap: &mut Heap) {
    let room: *mut u8 = LARGE.arena.place::<[u8; ARENA_BYTES + ARENA_ALIGNMENT]>().cast();
    // SAFETY: the part has room for the arena behind the next multiple of the alignment, and belongs to this heap alone.
    unsafe { heap.attach(room.add(room.align_offset(ARENA_ALIGNMENT))) };
}

/// Moves a block to a place of its own or further down. It counts nothing: whether a block moves depends on what else is
/// in the arena, so its size was counted when it was asked for.
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

/// Runs `work`, which takes up to `bytes` as if there were always memory, when so many are free in one piece.
pub fn with_room<T>(bytes: usize, work: impl FnOnce() -> T) -> Option<T> {
    let mut probe = Vec::<u8>::new();
    probe.try_reserve_exact(bytes).ok()?;
    // An allocation that nobody looks at may be left out.
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

/// What is known of a granule.
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

/// The allocator: tables beside an arena of `ARENA_BYTES` at `base`, what is used most first.
#[repr(C)]
pub struct Heap {
    base: usize,
    used_bytes: usize,
    limit_bytes: usize,
    /// No free granule lies in a word below this one.
    lowest_free_word: usize,
    /// Head of each class's list of free blocks, 0 at its end.
    free: [usize; CLASSES],
    /// The never used rest of each class's newest span.
    fresh: [usize; CLASSES],
    fresh_end: [usize; CLASSES],
    /// Where the next packed block goes, and the end of the newest packed granule.
    packed: usize,
    packed_end: usize,
    is_packing: bool,
    /// Small blocks freed since the last sweep: a sweep without any finds nothing.
    freed_since_sweep: bool,
    taken: [u32; WORDS],
    granules: [Granule; GRANULES],
    #[cfg(feature = "faults")]
    faults: crate::faults::Faults,
}

// SAFETY: numbers, and a boolean that is false.
unsafe impl Zeroes for Heap {}

impl Heap {
    #[cfg(test)]
    #[allow(clippy::new_without_default, reason = "made in tests")]
    /// A heap without an arena. Until `attach` it refuses everything.
    pub const fn new() -> Self {
        // SAFETY: bytes of zeros are a heap (`Zeroes`).
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

    /// Sets how many bytes may be in live blocks; what is there already stays.
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
            // It keeps at least half of its room: not worth a copy.
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
    /// `block` has room for the class and nobody uses it.
    #[inline]
    unsafe fn put_on_list(&mut self, block: usize, class: usize) {
        // SAFETY: the caller's; every class has room for a word.
        unsafe { *(block as *mut usize) = self.free[class] };
        self.free[class] = block;
        self.freed_since_sweep = true;
    }

    // ---- packed blocks ----

    /// From now on, until `end_packing`, blocks lie side by side at the low end, whatever their size: what stays for ever
    /// takes as few pages of the machine as can be.
    pub fn begin_packing(&mut self) {
        self.is_packing = true;
    }

    /// Blocks are taken from spans and runs again. What was freed is zero.
    pub fn end_packing(&mut self) {
        self.is_packing = false;
        for (mut block, size) in self.free.into_iter().zip(CLASS_BYTES) {
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
    fn take_packed(&mut self, size: usize) -> usize {
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

    // ---- large runs ----

    #[inline(never)]
    fn take_run(&mut self, granules: usize) -> usize {
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
    unsafe fn resize_run(&mut self, block: usize, old: usize, granules: usize) -> usize {
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

    fn is_taken(&self, granule: usize) -> bool {
        self.taken[granule / 32] >> (granule % 32) & 1 != 0
    }

    fn mark(&mut self, start: usize, granules: usize, taken: bool) {
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
    fn find_low(&mut self, granules: usize) -> Option<usize> {
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

    // ---- returning spans ----

    /// Returns the granules of every span without a live block; false when there was none.
    #[cold]
    fn sweep(&mut self) -> bool {
        if !core::mem::take(&mut self.freed_since_sweep) {
            return false;
        }
        // Whether it is time to sweep depends on what ran before, so it counts nothing.
        let left = budget::suspend();
        for granule in &mut self.granules {
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

#[cfg(test)]
#[path = "heap_tests.rs"]
mod tests;
