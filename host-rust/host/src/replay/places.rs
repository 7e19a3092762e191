//! Where in linear memory a host may place something: in the I/O buffer, and in blocks that `lua_alloc` handed out.
//!
//! Invariant: a replay writes nowhere else before a call, so that a recording that was changed does not write over what the
//! module has there.

use std::collections::BTreeMap;

use cu_abi::limits::IO_BUFFER_BYTES;

/// The places of one instance.
pub struct Places {
    /// Address of the I/O buffer.
    pub buffer: u32,
    /// Lengths by addresses.
    blocks: BTreeMap<u32, u32>,
}

impl Places {
    pub fn new(buffer: u32) -> Places {
        Places { buffer, blocks: BTreeMap::new() }
    }

    /// Notes a call of an export.
    pub fn note(&mut self, export: &str, arguments: &[u32], answer: i32) {
        let ("lua_alloc", [_, pointer, _, length]) = (export, arguments) else { return };
        // If there is no room for a block to grow, it stays.
        if answer == 0 && *length != 0 {
            return;
        }
        self.blocks.remove(pointer);
        if answer != 0 {
            self.blocks.insert(answer.cast_unsigned(), *length);
        }
    }

    /// Whether a host may place so many bytes there.
    pub fn has(&self, pointer: u32, length: u32) -> bool {
        let is_within = |start: u32, room: u32| {
            pointer >= start && room.checked_sub(length).is_some_and(|most| pointer - start <= most)
        };
        is_within(self.buffer, IO_BUFFER_BYTES as u32)
            || self.blocks.iter().any(|(start, room)| is_within(*start, *room))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_buffer_and_blocks() {
        let mut places = Places::new(1000);
        assert!(places.has(1000, 65_536) && places.has(66_536, 0));
        assert!(
            !places.has(999, 1) && !places.has(1001, 65_536) && !places.has(70_000, 5) && !places.has(1000, u32::MAX)
        );
        places.note("lua_alloc", &[0, 0, 0, 9], 70_000);
        places.note("lua_alloc", &[0, 70_000, 9, 99], 0);
        assert!(places.has(70_004, 5) && !places.has(70_004, 6));
        places.note("lua_alloc", &[0, 70_000, 9, 0], 0);
        assert!(!places.has(70_004, 5));
    }
}
