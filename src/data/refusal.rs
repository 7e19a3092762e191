//! What is attached to a table refuses a change: why, in words.
//!
//! Invariant: a failure of the cause `Refused` was made here, and its words are those of the last refusal.
#![forbid(unsafe_code)]

use core::fmt;

use cu_abi::key::{self, Key};
use cu_abi::limits::KEY_BYTES;

use crate::bytes::copy;
use crate::data::index::definition::Definition;
use crate::data::index::entries::{self, Entry};
use crate::data::page;
use crate::data::state::STATE;
use crate::error::Excerpt;
use crate::lua::message::Message;
use crate::store::{Cause, Failure};

/// Longest text.
const TEXT_BYTES: usize = 400;

/// The words of a refusal.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; TEXT_BYTES],
    length: usize,
}

impl Text {
    /// None.
    pub const EMPTY: Text = Text { bytes: [0; TEXT_BYTES], length: 0 };

    /// The words.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Refuses, in these words.
#[cold]
pub fn refuse(table: u32, words: fmt::Arguments<'_>) -> Failure {
    let message = Message::new(words);
    let mut text = Text::EMPTY;
    text.length = copy(&mut text.bytes, message.text());
    STATE.refusal.set(text);
    Failure { action: "store", table, cause: Cause::Refused }
}

/// The same for what a schema does not allow.
#[cold]
pub fn violate(table: u32, words: fmt::Arguments<'_>) -> Failure {
    Failure { cause: Cause::Violated, ..refuse(table, words) }
}

/// The words of the last refusal.
pub fn message() -> Message {
    let mut message = Message::new(format_args!(""));
    message.push(STATE.refusal.get().bytes());
    message
}

/// An encoded key in words.
pub struct KeyIn<'a>(pub &'a [u8]);

impl fmt::Display for KeyIn<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = [0; KEY_BYTES];
        match key::decode(self.0, &mut room) {
            Ok(Key::String(text)) => write!(out, "{}", Excerpt::new(text)),
            Ok(Key::Integer(number)) => write!(out, "{number}"),
            Ok(Key::Boolean(value)) => write!(out, "{value}"),
            // Rust's way to print a float is 20 KB of code.
            Ok(Key::Float(_)) => out.write_str("a float"),
            Err(_) => out.write_str("?"),
        }
    }
}

/// A new entry of a unique index has no other row's values.
pub fn check_unique(table: u32, index: &Definition, entry: &Entry<'_>, row_key: &[u8]) -> Result<(), Failure> {
    let Some(values) = entry.key.get(..entry.values) else { return Ok(()) };
    let page = page();
    let mut found = page.seek(index.store, values)?;
    while found {
        let Some(other) = page.current().and_then(|key| key.strip_prefix(values)) else { break };
        let other = entries::row_key_in(other).ok_or_else(|| Failure::damaged(index.store))?;
        if other != row_key {
            let (name, one, another) = (Excerpt::new(&index.name), KeyIn(other), KeyIn(row_key));
            return Err(refuse(
                table,
                format_args!("index {name} is unique, and keys {one} and {another} would have the same"),
            ));
        }
        found = page.step()?;
    }
    Ok(())
}
