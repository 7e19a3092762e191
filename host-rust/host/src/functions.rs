//! Functions that the host offers to scripts, which call them as `host.name`.
//!
//! Invariant: a function runs once for each call, and whatever it answers, the module gets an answer: results, or an error that
//! the script can catch.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use std::future::Future;
use std::pin::Pin;

use cu_abi::call;
use cu_abi::functions::{ANSWER_ERROR, ANSWER_LATER, ANSWER_RESULTS, ASYNC, EITHER, LIBRARY, RESULTS, SYNC};
use cu_abi::value::Reader;
use cu_abi::{tables, tags};

use crate::codec;
use crate::error::Error;
use crate::value::Value;

/// Memory of an answer that is kept for the next one.
const KEPT_BYTES: usize = 4096;

/// Most calls have no more.
const USUAL_ARGUMENTS: usize = 4;

/// What a function does.
enum Function {
    /// It answers when it is called.
    Sync(Box<dyn FnMut(Args) -> Result<Values, Raised> + Send>),
    /// The same, or the program answers.
    Either(Box<dyn FnMut(Args) -> Option<Result<Values, Raised>> + Send>),
    /// It answers when its future is ready.
    Async(Box<dyn FnMut(Args) -> Answer + Send>),
    /// The program answers.
    Later,
}

/// What a function answers that answers later.
pub struct Answer(Pin<Box<dyn Future<Output = Result<Values, Raised>> + Send>>);

impl Answer {
    /// To a call that is one too many.
    pub(crate) fn refused(reason: String) -> Answer {
        Answer(Box::pin(async { Err(Raised::from(reason)) }))
    }

    /// The answer, when it is there.
    pub(crate) fn future(&mut self) -> impl Future<Output = Result<Values, Raised>> + Send + '_ {
        self.0.as_mut()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Answer")
    }
}

/// Functions by their names: `get`, or `http.get` for `host.http.get`.
#[derive(Default)]
pub struct Functions {
    all: BTreeMap<String, Function>,
    /// The answer to the last call.
    last: Option<Vec<u8>>,
}

impl Functions {
    /// With one more function, or another one of that name. Names are of letters, digits and `_`, with dots between.
    pub fn add<R: Into<Values>, E: Into<Raised>>(
        &mut self,
        name: impl Into<String>,
        mut function: impl FnMut(Args) -> Result<R, E> + Send + 'static,
    ) {
        let run = move |args| function(args).map(Into::into).map_err(Into::into);
        self.all.insert(name.into(), Function::Sync(Box::new(run)));
    }

    /// With one more function that answers with a future.
    pub fn add_async<R, E, F>(&mut self, name: impl Into<String>, mut function: impl FnMut(Args) -> F + Send + 'static)
    where
        R: Into<Values>,
        E: Into<Raised>,
        F: Future<Output = Result<R, E>> + Send + 'static,
    {
        let run = move |args| {
            let future = function(args);
            Answer(Box::pin(async move { future.await.map(Into::into).map_err(Into::into) }))
        };
        self.all.insert(name.into(), Function::Async(Box::new(run)));
    }

    /// With one more function that answers, or leaves the answer to the program.
    pub fn add_either<R: Into<Values>, E: Into<Raised>>(
        &mut self,
        name: impl Into<String>,
        mut function: impl FnMut(Args) -> Option<Result<R, E>> + Send + 'static,
    ) {
        let run = move |args| function(args).map(|answer| answer.map(Into::into).map_err(Into::into));
        self.all.insert(name.into(), Function::Either(Box::new(run)));
    }

    /// With one more function whose calls the program answers by itself.
    pub fn add_later(&mut self, name: impl Into<String>) {
        self.all.insert(name.into(), Function::Later);
    }

    /// For the configuration; nil where there is none.
    pub(crate) fn offer(&self) -> Value {
        if self.all.is_empty() {
            return Value::Nil;
        }
        let mode = |function: &Function| match function {
            Function::Sync(_) => SYNC,
            Function::Either(_) => EITHER,
            Function::Async(_) | Function::Later => ASYNC,
        };
        Value::Table(self.all.iter().map(|(name, function)| (name.as_str().into(), mode(function).into())).collect())
    }

    /// What table 0 has under a key: the answer to a call.
    pub(crate) fn get(&mut self, key: &[u8]) -> Option<&[u8]> {
        if call::is_call(key) {
            let room = self.last.take().filter(|last| last.capacity() <= KEPT_BYTES).unwrap_or_default();
            self.last = self.call(key, room);
        } else if key != tables::KEY_ANSWER.as_bytes() {
            return None;
        }
        self.last.as_deref()
    }

    /// The answer to a call that is one too many.
    pub(crate) fn refuse(&mut self, record: &[u8], reason: String) -> Option<&[u8]> {
        let (name, _) = read(record)?;
        write_answer(name, Err(Raised::from(reason)), self.last.insert(Vec::new()));
        self.last.as_deref()
    }

    /// The answer to a record, in the memory of the one before; none for what is no function. The module sends well-formed records.
    fn call(&mut self, record: &[u8], mut room: Vec<u8>) -> Option<Vec<u8>> {
        let (name, args) = read(record)?;
        let answer = match self.all.get_mut(name)? {
            Function::Sync(function) => Some(function(args)),
            Function::Either(function) => function(args),
            Function::Async(_) | Function::Later => return None,
        };
        match answer {
            Some(answer) => write_answer(name, answer, &mut room),
            None => {
                room.clear();
                room.push(ANSWER_LATER);
            }
        }
        Some(room)
    }

    /// Calls the function for which a compute waits; none where the program answers.
    pub(crate) fn begin(&mut self, call: &HostCall) -> Option<Answer> {
        match self.all.get_mut(&call.name)? {
            Function::Async(function) => Some(function(call.args.clone())),
            Function::Sync(_) | Function::Either(_) | Function::Later => None,
        }
    }
}

/// A call of a function of the host.
#[derive(Debug)]
pub(crate) struct HostCall {
    pub name: String,
    pub args: Args,
}

impl HostCall {
    /// Reads a call record of the module.
    pub fn read(record: &[u8]) -> Option<HostCall> {
        let (name, args) = read(record)?;
        Some(HostCall { name: name.to_owned(), args })
    }
}

/// The name of the function in a call record of the module, and the arguments.
fn read(record: &[u8]) -> Option<(&str, Args)> {
    let mut call = call::Call::read(record).ok()?;
    let name = std::str::from_utf8(call.way).ok()?;
    let mut args = Vec::with_capacity(USUAL_ARGUMENTS);
    let mut at = call.reader().offset();
    while at < record.len() {
        // In front of each is its form: a module sends values only.
        let mut reader = Reader::starting_at(record, at + 1);
        args.push(codec::read(&mut reader).ok()?);
        at = reader.offset();
    }
    Some((name, Args(args)))
}

/// Writes what a function answers: an error if it cannot be encoded.
fn write_answer(name: &str, answered: Result<Values, Raised>, room: &mut Vec<u8>) {
    let answered = answered.and_then(|Values(values)| {
        let count = values.len();
        if count > RESULTS {
            return Err(Raised::from(format!("it answered {count} values; {RESULTS} are the most")));
        }
        encode(ANSWER_RESULTS, &values, room).map_err(Raised::from)
    });
    let Err(raised) = answered else { return };
    let value = match raised.0 {
        Reason::Value(value) => value,
        Reason::Text(text) => format!("{LIBRARY}.{name}: {text}").into(),
    };
    let encoded =
        encode(ANSWER_ERROR, &[value], room).or_else(|error| encode(ANSWER_ERROR, &[error.to_string().into()], room));
    if encoded.is_err() {
        *room = vec![ANSWER_ERROR, tags::NIL];
    }
}

/// The same, as bytes of their own.
pub(crate) fn encoded(name: &str, answered: Result<Values, Raised>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_answer(name, answered, &mut bytes);
    bytes
}

impl fmt::Debug for Functions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.all.keys()).finish()
    }
}

fn encode(kind: u8, values: &[Value], into: &mut Vec<u8>) -> Result<(), Error> {
    into.clear();
    codec::append(into, |writer| {
        writer.bytes(&[kind]);
        values.iter().try_for_each(|value| codec::write(value, writer, 0))
    })
}

/// The arguments of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Args(Vec<Value>);

impl Args {
    /// The argument with that number, from 0; nil beyond the last one.
    pub fn at(&self, number: usize) -> &Value {
        self.0.get(number).unwrap_or(&Value::Nil)
    }

    /// All of them.
    pub fn into_values(self) -> Vec<Value> {
        self.0
    }
}

impl Deref for Args {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}

/// The results of a function: none of `()`, one of anything that is a [`Value`], several of a `Vec`.
#[derive(Clone, Debug, PartialEq)]
pub struct Values(pub Vec<Value>);

impl From<()> for Values {
    fn from((): ()) -> Values {
        Values(Vec::new())
    }
}

impl From<Vec<Value>> for Values {
    fn from(values: Vec<Value>) -> Values {
        Values(values)
    }
}

macro_rules! one_result {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Values {
            fn from(value: $kind) -> Values {
                Values(vec![value.into()])
            }
        }
    )*};
}
one_result!(bool, i32, u32, i64, f64, &str, String);

impl From<Value> for Values {
    fn from(value: Value) -> Values {
        Values(vec![value])
    }
}

/// What a function raises in the script: a text, behind the name of the function, or any value.
#[derive(Clone, Debug, PartialEq)]
pub struct Raised(Reason);

#[derive(Clone, Debug, PartialEq)]
enum Reason {
    Text(String),
    Value(Value),
}

impl From<Value> for Raised {
    fn from(value: Value) -> Raised {
        Raised(Reason::Value(value))
    }
}

macro_rules! text_raised {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Raised {
            fn from(reason: $kind) -> Raised {
                Raised(Reason::Text(reason.to_string()))
            }
        }
    )*};
}
text_raised!(
    &str,
    String,
    Error,
    std::io::Error,
    std::fmt::Error,
    Box<dyn std::error::Error>,
    Box<dyn std::error::Error + Send + Sync>
);
