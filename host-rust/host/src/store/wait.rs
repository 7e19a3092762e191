//! How long to wait for something that another instance or process has.

use std::time::{Duration, Instant};

/// How long to wait for a turn: of a store that instances share, or of a file that another process has open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wait {
    /// As long as it takes.
    #[default]
    Forever,
    /// This long at most.
    AtMost(Duration),
    /// Not at all.
    Never,
}

impl Wait {
    /// The moment from which on nothing is waited for; `None` for never. A time beyond what the clock can say is never.
    pub fn end(self) -> Option<Instant> {
        match self {
            Wait::Forever => None,
            Wait::AtMost(time) => Instant::now().checked_add(time),
            Wait::Never => Some(Instant::now()),
        }
    }
}

/// A time that was waited, in words.
pub(crate) fn waited(began: Instant) -> String {
    format!("waited {:.1} s", began.elapsed().as_secs_f64())
}
