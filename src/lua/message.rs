//! Error messages without memory of the arena, and those with their place in the script.

use core::fmt::{self, Write};

use crate::bytes::copy_at;
use crate::lua::call::Raise;
use crate::lua::stack::Stack;

/// Longest message; a longer one is cut.
const MESSAGE_BYTES: usize = 512;

/// A message under construction.
pub struct Message {
    bytes: [u8; MESSAGE_BYTES],
    length: usize,
}

impl Message {
    /// A message of formatted text.
    pub fn new(text: fmt::Arguments<'_>) -> Message {
        let mut message = Message { bytes: [0; MESSAGE_BYTES], length: 0 };
        // Writing a message does not fail.
        let _ = message.write_fmt(text);
        message
    }

    /// Adds bytes of a script, such as a path.
    pub fn push(&mut self, bytes: &[u8]) {
        self.length += copy_at(&mut self.bytes, self.length, bytes);
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

impl Stack<'_> {
    /// Raises formatted text with the place of the calling Lua function in front.
    #[cold]
    #[inline(never)]
    pub fn fail(self, text: fmt::Arguments<'_>) -> Raise {
        self.error(&Message::new(text))
    }

    /// The same of a message.
    #[cold]
    #[inline(never)]
    pub fn error(self, message: &Message) -> Raise {
        self.push_place(1);
        self.push_string(message.text());
        self.concat(2);
        Raise::Value
    }
}
