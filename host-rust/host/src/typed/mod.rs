//! Values as types of the program, both ways, by serde.
//!
//! | Rust | Lua |
//! |---|---|
//! | `bool`, integers, floats | the same; a float that is a whole number is an integer, too |
//! | integers of more than 64 bits | big integers; as `num_bigint::BigInt` with `#[serde(with = "cu_host::typed::big_integer")]` |
//! | text, `char` | a string of UTF-8 |
//! | bytes (`serde_bytes`), and `Vec<u8>` when it is read | a string |
//! | `None`, `()` | nil; a table has no field that is nil, so a struct is read with `None` for it, but not with `()` |
//! | lists, tuples | a table with the keys 1, 2, 3; what is nil in a list has no place in a table of Lua, so `None` at its end is lost |
//! | maps, structs | a table; keys are booleans, numbers or strings |
//! | enums | the variant's name, or a table with what is in the variant under its name |
//! | [`Value`] | itself |
//!
//! A table without entries is a list and a map; where serde cannot say which is wanted, as in an untagged enum, it is a map.
//!
//! ```
//! use cu_host::{Args, Options, Value};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, Deserialize, PartialEq, Serialize)]
//! struct Order {
//!     item: String,
//!     price: u32,
//!     note: Option<String>,
//! }
//!
//! let mut home = cu_host::in_memory()?;
//! let order: Order = home.compute("return { item = 'tea', price = 3 }")?.get()?;
//! assert_eq!(order, Order { item: "tea".into(), price: 3, note: None });
//! assert_eq!(Value::from_serialize(&order)?.get("item"), Some(&"tea".into()));
//!
//! // What does not fit says where.
//! let answer = home.compute("return { { item = 'tea', price = 3 }, { item = 'jam', price = -1 } }")?;
//! let error = answer.get::<Vec<Order>>().unwrap_err();
//! assert_eq!(error.to_string(), "[2].price: invalid value: integer `-1`, expected u32");
//!
//! // Calls of stored functions, with arguments and results of any types.
//! home.compute("function _home.total(orders, by) local n = 0 for _, o in ipairs(orders) do n = n + o.price end return n * by end")?;
//! let total: u64 = home.call_typed("_home.total", (vec![order], 2))?;
//! assert_eq!(total, 6);
//! # Ok::<(), cu_host::Error>(())
//! ```
//!
//! - `read`, `list`, `values`: values to types
//! - `write`: types to values
//! - `value`: [`Value`] itself among other types
//! - `mismatch`: what does not fit, and where
//! - `big_integer`: fields of the type of num-bigint
//!
//! Invariant: no value makes a reader panic or end the stack: it is an error that names the place.

#[cfg(feature = "num-bigint")]
pub mod big_integer;
mod list;
mod mismatch;
mod read;
mod value;
mod values;
mod write;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::data::Rows;
use crate::error::Error;
use crate::functions::{Args, Raised, Values};
use crate::instance::Instance;
use crate::options::{ComputeOptions, Options};
use crate::read::Tables;
use crate::response::Response;
use crate::value::Value;
use read::Reader;
use write::Writer;

impl Value {
    /// Any value of the program. Tables nested deeper than 128, and keys that no table has, are errors.
    pub fn from_serialize<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
        value.serialize(Writer::default()).map_err(Error::from)
    }

    /// This value as a type of the program.
    pub fn to<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        T::deserialize(Reader::new(self)).map_err(Error::from)
    }
}

impl Response {
    /// The first value as a type of the program. A table of the store is a reference: [`Instance::read`] reads it.
    pub fn get<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        self.value().to()
    }

    /// All values, as a tuple or a list.
    pub fn get_all<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        all(&self.values)
    }
}

impl Args {
    /// All arguments, as a tuple or a list. Those that a script leaves out are nil.
    pub fn to<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        all(self)
    }
}

impl Tables {
    /// The value that was read as a type of the program, with what is in its tables. A table within itself is an error.
    pub fn get<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        T::deserialize(Reader::following(self.given(), self)).map_err(Error::from)
    }
}

impl Rows {
    /// The rows as a type of the program.
    pub fn get<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<T>, Error> {
        all(&self.rows)
    }
}

fn all<'a, T: Deserialize<'a>>(values: &'a [Value]) -> Result<T, Error> {
    T::deserialize(values::Values::new(values)).map_err(Error::from)
}

impl Values {
    /// One result of a function, from any value of the program.
    pub fn from_serialize<T: Serialize + ?Sized>(value: &T) -> Result<Values, Error> {
        Value::from_serialize(value).map(Values::from)
    }
}

impl Call {
    /// With more arguments, the elements of a tuple or a list.
    pub fn arguments<T: Serialize + ?Sized>(self, arguments: &T) -> Result<Call, Error> {
        match Value::from_serialize(arguments)? {
            Value::Nil => Ok(self),
            Value::Table(pairs) if pairs.iter().zip(1..).all(|((key, _), number)| *key == Value::Integer(number)) => {
                Ok(pairs.into_iter().fold(self, |call, (_, argument)| call.value(argument)))
            }
            _ => Err(Error::Argument("arguments are a tuple or a list: one alone is (argument,)".into())),
        }
    }
}

impl Instance {
    /// Calls a function that is there already, such as `_home.total`, with a tuple or a list of arguments. The first result, with what
    /// is in its tables.
    pub fn call_typed<T: DeserializeOwned>(
        &mut self,
        way: impl AsRef<[u8]>,
        arguments: impl Serialize,
    ) -> Result<T, Error> {
        self.call_typed_with(way, arguments, &ComputeOptions::default())
    }

    /// The same with these options.
    pub fn call_typed_with<T: DeserializeOwned>(
        &mut self,
        way: impl AsRef<[u8]>,
        arguments: impl Serialize,
        own: &ComputeOptions,
    ) -> Result<T, Error> {
        self.call_with(&Call::new(way).by_content().arguments(&arguments)?, own)?.get()
    }
}

impl Options {
    /// With a function whose arguments, a tuple, and result are types of the program. Arguments that do not fit are raised in the
    /// script.
    ///
    /// ```
    /// use cu_host::{Error, Instance, MemoryStore, Module, Options};
    ///
    /// let options = Options::default().typed_function("split", |(text, most): (String, Option<usize>)| {
    ///     Ok::<_, String>(text.split(' ').take(most.unwrap_or(usize::MAX)).map(str::to_owned).collect::<Vec<_>>())
    /// });
    /// let mut instance = Instance::new(&Module::embedded()?, MemoryStore::default(), options)?;
    /// assert_eq!(instance.compute("return #host.split('a b c')")?.get::<u32>()?, 3);
    /// assert_eq!(instance.compute("return host.split('a b c', 2)")?.get::<Vec<String>>()?, ["a", "b"]);
    /// let error = instance.compute("host.split('a', {})").unwrap_err().to_string();
    /// assert_eq!(error, "compute:1: host.split: [2]: invalid type: map, expected usize");
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn typed_function<A: DeserializeOwned, R: Serialize, E: Into<Raised>>(
        self,
        name: impl Into<String>,
        mut function: impl FnMut(A) -> Result<R, E> + Send + 'static,
    ) -> Options {
        self.function(name, move |args: Args| {
            let answer = function(args.to()?).map_err(Into::into)?;
            Values::from_serialize(&answer).map_err(Raised::from)
        })
    }

    /// The same with a function whose result is a future, as that of an [`async_function`](Options::async_function).
    #[must_use]
    pub fn typed_async_function<A, R, E, F>(
        self,
        name: impl Into<String>,
        mut function: impl FnMut(A) -> F + Send + 'static,
    ) -> Options
    where
        A: DeserializeOwned,
        R: Serialize,
        E: Into<Raised>,
        F: Future<Output = Result<R, E>> + Send + 'static,
    {
        self.async_function(name, move |args: Args| {
            let begun = args.to().map(&mut function);
            async move {
                let answer = begun?.await.map_err(Into::into)?;
                Values::from_serialize(&answer).map_err(Raised::from)
            }
        })
    }
}
