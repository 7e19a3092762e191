//! The methods: one call of the module each.

use super::batch::{self, BatchOptions, Operation, Outcome};
use super::rows::{Changes, Each, Rows};
use super::table::{Table, elements, named, unexpected};
use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::options::ComputeOptions;
use crate::value::Value;

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
        let table = table.into();
        Each::new(spec, move |spec| self.query(&table, spec))
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

    /// Does all operations, at most 10,000, or none. What a `get` found, true for others, in their order; a table that a `get`
    /// found as it is at the end.
    pub fn batch(&mut self, operations: &[Operation]) -> Result<Vec<Value>, Error> {
        self.batch_with(operations, BatchOptions::default())
    }

    /// The same with options.
    pub fn batch_with(&mut self, operations: &[Operation], options: BatchOptions) -> Result<Vec<Value>, Error> {
        self.done(operations, options.value(true))
    }

    /// Does each operation for itself.
    pub fn batch_of_each(&mut self, operations: &[Operation], options: BatchOptions) -> Result<Vec<Outcome>, Error> {
        self.done(operations, options.value(false))?.into_iter().map(Outcome::read).collect()
    }

    fn done(&mut self, operations: &[Operation], options: Value) -> Result<Vec<Value>, Error> {
        let call = Call::new("ext.batch").value(Value::String(batch::encode(operations)?)).value(options);
        Ok(batch::results(operations.len(), self.call(call)?.into_iter().next().unwrap_or_default()))
    }
}
