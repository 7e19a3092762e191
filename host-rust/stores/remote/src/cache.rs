//! Rows in memory: what a unit has read and changed, and what is known to be still so in the next one.
//!
//! Invariant: a row's `reaches_next` says that the server has no key between it and the next row here; `reaches_first`, that it
//! has none before the first. A row that is in `changed` has its value from this unit.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::server::{Row as Fetched, Writes};

/// What a row takes beside its bytes.
const ROW_BYTES: usize = 96;

/// The rows of all tables.
#[derive(Debug, Default)]
pub struct Cache {
    tables: BTreeMap<u32, Rows>,
    /// Tables that the unit changed.
    touched: BTreeSet<u32>,
    /// About the bytes of all rows.
    bytes: usize,
}

/// The rows of one table.
#[derive(Debug, Default)]
pub struct Rows {
    rows: BTreeMap<Vec<u8>, Row>,
    reaches_first: bool,
    /// Number of keys, if it is known.
    size: Option<u64>,
    /// The unit removed every key of the server.
    is_cleared: bool,
    /// Keys that the unit changed, with whether the server has them, if that is known.
    changed: BTreeMap<Vec<u8>, Option<bool>>,
}

#[derive(Debug)]
struct Row {
    content: Content,
    reaches_next: bool,
}

/// What is known of a key.
#[derive(Debug)]
enum Content {
    /// Nothing: it only bounds what is known.
    Unknown,
    Absent,
    /// It is there; the value was too large to be sent unasked.
    Unread,
    Value(Vec<u8>),
}

/// How a walk over keys ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Walk {
    /// The visitor had enough.
    Stopped,
    /// There are no more keys.
    End,
    /// Nothing is known of the keys after this one.
    Unknown(Option<Vec<u8>>),
}

/// Whether a key is there, and its value.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    Unknown,
    Absent,
    Value(&'a [u8]),
}

impl Rows {
    /// Whether nothing is unknown just after this key.
    fn reaches_after(&self, key: Option<&[u8]>) -> bool {
        let Some(key) = key else { return self.reaches_first };
        let before = self.rows.range::<[u8], _>((Bound::Unbounded, Bound::Included(key))).next_back();
        before.map_or(self.reaches_first, |(_, row)| row.reaches_next)
    }

    /// Says what is known of a key; answers what was known before.
    fn put(&mut self, key: &[u8], content: Content) -> Content {
        if let Some(row) = self.rows.get_mut(key) {
            return std::mem::replace(&mut row.content, content);
        }
        let reaches_next = self.reaches_after(Some(key));
        self.rows.insert(key.to_vec(), Row { content, reaches_next });
        if reaches_next { Content::Absent } else { Content::Unknown }
    }

    /// The unit changes a key.
    fn change(&mut self, key: &[u8], content: Content) {
        let is_there = matches!(content, Content::Value(_));
        let was_there = match self.put(key, content) {
            Content::Unknown => None,
            Content::Absent => Some(false),
            Content::Unread | Content::Value(_) => Some(true),
        };
        self.size = was_there.and_then(|was_there| Some(self.size? + u64::from(is_there) - u64::from(was_there)));
        if !self.changed.contains_key(key) {
            self.changed.insert(key.to_vec(), if self.is_cleared { Some(false) } else { was_there });
        }
    }

    fn walk(&self, after: Option<&[u8]>, descending: bool, visit: &mut dyn FnMut(&[u8]) -> bool) -> Walk {
        if descending { self.walk_down(after, visit) } else { self.walk_up(after, visit) }
    }

    fn walk_up(&self, after: Option<&[u8]>, visit: &mut dyn FnMut(&[u8]) -> bool) -> Walk {
        let (mut at, mut is_known) = (after, self.reaches_after(after));
        for (key, row) in
            self.rows.range::<[u8], _>((after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded))
        {
            if !is_known || matches!(row.content, Content::Unknown) {
                return Walk::Unknown(at.map(<[u8]>::to_vec));
            }
            if !matches!(row.content, Content::Absent) && !visit(key) {
                return Walk::Stopped;
            }
            (at, is_known) = (Some(&key[..]), row.reaches_next);
        }
        if is_known { Walk::End } else { Walk::Unknown(at.map(<[u8]>::to_vec)) }
    }

    fn walk_down(&self, before: Option<&[u8]>, visit: &mut dyn FnMut(&[u8]) -> bool) -> Walk {
        let mut at = before;
        let bound = before.map_or(Bound::Unbounded, Bound::Excluded);
        for (key, row) in self.rows.range::<[u8], _>((Bound::Unbounded, bound)).rev() {
            if !row.reaches_next || matches!(row.content, Content::Unknown) {
                return Walk::Unknown(at.map(<[u8]>::to_vec));
            }
            if !matches!(row.content, Content::Absent) && !visit(key) {
                return Walk::Stopped;
            }
            at = Some(key);
        }
        if self.reaches_first { Walk::End } else { Walk::Unknown(at.map(<[u8]>::to_vec)) }
    }

    /// Adds a page of the server, in the order in which it was asked for. What the unit changed stays.
    fn fill(&mut self, after: Option<&[u8]>, descending: bool, page: Vec<Fetched>, is_last: bool) {
        // The unit removed what the server still has, and may read it together with other tables.
        if self.is_cleared {
            return;
        }
        if let Some(after) = after
            && !self.rows.contains_key(after)
        {
            self.put(after, Content::Unknown);
        }
        let end = page.last().map(|(key, _)| key.clone());
        for (key, value) in page {
            if self.changed.contains_key(&key) {
                continue;
            }
            let is_read = self.rows.get(&key).is_some_and(|row| matches!(row.content, Content::Value(_)));
            match value {
                Some(value) => drop(self.put(&key, Content::Value(value))),
                None if is_read => {}
                None => drop(self.put(&key, Content::Unread)),
            }
        }
        // Between these two the server has no other keys.
        let end = if is_last { None } else { end };
        let (from, to) = if descending { (end.as_deref(), after) } else { (after, end.as_deref()) };
        self.reaches_first |= from.is_none();
        let bounds = (from.map_or(Bound::Unbounded, Bound::Included), to.map_or(Bound::Unbounded, Bound::Excluded));
        for (key, row) in self.rows.range_mut::<[u8], _>(bounds) {
            row.reaches_next = true;
            if matches!(row.content, Content::Unknown) && Some(&key[..]) != from {
                row.content = Content::Absent;
            }
        }
    }

    /// Keeps only what the unit changed.
    fn shrink(&mut self) {
        // Of a table that was cleared everything is known, and is from this unit.
        if self.is_cleared {
            return;
        }
        self.rows.retain(|key, _| self.changed.contains_key(key));
        self.rows.values_mut().for_each(|row| row.reaches_next = false);
        self.reaches_first = false;
    }

    /// Number of keys of a small table of which everything is known.
    fn counted(&self) -> Option<u64> {
        const SMALL: usize = 1000;
        let is_known = |row: &Row| row.reaches_next && !matches!(row.content, Content::Unknown);
        if !self.reaches_first || self.rows.len() > SMALL || !self.rows.values().all(is_known) {
            return None;
        }
        Some(self.rows.values().filter(|row| !matches!(row.content, Content::Absent)).count() as u64)
    }

    fn bytes(&self) -> usize {
        self.rows.iter().map(|(key, row)| bytes_of(key, &row.content)).sum()
    }
}

fn bytes_of(key: &[u8], content: &Content) -> usize {
    ROW_BYTES + key.len() + if let Content::Value(value) = content { value.len() } else { 0 }
}

impl Cache {
    pub fn get(&self, table: u32, key: &[u8]) -> Found<'_> {
        let Some(rows) = self.tables.get(&table) else { return Found::Unknown };
        match rows.rows.get(key).map(|row| &row.content) {
            Some(Content::Value(value)) => Found::Value(value),
            Some(Content::Absent) => Found::Absent,
            Some(Content::Unknown | Content::Unread) => Found::Unknown,
            None if rows.reaches_after(Some(key)) => Found::Absent,
            None => Found::Unknown,
        }
    }

    /// What the server has under a key.
    pub fn fill_value(&mut self, table: u32, key: &[u8], value: Option<Vec<u8>>) {
        let content = value.map_or(Content::Absent, Content::Value);
        self.bytes += bytes_of(key, &content);
        self.tables.entry(table).or_default().put(key, content);
    }

    /// A page of the server after `after`, or before it; `is_last` says that there are no more.
    pub fn fill(&mut self, table: u32, after: Option<&[u8]>, descending: bool, page: Vec<Fetched>, is_last: bool) {
        let bytes = |(key, value): &Fetched| ROW_BYTES + key.len() + value.as_ref().map_or(0, Vec::len);
        self.bytes += page.iter().map(bytes).sum::<usize>();
        self.tables.entry(table).or_default().fill(after, descending, page, is_last);
    }

    pub fn walk(
        &self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Walk {
        match self.tables.get(&table) {
            Some(rows) => rows.walk(after, descending, visit),
            None => Walk::Unknown(after.map(<[u8]>::to_vec)),
        }
    }

    /// Whether anything is known of a table.
    pub fn knows(&self, table: u32) -> bool {
        self.tables.contains_key(&table)
    }

    /// Number of keys, if it is known.
    pub fn size(&self, table: u32) -> Option<u64> {
        let rows = self.tables.get(&table)?;
        rows.size.or_else(|| rows.counted())
    }

    /// Keys that the unit changed without knowing whether the server has them.
    pub fn blind(&self, table: u32) -> Vec<Vec<u8>> {
        let changed = self.tables.get(&table).into_iter().flat_map(|rows| &rows.changed);
        changed.filter(|(_, was_there)| was_there.is_none()).map(|(key, _)| key.clone()).collect()
    }

    /// Whether the server has a key that the unit changed.
    pub fn fill_before(&mut self, table: u32, key: &[u8], is_there: bool) {
        if let Some(before) = self.tables.get_mut(&table).and_then(|rows| rows.changed.get_mut(key)) {
            *before = Some(is_there);
        }
    }

    /// The server's number of keys, of a table of which the unit has changed nothing blindly.
    pub fn fill_size(&mut self, table: u32, size: u64) -> u64 {
        let rows = self.tables.entry(table).or_default();
        let is_there = |key| matches!(rows.rows.get(key).map(|row| &row.content), Some(Content::Value(_)));
        let added =
            rows.changed.iter().filter(|(key, before)| **before == Some(false) && is_there(*key)).count() as u64;
        let removed =
            rows.changed.iter().filter(|(key, before)| **before == Some(true) && !is_there(*key)).count() as u64;
        *rows.size.insert((size + added).saturating_sub(removed))
    }

    pub fn set(&mut self, table: u32, key: &[u8], value: &[u8]) {
        self.change(table, key, Content::Value(value.to_vec()));
    }

    pub fn delete(&mut self, table: u32, key: &[u8]) {
        self.change(table, key, Content::Absent);
    }

    fn change(&mut self, table: u32, key: &[u8], content: Content) {
        self.bytes += bytes_of(key, &content);
        self.touched.insert(table);
        self.tables.entry(table).or_default().change(key, content);
    }

    pub fn clear(&mut self, table: u32) {
        self.touched.insert(table);
        let empty = Rows { reaches_first: true, size: Some(0), is_cleared: true, ..Rows::default() };
        self.tables.insert(table, empty);
    }

    /// Tables that the unit changed.
    pub fn touched(&self) -> impl Iterator<Item = u32> {
        self.touched.iter().copied()
    }

    /// What the unit changed.
    pub fn writes(&self) -> Writes<'_> {
        let mut writes = Writes::default();
        for table in &self.touched {
            let Some(rows) = self.tables.get(table) else { continue };
            if rows.is_cleared {
                writes.cleared.push(*table);
            }
            for key in rows.changed.keys() {
                match rows.rows.get(key).map(|row| &row.content) {
                    Some(Content::Value(value)) => writes.set.push((*table, key, value)),
                    _ if rows.is_cleared => {}
                    _ => writes.deleted.push((*table, key)),
                }
            }
        }
        writes
    }

    /// The server has what the unit changed.
    pub fn keep(&mut self) {
        for table in std::mem::take(&mut self.touched) {
            if let Some(rows) = self.tables.get_mut(&table) {
                rows.changed.clear();
                rows.is_cleared = false;
            }
        }
    }

    /// The server does not get what the unit changed.
    pub fn undo(&mut self) {
        for table in std::mem::take(&mut self.touched) {
            self.tables.remove(&table);
        }
    }

    /// Makes room, if there are more than so many bytes: keeps what the unit changed.
    pub fn shrink_to(&mut self, most: usize) {
        if self.bytes <= most {
            return;
        }
        self.tables.retain(|table, _| self.touched.contains(table));
        self.tables.values_mut().for_each(Rows::shrink);
        self.bytes = self.tables.values().map(Rows::bytes).sum();
    }

    /// Nothing is known any more.
    pub fn forget(&mut self) {
        *self = Cache::default();
    }
}

#[cfg(test)]
mod tests;
