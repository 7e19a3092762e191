//! The host's word whether a script may go on: `get(0, "tick")`, which it is asked at the end of each part of the budget.
//!
//! Invariant: no answer means yes. Everything else stops the script for good: an answer, which may be the reason, and a failure.

use core::cell::Cell;
use core::fmt;

use cu_abi::tables;
use cu_abi::value::{Item, Reader};

use crate::error::Excerpt;
use crate::host::{self, Found};

/// Longest answer that is looked at.
const ANSWER_BYTES: usize = 256;

/// Why a script was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The host said so, without a reason.
    Host,
    /// The host said so, and why.
    Because(Excerpt),
    /// The host failed.
    Failed(i32),
}

impl fmt::Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Host => out.write_str("interrupted by the host"),
            Stop::Because(reason) => write!(out, "interrupted by the host: {reason}"),
            Stop::Failed(reply) => write!(out, "interrupted: the host was asked whether to go on: it answered {reply}"),
        }
    }
}

struct Last(Cell<Option<Stop>>);

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for Last {}

static LAST: Last = Last(Cell::new(None));

/// A run begins, and nothing has stopped it.
pub fn forget() {
    LAST.0.set(None);
}

/// Why the run was stopped, if the host did it.
pub fn stop() -> Option<Stop> {
    LAST.0.get()
}

/// Asks the host whether the script is to be stopped.
pub fn is_stopped() -> bool {
    let mut answer = [0; ANSWER_BYTES];
    let stop = match host::get(tables::CONTROL, tables::KEY_TICK.as_bytes(), &mut answer) {
        Found::Absent => None,
        Found::Value(length) => Some(match Reader::new(&answer[..length]).item() {
            Ok(Item::String(reason)) => Stop::Because(Excerpt::new(reason)),
            _ => Stop::Host,
        }),
        Found::Longer(_) => Some(Stop::Host),
        Found::Failed(reply) => Some(Stop::Failed(reply)),
    };
    if stop.is_some() {
        LAST.0.set(stop);
    }
    stop.is_some()
}
