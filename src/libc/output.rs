//! Text written into a buffer of fixed size, as `snprintf` and `strftime` do it.
//!
//! Invariant: everything is counted, and what fits is kept.
#![forbid(unsafe_code)]

/// A buffer, and the length of what was written to it so far.
pub struct Output<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl<'a> Output<'a> {
    /// Nothing yet.
    pub fn new(buffer: &'a mut [u8]) -> Output<'a> {
        Output { buffer, length: 0 }
    }

    /// The length of the whole text, also if less was kept.
    pub fn length(&self) -> usize {
        self.length
    }

    /// What is kept.
    pub fn kept(self) -> &'a [u8] {
        let length = self.length.min(self.buffer.len());
        self.buffer.get(..length).unwrap_or_default()
    }

    /// Appends `text`.
    #[inline(never)]
    pub fn write(&mut self, text: &[u8]) {
        if let Some(space) = self.buffer.get_mut(self.length..) {
            let kept = space.len().min(text.len());
            if let (Some(to), Some(from)) = (space.get_mut(..kept), text.get(..kept)) {
                to.copy_from_slice(from);
            }
        }
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
