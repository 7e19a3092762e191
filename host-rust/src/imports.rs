//! The five functions that the module imports, over a store.
//!
//! Invariant: if a pointer or length leads outside linear memory, the answer is a number below -1 and nothing is
//! changed. Table 0 is the control channel and never reaches the store.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cu_abi::{page, status, tables};

use crate::control::Control;
use crate::memory::Memory;
use crate::rate::Meter;
use crate::store::{HOST_PANICKED, OUTSIDE_MEMORY, PAGE_TOO_SMALL, Store, StoreError, TOO_LARGE};

/// What the imports of one instance work on.
pub struct Host {
    pub store: Box<dyn Store>,
    pub control: Control,
    /// How many operations scripts have used, against their limit.
    pub meter: Meter,
    /// The last failure of an import in this compute or collection.
    pub store_error: Option<StoreError>,
    /// A panic of the store, a clock or the event handler. It may not unwind through the module, so the caller of the
    /// module resumes it.
    pub panic: Option<Box<dyn Any + Send>>,
}

/// An answer, or the reason why there is none.
type Answer = Result<i32, StoreError>;

pub fn set(host: &mut Host, memory: Memory, table: u32, key: (u32, u32), value: (u32, u32)) -> i32 {
    reply(host, table, |host| {
        let key = read(&memory, key)?;
        let value = read(&memory, value)?;
        if table == tables::CONTROL {
            return Ok(host.control.set(key, value));
        }
        host.store.set(table, key, value)?;
        Ok(status::OK)
    })
}

pub fn get(host: &mut Host, mut memory: Memory, table: u32, key: (u32, u32), into: (u32, u32)) -> i32 {
    reply(host, table, |host| {
        read(&memory, into)?;
        let key = read(&memory, key)?;
        let value = if table == tables::CONTROL {
            host.control.get(key).map(Into::into)
        } else {
            host.store.get(table, key)?
        };
        let Some(value) = value else { return Ok(status::ABSENT) };
        if value.len() <= into.1 as usize {
            memory.write(into.0, &value).ok_or_else(|| outside(into, &memory))?;
        }
        answer(value.len())
    })
}

pub fn delete(host: &mut Host, memory: Memory, table: u32, key: (u32, u32)) -> i32 {
    reply(host, table, |host| {
        let key = read(&memory, key)?;
        if table != tables::CONTROL {
            host.store.delete(table, key)?;
        }
        Ok(status::OK)
    })
}

pub fn size(host: &mut Host, table: u32) -> i32 {
    reply(host, table, |host| {
        if table == tables::CONTROL {
            return Ok(0);
        }
        let size = host.store.size(table)?;
        answer(size as usize)
    })
}

pub fn keys(host: &mut Host, mut memory: Memory, table: u32, room: (u32, u32)) -> i32 {
    reply(host, table, |host| {
        let request = page::asked(read(&memory, room)?);
        let (after, descending) = request.map_err(|wanted| no_page(room.1, wanted))?;
        let after = after.to_vec();
        let room = memory.part(room.0, room.1).unwrap_or_default();
        if table == tables::CONTROL {
            return Ok(0);
        }
        let after = (!after.is_empty()).then_some(&after[..]);
        let mut written = 0;
        let mut left_out = false;
        let visit = &mut |key: &[u8]| {
            match page::append(room, written, key) {
                Some(more) => written = more,
                None => left_out = true,
            }
            !left_out
        };
        host.store.keys(table, after, descending, visit)?;
        // This is not a failure: the module asks again with a larger page.
        if written == 0 && left_out { Ok(PAGE_TOO_SMALL) } else { answer(written) }
    })
}

/// Answers an import about a table, or refuses it beyond the rate of scripts, and keeps the error that explains the
/// answer.
fn reply(host: &mut Host, table: u32, answer: impl FnOnce(&mut Host) -> Answer) -> i32 {
    let allowed = |host: &mut Host| {
        if host.meter.take_operation(table) { answer(host) } else { Ok(status::RATE_EXCEEDED) }
    };
    // Unwind safety: no code sees the host again before the panic is resumed.
    match catch_unwind(AssertUnwindSafe(|| allowed(host))) {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => host.store_error.insert(error).answer(),
        Err(panic) => {
            host.panic = Some(panic);
            HOST_PANICKED
        }
    }
}

/// The bytes that a pointer and a length name.
fn read<'a>(memory: &'a Memory, place: (u32, u32)) -> Result<&'a [u8], StoreError> {
    memory.read(place.0, place.1).ok_or_else(|| outside(place, memory))
}

fn outside((pointer, length): (u32, u32), memory: &Memory) -> StoreError {
    let size = memory.size();
    StoreError::new(OUTSIDE_MEMORY, format!("{length} bytes at {pointer} lead outside linear memory, which has {size}"))
}

fn no_page(length: u32, wanted: usize) -> StoreError {
    StoreError::new(OUTSIDE_MEMORY, format!("a page of {length} bytes; its request alone has {wanted}"))
}

/// A length or a number of keys, as the answer.
fn answer(number: usize) -> Answer {
    let too_large = |_| StoreError::new(TOO_LARGE, format!("{number} is more than an answer can be, {}", i32::MAX));
    i32::try_from(number).map_err(too_large)
}
