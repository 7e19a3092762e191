//! Reads the entries of a recording.
//!
//! Invariant: what is returned is an entry as it was written. No length makes it reserve memory for more bytes than there are.

use std::io::Read;

use cu_abi::recording::{Chain, Entry, FILE_HEAD_BYTES, HEAD_BYTES, SIGNATURE, VERSION, checksum};

use super::error::ReplayError;
use super::figures::Replayed;

/// An entry, with its place in the recording.
pub struct Item {
    pub number: u64,
    pub offset: u64,
    body: Vec<u8>,
}

impl Item {
    /// What it says.
    pub fn entry(&self) -> Entry<'_> {
        // It was read before.
        Entry::read(&self.body).unwrap_or(Entry::End)
    }

    /// That it cannot be.
    pub fn wrong(&self, problem: impl Into<String>) -> ReplayError {
        ReplayError::Entry { entry: self.number, offset: self.offset, problem: problem.into() }
    }
}

/// Reads one entry after another.
pub struct Reader<R> {
    input: R,
    chain: Chain,
    /// The number of the next entry, and where it begins.
    pub number: u64,
    pub offset: u64,
}

impl<R: Read> Reader<R> {
    /// Reads what is in front of the entries.
    pub fn new(input: R) -> Result<Reader<R>, ReplayError> {
        let mut reader = Reader { input, chain: Chain::default(), number: 0, offset: 0 };
        let head = reader.bytes(FILE_HEAD_BYTES as u64)?;
        let signature = &head[..SIGNATURE.len().min(head.len())];
        if !SIGNATURE.starts_with(signature) {
            return Err(ReplayError::NoRecording);
        }
        match head.get(SIGNATURE.len()) {
            None => return Err(reader.cut(head.len())),
            Some(&VERSION) => {}
            Some(&other) => return Err(ReplayError::Version(other)),
        }
        reader.offset = FILE_HEAD_BYTES as u64;
        Ok(reader)
    }

    /// The next entry. A recording that ends is an error: its last entry says so.
    pub fn next(&mut self) -> Result<Item, ReplayError> {
        let Reader { number, offset, .. } = *self;
        let wrong = |problem: String| ReplayError::Entry { entry: number, offset, problem };
        let head = self.bytes(HEAD_BYTES as u64)?;
        let Some(head) = head.first_chunk() else { return Err(self.cut(head.len())) };
        let head = self.chain.read(head).ok_or_else(|| wrong("its head is damaged".into()))?;
        let body = self.bytes(head.length.into())?;
        if body.len() < head.length as usize {
            return Err(self.cut(HEAD_BYTES + body.len()));
        }
        let start = offset + HEAD_BYTES as u64;
        if checksum(0, &body) != head.checksum {
            return Err(wrong("it is damaged".into()));
        }
        if let Err(error) = Entry::read(&body) {
            return Err(wrong(format!("{}, at byte {}", error.problem, start + error.offset as u64)));
        }
        self.number += 1;
        self.offset = start + body.len() as u64;
        Ok(Item { number, offset, body })
    }

    /// Whether there are more bytes.
    pub fn has_more(&mut self) -> Result<bool, ReplayError> {
        self.bytes(1).map(|bytes| !bytes.is_empty())
    }

    /// So many bytes, or all that are left.
    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, ReplayError> {
        let mut bytes = Vec::new();
        self.input.by_ref().take(length).read_to_end(&mut bytes).map_err(ReplayError::Read)?;
        Ok(bytes)
    }

    /// The recording ends so many bytes behind the start of an entry.
    fn cut(&self, length: usize) -> ReplayError {
        let Reader { number, offset, .. } = *self;
        ReplayError::Cut { entry: number, offset, end: offset + length as u64, replayed: Replayed::default() }
    }
}
