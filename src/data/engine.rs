//! Works off a query: walks the rows that its plan comes to, and keeps what is asked for.
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

use crate::budget::{self, cost};
use crate::data::filter;
use crate::data::group::{Groups, SortKey};
use crate::data::memory::{self, NoMemory};
use crate::data::plan::{self, Choice, Definition, Plan};
use crate::data::program::{By, Parts, Program, Section, flag};
use crate::data::row::Row;
use crate::data::sort::Best;
use crate::data::source::{self, Source};
use crate::data::stop::{Look, Stop};
use crate::permissions::guards;

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
    /// The plan: how many indexes it walks through, and the numbers of these.
    pub indexes: u8,
    /// See `indexes`.
    pub index: [u8; 2],
    /// Where the order comes from: 0 from the keys of the rows, 1 from sorting, 2 from the index.
    pub order: u8,
    /// Why each index is not used (`plan::Reason`).
    pub reasons: [u8; plan::MOST],
    unused: [u8; 4],
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

    /// All of it.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The entry at a place, and the place of the next one. The first is at 0.
    pub fn entry(&self, place: usize) -> Option<(&'a [u8], usize)> {
        let all = self.bytes.get(HEAD_BYTES..self.head.end as usize)?;
        let (length, rest) = all.get(place..)?.split_first_chunk()?;
        let entry = rest.get(..u32::from_le_bytes(*length) as usize)?;
        Some((entry, place + 4 + entry.len()))
    }

    /// The last entry.
    pub fn last(&self) -> Option<&'a [u8]> {
        let (mut last, mut place) = (None, 0);
        while let Some((entry, next)) = self.entry(place) {
            (last, place) = (Some(entry), next);
        }
        last
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
    look: &'q mut Look<'a>,
    keep: Keep,
    head: Answer,
    answer: Vec<u8>,
    /// Sort key and row key of the row that is looked at, or of the last one that was taken.
    keys: Vec<u8>,
    sort: usize,
}

/// The answer to a query of a table that has these indexes.
pub fn run<'a>(query: &Query<'a>, definitions: &[Definition<'_>], look: &mut Look<'a>) -> Result<Vec<u8>, Stop> {
    let program = &query.program;
    let choice = if definitions.is_empty() { Choice::SCAN } else { plan::choose(program, query.after, definitions)? };
    let keep = if program.has(flag::ONLY_COUNT) {
        Keep::Count
    } else if program.has(flag::GROUPS) {
        Keep::Groups(Groups::new(query.table))
    } else if program.section(Section::Order).is_empty() && (choice.is_by_key() || program.has(flag::ANY_ROW)) {
        Keep::Keys
    } else {
        Keep::Sorted(Best::new(
            usize::try_from(query.offset).unwrap_or(usize::MAX).saturating_add(query.limit as usize),
        ))
    };
    let mut answer = Vec::new();
    memory::extend(&mut answer, HEAD_BYTES)?;
    let mut head = Answer::default();
    match &choice.plan {
        Plan::Scan => {}
        Plan::Range(walk) => (head.indexes, head.index) = (1, [walk.index as u8; 2]),
        Plan::Both(one, other) => (head.indexes, head.index) = (2, [one.index as u8, other.index as u8]),
    }
    head.order = match &keep {
        Keep::Sorted(_) if choice.is_in_order => 2,
        Keep::Sorted(_) | Keep::Groups(_) => 1,
        Keep::Count | Keep::Keys => 0,
    };
    head.reasons = choice.reasons.map(|reason| reason as u8);
    let mut job = Job { query, look, keep, head, answer, keys: Vec::new(), sort: 0 };
    job.walk(&choice, definitions)?;
    job.finish()?;
    Ok(job.answer)
}

impl<'a> Job<'_, 'a> {
    /// Walks the rows that the plan comes to.
    fn walk(&mut self, choice: &Choice, definitions: &[Definition<'_>]) -> Result<(), Stop> {
        let after = match (&self.keep, self.query.after) {
            (Keep::Keys, Some((keys, sort))) => keys.get(sort..).unwrap_or_default(),
            _ => &[],
        };
        // What an index says of rows is seen by everyone.
        let counts_entries = choice.is_exact && matches!(self.keep, Keep::Count) && !guards::is_active();
        let mut second = source::second_page(&choice.plan)?;
        let mut source = Source::open(self.query.table, after, &choice.plan, definitions, &mut second, self.look)?;
        while let Some(key) = source.next(self.look)? {
            if budget::is_exhausted() {
                return Err(Stop::Budget);
            }
            if counts_entries {
                budget::spend(cost::ROW);
                self.head.matched += 1;
            } else if !self.look(key, choice.is_in_order)? {
                break;
            }
        }
        Ok(())
    }

    /// Looks at a row; whether to go on.
    #[inline]
    fn look(&mut self, key: &[u8], is_in_order: bool) -> Result<bool, Stop> {
        budget::spend(cost::ROW);
        self.head.examined += 1;
        let nodes = self.query.program.section(Section::Where);
        let row = self.look.row(self.query.table, key)?;
        if !row.exists() || !filter::matches(nodes, &row, self.look)? {
            return Ok(true);
        }
        self.take(key, &row, is_in_order)
    }

    /// Takes a row that matches; whether to go on.
    fn take(&mut self, key: &[u8], row: &Row<'_>, is_in_order: bool) -> Result<bool, Stop> {
        let program = &self.query.program;
        match &mut self.keep {
            Keep::Count => self.head.matched += 1,
            Keep::Groups(groups) => {
                self.head.matched += 1;
                groups.add(program, row, self.look)?;
            }
            Keep::Sorted(best) => {
                self.keys.clear();
                let mut orders = Parts(program.section(Section::Order));
                let mut fields = SortKey::default();
                while let Some((descends, by)) = orders.order() {
                    let By::Path(path) = by else { continue };
                    let value = self.look.field(row, path)?;
                    fields.add(value.item().as_ref(), descends, &mut self.keys)?;
                }
                let sort = self.keys.len() as u32;
                memory::append(&mut self.keys, key)?;
                if self.query.after.is_some_and(|(after, _)| self.keys.as_slice() <= after) {
                    return Ok(true);
                }
                self.head.matched += 1;
                let is_beyond = is_in_order && best.is_behind_all(self.keys.get(..sort as usize).unwrap_or_default());
                if best.offer(&self.keys, sort)? {
                    self.head.has_more = 1;
                }
                return Ok(!is_beyond);
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

    fn finish(&mut self) -> Result<(), Stop> {
        let program = &self.query.program;
        let offset = usize::try_from(self.query.offset).unwrap_or(usize::MAX);
        match &mut self.keep {
            Keep::Count | Keep::Keys => {}
            Keep::Sorted(best) => {
                let entries = best.sort();
                for entry in entries.iter().skip(offset) {
                    self.head.entries += 1;
                    append_entry(&mut self.answer, entry.bytes.get(entry.note as usize..).unwrap_or_default())?;
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
        Ok(())
    }
}

fn append_entry(answer: &mut Vec<u8>, bytes: &[u8]) -> Result<(), NoMemory> {
    memory::append(answer, &(bytes.len() as u32).to_le_bytes())?;
    memory::append(answer, bytes)
}
