//! Large memory, zero at first. On wasm32 it lies behind everything that the linker placed, so that what is small, and
//! looked at in every compute, lies together on few pages.
//!
//! Invariant: a part belongs to the one file named beside it, which sees to it that there is one reference at a time.

use core::cell::UnsafeCell;

use bytemuck::Zeroable;
use cu_abi::limits::{
    CONFIG_BYTES, GUARDS, HOME_NAME_BYTES, IO_BUFFER_BYTES, KEY_BYTES, OUTPUT_KEPT_BYTES, PERMISSIONS_BYTES,
};

include!(concat!(env!("OUT_DIR"), "/arena.rs"));

/// So many bytes.
#[repr(C, align(16))]
pub struct Part<const BYTES: usize>(UnsafeCell<[u8; BYTES]>);

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl<const BYTES: usize> Sync for Part<BYTES> {}

impl<const BYTES: usize> Part<BYTES> {
    #[cfg(not(target_arch = "wasm32"))]
    const fn zero() -> Self {
        Part(UnsafeCell::new([0; BYTES]))
    }

    /// Where it is, for a type that fits.
    pub fn place<T: Zeroable>(&self) -> *mut T {
        const { assert!(size_of::<T>() <= BYTES && align_of::<T>() <= align_of::<Self>()) };
        self.0.get().cast()
    }
}

/// Everything large: first what is not zero when an instance begins.
#[repr(C)]
pub struct Large {
    /// `heap.rs`: the allocator's tables.
    pub heap: Part<{ 9 * ARENA_BYTES / 1024 + 1024 }>,
    /// `heap.rs`: the arena, and as much as it may have to move to begin with a page.
    pub arena: Part<{ ARENA_BYTES + 4096 }>,
    /// `run/io_buffer.rs`.
    pub io_buffer: Part<IO_BUFFER_BYTES>,
    /// `store/calls.rs`: a key and a value.
    pub store: Part<{ 2 * KEY_BYTES + 64 }>,
    /// `data/mod.rs`: a page of links or entries, one of rows, and one of the tables in them.
    #[cfg(feature = "data")]
    pub links: Part<{ 2 * KEY_BYTES + 64 }>,
    #[cfg(feature = "data")]
    pub rows: Part<{ 2 * KEY_BYTES + 64 }>,
    #[cfg(feature = "data")]
    pub deep: Part<{ 2 * KEY_BYTES + 64 }>,
    /// `store/spare.rs`: a page of keys.
    pub page: Part<{ 2 * KEY_BYTES + 64 }>,
    /// `table/walk.rs`: pages of keys.
    pub pages: Part<{ 8 * KEY_BYTES + 192 }>,
    /// `store/old.rs`.
    pub old: Part<{ KEY_BYTES + 16 }>,
    /// `store/journal.rs`.
    pub journal: Part<{ 2 * KEY_BYTES + 64 }>,
    /// `run/config.rs`.
    pub config: Part<CONFIG_BYTES>,
    /// `run/home.rs`: the name of the home.
    pub home: Part<HOME_NAME_BYTES>,
    /// `permissions/wanted.rs`: what the configuration says of them.
    pub permissions: Part<PERMISSIONS_BYTES>,
    /// `permissions/guards.rs`: what is guarded.
    pub guarded: Part<{ 2 * PERMISSIONS_BYTES + 32 * GUARDS + 64 }>,
    /// `permissions/switches.rs`: functions that are switched off.
    pub switches: Part<4096>,
    /// `data/cache.rs`: answers of queries.
    #[cfg(feature = "data")]
    pub queries: Part<8224>,
    /// `control/output.rs`.
    pub output: Part<OUTPUT_KEPT_BYTES>,
}

// The linker leaves so much (`build.rs`).
const _: () = assert!(size_of::<Large>() <= LARGE_BYTES);

#[cfg(target_arch = "wasm32")]
unsafe extern "C" {
    /// The linker's name for the end of what it placed.
    #[link_name = "__heap_base"]
    pub safe static LARGE: Large;
}

/// Elsewhere a static like any other.
#[cfg(not(target_arch = "wasm32"))]
pub static LARGE: Large = Large {
    heap: Part::zero(),
    arena: Part::zero(),
    io_buffer: Part::zero(),
    store: Part::zero(),
    #[cfg(feature = "data")]
    links: Part::zero(),
    #[cfg(feature = "data")]
    rows: Part::zero(),
    #[cfg(feature = "data")]
    deep: Part::zero(),
    page: Part::zero(),
    pages: Part::zero(),
    old: Part::zero(),
    journal: Part::zero(),
    config: Part::zero(),
    home: Part::zero(),
    permissions: Part::zero(),
    guarded: Part::zero(),
    switches: Part::zero(),
    #[cfg(feature = "data")]
    queries: Part::zero(),
    output: Part::zero(),
};
