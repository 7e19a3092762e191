//! Text written into a buffer of fixed size, for `snprintf` and `strftime`.
//!
//! Invariant: all bytes are counted, and those that fit are kept.
#![forbid(unsafe_code)]

use crate::bytes::copy_at;

/// A buffer, and the length of what was written to it so far.
pub struct Output<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl<'a> Output<'a> {
    /// Nothing yet.
    #[inline]
    pub fn new(buffer: &'a mut [u8]) -> Output<'a> {
        Output { buffer, length: 0 }
    }

    /// The length of the whole text, even if less was kept.
    #[inline]
    pub fn length(&self) -> usize {
        self.length
    }

    /// The kept bytes.
    #[inline]
    pub fn kept(self) -> &'a [u8] {
        let length = self.length.min(self.buffer.len());
        self.buffer.get(..length).unwrap_or_default()
    }

    /// Appends `text`.
    #[inline(never)]
    pub fn write(&mut self, text: &[u8]) {
        copy_at(self.buffer, self.length, text);
        self.length = self.length.saturating_add(text.len());
    }

    /// Appends one byte many times.
    #[inline(never)]
    pub fn repeat(&mut self, byte: u8, count: usize) {
        if let Some(space) = self.buffer.get_mut(self.length..) {
            let kept = space.len().min(count);
            space.get_mut(..kept).unwrap_or_default().fill(byte);
        }
        self.length = self.length.saturating_add(count);
    }
}
