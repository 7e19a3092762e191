//! Memory of the arena for what one change works with. It is freed before Lua goes on.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::key::{Key, KeyBuffer};
use cu_abi::value::{Item, Writer};

use crate::budget;
use crate::data::refusal;
use crate::data::row::Broken;
use crate::memory::{self, NoMemory};
use crate::proxy::fault::Problem;
use crate::store::page::Page;
use crate::store::{self, Cause, Failure, Fetched};

/// Appends the parts; an error where there is no memory. The table is for the message.
pub fn append(into: &mut Vec<u8>, table: u32, parts: &[&[u8]]) -> Result<(), Failure> {
    let length = parts.iter().map(|part| part.len()).sum();
    into.try_reserve(length).map_err(|_| no_memory(table, length))?;
    for part in parts {
        into.extend_from_slice(part);
    }
    Ok(())
}

/// A copy.
pub fn copy_of(table: u32, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    memory::copied(bytes).map_err(|NoMemory| no_memory(table, bytes.len()))
}

/// Appends an element; an error where there is no memory.
pub fn push<T>(into: &mut Vec<T>, table: u32, element: T) -> Result<(), Failure> {
    memory::push(into, element).map_err(|NoMemory| no_memory(table, size_of::<T>()))
}

/// What `write` writes, in as much memory as it takes.
#[inline(never)]
pub fn written(table: u32, write: &dyn Fn(&mut Writer<'_>)) -> Result<Vec<u8>, Failure> {
    let mut length = Writer::new(&mut []);
    write(&mut length);
    let length = length.length();
    let mut bytes = memory::zeros(length).map_err(|NoMemory| no_memory(table, length))?;
    write(&mut Writer::new(&mut bytes));
    Ok(bytes)
}

/// What lies under a key, there or in `room`, until anything else is read.
pub fn value<'a>(table: u32, key: &[u8], room: &'a mut Vec<u8>) -> Result<Option<&'a [u8]>, Failure> {
    match store::get(table, key)? {
        Fetched::Absent => Ok(None),
        Fetched::Short(length) => Ok(Some(store::short_value(length))),
        Fetched::Long(length) => {
            *room = memory::zeros(length).map_err(|NoMemory| no_memory(table, length))?;
            let length = store::get_long(table, key, room)?;
            Ok(room.get(..length))
        }
    }
}

/// Encodes the key of a pair as an external table has it; false for what cannot be one there.
pub fn encode_key(item: &Item<'_>, into: &mut KeyBuffer) -> bool {
    let key = match item {
        Item::String(text) => Key::String(text),
        Item::Integer(number) => Key::Integer(*number),
        Item::Float(number) => Key::Float(*number),
        Item::Boolean(value) => Key::Boolean(*value),
        _ => return false,
    };
    into.encode(key).is_ok()
}

/// The bytes of a value that is no table.
pub fn encoded(table: u32, item: &Item<'_>) -> Result<Vec<u8>, Failure> {
    written(table, &|writer| match item {
        Item::String(text) => writer.string(text),
        Item::Integer(number) => writer.integer(*number),
        Item::Float(number) => writer.float(*number),
        Item::Boolean(value) => writer.boolean(*value),
        Item::BigInteger(negative, magnitude) => writer.big_integer(*negative, magnitude),
        _ => writer.nil(),
    })
}

/// Keys, one after another.
#[derive(Default)]
pub struct Keys(Vec<u8>);

impl Keys {
    /// Adds one.
    pub fn push(&mut self, table: u32, key: &[u8]) -> Result<(), Failure> {
        append(&mut self.0, table, &[&(key.len() as u16).to_le_bytes(), key])
    }

    /// All of them.
    pub fn each(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.0[..];
        core::iter::from_fn(move || {
            let (length, behind) = rest.split_first_chunk::<2>()?;
            let (key, behind) = behind.split_at_checked(u16::from_le_bytes(*length).into())?;
            rest = behind;
            Some(key)
        })
    }
}

/// The keys of a table.
pub fn keys_of(table: u32, page: &mut Page) -> Result<Keys, Failure> {
    let mut keys = Keys::default();
    let mut found = page.seek(table, &[])?;
    while found {
        check_budget(table)?;
        keys.push(table, page.current().ok_or_else(|| Failure::damaged(table))?)?;
        found = page.step()?;
    }
    Ok(keys)
}

/// What is wrong with a row, as a failure of its table.
#[cold]
pub fn failure(broken: Broken) -> Failure {
    match broken.fault.problem() {
        Problem::Store(failure) => failure,
        Problem::Memory(length) | Problem::TooLarge(length, _) => no_memory(broken.table, length),
        _ => Failure::damaged(broken.table),
    }
}

/// The work goes on while the budget covers it. What is refused here has changed nothing yet.
pub fn check_budget(table: u32) -> Result<(), Failure> {
    if budget::is_exhausted() { Err(refusal::refuse(table, format_args!("the budget is used up"))) } else { Ok(()) }
}

/// There is no memory for so many bytes.
#[cold]
pub fn no_memory(table: u32, length: usize) -> Failure {
    Failure::new("index", table, Cause::Memory(length))
}
