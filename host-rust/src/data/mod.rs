//! Tables as data: queries, indexes, batches and what else the module's library `ext` does, from Rust. All it does is to call
//! functions of `ext` (docs/data.md).
//!
//! Invariant: each method is one call of the module, but for [`Data::each`], which is one for every page. Tables in what it
//! answers are values: what is in them.
//!
//! ```
//! use cu_host::{Error, Instance, MODULE, MemoryStore, Module, Operation, Options, Value};
//!
//! let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), Options::default())?;
//! instance.compute("_home.users = {}")?;
//! let mut data = instance.data();
//! data.create_index("_home.users", "name", Value::from([("unique", true)]))?;
//! let results = data.batch(&[
//!     Operation::set("_home.users", 1, Value::from([("name", "Ada")])),
//!     Operation::get("_home.users", 1),
//! ])?;
//! assert_eq!(results[1].get("name").and_then(Value::as_str), Some("Ada"));
//!
//! let twice = [Operation::set("_home.users", 2, Value::from([("name", "Ada")]))];
//! assert!(matches!(data.batch(&twice), Err(Error::Lua(_))));
//! # Ok::<(), Error>(())
//! ```
//!
//! - `batch`: many operations in one call
//! - `rows`: what a query answers, page by page

mod batch;
mod rows;

pub use batch::{BatchOptions, Operation, Outcome};
pub use rows::{Each, Rows};

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::options::ComputeOptions;
use crate::value::Value;

/// A table: its way from a global on, such as `_home.users`, or its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Table {
    /// Names with dots between them.
    Way(Vec<u8>),
    /// The id in [`Value::External`].
    Id(u32),
}

impl From<&str> for Table {
    fn from(way: &str) -> Table {
        Table::Way(way.into())
    }
}

impl From<&Table> for Table {
    fn from(table: &Table) -> Table {
        table.clone()
    }
}

impl From<u32> for Table {
    fn from(id: u32) -> Table {
        Table::Id(id)
    }
}

/// The functions of `ext`, of one instance.
pub struct Data<'a> {
    instance: &'a mut Instance,
    options: ComputeOptions,
}

impl Instance {
    /// Tables as data.
    pub fn data(&mut self) -> Data<'_> {
        self.data_with(ComputeOptions::default())
    }

    /// Tables as data, with these options in every call.
    pub fn data_with(&mut self, options: ComputeOptions) -> Data<'_> {
        Data { instance: self, options }
    }
}

/// What the contract says that a function answers.
fn unexpected(function: &str, value: &Value) -> Error {
    Error::Protocol(format!("ext.{function} answered {value}"))
}

impl Data<'_> {
    fn call(&mut self, call: Call) -> Result<Vec<Value>, Error> {
        Ok(self.instance.call_with(&call.by_content(), &self.options)?.values)
    }

    /// A call of `ext.function` with a table first.
    fn of(&mut self, function: &str, table: impl Into<Table>, arguments: Vec<Value>) -> Result<Vec<Value>, Error> {
        let call = named(Call::new(format!("ext.{function}")), table.into());
        self.call(arguments.into_iter().fold(call, Call::value))
    }

    /// The same, for what answers one value.
    fn one_of(&mut self, function: &str, table: impl Into<Table>, arguments: Vec<Value>) -> Result<Value, Error> {
        Ok(self.of(function, table, arguments)?.into_iter().next().unwrap_or_default())
    }

    fn number_of(&mut self, function: &str, table: impl Into<Table>, arguments: Vec<Value>) -> Result<u64, Error> {
        let value = self.one_of(function, table, arguments)?;
        let number = value.as_i64().and_then(|number| u64::try_from(number).ok());
        number.ok_or_else(|| unexpected(function, &value))
    }

    fn flag_of(&mut self, function: &str, table: impl Into<Table>, arguments: Vec<Value>) -> Result<bool, Error> {
        let value = self.one_of(function, table, arguments)?;
        value.as_bool().ok_or_else(|| unexpected(function, &value))
    }

    /// The rows that a query finds, at most 10,000. The spec is a table with `where`, `order`, `limit`, `after` ...
    pub fn query(&mut self, table: impl Into<Table>, spec: Value) -> Result<Rows, Error> {
        Rows::read(self.of("query", table, vec![spec])?)
    }

    /// Every row that a query finds, however many, as key and row. A page is read at a time: the table may change meanwhile.
    pub fn each(&mut self, table: impl Into<Table>, spec: Value) -> Each<'_> {
        Each::new(&mut *self.instance, self.options.clone(), table.into(), spec)
    }

    /// How many rows pass a filter; nil for all.
    pub fn count(&mut self, table: impl Into<Table>, filter: Value) -> Result<u64, Error> {
        self.number_of("count", table, vec![filter])
    }

    /// Key and row of the first row that a query finds.
    pub fn first(&mut self, table: impl Into<Table>, spec: Value) -> Result<Option<(Value, Value)>, Error> {
        let mut values = self.of("first", table, vec![spec])?.into_iter();
        let (row, key) = (values.next().unwrap_or_default(), values.next().unwrap_or_default());
        Ok(if row.is_nil() { None } else { Some((key, row)) })
    }

    /// Whether a row passes a filter.
    pub fn exists(&mut self, table: impl Into<Table>, filter: Value) -> Result<bool, Error> {
        self.flag_of("exists", table, vec![filter])
    }

    /// How a query would be done, and what that costs.
    pub fn explain(&mut self, table: impl Into<Table>, spec: Value) -> Result<Value, Error> {
        self.one_of("explain", table, vec![spec])
    }

    /// Makes an index by a path, or a list of paths, with options (`name`, `kind`, `unique`, `multi`, `where`) or nil; its name.
    pub fn create_index(
        &mut self,
        table: impl Into<Table>,
        path: impl Into<Value>,
        options: impl Into<Value>,
    ) -> Result<String, Error> {
        let name = self.one_of("index", table, vec![path.into(), options.into()])?;
        name.as_str().map(str::to_owned).ok_or_else(|| unexpected("index", &name))
    }

    /// Drops the index of that name; whether there was one.
    pub fn drop_index(&mut self, table: impl Into<Table>, name: &str) -> Result<bool, Error> {
        self.flag_of("drop_index", table, vec![name.into()])
    }

    /// What indexes a table has: a list of tables with `name`, `kind`, `paths` ...
    pub fn indexes(&mut self, table: impl Into<Table>) -> Result<Vec<Value>, Error> {
        Ok(elements(self.one_of("indexes", table, Vec::new())?))
    }

    /// Compares the indexes of a table with its rows; what is wrong, which is usually nothing.
    pub fn check(&mut self, table: impl Into<Table>) -> Result<Vec<Value>, Error> {
        Ok(elements(self.of("check", table, Vec::new())?.into_iter().nth(1).unwrap_or_default()))
    }

    /// The schema of a table.
    pub fn schema(&mut self, table: impl Into<Table>) -> Result<Option<Value>, Error> {
        let schema = self.one_of("schema", table, Vec::new())?;
        Ok(if schema.is_nil() { None } else { Some(schema) })
    }

    /// Gives a table a schema, which every write is checked against from now on, if what is there holds; `false` takes it
    /// away. What does not hold: at most 100 rows.
    pub fn set_schema(&mut self, table: impl Into<Table>, schema: impl Into<Value>) -> Result<Vec<Value>, Error> {
        Ok(elements(self.of("schema", table, vec![schema.into()])?.into_iter().nth(1).unwrap_or_default()))
    }

    /// The version of a table, 0 for one that was never upgraded.
    pub fn version(&mut self, table: impl Into<Table>) -> Result<u64, Error> {
        self.number_of("migrate", table, Vec::new())
    }

    /// Upgrades a table to a version, one step after another; a report. The way is that of the function that does each step,
    /// or of a list of functions that is no external table. Of a dry run everything is undone.
    pub fn migrate(&mut self, table: impl Into<Table>, version: u32, way: &str, is_dry: bool) -> Result<Value, Error> {
        let call = named(Call::new("ext.migrate"), table.into()).value(version).way(way);
        Ok(self.call(call.value(Value::from([("dry", is_dry)])))?.into_iter().next().unwrap_or_default())
    }

    /// Switches the change feed of a table on, with options (`values`, `count`, `age`) or true, with false off; nil changes
    /// nothing. What the feed is: nil for none.
    pub fn feed(&mut self, table: impl Into<Table>, options: impl Into<Value>) -> Result<Value, Error> {
        self.one_of("feed", table, vec![options.into()])
    }

    /// The changes of a table behind a position in its feed, at most so many. Without a position, from the oldest that is kept.
    pub fn changes(&mut self, table: impl Into<Table>, since: Option<i64>, limit: u32) -> Result<Changes, Error> {
        let mut values = self.of("changes", table, vec![since.into(), limit.into()])?.into_iter();
        let mut next = || values.next().unwrap_or_default();
        let (changes, position, problem) = (next(), next(), next());
        let position = position.as_i64().ok_or_else(|| unexpected("changes", &position))?;
        Ok(if changes.is_nil() {
            Changes::Lost { position, problem: problem.as_str().unwrap_or_default().to_owned() }
        } else {
            Changes::Kept { position, changes: elements(changes) }
        })
    }
}

/// What changed in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Changes {
    /// The changes, and the position of the last one.
    Kept {
        /// Where to go on.
        position: i64,
        /// Each is a table.
        changes: Vec<Value>,
    },
    /// The changes behind that position are not kept any more.
    Lost {
        /// Of the last change of all.
        position: i64,
        /// Why.
        problem: String,
    },
}

/// With a table as an argument.
fn named(call: Call, table: Table) -> Call {
    match table {
        Table::Way(way) => call.way(way),
        Table::Id(id) => call.value(Value::External(id)),
    }
}

/// The elements of a list.
fn elements(list: Value) -> Vec<Value> {
    match list {
        Value::Table(pairs) => pairs.into_iter().map(|(_, element)| element).collect(),
        _ => Vec::new(),
    }
}
