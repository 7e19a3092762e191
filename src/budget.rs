//! The budget of a run: the work that scripts may still do.
//!
//! Invariant: a used-up budget stays used up until the next run begins, so a script that catches the error gets it
//! again at the next call or turn of a loop (`vm/stop.rs`).
//!
//! A host that wants to be asked from time to time (`tick.rs`) gets the budget of a script in parts: what is left is below
//! zero at the end of a part, too, so that asking costs a script nothing in between.
//!
//! The unit of work is an instruction of Lua. A call is charged for all instructions of the function, and a turn of a
//! loop for those of its body, for any path through them. Work in C and Rust is charged by its time. No charge depends
//! on the clock, the engine or the collector, so the same script is always charged the same.

use core::sync::atomic::{AtomicI64, Ordering};

use crate::tick;

/// The charges of work: the constants of `lua/costs.h`, without their `CU_` and `COST_`.
pub mod cost {
    include!(concat!(env!("OUT_DIR"), "/costs.rs"));
}

/// So much that no run can use it up, and that two of it can be added.
const UNLIMITED: i64 = 1 << 61;

/// The rest of the part at work; Lua's C also reduces it (`lua/inside.h`).
#[unsafe(export_name = "cu_budget")]
static LEFT: AtomicI64 = AtomicI64::new(UNLIMITED);

/// What is left after that part.
static LATER: AtomicI64 = AtomicI64::new(0);

/// What was left when the script was stopped.
static FORFEITED: AtomicI64 = AtomicI64::new(0);

/// The budget at the beginning.
static LIMIT: AtomicI64 = AtomicI64::new(UNLIMITED);

/// The same, but of a run that goes on: what was left when it began to wait.
static START: AtomicI64 = AtomicI64::new(UNLIMITED);

/// The size of a part.
static PART: AtomicI64 = AtomicI64::new(UNLIMITED);

/// Begins a run with this limit, in parts of that size for scripts; 0 for none.
pub fn begin(limit: i64, part: i64) {
    let size = |number| if number == 0 { UNLIMITED } else { number };
    LIMIT.store(size(limit), Ordering::Relaxed);
    PART.store(size(part), Ordering::Relaxed);
    tick::forget();
    begin_again();
}

/// Begins a run with the limit of the last one, for work that no script prolongs: the host is not asked.
pub fn begin_again() {
    begin_parts(UNLIMITED);
}

/// The same for scripts, and for finalizers: the host is asked after each part.
pub fn begin_script() {
    begin_parts(PART.load(Ordering::Relaxed));
}

/// The same for a script that goes on, with what was left of its budget, and of the part that it was in. A script that often waits
/// would else never come to the end of a part.
pub fn go_on((left, left_of_part): (i64, i64)) {
    let part = PART.load(Ordering::Relaxed);
    begin_at(left, if part == UNLIMITED { part } else { part.min(left_of_part) });
}

fn begin_parts(part: i64) {
    begin_at(limit(), part);
}

fn begin_at(start: i64, part: i64) {
    START.store(start, Ordering::Relaxed);
    FORFEITED.store(0, Ordering::Relaxed);
    divide(start, part);
}

fn divide(left: i64, part: i64) {
    let first = left.min(part);
    LEFT.store(first, Ordering::Relaxed);
    LATER.store(left - first, Ordering::Relaxed);
}

/// Removes the limit until `resume`, for work that no script can make longer. Returns the rest.
#[inline]
pub fn suspend() -> i64 {
    LEFT.swap(UNLIMITED, Ordering::Relaxed) + LATER.load(Ordering::Relaxed)
}

/// Replaces the rest by the limit, or by the given amount if that is more, for work after the end of a run. Returns the
/// rest.
#[inline]
pub fn lend(least: i64) -> i64 {
    LEFT.swap(limit().max(least), Ordering::Relaxed) + LATER.load(Ordering::Relaxed)
}

/// Ends the run with that rest, which counts as left over, and not as used.
pub fn forfeit(left: i64) {
    FORFEITED.store((left + 1).max(0), Ordering::Relaxed);
    divide(left.min(-1), UNLIMITED);
}

/// Restores an earlier rest: ends a suspension or a loan, or takes back the charges since then. What the host stopped stays
/// so.
#[inline]
pub fn resume(left: i64) {
    let is_stopped = FORFEITED.load(Ordering::Relaxed) > 0;
    LEFT.store(if is_stopped { -1 } else { left - LATER.load(Ordering::Relaxed) }, Ordering::Relaxed);
}

/// The rest of the budget, below zero when more was used, or when the host stopped the script.
#[inline]
pub fn left() -> i64 {
    LEFT.load(Ordering::Relaxed) + LATER.load(Ordering::Relaxed)
}

/// What of that is before the host is asked.
#[inline]
pub fn left_of_part() -> i64 {
    LEFT.load(Ordering::Relaxed)
}

/// Whether nothing is left. At the end of a part the host is asked.
#[inline]
pub fn is_exhausted() -> bool {
    LEFT.load(Ordering::Relaxed) < 0 && !goes_on()
}

/// The end of a part: whether there is another one.
#[cold]
#[inline(never)]
fn goes_on() -> bool {
    let left = left();
    if left < 0 || LATER.load(Ordering::Relaxed) == 0 {
        divide(left, UNLIMITED);
    } else if tick::is_stopped() {
        forfeit(left);
    } else {
        divide(left, PART.load(Ordering::Relaxed));
        return true;
    }
    false
}

/// The work charged since the beginning, including the refused charge at the end.
#[inline]
pub fn used() -> i64 {
    START.load(Ordering::Relaxed) - left() - FORFEITED.load(Ordering::Relaxed)
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
    match i64::try_from(instructions) {
        Ok(instructions) if left >= instructions => {
            LEFT.store(left - instructions, Ordering::Relaxed);
            true
        }
        _ => reserve_more(instructions),
    }
}

/// The same when the part does not cover it.
#[cold]
#[inline(never)]
fn reserve_more(instructions: u64) -> bool {
    let left = left();
    if !u64::try_from(left).is_ok_and(|left| instructions <= left) {
        divide(left.min(-1), UNLIMITED);
        return false;
    }
    let goes_on = goes_on();
    if goes_on {
        LEFT.fetch_sub(instructions as i64, Ordering::Relaxed);
    }
    goes_on
}

/// What Lua's C calls where it looks for the end without a state to raise an error in.
#[unsafe(export_name = "cu_is_exhausted")]
extern "C" fn is_exhausted_for_c() -> bool {
    is_exhausted()
}

/// What Lua's C calls when the part does not cover a charge.
#[unsafe(export_name = "cu_reserve")]
extern "C" fn reserve_for_c(instructions: i64) -> bool {
    reserve(instructions as u64)
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
