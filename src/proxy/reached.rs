//! Functions to which calls came by their ways, remembered, so that the next call reads no row.
//!
//! Invariant: a way is remembered while nothing that it leads through can have changed: this instance changed no row, heard of no
//! change of others and called no function of the host since, and the global `_home` is the table that it was. No table that inherits
//! is on it. What the host permits was not looked at, so nothing is remembered, and nothing found, while tables are guarded.
#![forbid(unsafe_code)]

use cu_abi::tables;

use crate::budget;
use crate::closure::restore;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::vm::instance::{INSTANCE, REACHED, REACHED_BYTES, Reached};

/// With what ways begin that are remembered.
const HOME: &[u8] = b"_home.";

/// Where less is left of the budget, or of a part of it, the way is read, which sees where it ends. Reading charges some of its work before,
/// and gives it back.
const RESERVE: i64 = 1024;

/// The global.
const HOME_NAME: &[u8] = b"_home";

/// Pushes the function to which the way led, if it is remembered and lives; needs a slot, and raises nothing. It counts what reading the
/// way counts: the budget of a call does not depend on what came before.
pub fn push(lua: Stack<'_>, way: &[u8]) -> bool {
    let Some(reached) = slot(way) else { return false };
    let is_there = reached.changes.get() == changes()
        && is_of(reached, way)
        && i64::from(reached.cost.get()) + RESERVE <= budget::left_of_part()
        && !guards::is_active()
        && lua.global_id(HOME_NAME) == reached.home.get()
        && restore::push_live(lua, reached.function.get());
    if is_there {
        budget::spend(reached.cost.get() as usize);
    }
    is_there
}

/// What is looked at while a way is read, which may be remembered.
pub struct Reading {
    /// The table that was `_home`, 0 before that is read, and for a way that is not remembered.
    home: u32,
    changes: u64,
    made: u64,
    /// Of the budget.
    left: i64,
}

impl Reading {
    /// Nothing was read yet.
    pub fn begin() -> Reading {
        Reading { home: 0, changes: changes(), made: INSTANCE.seen.made.get(), left: budget::left() }
    }

    /// A step is read from the table on top; `passed` is the length of the steps before, of which there is one.
    pub fn step(&mut self, lua: Stack<'_>, way: &[u8], passed: usize) {
        let table = lua.external_id(-1);
        if passed + 1 == HOME.len() && place(way).is_some() && !guards::is_active() {
            self.home = table;
        }
        // The host changes `_io` as it likes.
        if matches!(table, 0 | tables::IO) {
            self.home = 0;
        }
        // What is inherited may come from a function or a plain table, and then from no row.
        if self.home != 0 && lua.push_metafield(-1, c"__index") != Kind::Nil {
            lua.pop(1);
            self.home = 0;
        }
    }

    /// The way led to the function on top.
    pub fn end(self, lua: Stack<'_>, way: &[u8]) {
        let function = INSTANCE.known.id_of(lua, -1);
        let is_unchanged = self.changes == changes() && self.made == INSTANCE.seen.made.get();
        let is_remembered = self.home != 0 && function != 0 && is_unchanged;
        let Some(reached) = place(way).filter(|_| is_remembered) else { return };
        for (kept, word) in reached.way.iter().zip(words(way)) {
            kept.set(word);
        }
        reached.end.set(end(way));
        reached.length.set(way.len() as u8);
        reached.home.set(self.home);
        reached.function.set(function);
        reached.changes.set(self.changes);
        reached.cost.set((self.left - budget::left()) as u32);
    }
}

fn changes() -> u64 {
    INSTANCE.seen.changes.get()
}

fn is_of(reached: &Reached, way: &[u8]) -> bool {
    usize::from(reached.length.get()) == way.len()
        && reached.end.get() == end(way)
        && reached.way.iter().zip(words(way)).all(|(kept, word)| kept.get() == word)
}

/// The bytes of a way, eight at a time; what is left of them is a part of its end.
fn words(way: &[u8]) -> impl Iterator<Item = u64> {
    way.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word))
}

/// Its last eight bytes, or the first and the last four of a shorter one; none that is remembered is shorter than those.
fn end(way: &[u8]) -> u64 {
    let word = |bytes: Option<&[u8; 4]>| u64::from(u32::from_le_bytes(bytes.copied().unwrap_or_default()));
    match way.last_chunk() {
        Some(last) => u64::from_le_bytes(*last),
        None => word(way.first_chunk()) | word(way.last_chunk()) << u32::BITS,
    }
}

/// Where a way is remembered; none for one that is not.
fn place(way: &[u8]) -> Option<&'static Reached> {
    if way.starts_with(HOME) { slot(way) } else { None }
}

/// The same, if the way is remembered at all.
#[inline]
fn slot(way: &[u8]) -> Option<&'static Reached> {
    if way.len() > REACHED_BYTES {
        return None;
    }
    let (middle, last) = (way.get(way.len() / 2)?, way.last()?);
    INSTANCE.reached.get((way.len() + usize::from(*middle) + 3 * usize::from(*last)) % REACHED)
}
