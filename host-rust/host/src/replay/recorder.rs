//! Writes a recording.
//!
//! Invariant: entries are written whole and in order, and none after one that could not be written.

use std::io::{self, Write};

use cu_abi::exports::EXPORTS;
use cu_abi::recording::{Chain, Entry, HASH_BYTES, HEAD_BYTES, Head, IMPORT_ANSWER_AT, checksum, file_head};

use super::crossing::Call;
use crate::error::{Cause, Error};
use crate::memory::Memory;

/// Records an instance ([`Options::record`](crate::Options::record)), from its start to its end, or to
/// [`Instance::end_recording`](crate::Instance::end_recording).
pub struct Recorder {
    out: Box<dyn Write + Send>,
    chain: Chain,
    /// The entry that is written.
    entry: Vec<u8>,
    /// Why there is no more of it.
    failure: Option<Cause>,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Begun,
    Ended,
}

impl Recorder {
    /// Records into a file, or anything else. It gets one write for each entry, and a flush before and after each call: a
    /// [`BufWriter`](io::BufWriter) around it is faster; without one, everything up to the last entry is there if the program
    /// dies.
    pub fn new(out: impl Write + Send + 'static) -> Recorder {
        Recorder { out: Box::new(out), chain: Chain::default(), entry: Vec::new(), failure: None, state: State::New }
    }

    /// Writes what is in front of the calls.
    pub(crate) fn begin(&mut self, hash: &[u8; HASH_BYTES], name: &str) -> Result<(), Error> {
        self.state = State::Begun;
        self.failure = self.out.write_all(&file_head()).err().map(Cause::of);
        self.write(Entry::Module { hash, name: name.as_bytes() });
        self.flushed()
    }

    /// An export is called.
    pub(crate) fn called(&mut self, export: &str, arguments: &[u32], code: &[u8]) -> Result<(), Error> {
        let bytes: Vec<u8> = arguments.iter().flat_map(|argument| argument.to_le_bytes()).collect();
        // The engine refuses what is no export; there are eleven.
        let place = EXPORTS.iter().position(|known| known.name == export).unwrap_or(EXPORTS.len());
        self.write(Entry::Call { export: place as u8, arguments: &bytes, code });
        // So that also a call that never ends is in the file.
        self.flushed()
    }

    /// It returned.
    pub(crate) fn returned(&mut self, answer: i32, left: &[u8]) -> Result<(), Error> {
        self.write(Entry::Return { answer, left });
        self.flushed()
    }

    /// It trapped.
    pub(crate) fn trapped(&mut self, words: &str) -> Result<(), Error> {
        self.write(Entry::Trap { words: words.as_bytes() });
        self.flushed()
    }

    /// The store did not keep what the last call changed.
    pub(crate) fn undone(&mut self) {
        self.write(Entry::Undone);
    }

    /// The module calls an import: what it gives is written down before the host can write over it.
    pub(crate) fn asked(&mut self, memory: &Memory<'_>, call: Call) {
        self.put(&Entry::Import(call.sent(memory)));
    }

    /// The host has answered it.
    pub(crate) fn answered(&mut self, memory: &Memory<'_>, call: Call, answer: i32) {
        let at = HEAD_BYTES + IMPORT_ANSWER_AT;
        self.entry[at..at + size_of::<i32>()].copy_from_slice(&answer.to_le_bytes());
        self.entry.extend_from_slice(call.wrote(memory, answer));
        self.finish();
    }

    /// Writes the last entry.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        if self.state != State::Begun {
            return Ok(());
        }
        self.write(Entry::End);
        self.state = State::Ended;
        self.flushed()
    }

    fn write(&mut self, entry: Entry<'_>) {
        self.put(&entry);
        self.finish();
    }

    /// Puts an entry together.
    fn put(&mut self, entry: &Entry<'_>) {
        self.entry.clear();
        self.entry.extend_from_slice(&[0; HEAD_BYTES]);
        entry.write(&mut |bytes| self.entry.extend_from_slice(bytes));
    }

    /// Writes the entry. A failure is seen at the end of the call.
    fn finish(&mut self) {
        if self.failure.is_none() {
            self.failure = self.try_write().err().map(Cause::of);
        }
    }

    fn try_write(&mut self) -> io::Result<()> {
        let body = &self.entry[HEAD_BYTES..];
        let too_long = |_| io::Error::other(format!("an entry of {} bytes is too long", body.len()));
        let length = u32::try_from(body.len()).map_err(too_long)?;
        let head = self.chain.head(Head { length, checksum: checksum(0, body) });
        self.entry[..HEAD_BYTES].copy_from_slice(&head);
        self.out.write_all(&self.entry)
    }

    fn flushed(&mut self) -> Result<(), Error> {
        if self.failure.is_none() {
            self.failure = self.out.flush().err().map(Cause::of);
        }
        self.failure.clone().map_or(Ok(()), |cause| Err(Error::Recording(cause)))
    }
}

/// A recording ends with its instance.
impl Drop for Recorder {
    fn drop(&mut self) {
        // Who wants to know calls `end_recording`.
        let _ = self.end();
    }
}
