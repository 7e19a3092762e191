//! Computes that wait for a function of the host (abi/README.md, "Computes that wait"), as the program holds them.
//!
//! Invariant: a [`Pending`] is used up by the call that goes on with it or cancels it, so nothing is answered twice.

use std::time::{Duration, Instant};

use cu_abi::pending::{Answered, Pending as Record};
use cu_abi::value::Writer;

use crate::error::Error;
use crate::functions::{Answer, Args, HostCall};
use crate::options::ComputeOptions;
use crate::response::{self, Response};

/// How far a script came.
#[derive(Debug)]
pub enum Step {
    /// To its end.
    Done(Response),
    /// To a call of a function for which it waits; the instance is free for others.
    Waits(Pending),
}

/// A compute that waits. It keeps memory of the instance until [`Instance::resume`](crate::Instance::resume) or
/// [`Instance::cancel`](crate::Instance::cancel).
#[derive(Debug)]
pub struct Pending(pub(crate) Box<Parts>);

/// They lie elsewhere, since most computes do not wait, and what they come to is moved often.
#[derive(Debug)]
pub(crate) struct Parts {
    /// What is asked for.
    pub(crate) call: HostCall,
    pub(crate) ticket: i64,
    /// What the function that was called answers; none where the program answers by itself.
    pub(crate) answer: Option<Answer>,
    /// What was printed so far.
    pub(crate) output: Vec<u8>,
    /// The options of the compute.
    pub(crate) own: ComputeOptions,
    /// When the compute is ended, and after which time that is.
    pub(crate) deadline: Option<(Instant, Duration)>,
}

impl Pending {
    /// The name of the function, without `host.`.
    pub fn name(&self) -> &str {
        &self.0.call.name
    }

    /// The arguments of the call. Those of an [`async_function`](crate::Options::async_function) were given to that.
    pub fn args(&self) -> &Args {
        &self.0.call.args
    }
}

/// A compute that is to go on or to be cancelled, which the module has not been told yet.
#[derive(Clone)]
pub(crate) struct Left {
    pub ticket: i64,
    pub own: ComputeOptions,
    pub deadline: Option<(Instant, Duration)>,
}

/// The record with which a compute goes on: the answer to its call, or that it is cancelled.
pub(crate) fn record(ticket: i64, answer: &[u8]) -> Vec<u8> {
    let mut head = [0; cu_abi::pending::ANSWER_AT];
    Answered::write_head(&mut Writer::new(&mut head), ticket);
    [&head, answer].concat()
}

/// How a compute came out that left this frame.
pub(crate) fn outcome(frame: &[u8], spilled: Option<&[u8]>) -> &'static str {
    let waits = response::split(frame).is_ok_and(|(_, values)| Record::read(spilled.unwrap_or(values)).is_some());
    if waits { "waits" } else { "done" }
}

/// The call for which a compute waits, with its ticket and the output, if a frame is of such a one.
pub(crate) fn read(frame: &[u8], spilled: Option<&[u8]>) -> Result<Option<(i64, HostCall, Vec<u8>)>, Error> {
    let (output, values) = response::split(frame)?;
    let Some(Record { ticket, call }) = Record::read(spilled.unwrap_or(values)) else { return Ok(None) };
    let wrong = || Error::Protocol("a compute waits for a call that cannot be read".into());
    Ok(Some((ticket, HostCall::read(call).ok_or_else(wrong)?, output.into())))
}
