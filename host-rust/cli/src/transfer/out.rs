//! Standard output of `cu export`.

use crate::failure::Failure;
use crate::output::show;
use crate::progress::Progress;

/// Bytes that are collected before they are written.
const PIECE: usize = 64 * 1024;

/// Standard output, in pieces, and how much is there.
#[derive(Default)]
pub struct Out {
    bytes: Vec<u8>,
    pub rows: u64,
    progress: Progress,
}

impl Out {
    pub fn row(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.rows += 1;
        self.progress.show(self.rows, "rows");
        self.write(bytes)
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.bytes.extend(bytes);
        if self.bytes.len() < PIECE { Ok(()) } else { self.flush() }
    }

    pub fn flush(&mut self) -> Result<(), Failure> {
        show(&std::mem::take(&mut self.bytes))
    }
}
