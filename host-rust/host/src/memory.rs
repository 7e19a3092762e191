//! Linear memory as bounds-checked reads and writes.
//!
//! Invariant: only this file slices linear memory; a pointer or length that leads outside gives `None`.

/// Linear memory during one call.
pub struct Memory<'a> {
    bytes: &'a mut [u8],
}

impl<'a> Memory<'a> {
    pub fn new(bytes: &'a mut [u8]) -> Memory<'a> {
        Memory { bytes }
    }

    /// The same, for a part of the call.
    pub fn again(&mut self) -> Memory<'_> {
        Memory { bytes: self.bytes }
    }

    /// Number of bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// `length` bytes from `pointer` on.
    pub fn read(&self, pointer: u32, length: u32) -> Option<&[u8]> {
        self.bytes.get(pointer as usize..)?.get(..length as usize)
    }

    /// The same bytes, for writing.
    pub fn part(&mut self, pointer: u32, length: u32) -> Option<&mut [u8]> {
        self.bytes.get_mut(pointer as usize..)?.get_mut(..length as usize)
    }

    pub fn read_u32(&self, pointer: u32) -> Option<u32> {
        self.bytes.get(pointer as usize..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Copies all of `bytes` to `pointer`, or nothing.
    pub fn write(&mut self, pointer: u32, bytes: &[u8]) -> Option<()> {
        self.bytes.get_mut(pointer as usize..)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_reached() {
        let mut bytes = [1, 2, 3, 4, 5];
        let mut memory = Memory::new(&mut bytes);
        assert_eq!(memory.read(1, 4), Some(&[2, 3, 4, 5][..]));
        assert_eq!(memory.read(5, 0), Some(&[][..]));
        assert_eq!(memory.read(6, 0), None);
        assert_eq!(memory.read(1, u32::MAX), None);
        assert_eq!(memory.read(u32::MAX, u32::MAX), None);
        assert_eq!(memory.read_u32(1), Some(0x0504_0302));
        assert_eq!(memory.read_u32(2), None);
        assert_eq!(memory.write(4, &[9, 9]), None);
        assert_eq!(memory.part(4, 2), None);
        assert_eq!(memory.write(3, &[9, 9]), Some(()));
        assert_eq!(bytes, [1, 2, 3, 9, 9]);
    }
}
