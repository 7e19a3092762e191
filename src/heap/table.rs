//! Tables of the heap. The heap only uses indices in range.
//!
//! Invariant: nothing here panics. A function that may panic may raise (`runtime.rs`), and every caller of such a
//! function needs a check after the call. For all allocations and frees that would be a tenth of the module's checks.
#![forbid(unsafe_code)]

use core::ops::{Index, IndexMut};

/// `N` entries. An index that is too large gives the last one.
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
