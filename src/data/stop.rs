//! Why a query has no answer, and the eyes that look at its rows.
//!
//! Invariant: what is passed down is a byte; what belongs to it is noted once, where it happened.
#![forbid(unsafe_code)]

use crate::data::path::Path;
use crate::data::row::{self, Broken, Eyes, Override, Row, Value};
use crate::memory::NoMemory;
use crate::store::Failure;

/// What stops a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// What is noted in `Look`.
    Noted,
    /// There is no memory.
    Memory,
    /// The budget is used up.
    Budget,
}

impl From<NoMemory> for Stop {
    fn from(_: NoMemory) -> Stop {
        Stop::Memory
    }
}

/// A fault that was met.
#[derive(Clone, Copy)]
pub enum Noted<'a> {
    /// None.
    Nothing,
    /// A row cannot be read: what and where, on which path, and at which element of a list at its end, 0 for none.
    Row(Broken, Path<'a>, i64),
    /// The keys of a table cannot be listed.
    Keys(Failure),
}

/// Looks at rows, and notes what is wrong with one.
pub struct Look<'a> {
    /// Whose eyes they are.
    pub eyes: Eyes,
    /// An entry that is read as if it had another value.
    pub over: Option<Override<'a>>,
    /// What was wrong.
    pub noted: Noted<'a>,
}

impl<'a> Look<'a> {
    /// Nothing was wrong so far.
    pub fn new(eyes: Eyes) -> Look<'a> {
        Look { eyes, over: None, noted: Noted::Nothing }
    }

    /// What lies under a key.
    pub fn row(&mut self, table: u32, key: &[u8]) -> Result<Row<'a>, Stop> {
        Row::read(table, key, self.over.as_ref(), self.eyes).map_err(|broken| self.note(broken, Path::ITSELF, 0))
    }

    /// What lies at a path of a row.
    #[inline(never)]
    pub fn field<'r>(&mut self, row: &'r Row<'_>, path: Path<'a>) -> Result<Value<'r>, Stop>
    where
        'a: 'r,
    {
        row.field(path, self.over.as_ref(), self.eyes).map_err(|broken| self.note(broken, path, 0))
    }

    /// An element of a list that lies at a path.
    pub fn element(&mut self, table: u32, key: &[u8], path: Path<'a>, number: i64) -> Result<Value<'a>, Stop> {
        row::read(table, key, Path::ITSELF, self.over.as_ref(), self.eyes)
            .map_err(|broken| self.note(broken, path, number))
    }

    /// Notes that a row cannot be read.
    #[cold]
    pub fn note(&mut self, broken: Broken, path: Path<'a>, element: i64) -> Stop {
        self.noted = Noted::Row(broken, path, element);
        Stop::Noted
    }

    /// Notes that keys cannot be listed.
    #[cold]
    pub fn note_keys(&mut self, failure: Failure) -> Stop {
        self.noted = Noted::Keys(failure);
        Stop::Noted
    }
}
