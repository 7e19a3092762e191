//! Where a query goes on, as text: any host can keep it.
//!
//! Invariant: a cursor of another table, filter or order is refused. What it says is trusted no further than a key of a script.
//!
//! ```text
//! cursor    in hexadecimal: u64 digest of the query, u32 length of the sort key, sort key, row key
//! ```
#![forbid(unsafe_code)]

use cu_abi::limits::KEY_BYTES;

use crate::data::component::Buffer;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Bytes in front of the keys.
const HEAD_BYTES: usize = 12;

/// How long the text is for so many bytes of keys.
pub fn length(keys: usize) -> usize {
    2 * (HEAD_BYTES + keys)
}

/// Writes the cursor behind a row.
pub fn write(digest: u64, sort: usize, keys: &[u8], out: &mut Buffer<'_>) {
    for part in [&digest.to_le_bytes()[..], &(sort as u32).to_le_bytes(), keys] {
        for byte in part {
            out.push(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }
}

/// Appends what a cursor says without its digest; or why it is not taken.
pub fn read(text: &[u8], digest: u64, out: &mut Buffer<'_>) -> Result<(), &'static str> {
    const MALFORMED: &str = "this is no cursor";
    let mut bytes = text.chunks(2).map(|pair| match pair {
        [high, low] => Some(value(*high)? << 4 | value(*low)?),
        _ => None,
    });
    for wanted in digest.to_le_bytes() {
        match bytes.next().flatten() {
            None => return Err(MALFORMED),
            Some(byte) if byte == wanted => {}
            Some(_) if text.len() < 2 * HEAD_BYTES => return Err(MALFORMED),
            Some(_) => return Err("this cursor is of another query"),
        }
    }
    let mut head = [0; 4];
    for byte in &mut head {
        *byte = bytes.next().flatten().ok_or(MALFORMED)?;
    }
    let sort = u32::from_le_bytes(head) as usize;
    let keys = text.len() / 2 - HEAD_BYTES;
    let key = keys.checked_sub(sort).ok_or(MALFORMED)?;
    if key == 0 || key > KEY_BYTES {
        return Err(MALFORMED);
    }
    out.push(&head);
    for byte in bytes {
        out.push(&[byte.ok_or(MALFORMED)?]);
    }
    Ok(())
}

fn value(digit: u8) -> Option<u8> {
    DIGITS.iter().position(|known| *known == digit).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(digest: u64, sort: usize, keys: &[u8]) -> Vec<u8> {
        let mut room = vec![0; length(keys.len())];
        let mut out = Buffer::new(&mut room);
        write(digest, sort, keys, &mut out);
        assert_eq!(out.check(), Ok(()));
        out.bytes().to_vec()
    }

    fn back(text: &[u8], digest: u64) -> Result<Vec<u8>, &'static str> {
        let mut room = [0; 100];
        let mut out = Buffer::new(&mut room);
        read(text, digest, &mut out).map(|()| out.bytes().to_vec())
    }

    #[test]
    fn what_is_written_reads_back_for_the_same_query() {
        assert_eq!(back(&text(7, 2, b"sskey"), 7), Ok(b"\x02\0\0\0sskey".to_vec()));
        assert_eq!(back(&text(7, 2, b"sskey"), 8), Err("this cursor is of another query"));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let good = text(7, 2, b"sskey");
        for length in 0..good.len() {
            assert!(back(&good[..length], 7).is_err() || length > 2 * (HEAD_BYTES + 2), "{length}");
        }
        for bad in [&b""[..], b"x", b"hello, this is no cursor, is it?", &good[..good.len() - 1]] {
            assert_eq!(back(bad, 7), Err("this is no cursor").or(back(bad, 7)), "{bad:?}");
            assert!(back(bad, 7).is_err(), "{bad:?}");
        }
        assert_eq!(back(&text(7, 5, b"sskey"), 7), Err("this is no cursor"));
        assert_eq!(back(&text(7, 6, b"sskey"), 7), Err("this is no cursor"));
    }
}
