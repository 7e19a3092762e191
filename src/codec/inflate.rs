//! Inflates raw deflate (RFC 1951), for values whose length is known.
//!
//! Invariant: nothing outside the two slices is looked at, nothing panics, and no more is accepted than the whole of
//! `deflated` inflating to the whole of `original`. What is accepted otherwise is what zlib accepts.
//!
//! miniz_oxide, which compresses, could do it too: as fast, but with 6 KB more of the module.
#![forbid(unsafe_code)]

use crate::bytes::copy;

/// Bits of the longest code.
const LONGEST: usize = 15;
/// Codes of so many bits are looked up in one step.
const QUICK_BITS: u32 = 9;
/// Symbols of literals and lengths, with two that mean nothing.
const LITERALS: usize = 288;
const DISTANCES: usize = 30;
const END_OF_BLOCK: usize = 256;
/// In which order the lengths of the codes for lengths of codes stand.
const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Fills `original`; false when `deflated` is anything else than what inflates to it.
pub fn inflate(deflated: &[u8], original: &mut [u8]) -> bool {
    let mut inflater = Inflater { bits: Bits { bytes: deflated, at: 0, held: 0, count: 0 }, original, at: 0 };
    inflater.blocks().is_some() && inflater.bits.is_at_end() && inflater.at == inflater.original.len()
}

/// Reads bits, the lowest of each byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    /// How many bytes were read.
    at: usize,
    /// Bits that were read and not taken, the next one lowest.
    held: u64,
    count: u32,
}

impl Bits<'_> {
    /// Reads on. Then there are 56 bits at least, more than a length and a distance take, or all that are left.
    #[inline]
    fn refill(&mut self) {
        if let Some(word) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            // As many whole bytes as there is room for; what is above them comes again with the next.
            self.held |= u64::from_le_bytes(*word) << self.count;
            self.at += (63 - self.count as usize) / 8;
            self.count |= 56;
            return;
        }
        while self.count <= 56 {
            let Some(byte) = self.bytes.get(self.at) else { return };
            self.held |= u64::from(*byte) << self.count;
            self.at += 1;
            self.count += 8;
        }
    }

    /// The next bits, which were read; `None` when there are not as many.
    #[inline]
    fn take(&mut self, count: u32) -> Option<usize> {
        self.count = self.count.checked_sub(count)?;
        let taken = self.held & ((1 << count) - 1);
        self.held >>= count;
        Some(taken as usize)
    }

    fn read(&mut self, count: u32) -> Option<usize> {
        self.refill();
        self.take(count)
    }

    /// Goes back to the byte behind the last bit that was taken.
    fn align(&mut self) {
        self.at -= self.count as usize / 8;
        (self.held, self.count) = (0, 0);
    }

    fn is_at_end(&mut self) -> bool {
        self.align();
        self.at == self.bytes.len()
    }
}

/// A Huffman code: those of one length follow each other, in the order of their symbols.
struct Code {
    /// For the next `QUICK_BITS` bits: symbol * 16 + length, 0 where the code is longer or none.
    quick: [u16; 1 << QUICK_BITS],
    /// How many codes there are of each length.
    counts: [u16; LONGEST + 1],
    /// The symbols in the order of their codes.
    symbols: [u16; LITERALS],
}

impl Code {
    /// From the length of each symbol's code, 0 for those without. `None` when there are more codes than bits can tell
    /// apart, or fewer, unless that is a single one of one bit, or none.
    fn new(lengths: &[u8]) -> Option<Code> {
        let mut code = Code { quick: [0; 1 << QUICK_BITS], counts: [0; LONGEST + 1], symbols: [0; LITERALS] };
        for length in lengths.iter().filter(|length| **length > 0) {
            *code.counts.get_mut(usize::from(*length))? += 1;
        }
        // For each length the next code, and the place of its symbol.
        let mut next = [(0_u16, 0_u16); LONGEST + 1];
        let (mut free, mut first, mut used) = (1_u32, 0, 0);
        for (next, count) in next.iter_mut().zip(code.counts).skip(1) {
            free = (2 * free).checked_sub(count.into())?;
            *next = (first, used);
            first = (first + count) << 1;
            used += count;
        }
        if free > 0 && (used > 1 || used != code.counts[1]) {
            return None;
        }
        for (symbol, length) in (0_u16..).zip(lengths).filter(|(_, length)| **length > 0) {
            let (bits, place) = next.get_mut(usize::from(*length))?;
            *code.symbols.get_mut(usize::from(*place))? = symbol;
            if u32::from(*length) <= QUICK_BITS {
                let lowest_first = bits.reverse_bits() >> (16 - *length);
                let places = code.quick.iter_mut().skip(lowest_first.into()).step_by(1 << *length);
                places.for_each(|place| *place = symbol << 4 | u16::from(*length));
            }
            (*bits, *place) = (*bits + 1, *place + 1);
        }
        Some(code)
    }

    /// The next symbol.
    #[inline]
    fn symbol(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let quick = self.quick[bits.held as usize % self.quick.len()];
        if quick == 0 {
            return self.long(bits);
        }
        bits.take(u32::from(quick & 15))?;
        Some(usize::from(quick >> 4))
    }

    /// The same for a long code, or for one that is none.
    fn long(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first, mut place) = (0, 0, 0);
        for (length, count) in (1..).zip(self.counts.iter().skip(1)) {
            let count = usize::from(*count);
            code = code << 1 | (bits.held >> (length - 1)) as usize & 1;
            if code < first + count {
                bits.take(length)?;
                return self.symbols.get(place + code - first).copied().map(usize::from);
            }
            place += count;
            first = (first + count) << 1;
        }
        None
    }
}

struct Inflater<'a> {
    bits: Bits<'a>,
    original: &'a mut [u8],
    /// How many bytes of it are there.
    at: usize,
}

impl Inflater<'_> {
    fn blocks(&mut self) -> Option<()> {
        loop {
            let is_last = self.bits.read(1)? == 1;
            match self.bits.read(2)? {
                0 => self.stored()?,
                1 => self.fixed()?,
                2 => self.dynamic()?,
                _ => return None,
            }
            if is_last {
                return Some(());
            }
        }
    }

    fn stored(&mut self) -> Option<()> {
        self.bits.align();
        let (length, complement) = (self.bits.read(16)?, self.bits.read(16)?);
        if length ^ complement != 0xFFFF {
            return None;
        }
        self.bits.align();
        let bytes = self.bits.bytes.get(self.bits.at..self.bits.at + length)?;
        copy(self.original.get_mut(self.at..self.at + length)?, bytes);
        self.bits.at += length;
        self.at += length;
        Some(())
    }

    fn fixed(&mut self) -> Option<()> {
        let mut lengths = [8; LITERALS];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.content(&Code::new(&lengths)?, &Code::new(&[5; DISTANCES + 2])?)
    }

    fn dynamic(&mut self) -> Option<()> {
        let literals = self.bits.read(5)? + END_OF_BLOCK + 1;
        let distances = self.bits.read(5)? + 1;
        if literals > LITERALS - 2 || distances > DISTANCES {
            return None;
        }
        let mut lengths = [0; ORDER.len()];
        for symbol in ORDER.iter().take(self.bits.read(4)? + 4) {
            *lengths.get_mut(usize::from(*symbol))? = self.bits.read(3)? as u8;
        }
        let code = Code::new(&lengths)?;
        let mut lengths = [0; LITERALS + DISTANCES];
        let lengths = lengths.get_mut(..literals + distances)?;
        let mut at = 0;
        while at < lengths.len() {
            self.bits.refill();
            let (length, times) = match code.symbol(&mut self.bits)? {
                16 => (*lengths.get(at.checked_sub(1)?)?, 3 + self.bits.take(2)?),
                17 => (0, 3 + self.bits.take(3)?),
                18 => (0, 11 + self.bits.take(7)?),
                length => (length as u8, 1),
            };
            lengths.get_mut(at..at + times)?.fill(length);
            at += times;
        }
        let (literals, distances) = lengths.split_at_checked(literals)?;
        if literals.get(END_OF_BLOCK) == Some(&0) {
            return None;
        }
        self.content(&Code::new(literals)?, &Code::new(distances)?)
    }

    /// A block's literals and repetitions.
    fn content(&mut self, literals: &Code, distances: &Code) -> Option<()> {
        loop {
            self.bits.refill();
            match literals.symbol(&mut self.bits)? {
                symbol @ ..END_OF_BLOCK => {
                    *self.original.get_mut(self.at)? = symbol as u8;
                    self.at += 1;
                }
                END_OF_BLOCK => return Some(()),
                symbol => {
                    let length = self.length(symbol - END_OF_BLOCK - 1)?;
                    let distance = distances.symbol(&mut self.bits)?;
                    let distance = self.distance(distance)?;
                    self.repeat(length, distance)?;
                }
            }
        }
    }

    /// The first eight lengths are 3 to 10, then there are four for each number of further bits, and last comes 258.
    fn length(&mut self, symbol: usize) -> Option<usize> {
        match symbol {
            ..8 => Some(3 + symbol),
            8..28 => {
                let more = symbol / 4 - 1;
                Some(3 + ((4 + symbol % 4) << more) + self.bits.take(more as u32)?)
            }
            28 => Some(258),
            _ => None,
        }
    }

    /// The first four distances are 1 to 4, then there are two for each number of further bits.
    fn distance(&mut self, symbol: usize) -> Option<usize> {
        match symbol {
            ..4 => Some(1 + symbol),
            4..DISTANCES => {
                let more = symbol / 2 - 1;
                Some(1 + ((2 + symbol % 2) << more) + self.bits.take(more as u32)?)
            }
            _ => None,
        }
    }

    /// Repeats what lies so far back; it may reach into what it becomes.
    fn repeat(&mut self, length: usize, distance: usize) -> Option<()> {
        let (before, into) = self.original.split_at_mut_checked(self.at)?;
        let from = self.at.checked_sub(distance)?;
        let into = into.get_mut(..length)?;
        if length <= distance {
            copy(into, before.get(from..)?);
        } else {
            let pattern = before.get(from..)?;
            into.iter_mut().zip(pattern.iter().cycle()).for_each(|(place, byte)| *place = *byte);
        }
        self.at += length;
        Some(())
    }
}

#[cfg(test)]
#[path = "inflate_tests.rs"]
mod tests;
