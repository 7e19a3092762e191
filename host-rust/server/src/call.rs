//! A call as a client writes it: `{"way": …, "arguments": […]}`.
//!
//! Invariant: a table that an argument names by its id is there. Rows that were put into a table that is not there yet would be
//! in whichever one gets that id later.

use cu_host::{Call, Error, Instance, ReadOptions, Value, json};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'a> {
    way: String,
    #[serde(borrow, default)]
    arguments: Vec<&'a RawValue>,
}

/// A call, and the tables that its arguments name by their ids.
#[derive(Clone)]
pub struct NamedCall {
    pub call: Call,
    tables: Vec<u32>,
}

impl NamedCall {
    /// The call that a text in JSON describes.
    pub fn read(text: &[u8]) -> Result<NamedCall, Problem> {
        let body: Body<'_> = serde_json::from_slice(text).map_err(|error| {
            Problem::request(format!("the body is no call, {{\"way\": …, \"arguments\": […]}}: {error}"))
        })?;
        let mut call = Call::new(body.way.into_bytes()).by_content();
        let mut tables = Vec::new();
        for (number, argument) in (1..).zip(body.arguments) {
            let wrong = |problem: String| Problem::request(format!("argument {number}: {problem}"));
            let value = json::read(argument.get().as_bytes()).map_err(|problem| wrong(problem.to_string()))?;
            note(&value, &mut tables).map_err(wrong)?;
            call = call.value(value);
        }
        // What a record cannot have is the caller's matter.
        call.encode()?;
        Ok(NamedCall { call, tables })
    }

    /// Refuses tables that are not there. One without entries looks the same in the store, and is refused, too.
    pub fn check(&self, instance: &mut Instance) -> Result<(), Error> {
        let one = ReadOptions { depth: 1, limit: 1 };
        for id in &self.tables {
            let is_empty = match instance.read(&Value::External(*id), one) {
                Ok(table) => table.value().as_table().is_none_or(<[_]>::is_empty),
                Err(Error::Limit { .. }) => false,
                Err(error) => return Err(error),
            };
            if is_empty {
                return Err(Error::Argument(format!("the home has no table {id}, or nothing is in it; pass its key")));
            }
        }
        Ok(())
    }
}

/// A call of the server's own.
impl From<Call> for NamedCall {
    fn from(call: Call) -> NamedCall {
        NamedCall { call, tables: Vec::new() }
    }
}

/// Notes the tables in a value. A function of the store is no argument: a script finds it by its way.
fn note(value: &Value, tables: &mut Vec<u32>) -> Result<(), String> {
    match value {
        Value::External(id) => tables.push(*id),
        Value::Function(id) => {
            return Err(format!("a function, {{\"$function\": {id}}}, is no argument; pass its way"));
        }
        Value::Table(pairs) => {
            for (key, value) in pairs {
                note(key, tables)?;
                note(value, tables)?;
            }
        }
        _ => {}
    }
    Ok(())
}
