//! A call of a function of the host: `get(0, record)` ([`cu_abi::functions`]).
//!
//! Invariant: the host is asked once. What does not fit the first room is fetched under another key, and no script and no
//! finalizer, which could call another function, runs in between. What the host answers is checked before any of it is used.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_abi::call as record;
use cu_abi::functions::{ANSWER_ERROR, ANSWER_RESULTS, LIBRARY, RESULTS};
use cu_abi::limits::CALL_ARGUMENTS;
use cu_abi::malformed::{Malformed, Problem};
use cu_abi::tables;
use cu_abi::value::{Item, Reader, Writer};

use crate::budget::{self, cost};
use crate::codec::decode::{self, Unusable};
use crate::codec::encode::{self, Unencodable};
use crate::codec::hosted::{self, Mode};
use crate::control::audit::{self, Action, Detail};
use crate::host::{self, Found};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::{Stack, upvalue};
use crate::permissions::switches;
use crate::vm::run::RUN;

/// Room for most records and answers, so that these need no memory of Lua's.
const SMALL_BYTES: usize = 512;

/// What all functions of the host run.
pub fn call(lua: Stack<'_>) -> Result<u8, Raise> {
    let name = lua.string(upvalue(hosted::NAME));
    if lua.integer(upvalue(hosted::MODE)) == Mode::Absent as i64 {
        return Err(lua.fail(format_args!("{} is not offered by the host", text(name))));
    }
    switches::check_hosted(lua, text(name))?;
    lua.require(cost::HOST)?;
    let mut small = [0; SMALL_BYTES];
    let record = write_record(lua, name, &mut small)?;
    budget::spend(cost::HOST + record.len() / cost::BYTES_HOST);
    RUN.calls.set(RUN.calls.get() + 1);
    audit::report(Action::HostCalled, &[(audit::field::NAME, Detail::Text(name))]);
    let mut small = [0; SMALL_BYTES];
    let answer = match host::get(tables::CONTROL, record, &mut small) {
        Found::Value(length) => small.get(..length).unwrap_or_default(),
        Found::Longer(length) => fetch(lua, name, length)?,
        Found::Absent => return Err(lua.fail(format_args!("{} is not offered by the host", text(name)))),
        Found::Failed(reply) => return Err(failed(lua, name, reply)),
    };
    lua.charge(answer.len() / cost::BYTES_HOST + answer.len() / cost::BYTES_DECODED)?;
    take(lua, name, answer)
}

/// Names are of letters, digits, `_` and dots.
fn text(name: &[u8]) -> &str {
    core::str::from_utf8(name).unwrap_or_default()
}

fn failed(lua: Stack<'_>, name: &[u8], reply: i32) -> Raise {
    lua.fail(format_args!("the host failed to call {}: it answered {reply}", text(name)))
}

/// The record of the call with the arguments on the stack: in `small`, or in a block on top of the stack.
fn write_record<'r>(lua: Stack<'r>, name: &[u8], small: &'r mut [u8]) -> Result<&'r [u8], Raise> {
    let count = lua.top();
    if count as usize > CALL_ARGUMENTS {
        let name = text(name);
        return Err(lua.fail(format_args!("{name} is called with {count} arguments; {CALL_ARGUMENTS} are the most")));
    }
    let length = write_into(lua, name, count, small)?;
    if length <= small.len() {
        return Ok(small.get(..length).unwrap_or_default());
    }
    lua.want_room(2, c"no room for a call of the host");
    let block = lua.push_block(length);
    let written = write_into(lua, name, count, block)?;
    // A finalizer may have changed a table among the arguments.
    let name = text(name);
    let changed = || lua.fail(format_args!("{name} is called with a table that changes meanwhile"));
    if written == length { Ok(block) } else { Err(changed()) }
}

/// The length of the record, which is in the buffer if it fits.
fn write_into(lua: Stack<'_>, name: &[u8], count: c_int, buffer: &mut [u8]) -> Result<usize, Raise> {
    let mut writer = Writer::new(buffer);
    record::write_head(&mut writer, false, name.get(LIBRARY.len() + 1..).unwrap_or_default());
    for index in 1..=count {
        record::write_value_form(&mut writer);
        if let Err(Unencodable { reason, path }) = encode::value(lua, index, &mut writer) {
            lua.charge(0)?;
            let mut message = Message::new(format_args!("argument {index} of {}", text(name)));
            message.push(path.text());
            message.push(b" ");
            // Writing a message does not fail.
            let _ = reason.describe("an argument", &mut message);
            return Err(lua.error(&message));
        }
    }
    Ok(writer.length())
}

/// The answer that needs so much room, in a block on top of the stack.
fn fetch<'s>(lua: Stack<'s>, name: &[u8], length: usize) -> Result<&'s [u8], Raise> {
    lua.want_room(3, c"no room for an answer of the host");
    // No finalizer runs: it could call a function, whose answer would come in the place of this one.
    let held = lua.hold_collector();
    let mut wanted = length;
    let status = lua.protected(
        |lua, bytes| {
            lua.push_block(*bytes);
            Ok(1)
        },
        &mut wanted,
        1,
    );
    let found = match status.is_ok() {
        true => Some(host::get(tables::CONTROL, tables::KEY_ANSWER.as_bytes(), lua.block_mut(-1))),
        false => None,
    };
    lua.release_collector(held);
    match found {
        None => Err(Raise::Memory),
        Some(Found::Value(bytes)) if bytes == length => Ok(lua.block(-1)),
        Some(Found::Failed(reply)) => Err(failed(lua, name, reply)),
        Some(Found::Absent) => Err(failed(lua, name, cu_abi::status::ABSENT)),
        Some(Found::Value(bytes) | Found::Longer(bytes)) => {
            let name = text(name);
            Err(lua.fail(format_args!("the host answered {length} bytes to a call of {name}, and then {bytes}")))
        }
    }
}

/// Pushes the results of an answer, or raises its error.
fn take(lua: Stack<'_>, name: &[u8], answer: &[u8]) -> Result<u8, Raise> {
    let count = check(answer).map_err(|unusable| match unusable {
        Unusable::Malformed(Malformed { offset, problem }) => lua.fail(format_args!(
            "the host's answer to a call of {} is malformed: byte {offset} cannot be right: {}",
            text(name),
            problem.text()
        )),
        Unusable::LeftOut(feature) => {
            lua.fail(format_args!("the host's answer to a call of {} cannot be used: {feature}", text(name)))
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
fn check(answer: &[u8]) -> Result<usize, Unusable> {
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
