//! From a path that a script gives to the file, if a folder of the command line covers it.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use cu_host::Value;

use super::folder::{Entry, Folder, Identity, Place, identity};
use super::grant::{Grant, Right};
use super::path;
use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::inspect::{plain, shortened};

/// A run may write so many bytes in all: no script fills a disk.
const WRITTEN_BYTES: u64 = 64 << 20;

pub struct Access {
    allowed: Vec<Allowed>,
    /// Files that the run itself uses.
    own: Vec<PathBuf>,
    written: u64,
}

/// An open folder, and what is allowed below it.
struct Allowed {
    right: Right,
    /// Where it is, without `.` and `..`.
    at: PathBuf,
    folder: Folder,
}

impl Access {
    /// Opens the folders. Whoever renames one afterwards changes nothing.
    pub fn open(arguments: &Arguments) -> Result<Access, Failure> {
        let open = |grant: &Grant| {
            let at = path::absolute(&grant.folder)?;
            Ok(Allowed { right: grant.right, folder: Folder::open(&grant.folder)?, at })
        };
        let named = |folder: &Path| format!("--allow: {}", folder.display());
        let open = |grant: &Grant| open(grant).map_err(|error| Failure::Io(named(&grant.folder), error));
        let own = [&arguments.home, &arguments.key_file, &arguments.audit, &arguments.record];
        Ok(Access {
            allowed: arguments.allow.iter().map(open).collect::<Result<_, _>>()?,
            own: own.into_iter().flatten().cloned().collect(),
            written: 0,
        })
    }

    /// The place that a path names, if one of these rights covers it.
    pub fn place(&self, given: &Value, rights: &[Right]) -> Result<Place, String> {
        let (folder, names) = self.covering(given, rights)?;
        folder.place(&names).map_err(|error| about(given, error))
    }

    fn covering(&self, given: &Value, rights: &[Right]) -> Result<(&Folder, Vec<std::ffi::OsString>), String> {
        let bytes = given.as_bytes().ok_or_else(|| format!("a path is a string, not {}", shown(given)))?;
        if bytes.is_empty() || bytes.contains(&0) {
            return Err(about(given, "a path is not empty and has no byte 0"));
        }
        let absolute = path::absolute(Path::new(OsStr::from_bytes(bytes))).map_err(|error| about(given, error))?;
        let of = |right: &Right| {
            let covering = self.allowed.iter().filter(|allowed| allowed.right == *right);
            let covering = covering.filter_map(|allowed| Some((allowed, path::below(&allowed.at, &absolute)?)));
            covering.min_by_key(|(_, names)| names.len())
        };
        let found = rights.iter().filter_map(of).min_by_key(|(_, names)| names.len());
        let missing = || {
            let options: Vec<String> = rights.iter().map(|right| format!("--allow {}=FOLDER", right.word())).collect();
            about(given, format!("no {} covers it", options.join(" or ")))
        };
        found.map(|(allowed, names)| (&allowed.folder, names)).ok_or_else(missing)
    }

    /// What is at a path; nothing if something on the way is missing.
    pub fn entry(&self, given: &Value, rights: &[Right]) -> Result<Option<Entry>, String> {
        let (folder, names) = self.covering(given, rights)?;
        match folder.place(&names).and_then(|place| place.entry()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            entry => entry.map_err(|error| about(given, error)),
        }
    }

    /// Refuses an open file that the run itself uses.
    pub fn refuse_own(&self, file: &File) -> io::Result<()> {
        self.refuse(identity(&file.metadata()?))
    }

    /// The same for a place whose file is to go.
    pub fn refuse_own_at(&self, place: &Place) -> io::Result<()> {
        place.identity()?.map_or(Ok(()), |identity| self.refuse(identity))
    }

    fn refuse(&self, found: Identity) -> io::Result<()> {
        let is_found = |own: &PathBuf| std::fs::metadata(own).is_ok_and(|about| identity(&about) == found);
        if self.own.iter().any(is_found) {
            return Err(io::Error::other("cu itself uses this file in this run"));
        }
        Ok(())
    }

    /// Counts bytes before they are written.
    pub fn count(&mut self, bytes: usize) -> io::Result<()> {
        let written = self.written + bytes as u64;
        if written > WRITTEN_BYTES {
            let problem = format!("a run writes at most {WRITTEN_BYTES} bytes, and with these it would be {written}");
            return Err(io::Error::other(problem));
        }
        self.written = written;
        Ok(())
    }
}

/// A value that is none of those that were wanted.
pub fn shown(value: &Value) -> String {
    shortened(&plain(&value.to_string()))
}

/// What is wrong with a path of a script.
pub fn about(path: &Value, problem: impl std::fmt::Display) -> String {
    let path = String::from_utf8_lossy(path.as_bytes().unwrap_or_default());
    format!("'{}': {problem}", path.escape_debug())
}
