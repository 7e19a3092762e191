//! Tables of the heap, whose indices the heap's own numbers keep in range.
//!
//! Invariant: nothing here panics. What may panic may raise (`runtime.rs`), and whatever calls what may raise looks
//! afterwards whether it did: for all that allocates or frees, that would be a tenth of the module's checks.
#![forbid(unsafe_code)]

use core::ops::{Index, IndexMut};

/// `N` entries; an index that is too large means the last one.
pub struct Table<T, const N: usize>(pub [T; N]);

impl<T, const N: usize> Index<usize> for Table<T, N> {
    type Output = T;

    #[inline(always)]
    fn index(&self, at: usize) -> &T {
        debug_assert!(at < N, "{at} of {N} entries");
        &self.0[at.min(N - 1)]
    }
}

impl<T, const N: usize> IndexMut<usize> for Table<T, N> {
    #[inline(always)]
    fn index_mut(&mut self, at: usize) -> &mut T {
        debug_assert!(at < N, "{at} of {N} entries");
        &mut self.0[at.min(N - 1)]
    }
}
