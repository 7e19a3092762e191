//! Encoded values as bytes: a reader that trusts no length and a writer that counts what does not fit.
//!
//! Invariant: the reader never looks outside its slice, and every error names the offset of the first byte that cannot
//! be right. Layouts: `README.md`, "Values".
//!
//! ```text
//! value   tag (1 byte), then per tag:
//! 00      nothing                     06, 05, 04   u32 length, that many bytes
//! 01      1 byte, 0 or 1              07           u32 table id
//! 02, 03  8 bytes                     0b           u32 length, sign byte, magnitude
//! 09      u32 length of the rest, u32 pairs, then key, value, key, value
//! ```

use crate::bytes::copy;
use crate::limits::VALUE_DEPTH;
use crate::malformed::{Malformed, Problem};
use crate::tags;

/// A value as it lies in the bytes: scalars read, everything longer as a slice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item<'a> {
    /// nil
    Nil,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float; NaN is the one of [`tags::CANONICAL_NAN`].
    Float(f64),
    /// A string's bytes.
    String(&'a [u8]),
    /// An inline table: number of pairs, and their encoding.
    Table(u32, &'a [u8]),
    /// An external table's id.
    External(u32),
    /// The name of a library function or of a library's table, not empty.
    Library(&'a [u8]),
    /// A stored function's id.
    Function(u32),
    /// A compressed value: its length, and what inflates to it.
    Compressed(u32, &'a [u8]),
    /// A big integer: whether it is negative, and the bytes of its magnitude, the least first, the last not zero.
    BigInteger(bool, &'a [u8]),
}

impl Item<'_> {
    /// Whether it can be the key of a pair: neither nil nor NaN.
    #[inline]
    fn is_key(&self) -> bool {
        match self {
            Item::Nil => false,
            Item::Float(number) => !number.is_nan(),
            _ => true,
        }
    }

    /// The kind in words, with its article, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Item::Nil => "nil",
            Item::Boolean(_) => "a boolean",
            Item::Integer(_) => "an integer",
            Item::Float(_) => "a float",
            Item::String(_) => "a string",
            Item::Table(..) => "a table",
            Item::External(_) => "an external table",
            Item::Library(_) | Item::Function(_) => "a function",
            Item::Compressed(..) => "a compressed value",
            Item::BigInteger(..) => "a big integer",
        }
    }
}

/// Two tags are the least that a pair can take.
const PAIR_BYTES: usize = 2;

/// Size of a length, and of a number of pairs.
const LENGTH_BYTES: usize = size_of::<u32>();

/// Reads values one after another from a frame: all of a slice, or the pairs of a table in it.
pub struct Reader<'a> {
    /// From the start of the whole to the end of the frame.
    bytes: &'a [u8],
    offset: usize,
    /// Tables around the next value.
    depth: usize,
}

/// What a reader was in when it entered a table.
pub struct Outside<'a> {
    bytes: &'a [u8],
    /// Where the table's length is.
    length_at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader::starting_at(bytes, 0)
    }

    /// Starts at an offset, from which on there are values.
    #[inline]
    pub fn starting_at(bytes: &'a [u8], offset: usize) -> Self {
        Reader { bytes, offset, depth: 0 }
    }

    /// Offset in bytes of the next value.
    #[inline]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether everything has been read.
    #[inline]
    pub fn is_at_end(&self) -> bool {
        self.offset >= self.bytes.len()
    }

    /// Nothing may follow what was read.
    pub fn finish(&self) -> Result<(), Malformed> {
        if self.is_at_end() { Ok(()) } else { Err(Malformed::new(self.offset, Problem::BytesAfter)) }
    }

    /// Tables around the next value.
    #[inline]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Goes into the table that was the item before, with its number of pairs and their encoding. So many times a key and a
    /// value follow, and [`leave`](Reader::leave).
    pub fn enter(&mut self, pairs: u32, content: &'a [u8]) -> Result<Outside<'a>, Malformed> {
        let start = self.offset - content.len();
        if pairs as usize > content.len() / PAIR_BYTES {
            return Err(Malformed::new(start - LENGTH_BYTES, Problem::TooManyPairs));
        }
        let outside = Outside { bytes: self.bytes, length_at: start - 2 * LENGTH_BYTES };
        self.bytes = self.bytes.get(..self.offset).unwrap_or_default();
        self.offset = start;
        self.depth += 1;
        Ok(outside)
    }

    /// Goes out of a table, whose pairs were read.
    pub fn leave(&mut self, outside: Outside<'a>) -> Result<(), Malformed> {
        if !self.is_at_end() {
            return Err(Malformed::new(outside.length_at, Problem::AfterPairs));
        }
        self.bytes = outside.bytes;
        self.depth -= 1;
        Ok(())
    }

    /// The next value, as the key of a pair.
    #[inline]
    pub fn key(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        let key = self.item()?;
        if key.is_key() { Ok(key) } else { Err(Malformed::new(at, Problem::NoKey)) }
    }

    /// The next value.
    pub fn item(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        match u8::from_le_bytes(self.array()?) {
            tags::STRING => Ok(Item::String(self.block()?)),
            tags::NIL => Ok(Item::Nil),
            tags::BOOLEAN => self.boolean(),
            tags::INTEGER => Ok(Item::Integer(i64::from_le_bytes(self.array()?))),
            tags::FLOAT => Ok(Item::Float(canonical(f64::from_le_bytes(self.array()?)))),
            tags::TABLE if self.depth == VALUE_DEPTH => Err(Malformed::new(at, Problem::TooDeep)),
            tags::TABLE => self.table(),
            tags::LIBRARY => self.library(),
            tags::FUNCTION => self.function(),
            // It stands alone.
            tags::COMPRESSED if self.depth == 0 => {
                Ok(Item::Compressed(u32::from_le_bytes(self.array()?), self.block()?))
            }
            tags::BIG_INTEGER => self.big_integer(),
            tags::EXTERNAL => Ok(Item::External(u32::from_le_bytes(self.array()?))),
            _ => Err(Malformed::new(at, Problem::UnknownTag)),
        }
    }

    /// The next value, if it is well-formed and a number, a boolean or nil; otherwise nothing is read.
    #[inline]
    pub(crate) fn scalar(&mut self) -> Option<Item<'a>> {
        let (tag, rest) = self.bytes.get(self.offset..)?.split_first()?;
        let (item, length) = match (*tag, rest) {
            (tags::INTEGER, rest) => (Item::Integer(i64::from_le_bytes(*rest.first_chunk()?)), 8),
            (tags::FLOAT, rest) => (Item::Float(canonical(f64::from_le_bytes(*rest.first_chunk()?))), 8),
            (tags::BOOLEAN, [byte @ (0 | 1), ..]) => (Item::Boolean(*byte == 1), 1),
            (tags::NIL, _) => (Item::Nil, 0),
            _ => return None,
        };
        self.offset += 1 + length;
        Some(item)
    }

    /// The next value; what a table contains follows it.
    pub fn flat_item(&mut self) -> Result<Item<'a>, Malformed> {
        let item = self.item()?;
        if let Item::Table(_, content) = item {
            self.offset -= content.len();
        }
        Ok(item)
    }

    #[inline]
    fn boolean(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        match u8::from_le_bytes(self.array()?) {
            byte @ (0 | 1) => Ok(Item::Boolean(byte == 1)),
            _ => Err(Malformed::new(at, Problem::Boolean)),
        }
    }

    fn table(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        let block = self.block()?;
        let Some((pairs, content)) = block.split_first_chunk::<4>() else {
            return Err(Malformed::new(at, Problem::NoCount));
        };
        Ok(Item::Table(u32::from_le_bytes(*pairs), content))
    }

    fn library(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        let name = self.block()?;
        if name.is_empty() {
            return Err(Malformed::new(at, Problem::NoName));
        }
        match name.iter().position(|byte| !byte.is_ascii_graphic()) {
            Some(index) => Err(Malformed::new(at + LENGTH_BYTES + index, Problem::NameByte)),
            None => Ok(Item::Library(name)),
        }
    }

    fn function(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        match self.block()?.try_into() {
            Ok(id) => Ok(Item::Function(u32::from_le_bytes(id))),
            Err(_) => Err(Malformed::new(at, Problem::FunctionId)),
        }
    }

    fn big_integer(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        match self.block()?.split_first() {
            Some((sign @ (0 | 1), magnitude)) => {
                let magnitude = significant(magnitude);
                Ok(Item::BigInteger(*sign == 1 && !magnitude.is_empty(), magnitude))
            }
            Some(_) => Err(Malformed::new(at + LENGTH_BYTES, Problem::Sign)),
            None => Err(Malformed::new(at, Problem::NoSign)),
        }
    }

    /// The next byte.
    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    /// A length, and so many bytes.
    #[inline]
    pub(crate) fn block(&mut self) -> Result<&'a [u8], Malformed> {
        let at = self.offset;
        let length = u32::from_le_bytes(self.array()?) as usize;
        self.take(length).ok_or(Malformed::new(at, Problem::LengthTooLong))
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        match self.bytes.get(self.offset..).and_then(<[u8]>::first_chunk) {
            Some(array) => {
                self.offset += N;
                Ok(*array)
            }
            None => Err(Malformed::new(self.bytes.len(), Problem::CutOff)),
        }
    }

    #[inline]
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.offset..)?.get(..length)?;
        self.offset += length;
        Some(taken)
    }
}

/// The only NaN there is, for any.
#[inline]
pub fn canonical(number: f64) -> f64 {
    if number.is_nan() { f64::from_bits(tags::CANONICAL_NAN) } else { number }
}

/// The magnitude without zero bytes at its most significant end.
fn significant(magnitude: &[u8]) -> &[u8] {
    let length = magnitude.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    magnitude.get(..length).unwrap_or_default()
}

/// Writes values to a slice, and counts on when the slice is full.
pub struct Writer<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl<'a> Writer<'a> {
    /// Starts at the front of `buffer`.
    pub fn new(buffer: &'a mut [u8]) -> Self {
        Writer { buffer, length: 0 }
    }

    /// Bytes written, or that would have been in a longer slice.
    pub fn length(&self) -> usize {
        self.length
    }

    /// What was written, when all of it fitted.
    pub fn written(&self) -> Option<&[u8]> {
        self.buffer.get(..self.length)
    }

    /// Raw bytes.
    // Many call it: in each of them it would take more room than the calls.
    #[inline(never)]
    pub fn bytes(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(room) = self.buffer.get_mut(self.length..end) {
            copy(room, bytes);
        }
        self.length = end;
    }

    /// The same for a few: they are written in place of a copy.
    #[inline]
    pub fn few<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some(room) = self.reserve(N).and_then(<[u8]>::first_chunk_mut) {
            *room = bytes;
        }
    }

    /// So many bytes, to be filled by the caller; none when they do not fit.
    #[inline]
    pub fn reserve(&mut self, length: usize) -> Option<&mut [u8]> {
        let start = self.length;
        self.length = start.saturating_add(length);
        self.buffer.get_mut(start..self.length)
    }

    #[inline]
    fn number(&mut self, number: u32) {
        self.few(number.to_le_bytes());
    }

    /// A length, and so many bytes.
    pub(crate) fn block(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u32);
        self.bytes(bytes);
    }

    /// nil
    pub fn nil(&mut self) {
        self.few([tags::NIL]);
    }

    /// A boolean.
    pub fn boolean(&mut self, value: bool) {
        self.few([tags::BOOLEAN, u8::from(value)]);
    }

    /// A tag and a number behind it.
    fn eight(&mut self, tag: u8, bytes: [u8; 8]) {
        let [a, b, c, d, e, f, g, h] = bytes;
        self.few([tag, a, b, c, d, e, f, g, h]);
    }

    /// An integer.
    #[inline]
    pub fn integer(&mut self, value: i64) {
        self.eight(tags::INTEGER, value.to_le_bytes());
    }

    /// A float; every NaN is the same one.
    #[inline]
    pub fn float(&mut self, value: f64) {
        self.eight(tags::FLOAT, canonical(value).to_le_bytes());
    }

    /// A string. Whoever writes looks at the whole length: a `u32` cannot say what is longer than the arena.
    pub fn string(&mut self, value: &[u8]) {
        self.few([tags::STRING]);
        self.block(value);
    }

    /// An external table.
    pub fn external(&mut self, id: u32) {
        self.few([tags::EXTERNAL]);
        self.number(id);
    }

    /// A stored function.
    pub fn function(&mut self, id: u32) {
        self.few([tags::FUNCTION]);
        self.number(4);
        self.number(id);
    }

    /// A library function or a library's table.
    pub fn library(&mut self, name: &str) {
        self.few([tags::LIBRARY]);
        self.block(name.as_bytes());
    }

    /// A big integer, of bytes with the least first.
    pub fn big_integer(&mut self, negative: bool, magnitude: &[u8]) {
        let magnitude = significant(magnitude);
        self.few([tags::BIG_INTEGER]);
        self.number((1 + magnitude.len()) as u32);
        self.bytes(&[u8::from(negative && !magnitude.is_empty())]);
        self.bytes(magnitude);
    }

    /// A big integer, of limbs with the least first and none zero at the top.
    pub fn big_integer_of_limbs(&mut self, negative: bool, limbs: &[u32]) {
        self.few([tags::BIG_INTEGER]);
        let zeros = limbs.last().map_or(0, |limb| limb.leading_zeros() as usize / 8);
        self.number((1 + 4 * limbs.len() - zeros) as u32);
        self.bytes(&[u8::from(negative)]);
        if let Some((last, rest)) = limbs.split_last() {
            for limb in rest {
                self.bytes(&limb.to_le_bytes());
            }
            self.bytes(&last.to_le_bytes()[..4 - zeros]);
        }
    }

    /// The mark that the values are stored elsewhere.
    pub fn spilled(&mut self) {
        self.few([tags::SPILLED]);
    }

    /// Begins an inline table; its pairs follow, and `end_table` closes it.
    pub fn begin_table(&mut self) -> OpenTable {
        self.few([tags::TABLE]);
        let open = OpenTable { header: self.length };
        self.number(0);
        self.number(0);
        open
    }

    /// Fills in length and number of pairs.
    pub fn end_table(&mut self, open: OpenTable, pairs: u32) {
        let content = self.length - open.header - 4;
        let mut header = [0; 8];
        header[..4].copy_from_slice(&(content as u32).to_le_bytes());
        header[4..].copy_from_slice(&pairs.to_le_bytes());
        if let Some(room) = self.buffer.get_mut(open.header..open.header + 8) {
            copy(room, &header);
        }
    }
}

/// An inline table whose length is not known yet.
pub struct OpenTable {
    header: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let mut buffer = [0; 128];
        let mut writer = Writer::new(&mut buffer);
        let table = writer.begin_table();
        writer.string(b"memory");
        writer.integer(-7);
        writer.string(b"x");
        writer.float(-0.0);
        writer.end_table(table, 2);
        let bytes = writer.written().expect("it fits").to_vec();
        let mut reader = Reader::new(&bytes);
        let Ok(Item::Table(2, content)) = reader.item() else { panic!("a table of two pairs") };
        assert!(reader.is_at_end());
        let mut pairs = Reader::new(content);
        assert_eq!(pairs.item(), Ok(Item::String(b"memory")));
        assert_eq!(pairs.item(), Ok(Item::Integer(-7)));
        assert_eq!(pairs.item(), Ok(Item::String(b"x")));
        assert!(matches!(pairs.item(), Ok(Item::Float(zero)) if zero.to_bits() == (-0.0_f64).to_bits()));
        assert!(pairs.is_at_end());
    }

    #[test]
    fn a_full_writer_counts_on() {
        let mut buffer = [0; 4];
        let mut writer = Writer::new(&mut buffer);
        writer.string(b"too long for four");
        assert_eq!(writer.length(), 1 + 4 + 17);
        assert_eq!(writer.written(), None);
    }

    #[test]
    fn every_truncation_is_malformed() {
        let mut buffer = [0; 64];
        let mut writer = Writer::new(&mut buffer);
        writer.string(b"abc");
        let bytes = writer.written().expect("it fits").to_vec();
        for length in 0..bytes.len() {
            assert!(Reader::new(&bytes[..length]).item().is_err(), "{length} bytes were accepted");
        }
    }
}
