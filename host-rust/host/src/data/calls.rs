//! The methods: one call of the module each, but for those that say how many they are.

use super::batch::{self, BatchOptions, Operation, Outcome};
use super::rows::{self, Changes, Each, Rows};
use super::table::{Table, elements, named, unexpected};
use super::{check, schema, way};
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

    /// The answer of a function, with tables as references.
    fn refer(&mut self, call: &Call) -> Result<Value, Error> {
        Ok(self.instance.call_with(call, &self.options)?.values.into_iter().next().unwrap_or_default())
    }

    /// The value under a key, if there is one.
    pub fn get(&mut self, table: impl Into<Table>, key: impl Into<Value>) -> Result<Option<Value>, Error> {
        let key = key.into();
        check::key(&key, "")?;
        let call = named(Call::new("rawget"), table.into()).value(key);
        Ok(self.call(call)?.into_iter().next().filter(|value| !value.is_nil()))
    }

    /// Gives a key a value, which is not nil.
    pub fn set(
        &mut self,
        table: impl Into<Table>,
        key: impl Into<Value>,
        value: impl Into<Value>,
    ) -> Result<(), Error> {
        let (key, value) = (key.into(), value.into());
        check::key(&key, "")?;
        check::settable(&value, "")?;
        self.refer(&named(Call::new("rawset"), table.into()).value(key).value(value)).map(drop)
    }

    /// Removes a key.
    pub fn delete(&mut self, table: impl Into<Table>, key: impl Into<Value>) -> Result<(), Error> {
        let key = key.into();
        check::key(&key, "")?;
        self.refer(&named(Call::new("rawset"), table.into()).value(key).value(Value::Nil)).map(drop)
    }

    /// Changes fields of the row under a key, all or none; nil removes one. The row must be there. One call, and another one before
    /// it where no way leads to the row: of a table by its id, or with a key such as `a.b`.
    pub fn update(
        &mut self,
        table: impl Into<Table>,
        key: impl Into<Value>,
        changes: impl Into<Value>,
    ) -> Result<(), Error> {
        let (table, key) = (table.into(), key.into());
        check::key(&key, "")?;
        let Value::Table(changes) = changes.into() else {
            return Err(Error::Argument("changes are a table of fields".to_owned()));
        };
        let row = match way::inside(&table, &key) {
            Some(row) => row,
            None => match self.refer(&named(Call::new("rawget"), table).value(key.clone()))? {
                Value::External(id) => Table::Id(id),
                _ => return Err(Error::Argument(format!("there is no row under the key {key}"))),
            },
        };
        let operations = changes.into_iter().map(|(field, value)| {
            if value.is_nil() { Operation::delete(&row, field) } else { Operation::set(&row, field, value) }
        });
        self.batch(&operations.collect::<Vec<_>>()).map(drop)
    }

    /// Makes an empty table where there is nothing yet, such as `_home.users`; whether there was none. Two calls in one turn.
    pub fn create_table(&mut self, way: &str) -> Result<bool, Error> {
        let (outer, key) = way::split(way)?;
        self.in_turn(|data| match data.refer(&Call::new("rawget").way(outer).value(key.clone()))? {
            Value::Nil => data.set(outer, key, Value::Table(Vec::new())).map(|()| true),
            Value::External(_) => Ok(false),
            _ => Err(Error::Argument(format!("at '{way}' is something else than a table"))),
        })
    }

    /// Several calls in one turn of the store.
    fn in_turn<T>(&mut self, act: impl FnOnce(&mut Data<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let options = self.options.clone();
        self.instance.in_turn(|instance| act(&mut Data { instance, options }))
    }

    /// The rows that a query finds, at most 10,000. The spec is a table with `where`, `order`, `limit`, `after` ...
    pub fn query(&mut self, table: impl Into<Table>, spec: Value) -> Result<Rows, Error> {
        check::spec(&spec)?;
        Rows::read(self.of("query", table, vec![spec])?)
    }

    /// Every row that a query finds, however many, as key and row. A page is read at a time, in one call: the table may change
    /// meanwhile. A page that is too large is read again with half of its rows.
    pub fn each(&mut self, table: impl Into<Table>, spec: Value) -> Each<'_> {
        let table = table.into();
        Each::new(spec, move |spec| {
            check::paged(&spec)?;
            self.query(&table, spec)
        })
    }

    /// How many rows pass a filter; nil for all.
    pub fn count(&mut self, table: impl Into<Table>, filter: Value) -> Result<u64, Error> {
        check::filter_alone("count", &filter)?;
        self.number_of("count", table, vec![filter])
    }

    /// Key and row of the first row that a query finds.
    pub fn first(&mut self, table: impl Into<Table>, spec: Value) -> Result<Option<(Value, Value)>, Error> {
        check::spec(&spec)?;
        let mut values = self.of("first", table, vec![spec])?.into_iter();
        let (row, key) = (values.next().unwrap_or_default(), values.next().unwrap_or_default());
        Ok(if row.is_nil() { None } else { Some((key, row)) })
    }

    /// Whether a row passes a filter.
    pub fn exists(&mut self, table: impl Into<Table>, filter: Value) -> Result<bool, Error> {
        check::filter_alone("exists", &filter)?;
        self.flag_of("exists", table, vec![filter])
    }

    /// How a query would be done, and what that costs.
    pub fn explain(&mut self, table: impl Into<Table>, spec: Value) -> Result<Value, Error> {
        check::spec(&spec)?;
        self.one_of("explain", table, vec![spec])
    }

    /// Makes an index by a path, or a list of paths, with options (`name`, `kind`, `unique`, `multi`, `where`) or nil; its name. Where a
    /// path is no UTF-8, the index needs a name that is.
    pub fn create_index(
        &mut self,
        table: impl Into<Table>,
        path: impl Into<Value>,
        options: impl Into<Value>,
    ) -> Result<String, Error> {
        let (path, options) = (path.into(), options.into());
        check::inside(&path, "path")?;
        options.get("where").map_or(Ok(()), check::filter)?;
        check::index_name(&path, &options)?;
        let name = self.one_of("index", table, vec![path, options])?;
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

    /// The schema of a table; a `ref` in it is a [`Value::External`].
    pub fn schema(&mut self, table: impl Into<Table>) -> Result<Option<Value>, Error> {
        let schema = self.refer(&named(Call::new("ext.schema"), table.into()))?;
        Ok(if schema.is_nil() { None } else { Some(schema) })
    }

    /// Gives a table a schema, which every write is checked against from now on, **if what is there holds**: the answer is what does
    /// not, at most 100 rows, and then the table has the schema of before. `false` takes the schema away. A `ref` is a way, as text,
    /// or a [`Value::External`]. One call, and one before it for each `ref` that is a way.
    pub fn set_schema(&mut self, table: impl Into<Table>, schema: impl Into<Value>) -> Result<Vec<Value>, Error> {
        let schema = schema.into();
        if schema.is_nil() {
            return Err(Error::Argument("there is no schema; false takes away the one of a table".to_owned()));
        }
        let mut find = |way| self.refer(&Call::new("select").value(1).way(way));
        let schema = schema::with_tables(schema, &mut find, "schema", 0)?;
        Ok(elements(self.of("schema", table, vec![schema])?.into_iter().nth(1).unwrap_or_default()))
    }

    /// The version of a table, 0 for one that was never upgraded.
    pub fn version(&mut self, table: impl Into<Table>) -> Result<u64, Error> {
        self.number_of("migrate", table, Vec::new())
    }

    /// Upgrades a table to a version, one step after another; a report. The way is that of the function that does each step, or of
    /// a list of functions, in which the step to version 3 is the third. Of a dry run everything is undone.
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
        batch::check_all(operations)?;
        self.done(operations, options.value(true))
    }

    /// Does each operation for itself, any number of them, in as many calls as they need. With options, at most 10,000 in one call.
    pub fn batch_of_each(&mut self, operations: &[Operation], options: BatchOptions) -> Result<Vec<Outcome>, Error> {
        batch::check_all(operations)?;
        let results = if options.is_of_one_call() {
            self.done(operations, options.value(false))?
        } else {
            // What has no encoding is found before anything is done.
            batch::encode(operations)?;
            self.separate(operations)?
        };
        results.into_iter().enumerate().map(|(index, result)| Outcome::read(index, result)).collect()
    }

    /// The results of operations each for itself.
    fn separate(&mut self, operations: &[Operation]) -> Result<Vec<Value>, Error> {
        if !batch::is_large(operations)? {
            match self.done(operations, BatchOptions::default().value(false)) {
                // What only reads can be done again.
                Err(error) if operations.len() > 1 && batch::is_reading(operations) && rows::is_too_large(&error) => {}
                answer => return answer,
            }
        }
        let (first, second) = operations.split_at(operations.len() / 2);
        let mut results = self.separate(first)?;
        results.extend(self.separate(second)?);
        Ok(results)
    }

    /// The results of one call.
    fn done(&mut self, operations: &[Operation], options: Value) -> Result<Vec<Value>, Error> {
        let call = Call::new("ext.batch").value(Value::String(batch::encode(operations)?)).value(options);
        let answer = self.call(call).map_err(batch::explained)?;
        Ok(batch::results(operations.len(), answer.into_iter().next().unwrap_or_default()))
    }
}
