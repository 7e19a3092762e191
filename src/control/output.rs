//! Print, captured and bounded.
//!
//! Invariant: the first `limit` bytes printed in a compute are kept for the response; all later ones go to the host as
//! `output` events (when it wants them), each with its offset in the whole; nothing is lost without the mark saying so.

use core::fmt::Write;

use cu_abi::limits;

use crate::bytes::copy_at;
use crate::control::{audit, event};
use crate::large::LARGE;
use crate::vm::run::RUN;

/// Longest mark: its words and two numbers.
const MARK_BYTES: usize = 96;

/// Where the text is.
fn place() -> *mut [u8; limits::OUTPUT_KEPT_BYTES] {
    LARGE.output.place()
}

/// Forgets the text and begins a compute that keeps `limit` bytes.
pub fn begin(limit: usize, is_reported: bool) {
    let output = &RUN.output;
    output.length.set(0);
    output.limit.set(limit.min(limits::OUTPUT_KEPT_BYTES));
    output.beyond.set(0);
    output.is_reported.set(is_reported);
}

/// Adds printed text.
pub fn print(text: &[u8]) {
    let output = &RUN.output;
    let (length, limit) = (output.length.get(), output.limit.get());
    let (kept, rest) = text.split_at((limit - length).min(text.len()));
    copy_at(room(), length, kept);
    output.length.set(length + kept.len());
    if !rest.is_empty() {
        let beyond = output.beyond.get();
        if beyond == 0 {
            audit::limit_hit(audit::limit::OUTPUT, limit as i64);
        }
        if output.is_reported.get() {
            event::report_output(rest, output.length.get() as u64 + beyond);
        }
        output.beyond.set(beyond + rest.len() as u64);
    }
}

/// The kept text, until more is printed.
pub fn text() -> &'static [u8] {
    room().get(..RUN.output.length.get()).unwrap_or_default()
}

/// Reports the kept text, which an error answer has no room for.
pub fn report_kept() {
    if RUN.output.is_reported.get() {
        event::report_output(text(), 0);
    }
}

/// The room of the text, for another use once the text has been reported.
pub fn staging() -> &'static mut [u8] {
    RUN.output.length.set(0);
    room()
}

fn room() -> &'static mut [u8; limits::OUTPUT_KEPT_BYTES] {
    // SAFETY: one thread, and this file alone uses the part. A slice that it hands out is read, or filled, before anything is
    // printed again: no script runs while a response or an event is made.
    unsafe { &mut *place() }
}

/// Whether more was printed than is kept.
pub fn is_cut() -> bool {
    RUN.output.beyond.get() > 0
}

/// The mark that follows a text that was cut; empty when it was not.
pub fn mark() -> Mark {
    let mut mark = Mark { bytes: [0; MARK_BYTES], length: 0 };
    let (length, beyond) = (RUN.output.length.get(), RUN.output.beyond.get());
    if beyond > 0 {
        // A mark cut short would still be a mark; it is not, with numbers of 20 digits.
        let _ = write!(mark, "\n[output cut: {length} of {} bytes kept]\n", beyond + length as u64);
    }
    mark
}

/// A short text without memory of the arena.
pub struct Mark {
    bytes: [u8; MARK_BYTES],
    length: usize,
}

impl Mark {
    /// Its bytes.
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Write for Mark {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(core::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
