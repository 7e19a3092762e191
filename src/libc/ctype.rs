//! Character classes of the C locale. Bytes above 127, and EOF, belong to none.
#![forbid(unsafe_code)]

/// The byte that a C caller passes as an int, if it is ASCII.
fn ascii(character: i32) -> u8 {
    match u8::try_from(character) {
        Ok(byte) if byte < 128 => byte,
        _ => 0x80,
    }
}

/// A letter or digit.
pub fn is_alphanumeric(character: i32) -> bool {
    ascii(character).is_ascii_alphanumeric()
}

/// A letter.
pub fn is_alphabetic(character: i32) -> bool {
    ascii(character).is_ascii_alphabetic()
}

/// A control character.
pub fn is_control(character: i32) -> bool {
    ascii(character).is_ascii_control()
}

/// A decimal digit.
pub fn is_digit(character: i32) -> bool {
    ascii(character).is_ascii_digit()
}

/// A character with ink.
pub fn is_graphic(character: i32) -> bool {
    ascii(character).is_ascii_graphic()
}

/// A lower-case letter.
pub fn is_lower(character: i32) -> bool {
    ascii(character).is_ascii_lowercase()
}

/// A character with ink, or the space.
pub fn is_printable(character: i32) -> bool {
    matches!(ascii(character), b' '..=b'~')
}

/// A character with ink that is no letter or digit.
pub fn is_punctuation(character: i32) -> bool {
    ascii(character).is_ascii_punctuation()
}

/// Space, tab, newline, vertical tab, form feed, carriage return.
pub fn is_space(character: i32) -> bool {
    matches!(ascii(character), b' ' | b'\t'..=b'\r')
}

/// An upper-case letter.
pub fn is_upper(character: i32) -> bool {
    ascii(character).is_ascii_uppercase()
}

/// A hexadecimal digit.
pub fn is_hex_digit(character: i32) -> bool {
    ascii(character).is_ascii_hexdigit()
}

/// The lower-case letter of an upper-case one; everything else stays.
pub fn to_lower(character: i32) -> i32 {
    if is_upper(character) { character + 32 } else { character }
}

/// The upper-case letter of a lower-case one; everything else stays.
pub fn to_upper(character: i32) -> i32 {
    if is_lower(character) { character - 32 } else { character }
}
