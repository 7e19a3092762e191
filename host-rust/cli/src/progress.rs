//! One line on a terminal that is written again and again.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use crate::output::note;

/// No more often than a person sees.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Default)]
pub struct Progress {
    shown: Option<Instant>,
}

impl Progress {
    pub fn show(&mut self, count: u64, what: &str) {
        let is_time = self.shown.is_none_or(|shown| shown.elapsed() >= PAUSE);
        if is_time && io::stderr().is_terminal() {
            self.shown = Some(Instant::now());
            note(&format!("\r{count} {what}"));
        }
    }

    /// Makes room for another line.
    pub fn clear(&mut self) {
        if self.shown.take().is_some() {
            note("\r\x1b[K");
        }
    }
}

/// Not in the middle of a line, however the command ends.
impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
