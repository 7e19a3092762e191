//! The state that lives as long as a compute.
//!
//! Invariant: as in `instance.rs`. A compute begins with the values of the last one; the phases of `run/` set all of
//! them.

use core::cell::Cell;

use crate::lua::ffi::State;

/// A compute.
pub struct Run {
    /// Whether finalizers may run: their permissions are known.
    pub is_permitted: Cell<bool>,
    /// A compute inside an import wrote its answer over code that is not read yet.
    pub code_is_overwritten: Cell<bool>,
    /// The budget that the script used.
    pub used: Cell<i64>,
    /// Calls of functions of the host.
    pub calls: Cell<u32>,
    /// Waiting for the host (`library/host/wait.rs`).
    pub waits: Waits,
    /// The script has ended, or the place where it was stopped is kept (`stop.rs`).
    pub place_is_kept: Cell<bool>,
    /// The script was ended by the module, not by its budget (`stop.rs`).
    pub is_ended: Cell<bool>,
    /// A traceback may be kept (`traceback.rs`).
    pub has_traceback: Cell<bool>,
    /// The Lua state that collects when Rust needs memory, null for none (`room.rs`).
    pub collects: Cell<*mut State>,
    /// Functions are stored without their debug information.
    pub strips: Cell<bool>,
    /// Scripts may load binary chunks.
    pub loads_bytecode: Cell<bool>,
    /// Strings of at least this many encoded bytes are compressed; 0 for never.
    pub compression: Cell<usize>,
    /// The host wants `audit` events.
    pub audits: Cell<bool>,
    /// The host wants `progress` events.
    pub reports_progress: Cell<bool>,
    /// What is printed (`control/output.rs`).
    pub output: Printed,
    /// What the host permits (`permissions/`).
    pub permissions: Permissions,
    /// The channels of `_io` whose value the script has, a bit each (`proxy/channels.rs`).
    pub channels_kept: Cell<u8>,
    /// The channels that must be written back.
    pub channels_changed: Cell<u8>,
    /// The last assignment was refused: its value cannot be stored (`proxy/promote.rs`).
    pub is_refused: Cell<bool>,
    /// The same, for a table inside a read-only one.
    pub is_refused_inside: Cell<bool>,
}

/// The running compute, or the last one.
pub static RUN: Run = Run {
    is_permitted: Cell::new(true),
    code_is_overwritten: Cell::new(false),
    used: Cell::new(0),
    calls: Cell::new(0),
    waits: Waits {
        ticket: Cell::new(0),
        may: Cell::new(false),
        most: Cell::new(0),
        memory: Cell::new(0),
        answer: Cell::new((0, 0)),
        on: Cell::new(false),
    },
    place_is_kept: Cell::new(false),
    is_ended: Cell::new(false),
    has_traceback: Cell::new(false),
    collects: Cell::new(core::ptr::null_mut()),
    strips: Cell::new(false),
    loads_bytecode: Cell::new(false),
    compression: Cell::new(0),
    audits: Cell::new(false),
    reports_progress: Cell::new(false),
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

/// The amount of output.
pub struct Printed {
    /// Bytes kept for the response.
    pub length: Cell<usize>,
    /// The most bytes that are kept.
    pub limit: Cell<usize>,
    /// Bytes printed beyond that.
    pub beyond: Cell<u64>,
    /// The host wants them as events.
    pub is_reported: Cell<bool>,
}

/// What a compute needs to wait for the host.
pub struct Waits {
    /// The ticket with which it will wait, 0 for one that cannot.
    pub ticket: Cell<i64>,
    /// It is no transaction, and no part of one.
    pub may: Cell<bool>,
    /// Most computes that wait.
    pub most: Cell<usize>,
    /// Most bytes of the arena in use when it begins to.
    pub memory: Cell<usize>,
    /// Address and length of the answer with which it goes on.
    pub answer: Cell<(usize, usize)>,
    /// A compute that waits is to go on, and does not yet.
    pub on: Cell<bool>,
}

/// The permissions of the host.
pub struct Permissions {
    /// Bytes of the `permissions` in the configuration.
    pub length: Cell<usize>,
    /// The configuration allows the compute to change something.
    pub may_write: Cell<bool>,
    /// At least one table is guarded.
    pub is_active: Cell<bool>,
    /// The compute may change nothing.
    pub is_read_only: Cell<bool>,
}
