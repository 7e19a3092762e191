//! Print, captured and bounded.
//!
//! Invariant: the first `limit` bytes printed in a compute are kept for the response; all later ones go to the host as
//! `output` events (when it wants them), each with its offset in the whole; nothing is lost without the mark saying so.

use core::fmt::Write;

use cu_abi::limits;

use crate::control::{audit, event};
use crate::large::LARGE;

/// Longest mark: its words and two numbers.
const MARK_BYTES: usize = 96;

/// The text of one compute.
pub struct Output {
    length: usize,
    limit: usize,
    beyond: u64,
    report: bool,
}

/// Where the text is.
fn place() -> *mut [u8; limits::OUTPUT_KEPT_BYTES] {
    LARGE.output.place()
}

static mut OUTPUT: Output = Output { length: 0, limit: 0, beyond: 0, report: false };

/// The one output buffer.
///
/// # Safety
/// One thread, and no reference from an earlier call is used afterwards.
pub unsafe fn global() -> &'static mut Output {
    let output = &raw mut OUTPUT;
    // SAFETY: the caller's.
    unsafe { &mut *output }
}

impl Output {
    /// Forgets the text and begins a compute that keeps `limit` bytes.
    pub fn begin(&mut self, limit: usize, report: bool) {
        self.length = 0;
        self.limit = limit.min(limits::OUTPUT_KEPT_BYTES);
        self.beyond = 0;
        self.report = report;
    }

    /// Adds printed text.
    pub fn print(&mut self, text: &[u8]) {
        let room = self.limit - self.length;
        let (kept, rest) = text.split_at(room.min(text.len()));
        let length = self.length;
        self.room()[length..length + kept.len()].copy_from_slice(kept);
        self.length += kept.len();
        if !rest.is_empty() {
            if self.beyond == 0 {
                audit::limit_hit("output", self.limit as i64);
            }
            if self.report {
                event::report_output(rest, self.length as u64 + self.beyond);
            }
            self.beyond += rest.len() as u64;
        }
    }

    /// The kept text.
    pub fn text(&self) -> &[u8] {
        // SAFETY: as in `room`.
        unsafe { &(&*place())[..self.length] }
    }

    /// Reports the kept text, which an error answer has no room for.
    pub fn report_kept(&self) {
        if self.report {
            event::report_output(self.text(), 0);
        }
    }

    /// The room of the text, for another use once the text has been reported.
    pub fn staging(&mut self) -> &mut [u8] {
        self.length = 0;
        self.room()
    }

    fn room(&mut self) -> &mut [u8; limits::OUTPUT_KEPT_BYTES] {
        // SAFETY: this file alone uses the part, and through the one `Output`.
        unsafe { &mut *place() }
    }

    /// The mark that follows a text that was cut; empty when it was not.
    pub fn mark(&self) -> Mark {
        let mut mark = Mark { bytes: [0; MARK_BYTES], length: 0 };
        if self.beyond > 0 {
            let total = self.beyond + self.length as u64;
            // A mark cut short would still be a mark; it is not, with numbers of 20 digits.
            let _ = write!(mark, "\n[output cut: {} of {total} bytes kept]\n", self.length);
        }
        mark
    }
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
