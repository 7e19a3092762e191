//! Standard output and standard error.
//!
//! Invariant: what standard output does not take is an error of the command. What standard error does not take is lost:
//! there is nowhere else to say so.

use std::io::{self, Write};

use crate::failure::Failure;

/// Writes to standard output.
pub fn show(bytes: &[u8]) -> Result<(), Failure> {
    let written = if bytes.is_empty() { Ok(()) } else { write(bytes) };
    written.map_err(|error| Failure::Io("standard output".to_owned(), error))
}

/// The library's own standard output takes a descriptor that cannot be written for one that is written to.
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
    let _ = io::stderr().write_all(text.as_bytes());
}
