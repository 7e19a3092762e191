//! `--allow read=FOLDER` and `--allow write=FOLDER`: a folder, and what scripts may do below it.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::usage::Usage;

/// What scripts may do below a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    Read,
    Write,
}

impl Right {
    pub fn word(self) -> &'static str {
        match self {
            Right::Read => "read",
            Right::Write => "write",
        }
    }
}

/// A right and its folder, as the command line has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    pub right: Right,
    pub folder: PathBuf,
}

impl Grant {
    /// Reads `read=FOLDER` or `write=FOLDER`.
    pub fn read(text: &OsStr) -> Result<Grant, Usage> {
        let parts = [Right::Read, Right::Write].map(|right| (right, after(text, right.word())));
        let found = parts.into_iter().find_map(|(right, folder)| Some((right, folder?)));
        match found {
            Some((right, folder)) if !folder.is_empty() => Ok(Grant { right, folder: folder.into() }),
            _ => Err(Usage(format!("--allow takes read=FOLDER or write=FOLDER, not '{}'", text.display()))),
        }
    }
}

/// What stands after `word=`.
fn after(text: &OsStr, word: &str) -> Option<OsString> {
    match text.to_str() {
        Some(text) => Some(text.strip_prefix(word)?.strip_prefix('=')?.into()),
        None => after_bytes(text, word),
    }
}

/// The same for a path that is no text.
#[cfg(unix)]
fn after_bytes(text: &OsStr, word: &str) -> Option<OsString> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};

    let rest = text.as_bytes().strip_prefix(word.as_bytes())?.strip_prefix(b"=")?;
    Some(OsString::from_vec(rest.to_vec()))
}

#[cfg(not(unix))]
fn after_bytes(_: &OsStr, _: &str) -> Option<OsString> {
    None
}
