//! The heap against a naive model: every block keeps its bytes, no two blocks overlap, and the whole arena is returned.

use super::*;
use cu_random::Random;

struct Model {
    heap: Box<Heap>,
    arena: *mut u8,
    live: Vec<(*mut u8, usize, u8)>,
}

const ARENA_LAYOUT: std::alloc::Layout = match std::alloc::Layout::from_size_align(ARENA_BYTES, 4096) {
    Ok(layout) => layout,
    Err(_) => panic!("a valid layout"),
};

impl Model {
    fn new() -> Self {
        let mut heap = Box::new(Heap::new());
        // SAFETY: a fresh region of the arena's size and alignment, freed in `drop`.
        let arena = unsafe { std::alloc::alloc(ARENA_LAYOUT) };
        // SAFETY: the region belongs to this heap until it is dropped.
        unsafe { heap.attach(arena) };
        Model { heap, arena, live: Vec::new() }
    }

    fn allocate(&mut self, size: usize, fill: u8) -> bool {
        let block = self.heap.allocate(size);
        if block.is_null() {
            return false;
        }
        self.check_apart(block, size);
        // SAFETY: the block has `size` bytes.
        unsafe { block.write_bytes(fill, size) };
        self.live.push((block, size, fill));
        true
    }

    fn check_apart(&self, block: *mut u8, size: usize) {
        let (start, end) = (block as usize, block as usize + size);
        assert!(start % ALIGNMENT == 0 && start >= self.arena as usize && end <= self.arena as usize + ARENA_BYTES);
        for (other, length, _) in &self.live {
            assert!(end <= *other as usize || start >= *other as usize + length, "{block:p}+{size} meets {other:p}");
        }
    }

    fn check_bytes(&self, index: usize, length: usize) {
        let (block, _, fill) = self.live[index];
        // SAFETY: a live block of at least `length` bytes.
        let bytes = unsafe { std::slice::from_raw_parts(block, length) };
        assert!(bytes.iter().all(|byte| *byte == fill), "block {block:p} lost its bytes");
    }

    fn free(&mut self, index: usize) {
        self.check_bytes(index, self.live[index].1);
        let (block, size, _) = self.live.swap_remove(index);
        // SAFETY: a live block of that size.
        unsafe { self.heap.free(block, size) };
    }

    fn resize(&mut self, index: usize, size: usize) {
        let (block, old, fill) = self.live[index];
        // SAFETY: a live block of that size.
        let moved = unsafe { self.heap.resize(block, old, size) };
        if moved.is_null() {
            assert!(size > old, "shrinking from {old} to {size} failed");
            return;
        }
        self.live[index] = (moved, old.min(size), fill);
        self.check_bytes(index, old.min(size));
        let entry = self.live.swap_remove(index);
        self.check_apart(moved, size);
        // SAFETY: the block has `size` bytes now.
        unsafe { moved.write_bytes(fill, size) };
        self.live.push((entry.0, size, fill));
    }

    fn free_granules(&self) -> usize {
        self.heap.taken.0.iter().map(|word| word.count_zeros() as usize).sum()
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this layout.
        unsafe { std::alloc::dealloc(self.arena, ARENA_LAYOUT) };
    }
}

fn random_size(random: &mut Random) -> usize {
    match random.below(20) {
        0 => random.below(200_000),
        1..=3 => random.below(8_000),
        4..=7 => random.below(1_500),
        _ => random.below(128),
    }
}

#[test]
fn random_operations_agree_with_the_model() {
    for round in 0..40 {
        let mut random = Random::from_environment(round);
        let mut model = Model::new();
        model.heap.begin_packing();
        for step in 0..4_000 {
            if step == 100 {
                model.heap.end_packing();
            }
            let grow = random.below(100) < if step % 1000 < 600 { 60 } else { 30 };
            if model.live.is_empty() || grow {
                model.allocate(random_size(&mut random), step as u8);
            } else if random.below(3) == 0 {
                let size = random_size(&mut random);
                model.resize(random.below(model.live.len()), size);
            } else {
                model.free(random.below(model.live.len()));
            }
        }
        let asked: usize = model.live.iter().map(|(_, size, _)| size).sum();
        assert_eq!(model.heap.used_bytes(), asked);
        while let Some(last) = model.live.len().checked_sub(1) {
            model.free(last);
        }
        assert_eq!(model.heap.used_bytes(), 0);
        model.heap.sweep();
        let packed = model.heap.granules.0.iter().filter(|granule| granule.kind == KIND_PACKED).count();
        assert_eq!(model.free_granules(), GRANULES - packed, "granules were lost in round {round}");
    }
}

#[test]
fn packed_blocks_lie_side_by_side_and_are_used_again() {
    let mut model = Model::new();
    let mut random = Random::from_environment(0);
    model.heap.begin_packing();
    let sizes: Vec<usize> = (0..200).map(|_| 1 + random.below(SMALL_BYTES)).collect();
    for size in &sizes {
        assert!(model.allocate(*size, 1));
    }
    assert!(model.allocate(3 * GRANULE_BYTES, 2));
    model.heap.end_packing();
    let rooms: usize = sizes.iter().map(|size| CLASS_BYTES[class_of_size(*size)] as usize).sum();
    let taken = GRANULES - model.free_granules();
    assert_eq!(taken, rooms.div_ceil(GRANULE_BYTES) + 3, "{rooms} bytes and a run of 3");
    // Freed packed blocks are found by their size, so no new memory is taken.
    for index in (0..200).rev() {
        model.free(index);
    }
    for size in sizes.iter().rev() {
        assert!(model.allocate(*size, 3));
    }
    assert_eq!(GRANULES - model.free_granules(), taken);
    // A sweep keeps them, free or not.
    for index in (1..model.live.len()).rev() {
        model.free(index);
    }
    model.heap.sweep();
    assert!(sizes.iter().all(|size| model.allocate(*size, 4)));
    assert_eq!(GRANULES - model.free_granules(), taken);
}

#[test]
fn a_packed_block_that_shrank_is_not_taken_for_a_larger_one() {
    let mut model = Model::new();
    model.heap.begin_packing();
    assert!(model.allocate(64, 1) && model.allocate(64, 2));
    model.heap.end_packing();
    model.resize(0, 40);
    // The model has it at its end now.
    assert_eq!(model.live[1].1, 40);
    model.free(1);
    assert!(model.allocate(64, 3) && model.allocate(40, 4));
    assert_eq!(model.heap.used_bytes(), 64 + 64 + 40);
}

#[test]
fn a_block_freed_while_packing_is_zero_except_for_its_link() {
    let mut model = Model::new();
    model.heap.begin_packing();
    assert!(model.allocate(500, 0xAA) && model.allocate(500, 0xBB));
    let block = model.live[0].0;
    model.free(0);
    model.heap.end_packing();
    // SAFETY: the block lies in the arena of the model.
    let bytes = unsafe { std::slice::from_raw_parts(block, 500) };
    assert!(bytes.iter().all(|byte| *byte == 0));
}

#[test]
fn memory_of_small_blocks_comes_back_for_a_large_one() {
    let mut model = Model::new();
    while model.allocate(40, 1) {
        if model.live.len() > ARENA_BYTES / 40 - 10_000 {
            break;
        }
    }
    while let Some(last) = model.live.len().checked_sub(1) {
        model.free(last);
    }
    assert!(model.allocate(ARENA_BYTES - 4096, 2), "freed small blocks were not returned");
}

#[test]
fn a_run_grows_to_most_of_the_arena_without_a_second_copy() {
    let mut model = Model::new();
    assert!(model.allocate(4096, 3));
    let mut size = 4096;
    while size < ARENA_BYTES / 2 {
        size *= 2;
        model.resize(0, size);
        assert_eq!(model.live[0].1, size, "growing to {size} failed");
    }
}

#[test]
fn the_limit_refuses_what_would_pass_it() {
    let mut model = Model::new();
    model.heap.set_limit(10_000);
    assert!(model.allocate(9_000, 1));
    assert!(!model.allocate(1_001, 1));
    assert!(model.allocate(1_000, 1));
    model.heap.set_limit(5_000);
    assert!(!model.allocate(1, 1));
    assert!(!model.allocate(0, 1) || model.heap.used_bytes() == 10_000);
}

#[test]
fn classes_cover_every_small_size_with_little_waste() {
    for size in 1..=SMALL_BYTES {
        let class = class_of_size(size);
        let bytes = CLASS_BYTES[class] as usize;
        assert!(bytes >= size && bytes.is_multiple_of(ALIGNMENT));
        assert!(bytes - size < 8.max(size / 7), "{size} bytes take a block of {bytes}");
    }
}
