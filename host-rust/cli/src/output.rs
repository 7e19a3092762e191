//! Standard output and standard error.
//!
//! Invariant: if standard output fails, that is an error of the command. If standard error fails, the text is lost:
//! there is no other place for it.

use std::io::{self, Write};

use crate::failure::Failure;

/// Writes to standard output.
pub fn show(bytes: &[u8]) -> Result<(), Failure> {
    let written = if bytes.is_empty() { Ok(()) } else { write(bytes) };
    written.map_err(|error| Failure::Io("standard output".to_owned(), error))
}

/// Rust's own standard output hides the error when the descriptor cannot be written.
#[cfg(unix)]
fn write(bytes: &[u8]) -> io::Result<()> {
    use std::os::fd::AsFd;

    if crate::start::output_was_closed() {
        return Err(io::Error::other("it is closed"));
    }
    std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?).write_all(bytes)
}

#[cfg(not(unix))]
fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}

/// Writes a line to standard error.
pub fn complain(text: &str) {
    note(&format!("{text}\n"));
}

/// Writes to standard error.
pub fn note(text: &str) {
    note_bytes(text.as_bytes());
}

/// The same, for text of a script, which may be any bytes.
pub fn note_bytes(bytes: &[u8]) {
    let _ = io::stderr().write_all(bytes);
}
