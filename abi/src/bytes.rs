//! Copying bytes to where there may be less room for them.

/// Copies to the front of `into` as much of `bytes` as fits; how much.
#[inline]
pub(crate) fn copy(into: &mut [u8], bytes: &[u8]) -> usize {
    let kept = into.len().min(bytes.len());
    into[..kept].copy_from_slice(&bytes[..kept]);
    kept
}

/// The same from place `at` on.
pub(crate) fn copy_at(into: &mut [u8], at: usize, bytes: &[u8]) -> usize {
    copy(into.get_mut(at..).unwrap_or_default(), bytes)
}
