//! Why a query has no answer.
#![forbid(unsafe_code)]

use crate::data::filter::Bad;
use crate::data::memory::NoMemory;
use crate::store::Failure;

/// What stops a query.
#[derive(Clone, Copy)]
pub enum Stop<'a> {
    /// A row cannot be read.
    Bad(Bad<'a>),
    /// The keys cannot be listed.
    Keys(Failure),
    /// There is no memory.
    Memory,
    /// The budget is used up.
    Budget,
}

impl From<NoMemory> for Stop<'_> {
    fn from(_: NoMemory) -> Self {
        Stop::Memory
    }
}

impl<'a> From<Bad<'a>> for Stop<'a> {
    fn from(bad: Bad<'a>) -> Self {
        Stop::Bad(bad)
    }
}
