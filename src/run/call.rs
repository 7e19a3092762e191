//! A call record in the place of source (`abi/README.md`, "Call records").
//!
//! Invariant: what is malformed is found before anything of the record is used.
#![forbid(unsafe_code)]

use cu_abi::call::{Argument, Call};
use cu_abi::malformed::Malformed;

use crate::budget::{self, cost};
use crate::codec::decode::{self, Unusable};
use crate::codec::feature;
use crate::error::Error;
use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::proxy::{reached, way};

/// Of a value.
const LEFT_OUT: &str = "this module was built without what the value needs";

/// What is wrong with a record.
pub fn malformed(Malformed { offset, problem }: Malformed) -> Error {
    Error::CallMalformed { offset, problem: problem.text() }
}

/// The same, of values that begin at that byte of the record.
pub fn unusable(unusable: Unusable, start: usize) -> Error {
    match unusable {
        Unusable::Malformed(found) => malformed(Malformed::new(start + found.offset, found.problem)),
        Unusable::LeftOut(_) => Error::CallMalformed { offset: start, problem: LEFT_OUT },
    }
}

/// Checks all of a record; whether tables in the results are wanted as their content.
pub fn check(record: &[u8]) -> Result<bool, Error> {
    feature::data().map_err(|feature| Error::LeftOut { what: "a call record", feature })?;
    budget::spend(record.len() / cost::BYTES_DECODED);
    let mut call = Call::read(record).map_err(malformed)?;
    while let Some(argument) = call.argument().map_err(malformed)? {
        if let Argument::Value(at, item) = argument {
            decode::check_item(&item, at, call.reader()).map_err(|found| match found {
                Unusable::LeftOut(_) => unusable(found, at),
                found => unusable(found, 0),
            })?;
        }
    }
    Ok(call.by_content)
}

/// Arguments of a record that is read at once.
const FEW: u8 = 8;

/// Pushes the function and the arguments, where that takes no memory: the function is remembered, and the arguments are few numbers,
/// booleans or nil. It counts what the protected call of `push` counts. How many values that makes, and whether tables in the results
/// are wanted as their content; nothing is pushed for any other record, also a malformed one.
pub fn push_simple(lua: Stack<'_>, record: &[u8]) -> Option<(u8, bool)> {
    let (before, left, work) = (lua.top(), budget::left(), record.len() / cost::BYTES_DECODED + cost::CALL);
    let mut call = Call::read_known(record)?;
    if !reached::push(lua, call.way) {
        return None;
    }
    for count in 1..=FEW + 1 {
        if call.is_at_end() {
            // Where the budget ends, or a part of it, is for `push` to see.
            if budget::left_of_part() < work as i64 {
                break;
            }
            budget::spend(work);
            return Some((count, call.by_content));
        }
        match call.scalar() {
            Some(item) if count <= FEW && decode::push_simple(lua, &item) => {}
            _ => break,
        }
    }
    lua.set_top(before);
    budget::refund((left - budget::left()) as usize);
    None
}

/// Pushes the function of a record that was checked, and its arguments; how many values that makes.
pub fn push(lua: Stack<'_>, record: &[u8]) -> Result<u8, Raise> {
    lua.charge(0)?;
    lua.set_top(0);
    match push_parts(lua, record) {
        Err(None) => {
            // A host that is called meanwhile may write there.
            Err(lua.fail(format_args!("the call record changed while it was read")))
        }
        Err(Some(raise)) => Err(raise),
        Ok(()) => Ok(lua.top() as u8),
    }
}

/// What is malformed now was not so before: `None`.
fn push_parts(lua: Stack<'_>, record: &[u8]) -> Result<(), Option<Raise>> {
    let mut call = Call::read(record).map_err(|_| None)?;
    way::push_function(lua, call.way).map_err(Some)?;
    while let Some(argument) = call.argument().map_err(|_| None)? {
        match argument {
            Argument::Way(way) => way::push(lua, way).map_err(Some)?,
            Argument::Value(at, _) => {
                let bytes = record.get(at..call.reader().offset()).unwrap_or_default();
                decode::push(lua, bytes).map_err(Some)?;
            }
        }
    }
    Ok(())
}
