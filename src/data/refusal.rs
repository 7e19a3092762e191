//! What is attached to a table refuses a change: why, in words.
//!
//! Invariant: a failure of the cause `Refused` was made here, and its words are those of the last refusal.

use core::cell::Cell;
use core::fmt;

use cu_abi::key::{self, Key};
use cu_abi::limits::KEY_BYTES;

use crate::bytes::copy;
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

/// The last one.
struct Last(Cell<Text>);

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for Last {}

static LAST: Last = Last(Cell::new(Text::EMPTY));

/// Refuses, in these words.
#[cold]
pub fn refuse(table: u32, words: fmt::Arguments<'_>) -> Failure {
    refused(table, Cause::Refused, words)
}

/// The same for what a schema does not allow.
#[cold]
pub fn violate(table: u32, words: fmt::Arguments<'_>) -> Failure {
    refused(table, Cause::Violated, words)
}

fn refused(table: u32, cause: Cause, words: fmt::Arguments<'_>) -> Failure {
    let message = Message::new(words);
    let mut text = Text::EMPTY;
    text.length = copy(&mut text.bytes, message.text());
    LAST.0.set(text);
    Failure::new("store", table, cause)
}

/// The key of an entry is too long for what is attached to its table.
#[cold]
pub fn too_long(table: u32, key: &[u8], most: usize) -> Failure {
    let (length, key) = (key.len(), KeyIn(key));
    refuse(
        table,
        format_args!("key {key} takes {length} bytes encoded; with what is attached to its table the limit is {most}"),
    )
}

/// The words of the last refusal.
pub fn message() -> Message {
    let mut message = Message::new(format_args!(""));
    message.push(LAST.0.get().bytes());
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
