//! Calls of one function with other arguments each time.
//!
//! Invariant: the record is at all times the head, which was checked once, and arguments behind it.

use crate::call::{Argument, Call, check_count, write_arguments};
use crate::codec;
use crate::error::Error;
use crate::instance::Instance;
use crate::options::ComputeOptions;
use crate::response::Response;
use crate::value::Value;

/// A function that is called often, by any instance: its way is checked and written once, and a call writes its arguments
/// behind it, into the same memory. [`Call::prepare`] makes one. Where the way leads is seen at each call.
///
/// ```
/// use cu_host::{Argument, Call, Instance, MODULE, MemoryStore, Module, Options};
///
/// let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), Options::default())?;
/// instance.compute("_home.rates = { EUR = 2 } function _home.price(rates, amount, currency) return amount * rates[currency] end")?;
///
/// let mut price = Call::new("_home.price").way("_home.rates").prepare()?;
/// assert_eq!(price.call(&mut instance, (7, "EUR"))?.value().as_i64(), Some(14));
/// assert_eq!(price.call(&mut instance, (8, "EUR"))?.value().as_i64(), Some(16));
///
/// let mut size = Call::new("ext.size").prepare()?;
/// assert_eq!(size.call(&mut instance, (Argument::way("_home.rates"),))?.value().as_i64(), Some(1));
/// # Ok::<(), cu_host::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    record: Vec<u8>,
    /// Length of what stays.
    head: usize,
    /// How many arguments stay.
    count: usize,
}

impl Call {
    /// For calls with further arguments behind those of this one.
    pub fn prepare(&self) -> Result<Prepared, Error> {
        let record = self.encode()?;
        Ok(Prepared { head: record.len(), record, count: self.count() })
    }
}

impl Prepared {
    /// Calls the function.
    pub fn call(&mut self, instance: &mut Instance, arguments: impl Arguments) -> Result<Response, Error> {
        self.call_with(instance, arguments, ComputeOptions::usual())
    }

    /// Calls the function with these options.
    pub fn call_with(
        &mut self,
        instance: &mut Instance,
        arguments: impl Arguments,
        own: &ComputeOptions,
    ) -> Result<Response, Error> {
        instance.compute_with(self.with(arguments)?, own)
    }

    /// The bytes of the call record with these arguments.
    pub fn with(&mut self, arguments: impl Arguments) -> Result<&[u8], Error> {
        let list = arguments.list();
        let list = list.as_ref();
        check_count(self.count + list.len())?;
        self.record.truncate(self.head);
        codec::append(&mut self.record, |writer| write_arguments(list, writer))?;
        Ok(&self.record)
    }
}

/// The arguments of one call: `()`, a tuple of up to eight of what is an [`Argument`], or a `Vec` of them.
pub trait Arguments {
    /// All of them.
    type List: AsRef<[Argument]>;

    /// In their order.
    fn list(self) -> Self::List;
}

impl Arguments for () {
    type List = [Argument; 0];

    fn list(self) -> Self::List {
        []
    }
}

impl<T: Into<Argument>> Arguments for Vec<T> {
    type List = Vec<Argument>;

    fn list(self) -> Self::List {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuples {
    ($(($count:literal: $($name:ident)*))*) => {$(
        impl<$($name: Into<Argument>),*> Arguments for ($($name,)*) {
            type List = [Argument; $count];

            fn list(self) -> Self::List {
                #[allow(non_snake_case, reason = "each is called by its type")]
                let ($($name,)*) = self;
                [$($name.into()),*]
            }
        }
    )*};
}
tuples! {
    (1: A)
    (2: A B)
    (3: A B C)
    (4: A B C D)
    (5: A B C D E)
    (6: A B C D E F)
    (7: A B C D E F G)
    (8: A B C D E F G H)
}

impl<T: Into<Value>> From<T> for Argument {
    fn from(value: T) -> Argument {
        Argument::Value(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_that_of_a_call_with_the_same_arguments() {
        let table = Value::from([("limit", 10)]);
        for call in [Call::new("_home.f"), Call::new("f").way("_home.users").value(1).by_content()] {
            let mut prepared = call.prepare().unwrap();
            let same = |record: &[u8], call: &Call| assert_eq!(record, call.encode().unwrap());
            same(
                prepared.with((1, "two", 3.5, true)).unwrap(),
                &call.clone().value(1).value("two").value(3.5).value(true),
            );
            same(prepared.with(()).unwrap(), &call);
            let long = "x".repeat(100_000);
            same(prepared.with((long.as_str(),)).unwrap(), &call.clone().value(long.as_str()));
            same(
                prepared.with((Argument::way("_home.a"), table.clone())).unwrap(),
                &call.clone().way("_home.a").value(table.clone()),
            );
            same(prepared.with(vec![1, 2, 3]).unwrap(), &call.clone().value(1).value(2).value(3));
            same(prepared.with((Value::Nil, None::<i64>)).unwrap(), &call.clone().value(Value::Nil).value(Value::Nil));
        }
    }

    #[test]
    fn what_no_record_can_have_is_refused_and_the_next_call_is_whole() {
        for way in ["", ".", "a.", ".a", "a..b"] {
            assert!(matches!(Call::new(way).prepare(), Err(Error::Unencodable(_))), "{way}");
        }
        let mut prepared = Call::new("f").value(0).prepare().unwrap();
        assert!(prepared.with((1, Argument::way("a..b"))).is_err());
        assert_eq!(prepared.with((2,)).unwrap(), Call::new("f").value(0).value(2).encode().unwrap());
        let deep = (0..200).fold(Value::Nil, |inner, _| Value::from([("t", inner)]));
        assert!(prepared.with((deep,)).is_err());
        assert_eq!(prepared.with((2,)).unwrap(), Call::new("f").value(0).value(2).encode().unwrap());
        assert!(prepared.with(vec![0; 249]).is_ok());
        let message = "a call of 251 arguments; 250 are the most".to_owned();
        assert_eq!(prepared.with(vec![0; 250]).unwrap_err(), Error::Unencodable(message));
    }
}
