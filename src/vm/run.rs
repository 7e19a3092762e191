//! What lives as long as a compute.
//!
//! Invariant: as for `instance.rs`. What a compute has not set is as the one before left it; `run/` sets all of it, in the
//! order of its phases.

use core::cell::Cell;

use crate::lua::ffi::State;

/// A compute.
pub struct Run {
    /// Whether finalizers may run: it is known what they may do.
    pub is_permitted: Cell<bool>,
    /// A compute inside an import put its answer over the code that was about to be read.
    pub code_is_overwritten: Cell<bool>,
    /// Instructions that the script used.
    pub used: Cell<i64>,
    /// The script is done, or the place where it was stopped is kept (`stop.rs`).
    pub place_is_kept: Cell<bool>,
    /// A traceback may be kept (`traceback.rs`).
    pub has_traceback: Cell<bool>,
    /// The state to collect in when Rust lacks memory, null for none (`room.rs`).
    pub collects: Cell<*mut State>,
    /// Functions are stored without their debug information.
    pub strips: Cell<bool>,
    /// Scripts may load binary chunks.
    pub loads_bytecode: Cell<bool>,
    /// From how many encoded bytes on strings are compressed, 0 for never.
    pub compression: Cell<usize>,
    /// The host wants `audit` events.
    pub audits: Cell<bool>,
    /// What is printed (`control/output.rs`).
    pub output: Printed,
    /// What the host permits (`permissions/`).
    pub permissions: Permissions,
    /// Channels of `_io` whose value is with the script, a bit each (`proxy/channels.rs`).
    pub channels_kept: Cell<u8>,
    /// Those that are to be written back.
    pub channels_changed: Cell<u8>,
    /// The last assignment was refused: its value cannot be stored (`proxy/promote.rs`).
    pub is_refused: Cell<bool>,
    /// The same, for a table inside a read-only one.
    pub is_refused_inside: Cell<bool>,
}

/// The compute under way, or the last one.
pub static RUN: Run = Run {
    is_permitted: Cell::new(true),
    code_is_overwritten: Cell::new(false),
    used: Cell::new(0),
    place_is_kept: Cell::new(false),
    has_traceback: Cell::new(false),
    collects: Cell::new(core::ptr::null_mut()),
    strips: Cell::new(false),
    loads_bytecode: Cell::new(false),
    compression: Cell::new(0),
    audits: Cell::new(false),
    output: Printed { length: Cell::new(0), limit: Cell::new(0), beyond: Cell::new(0), is_reported: Cell::new(false) },
    permissions: Permissions {
        length: Cell::new(0),
        may_write: Cell::new(true),
        is_active: Cell::new(false),
        is_read_only: Cell::new(false),
    },
    channels_kept: Cell::new(0),
    channels_changed: Cell::new(0),
    is_refused: Cell::new(false),
    is_refused_inside: Cell::new(false),
};

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl Sync for Run {}

/// How much is printed.
pub struct Printed {
    /// Bytes kept for the response.
    pub length: Cell<usize>,
    /// Most bytes kept.
    pub limit: Cell<usize>,
    /// Bytes printed beyond that.
    pub beyond: Cell<u64>,
    /// The host wants to hear of them.
    pub is_reported: Cell<bool>,
}

/// What the host permits.
pub struct Permissions {
    /// Bytes of what the configuration says of them.
    pub length: Cell<usize>,
    /// The configuration lets the compute change something.
    pub may_write: Cell<bool>,
    /// Anything at all is guarded.
    pub is_active: Cell<bool>,
    /// The compute may change nothing.
    pub is_read_only: Cell<bool>,
}
