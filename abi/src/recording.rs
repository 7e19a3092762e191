//! Recordings: everything that crosses the border between the module and its host, in the order in which it did.
//!
//! Invariant: a reader takes no byte for another one: each is part of a checksum, which goes on from entry to entry. It never looks
//! outside its slice.
//!
//! ```text
//! file    offset 0   6 bytes   1B 'C' 'u' 'R' 'e' 'c'
//!         offset 6   u8        version = 1
//!         offset 7   entries
//!
//! entry   offset 0   u32       CRC-32 of bytes 4 to 12, continued from this field of the entry before; of the first, from 0
//!         offset 4   u32       length of the body
//!         offset 8   u32       CRC-32 of the body
//!         offset 12  ...       the body, whose first byte is its kind
//!
//! body    00 module  32 bytes SHA-256 of the module's file, its name in UTF-8
//!         01 call    u8 place of the export in EXPORTS, u8 number of arguments, u32 each; of compute, the code
//!         02 return  i32 answer, what the call left for the host
//!         03 trap    the engine's words in UTF-8
//!         04 import  u8 place of the import in IMPORTS, u32 table, u32 room, i32 answer,
//!                    u32 length and key, u32 length and value, what the host wrote
//!         05 undone  nothing
//!         06 end     nothing
//! ```
//!
//! `recording.md` says what is in each of them, and in which order they come.

use crate::exports::EXPORTS;
use crate::imports::IMPORTS;

/// The first bytes of a recording.
pub const SIGNATURE: [u8; 6] = *b"\x1bCuRec";

/// The version of recordings.
pub const VERSION: u8 = 1;

/// What is before the first entry.
pub const FILE_HEAD_BYTES: usize = SIGNATURE.len() + 1;

/// What is before the body of an entry.
pub const HEAD_BYTES: usize = 12;

/// Where the answer of an import is in its body.
pub const IMPORT_ANSWER_AT: usize = 10;

/// The module's hash, SHA-256.
pub const HASH_BYTES: usize = 32;

/// Which module it is: the first entry, and no other.
pub const KIND_MODULE: u8 = 0;
/// The host calls an export.
pub const KIND_CALL: u8 = 1;
/// The export returns.
pub const KIND_RETURN: u8 = 2;
/// The export trapped, which ends the instance.
pub const KIND_TRAP: u8 = 3;
/// The module called an import, and the host answered.
pub const KIND_IMPORT: u8 = 4;
/// The store did not keep what the last call changed.
pub const KIND_UNDONE: u8 = 5;
/// The recording ends: the last entry, and no other.
pub const KIND_END: u8 = 6;

/// The kinds by their numbers, in words.
pub const KINDS: [&str; 7] = ["module", "call", "return", "trap", "import", "undone", "end"];

/// The first bytes of a file, with the version.
pub const fn file_head() -> [u8; FILE_HEAD_BYTES] {
    let [a, b, c, d, e, f] = SIGNATURE;
    [a, b, c, d, e, f, VERSION]
}

/// What one entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// The module.
    Module {
        /// SHA-256 of its file.
        hash: &'a [u8; HASH_BYTES],
        /// Its version and parts, for messages.
        name: &'a [u8],
    },
    /// A call of an export.
    Call {
        /// Its place in [`EXPORTS`].
        export: u8,
        /// Four bytes each.
        arguments: &'a [u8],
        /// Of `compute`: what it is to run.
        code: &'a [u8],
    },
    /// The end of that call.
    Return {
        /// What it returned; 0 of an export that returns nothing.
        answer: i32,
        /// Of `compute`, what is in the I/O buffer; of `get_memory_stats`, the figures.
        left: &'a [u8],
    },
    /// Another end of it.
    Trap {
        /// The engine's words.
        words: &'a [u8],
    },
    /// A call of an import, and its end.
    Import(Import<'a>),
    /// The store undid the last call.
    Undone,
    /// Nothing follows.
    End,
}

/// A call of an import: what the module gave, and what it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// Its place in [`IMPORTS`].
    pub import: u8,
    /// The table.
    pub table: u32,
    /// Bytes that the answer may have: of get and keys.
    pub room: u32,
    /// What the import returned.
    pub answer: i32,
    /// The key; of keys, the request; of size, nothing.
    pub key: &'a [u8],
    /// The value that is set.
    pub value: &'a [u8],
    /// What the host wrote into the module's memory.
    pub wrote: &'a [u8],
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Offset in the body of the first byte that cannot be right.
    pub offset: usize,
    /// What is wrong there.
    pub problem: &'static str,
}

/// The problem of a body that ends too early.
pub const CUT_OFF: &str = "the entry ends within a field";

impl<'a> Entry<'a> {
    /// Reads a body.
    pub fn read(body: &'a [u8]) -> Result<Entry<'a>, Wrong> {
        let mut fields = Fields { body, at: 0 };
        let entry = match fields.byte()? {
            KIND_MODULE => Entry::Module { hash: fields.array()?, name: fields.rest() },
            KIND_CALL => {
                let export = fields.place(EXPORTS.len(), "there is no such export")?;
                let wanted = EXPORTS[usize::from(export)].parameters.len();
                let offset = fields.at;
                if usize::from(fields.byte()?) != wanted {
                    return Err(Wrong { offset, problem: "the export has another number of arguments" });
                }
                Entry::Call { export, arguments: fields.bytes(wanted * WORD_BYTES)?, code: fields.rest() }
            }
            KIND_RETURN => Entry::Return { answer: fields.answer()?, left: fields.rest() },
            KIND_TRAP => Entry::Trap { words: fields.rest() },
            KIND_IMPORT => Entry::Import(Import {
                import: fields.place(IMPORTS.len(), "there is no such import")?,
                table: fields.word()?,
                room: fields.word()?,
                answer: fields.answer()?,
                key: fields.block()?,
                value: fields.block()?,
                wrote: fields.rest(),
            }),
            KIND_UNDONE => Entry::Undone,
            KIND_END => Entry::End,
            _ => return Err(Wrong { offset: 0, problem: "there is no such kind of entry" }),
        };
        if fields.at < body.len() {
            return Err(Wrong { offset: fields.at, problem: "bytes follow the last field" });
        }
        Ok(entry)
    }

    /// Gives the bytes of the body to `put`, part after part.
    pub fn write(&self, put: &mut impl FnMut(&[u8])) {
        put(&[self.kind()]);
        match self {
            Entry::Module { hash, name } => {
                put(*hash);
                put(name);
            }
            Entry::Call { export, arguments, code } => {
                put(&[*export, (arguments.len() / WORD_BYTES) as u8]);
                put(arguments);
                put(code);
            }
            Entry::Return { answer, left } => {
                put(&answer.to_le_bytes());
                put(left);
            }
            Entry::Trap { words } => put(words),
            Entry::Import(import) => {
                put(&[import.import]);
                put(&import.table.to_le_bytes());
                put(&import.room.to_le_bytes());
                put(&import.answer.to_le_bytes());
                for block in [import.key, import.value] {
                    put(&(block.len() as u32).to_le_bytes());
                    put(block);
                }
                put(import.wrote);
            }
            Entry::Undone | Entry::End => {}
        }
    }

    /// The first byte of the body.
    pub const fn kind(&self) -> u8 {
        match self {
            Entry::Module { .. } => KIND_MODULE,
            Entry::Call { .. } => KIND_CALL,
            Entry::Return { .. } => KIND_RETURN,
            Entry::Trap { .. } => KIND_TRAP,
            Entry::Import(_) => KIND_IMPORT,
            Entry::Undone => KIND_UNDONE,
            Entry::End => KIND_END,
        }
    }
}

const WORD_BYTES: usize = size_of::<u32>();

/// The fields of a body, one after another.
struct Fields<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Wrong> {
        let rest = self.body.get(self.at..).unwrap_or_default();
        let bytes = rest.get(..length).ok_or(Wrong { offset: self.body.len(), problem: CUT_OFF })?;
        self.at += length;
        Ok(bytes)
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<&'a [u8; LENGTH], Wrong> {
        let offset = self.body.len();
        self.bytes(LENGTH)?.first_chunk().ok_or(Wrong { offset, problem: CUT_OFF })
    }

    fn byte(&mut self) -> Result<u8, Wrong> {
        self.array::<1>().map(|[byte]| *byte)
    }

    /// A byte below `limit`.
    fn place(&mut self, limit: usize, problem: &'static str) -> Result<u8, Wrong> {
        let offset = self.at;
        let place = self.byte()?;
        if usize::from(place) < limit { Ok(place) } else { Err(Wrong { offset, problem }) }
    }

    fn word(&mut self) -> Result<u32, Wrong> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn answer(&mut self) -> Result<i32, Wrong> {
        self.array().map(|bytes| i32::from_le_bytes(*bytes))
    }

    fn block(&mut self) -> Result<&'a [u8], Wrong> {
        let offset = self.at;
        let length = self.word()? as usize;
        self.bytes(length).map_err(|_| Wrong { offset, problem: "the length is more than the entry has" })
    }

    fn rest(&mut self) -> &'a [u8] {
        let rest = self.body.get(self.at..).unwrap_or_default();
        self.at = self.body.len();
        rest
    }
}

/// The checksums of the entries read or written so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain(u32);

/// What the head of an entry says of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many bytes it has.
    pub length: u32,
    /// Its checksum.
    pub checksum: u32,
}

impl Chain {
    /// The head of the next entry, whose body has that length and checksum.
    pub fn head(&mut self, head: Head) -> [u8; HEAD_BYTES] {
        let [a, b, c, d] = head.length.to_le_bytes();
        let [e, f, g, h] = head.checksum.to_le_bytes();
        self.0 = checksum(self.0, &[a, b, c, d, e, f, g, h]);
        let [i, j, k, l] = self.0.to_le_bytes();
        [i, j, k, l, a, b, c, d, e, f, g, h]
    }

    /// What the head of the next entry says; none if it is damaged.
    pub fn read(&mut self, head: &[u8; HEAD_BYTES]) -> Option<Head> {
        let [_, _, _, _, a, b, c, d, e, f, g, h] = *head;
        let read = Head { length: u32::from_le_bytes([a, b, c, d]), checksum: u32::from_le_bytes([e, f, g, h]) };
        let mut next = *self;
        if next.head(read) != *head {
            return None;
        }
        *self = next;
        Some(read)
    }
}

/// CRC-32 as in zip and PNG (polynomial 0xEDB88320, reflected), of what comes behind bytes with the checksum `before`.
pub fn checksum(before: u32, bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<4>();
    let mut remainder = !before;
    // Four bytes at a time: one alone has to wait for the one before.
    for word in words {
        let [a, b, c, d] = (remainder ^ u32::from_le_bytes(*word)).to_le_bytes().map(usize::from);
        remainder = TABLES[3][a] ^ TABLES[2][b] ^ TABLES[1][c] ^ TABLES[0][d];
    }
    for byte in rest {
        remainder = TABLES[0][(remainder as u8 ^ byte) as usize] ^ remainder >> 8;
    }
    !remainder
}

/// For each byte what it adds to the remainder, when so many bytes follow it.
static TABLES: [[u32; 256]; 4] = tables();

const fn tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = if remainder & 1 == 1 { remainder >> 1 ^ 0xedb8_8320 } else { remainder >> 1 };
            bit += 1;
        }
        tables[0][byte] = remainder;
        byte += 1;
    }
    let mut after = 1;
    while after < 4 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[after - 1][byte];
            tables[after][byte] = before >> 8 ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        after += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_zip_and_go_on() {
        assert_eq!(checksum(0, b"123456789"), 0xcbf4_3926);
        for cut in 0..=9 {
            let (first, second) = b"123456789".split_at(cut);
            assert_eq!(checksum(checksum(0, first), second), 0xcbf4_3926, "{cut}");
        }
    }

    #[test]
    fn every_cut_and_every_other_byte_of_a_head_is_seen() {
        let before = Chain(7);
        let head = before.clone().head(Head { length: 300, checksum: 9 });
        assert_eq!(before.clone().read(&head), Some(Head { length: 300, checksum: 9 }));
        assert_eq!(Chain(8).read(&head), None);
        for at in 0..HEAD_BYTES {
            for other in 1..=255 {
                let mut changed = head;
                changed[at] ^= other;
                assert_eq!(before.clone().read(&changed), None, "byte {at}, {other}");
            }
        }
    }

    #[test]
    fn every_cut_of_a_body_is_malformed_or_is_what_it_says() {
        let import = Import { import: 1, table: 1, room: 9, answer: 2, key: b"k", value: b"", wrote: b"" };
        let call = Entry::Call { export: 1, arguments: &[7; 8], code: b"" };
        for entry in [Entry::Import(import), call, Entry::Module { hash: &[3; HASH_BYTES], name: b"" }] {
            let mut body = std::vec::Vec::new();
            entry.write(&mut |bytes| body.extend_from_slice(bytes));
            assert_eq!(Entry::read(&body), Ok(entry));
            for cut in 0..body.len() {
                assert!(
                    matches!(Entry::read(&body[..cut]), Err(Wrong { offset, .. }) if offset <= cut),
                    "{entry:?}: {cut}"
                );
            }
        }
    }
}
