//! Ids of new tables, stored functions and captured variables.
//!
//! Invariant: no two objects have an id at the same time, neither in this instance nor in others over the same store. Ids come in
//! blocks: before the first id of a block is given, the store has the note that the block is used. A block is as large as the
//! number of ids that the instance has given. What is left of it is given back when another instance may want ids.
//!
//! A block is cut from the ids that a collection found free (`free.rs`), where there are enough in a row, or from those that
//! were never given. An atomic compute takes free ids only from the range that was chosen when it began, so that an id tells
//! whether its object is new (`journal.rs`).

use core::ops::Range;

use cu_abi::tables;

use crate::budget;
use crate::store::calls;
use crate::store::failure::Failure;
use crate::store::ledger::Ledger;
use crate::store::{free, reused, system};
use crate::vm::instance::{INSTANCE, Ids};

/// The most ids that one write reserves.
const BLOCK: u32 = 256;

/// While there are ids that were never given, a free range with fewer is not worth its calls.
const WORTH: usize = 8;

/// Where the first id is stored from which on none was ever given: the encoded string `next_table`.
const KEY: &[u8] = b"\x01next_table\x00";

fn ids() -> &'static Ids {
    &INSTANCE.ids
}

/// From now on gives no id below `next`.
pub fn raise_to(next: u32) {
    let next = next.min(tables::SYSTEM_FIRST);
    let ids = ids();
    ids.least.set(ids.least.get().max(next));
    let (first, end) = ids.range.get();
    if ids.next.get() < next || (first < end && first < next) {
        forget();
    }
}

/// Forgets what is known of ids in the store, because another instance may have used some, or the store may be another one.
pub fn forget() {
    let ids = ids();
    ids.end.set(ids.next.get());
    ids.range.set((0, 0));
    ids.has_no_range.set(false);
}

/// A new id.
#[inline(never)]
pub fn take() -> Result<u32, Failure> {
    let ids = ids();
    if ids.next.get() >= ids.end.get() {
        // Which object needs a new block depends on what ran before, so reserving a block is free if it succeeds.
        let left = budget::left();
        reserve(ids)?;
        budget::resume(left);
    }
    let id = ids.next.get();
    ids.next.set(id + 1);
    ids.given.set(ids.given.get().saturating_add(1));
    Ok(id)
}

/// Reserves a block.
#[cold]
fn reserve(ids: &Ids) -> Result<(), Failure> {
    let wish = ids.given.get().clamp(1, BLOCK);
    if !ids.is_range_fixed.get() {
        choose_range(ids, WORTH)?;
    }
    if reserve_free(ids, wish)? || reserve_fresh(ids, wish)? {
        return Ok(());
    }
    // Every id was given at least once.
    if !ids.is_range_fixed.get() {
        ids.has_no_range.set(false);
        choose_range(ids, 1)?;
    }
    if reserve_free(ids, wish)? { Ok(()) } else { Err(Failure::no_ids()) }
}

/// Chooses a range of free ids, if there is one with so many.
fn choose_range(ids: &Ids, least: usize) -> Result<(), Failure> {
    let (first, end) = ids.range.get();
    if first < end || ids.has_no_range.get() {
        return Ok(());
    }
    match free::longest(ids.least.get())? {
        Some(range) if range.len() >= least => ids.range.set((range.start, range.end)),
        _ => ids.has_no_range.set(true),
    }
    Ok(())
}

/// A block of the chosen range; false when it has no ids left.
fn reserve_free(ids: &Ids, wish: u32) -> Result<bool, Failure> {
    let (first, end) = ids.range.get();
    if first >= end {
        return Ok(false);
    }
    let cut = first + wish.min(end - first);
    ids.range.set((0, 0));
    free::remove(first..end)?;
    reused::add(first..cut, Ledger::read()?.unwrap_or(Ledger::NEW).collections)?;
    free::add(cut..end)?;
    ids.range.set((cut, end));
    ids.cut.set(cut);
    ids.begin.set(first);
    ids.next.set(first);
    ids.end.set(cut);
    ids.is_fresh.set(false);
    Ok(true)
}

/// A block of ids that were never given; false when there are none.
fn reserve_fresh(ids: &Ids, wish: u32) -> Result<bool, Failure> {
    let stored = stored()?;
    let least = ids.least.get();
    let first = stored.max(least).max(ids.high.get()).max(tables::IO + 1);
    if first >= tables::SYSTEM_FIRST {
        return Ok(false);
    }
    if stored == 0 || stored < least {
        // The host may have tables below.
        let mut ledger = Ledger::read()?.unwrap_or(Ledger::NEW);
        ledger.unknown = ledger.unknown.max(least);
        ledger.write()?;
    }
    let end = first.saturating_add(wish).min(tables::SYSTEM_FIRST);
    note_next(end)?;
    ids.begin.set(first);
    ids.next.set(first);
    ids.end.set(end);
    ids.high.set(end);
    ids.is_fresh.set(true);
    Ok(true)
}

/// Gives the rest of the block back. If the host fails meanwhile, it is lost until the next collection.
pub fn give_back() {
    let ids = ids();
    let (next, end) = (ids.next.get(), ids.end.get());
    if next >= end {
        return;
    }
    ids.end.set(next);
    let _ = if ids.is_fresh.get() { give_back_fresh(next, end) } else { free::add(next..end) };
}

fn give_back_fresh(next: u32, end: u32) -> Result<(), Failure> {
    // Another instance may have ids behind the block.
    if stored()? != end {
        return free::add(next..end);
    }
    note_next(next)?;
    ids().high.set(next);
    Ok(())
}

/// The ids of the objects that a transaction, or a level of one, will make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct New {
    /// No id from there on was ever given.
    pub first: u32,
    /// The free ids that may be used again.
    pub range: (u32, u32),
}

impl New {
    /// Whether the id is one of them.
    pub fn contains(&self, id: u32) -> bool {
        let (first, end) = self.range;
        (self.first..tables::SYSTEM_FIRST).contains(&id) || (first..end).contains(&id)
    }
}

/// Until `end_new` all ids given are among those that this returns.
pub fn begin_new() -> Result<New, Failure> {
    let ids = ids();
    give_back();
    if !ids.is_range_fixed.get() {
        choose_range(ids, WORTH)?;
    }
    let first = bound()?.max(ids.least.get()).max(ids.high.get());
    ids.is_range_fixed.set(true);
    ids.cut.set(0);
    Ok(New { first: first.min(tables::SYSTEM_FIRST), range: ids.range.get() })
}

/// The ids that are given from now on, in a transaction that gives none below `base` but those of its range. It asks the host
/// nothing.
pub fn new_from_now(base: u32) -> New {
    let ids = ids();
    let (next, (first, end)) = (ids.next.get(), ids.range.get());
    let unused = base.max(ids.high.get()).max(ids.least.get());
    match (next < ids.end.get(), ids.is_fresh.get()) {
        (true, true) => New { first: next, range: (first, end) },
        (true, false) => New { first: unused, range: (next, end.max(ids.end.get())) },
        (false, _) => New { first: unused, range: (first, end) },
    }
}

/// Which of these ids were given: those of the range, and those that were never given before.
pub fn given_of(New { first, range }: New) -> [Range<u32>; 2] {
    let ids = ids();
    let (next, is_fresh, cut) = (ids.next.get(), ids.is_fresh.get(), ids.cut.get());
    let used = if !is_fresh && ids.end.get() == cut { next } else { cut };
    let fresh = if is_fresh { next } else { first };
    [range.0..used.clamp(range.0, range.1.max(range.0)), first..fresh.max(first)]
}

/// Ids that were given last are free again, as far as they are in the block at hand.
pub fn take_back(given: &[Range<u32>; 2]) {
    let ids = ids();
    let next = ids.next.get();
    if let Some(last) = given.iter().find(|range| !range.is_empty() && range.end == next) {
        ids.next.set(last.start.max(ids.begin.get()));
    }
}

/// Ids of any range may be given again.
pub fn end_new() {
    ids().is_range_fixed.set(false);
}

/// How far a range that was free has been used: `begin..` the result.
pub fn used_of((first, end): (u32, u32)) -> Result<Range<u32>, Failure> {
    if first >= end {
        return Ok(first..first);
    }
    if let Some(rest) = free::first_from(first)?.filter(|rest| rest.end == end) {
        return Ok(first..rest.start);
    }
    // Nothing is left, or what was left is lost.
    let last = reused::last_before(end)?;
    Ok(first..last.map_or(first, |last| last.end.clamp(first, end)))
}

/// An id from which on none was ever given.
pub fn bound() -> Result<u32, Failure> {
    Ok(stored()?.clamp(tables::IO + 1, tables::SYSTEM_FIRST))
}

/// No id up to this one is given any more unless it is free.
pub fn skip_to(next: u32) -> Result<(), Failure> {
    let first = bound()?;
    note_next(next)?;
    free::add(first..next.saturating_sub(1))?;
    forget();
    Ok(())
}

fn note_next(next: u32) -> Result<(), Failure> {
    calls::note(system::COUNTER, KEY, &calls::integer(next.into()))
}

/// The end of the last block that any instance reserved. A damaged value counts as absent: the next write repairs it.
fn stored() -> Result<u32, Failure> {
    let next = calls::get_integer(system::COUNTER, KEY)?;
    Ok(next.and_then(|next| u32::try_from(next).ok()).unwrap_or(0))
}
