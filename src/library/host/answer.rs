//! What the host answers to a call: results, or an error.
//!
//! Invariant: all of it is checked before any of it is used.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_abi::functions::{ANSWER_ERROR, ANSWER_RESULTS, RESULTS};
use cu_abi::malformed::{Malformed, Problem};
use cu_abi::value::{Item, Reader};

use crate::budget::cost;
use crate::codec::decode::{self, Unusable};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;

/// Pushes the results of an answer to a call of the function with that whole name, or raises its error.
pub fn take(lua: Stack<'_>, name: &str, answer: &[u8]) -> Result<u8, Raise> {
    lua.charge(answer.len() / cost::BYTES_HOST + answer.len() / cost::BYTES_DECODED)?;
    // Most answers are one ordinary value, which is checked while it is read.
    if let Some((&ANSWER_RESULTS, value)) = answer.split_first()
        && decode::push_ordinary(lua, value)?
    {
        return Ok(1);
    }
    let count = check(answer).map_err(|unusable| match unusable {
        Unusable::Malformed(Malformed { offset, problem }) => lua.fail(format_args!(
            "the host's answer to a call of {name} is malformed: byte {offset} cannot be right: {}",
            problem.text()
        )),
        Unusable::LeftOut(feature) => {
            lua.fail(format_args!("the host's answer to a call of {name} cannot be used: {feature}"))
        }
    })?;
    lua.want_room(count as c_int + 2, c"no room for an answer of the host");
    let mut reader = Reader::starting_at(answer, 1);
    for _ in 0..count {
        let at = reader.offset();
        // It was checked.
        let _ = reader.item();
        decode::push(lua, answer.get(at..reader.offset()).unwrap_or_default())?;
    }
    if answer.first() == Some(&ANSWER_RESULTS) {
        return Ok(count as u8);
    }
    if lua.kind(-1) == Kind::String {
        lua.push_place(1);
        lua.insert(-2);
        lua.concat(2);
    }
    Err(Raise::Value)
}

/// Checks an answer: how many values it has.
pub fn check(answer: &[u8]) -> Result<usize, Unusable> {
    let malformed = |offset, problem| Err(Unusable::Malformed(Malformed::new(offset, problem)));
    let most = match answer.first() {
        Some(&ANSWER_RESULTS) => RESULTS,
        Some(&ANSWER_ERROR) => 1,
        Some(_) => return malformed(0, Problem::AnswerForm),
        None => return malformed(0, Problem::CutOff),
    };
    let mut reader = Reader::starting_at(answer, 1);
    let mut count = 0;
    while !reader.is_at_end() {
        let at = reader.offset();
        if count == most {
            return malformed(at, Problem::TooManyResults);
        }
        count += 1;
        match reader.item()? {
            // They stand alone, under a key of a table.
            Item::Function(_) | Item::Compressed(..) => return malformed(at, Problem::UnknownTag),
            item => decode::check_item(&item, at, &mut reader)?,
        }
    }
    if count == 0 && most == 1 { malformed(1, Problem::CutOff) } else { Ok(count) }
}
