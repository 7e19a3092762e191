//! What an instance is created with, and what one compute can have of its own.
//!
//! Invariant: whatever is absent is left to the module's default.

use crate::audit::AuditLog;
use crate::event::{Clock, EventHandler, EventKind};
use crate::permissions::Permissions;
use crate::rate::Rate;

/// What an instance is created with. Whatever is absent is left to the module's default.
#[derive(Default)]
pub struct Options {
    /// Instructions that a compute may use before it is stopped; none, and a script may run for ever.
    pub instructions: Option<u64>,
    /// Bytes of the arena that scripts may use.
    pub memory: Option<u64>,
    /// Bytes of print kept for the response.
    pub output: Option<u64>,
    /// Seed of `math.random` and of the string hash.
    pub seed: Option<i64>,
    /// Whether scripts may load binary chunks, which are verified.
    pub bytecode: bool,
    /// Whether functions are stored without names of variables and numbers of lines.
    pub strip: bool,
    /// Strings whose encoding has at least so many bytes are stored compressed; 0 for none.
    pub compression: Option<u64>,
    /// Whether all changes of a compute to the store stay, or none when it fails.
    pub atomic: bool,
    /// What scripts may not do; by default, nothing is forbidden.
    pub permissions: Permissions,
    /// Time as scripts see it. Absent, it is always 0 and runs are reproducible.
    pub clock: Option<Clock>,
    /// The kinds of event that `on_event` is called with.
    pub events: Vec<EventKind>,
    /// Called while the script waits.
    pub on_event: Option<EventHandler>,
    /// Where audit events are written, whether or not `events` has them too.
    pub audit: Option<AuditLog>,
    /// How often something may happen in a second.
    pub rate: Rate,
}

/// What differs from the [`Options`] of an instance in one compute. Whatever is absent is as the instance has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComputeOptions {
    /// Instructions that it may use before it is stopped.
    pub instructions: Option<u64>,
    /// Bytes of the arena that scripts may use.
    pub memory: Option<u64>,
    /// Bytes of print kept for the response.
    pub output: Option<u64>,
    /// Whether all its changes to the store stay, or none when it fails.
    pub atomic: Option<bool>,
    /// What the script may not do, in place of all that the instance forbids.
    pub permissions: Option<Permissions>,
}

impl Options {
    /// A clock that tells the real time.
    pub fn system_clock() -> Clock {
        crate::event::system_clock()
    }
}
