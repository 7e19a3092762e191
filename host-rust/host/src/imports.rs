//! The five functions that the module imports, over a store.
//!
//! Invariant: if a pointer or length leads outside linear memory, the answer is a number below -1 and nothing is
//! changed. Table 0 is the control channel and never reaches the store.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cu_abi::call::is_call;
use cu_abi::{page, status, tables};

use crate::control::Control;
use crate::memory::Memory;
use crate::rate::Meter;
use crate::replay::{Call, Stopped, Tape};
use crate::store::{HOST_PANICKED, NO_LIST, OUTSIDE_MEMORY, PAGE_TOO_SMALL, Store, StoreError, TOO_LARGE};

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
    /// What records the calls of imports, or answers them from a recording.
    pub tape: Option<Box<Tape>>,
}

/// An answer, or the reason why there is none.
type Answer = Result<i32, StoreError>;

/// A call of an import. Only a replay has no answer to one.
pub fn call(host: &mut Host, mut memory: Memory, call: Call) -> Result<i32, Stopped> {
    let Some(mut tape) = host.tape.take() else { return Ok(answered(host, memory, call)) };
    let reply = tape.call(&mut memory, call, |memory| answered(host, memory, call));
    host.tape = Some(tape);
    reply
}

fn answered(host: &mut Host, memory: Memory, call: Call) -> i32 {
    match call {
        Call::Set { table, key, value } => set(host, memory, table, key, value),
        Call::Get { table, key, into } => get(host, memory, table, key, into),
        Call::Delete { table, key } => delete(host, memory, table, key),
        Call::Size { table } => size(host, table),
        Call::Keys { table, page } => keys(host, memory, table, page),
    }
}

fn set(host: &mut Host, memory: Memory, table: u32, key: (u32, u32), value: (u32, u32)) -> i32 {
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

fn get(host: &mut Host, mut memory: Memory, table: u32, key: (u32, u32), into: (u32, u32)) -> i32 {
    reply(host, table, |host| {
        read(&memory, into)?;
        let key = read(&memory, key)?;
        let value = match table {
            tables::CONTROL if is_call(key) => match host.meter.take_call() {
                Ok(()) => host.control.get(key),
                Err(reason) => host.control.functions().refuse(key, reason).map(Into::into),
            },
            tables::CONTROL => host.control.get(key),
            _ => host.store.get(table, key)?,
        };
        let Some(value) = value else { return Ok(status::ABSENT) };
        if value.len() <= into.1 as usize {
            memory.write(into.0, &value).ok_or_else(|| outside(into, &memory))?;
        }
        answer(value.len())
    })
}

fn delete(host: &mut Host, memory: Memory, table: u32, key: (u32, u32)) -> i32 {
    reply(host, table, |host| {
        let key = read(&memory, key)?;
        if table != tables::CONTROL {
            host.store.delete(table, key)?;
        }
        Ok(status::OK)
    })
}

fn size(host: &mut Host, table: u32) -> i32 {
    reply(host, table, |host| {
        if table == tables::CONTROL {
            return Ok(0);
        }
        let size = host.store.size(table)?;
        answer(size as usize)
    })
}

fn keys(host: &mut Host, mut memory: Memory, table: u32, room: (u32, u32)) -> i32 {
    reply(host, table, |host| {
        let request = page::asked(read(&memory, room)?);
        let (after, descending) = request.map_err(|wanted| no_page(room.1, wanted))?;
        let after = after.to_vec();
        let room = memory.part(room.0, room.1).unwrap_or_default();
        if table == tables::CONTROL {
            return table_ids(&mut *host.store, &after, descending, room);
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

/// Bytes of a table's id as a key.
const ID_BYTES: usize = size_of::<u32>();

/// A page of the ids of the tables that have keys; an empty one if the store cannot list its tables.
fn table_ids(store: &mut dyn Store, after: &[u8], descending: bool, room: &mut [u8]) -> Answer {
    let after = match after {
        [] => None,
        bytes => {
            let wrong =
                |_| StoreError::new(OUTSIDE_MEMORY, format!("a table's id has {ID_BYTES} bytes, not {bytes:?}"));
            Some(u32::from_be_bytes(bytes.try_into().map_err(wrong)?))
        }
    };
    let most = room.len() / (page::LENGTH_BYTES + ID_BYTES);
    let mut ids = VecDeque::new();
    let mut last = if descending { None } else { after };
    loop {
        let next = match store.next_table(last) {
            Err(error) if error.code == NO_LIST => return Ok(0),
            next => next?,
        };
        match next {
            Some(id) if descending && after.is_none_or(|after| id < after) => {
                // The last ones of the list are the first ones of the page.
                if ids.len() == most {
                    ids.pop_front();
                }
                ids.push_back(id);
            }
            Some(id) if !descending && ids.len() < most => ids.push_back(id),
            _ => break,
        }
        last = next;
    }
    if descending {
        ids.make_contiguous().reverse();
    }
    let fits = |written, id: &u32| page::append(room, written, &id.to_be_bytes()).unwrap_or(written);
    answer(ids.iter().fold(0, fits))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    /// The ids of one page.
    fn listed(store: &mut dyn Store, after: &[u8], descending: bool, room: usize) -> Result<Vec<u32>, StoreError> {
        let mut room = vec![0; room];
        let written = table_ids(store, after, descending, &mut room)? as usize;
        let (entries, []) = room[..written].as_chunks::<8>() else { panic!("{written} bytes") };
        Ok(entries
            .iter()
            .map(|[length @ .., a, b, c, d]| {
                assert_eq!(*length, [4, 0, 0, 0]);
                u32::from_be_bytes([*a, *b, *c, *d])
            })
            .collect())
    }

    #[test]
    fn tables_with_keys_are_listed_by_pages_in_both_directions() {
        let all = [1, 3, 255, 256, 0x8000_0000, 0xff00_0000];
        let mut store = MemoryStore::default();
        for id in all {
            store.set(id, b"k", b"v").unwrap();
        }
        let mut reversed = all;
        reversed.reverse();
        for (descending, all) in [(false, all), (true, reversed)] {
            for room in [512, 8, 17, 24] {
                let mut found = Vec::new();
                let mut after = Vec::new();
                loop {
                    let page = listed(&mut store, &after, descending, room).unwrap();
                    let Some(last) = page.last() else { break };
                    assert!(page.len() <= room / 8);
                    after = last.to_be_bytes().to_vec();
                    found.extend(page);
                }
                assert_eq!(found, all, "descending: {descending}, room for {room} bytes");
            }
        }
        // The last one seen need not exist any more.
        assert_eq!(listed(&mut store, &4_u32.to_be_bytes(), false, 16), Ok(vec![255, 256]));
        assert_eq!(listed(&mut store, &4_u32.to_be_bytes(), true, 512), Ok(vec![3, 1]));
        assert_eq!(listed(&mut store, b"abc", false, 512).unwrap_err().code, OUTSIDE_MEMORY);
    }

    #[test]
    fn a_store_without_a_list_has_an_empty_one_and_a_failure_is_one() {
        struct Listing(i32);
        impl Store for Listing {
            fn get(&mut self, _: u32, _: &[u8]) -> Result<Option<std::borrow::Cow<'_, [u8]>>, StoreError> {
                unreachable!("only tables are listed")
            }
            fn set(&mut self, _: u32, _: &[u8], _: &[u8]) -> Result<(), StoreError> {
                unreachable!("only tables are listed")
            }
            fn delete(&mut self, _: u32, _: &[u8]) -> Result<(), StoreError> {
                unreachable!("only tables are listed")
            }
            fn size(&mut self, _: u32) -> Result<u32, StoreError> {
                unreachable!("only tables are listed")
            }
            fn keys(
                &mut self,
                _: u32,
                _: Option<&[u8]>,
                _: bool,
                _: &mut dyn FnMut(&[u8]) -> bool,
            ) -> Result<(), StoreError> {
                unreachable!("only tables are listed")
            }
            fn next_table(&mut self, _: Option<u32>) -> Result<Option<u32>, StoreError> {
                Err(StoreError::new(self.0, "no list"))
            }
        }
        assert_eq!(listed(&mut Listing(NO_LIST), b"", false, 512), Ok(vec![]));
        assert_eq!(listed(&mut Listing(-77), b"", false, 512).unwrap_err().code, -77);
    }
}
