//! Values as text: the text of `tostring`, and tables as constructors, with the content of external tables that were
//! read.
//!
//! Invariant: numbers and strings look as Lua prints them; a value without a literal (a function, an external table) is
//! shown by name.

use std::collections::BTreeSet;
use std::fmt::{self, Debug, Display, Formatter, Write};

use cu_abi::limits;

use crate::read::Tables;
use crate::value::Value;

/// A string alone is shown as it is; within a table it is quoted. Bytes that are not text become U+FFFD in the first
/// case and `\ddd` in the second.
impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Notation { out, external: None, depth: 0 }.value(self)
    }
}

/// The variant with what is in it. A string is shown as one, and bytes that are no text as a literal of bytes.
impl Debug for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => out.write_str("Nil"),
            Value::Boolean(flag) => out.debug_tuple("Boolean").field(flag).finish(),
            Value::Integer(number) => out.debug_tuple("Integer").field(number).finish(),
            Value::Float(number) => out.debug_tuple("Float").field(number).finish(),
            Value::String(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => out.debug_tuple("String").field(&text).finish(),
                Err(_) => write!(out, "String(b\"{}\")", bytes.escape_ascii()),
            },
            Value::Function(id) => out.debug_tuple("Function").field(id).finish(),
            Value::Library(name) => out.debug_tuple("Library").field(name).finish(),
            Value::External(id) => out.debug_tuple("External").field(id).finish(),
            Value::Table(pairs) => out.debug_tuple("Table").field(pairs).finish(),
            Value::BigInteger { .. } => write!(out, "BigInteger({self})"),
        }
    }
}

/// As a [`Value`], with the content of external tables. A table that occurs several times is written out at its first
/// place, after its name `table: external 7`, and only named at the others. A table that was not read, or lies too
/// deep, is only named. In front of what has a class stands its name.
impl Display for Tables {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Notation { out, external: Some(External::new(self)), depth: 0 }.value(self.given())
    }
}

/// The tables that were read, and those of them that were written.
struct External<'a> {
    tables: &'a Tables,
    /// The tables that occur several times.
    shared: BTreeSet<u32>,
    written: BTreeSet<u32>,
}

impl<'a> External<'a> {
    fn new(tables: &'a Tables) -> External<'a> {
        let (mut met, mut shared) = (BTreeSet::new(), BTreeSet::new());
        let mut meet = |id| {
            if !met.insert(id) {
                shared.insert(id);
            }
        };
        each_reference(tables.given(), &mut meet);
        tables.tables().values().for_each(|table| each_reference(table, &mut meet));
        External { tables, shared, written: BTreeSet::new() }
    }
}

fn each_reference(value: &Value, meet: &mut impl FnMut(u32)) {
    match value {
        Value::External(id) => meet(*id),
        Value::Table(pairs) => pairs.iter().for_each(|(key, value)| {
            each_reference(key, meet);
            each_reference(value, meet);
        }),
        _ => {}
    }
}

struct Notation<'a, 'b, 'c> {
    out: &'a mut Formatter<'b>,
    external: Option<External<'c>>,
    /// Number of tables that enclose the next value.
    depth: usize,
}

impl Notation<'_, '_, '_> {
    fn value(&mut self, value: &Value) -> fmt::Result {
        let out = &mut *self.out;
        match value {
            Value::Nil => out.write_str("nil"),
            Value::Boolean(flag) => write!(out, "{flag}"),
            Value::Integer(number) => write!(out, "{number}"),
            Value::Float(number) => out.write_str(&float(*number)),
            Value::String(bytes) => out.write_str(&String::from_utf8_lossy(bytes)),
            Value::Function(id) => write!(out, "function: stored {id}"),
            Value::Library(name) => write!(out, "function: {name}"),
            Value::External(id) => self.external(*id),
            Value::Table(pairs) => self.table(pairs),
            Value::BigInteger { negative, magnitude } => {
                write!(out, "{}{}", if *negative { "-" } else { "" }, decimal(magnitude))
            }
        }
    }

    fn external(&mut self, id: u32) -> fmt::Result {
        let unwritten = self.external.as_mut().filter(|_| self.depth < limits::VALUE_DEPTH).and_then(|external| {
            let pairs = external.tables.tables().get(&id)?.as_table()?;
            external.written.insert(id).then(|| (pairs, external.shared.contains(&id)))
        });
        let class = self.external.as_ref().and_then(|external| external.tables.class_name(id));
        match unwritten {
            None => return self.reference(class, id),
            Some((_, true)) => {
                self.reference(class, id)?;
                self.out.write_char(' ')?;
            }
            Some((_, false)) => {
                if let Some(class) = class {
                    self.class(class)?;
                    self.out.write_char(' ')?;
                }
            }
        }
        unwritten.map_or(Ok(()), |(pairs, _)| self.table(pairs))
    }

    fn reference(&mut self, class: Option<&str>, id: u32) -> fmt::Result {
        self.class(class.unwrap_or("table"))?;
        write!(self.out, ": external {id}")
    }

    /// A name of a class can be any text.
    fn class(&mut self, name: &str) -> fmt::Result {
        if is_name(name) { self.out.write_str(name) } else { quoted(self.out, name.as_bytes()) }
    }

    fn table(&mut self, pairs: &[(Value, Value)]) -> fmt::Result {
        self.depth += 1;
        self.out.write_char('{')?;
        let mut next_index = 1;
        for (position, (key, value)) in pairs.iter().enumerate() {
            if position > 0 {
                self.out.write_str(", ")?;
            }
            if *key == Value::Integer(next_index) {
                next_index += 1;
            } else if let Some(name) = key.as_str().filter(|name| is_name(name)) {
                write!(self.out, "{name} = ")?;
            } else {
                self.out.write_char('[')?;
                self.within_table(key)?;
                self.out.write_str("] = ")?;
            }
            self.within_table(value)?;
        }
        self.depth -= 1;
        self.out.write_char('}')
    }

    fn within_table(&mut self, value: &Value) -> fmt::Result {
        match value {
            Value::String(bytes) => quoted(self.out, bytes),
            other => self.value(other),
        }
    }
}

/// One step of a way to a value, as Lua writes it after a table: `.name` or `[key]`.
pub(crate) struct Step<'a>(pub &'a Value);

impl Display for Step<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(bytes) => match std::str::from_utf8(bytes).ok().filter(|name| is_name(name)) {
                Some(name) => write!(out, ".{name}"),
                None => {
                    out.write_char('[')?;
                    quoted(out, bytes)?;
                    out.write_char(']')
                }
            },
            other => write!(out, "[{other}]"),
        }
    }
}

fn quoted(out: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    out.write_char('"')?;
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' | '\\' => write!(out, "\\{letter}")?,
                '\n' => out.write_str("\\n")?,
                '\t' => out.write_str("\\t")?,
                '\r' => out.write_str("\\r")?,
                // Always three digits, so that a digit after the escape is not read as a part of it.
                control if control.is_ascii_control() => write!(out, "\\{:03}", control as u32)?,
                other => out.write_char(other)?,
            }
        }
        for byte in chunk.invalid() {
            write!(out, "\\{byte:03}")?;
        }
    }
    out.write_char('"')
}

/// The words that cannot be keys without brackets.
const RESERVED: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
];

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !RESERVED.contains(&text)
}

/// Significant digits of a float, as in Lua's `%.14g`.
const DIGITS: i32 = 14;

/// A float as Lua prints it: C's `%.14g`, with `.0` where it would look like an integer.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // Rust's exponent form rounds to the same digits; %g chooses between the two notations by the exponent.
    let scientific = format!("{number:.*e}", DIGITS as usize - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..DIGITS).contains(&exponent) {
        let decimals = (DIGITS - 1 - exponent) as usize;
        let fixed = without_trailing_zeros(&format!("{number:.decimals$}")).to_owned();
        if fixed.contains('.') { fixed } else { fixed + ".0" }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", without_trailing_zeros(mantissa), exponent.abs())
    }
}

fn without_trailing_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// Nine decimal digits fit a `u32`, so one division gives nine digits.
const NINE_DIGITS: u64 = 1_000_000_000;

/// The decimal digits of an unsigned number; its least byte comes first.
fn decimal(magnitude: &[u8]) -> String {
    let mut words: Vec<u32> = magnitude
        .chunks(4)
        .map(|chunk| chunk.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)))
        .collect();
    let mut groups = Vec::new();
    loop {
        while words.last() == Some(&0) {
            words.pop();
        }
        if words.is_empty() {
            break;
        }
        let mut rest = 0;
        for word in words.iter_mut().rev() {
            let dividend = rest << 32 | u64::from(*word);
            *word = (dividend / NINE_DIGITS) as u32;
            rest = dividend % NINE_DIGITS;
        }
        groups.push(rest);
    }
    let first = groups.pop().unwrap_or(0);
    groups.iter().rev().fold(first.to_string(), |digits, group| format!("{digits}{group:09}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_as_lua_prints_them() {
        for (number, text) in [
            (3.0, "3.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.33333333333333"),
            (100.0, "100.0"),
            (1e14, "1e+14"),
            (99_999_999_999_999.0, "99999999999999.0"),
            (99_999_999_999_999.9, "1e+14"),
            (1e15, "1e+15"),
            (1e100, "1e+100"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (f64::MAX, "1.7976931348623e+308"),
            (5e-324, "4.9406564584125e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(Value::Float(number).to_string(), text);
        }
    }

    #[test]
    fn tables_read_as_constructors() {
        let row = Value::from([("end", Value::from("a\"\n\0b")), ("name", 1.5.into()), ("", true.into())]);
        let list = Value::from(vec![Value::from(1), "two".into(), row, Value::Nil]);
        let expected = r#"{1, "two", {["end"] = "a\"\n\000b", name = 1.5, [""] = true}, nil}"#;
        assert_eq!(list.to_string(), expected);
        assert_eq!(Value::from([(2, 3)]).to_string(), "{[2] = 3}");
        assert_eq!(Value::from(vec![Value::from(&b"\xff1"[..])]).to_string(), r#"{"\2551"}"#);
    }

    #[test]
    fn for_debugging_strings_are_strings() {
        let value = Value::from([("n", Value::from("a\"b")), ("b", Value::from(&b"\xff\n"[..])), ("i", 1.into())]);
        let expected =
            r#"Table([(String("n"), String("a\"b")), (String("b"), String(b"\xff\n")), (String("i"), Integer(1))])"#;
        assert_eq!(format!("{value:?}"), expected);
        assert_eq!(format!("{:?}", Value::BigInteger { negative: true, magnitude: vec![5] }), "BigInteger(-5)");
        assert_eq!(format!("{:?}", [Value::Nil, 1.0.into()]), "[Nil, Float(1.0)]");
    }

    #[test]
    fn big_integers_read_as_decimal() {
        let number =
            |negative, magnitude: &[u8]| Value::BigInteger { negative, magnitude: magnitude.into() }.to_string();
        assert_eq!(number(false, &[]), "0");
        assert_eq!(number(true, &[1, 0, 0, 0, 0, 0, 0, 0]), "-1");
        assert_eq!(number(false, &[0, 0, 0, 0, 0, 0, 0, 0, 1]), "18446744073709551616");
        assert_eq!(number(false, &[0, 0xca, 0x9a, 0x3b]), "1000000000");
    }
}
