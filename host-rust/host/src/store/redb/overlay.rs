//! Changes of a file that stay in memory.
//!
//! Invariant: the file itself is never written. What was cut off and then added again is zeros, as in a file.

use std::collections::BTreeMap;
use std::io;

const PAGE_BYTES: usize = 4096;
const PAGE: u64 = PAGE_BYTES as u64;

/// Reads the file below: fills the whole buffer from an offset, within the length that was given.
pub type ReadBelow<'a> = &'a dyn Fn(u64, &mut [u8]) -> io::Result<()>;

#[derive(Debug)]
pub struct Overlay {
    pub length: u64,
    /// Bytes of the file below that still count.
    below: u64,
    /// The changed pages, by their number.
    pages: BTreeMap<u64, Box<[u8; PAGE_BYTES]>>,
}

impl Overlay {
    /// Nothing is changed of a file of this length.
    pub fn new(length: u64) -> Overlay {
        Overlay { length, below: length, pages: BTreeMap::new() }
    }

    pub fn read(&self, offset: u64, out: &mut [u8], file: ReadBelow) -> io::Result<()> {
        self.within(offset, out.len())?;
        for (number, start, range) in pieces(offset, out.len()) {
            let out = &mut out[range];
            match self.pages.get(&number) {
                Some(page) => out.copy_from_slice(&page[start..][..out.len()]),
                None => self.read_below(number * PAGE + start as u64, out, file)?,
            }
        }
        Ok(())
    }

    pub fn write(&mut self, offset: u64, bytes: &[u8], file: ReadBelow) -> io::Result<()> {
        self.within(offset, bytes.len())?;
        for (number, start, range) in pieces(offset, bytes.len()) {
            let bytes = &bytes[range];
            if !self.pages.contains_key(&number) {
                let mut page = Box::new([0; PAGE_BYTES]);
                self.read_below(number * PAGE, &mut page[..], file)?;
                self.pages.insert(number, page);
            }
            if let Some(page) = self.pages.get_mut(&number) {
                page[start..][..bytes.len()].copy_from_slice(bytes);
            }
        }
        Ok(())
    }

    pub fn set_length(&mut self, length: u64) {
        self.length = length;
        self.below = self.below.min(length);
        self.pages.split_off(&length.div_ceil(PAGE));
        if let Some(page) = self.pages.get_mut(&(length / PAGE)) {
            page[(length % PAGE) as usize..].fill(0);
        }
    }

    /// Reads the file below; beyond its end there are zeros.
    fn read_below(&self, offset: u64, out: &mut [u8], file: ReadBelow) -> io::Result<()> {
        let there = self.below.saturating_sub(offset).min(out.len() as u64) as usize;
        let (there, beyond) = out.split_at_mut(there);
        beyond.fill(0);
        if there.is_empty() { Ok(()) } else { file(offset, there) }
    }

    fn within(&self, offset: u64, length: usize) -> io::Result<()> {
        match offset.checked_add(length as u64) {
            Some(end) if end <= self.length => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// The parts of a range, by pages: the page's number, the start in the page, the part of the range.
fn pieces(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = offset + done as u64;
        let start = (at % PAGE) as usize;
        let size = (PAGE_BYTES - start).min(length - done);
        let piece = (at / PAGE, start, done..done + size);
        done += size;
        (size > 0).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use cu_random::Random;

    use super::*;

    #[test]
    fn random_changes_agree_with_an_array() {
        for round in 0..20 {
            let mut random = Random::from_environment(round);
            let file: Vec<u8> = (0..random.below(20_000)).map(|_| random.below(256) as u8).collect();
            let below = |offset: u64, out: &mut [u8]| {
                out.copy_from_slice(&file[offset as usize..][..out.len()]);
                Ok(())
            };
            let (mut overlay, mut model) = (Overlay::new(file.len() as u64), file.clone());
            for _ in 0..200 {
                let offset = random.below(model.len() + 1);
                let length = random.below(model.len() - offset + 1).min(random.below(9000));
                match random.below(8) {
                    0 => {
                        let length = random.below(30_000);
                        overlay.set_length(length as u64);
                        model.resize(length, 0);
                    }
                    1..5 => {
                        let bytes = vec![random.below(256) as u8; length];
                        overlay.write(offset as u64, &bytes, &below).unwrap();
                        model[offset..][..length].copy_from_slice(&bytes);
                    }
                    _ => {
                        let mut out = vec![1; length];
                        overlay.read(offset as u64, &mut out, &below).unwrap();
                        assert!(out == model[offset..][..length]);
                    }
                }
                assert_eq!(overlay.length, model.len() as u64);
                assert!(overlay.read(overlay.length, &mut [0], &below).is_err());
            }
        }
    }
}
