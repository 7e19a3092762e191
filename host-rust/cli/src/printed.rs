//! What a script prints, shown while it runs: on a terminal at once, into a pipe or a file in pieces.
//!
//! Invariant: everything appears in order. When it cannot be written, the script is stopped: whoever reads it has gone, or there is no
//! room for more.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::output::{note_bytes, show};

/// What waits to be written together: as much as a pipe takes, and no longer than a person waits.
const PIECE: usize = 64 * 1024;
const PAUSE: Duration = Duration::from_millis(100);

pub struct Printed {
    /// Values are for programs, so what is printed goes to standard error.
    to_error: bool,
    is_terminal: bool,
    waiting: Vec<u8>,
    written: Instant,
    failed: Option<Failure>,
    stop: Arc<AtomicBool>,
}

impl Printed {
    /// `stop` is set when nothing more can be written.
    pub fn new(to_error: bool, stop: Arc<AtomicBool>) -> Printed {
        let is_terminal = if to_error { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        Printed { to_error, is_terminal, waiting: Vec::new(), written: Instant::now(), failed: None, stop }
    }

    pub fn add(&mut self, text: &[u8]) {
        self.waiting.extend(text);
        if self.is_terminal || self.waiting.len() >= PIECE || self.written.elapsed() >= PAUSE {
            self.write();
        }
    }

    fn write(&mut self) {
        let bytes = std::mem::take(&mut self.waiting);
        if self.failed.is_some() {
            return;
        }
        if self.to_error {
            note_bytes(&bytes);
        } else if let Err(failure) = show(&bytes) {
            self.failed = Some(failure);
            self.stop.store(true, Ordering::Relaxed);
        }
        self.written = Instant::now();
    }

    /// Writes what waits; the failure, if there was one.
    pub fn end(mut self) -> Result<(), Failure> {
        self.write();
        self.failed.map_or(Ok(()), Err)
    }
}
