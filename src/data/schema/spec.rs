//! Whether a table is a schema.
#![forbid(unsafe_code)]

use core::fmt;

use cu_abi::value::{Item, Reader};

use crate::data::pattern;
use crate::data::schema::check;
use crate::data::schema::rule::Rule;
use crate::error::Excerpt;
use crate::lua::message::Message;

/// The words for types.
pub const KINDS: [&str; 10] =
    ["any", "array", "bigint", "boolean", "float", "function", "integer", "number", "string", "table"];

/// Rules within rules: no deeper than the tables of a row that are looked at.
const DEPTH: usize = 12;

/// Where in the schema something is wrong, from the inner name out.
struct Trail<'a> {
    name: Item<'a>,
    outer: Option<&'a Trail<'a>>,
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            write!(out, "{outer}.")?;
        }
        match self.name {
            Item::String(name) => out.write_str(core::str::from_utf8(name).unwrap_or("?")),
            Item::Integer(number) => write!(out, "{number}"),
            _ => out.write_str("?"),
        }
    }
}

/// What is wrong, in words.
pub type Wrong = Message;

fn wrong(trail: Option<&Trail<'_>>, what: fmt::Arguments<'_>) -> Wrong {
    match trail {
        Some(trail) => Message::new(format_args!("{trail}: {what}")),
        None => Message::new(what),
    }
}

/// Accepts the bytes of a schema.
pub fn verify(bytes: &[u8]) -> Result<(), Wrong> {
    match Reader::new(bytes).item() {
        Ok(item) => rule(item, None, 0),
        Err(_) => Err(wrong(None, format_args!("no schema"))),
    }
}

fn rule(item: Item<'_>, trail: Option<&Trail<'_>>, depth: usize) -> Result<(), Wrong> {
    if depth > DEPTH {
        return Err(wrong(trail, format_args!("more than {DEPTH} rules within another")));
    }
    match item {
        Item::String(word) => kind(word, trail),
        Item::Table(_, content) => {
            let mut pairs = Reader::new(content);
            while !pairs.is_at_end() {
                let (Ok(name), Ok(value)) = (pairs.item(), pairs.item()) else { break };
                option(name, value, Some(&Trail { name, outer: trail }), depth)?;
            }
            match Rule::of(item) {
                Some(rule) if !check::holds_default(rule) => {
                    Err(wrong(trail, format_args!("the default is not what the other options allow")))
                }
                _ => Ok(()),
            }
        }
        other => Err(wrong(trail, format_args!("type or table of options expected, got {}", other.kind()))),
    }
}

fn kind(word: &[u8], trail: Option<&Trail<'_>>) -> Result<(), Wrong> {
    if KINDS.iter().any(|known| known.as_bytes() == word) {
        return Ok(());
    }
    Err(wrong(trail, format_args!("unknown type {}", Excerpt::new(word))))
}

fn option(name: Item<'_>, value: Item<'_>, trail: Option<&Trail<'_>>, depth: usize) -> Result<(), Wrong> {
    let expected = |what: &str| Err(wrong(trail, format_args!("{what} expected, got {}", value.kind())));
    let Item::String(name) = name else { return Err(wrong(trail, format_args!("unknown option"))) };
    match name {
        b"type" => match value {
            Item::String(word) => kind(word, trail),
            _ => expected("type"),
        },
        b"required" | b"unknown" => {
            if let Item::Boolean(_) = value {
                Ok(())
            } else {
                expected("boolean")
            }
        }
        b"min" | b"max" => {
            if is_number(&value) {
                Ok(())
            } else {
                expected("number")
            }
        }
        b"minLength" | b"maxLength" => match value {
            Item::Integer(0..) => Ok(()),
            _ => expected("length"),
        },
        b"pattern" => match value {
            Item::String(text) => {
                pattern::check(text).map_err(|problem| wrong(trail, format_args!("malformed pattern: {problem}")))
            }
            _ => expected("pattern"),
        },
        b"enum" => each(value, trail, |_, value, trail| {
            if can_be_compared(&value) {
                Ok(())
            } else {
                Err(wrong(trail, format_args!("{} cannot be compared", value.kind())))
            }
        }),
        b"fields" => each(value, trail, |_, value, trail| rule(value, trail, depth + 1)),
        b"items" => rule(value, trail, depth + 1),
        b"ref" => {
            if let Item::External(_) = value {
                Ok(())
            } else {
                expected("external table")
            }
        }
        b"default" => {
            if can_be_compared(&value) {
                Ok(())
            } else {
                expected("string, number or boolean")
            }
        }
        _ => Err(wrong(trail, format_args!("unknown option"))),
    }
}

fn is_number(item: &Item<'_>) -> bool {
    matches!(item, Item::Integer(_) | Item::BigInteger(..)) || matches!(item, Item::Float(number) if !number.is_nan())
}

fn can_be_compared(item: &Item<'_>) -> bool {
    is_number(item) || matches!(item, Item::String(_) | Item::Boolean(_))
}

type Visit<'v> = &'v dyn Fn(Item<'_>, Item<'_>, Option<&Trail<'_>>) -> Result<(), Wrong>;

fn each(
    value: Item<'_>,
    trail: Option<&Trail<'_>>,
    visit: impl Fn(Item<'_>, Item<'_>, Option<&Trail<'_>>) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    let visit: Visit<'_> = &visit;
    let Item::Table(_, content) = value else {
        return Err(wrong(trail, format_args!("table expected, got {}", value.kind())));
    };
    let mut pairs = Reader::new(content);
    while !pairs.is_at_end() {
        let (Ok(name), Ok(value)) = (pairs.item(), pairs.item()) else { break };
        visit(name, value, Some(&Trail { name, outer: trail }))?;
    }
    Ok(())
}
