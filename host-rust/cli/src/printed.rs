//! What a script prints: shown while it runs, on a terminal at once, into a pipe or a file in pieces; or put together at its end.
//!
//! Invariant: everything appears in order. When it cannot be written, the script is stopped: whoever reads it has gone, or there is no
//! room for more.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cu_host::Value;

use crate::failure::Failure;
use crate::output::{note_bytes, show};

/// A piece of output that is not in the response: its offset in the whole, and the text.
pub type Late = (i64, Vec<u8>);

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

/// A piece of output, if the event is one.
pub fn piece(event: &Value) -> Option<Late> {
    Some((event.get("offset")?.as_i64()?, event.get("text")?.as_bytes()?.to_vec()))
}

/// All the output. The kept text ends where the first late piece begins; a note that it was cut is dropped.
pub fn whole(kept: &[u8], mut late: Vec<Late>) -> Vec<u8> {
    late.sort_by_key(|(offset, _)| *offset);
    let mut all = kept.to_vec();
    if let Some((offset, _)) = late.first() {
        all.truncate(usize::try_from(*offset).unwrap_or(0));
    }
    late.iter().for_each(|(_, text)| all.extend(text));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_pieces_take_their_place_in_the_output() {
        let late = || vec![(4, b"late".to_vec()), (8, b"r".to_vec())];
        assert_eq!(whole(b"kept", Vec::new()), b"kept");
        assert_eq!(whole(b"kept\n[cut]", late()), b"keptlater");
        assert_eq!(whole(b"", [late(), vec![(0, b"kept".to_vec())]].concat()), b"keptlater");
    }
}
