//! What is wrong in a store, where, and what was done about it.

use std::fmt::{self, Display, Formatter};

use crate::error::Error;

/// Something that is wrong in a store. Its text is a sentence for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The way to it, as Lua would write it: `_home.users["ada"].run`.
    pub place: String,
    /// The table of the row, and its key in the store's bytes.
    pub table: u32,
    /// The key.
    pub key: Vec<u8>,
    /// What is wrong with the row.
    pub problem: Problem,
    /// What was done.
    pub mended: Mended,
}

/// What was done about something wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Mended {
    /// Nothing, since nobody asked for it.
    No,
    /// Nothing, since something else has to do it.
    Left,
    /// The row was deleted.
    Deleted,
    /// The row got this value; the words say what that means.
    Written(Vec<u8>, &'static str),
}

/// What can be wrong with a row.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The key has no meaning.
    Key(Error),
    /// The value has no meaning, or the store cannot read it.
    Value(Error),
    /// The row is listed, and not there.
    Absent,
    /// The value refers to a table that no script may hold.
    ForbiddenTable(u32),
    /// The value refers to a table that a collection freed.
    TableGone(u32),
    /// The metatable of a table is no reference to one.
    Metatable,
    /// The value refers to a function whose record is gone.
    FunctionGone(u32),
    /// The value refers to a function whose record is cut off, or was changed.
    FunctionDamaged(u32),
    /// The value refers to a function whose record is of a version that this cu does not know.
    FunctionVersion(u32, u8),
    /// The value refers to a function whose code, with this id, is gone.
    CodeGone(u32, u32),
    /// The value refers to a function whose code is cut off, or was changed.
    CodeDamaged(u32, u32),
    /// The value refers to a function whose code is of a version that this cu does not know.
    CodeVersion(u32, u32, u8),
    /// A function captured a variable that is gone.
    VariableGone(u32),
    /// The rows of a home do not belong together, or are none; the text says why.
    Home(&'static str),
    /// An atomic compute did not end; the number of notes that undo it.
    Journal(u32),
    /// An index has no entries for so many values of rows, and so many that no row has.
    Index { name: String, missing: i64, stale: i64 },
    /// So many rows that are tables are not noted as what they are, so a change in one would not reach the indexes.
    Links(i64),
    /// A row is one that the schema of its table refuses; the text is the refusal.
    Schema(String),
    /// A change of the indexes of a table did not end.
    Changing,
    /// What is attached to a table cannot be used; the text says why.
    Attached(String),
    /// A range of free ids has a table with rows.
    NotFree(u32),
    /// A row of the free ids is no range.
    NoRange,
    /// What is noted of collections has no meaning.
    Collections,
    /// The store says that no id from the first on was given, but the second is in use.
    Counter(i64, u32),
}

impl Display for Problem {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Key(error) => write!(out, "the key is no key: {error}"),
            Problem::Value(Error::Store(error)) => write!(out, "the value cannot be read: {}", error.message),
            Problem::Value(error) => write!(out, "the value is no value: {error}"),
            Problem::Absent => out.write_str("the store lists the row and does not have it"),
            Problem::ForbiddenTable(id) => write!(out, "it is table {id}, which no script may hold"),
            Problem::Metatable => out.write_str("it is no reference to a table"),
            Problem::TableGone(id) => write!(out, "it is table {id}, which is gone"),
            Problem::FunctionGone(id) => write!(out, "it is function {id}, which is gone"),
            Problem::FunctionDamaged(id) => write!(out, "it is function {id}, whose record is cut off or was changed"),
            Problem::FunctionVersion(id, version) => {
                write!(out, "it is function {id}, whose record has version {version}, which this cu does not know")
            }
            Problem::CodeGone(id, code) => write!(out, "it is function {id}, whose code {code} is gone"),
            Problem::CodeDamaged(id, code) => {
                write!(out, "it is function {id}, whose code {code} is cut off or was changed")
            }
            Problem::CodeVersion(id, code, version) => {
                write!(out, "it is function {id}, whose code {code} has version {version}, which this cu does not know")
            }
            Problem::VariableGone(id) => write!(out, "variable {id} is gone"),
            Problem::Home(problem) => out.write_str(problem),
            Problem::Journal(notes) => {
                write!(out, "an atomic compute did not end; the next run undoes it, with {notes} notes")
            }
            Problem::Index { name, missing, stale } => {
                write!(out, "the index '{name}' does not fit the rows: entries missing: {missing}, of no row: {stale}")
            }
            Problem::Links(count) => write!(out, "{count} rows are not linked to it"),
            Problem::Schema(refusal) => out.write_str(refusal),
            Problem::Changing => out.write_str("a change of its indexes did not end; the next use builds them anew"),
            Problem::Attached(problem) => write!(out, "what is attached to it cannot be used: {problem}"),
            Problem::NotFree(id) => write!(out, "ids are noted as free, and table {id} of them has rows"),
            Problem::NoRange => out.write_str("the row is no range of ids"),
            Problem::Collections => out.write_str("they have no meaning"),
            Problem::Counter(next, used) => {
                write!(out, "ids from {next} on count as never given, and {used} is in use")
            }
        }
    }
}

impl Display for Finding {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} (table {}, key ", self.place, self.problem, self.table)?;
        self.key.iter().try_for_each(|byte| write!(out, "{byte:02x}"))?;
        out.write_str(")")?;
        match &self.mended {
            Mended::No => Ok(()),
            Mended::Left => out.write_str("; left as it is"),
            Mended::Deleted => out.write_str("; deleted"),
            Mended::Written(_, words) => write!(out, "; {words}"),
        }
    }
}
