//! Works off a query: walks the rows, and keeps what is asked for.
//!
//! Invariant: no Lua runs meanwhile and no row changes. The answer is plain bytes, with keys for rows, so that whatever happens
//! while rows are handed out, a row is read when its turn comes. Memory is bounded by the answer, and refused in time.
//!
//! ```text
//! answer     Answer, entries, and where it goes on: sort key, row key
//! entry      u32 length, a row's key, or a group as an encoded table
//! ```

use alloc::vec::Vec;

use bytemuck::{Pod, Zeroable};

use crate::budget;
use crate::data::filter::{self, Bad};
use crate::data::group::{self, Groups};
use crate::data::lookup::{self, Way};
use crate::data::memory::{self, NoMemory};
use crate::data::path::Path;
use crate::data::program::{By, Parts, Program, Section, flag};
use crate::data::row::{Eyes, Row};
use crate::data::sort::Best;
use crate::data::stop::Stop;
use crate::permissions::guards;
use crate::store::{self, Failure};

/// What a row counts, beside what is read of it.
const ROW_COST: usize = 8;

/// A query of a table.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    /// The table.
    pub table: u32,
    /// What is asked for.
    pub program: Program<'a>,
    /// Rows that are left out at the beginning.
    pub offset: u64,
    /// The most rows.
    pub limit: u32,
    /// Behind which sort key and row key it goes on, and how long the sort key is.
    pub after: Option<(&'a [u8], usize)>,
}

impl<'a> Query<'a> {
    /// As its program says. What goes on behind a row has left out its first rows before.
    pub fn new(table: u32, program: Program<'a>) -> Query<'a> {
        let after = program.after();
        let offset = if after.is_some() { 0 } else { program.head.offset };
        Query { table, program, offset, limit: program.head.limit, after }
    }
}

/// The head of an answer.
#[derive(Clone, Copy, Default, Pod, Zeroable)]
#[repr(C)]
pub struct Answer {
    /// Rows that match, as far as they were looked for.
    pub matched: u64,
    /// Rows that were looked at.
    pub examined: u64,
    /// How many entries there are.
    pub entries: u32,
    /// Where their bytes end.
    pub end: u32,
    /// How many bytes behind them are a sort key.
    pub sort: u32,
    /// Whether there are more rows: then sort key and row key of the last one lie behind the entries.
    pub has_more: u32,
}

const HEAD_BYTES: usize = size_of::<Answer>();

/// An answer where it lies.
#[derive(Clone, Copy)]
pub struct Answered<'a> {
    /// Its head.
    pub head: Answer,
    bytes: &'a [u8],
}

impl<'a> Answered<'a> {
    /// Looks at one.
    pub fn new(bytes: &'a [u8]) -> Answered<'a> {
        let head = bytes.get(..HEAD_BYTES).map_or(Answer::zeroed(), bytemuck::pod_read_unaligned);
        Answered { head, bytes }
    }

    /// The entry at a place, and the place of the next one. The first is at 0.
    pub fn entry(&self, place: usize) -> Option<(&'a [u8], usize)> {
        let all = self.bytes.get(HEAD_BYTES..self.head.end as usize)?;
        let (length, rest) = all.get(place..)?.split_first_chunk()?;
        let entry = rest.get(..u32::from_le_bytes(*length) as usize)?;
        Some((entry, place + 4 + entry.len()))
    }

    /// Behind which sort key and row key there are more rows, and how long the sort key is.
    pub fn rest(&self) -> Option<(&'a [u8], usize)> {
        let keys = self.bytes.get(self.head.end as usize..).filter(|_| self.head.has_more != 0)?;
        Some((keys, self.head.sort as usize))
    }
}

/// What becomes of rows that match.
enum Keep {
    /// They are counted.
    Count,
    /// Their keys, in the order in which they come.
    Keys,
    /// The keys of the first ones in another order.
    Sorted(Best),
    /// They are put together.
    Groups(Groups),
}

struct Job<'q, 'a> {
    query: &'q Query<'a>,
    eyes: Eyes,
    keep: Keep,
    /// What comes after a row that is not kept is not kept either, unless it is equal in the order.
    stops_early: bool,
    head: Answer,
    answer: Vec<u8>,
    /// Sort key and row key of the row that is looked at, or of the last one that was taken.
    keys: Vec<u8>,
    sort: usize,
}

/// The answer to a query.
pub fn run<'a>(query: &Query<'a>) -> Result<Vec<u8>, Stop<'a>> {
    let program = &query.program;
    let chosen = lookup::choose(query.table, program, query.after)?;
    // The rows of a range come in the order of their values.
    let is_by_key = chosen.way.as_ref().is_none_or(|way| way.is_point) || program.has(flag::ANY_ROW);
    let keep = if program.has(flag::ONLY_COUNT) {
        Keep::Count
    } else if program.has(flag::GROUPS) {
        Keep::Groups(Groups::new(query.table))
    } else if program.section(Section::Order).is_empty() && is_by_key {
        Keep::Keys
    } else {
        Keep::Sorted(Best::new(
            usize::try_from(query.offset).unwrap_or(usize::MAX).saturating_add(query.limit as usize),
        ))
    };
    let mut answer = Vec::new();
    memory::extend(&mut answer, HEAD_BYTES)?;
    let head = Answer::default();
    let stops_early = chosen.is_in_order;
    let mut job = Job { query, eyes: Eyes::Script, keep, stops_early, head, answer, keys: Vec::new(), sort: 0 };
    match &chosen.way {
        Some(way) => job.range(way, chosen.other.as_ref(), chosen.is_exact)?,
        None => job.scan()?,
    }
    job.finish()
}

impl<'a> Job<'_, 'a> {
    /// Walks all rows in the order of their keys.
    fn scan(&mut self) -> Result<(), Stop<'a>> {
        let after = match (&self.keep, self.query.after) {
            (Keep::Keys, Some((keys, sort))) => keys.get(sort..).unwrap_or_default(),
            _ => &[],
        };
        // SAFETY: a script is running, so no collection of the store has the page (`table/reclaim.rs`); no Lua runs until the
        // walk is over, so nothing else of a script has it.
        let page = unsafe { store::spare_page() };
        let mut is_there = page.seek(self.query.table, after).map_err(Stop::Keys)?;
        while is_there && let Some(key) = page.current() {
            if budget::is_exhausted() {
                return Err(Stop::Budget);
            }
            if !self.look(key)? {
                break;
            }
            is_there = page.step().map_err(Stop::Keys)?;
        }
        Ok(())
    }

    /// Walks a range of an index. Of `other` all rows are wanted to be in its point, too.
    fn range(&mut self, way: &Way, other: Option<&Way>, is_exact: bool) -> Result<(), Stop<'a>> {
        let counts_only = is_exact && matches!(self.keep, Keep::Count) && !guards::is_active();
        let other = other.filter(|other| !other.is_multi);
        let mut low = memory::copied(&way.low)?;
        if let (Keep::Keys, Some((keys, sort))) = (&self.keep, self.query.after) {
            memory::append(&mut low, keys.get(sort..).unwrap_or_default())?;
            if way.is_multi {
                // Behind all entries of that row.
                memory::append(&mut low, &[u8::MAX])?;
            }
        }
        // SAFETY: as in `scan`.
        let page = unsafe { store::spare_page() };
        let mut is_there = if way.descends { page.seek_before(way.store, &way.high) } else { page.seek(way.store, &low) }
            .map_err(Stop::Keys)?;
        let (mut last, mut probe) = (Vec::new(), Vec::new());
        while is_there && let Some(entry) = page.current() {
            if budget::is_exhausted() {
                return Err(Stop::Budget);
            }
            if if way.descends { entry < low.as_slice() } else { entry >= way.high.as_slice() } {
                break;
            }
            budget::spend(ROW_COST);
            let key = way.row_key(entry).ok_or(Stop::Keys(Failure::damaged(way.store)))?;
            let mut is_wanted = true;
            if way.is_multi {
                // Its elements stand one after the other.
                is_wanted = last.as_slice() != key;
                last.clear();
                memory::append(&mut last, key)?;
            }
            if let Some(other) = other {
                probe.clear();
                memory::append(&mut probe, &other.low)?;
                memory::append(&mut probe, key)?;
                is_wanted &= store::get(other.store, &probe).map_err(Stop::Keys)? != store::Fetched::Absent;
            }
            if is_wanted && counts_only {
                self.head.matched += 1;
            } else if is_wanted && !self.look(key)? {
                break;
            }
            is_there = page.step().map_err(Stop::Keys)?;
        }
        Ok(())
    }

    /// Looks at a row; whether to go on.
    #[inline]
    fn look(&mut self, key: &[u8]) -> Result<bool, Stop<'a>> {
        budget::spend(ROW_COST);
        self.head.examined += 1;
        let nodes = self.query.program.section(Section::Where);
        let row = Row::read(self.query.table, key, None, self.eyes).map_err(|broken| Bad::new(broken, Path::ITSELF))?;
        if !row.exists() || !filter::matches(nodes, &row, self.eyes)? {
            return Ok(true);
        }
        self.take(key, &row)
    }

    /// Takes a row that matches; whether to go on.
    fn take(&mut self, key: &[u8], row: &Row<'_>) -> Result<bool, Stop<'a>> {
        let program = &self.query.program;
        match &mut self.keep {
            Keep::Count => self.head.matched += 1,
            Keep::Groups(groups) => {
                self.head.matched += 1;
                groups.add(program, row, self.eyes)?;
            }
            Keep::Sorted(best) => {
                self.keys.clear();
                let mut orders = Parts(program.section(Section::Order));
                while let Some((descends, by)) = orders.order() {
                    let By::Path(path) = by else { continue };
                    let start = self.keys.len();
                    let value = row.field(path, None, self.eyes).map_err(|broken| Bad::new(broken, path))?;
                    group::append_component(value.item().as_ref(), &mut self.keys)?;
                    if descends {
                        group::flip(&mut self.keys, start);
                    }
                }
                let sort = self.keys.len() as u32;
                memory::append(&mut self.keys, key)?;
                if self.query.after.is_some_and(|(after, _)| self.keys.as_slice() <= after) {
                    return Ok(true);
                }
                self.head.matched += 1;
                if best.offer(&self.keys, sort)? {
                    self.head.has_more = 1;
                    return Ok(!self.stops_early || !best.is_beyond(self.keys.get(..sort as usize).unwrap_or_default()));
                }
            }
            Keep::Keys => {
                self.head.matched += 1;
                if self.head.matched <= self.query.offset {
                    return Ok(true);
                }
                if self.head.entries == self.query.limit {
                    self.head.has_more = 1;
                    return Ok(false);
                }
                self.keys.clear();
                memory::append(&mut self.keys, key)?;
                self.entry(key)?;
                return Ok(self.head.entries < self.query.limit || !program.has(flag::NO_CURSOR));
            }
        }
        Ok(true)
    }

    fn entry(&mut self, bytes: &[u8]) -> Result<(), NoMemory> {
        self.head.entries += 1;
        append_entry(&mut self.answer, bytes)
    }

    fn finish(mut self) -> Result<Vec<u8>, Stop<'a>> {
        let program = &self.query.program;
        let offset = usize::try_from(self.query.offset).unwrap_or(usize::MAX);
        match core::mem::replace(&mut self.keep, Keep::Count) {
            Keep::Count | Keep::Keys => {}
            Keep::Sorted(best) => {
                let entries = best.sorted();
                for entry in entries.iter().skip(offset) {
                    self.entry(entry.bytes.get(entry.note as usize..).unwrap_or_default())?;
                }
                if let Some(last) = entries.last() {
                    self.keys.clear();
                    memory::append(&mut self.keys, &last.bytes)?;
                    self.sort = last.note as usize;
                }
            }
            Keep::Groups(groups) => {
                let (answer, head) = (&mut self.answer, &mut self.head);
                groups.finish(program, offset, self.query.limit as usize, &mut |table| {
                    head.entries += 1;
                    append_entry(answer, table)
                })?;
            }
        }
        if budget::is_exhausted() {
            return Err(Stop::Budget);
        }
        self.head.end = self.answer.len() as u32;
        if program.has(flag::NO_CURSOR) || self.keys.is_empty() {
            self.head.has_more = 0;
        }
        if self.head.has_more != 0 {
            self.head.sort = self.sort as u32;
            memory::append(&mut self.answer, &self.keys)?;
        }
        if let Some(place) = self.answer.get_mut(..HEAD_BYTES) {
            place.copy_from_slice(bytemuck::bytes_of(&self.head));
        }
        Ok(self.answer)
    }
}

fn append_entry(answer: &mut Vec<u8>, bytes: &[u8]) -> Result<(), NoMemory> {
    memory::append(answer, &(bytes.len() as u32).to_le_bytes())?;
    memory::append(answer, bytes)
}
