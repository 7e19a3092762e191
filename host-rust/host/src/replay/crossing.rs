//! What a call of an import takes out of linear memory, and where its answer goes: the recorder and the replay see it alike.
//!
//! Invariant: a part that does not lie in memory counts as empty, since no host reads it.

use cu_abi::limits::MEMORY_STATS_BYTES;
use cu_abi::page;
use cu_abi::recording::Import;

use crate::memory::Memory;

/// A pointer and a length.
pub type Place = (u32, u32);

/// A call of an import, as the module makes it.
#[derive(Clone, Copy)]
pub enum Call {
    /// `js_ext_table_set`
    Set { table: u32, key: Place, value: Place },
    /// `js_ext_table_get`
    Get { table: u32, key: Place, into: Place },
    /// `js_ext_table_delete`
    Delete { table: u32, key: Place },
    /// `js_ext_table_size`
    Size { table: u32 },
    /// `js_ext_table_keys`
    Keys { table: u32, page: Place },
}

// The places in `IMPORTS`.
pub const SET: u8 = 0;
pub const GET: u8 = 1;
pub const DELETE: u8 = 2;
pub const SIZE: u8 = 3;
pub const KEYS: u8 = 4;

impl Call {
    /// What the module gives; without an answer.
    pub fn sent<'a>(self, memory: &'a Memory<'_>) -> Import<'a> {
        let part = |(pointer, length)| memory.read(pointer, length).unwrap_or_default();
        let none = |import, table| Import { import, table, room: 0, answer: 0, key: &[], value: &[], wrote: &[] };
        match self {
            Call::Set { table, key, value } => Import { key: part(key), value: part(value), ..none(SET, table) },
            Call::Get { table, key, into } => Import { key: part(key), room: into.1, ..none(GET, table) },
            Call::Delete { table, key } => Import { key: part(key), ..none(DELETE, table) },
            Call::Size { table } => none(SIZE, table),
            Call::Keys { table, page: (pointer, room) } => {
                let last = memory.read_u32(pointer).map(|head| head & !page::DESCENDING);
                let length = last.and_then(|last| last.checked_add(page::LENGTH_BYTES as u32));
                Import { key: length.map_or(&[], |length| part((pointer, length))), room, ..none(KEYS, table) }
            }
        }
    }

    /// Where the host writes its answer.
    pub fn into(self) -> Place {
        match self {
            Call::Get { into, .. } => into,
            Call::Keys { page, .. } => page,
            Call::Set { .. } | Call::Delete { .. } | Call::Size { .. } => (0, 0),
        }
    }

    /// What the host wrote, if that was its answer.
    pub fn wrote<'a>(self, memory: &'a Memory<'_>, answer: i32) -> &'a [u8] {
        let (pointer, room) = self.into();
        let length = u32::try_from(answer).unwrap_or(0);
        if length > room { &[] } else { memory.read(pointer, length).unwrap_or_default() }
    }
}

/// The export that runs scripts.
pub const COMPUTE: &str = "compute";

/// Where the bytes are that a call of an export left for the host: of `compute`, in the I/O buffer.
pub fn left_at(export: &str, answer: i32, arguments: &[u32], buffer: u32) -> Place {
    match (export, arguments) {
        (COMPUTE, _) => (buffer, if answer < 0 { -(answer + 1) } else { answer }.cast_unsigned()),
        ("get_memory_stats", [pointer]) => (*pointer, MEMORY_STATS_BYTES as u32),
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use cu_abi::imports::IMPORTS;

    use super::*;

    #[test]
    fn places_are_those_of_the_contract() {
        for (place, name) in [(SET, "set"), (GET, "get"), (DELETE, "delete"), (SIZE, "size"), (KEYS, "keys")] {
            assert_eq!(IMPORTS[usize::from(place)].name, format!("js_ext_table_{name}"));
        }
    }

    #[test]
    fn what_does_not_lie_in_memory_is_empty() {
        let mut bytes = [2, 0, 0, 0x80, 7, 8, 9, 10];
        let memory = Memory::new(&mut bytes);
        let keys = |page| Call::Keys { table: 1, page }.sent(&memory).key.to_vec();
        assert_eq!(keys((0, 512)), [2, 0, 0, 0x80, 7, 8]);
        assert!(keys((4, 512)).is_empty() && keys((6, 512)).is_empty());
        let get = Call::Get { table: 1, key: (7, 2), into: (4, 3) };
        assert!(get.sent(&memory).key.is_empty());
        assert_eq!(
            (get.wrote(&memory, 3), get.wrote(&memory, 4), get.wrote(&memory, -1)),
            (&[7, 8, 9][..], &[][..], &[][..])
        );
        assert!(Call::Get { table: 1, key: (0, 0), into: (7, 9) }.wrote(&memory, 2).is_empty());
    }
}
