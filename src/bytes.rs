//! Copying bytes to where there may be less room for them.
//!
//! Invariant: nothing here panics: what panics may raise (`runtime.rs`), and whatever calls what may raise looks
//! afterwards whether it did.

/// Copies to the front of `into` as much of `bytes` as fits; how much.
#[inline]
pub fn copy(into: &mut [u8], bytes: &[u8]) -> usize {
    let kept = into.len().min(bytes.len());
    // SAFETY: both have so many bytes, and what is written to is borrowed by nobody else.
    unsafe { into.as_mut_ptr().copy_from_nonoverlapping(bytes.as_ptr(), kept) };
    kept
}

/// The same from place `at` on.
pub fn copy_at(into: &mut [u8], at: usize, bytes: &[u8]) -> usize {
    copy(into.get_mut(at..).unwrap_or_default(), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_copied_and_the_rest_stays() {
        for (at, bytes, wanted, count) in [
            (0, "ab", "ab...", 2),
            (3, "ab", "...ab", 2),
            (4, "ab", "....a", 1),
            (5, "ab", ".....", 0),
            (9, "ab", ".....", 0),
        ] {
            let mut into = *b".....";
            assert_eq!(copy_at(&mut into, at, bytes.as_bytes()), count, "at {at}");
            assert_eq!(&into, wanted.as_bytes(), "at {at}");
        }
    }
}
