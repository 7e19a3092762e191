//! Long strings that the module has compressed. They are only in stores, never in responses.
//!
//! Invariant: expanded values are strings. Memory grows with the inflated bytes, never beyond the stated length.
//!
//! ```text
//! value   tag 08 | original length u32 | length u32 | raw deflate of: tag 04 | length u32 | bytes
//! ```

use std::borrow::Cow;

use cu_abi::tags;
use cu_abi::value::{Item, Reader};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use crate::codec::malformed;
use crate::error::Error;
use crate::value::Value;

/// Number of bytes before the deflated ones.
const HEAD_BYTES: usize = 9;
/// Offset of the length of the string's encoding.
const ORIGINAL_LENGTH: usize = 1;

/// Deflate's best ratio, 258 bytes for two bits.
const BEST_RATIO: usize = 1032;

/// No arena is large enough for a longer string.
const MOST_BYTES: usize = 1 << 31;

/// First size of the buffer, as a multiple of the deflated bytes. The size doubles while it is too small.
const FIRST_RATIO: usize = 4;

impl Value {
    /// The value that a store keeps as these bytes: the module compresses long strings there.
    pub fn decode_stored(bytes: &[u8]) -> Result<Value, Error> {
        Value::decode(&expand(bytes)?)
    }
}

/// The bytes of a stored value before compression; bytes that are not compressed stay as they are.
pub fn expand(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    if bytes.first() != Some(&tags::COMPRESSED) {
        return Ok(bytes.into());
    }
    let mut reader = Reader::new(bytes);
    let Item::Compressed(original_length, deflated) = reader.item()? else { return Ok(bytes.into()) };
    reader.finish()?;
    let length = original_length as usize;
    if length > MOST_BYTES || length > deflated.len().saturating_mul(BEST_RATIO) {
        return Err(malformed(ORIGINAL_LENGTH, "the compressed bytes cannot inflate to so many"));
    }
    let original = inflate(deflated, length)?;
    let mut reader = Reader::new(&original);
    if matches!(reader.item(), Ok(Item::String(_))) && reader.is_at_end() {
        Ok(original.into())
    } else {
        Err(malformed(HEAD_BYTES, "a compressed value that is no string"))
    }
}

/// Inflates one stream, all of `deflated`, to `length` bytes.
fn inflate(deflated: &[u8], length: usize) -> Result<Vec<u8>, Error> {
    let mut stream = DecompressorOxide::new();
    let mut original = Vec::new();
    let (mut read, mut written) = (0, 0);
    let mut room = length.min(deflated.len() * FIRST_RATIO);
    loop {
        let more = room - original.len();
        original.try_reserve_exact(more).map_err(|_| malformed(ORIGINAL_LENGTH, "no memory for so many bytes"))?;
        original.resize(room, 0);
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, given) = decompress(&mut stream, &deflated[read..], &mut original, written, flags);
        read += taken;
        written += given;
        let offset = HEAD_BYTES + read;
        match status {
            TINFLStatus::HasMoreOutput if room < length => room = length.min(room * 2),
            TINFLStatus::HasMoreOutput => return Err(malformed(offset, "inflating gives more than the stated bytes")),
            TINFLStatus::Done if written < length => {
                return Err(malformed(offset, "inflating gives fewer than the stated bytes"));
            }
            TINFLStatus::Done if read < deflated.len() => return Err(malformed(offset, "bytes after the stream")),
            TINFLStatus::Done => return Ok(original),
            TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => {
                return Err(malformed(offset, "the compressed bytes are cut off"));
            }
            _ => return Err(malformed(offset, "the compressed bytes are damaged")),
        }
    }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec;

    use super::*;
    use crate::value::Value;

    /// Offset of the length of the deflated bytes.
    const DEFLATED_LENGTH: usize = 5;

    fn record_of(plain: &[u8], level: u8) -> Vec<u8> {
        let deflated = compress_to_vec(plain, level);
        let lengths = [plain.len(), deflated.len()].map(|length| (length as u32).to_le_bytes());
        [&[tags::COMPRESSED], &lengths[0][..], &lengths[1], &deflated].concat()
    }

    fn record(string: &[u8], level: u8) -> Vec<u8> {
        record_of(&Value::from(string).encode().unwrap(), level)
    }

    /// The expanded bytes, or the offset of the byte that is wrong.
    fn expanded(record: &[u8]) -> Result<Vec<u8>, usize> {
        match expand(record) {
            Ok(bytes) => Ok(bytes.into_owned()),
            Err(Error::Malformed { offset, .. }) => Err(offset),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn strings_of_every_kind_come_back() {
        let noise: Vec<u8> = (0..100_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let text = "one line and another line\n".repeat(3000);
        for string in [&b""[..], b"x", &noise, text.as_bytes(), &[0; 1 << 21]] {
            for level in 0..=10 {
                assert_eq!(
                    expanded(&record(string, level)),
                    Ok(Value::from(string).encode().unwrap()),
                    "level {level}"
                );
            }
        }
        assert_eq!(expanded(b"\x04\x01\0\0\0x"), Ok(b"\x04\x01\0\0\0x".to_vec()));
    }

    #[test]
    fn every_part_and_every_changed_byte_is_an_error_or_a_string() {
        let string = b"a string, a string of no great length, a string";
        let plain = Value::from(&string[..]).encode().unwrap();
        let mut accepted = 0;
        for level in [0, 1, 9] {
            let whole = record(string, level);
            for end in 1..whole.len() {
                assert!(expanded(&whole[..end]).is_err_and(|offset| offset <= end), "{end} bytes");
            }
            assert!(expanded(&[&whole[..], b"\0"].concat()).is_err());
            for at in 1..whole.len() {
                for byte in 0..=u8::MAX {
                    let mut changed = whole.clone();
                    changed[at] = byte;
                    match expanded(&changed) {
                        Ok(bytes) => {
                            assert_eq!((&bytes[..5], bytes.len()), (&plain[..5], plain.len()));
                            accepted += 1;
                        }
                        Err(offset) => assert!(offset <= whole.len(), "byte {at} as {byte}: {offset}"),
                    }
                }
            }
        }
        assert!(accepted > 100, "bytes that are letters of the string");
    }

    #[test]
    fn the_byte_that_is_wrong_is_named() {
        let whole = record(&[b'x'; 100], 9);
        let with_length = |length: u32| {
            let mut changed = whole.clone();
            changed[ORIGINAL_LENGTH..DEFLATED_LENGTH].copy_from_slice(&length.to_le_bytes());
            expanded(&changed)
        };
        assert_eq!(with_length(u32::MAX), Err(ORIGINAL_LENGTH), "nothing is reserved for it");
        assert_eq!(with_length(106), Err(whole.len()));
        assert!(with_length(104).is_err_and(|offset| offset > HEAD_BYTES));
        assert_eq!(expanded(&whole[..3]), Err(3));
        assert_eq!(expanded(&whole[..whole.len() - 1]), Err(DEFLATED_LENGTH));
        for plain in [&b"\x02\0\0\0\0\0\0\0\0"[..], b"", b"\x04\x02\0\0\0x", &whole] {
            assert_eq!(expanded(&record_of(plain, 9)), Err(HEAD_BYTES), "{plain:?}");
        }
    }
}
