//! Calls of functions that are there already, as call records (abi/README.md, "Call records").

use cu_abi::call;
use cu_abi::limits::CALL_ARGUMENTS;
use cu_abi::value::Writer;

use crate::codec;
use crate::error::Error;
use crate::value::Value;

/// A call of a function by its way: names with dots between them, from a global on. No source text is made, so nothing in an
/// argument can become code.
///
/// ```
/// use cu_host::{Call, Instance, MODULE, MemoryStore, Module, Options};
///
/// let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), Options::default())?;
/// instance.compute("_home.users = { ada = { age = 36 } } function _home.older(user, by) user.age = user.age + by return user end")?;
///
/// let call = Call::new("_home.older").way("_home.users.ada").value(1).by_content();
/// assert_eq!(instance.call(&call)?.value().to_string(), "{age = 37}");
/// # Ok::<(), cu_host::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The bytes so far, which are a record at all times unless there is a problem.
    record: Vec<u8>,
    /// How many arguments it has.
    count: usize,
    /// The first thing that no record can have.
    problem: Option<Box<Error>>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A value.
    Value(Value),
    /// The value to which a way leads, such as a table that has only a name.
    Way(Vec<u8>),
}

impl Argument {
    /// What a way leads to.
    pub fn way(way: impl Into<Vec<u8>>) -> Argument {
        Argument::Way(way.into())
    }
}

/// Bytes of a few numbers as arguments, for which there is room at once.
const FEW_BYTES: usize = 64;

impl Call {
    /// Of the function to which that way leads, without arguments.
    pub fn new(way: impl AsRef<[u8]>) -> Call {
        let way = way.as_ref();
        let record = Vec::with_capacity(call::HEAD_BYTES + way.len() + FEW_BYTES);
        let mut new = Call { record, count: 0, problem: None };
        new.add(|writer| {
            call::write_head(writer, false, checked(way)?);
            Ok(())
        });
        new
    }

    /// With one more argument.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Call {
        let value = value.into();
        self.count += 1;
        self.add(|writer| write_value(&value, writer));
        self
    }

    /// With one more argument, the value to which a way leads.
    #[must_use]
    pub fn way(mut self, way: impl AsRef<[u8]>) -> Call {
        self.count += 1;
        self.add(|writer| write_way(way.as_ref(), writer));
        self
    }

    /// With the content of external tables in the results, not [`Value::External`]. A table within itself stays one.
    #[must_use]
    pub fn by_content(mut self) -> Call {
        call::ask_for_content(&mut self.record);
        self
    }

    /// The bytes of the call record.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        self.record().map(<[u8]>::to_vec)
    }

    /// The same, where they are.
    pub(crate) fn record(&self) -> Result<&[u8], Error> {
        check_count(self.count)?;
        match &self.problem {
            None => Ok(&self.record),
            Some(problem) => Err((**problem).clone()),
        }
    }

    /// How many arguments it has.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Adds to the record, unless it is none any more.
    fn add(&mut self, write: impl Fn(&mut Writer<'_>) -> Result<(), Error>) {
        if self.problem.is_none()
            && let Err(problem) = codec::append(&mut self.record, write)
        {
            self.problem = Some(Box::new(problem));
        }
    }
}

/// Refuses more arguments than a call can have.
pub(crate) fn check_count(count: usize) -> Result<(), Error> {
    if count > CALL_ARGUMENTS {
        return Err(Error::Unencodable(format!("a call of {count} arguments; {CALL_ARGUMENTS} are the most")));
    }
    Ok(())
}

pub(crate) fn write_arguments(arguments: &[Argument], writer: &mut Writer<'_>) -> Result<(), Error> {
    for argument in arguments {
        match argument {
            Argument::Way(way) => write_way(way, writer)?,
            Argument::Value(value) => write_value(value, writer)?,
        }
    }
    Ok(())
}

fn write_way(way: &[u8], writer: &mut Writer<'_>) -> Result<(), Error> {
    call::write_way(writer, checked(way)?);
    Ok(())
}

fn write_value(value: &Value, writer: &mut Writer<'_>) -> Result<(), Error> {
    call::write_value_form(writer);
    codec::write(value, writer, 0)
}

fn checked(way: &[u8]) -> Result<&[u8], Error> {
    match call::empty_name(way) {
        None => Ok(way),
        Some(_) => Err(Error::Unencodable(format!("'{}' is no way: a name is empty", String::from_utf8_lossy(way)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_record_can_have_is_refused() {
        for way in ["", ".", "a.", ".a", "a..b"] {
            assert!(matches!(Call::new(way).encode(), Err(Error::Unencodable(_))), "{way}");
            assert!(matches!(Call::new("f").way(way).encode(), Err(Error::Unencodable(_))), "{way}");
        }
        let call = |arguments: usize| (0..arguments).fold(Call::new("f"), |call, _| call.value(Value::Nil));
        assert_eq!(call(250).encode().unwrap().len(), 10 + 500);
        assert!(matches!(call(251).encode(), Err(Error::Unencodable(_))));
        // What comes behind it does not make it one.
        let deep = (0..200).fold(Value::Nil, |inner, _| Value::from([("t", inner)]));
        for call in [Call::new("f").value(deep), Call::new("a..b")] {
            assert!(matches!(call.value(1).by_content().encode(), Err(Error::Unencodable(_))));
        }
    }
}
