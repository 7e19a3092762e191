//! The operations of a batch, as `ext.batch` takes them, and their results.

use cu_abi::status::ErrorClass;
use cu_abi::value::Writer;

use super::check;
use super::table::{Table, unexpected};
use crate::codec;
use crate::error::Error;
use crate::value::Value;

/// The most of one call where operations are done each for itself.
const PART_OPERATIONS: usize = 5000;
const PART_BYTES: usize = 256 * 1024;

/// An operation of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    table: Table,
    key: Value,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Set(Value),
    Get,
    Delete,
}

impl Operation {
    /// Gives a key a value.
    pub fn set(table: impl Into<Table>, key: impl Into<Value>, value: impl Into<Value>) -> Operation {
        Operation { table: table.into(), key: key.into(), kind: Kind::Set(value.into()) }
    }

    /// Reads the value of a key.
    pub fn get(table: impl Into<Table>, key: impl Into<Value>) -> Operation {
        Operation { table: table.into(), key: key.into(), kind: Kind::Get }
    }

    /// Removes a key.
    pub fn delete(table: impl Into<Table>, key: impl Into<Value>) -> Operation {
        Operation { table: table.into(), key: key.into(), kind: Kind::Delete }
    }

    /// Refuses what is no operation; `before` begins the message.
    fn check(&self, before: &str) -> Result<(), Error> {
        check::key(&self.key, before)?;
        if let Kind::Set(value) = &self.kind { check::settable(value, before) } else { Ok(()) }
    }

    /// The values of the operation, as `ext.batch` takes them: nil stands for the table of the one before.
    fn write(&self, last: Option<&Table>, writer: &mut Writer<'_>) -> Result<(), Error> {
        writer.string(match self.kind {
            Kind::Set(_) => b"set",
            Kind::Get => b"get",
            Kind::Delete => b"delete",
        });
        match &self.table {
            table if last == Some(table) => writer.nil(),
            Table::Way(way) => writer.string(way),
            Table::Id(id) => writer.external(*id),
        }
        codec::write(&self.key, writer, 0)?;
        match &self.kind {
            Kind::Set(value) => codec::write(value, writer, 0),
            _ => Ok(()),
        }
    }
}

fn write(operations: &[Operation], writer: &mut Writer<'_>) -> Result<(), Error> {
    let mut last = None;
    for operation in operations {
        operation.write(last, writer)?;
        last = Some(&operation.table);
    }
    Ok(())
}

/// How a batch is done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BatchOptions {
    /// The most milliseconds, by the clock of the instance.
    pub timeout: Option<f64>,
    /// An event `progress` after each so many operations.
    pub progress: Option<u32>,
}

impl BatchOptions {
    /// Whether they are of one call: more of them would each have its own time, and its own count.
    pub(super) fn is_of_one_call(self) -> bool {
        self.timeout.is_some() || self.progress.is_some()
    }

    pub(super) fn value(self, is_atomic: bool) -> Value {
        let mut pairs: Vec<(Value, Value)> = vec![("atomic".into(), is_atomic.into())];
        pairs.extend(self.timeout.map(|timeout| ("timeout".into(), timeout.into())));
        pairs.extend(self.progress.map(|progress| ("progress".into(), progress.into())));
        Value::Table(pairs)
    }
}

/// What one operation answers where each is done for itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// What a `get` found; nil for others.
    Done(Value),
    /// The operation failed, or there was no time for it.
    Failed {
        /// The error, usually a text.
        error: Value,
        /// Of the operation in the list, from 0. Messages of the module count from 1.
        index: usize,
        /// Of the operation; nil when there was no time for it.
        key: Value,
    },
}

impl Outcome {
    pub(super) fn read(index: usize, result: Value) -> Result<Outcome, Error> {
        let field = |name| result.get(name).cloned().unwrap_or_default();
        match result.get("ok").and_then(Value::as_bool) {
            Some(true) => Ok(Outcome::Done(field("value"))),
            Some(false) => Ok(Outcome::Failed { error: field("error"), index, key: field("key") }),
            None => Err(unexpected("batch", &result)),
        }
    }
}

/// Refuses what is no operation, before any is sent. Messages count from 1, as those of the module do.
pub(super) fn check_all(operations: &[Operation]) -> Result<(), Error> {
    (1..).zip(operations).try_for_each(|(number, operation)| operation.check(&format!("operation {number}: ")))
}

/// The bytes of all operations.
pub(super) fn encode(operations: &[Operation]) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; codec::fitting(length(operations)?)?];
    write(operations, &mut Writer::new(&mut bytes))?;
    Ok(bytes)
}

fn length(operations: &[Operation]) -> Result<usize, Error> {
    let mut counted = Writer::new(&mut []);
    write(operations, &mut counted)?;
    Ok(counted.length())
}

/// Whether operations, each for itself, are too much for one call: their bytes are in the arena twice, and there are their results.
pub(super) fn is_large(operations: &[Operation]) -> Result<bool, Error> {
    Ok(operations.len() > 1 && (operations.len() > PART_OPERATIONS || length(operations)? > PART_BYTES))
}

/// Whether they change nothing.
pub(super) fn is_reading(operations: &[Operation]) -> bool {
    operations.iter().all(|operation| operation.kind == Kind::Get)
}

/// The error of a batch that there was no memory for says what to do.
pub(super) fn explained(error: Error) -> Error {
    match error {
        Error::Lua(mut error) if error.class == Some(ErrorClass::Memory) => {
            error.message.push_str(TOO_MANY);
            Error::Lua(error)
        }
        Error::CodeSize(size) => {
            Error::Argument(format!("the arena has no room for {size} bytes of operations{TOO_MANY}"))
        }
        error => error,
    }
}

const TOO_MANY: &str =
    "; send fewer operations at once, and for all or none of them several batches in Instance::transaction";

/// So many results of a list. Some may be nil, and those are not in the table.
pub(super) fn results(count: usize, list: Value) -> Vec<Value> {
    let mut results = vec![Value::Nil; count];
    if let Value::Table(pairs) = list {
        for (number, result) in pairs {
            let place = number.as_i64().and_then(|number| usize::try_from(number.checked_sub(1)?).ok());
            if let Some(place) = place.and_then(|place| results.get_mut(place)) {
                *place = result;
            }
        }
    }
    results
}
