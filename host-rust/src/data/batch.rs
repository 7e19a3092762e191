//! The operations of a batch, as `ext.batch` takes them, and their results.

use cu_abi::value::Writer;

use super::table::{Table, unexpected};
use crate::codec;
use crate::error::Error;
use crate::value::Value;

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
    Failed(Value),
}

impl Outcome {
    pub(super) fn read(result: Value) -> Result<Outcome, Error> {
        match result.get("ok").and_then(Value::as_bool) {
            Some(true) => Ok(Outcome::Done(result.get("value").cloned().unwrap_or_default())),
            Some(false) => Ok(Outcome::Failed(result.get("error").cloned().unwrap_or_default())),
            None => Err(unexpected("batch", &result)),
        }
    }
}

/// The bytes of all operations.
pub(super) fn encode(operations: &[Operation]) -> Result<Vec<u8>, Error> {
    let mut counted = Writer::new(&mut []);
    write(operations, &mut counted)?;
    let mut bytes = vec![0; codec::fitting(counted.length())?];
    write(operations, &mut Writer::new(&mut bytes))?;
    Ok(bytes)
}

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
