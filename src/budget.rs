//! The budget of a run: the work that scripts may still do.
//!
//! Invariant: once it is used up it stays so until the next run begins, so whatever catches the error meets it again at the
//! next call or turn of a loop (`vm/stop.rs`).
//!
//! Work is counted in instructions of Lua's machine: a call counts those of the function, a turn of a loop those of its
//! body, both once, wherever branches lead. What C and Rust do counts as what takes about as long. Nothing depends on the
//! clock, the engine or the collector, so the same script counts the same.

use core::sync::atomic::{AtomicI64, Ordering};

/// What work counts: the constants of `lua/costs.h`, without their `CU_` and `COST_`.
pub mod cost {
    include!(concat!(env!("OUT_DIR"), "/costs.rs"));
}

/// So much that no run gets to its end.
const UNLIMITED: i64 = 1 << 62;

/// What is left; Lua's C counts it down (`lua/inside.h`).
#[unsafe(export_name = "cu_budget")]
static LEFT: AtomicI64 = AtomicI64::new(UNLIMITED);

/// What there was.
static LIMIT: AtomicI64 = AtomicI64::new(UNLIMITED);

/// Begins a run with a limit of its own, 0 for none.
pub fn begin(limit: i64) {
    LIMIT.store(if limit == 0 { UNLIMITED } else { limit }, Ordering::Relaxed);
    begin_again();
}

/// Begins a run with the limit of the last one.
pub fn begin_again() {
    LEFT.store(LIMIT.load(Ordering::Relaxed), Ordering::Relaxed);
}

/// Lifts the limit until the next run begins: for work that no script can prolong. Returns what was left.
#[inline]
pub fn suspend() -> i64 {
    LEFT.swap(UNLIMITED, Ordering::Relaxed)
}

/// Replaces what is left by the limit, or by so much if that is more, for work after the end of a run. Returns what was left.
#[inline]
pub fn lend(least: i64) -> i64 {
    LEFT.swap(limit().max(least), Ordering::Relaxed)
}

/// Ends a suspension, or a loan, or takes back what was counted since.
#[inline]
pub fn resume(left: i64) {
    LEFT.store(left, Ordering::Relaxed);
}

/// What is left, below zero when more was used.
#[inline]
pub fn left() -> i64 {
    LEFT.load(Ordering::Relaxed)
}

/// Whether nothing is left.
#[inline]
pub fn is_exhausted() -> bool {
    left() < 0
}

/// What was used since the beginning, with what was refused at the end.
#[inline]
pub fn used() -> i64 {
    limit() - left()
}

/// The limit of the run.
#[inline]
pub fn limit() -> i64 {
    LIMIT.load(Ordering::Relaxed)
}

/// Counts work. It ends soon by itself: the run stops at its next call or turn of a loop.
#[inline]
pub fn spend(instructions: usize) {
    // Nobody hands over more than a few times the bytes of memory, and limits end far below the largest number.
    LEFT.fetch_sub(instructions as i64, Ordering::Relaxed);
}

/// Counts work that is not done yet; false, with nothing left, when that is more than is left.
#[inline]
pub fn reserve(instructions: u64) -> bool {
    let left = LEFT.load(Ordering::Relaxed);
    let after = i64::try_from(instructions).ok().and_then(|instructions| left.checked_sub(instructions)).unwrap_or(-1);
    LEFT.store(after.max(left.min(-1)), Ordering::Relaxed);
    after >= 0
}

/// What a block of memory counts.
pub const fn block(bytes: usize) -> usize {
    cost::BLOCK + bytes / cost::BYTES_ALLOCATED
}

/// Takes back what will be counted and should not be: what depends on what ran before.
#[inline]
pub fn refund(instructions: usize) {
    LEFT.fetch_add(instructions as i64, Ordering::Relaxed);
}

/// Counts bytes that are read or written, so many of them a unit, when they are more than a handful.
#[inline]
pub fn spend_bytes(bytes: usize, bytes_per_unit: usize) {
    if bytes >= cost::BYTES_FREE {
        spend(bytes / bytes_per_unit);
    }
}
