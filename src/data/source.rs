//! The keys of the rows that a plan comes to.
//!
//! Invariant: an entry of an index is trusted to lead to a row, not to say what is in it. A row's key in it is used where it lies
//! in a page, before the next step.

use alloc::vec::Vec;

use crate::data::index::definition::Kind;
use crate::data::index::entries;
use crate::data::plan::{Definition, Plan, Walk};
use crate::data::program::Parts;
use crate::data::stop::{Look, Stop};
use crate::memory::{self, NoMemory};
use crate::store::page::Page;
use crate::store::{self, Failure};

/// A walk through a range of an index.
struct Entries<'p> {
    page: &'p mut Page,
    walk: &'p Walk,
    table: u32,
    /// How many components are in front of the row's key, or a hash of them.
    fields: usize,
    kind: Kind,
    /// A row may have several, one after the other.
    is_multi: bool,
    is_there: bool,
}

/// Where keys come from.
enum Way<'p> {
    Rows(&'p mut Page, bool),
    Range(Entries<'p>),
    Both(Entries<'p>, Entries<'p>),
}

/// The keys of rows.
pub struct Source<'p> {
    table: u32,
    way: Way<'p>,
    is_begun: bool,
}

/// Room for the second page of a plan.
pub fn second_page(plan: &Plan) -> Result<Vec<Page>, NoMemory> {
    let mut room = Vec::new();
    if let Plan::Both(..) = plan {
        room.try_reserve_exact(1).map_err(|_| NoMemory)?;
        room.push(Page::FREE);
    }
    Ok(room)
}

impl<'p> Source<'p> {
    /// Begins. Of all rows it is those behind the key `after`.
    pub fn open(
        table: u32,
        after: &[u8],
        plan: &'p Plan,
        definitions: &[Definition<'_>],
        second: &'p mut [Page],
        look: &mut Look<'_>,
    ) -> Result<Source<'p>, Stop> {
        // SAFETY: a script is running, so no collection of the store has the page (`table/reclaim.rs`); no Lua runs until the
        // query is worked off, so nothing else of a script has it.
        let page = unsafe { store::spare_page() };
        let way = match (plan, second) {
            (Plan::Range(walk), _) => Way::Range(Entries::open(page, walk, definitions, look)?),
            (Plan::Both(one, other), [second]) => Way::Both(
                Entries::open(page, one, definitions, look)?,
                Entries::open(second, other, definitions, look)?,
            ),
            _ => {
                let is_there = page.seek(table, after).map_err(|failure| look.note_keys(failure))?;
                Way::Rows(page, is_there)
            }
        };
        Ok(Source { table, way, is_begun: false })
    }

    /// The key of the next row, none at the end.
    #[inline]
    pub fn next(&mut self, look: &mut Look<'_>) -> Result<Option<&[u8]>, Stop> {
        let is_first = !core::mem::replace(&mut self.is_begun, true);
        match &mut self.way {
            Way::Rows(page, is_there) => {
                if !is_first {
                    *is_there = page.step().map_err(|failure| look.note_keys(failure))?;
                }
                Ok(if *is_there { page.current() } else { None })
            }
            Way::Range(entries) => {
                if !is_first {
                    entries.step(look)?;
                }
                entries.row(look)
            }
            Way::Both(one, other) => {
                if !is_first {
                    one.step(look)?;
                }
                common(one, other, look)
            }
        }
    }

    /// The table of the rows.
    pub fn table(&self) -> u32 {
        self.table
    }
}

/// The next key that both have, from where they are on.
fn common<'e>(
    one: &'e mut Entries<'_>,
    other: &mut Entries<'_>,
    look: &mut Look<'_>,
) -> Result<Option<&'e [u8]>, Stop> {
    loop {
        let (Some(key), Some(wanted)) = (one.row(look)?, other.row(look)?) else { return Ok(None) };
        match key.cmp(wanted) {
            core::cmp::Ordering::Equal => return one.row(look),
            core::cmp::Ordering::Less => one.catch_up(wanted, look)?,
            core::cmp::Ordering::Greater => other.catch_up(key, look)?,
        }
        if crate::budget::is_exhausted() {
            return Err(Stop::Budget);
        }
    }
}

impl<'p> Entries<'p> {
    fn open(
        page: &'p mut Page,
        walk: &'p Walk,
        definitions: &[Definition<'_>],
        look: &mut Look<'_>,
    ) -> Result<Entries<'p>, Stop> {
        let (mut fields, mut table, mut kind, mut is_multi) = (0, 0, Kind::Ordered, false);
        if let Some(definition) = definitions.get(walk.index) {
            (table, is_multi) = (definition.table, definition.is_multi);
            kind = if definition.is_ordered { Kind::Ordered } else { Kind::Hash };
            let mut paths = Parts(definition.paths);
            while paths.short().is_some() {
                fields += 1;
            }
        }
        // Every key is longer than a bound that it begins with, so none is equal to one.
        let found = if walk.descends { page.seek_back(table, &walk.high) } else { page.seek(table, &walk.low) };
        let is_there = found.map_err(|failure| look.note_keys(failure))?;
        Ok(Entries { page, walk, table, fields, kind, is_multi, is_there })
    }

    /// Goes to the entry of the next row.
    fn step(&mut self, look: &mut Look<'_>) -> Result<(), Stop> {
        let last = match self.row(look)? {
            Some(key) if self.is_multi => memory::copied(key)?,
            _ => Vec::new(),
        };
        loop {
            self.is_there = self.is_there && self.page.step().map_err(|failure| look.note_keys(failure))?;
            if !self.is_multi || self.row(look)? != Some(&last) {
                return Ok(());
            }
        }
    }

    /// Goes to the first entry whose row is not before that key.
    fn catch_up(&mut self, key: &[u8], look: &mut Look<'_>) -> Result<(), Stop> {
        // Most often it is near.
        while self.page.step_inside().map_err(|failure| look.note_keys(failure))? {
            if self.row(look)?.is_none_or(|row| row >= key) {
                return Ok(());
            }
            crate::budget::spend(1);
        }
        let mut bound = Vec::new();
        let prefix = self.walk.high.get(..self.walk.high.len() - 1).unwrap_or_default();
        memory::append(&mut bound, prefix)?;
        memory::append(&mut bound, key)?;
        // The key itself, too: one byte less is before it and behind every other key that is before it, or one of these.
        bound.pop();
        self.is_there = self.page.seek(self.table, &bound).map_err(|failure| look.note_keys(failure))?;
        while self.row(look)?.is_some_and(|row| row < key) {
            self.step(look)?;
        }
        Ok(())
    }

    /// The key of the row of the entry, none at the end of the range.
    fn row(&self, look: &mut Look<'_>) -> Result<Option<&[u8]>, Stop> {
        let Some(entry) = self.page.current().filter(|_| self.is_there) else { return Ok(None) };
        let is_inside =
            if self.walk.descends { entry >= self.walk.low.as_slice() } else { entry < self.walk.high.as_slice() };
        if !is_inside {
            return Ok(None);
        }
        let key = entries::split(self.kind, self.fields, entry).and_then(|(_, behind)| entries::row_key_in(behind));
        key.map(Some).ok_or_else(|| look.note_keys(Failure::damaged(self.table)))
    }
}
