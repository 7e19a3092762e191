//! Conditions as words: a path, an operator, a value.
//!
//! ```text
//! PATH                 is there                 !PATH      is missing
//! PATH=V    PATH!=V    is equal, is not         PATH~V     a list or a string contains it
//! PATH<V    PATH<=V    is less ...              PATH^=V    begins with it
//! PATH>V    PATH>=V    is greater ...           PATH$=V    ends with it
//! ```

use cu_host::Value;

use crate::arguments::{Usage, value_of};

/// Longer ones first, so that `<=` is not `<` and a value that begins with `=`.
const OPERATORS: [(&str, &str); 9] = [
    ("!=", "!="),
    ("<=", "<="),
    (">=", ">="),
    ("^=", "startsWith"),
    ("$=", "endsWith"),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("~", "contains"),
];

/// A condition as a filter. A value that is JSON is what it is there; any other is text.
pub fn read(text: &str) -> Result<Value, Usage> {
    let wrong = || {
        Usage(format!(
            "'{text}' is no condition: those are PATH, !PATH, or PATH=VALUE with =, !=, <, <=, >, >=, ~, ^= or $="
        ))
    };
    let found = text.char_indices().skip(1).find_map(|(at, _)| {
        let rest = &text[at..];
        OPERATORS.iter().find_map(|(sign, name)| Some((&text[..at], *name, rest.strip_prefix(sign)?)))
    });
    let (path, operator, value) = match found {
        Some((path, name, value)) => (path, name, value_of(value)),
        None => match text.strip_prefix('!') {
            Some(path) => (path, "exists", false.into()),
            None => (text, "exists", true.into()),
        },
    };
    if path.is_empty() || path.starts_with(['=', '<', '>', '!', '~', '^', '$']) {
        return Err(wrong());
    }
    Ok(Value::Table(vec![("field".into(), path.into()), ("op".into(), operator.into()), ("value".into(), value)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_filters() {
        for (text, path, operator, value) in [
            ("age=36", "age", "=", Value::from(36)),
            ("age!=36.5", "age", "!=", 36.5.into()),
            ("a.b<=-1", "a.b", "<=", (-1).into()),
            ("a<1", "a", "<", 1.into()),
            ("a>=x=y", "a", ">=", "x=y".into()),
            ("a>\"1\"", "a", ">", "1".into()),
            ("name=01", "name", "=", "01".into()),
            ("name=", "name", "=", "".into()),
            ("ok=true", "ok", "=", true.into()),
            ("tags~a b", "tags", "contains", "a b".into()),
            ("name^=A", "name", "startsWith", "A".into()),
            ("name$=z", "name", "endsWith", "z".into()),
            ("\u{e9}t\u{e9}=1", "\u{e9}t\u{e9}", "=", 1.into()),
            ("name", "name", "exists", true.into()),
            ("!name", "name", "exists", false.into()),
        ] {
            let filter = read(text).unwrap_or_else(|usage| panic!("{}", usage.0));
            let parts = (filter.get("field"), filter.get("op"), filter.get("value"));
            assert_eq!(parts, (Some(&path.into()), Some(&operator.into()), Some(&value)), "{text}");
        }
        for text in ["", "!", "=1", "!=1", "<1", "!a=1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
