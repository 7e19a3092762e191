//! The engine of `snprintf`: formats exactly as glibc does in the C locale.
//!
//! One deliberate difference: NaN is always `nan`, never `-nan`. WebAssembly leaves the sign of a
//! computed NaN to the engine, and the same script must print the same text on all of them.
#![forbid(unsafe_code)]

use super::decimal::{self, Digits, Rounding};
use super::output::Output;

/// Where conversions take their values from, in the order of the format.
pub trait Arguments {
    /// An `int`, `long`, `size_t` or pointer: 32 bits each.
    fn word(&mut self) -> u32;
    /// A `long long`.
    fn wide(&mut self) -> u64;
    /// A `double`.
    fn double(&mut self) -> f64;
    /// A string: the bytes before its terminating zero, and not more than `limit` of them.
    fn text(&mut self, limit: usize) -> &[u8];
}

/// Formats `arguments` into `buffer`, without a terminating zero. Returns the length of the whole
/// text, of which as much as fits is written.
pub fn format(buffer: &mut [u8], format: &[u8], arguments: &mut impl Arguments) -> usize {
    let mut output = Output::new(buffer);
    let mut rest = format;
    while let Some(percent) = rest.iter().position(|byte| *byte == b'%') {
        let (literal, conversion) = rest.split_at(percent);
        output.write(literal);
        rest = convert(&mut output, conversion, arguments);
    }
    output.write(rest);
    output.length()
}

/// `%.14g`, Lua's text of a float, without reading a format.
pub fn number_to_text_14g(value: f64, buffer: &mut [u8]) -> usize {
    let mut output = Output::new(buffer);
    float(&mut output, &Spec { precision: Some(14), ..Spec::default() }, b'g', value);
    output.length()
}

/// `%lld`, Lua's text of an integer, without reading a format.
pub fn integer_to_text(value: i64, buffer: &mut [u8]) -> usize {
    let mut output = Output::new(buffer);
    if value < 0 {
        output.write(b"-");
    }
    output.write(decimal::write_integer(value.unsigned_abs(), &mut [0; 20]));
    output.length()
}

/// Writes `prefix`, `zeros` zeros and `body`, padded to the width: by zeros after the prefix if
/// `zero_padding`, else by spaces.
#[inline(never)]
fn padded(output: &mut Output, spec: &Spec, prefix: &[u8], zeros: usize, body: &Body, zero_padding: bool) {
    let length = prefix.len() + zeros + body.length();
    let padding = spec.width.saturating_sub(length);
    let zero_padding = zero_padding && spec.zero && !spec.left;
    if !zero_padding && !spec.left {
        output.repeat(b' ', padding);
    }
    output.write(prefix);
    output.repeat(b'0', if zero_padding { zeros + padding } else { zeros });
    body.write(output);
    if spec.left {
        output.repeat(b' ', padding);
    }
}

/// The text of a number in the order of these fields; plain text is an `integer` only.
#[derive(Default)]
struct Body<'a> {
    integer: &'a [u8],
    integer_zeros: usize,
    point: bool,
    fraction_zeros: usize,
    fraction: &'a [u8],
    trailing_zeros: usize,
    suffix: &'a [u8],
}

impl Body<'_> {
    fn length(&self) -> usize {
        self.integer.len()
            + self.integer_zeros
            + usize::from(self.point)
            + self.fraction_zeros
            + self.fraction.len()
            + self.trailing_zeros
            + self.suffix.len()
    }

    fn write(&self, output: &mut Output) {
        output.write(self.integer);
        output.repeat(b'0', self.integer_zeros);
        if self.point {
            output.write(b".");
        }
        output.repeat(b'0', self.fraction_zeros);
        output.write(self.fraction);
        output.repeat(b'0', self.trailing_zeros);
        output.write(self.suffix);
    }
}

/// The part of a conversion between `%` and its letter.
#[derive(Clone, Copy, Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    size: Size,
}

#[derive(Clone, Copy, Default)]
enum Size {
    Char,
    Short,
    #[default]
    Word,
    Wide,
}

/// Reads one conversion (`text` begins with its `%`), writes its value, and returns the text after
/// it. An unknown conversion is written unchanged.
fn convert<'a>(output: &mut Output, text: &'a [u8], arguments: &mut impl Arguments) -> &'a [u8] {
    let mut spec = Spec::default();
    let rest = read_flags(&mut spec, text.get(1..).unwrap_or_default());
    let rest = read_width(&mut spec, rest, arguments);
    let rest = read_size(&mut spec, rest);
    let Some((conversion, after)) = rest.split_first() else {
        output.write(text);
        return rest;
    };
    match conversion {
        b'd' | b'i' => signed(output, &spec, arguments),
        b'u' | b'o' | b'x' | b'X' => unsigned(output, &spec, *conversion, arguments),
        b'p' => pointer(output, &spec, arguments.word()),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            float(output, &spec, *conversion, arguments.double());
        }
        b'a' | b'A' => hex_float(output, &spec, *conversion, arguments.double()),
        b'c' => {
            let byte = [arguments.word() as u8];
            padded(output, &spec, b"", 0, &plain(&byte), false);
        }
        b's' => {
            let text = arguments.text(spec.precision.unwrap_or(usize::MAX));
            padded(output, &spec, b"", 0, &plain(text), false);
        }
        b'%' => output.write(b"%"),
        _ => output.write(text.get(..text.len() - after.len()).unwrap_or_default()),
    }
    after
}

fn plain(text: &[u8]) -> Body<'_> {
    Body { integer: text, ..Body::default() }
}

fn read_flags<'a>(spec: &mut Spec, text: &'a [u8]) -> &'a [u8] {
    let mut rest = text;
    while let Some((flag, after)) = rest.split_first() {
        match flag {
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b' ' => spec.space = true,
            b'#' => spec.alternate = true,
            b'0' => spec.zero = true,
            _ => break,
        }
        rest = after;
    }
    rest
}

/// Reads width and precision; either may be `*`, a negative width means left, a negative precision none.
fn read_width<'a>(spec: &mut Spec, text: &'a [u8], arguments: &mut impl Arguments) -> &'a [u8] {
    let (width, rest) = read_count(text, arguments);
    spec.width = width.unsigned_abs() as usize;
    spec.left |= width < 0;
    let Some((b'.', rest)) = rest.split_first() else {
        return rest;
    };
    let (precision, rest) = read_count(rest, arguments);
    spec.precision = usize::try_from(precision).ok();
    rest
}

fn read_count<'a>(text: &'a [u8], arguments: &mut impl Arguments) -> (i32, &'a [u8]) {
    if let Some((b'*', rest)) = text.split_first() {
        return (arguments.word() as i32, rest);
    }
    let mut count = 0i32;
    let mut rest = text;
    while let Some((digit @ b'0'..=b'9', after)) = rest.split_first() {
        count = count.saturating_mul(10).saturating_add(i32::from(digit - b'0'));
        rest = after;
    }
    (count, rest)
}

fn read_size<'a>(spec: &mut Spec, text: &'a [u8]) -> &'a [u8] {
    let (size, rest) = match text {
        [b'h', b'h', rest @ ..] => (Size::Char, rest),
        [b'h', rest @ ..] => (Size::Short, rest),
        [b'l', b'l', rest @ ..] | [b'j', rest @ ..] => (Size::Wide, rest),
        [b'l' | b'z' | b't', rest @ ..] => (Size::Word, rest),
        rest => (Size::Word, rest),
    };
    spec.size = size;
    rest
}

fn sign(spec: &Spec, negative: bool) -> &'static [u8] {
    match (negative, spec.plus, spec.space) {
        (true, ..) => b"-",
        (_, true, _) => b"+",
        (.., true) => b" ",
        _ => b"",
    }
}

fn signed(output: &mut Output, spec: &Spec, arguments: &mut impl Arguments) {
    let value = match spec.size {
        Size::Char => i64::from(arguments.word() as i8),
        Size::Short => i64::from(arguments.word() as i16),
        Size::Word => i64::from(arguments.word() as i32),
        Size::Wide => arguments.wide() as i64,
    };
    let mut buffer = [0; 20];
    let digits = decimal::write_integer(value.unsigned_abs(), &mut buffer);
    integer(output, spec, sign(spec, value < 0), digits, value == 0);
}

fn unsigned(output: &mut Output, spec: &Spec, conversion: u8, arguments: &mut impl Arguments) {
    let value = match spec.size {
        Size::Char => u64::from(arguments.word() as u8),
        Size::Short => u64::from(arguments.word() as u16),
        Size::Word => u64::from(arguments.word()),
        Size::Wide => arguments.wide(),
    };
    let (mut decimal_buffer, mut buffer) = ([0; 20], [0; 22]);
    let (prefix, digits): (&[u8], &[u8]) = match conversion {
        b'x' => (b"0x", write_bits(value, 4, b'a', &mut buffer)),
        b'X' => (b"0X", write_bits(value, 4, b'A', &mut buffer)),
        b'o' => (b"0", write_bits(value, 3, b'a', &mut buffer)),
        _ => (b"", decimal::write_integer(value, &mut decimal_buffer)),
    };
    let prefix = if spec.alternate && value != 0 { prefix } else { b"" };
    if prefix == b"0" {
        // The zero of an octal number counts as a digit.
        let precision = spec.precision.map(|precision| precision.saturating_sub(1));
        return integer(output, &Spec { precision, ..*spec }, prefix, digits, false);
    }
    let no_digit = value == 0 && !(conversion == b'o' && spec.alternate);
    integer(output, spec, prefix, digits, no_digit);
}

/// Writes an integer; `no_digit` says that it is zero, which a precision of zero leaves out.
fn integer(output: &mut Output, spec: &Spec, prefix: &[u8], digits: &[u8], no_digit: bool) {
    let digits = if no_digit && spec.precision == Some(0) { b"" } else { digits };
    let zeros = spec.precision.unwrap_or(0).saturating_sub(digits.len());
    padded(output, spec, prefix, zeros, &plain(digits), spec.precision.is_none());
}

fn pointer(output: &mut Output, spec: &Spec, address: u32) {
    if address == 0 {
        return padded(output, spec, b"", 0, &plain(b"(nil)"), false);
    }
    let mut buffer = [0; 22];
    let digits = write_bits(u64::from(address), 4, b'a', &mut buffer);
    integer(output, spec, b"0x", digits, false);
}

/// The digits of `value` in base `2^bits`; `ten` is the letter of the digit ten.
fn write_bits(value: u64, bits: u32, ten: u8, buffer: &mut [u8; 22]) -> &[u8] {
    let mut rest = value;
    let mut start = buffer.len();
    while let Some(place) = buffer.get_mut(start.wrapping_sub(1)) {
        *place = hex_digit((rest & ((1 << bits) - 1)) as u8, ten);
        start -= 1;
        rest >>= bits;
        if rest == 0 {
            break;
        }
    }
    buffer.get(start..).unwrap_or_default()
}

fn hex_digit(digit: u8, ten: u8) -> u8 {
    if digit < 10 { b'0' + digit } else { ten + digit - 10 }
}

/// Writes infinities and NaN; false for all other values.
fn special(output: &mut Output, spec: &Spec, value: f64, capital: bool) -> bool {
    if value.is_finite() {
        return false;
    }
    let text = match (value.is_nan(), capital) {
        (true, false) => b"nan",
        (true, true) => b"NAN",
        (false, false) => b"inf",
        (false, true) => b"INF",
    };
    let negative = value == f64::NEG_INFINITY;
    padded(output, spec, sign(spec, negative), 0, &plain(text), false);
    true
}

fn float(output: &mut Output, spec: &Spec, conversion: u8, value: f64) {
    let capital = conversion.is_ascii_uppercase();
    if special(output, spec, value, capital) {
        return;
    }
    let style = Style {
        conversion: conversion.to_ascii_lowercase(),
        letter: if capital { b'E' } else { b'e' },
        precision: spec.precision.unwrap_or(6),
        alternate: spec.alternate,
    };
    let prefix = sign(spec, value.is_sign_negative());
    let mut write = |digits: Digits| {
        let mut suffix = [0; 6];
        let body = style.body(&digits, &mut suffix);
        padded(output, spec, prefix, 0, &body, true);
    };
    if value == 0.0 {
        return write(Digits { text: b"0", exponent: 0 });
    }
    let rounding = match style.conversion {
        b'e' => Rounding::Significant(style.precision.saturating_add(1)),
        b'f' => Rounding::Places(style.precision),
        _ => Rounding::Significant(style.precision.max(1)),
    };
    decimal::with_digits(value.abs(), rounding, &mut write);
}

struct Style {
    /// `e`, `f` or `g`.
    conversion: u8,
    /// `e` or `E`, before the exponent.
    letter: u8,
    precision: usize,
    alternate: bool,
}

impl Style {
    #[inline(never)]
    fn body<'a>(&self, digits: &Digits<'a>, suffix: &'a mut [u8; 6]) -> Body<'a> {
        match self.conversion {
            b'e' => self.scientific(digits, self.precision, suffix),
            b'f' => self.fixed(digits, self.precision),
            _ => self.general(digits, suffix),
        }
    }

    /// The shorter of both styles, without the zeros at the end unless `#`.
    fn general<'a>(&self, digits: &Digits<'a>, suffix: &'a mut [u8; 6]) -> Body<'a> {
        let significant = self.precision.max(1);
        let mut text = digits.text;
        while let Some((b'0', shorter)) = text.split_last() {
            text = shorter;
        }
        let shown = if self.alternate { significant } else { text.len() };
        let places = shown as i64 - 1;
        let digits = Digits { text, exponent: digits.exponent };
        if digits.exponent < -4 || i64::from(digits.exponent) >= significant as i64 {
            self.scientific(&digits, places.max(0) as usize, suffix)
        } else {
            self.fixed(&digits, (places - i64::from(digits.exponent)).max(0) as usize)
        }
    }

    fn scientific<'a>(&self, digits: &Digits<'a>, precision: usize, suffix: &'a mut [u8; 6]) -> Body<'a> {
        let (integer, fraction): (&[u8], &[u8]) = match digits.text {
            [] => (b"0", b""),
            text => text.split_at(1),
        };
        Body {
            integer,
            point: precision > 0 || self.alternate,
            fraction,
            trailing_zeros: precision.saturating_sub(fraction.len()),
            suffix: write_exponent(self.letter, digits.exponent, 2, suffix),
            ..Body::default()
        }
    }

    fn fixed<'a>(&self, digits: &Digits<'a>, precision: usize) -> Body<'a> {
        let point = precision > 0 || self.alternate;
        if digits.exponent < 0 || digits.text.is_empty() {
            // Rounding left no digit beyond the last place.
            let zeros = match digits.text {
                [] => precision,
                _ => precision.min((-1 - digits.exponent) as usize),
            };
            let trailing_zeros = precision.saturating_sub(zeros + digits.text.len());
            return Body {
                integer: b"0",
                point,
                fraction_zeros: zeros,
                fraction: digits.text,
                trailing_zeros,
                ..Body::default()
            };
        }
        let length = digits.exponent as usize + 1;
        let (integer, fraction) = digits.text.split_at(length.min(digits.text.len()));
        Body {
            integer,
            integer_zeros: length - integer.len(),
            point,
            fraction,
            trailing_zeros: precision.saturating_sub(fraction.len()),
            ..Body::default()
        }
    }
}

/// `e+05`, `p-3`: a letter, a sign, and at least `least` digits.
fn write_exponent(letter: u8, exponent: i32, least: usize, buffer: &mut [u8; 6]) -> &[u8] {
    let mut digits = [0; 20];
    let digits = decimal::write_integer(u64::from(exponent.unsigned_abs()), &mut digits);
    let zero: &[u8] = if digits.len() < least { b"0" } else { b"" };
    let mut output = Output::new(buffer);
    output.write(&[letter, if exponent < 0 { b'-' } else { b'+' }]);
    output.write(zero);
    output.write(digits);
    output.kept()
}

/// `0x1.8p+1`; subnormal numbers keep the exponent -1022 and begin with a zero.
fn hex_float(output: &mut Output, spec: &Spec, conversion: u8, value: f64) {
    let capital = conversion == b'A';
    if special(output, spec, value, capital) {
        return;
    }
    let (letter, ten, x) = if capital { (b'P', b'A', b'X') } else { (b'p', b'a', b'x') };
    let bits = value.to_bits();
    let mut mantissa = bits & ((1 << 52) - 1);
    let exponent = match (bits >> 52) as i32 & 0x7ff {
        0 if mantissa == 0 => 0,
        0 => -1022,
        exponent => {
            mantissa |= 1 << 52;
            exponent - 1023
        }
    };
    if let Some(precision @ ..13) = spec.precision {
        mantissa = round_hex(mantissa, 52 - 4 * precision as u32);
    }
    let mut hex = [0; 14];
    for (index, place) in hex.iter_mut().enumerate() {
        *place = hex_digit((mantissa >> (52 - 4 * index)) as u8 & 15, ten);
    }
    let (integer, mut fraction) = hex.split_at(1);
    while let Some((b'0', shorter)) = fraction.split_last() {
        fraction = shorter;
    }
    let precision = spec.precision.unwrap_or(fraction.len());
    let sign = sign(spec, value.is_sign_negative());
    let mut buffer = [0; 3];
    let mut prefix = Output::new(&mut buffer);
    prefix.write(sign);
    prefix.write(&[b'0', x]);
    let mut suffix = [0; 6];
    let body = Body {
        integer,
        point: precision > 0 || spec.alternate,
        fraction,
        trailing_zeros: precision.saturating_sub(fraction.len()),
        suffix: write_exponent(letter, exponent, 1, &mut suffix),
        ..Body::default()
    };
    padded(output, spec, prefix.kept(), 0, &body, true);
}

/// Rounds away the lowest `bits`, ties to even. The leading digit may become 2, as in glibc.
fn round_hex(mantissa: u64, bits: u32) -> u64 {
    let half = 1 << (bits - 1);
    let odd = (mantissa >> bits) & 1;
    ((mantissa + half - 1 + odd) >> bits) << bits
}
