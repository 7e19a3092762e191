//! `strtod`: reads a number at the start of a text, correctly rounded.
#![forbid(unsafe_code)]

use super::{ctype, decimal};

/// The number that `text` begins with, and how many bytes it takes; `(0.0, 0)` when there is none.
/// White space and a sign may come first; then decimal digits, `0x` and hexadecimal digits,
/// `inf`, `infinity`, `nan` or `nan(...)`.
pub fn read(text: &[u8]) -> (f64, usize) {
    let space = text.iter().take_while(|byte| ctype::is_space(i32::from(**byte))).count();
    let start = text.get(space..).unwrap_or_default();
    let (negative, unsigned) = match start {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let read = match unsigned {
        [b'0', b'x' | b'X', hex @ ..] => read_hex(hex).or(Some((0.0, 1))),
        [b'0'..=b'9' | b'.', ..] => read_decimal(unsigned),
        _ => read_word(unsigned),
    };
    match read {
        Some((value, length)) => {
            let signed = if negative { -value } else { value };
            (signed, text.len() - unsigned.len() + length)
        }
        None => (0.0, 0),
    }
}

/// The text before the first byte that is not `wanted`, and the rest.
#[inline]
fn split_while(text: &[u8], wanted: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let length = text.iter().position(|byte| !wanted(byte)).unwrap_or(text.len());
    text.split_at(length)
}

/// Digits, point, digits; `None` without any digit.
fn read_mantissa(text: &[u8], digit: impl Fn(&u8) -> bool) -> Option<(&[u8], &[u8], &[u8])> {
    let (integer, rest) = split_while(text, &digit);
    let (fraction, rest) = match rest {
        [b'.', after @ ..] => split_while(after, &digit),
        _ => (&[][..], rest),
    };
    (integer.len() + fraction.len() > 0).then_some((integer, fraction, rest))
}

/// The exponent after `letter`, and the text after it; a letter without digits is no exponent.
fn read_exponent(text: &[u8], letter: u8) -> (i64, &[u8]) {
    let Some((first, signed)) = text.split_first() else {
        return (0, text);
    };
    let (negative, unsigned) = match signed {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (digits, rest) = split_while(unsigned, u8::is_ascii_digit);
    if first.to_ascii_lowercase() != letter || digits.is_empty() {
        return (0, text);
    }
    // No text is long enough for the mantissa to make up for such an exponent.
    const LARGEST: i64 = 1 << 40;
    let value =
        digits.iter().fold(0, |sum, digit| if sum < LARGEST { sum * 10 + i64::from(digit - b'0') } else { sum });
    (if negative { -value } else { value }, rest)
}

fn read_decimal(text: &[u8]) -> Option<(f64, usize)> {
    let (integer, fraction, rest) = read_mantissa(text, u8::is_ascii_digit)?;
    let (exponent, rest) = read_exponent(rest, b'e');
    Some((decimal::from_digits(integer, fraction, exponent), text.len() - rest.len()))
}

/// The number after `0x`; the length includes these two bytes.
fn read_hex(text: &[u8]) -> Option<(f64, usize)> {
    let (integer, fraction, rest) = read_mantissa(text, u8::is_ascii_hexdigit)?;
    let (exponent, rest) = read_exponent(rest, b'p');
    let mut mantissa = 0u64;
    let mut more = false;
    let mut scale = exponent - 4 * fraction.len() as i64;
    for digit in integer.iter().chain(fraction) {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            letter => (letter | 32) - b'a' + 10,
        };
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
        } else {
            more |= digit != 0;
            scale += 4;
        }
    }
    let scale = scale.clamp(-100_000, 100_000) as i32;
    Some((decimal::compose(mantissa, more, scale), text.len() - rest.len() + 2))
}

fn read_word(text: &[u8]) -> Option<(f64, usize)> {
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if begins(b"infinity") {
        return Some((f64::INFINITY, 8));
    }
    if begins(b"inf") {
        return Some((f64::INFINITY, 3));
    }
    if !begins(b"nan") {
        return None;
    }
    let in_brackets = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = match text.get(3..) {
        Some([b'(', after @ ..]) => match split_while(after, in_brackets) {
            (label, [b')', ..]) => label.len() + 5,
            _ => 3,
        },
        _ => 3,
    };
    Some((f64::NAN, length))
}
