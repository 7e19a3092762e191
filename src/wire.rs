//! Encoded values as bytes: a reader that trusts no length and a writer that counts what does not fit.
//!
//! Invariant: the reader never looks outside its slice, and every error names the offset of the first byte that cannot
//! be right. Layouts: `abi/README.md`, "Values".
#![forbid(unsafe_code)]

use cu_abi::tags;

use crate::bytes::copy;

/// A value as it lies in the bytes: scalars read, everything longer as a slice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item<'a> {
    /// nil
    Nil,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
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
    /// A big integer: whether it is negative, and the bytes of its magnitude, the least first. Zeros may follow.
    BigInteger(bool, &'a [u8]),
}

impl Item<'_> {
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

/// A malformed encoding: the offset of the first byte that cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset in bytes from the start of the slice that was read.
    pub offset: usize,
}

/// Reads values one after another from a slice.
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, offset: 0 }
    }

    /// Offset in bytes of the next value.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether everything has been read.
    #[inline]
    pub fn is_at_end(&self) -> bool {
        self.offset == self.bytes.len()
    }

    /// The next value.
    pub fn item(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        match u8::from_le_bytes(self.array()?) {
            tags::NIL => Ok(Item::Nil),
            tags::BOOLEAN => self.boolean(),
            tags::INTEGER => Ok(Item::Integer(i64::from_le_bytes(self.array()?))),
            tags::FLOAT => Ok(Item::Float(f64::from_le_bytes(self.array()?))),
            tags::STRING => Ok(Item::String(self.block()?)),
            tags::TABLE => self.table(),
            tags::LIBRARY => self.library(),
            tags::FUNCTION => self.function(),
            tags::COMPRESSED => Ok(Item::Compressed(u32::from_le_bytes(self.array()?), self.block()?)),
            tags::BIG_INTEGER => self.big_integer(),
            tags::EXTERNAL => Ok(Item::External(u32::from_le_bytes(self.array()?))),
            _ => Err(Malformed { offset: at }),
        }
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
            _ => Err(Malformed { offset: at }),
        }
    }

    fn table(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        let block = self.block()?;
        let Some((pairs, content)) = block.split_first_chunk::<4>() else {
            return Err(Malformed { offset: at });
        };
        Ok(Item::Table(u32::from_le_bytes(*pairs), content))
    }

    fn library(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        let name = self.block()?;
        if name.is_empty() {
            return Err(Malformed { offset: at });
        }
        match name.iter().position(|byte| !byte.is_ascii_graphic()) {
            Some(index) => Err(Malformed { offset: at + 4 + index }),
            None => Ok(Item::Library(name)),
        }
    }

    fn function(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        match self.block()?.try_into() {
            Ok(id) => Ok(Item::Function(u32::from_le_bytes(id))),
            Err(_) => Err(Malformed { offset: at }),
        }
    }

    fn big_integer(&mut self) -> Result<Item<'a>, Malformed> {
        let at = self.offset;
        match self.block()?.split_first() {
            Some((sign @ (0 | 1), magnitude)) => Ok(Item::BigInteger(*sign == 1, magnitude)),
            Some(_) => Err(Malformed { offset: at + 4 }),
            None => Err(Malformed { offset: at }),
        }
    }

    #[inline]
    fn block(&mut self) -> Result<&'a [u8], Malformed> {
        let at = self.offset;
        let length = u32::from_le_bytes(self.array()?) as usize;
        self.take(length).map_err(|_| Malformed { offset: at })
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        let Some(array) = rest.first_chunk() else {
            return Err(Malformed { offset: self.bytes.len() });
        };
        self.offset += N;
        Ok(*array)
    }

    #[inline]
    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        let Some(taken) = rest.get(..length) else {
            return Err(Malformed { offset: self.bytes.len() });
        };
        self.offset += length;
        Ok(taken)
    }
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
    pub fn bytes(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(room) = self.buffer.get_mut(self.length..end) {
            copy(room, bytes);
        }
        self.length = end;
    }

    #[inline]
    fn number(&mut self, number: u32) {
        self.bytes(&number.to_le_bytes());
    }

    /// nil
    pub fn nil(&mut self) {
        self.bytes(&[tags::NIL]);
    }

    /// A boolean.
    pub fn boolean(&mut self, value: bool) {
        self.bytes(&[tags::BOOLEAN, u8::from(value)]);
    }

    /// A tag and a number behind it.
    fn eight(&mut self, tag: u8, bytes: [u8; 8]) {
        let mut all = [tag; 9];
        all[1..].copy_from_slice(&bytes);
        self.bytes(&all);
    }

    /// An integer.
    #[inline]
    pub fn integer(&mut self, value: i64) {
        self.eight(tags::INTEGER, value.to_le_bytes());
    }

    /// A float; every NaN is the same one.
    #[inline]
    pub fn float(&mut self, value: f64) {
        let bits = if value.is_nan() { tags::CANONICAL_NAN } else { value.to_bits() };
        self.eight(tags::FLOAT, bits.to_le_bytes());
    }

    /// A string. Nothing in the arena is longer than a `u32` can say.
    pub fn string(&mut self, value: &[u8]) {
        self.bytes(&[tags::STRING]);
        self.number(value.len() as u32);
        self.bytes(value);
    }

    /// An external table.
    pub fn external(&mut self, id: u32) {
        self.bytes(&[tags::EXTERNAL]);
        self.number(id);
    }

    /// A stored function.
    pub fn function(&mut self, id: u32) {
        self.bytes(&[tags::FUNCTION]);
        self.number(4);
        self.number(id);
    }

    /// A library function or a library's table.
    pub fn library(&mut self, name: &str) {
        self.bytes(&[tags::LIBRARY]);
        self.number(name.len() as u32);
        self.bytes(name.as_bytes());
    }

    /// A big integer, of limbs with the least first and none zero at the top.
    pub fn big_integer(&mut self, negative: bool, limbs: &[u32]) {
        self.bytes(&[tags::BIG_INTEGER]);
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
        self.bytes(&[tags::SPILLED]);
    }

    /// Begins an inline table; its pairs follow, and `end_table` closes it.
    pub fn begin_table(&mut self) -> OpenTable {
        self.bytes(&[tags::TABLE]);
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
