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
        let call = Call::new(format!("ext.{function}"));
        let call = match table.into() {
            Table::Way(way) => call.way(way),
            Table::Id(id) => call.value(Value::External(id)),
        };
        self.call(arguments.into_iter().fold(call, Call::value))
    }

    /// The same, for what answers one value.
    fn one_of(&mut self, function: &str, table: impl Into<Table>, arguments: Vec<Value>) -> Result<Value, Error> {
        Ok(self.of(function, table, arguments)?.into_iter().next().unwrap_or_default())
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
        let value = self.one_of("count", table, vec![filter])?;
        let count = value.as_i64().and_then(|count| u64::try_from(count).ok());
        count.ok_or_else(|| unexpected("count", &value))
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

    /// Upgrades a table to a version, once, by the function to which a way leads.
    pub fn migrate(&mut self, table: impl Into<Table>, version: u32, way: &str) -> Result<Value, Error> {
        let call = Call::new("ext.migrate");
        let call = match table.into() {
            Table::Way(table) => call.way(table),
            Table::Id(id) => call.value(Value::External(id)),
        };
        Ok(self.call(call.value(version).way(way))?.into_iter().next().unwrap_or_default())
    }

    /// Switches the feed of a table on, or with `false` off; what it is, nil for none. Options are a table, or true.
    pub fn feed(&mut self, table: impl Into<Table>, options: impl Into<Value>) -> Result<Value, Error> {
        self.one_of("feed", table, vec![options.into()])
    }

    /// What changed in a table behind a position of its feed: a list of changes, and the position of the last one; or nil, the position from
    /// which to go on once the table was read anew, and why.
    pub fn changes(&mut self, table: impl Into<Table>, since: impl Into<Value>) -> Result<Vec<Value>, Error> {
        self.of("changes", table, vec![since.into()])
    }
}

/// The elements of a list.
fn elements(list: Value) -> Vec<Value> {
    match list {
        Value::Table(pairs) => pairs.into_iter().map(|(_, element)| element).collect(),
        _ => Vec::new(),
    }
}
