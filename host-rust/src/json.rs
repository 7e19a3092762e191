//! Reads JSON (RFC 8259), as far as the module's description of itself needs it.
//!
//! Invariant: reading ends for any bytes, and uses no more of the stack than [`DEPTH`] levels.

use std::str::Chars;

/// Levels of lists and objects.
const DEPTH: usize = 64;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// null, true or false.
    Word,
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

    fn word(&mut self, word: &str) -> Option<Json> {
        self.rest = self.rest.as_str().strip_prefix(word)?.chars();
        Some(Json::Word)
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > DEPTH {
            return None;
        }
        self.skip_spaces();
        match self.peek()? {
            'n' => self.word("null"),
            't' => self.word("true"),
            'f' => self.word("false"),
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
        if starts && has_fraction { number.parse().ok().map(Json::Number) } else { None }
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
            serde_json::Value::Null | serde_json::Value::Bool(_) => Json::Word,
            serde_json::Value::Number(number) => Json::Number(number.as_f64().unwrap()),
            serde_json::Value::String(text) => Json::Text(text.clone()),
            serde_json::Value::Array(list) => Json::List(list.iter().map(ours).collect()),
            serde_json::Value::Object(fields) => {
                Json::Object(fields.iter().map(|(name, value)| (name.clone(), ours(value))).collect())
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels| [b"[".repeat(levels), b"]".repeat(levels)].concat();
        assert!(Json::read(&nested(DEPTH)).is_some());
        assert_eq!(Json::read(&nested(DEPTH + 2)), None);
        assert_eq!(Json::read(&b"[{\"a\":".repeat(1_000_000)), None);
    }
}
