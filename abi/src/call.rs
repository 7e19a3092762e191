//! Call records: what `compute` takes in place of source, to call a function that is there already.
//!
//! Invariant: the reader never looks outside its slice, and every error names the offset of the first byte that cannot be
//! right. Ways have no empty names.
//!
//! ```text
//! offset 0   3 bytes   1B 'C' 'u'
//! offset 3   u8        version = 1
//! offset 4   u8        flags; bit 0: external tables in the results are sent as their content; bit 1: another record (`pending.rs`)
//! offset 5   u32       length of the way of the function
//! offset 9   ...       that way; then arguments to the end:
//!            00        a value
//!            01        u32 length, a way, whose value is the argument
//! ```

use crate::limits::CALL_ARGUMENTS;
use crate::malformed::{Malformed, Problem};
use crate::value::{Item, Reader, Writer};

/// The first bytes of a call record. No source and no binary chunk begins so.
pub const SIGNATURE: [u8; 3] = *b"\x1bCu";

/// The version of call records.
pub const VERSION: u8 = 1;

/// External tables in the results are sent as their content.
pub const FLAG_CONTENT: u8 = 1;

/// The record is no call, but the answer to one for which a compute waits ([`crate::pending`]).
pub const FLAG_ANSWER: u8 = 2;

/// Of what is before the way of the function.
pub const HEAD_BYTES: usize = 9;

/// Where the flags are.
const FLAGS_AT: usize = 4;

/// In front of an argument that is a value.
pub const ARGUMENT_VALUE: u8 = 0;

/// In front of an argument that is a way.
pub const ARGUMENT_WAY: u8 = 1;

/// What stands between the names of a way.
const BETWEEN: u8 = b'.';

/// Whether bytes are meant as a call record.
#[inline]
pub fn is_call(bytes: &[u8]) -> bool {
    bytes.first_chunk() == Some(&SIGNATURE)
}

/// A call record whose arguments are read one after another.
pub struct Call<'a> {
    /// Whether external tables in the results are sent as their content.
    pub by_content: bool,
    /// The way of the function.
    pub way: &'a [u8],
    reader: Reader<'a>,
    arguments: usize,
}

/// An argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Argument<'a> {
    /// The value whose tag is at the offset. What a table contains is read with the reader of the call.
    Value(usize, Item<'a>),
    /// The value to which a way leads.
    Way(&'a [u8]),
}

impl<'a> Call<'a> {
    /// What `read` reads, where that is no error, for a caller who knows the way: whether it has empty names is not looked at.
    #[inline]
    pub fn read_known(record: &'a [u8]) -> Option<Call<'a>> {
        let (head, rest) = record.split_first_chunk::<HEAD_BYTES>()?;
        let [a, b, c, version, flags, d, e, f, g] = *head;
        let way = rest.get(..u32::from_le_bytes([d, e, f, g]) as usize)?;
        let is_known = [a, b, c] == SIGNATURE && version == VERSION && flags & !FLAG_CONTENT == 0;
        let reader = Reader::starting_at(record, HEAD_BYTES + way.len());
        is_known.then_some(Call { by_content: flags & FLAG_CONTENT != 0, way, reader, arguments: 0 })
    }

    /// The next argument, where that is a number, a boolean or nil, and no error.
    #[inline]
    pub fn scalar(&mut self) -> Option<Item<'a>> {
        (self.reader.byte().ok()? == ARGUMENT_VALUE).then(|| self.reader.scalar())?
    }

    /// Whether there are no more arguments.
    #[inline]
    pub fn is_at_end(&self) -> bool {
        self.reader.is_at_end()
    }

    /// Reads everything before the arguments.
    pub fn read(record: &'a [u8]) -> Result<Call<'a>, Malformed> {
        let mut reader = Reader::new(record);
        for byte in SIGNATURE {
            expect(&mut reader, byte, Problem::NoCall)?;
        }
        expect(&mut reader, VERSION, Problem::CallVersion)?;
        let at = reader.offset();
        let flags = reader.byte()?;
        if flags & !FLAG_CONTENT != 0 {
            return Err(Malformed::new(at, Problem::CallFlag));
        }
        let way = read_way(&mut reader)?;
        Ok(Call { by_content: flags & FLAG_CONTENT != 0, way, reader, arguments: 0 })
    }

    /// The next argument, none at the end. The content of a table has been read already, or is skipped.
    pub fn argument(&mut self) -> Result<Option<Argument<'a>>, Malformed> {
        if self.reader.is_at_end() {
            return Ok(None);
        }
        let at = self.reader.offset();
        if self.arguments == CALL_ARGUMENTS {
            return Err(Malformed::new(at, Problem::TooManyArguments));
        }
        self.arguments += 1;
        match self.reader.byte()? {
            ARGUMENT_VALUE => {
                let at = self.reader.offset();
                match self.reader.item()? {
                    // They stand alone, under a key of a table.
                    Item::Function(_) | Item::Compressed(..) => Err(Malformed::new(at, Problem::UnknownTag)),
                    item => Ok(Some(Argument::Value(at, item))),
                }
            }
            ARGUMENT_WAY => Ok(Some(Argument::Way(read_way(&mut self.reader)?))),
            _ => Err(Malformed::new(at, Problem::CallForm)),
        }
    }

    /// Behind the argument that was read last; a table among the arguments can be entered with it.
    pub fn reader(&mut self) -> &mut Reader<'a> {
        &mut self.reader
    }
}

fn expect(reader: &mut Reader<'_>, wanted: u8, problem: Problem) -> Result<(), Malformed> {
    let at = reader.offset();
    if reader.byte()? == wanted { Ok(()) } else { Err(Malformed::new(at, problem)) }
}

/// A length and a way.
fn read_way<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let way = reader.block()?;
    match empty_name(way) {
        None => Ok(way),
        Some(at) => Err(Malformed::new(reader.offset() - way.len() + at, Problem::NoWay)),
    }
}

/// Where a name of a way should begin that is empty.
pub fn empty_name(way: &[u8]) -> Option<usize> {
    let mut at = 0;
    for name in way.split(|byte| *byte == BETWEEN) {
        if name.is_empty() {
            return Some(at);
        }
        at += name.len() + 1;
    }
    None
}

/// A step of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The field of that name.
    Name(&'a [u8]),
    /// The element of that number.
    Number(i64),
}

/// The steps of a way, each with the length of the way up to its end.
pub fn steps(way: &[u8]) -> impl Iterator<Item = (Step<'_>, usize)> {
    let mut end = 0;
    way.split(|byte| *byte == BETWEEN).map(move |name| {
        end += name.len() + 1;
        (step(name), end - 1)
    })
}

/// Digits without a zero in front are a number, if it has 64 bits.
fn step(name: &[u8]) -> Step<'_> {
    let is_number = matches!(name, [b'0'] | [b'1'..=b'9', ..]) && name.iter().all(u8::is_ascii_digit);
    let number = core::str::from_utf8(name).ok().filter(|_| is_number).and_then(|digits| digits.parse().ok());
    number.map_or(Step::Name(name), Step::Number)
}

/// Makes of a record one that asks for the content of external tables.
pub fn ask_for_content(record: &mut [u8]) {
    if let Some(flags) = record.get_mut(FLAGS_AT) {
        *flags |= FLAG_CONTENT;
    }
}

/// Writes everything before the arguments. The way has no empty names.
pub fn write_head(writer: &mut Writer<'_>, by_content: bool, way: &[u8]) {
    let [a, b, c] = SIGNATURE;
    let [d, e, f, g] = (way.len() as u32).to_le_bytes();
    // At once, since a script may call functions of the host often.
    writer.few([a, b, c, VERSION, if by_content { FLAG_CONTENT } else { 0 }, d, e, f, g]);
    writer.bytes(way);
}

/// Writes what stands in front of an argument that is a value.
pub fn write_value_form(writer: &mut Writer<'_>) {
    writer.few([ARGUMENT_VALUE]);
}

/// Writes an argument that is a way. The way has no empty names.
pub fn write_way(writer: &mut Writer<'_>, way: &[u8]) {
    writer.few([ARGUMENT_WAY]);
    writer.block(way);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_numbers_where_they_are_written_as_such() {
        let found: Vec<_> = steps(b"list.12.0.012.-1.9223372036854775808.1e3").collect();
        let wanted = [
            (Step::Name(b"list"), 4),
            (Step::Number(12), 7),
            (Step::Number(0), 9),
            (Step::Name(b"012"), 13),
            (Step::Name(b"-1"), 16),
            (Step::Name(b"9223372036854775808"), 36),
            (Step::Name(b"1e3"), 40),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn every_truncation_of_a_record_is_malformed_or_has_fewer_arguments() {
        let mut buffer = [0; 64];
        let mut writer = Writer::new(&mut buffer);
        write_head(&mut writer, true, b"f");
        write_way(&mut writer, b"_home.users");
        write_value_form(&mut writer);
        writer.string(b"abc");
        let bytes = writer.written().expect("it fits").to_vec();
        let count = |bytes| {
            let mut call = Call::read(bytes)?;
            let mut count = 0;
            while call.argument()?.is_some() {
                count += 1;
            }
            Ok::<_, Malformed>(count)
        };
        assert_eq!(count(&bytes), Ok(2));
        for length in 0..bytes.len() {
            match count(&bytes[..length]) {
                Ok(arguments) => assert!([(10, 0), (26, 1)].contains(&(length, arguments)), "{length}: {arguments}"),
                Err(malformed) => assert!(malformed.offset <= length, "{length}: {malformed:?}"),
            }
        }
    }
}
