//! Values in JSON, both ways, without loss.
//!
//! Lists are arrays, tables whose keys are texts are objects. What JSON lacks is an object with one field:
//!
//! ```text
//! {"$bytes": "ff00"}            a string that is not UTF-8, in hexadecimal digits
//! {"$float": "nan"}             nan, inf or -inf; other floats have a point or an exponent, 1.0
//! {"$integer": "-123"}          an integer of more than 64 bits
//! {"$map": [[key, value] ...]}  a table with other keys, or with keys that begin with $
//! {"$table": 17}                a table by its id, where it is not written out
//! {"$function": 5}              a stored function by its id
//! {"$library": "string.rep"}    a function of the library
//! ```
//!
//! The command line and the server speak so; `reader` reads the text itself.
//!
//! Invariant: what is written and read again is the same value.
//!
//! ```
//! use cu_host::{Value, json};
//!
//! let value = Value::from(vec![Value::from(1), 2.5.into(), f64::INFINITY.into()]);
//! let text = json::written(&value, None);
//! assert_eq!(text, r#"[1,2.5,{"$float":"inf"}]"#);
//! assert_eq!(json::read(text.as_bytes()), Ok(value));
//! ```

pub(crate) mod reader;

use crate::{Tables, Value};

/// A value in JSON, in one line. Tables that were read are written out where they are not within themselves.
pub fn written(value: &Value, tables: Option<&Tables>) -> String {
    let mut writer = Writer { out: String::new(), tables, open: Vec::new() };
    writer.value(value);
    writer.out
}

struct Writer<'a> {
    out: String,
    tables: Option<&'a Tables>,
    /// The external tables that are being written.
    open: Vec<u32>,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Nil => self.out += "null",
            Value::Boolean(flag) => self.out += &flag.to_string(),
            Value::Integer(number) => self.out += &number.to_string(),
            Value::Float(number) if number.is_finite() => self.out += &format!("{number:?}"),
            Value::Float(number) if number.is_nan() => self.tagged("float", "\"nan\""),
            Value::Float(number) => self.tagged("float", if *number > 0.0 { "\"inf\"" } else { "\"-inf\"" }),
            Value::String(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => self.out += &quoted(text),
                Err(_) => {
                    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                    self.tagged("bytes", &quoted(&digits));
                }
            },
            Value::BigInteger { .. } => self.tagged("integer", &quoted(&value.to_string())),
            Value::Function(id) => self.tagged("function", &id.to_string()),
            Value::Library(name) => self.tagged("library", &quoted(name)),
            Value::External(id) => self.external(value, *id),
            Value::Table(pairs) => self.table(pairs),
        }
    }

    fn tagged(&mut self, tag: &str, json: &str) {
        self.out += &format!("{{\"${tag}\":{json}}}");
    }

    fn external(&mut self, value: &Value, id: u32) {
        match self.tables.map(|tables| tables.follow(value)) {
            Some(Value::Table(pairs)) if !self.open.contains(&id) => {
                self.open.push(id);
                self.table(pairs);
                self.open.pop();
            }
            _ => self.tagged("table", &id.to_string()),
        }
    }

    fn table(&mut self, pairs: &[(Value, Value)]) {
        if let Some(items) = list(pairs) {
            self.items('[', ']', &items, |writer, item| writer.value(item));
            return;
        }
        // The order in a table of Lua means nothing; that of its keys is always the same.
        let mut pairs: Vec<&(Value, Value)> = pairs.iter().collect();
        pairs.sort_by_cached_key(|(key, _)| key.encode_key().unwrap_or_default());
        let names: Option<Vec<_>> = pairs.iter().map(|(key, value)| Some((plain_name(key)?, value))).collect();
        match names {
            Some(fields) => self.items('{', '}', &fields, |writer, (name, value)| {
                writer.out += &quoted(name);
                writer.out.push(':');
                writer.value(value);
            }),
            None => {
                self.out += "{\"$map\":";
                self.items('[', ']', &pairs, |writer, (key, value)| {
                    writer.items('[', ']', &[key, value], |writer, part| writer.value(part));
                });
                self.out.push('}');
            }
        }
    }

    fn items<T>(&mut self, start: char, end: char, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.out.push(start);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write(self, item);
        }
        self.out.push(end);
    }
}

/// The elements in order, if the keys are 1, 2, 3 ... and there is at least one.
fn list(pairs: &[(Value, Value)]) -> Option<Vec<&Value>> {
    let mut items = vec![None; pairs.len()];
    for (key, value) in pairs {
        let Value::Integer(index) = key else { return None };
        let place = items.get_mut(usize::try_from(index.checked_sub(1)?).ok()?)?;
        *place = Some(value);
    }
    items.into_iter().collect::<Option<Vec<_>>>().filter(|items| !items.is_empty())
}

fn plain_name(key: &Value) -> Option<&str> {
    key.as_str().filter(|name| !name.starts_with('$'))
}

/// A text as a string of JSON.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\t' => out += "\\t",
            // U+007F and those after it speak to some terminals.
            control if control.is_control() => out += &format!("\\u{:04x}", control as u32),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Reads a value in JSON; what is wrong with it.
pub fn read(text: &[u8]) -> Result<Value, String> {
    meaning(Value::from_json(text).ok_or("it is no JSON, or its tables are nested too deep")?)
}

/// Gives the objects that stand for what JSON lacks their meaning; what has none.
pub fn meaning(value: Value) -> Result<Value, String> {
    let Value::Table(mut pairs) = value else { return Ok(value) };
    let tag = pairs.iter().find_map(|(key, _)| key.as_str()?.strip_prefix('$')).map(str::to_owned);
    let Some(tag) = tag else {
        let pairs = pairs.into_iter().map(|(key, value)| Ok((key, meaning(value)?)));
        return Ok(Value::Table(pairs.collect::<Result<_, String>>()?));
    };
    let wrong = || format!("\"${tag}\" is not what it should be, or is not alone");
    let (1, Some((_, content))) = (pairs.len(), pairs.pop()) else { return Err(wrong()) };
    let id = || content.as_i64().and_then(|id| u32::try_from(id).ok()).ok_or_else(wrong);
    let text = || content.as_str().ok_or_else(wrong);
    Ok(match &tag[..] {
        "bytes" => Value::String(bytes(text()?).ok_or_else(wrong)?),
        "float" => Value::Float(match text()? {
            "nan" => f64::NAN,
            "inf" => f64::INFINITY,
            "-inf" => f64::NEG_INFINITY,
            _ => return Err(wrong()),
        }),
        "integer" => big_integer(text()?).ok_or_else(wrong)?,
        "table" => Value::External(id()?),
        "function" => Value::Function(id()?),
        "library" => Value::Library(text()?.to_owned()),
        "map" => {
            let entries = content.as_table().ok_or_else(wrong)?;
            let entry = |(_, pair): &(Value, Value)| match (pair.at(1), pair.at(2), pair.as_table()) {
                (Some(key), Some(value), Some([_, _])) => Ok((meaning(key.clone())?, meaning(value.clone())?)),
                _ => Err(wrong()),
            };
            Value::Table(entries.iter().map(entry).collect::<Result<_, _>>()?)
        }
        _ => return Err(format!("\"${tag}\" has no meaning; keys that begin with $ stand in a \"$map\"")),
    })
}

/// The bytes that hexadecimal digits stand for.
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(&pair[0])? << 4 | digit(pair.get(1)?)?) as u8)).collect()
}

fn big_integer(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut magnitude: Vec<u8> = Vec::new();
    for digit in digits.chars() {
        let mut carry = digit.to_digit(10)?;
        for byte in &mut magnitude {
            carry += u32::from(*byte) * 10;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            magnitude.push(carry as u8);
        }
    }
    (!digits.is_empty()).then_some(Value::BigInteger { negative: digits.len() < text.len(), magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(value: &Value) -> Value {
        read(written(value, None).as_bytes()).unwrap()
    }

    #[test]
    fn what_is_written_is_read_as_the_same_value() {
        let big = |negative| Value::BigInteger { negative, magnitude: vec![1, 2, 3, 4, 5, 6, 7, 8, 9] };
        // In the order of keys, as they are written.
        let odd = Value::Table(vec![
            ("$map".into(), Value::from(vec![Value::Integer(1), Value::Float(1.0)])),
            (Value::Integer(-1), Value::String(vec![255, 0])),
            (Value::Float(1.5), Value::Boolean(false)),
        ]);
        let values = [
            Value::Nil,
            true.into(),
            i64::MIN.into(),
            i64::MAX.into(),
            1.0.into(),
            (-0.0).into(),
            1e300.into(),
            5e-324.into(),
            0.1.into(),
            f64::INFINITY.into(),
            f64::NEG_INFINITY.into(),
            "".into(),
            "\"\\\n\t\u{1}\u{7f}\u{85}\u{1f600}".into(),
            Value::String(vec![0xff]),
            big(false),
            big(true),
            Value::Function(7),
            Value::Library("string.rep".into()),
            Value::External(u32::MAX),
            Value::Table(Vec::new()),
            Value::from([("a", 1), ("b", 2)]),
            Value::from(vec![odd.clone(), Value::Table(Vec::new())]),
            odd,
        ];
        for value in values {
            let same = back(&value);
            assert_eq!(format!("{same:?}"), format!("{value:?}"));
        }
        assert!(matches!(back(&f64::NAN.into()), Value::Float(number) if number.is_nan()));
        assert_eq!(written(&big(true), None), "{\"$integer\":\"-166599134359138271745\"}");
    }

    #[test]
    fn what_has_no_meaning_is_refused() {
        for text in [
            "",
            "{",
            "{\"$x\":1}",
            "{\"$table\":-1}",
            "{\"$table\":1,\"a\":2}",
            "{\"$bytes\":\"f\"}",
            "{\"$bytes\":\"\u{e9}\"}",
            "{\"$float\":\"1\"}",
            "{\"$integer\":\"\"}",
            "{\"$integer\":\"-\"}",
            "{\"$map\":[[1]]}",
            "{\"$map\":[[1,2,3]]}",
            "{\"$map\":1}",
            "[{\"$library\":1}]",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
