//! The budget of a run: the work that scripts may still do.
//!
//! Invariant: a used-up budget stays used up until the next run begins, so a script that catches the error gets it
//! again at the next call or turn of a loop (`vm/stop.rs`).
//!
//! The unit of work is an instruction of Lua. A call is charged for all instructions of the function, and a turn of a
//! loop for those of its body, for any path through them. Work in C and Rust is charged by its time. No charge depends
//! on the clock, the engine or the collector, so the same script is always charged the same.

use core::sync::atomic::{AtomicI64, Ordering};

/// The charges of work: the constants of `lua/costs.h`, without their `CU_` and `COST_`.
pub mod cost {
    include!(concat!(env!("OUT_DIR"), "/costs.rs"));
}

/// So much that no run can use it up.
const UNLIMITED: i64 = 1 << 62;

/// The rest of the budget; Lua's C also reduces it (`lua/inside.h`).
#[unsafe(export_name = "cu_budget")]
static LEFT: AtomicI64 = AtomicI64::new(UNLIMITED);

/// The budget at the beginning.
static LIMIT: AtomicI64 = AtomicI64::new(UNLIMITED);

/// Begins a run with this limit, 0 for none.
pub fn begin(limit: i64) {
    LIMIT.store(if limit == 0 { UNLIMITED } else { limit }, Ordering::Relaxed);
    begin_again();
}

/// Begins a run with the limit of the last one.
pub fn begin_again() {
    LEFT.store(LIMIT.load(Ordering::Relaxed), Ordering::Relaxed);
}

/// Removes the limit until the next run begins, for work that no script can make longer. Returns the rest.
#[inline]
pub fn suspend() -> i64 {
    LEFT.swap(UNLIMITED, Ordering::Relaxed)
}

/// Replaces the rest by the limit, or by the given amount if that is more, for work after the end of a run. Returns the
/// rest.
#[inline]
pub fn lend(least: i64) -> i64 {
    LEFT.swap(limit().max(least), Ordering::Relaxed)
}

/// Restores an earlier rest: ends a suspension or a loan, or takes back the charges since then.
#[inline]
pub fn resume(left: i64) {
    LEFT.store(left, Ordering::Relaxed);
}

/// The rest of the budget, below zero when more was used.
#[inline]
pub fn left() -> i64 {
    LEFT.load(Ordering::Relaxed)
}

/// Whether nothing is left.
#[inline]
pub fn is_exhausted() -> bool {
    left() < 0
}

/// The work charged since the beginning, including the refused charge at the end.
#[inline]
pub fn used() -> i64 {
    limit() - left()
}

/// The limit of the run.
#[inline]
pub fn limit() -> i64 {
    LIMIT.load(Ordering::Relaxed)
}

/// Charges for short work: the run stops only at its next call or turn of a loop.
#[inline]
pub fn spend(instructions: usize) {
    // This cannot overflow: a charge is at most a few times the bytes of memory, and limits are far below the maximum.
    LEFT.fetch_sub(instructions as i64, Ordering::Relaxed);
}

/// Charges for work before it is done. If the rest does not cover it, returns false, and the budget is used up.
#[inline]
pub fn reserve(instructions: u64) -> bool {
    let left = LEFT.load(Ordering::Relaxed);
    let after = i64::try_from(instructions).ok().and_then(|instructions| left.checked_sub(instructions)).unwrap_or(-1);
    LEFT.store(after.max(left.min(-1)), Ordering::Relaxed);
    after >= 0
}

/// The charge for a block of memory.
pub const fn block(bytes: usize) -> usize {
    cost::BLOCK + bytes / cost::BYTES_ALLOCATED
}

/// Gives back in advance a charge that would depend on what ran before.
#[inline]
pub fn refund(instructions: usize) {
    LEFT.fetch_add(instructions as i64, Ordering::Relaxed);
}

/// Charges for bytes that are read or written, one unit for each `bytes_per_unit`. A few bytes are free.
#[inline]
pub fn spend_bytes(bytes: usize, bytes_per_unit: usize) {
    if bytes >= cost::BYTES_FREE {
        spend(bytes / bytes_per_unit);
    }
}
