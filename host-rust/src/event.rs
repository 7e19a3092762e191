//! Events that the module reports, and the time that it is told.
//!
//! Invariant: the names are those of the contract (abi/README.md, "Table 0").

use crate::value::Value;

/// A clock: milliseconds since 1970.
pub type Clock = Box<dyn Fn() -> f64 + Send>;

/// A clock that tells the real time.
pub fn system_clock() -> Clock {
    Box::new(|| {
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since_1970.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    })
}

/// Takes an event as the module reports it, a table with the field `kind`.
pub type EventHandler = Box<dyn FnMut(&Value) + Send>;

/// A kind of event (abi/README.md, "Table 0").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Printed text that the response does not carry.
    Output,
    /// A failed compute: class, message and value.
    Error,
    /// What a compute used: instructions, and bytes of memory at its end.
    Usage,
    /// What someone may have to account for, numbered from 1 in each instance: a limit that was met, a permission that was
    /// refused, bytecode that was loaded or refused, a function that was stored or restored.
    Audit,
}

impl EventKind {
    /// The name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            EventKind::Output => "output",
            EventKind::Error => "error",
            EventKind::Usage => "usage",
            EventKind::Audit => "audit",
        }
    }
}
