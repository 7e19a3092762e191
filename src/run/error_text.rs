//! An error on its way to the host: the text of the answer and the event.
//!
//! Invariant: the text is UTF-8 and fits the I/O buffer, whatever bytes a script put into it; writing it needs no memory
//! of the arena.
#![forbid(unsafe_code)]

use core::ffi::c_int;
use core::fmt::{self, Write};

use cu_abi::events::{EventKind, field};
use cu_abi::limits::IO_BUFFER_BYTES;
use cu_abi::status::ErrorClass;
use cu_abi::value::Writer;

use crate::bytes::copy_at;
use crate::codec::encode;
use crate::control::event;
use crate::error::Error;
use crate::lua::stack::Stack;
use crate::vm::run::RUN;

/// What stands at the end of a text that did not fit.
const CUT: &str = "\n[error text cut]";

/// The text of an error answer, in the I/O buffer.
pub struct ErrorText<'a> {
    buffer: &'a mut [u8; IO_BUFFER_BYTES],
    length: usize,
    cut: bool,
}

impl<'a> ErrorText<'a> {
    /// Begins an empty text.
    pub fn new(buffer: &'a mut [u8; IO_BUFFER_BYTES]) -> Self {
        ErrorText { buffer, length: 0, cut: false }
    }

    /// Adds bytes of a script; what is not UTF-8 becomes U+FFFD.
    pub fn bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            self.text(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.text("\u{FFFD}");
            }
        }
    }

    /// Adds text, or as much as fits in front of the mark of a cut.
    fn text(&mut self, text: &str) {
        if self.cut {
            return;
        }
        let room = IO_BUFFER_BYTES - CUT.len() - self.length;
        let kept = text.get(..text.floor_char_boundary(room)).unwrap_or_default();
        self.append(kept);
        if kept.len() < text.len() {
            self.cut = true;
            self.append(CUT);
        }
    }

    fn append(&mut self, text: &str) {
        self.length += copy_at(self.buffer, self.length, text.as_bytes());
    }

    /// The text so far.
    pub fn written(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }

    /// What `compute` returns for it.
    pub fn status(&self) -> i32 {
        -(self.length as i32) - 1
    }
}

impl Write for ErrorText<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

/// The text of an error of the module itself.
pub fn write_error(error: &Error, text: &mut ErrorText<'_>) {
    // Writing an ErrorText does not fail.
    let _ = write!(text, "{error}");
}

/// Reports an error to the host: its class, its text, and its value when it has an encoding and fits `staging`.
pub fn report(class: ErrorClass, message: &[u8], value: Option<(Stack<'_>, c_int)>, staging: &mut [u8]) {
    if !send(class, message, value, staging) {
        send(class, message, None, staging);
    }
}

/// Builds and sends the event; false when the value has no encoding or does not fit.
fn send(class: ErrorClass, message: &[u8], value: Option<(Stack<'_>, c_int)>, staging: &mut [u8]) -> bool {
    let mut writer = Writer::new(staging);
    let table = writer.begin_table();
    event::begin(&mut writer, EventKind::Error);
    writer.string(field::CLASS.as_bytes());
    writer.string(class.name().as_bytes());
    writer.string(field::MESSAGE.as_bytes());
    writer.string(message);
    let mut pairs = 3;
    if let Some((lua, index)) = value {
        writer.string(field::VALUE.as_bytes());
        if encode::value(lua, index, &mut writer).is_err() {
            return false;
        }
        pairs += 1;
    }
    if RUN.waits.on.get() {
        writer.string(field::WAITS.as_bytes());
        writer.boolean(true);
        pairs += 1;
    }
    writer.end_table(table, pairs);
    if writer.written().is_none() {
        return false;
    }
    event::send(&writer);
    true
}
