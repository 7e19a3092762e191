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
    way: Vec<u8>,
    arguments: Vec<Argument>,
    by_content: bool,
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

impl Call {
    /// Of the function to which that way leads, without arguments.
    pub fn new(way: impl Into<Vec<u8>>) -> Call {
        Call { way: way.into(), arguments: Vec::new(), by_content: false }
    }

    /// With one more argument.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Call {
        self.arguments.push(Argument::Value(value.into()));
        self
    }

    /// With one more argument, the value to which a way leads.
    #[must_use]
    pub fn way(mut self, way: impl Into<Vec<u8>>) -> Call {
        self.arguments.push(Argument::Way(way.into()));
        self
    }

    /// With the content of external tables in the results, not [`Value::External`]. A table within itself stays one.
    #[must_use]
    pub fn by_content(mut self) -> Call {
        self.by_content = true;
        self
    }

    /// The bytes of the call record.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        check_count(self.count())?;
        let way = checked(&self.way)?;
        let mut bytes = Vec::new();
        codec::append(&mut bytes, |writer| {
            call::write_head(writer, self.by_content, way);
            write_arguments(&self.arguments, writer)
        })?;
        Ok(bytes)
    }

    /// How many arguments it has.
    pub(crate) fn count(&self) -> usize {
        self.arguments.len()
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
            Argument::Way(way) => call::write_way(writer, checked(way)?),
            Argument::Value(value) => {
                call::write_value_form(writer);
                codec::write(value, writer, 0)?;
            }
        }
    }
    Ok(())
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
    }
}
