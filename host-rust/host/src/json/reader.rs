//! Reads JSON (RFC 8259): the module's description of itself, and values that a person writes.
//!
//! Invariant: reading ends for any bytes, and uses no more of the stack than [`DEPTH`] levels.

use std::collections::BTreeMap;
use std::str::Chars;

use crate::value::Value;

/// Levels of lists and objects.
const DEPTH: usize = 64;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Boolean(bool),
    /// Without a fraction and an exponent, if it has 64 bits; -0 is none.
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    /// In the order of the text.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The value that all of `bytes` encode; `None` if they are not JSON.
    pub fn read(bytes: &[u8]) -> Option<Json> {
        let mut reader = Reader { rest: std::str::from_utf8(bytes).ok()?.chars() };
        let value = reader.value(0)?;
        reader.skip_spaces();
        reader.peek().is_none().then_some(value)
    }
}

impl Value {
    /// The value that a text in JSON stands for; `None` if it is no JSON, or is nested deeper than 64 levels. A number without a
    /// fraction is an integer, null is nil, a list has the keys 1, 2, 3 ...; null in a list or an object is no entry of the table.
    ///
    /// ```
    /// use cu_host::Value;
    ///
    /// let order = Value::from_json(r#"{"amount": 7, "prices": [1, 2.5, null]}"#).unwrap();
    /// assert_eq!(order, Value::from([("amount", Value::from(7)), ("prices", vec![Value::from(1), 2.5.into()].into())]));
    /// assert_eq!(Value::from_json("EUR"), None);
    /// ```
    pub fn from_json(text: impl AsRef<[u8]>) -> Option<Value> {
        Json::read(text.as_ref()).map(Json::into_value)
    }
}

impl Json {
    /// A number of either kind.
    pub fn number(&self) -> Option<f64> {
        match self {
            Json::Integer(number) => Some(*number as f64),
            Json::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        match self {
            Json::Null => Value::Nil,
            Json::Boolean(flag) => flag.into(),
            Json::Integer(number) => number.into(),
            Json::Number(number) => number.into(),
            Json::Text(text) => text.into(),
            Json::List(items) => table((1..).map(Value::Integer).zip(items)),
            Json::Object(fields) => {
                // Of fields with one name the last counts.
                let last: BTreeMap<String, Json> = fields.into_iter().collect();
                table(last.into_iter().map(|(name, value)| (name.into(), value)))
            }
        }
    }
}

fn table(pairs: impl Iterator<Item = (Value, Json)>) -> Value {
    Value::Table(pairs.map(|(key, json)| (key, json.into_value())).filter(|(_, value)| !value.is_nil()).collect())
}

struct Reader<'a> {
    rest: Chars<'a>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn skip_spaces(&mut self) {
        let text = self.rest.as_str();
        self.rest = text.trim_start_matches([' ', '\t', '\n', '\r']).chars();
    }

    /// Takes the next character after spaces, if it is this one.
    fn take(&mut self, wanted: char) -> Option<()> {
        self.skip_spaces();
        (self.rest.next()? == wanted).then_some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.as_str().strip_prefix(word)?.chars();
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > DEPTH {
            return None;
        }
        self.skip_spaces();
        match self.peek()? {
            'n' => self.word("null").map(|()| Json::Null),
            't' => self.word("true").map(|()| Json::Boolean(true)),
            'f' => self.word("false").map(|()| Json::Boolean(false)),
            '"' => self.text().map(Json::Text),
            '[' => self.items(']', |reader| reader.value(depth + 1)).map(Json::List),
            '{' => {
                let field = |reader: &mut Self| {
                    reader.skip_spaces();
                    let name = reader.text()?;
                    reader.take(':')?;
                    Some((name, reader.value(depth + 1)?))
                };
                self.items('}', field).map(Json::Object)
            }
            _ => self.number(),
        }
    }

    /// The items between brackets, with commas between them.
    fn items<T>(&mut self, end: char, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        self.rest.next();
        self.skip_spaces();
        if self.peek()? == end {
            self.rest.next();
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            self.skip_spaces();
            match self.rest.next()? {
                ',' => {}
                other => return (other == end).then_some(items),
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        if self.rest.next()? != '"' {
            return None;
        }
        loop {
            text.push(match self.rest.next()? {
                '"' => return Some(text),
                '\\' => self.escape()?,
                control if control < ' ' => return None,
                other => other,
            });
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.rest.next()? {
            same @ ('"' | '\\' | '/') => same,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.unit()?;
                // The second of two surrogate units must follow at once.
                let units = if (0xd800..0xdc00).contains(&unit) {
                    self.word("\\u")?;
                    [unit, self.unit()?]
                } else {
                    [unit, 0]
                };
                char::decode_utf16(units).next()?.ok()?
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u16> {
        (0..4).try_fold(0, |unit, _| Some(unit << 4 | self.rest.next()?.to_digit(16)? as u16))
    }

    fn number(&mut self) -> Option<Json> {
        let text = self.rest.as_str();
        let end = text.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        self.rest = rest.chars();
        // Rust accepts all numbers of JSON, and others with zeros or points at the ends, which are refused here.
        let digits = number.strip_prefix('-').unwrap_or(number);
        let whole = digits.split(['.', 'e', 'E']).next()?;
        let starts = whole == "0" || whole.starts_with(|c: char| ('1'..='9').contains(&c));
        let has_fraction =
            digits.split_once('.').is_none_or(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()));
        if !starts || !has_fraction {
            return None;
        }
        match number.parse() {
            Ok(integer) if number != "-0" => Some(Json::Integer(integer)),
            _ => number.parse().ok().map(Json::Number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_serde_json_reads() {
        let texts = [
            "0",
            "-0",
            "10",
            "1.5",
            "-1.5e3",
            "1E+2",
            "1e-2",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "1.0",
            "01",
            "-01",
            "+1",
            ".5",
            "5.",
            "1.e2",
            "1e",
            "1e+",
            "-",
            "--1",
            "1-1",
            "1.2.3",
            "1e2e3",
            "inf",
            "NaN",
            "null",
            "nul",
            "nulll",
            "true",
            "false",
            "[]",
            "[ ]",
            "[,]",
            "[1,]",
            "[1 2]",
            "[1,[2]]",
            "{}",
            "{,}",
            "{\"a\":1}",
            "{\"a\":1,}",
            "{\"a\" : [ ] , \"b\":{} }",
            "{\"a\"}",
            "{1:2}",
            "{\"a\":}",
            "\"\"",
            "\"",
            "\"\\\"\"",
            "\"\\",
            "\"\\b\\f\\n\\r\\t\\/\\\\\"",
            "\"\\u0041\"",
            "\"\\u004\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\ud83dx\"",
            "\"\\ude00\"",
            "\"\\ud83d\\u0041\"",
            "\"\\u+041\"",
            "\"\n\"",
            "\"\u{7f}\"",
            " 1 ",
            "\u{a0}1",
            "1 2",
            "",
            " ",
            "[",
            "{",
            "]",
            "[1}",
            "{\"a\":1]",
        ];
        for text in texts {
            let theirs = serde_json::from_str(text).ok().map(|value: serde_json::Value| ours(&value));
            assert_eq!(Json::read(text.as_bytes()), theirs, "{text}");
        }
        assert_eq!(Json::read(b"\"\xff\""), None);
    }

    fn ours(value: &serde_json::Value) -> Json {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(flag) => Json::Boolean(*flag),
            serde_json::Value::Number(number) => {
                number.as_i64().map_or_else(|| Json::Number(number.as_f64().unwrap()), Json::Integer)
            }
            serde_json::Value::String(text) => Json::Text(text.clone()),
            serde_json::Value::Array(list) => Json::List(list.iter().map(ours).collect()),
            serde_json::Value::Object(fields) => {
                Json::Object(fields.iter().map(|(name, value)| (name.clone(), ours(value))).collect())
            }
        }
    }

    #[test]
    fn what_is_read_is_a_value() {
        for (text, shown) in [
            ("7", "7"),
            ("7.0", "7.0"),
            ("-0", "-0.0"),
            ("1e2", "100.0"),
            ("9223372036854775808", "9.2233720368548e+18"),
            ("null", "nil"),
            ("true", "true"),
            (r#""a\nb""#, "a\nb"),
            ("[]", "{}"),
            ("[1, null, [false]]", "{1, [3] = {false}}"),
            (r#"{"b": 1, "a": null, "b": {"c": "d"}}"#, "{b = {c = \"d\"}}"),
        ] {
            assert_eq!(Value::from_json(text).unwrap().to_string(), shown, "{text}");
        }
        assert_eq!(Value::from_json("EUR"), None);
        assert_eq!(Value::from_json(b"\"\xff\""), None);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels| [b"[".repeat(levels), b"]".repeat(levels)].concat();
        assert!(Json::read(&nested(DEPTH)).is_some());
        assert_eq!(Json::read(&nested(DEPTH + 2)), None);
        assert_eq!(Json::read(&b"[{\"a\":".repeat(1_000_000)), None);
    }
}
