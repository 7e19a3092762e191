//! Every allocation of big-integer arithmetic: when memory runs out it is an error, never an abort.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::work::Error;

/// An empty vector with room for `count` elements.
pub fn room<T>(count: usize) -> Result<Vec<T>, Error> {
    #[cfg(test)]
    refusals::allocation(count * size_of::<T>())?;
    let mut vector = Vec::new();
    vector.try_reserve_exact(count).map_err(|_| Error::NoMemory)?;
    Ok(vector)
}

/// A vector of `count` zeros.
#[inline(never)]
pub fn zeros<T: Copy + Default>(count: usize) -> Result<Vec<T>, Error> {
    let mut vector = room(count)?;
    vector.resize(count, T::default());
    Ok(vector)
}

/// A copy of `source`.
#[inline(never)]
pub fn copied<T: Copy>(source: &[T]) -> Result<Vec<T>, Error> {
    let mut vector = room(source.len())?;
    vector.extend_from_slice(source);
    Ok(vector)
}

/// Adds zeros up to `length`.
pub fn extend<T: Copy + Default>(vector: &mut Vec<T>, length: usize) -> Result<(), Error> {
    #[cfg(test)]
    refusals::allocation(length.saturating_sub(vector.capacity()) * size_of::<T>())?;
    vector.try_reserve_exact(length.saturating_sub(vector.len())).map_err(|_| Error::NoMemory)?;
    vector.resize(length, T::default());
    Ok(())
}

/// Allocations refused on purpose.
#[cfg(test)]
pub mod refusals {
    use super::Error;
    use std::cell::Cell;

    thread_local! {
        static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
        static LARGEST: Cell<usize> = const { Cell::new(usize::MAX) };
        static ONCE: Cell<bool> = const { Cell::new(false) };
        static REFUSED: Cell<bool> = const { Cell::new(false) };
    }

    /// Allows `count` more allocations of at most `bytes`, and refuses all others.
    pub fn after(count: u64, bytes: usize) {
        LEFT.set(count);
        LARGEST.set(bytes);
        ONCE.set(false);
        REFUSED.set(false);
    }

    /// Refuses one allocation, after `count` more.
    pub fn once(count: u64) {
        after(count, usize::MAX);
        ONCE.set(true);
    }

    /// Whether an allocation was refused.
    pub fn happened() -> bool {
        REFUSED.get()
    }

    pub(super) fn allocation(bytes: usize) -> Result<(), Error> {
        if bytes == 0 {
            return Ok(());
        }
        let left = LEFT.get();
        if left == 0 || bytes > LARGEST.get() {
            REFUSED.set(true);
            LEFT.set(if ONCE.get() { u64::MAX } else { left });
            return Err(Error::NoMemory);
        }
        LEFT.set(left - u64::from(left != u64::MAX));
        Ok(())
    }
}
