//! An index as it was asked for.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::limits::INDEX_PATHS;
use cu_abi::value::{Item, Reader, Writer};

use crate::data::path::{Path, PathBuffer};
use crate::data::{filter, plan, scratch};
use crate::store::Failure;

/// What an index can find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    /// Rows in the order of their values, and ranges of them.
    #[default]
    Ordered,
    /// Equal values.
    Hash,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Ordered => "btree",
            Kind::Hash => "hash",
        }
    }

    /// The kind of that word.
    pub fn of(word: &[u8]) -> Option<Kind> {
        [Kind::Ordered, Kind::Hash].into_iter().find(|kind| kind.word().as_bytes() == word)
    }
}

/// A path of an index.
pub struct Field {
    /// As it was written.
    pub text: Vec<u8>,
    path: Vec<u8>,
}

impl Field {
    /// Of a path's text; `None` if that is none. The table is for a message.
    pub fn parse(table: u32, text: &[u8]) -> Result<Option<Field>, Failure> {
        let Ok(path) = PathBuffer::parse(text) else { return Ok(None) };
        let path = scratch::copy_of(table, path.path().bytes())?;
        Ok(Some(Field { text: scratch::copy_of(table, text)?, path }))
    }

    /// The path.
    pub fn path(&self) -> Path<'_> {
        Path::new(&self.path)
    }
}

/// An index.
#[derive(Default)]
pub struct Definition {
    /// Its name.
    pub name: Vec<u8>,
    /// The external table with its entries (`entries.rs`).
    pub store: u32,
    /// What it can find.
    pub kind: Kind,
    /// No two rows have the same values, but for those that miss one.
    pub is_unique: bool,
    /// It has an entry for each element of the value.
    pub is_multi: bool,
    /// It has the entries of all rows. If not, it was left half built.
    pub is_ready: bool,
    /// The paths of its values, at least one.
    pub paths: Vec<Field>,
    /// Nodes of a filter (`program.rs`) that its rows match; none for all rows.
    pub filter: Vec<u8>,
    /// The paths, each behind its length in two bytes, as the planner reads them.
    pub listed: Vec<u8>,
}

impl Definition {
    /// Reads all but its name into what is empty; false if it is none. The table is for a message.
    pub fn read(&mut self, table: u32, content: &[u8]) -> Result<bool, Failure> {
        let mut pairs = Reader::new(content);
        while !pairs.is_at_end() {
            match (pairs.item(), pairs.item()) {
                (Ok(Item::String(b"table")), Ok(Item::External(store))) => self.store = store,
                (Ok(Item::String(b"kind")), Ok(Item::String(word))) => match Kind::of(word) {
                    Some(kind) => self.kind = kind,
                    None => return Ok(false),
                },
                (Ok(Item::String(b"unique")), Ok(Item::Boolean(value))) => self.is_unique = value,
                (Ok(Item::String(b"multi")), Ok(Item::Boolean(value))) => self.is_multi = value,
                (Ok(Item::String(b"where")), Ok(Item::String(filter))) => {
                    self.filter = scratch::copy_of(table, filter)?;
                }
                (Ok(Item::String(b"ready")), Ok(Item::Boolean(value))) => self.is_ready = value,
                (Ok(Item::String(b"paths")), Ok(Item::Table(_, content))) => {
                    let mut paths = Reader::new(content);
                    while !paths.is_at_end() {
                        let (Ok(Item::Integer(_)), Ok(Item::String(text))) = (paths.item(), paths.item()) else {
                            return Ok(false);
                        };
                        let Some(path) = Field::parse(table, text)? else { return Ok(false) };
                        scratch::push(&mut self.paths, table, path)?;
                    }
                }
                _ => return Ok(false),
            }
        }
        self.list(table)?;
        Ok(self.store != 0 && (1..=INDEX_PATHS).contains(&self.paths.len()))
    }

    /// As the planner sees it; of an index of elements, whether parts of the strings that rows have are asked for.
    pub fn to_planner(&self, has_strings: bool) -> plan::Definition<'_> {
        plan::Definition {
            table: self.store,
            name: &self.name,
            paths: &self.listed,
            filter: &self.filter,
            is_ordered: self.kind == Kind::Ordered,
            is_unique: self.is_unique,
            is_multi: self.is_multi,
            has_strings,
        }
    }

    /// Hands each path that it looks at to `visit`, and whether it is one of the filter's.
    pub fn each_path(&self, visit: &mut dyn FnMut(Path<'_>, bool)) {
        for field in &self.paths {
            visit(field.path(), false);
        }
        filter::each_path(&self.filter, &mut |path| visit(path, true));
    }

    /// Whether the filter may see another row when the entry at the end of these keys, behind the row's, changes.
    pub fn filters_by(&self, below: &[&[u8]]) -> bool {
        let mut is_seen = false;
        filter::each_path(&self.filter, &mut |path| is_seen |= path.meets(below));
        is_seen
    }

    /// Lists the paths for the planner.
    pub fn list(&mut self, table: u32) -> Result<(), Failure> {
        for field in &self.paths {
            let path = field.path().bytes();
            scratch::append(&mut self.listed, table, &[&(path.len() as u16).to_le_bytes(), path])?;
        }
        Ok(())
    }

    /// Writes what `parse` reads.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        let all = writer.begin_table();
        writer.string(b"table");
        writer.external(self.store);
        writer.string(b"kind");
        writer.string(self.kind.word().as_bytes());
        for (key, value) in [("unique", self.is_unique), ("multi", self.is_multi), ("ready", self.is_ready)] {
            writer.string(key.as_bytes());
            writer.boolean(value);
        }
        writer.string(b"paths");
        let paths = writer.begin_table();
        for (number, path) in (1..).zip(&self.paths) {
            writer.integer(number);
            writer.string(&path.text);
        }
        writer.end_table(paths, self.paths.len() as u32);
        if !self.filter.is_empty() {
            writer.string(b"where");
            writer.string(&self.filter);
        }
        writer.end_table(all, 6 + u32::from(!self.filter.is_empty()));
    }

    /// Whether both find the same.
    pub fn is_like(&self, other: &Definition) -> bool {
        (self.kind, self.is_unique, self.is_multi) == (other.kind, other.is_unique, other.is_multi)
            && self.filter == other.filter
            && self.paths.len() == other.paths.len()
            && self.paths.iter().zip(&other.paths).all(|(one, another)| one.text == another.text)
    }

    /// Whether it looks into the table at the end of these keys, from the row's on.
    pub fn looks_at(&self, steps: &[&[u8]]) -> bool {
        let below = steps.get(1..).unwrap_or_default();
        let mut is_seen = false;
        self.each_path(&mut |path, filters| {
            let ends = self.is_multi || filters;
            is_seen |= path.behind(below).is_some_and(|rest| ends || !rest.is_itself());
        });
        is_seen
    }
}
