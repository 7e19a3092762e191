//! A file that is written beside another one and then takes its place.
//!
//! Invariant: the name of the old file names a whole file at every moment. The new file is removed if this is dropped
//! before it took the place; only a killed process leaves it behind, and the next one replaces it.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::key_file::{create_new, sync_folder};

pub struct Replacement {
    old: PathBuf,
    new: PathBuf,
    is_in_place: bool,
}

impl Replacement {
    /// Begins an empty file. The caller has locked the old file, so no other process writes the new one.
    pub fn begin(old: &Path) -> Result<Replacement, Failure> {
        let mut name = OsString::from(old);
        name.push(".unfinished");
        let new = PathBuf::from(name);
        let removed = refuse_other_files(&new).and_then(|()| remove(&new));
        removed.and_then(|()| create_new(&new)).map_err(|error| failed(&new, error))?;
        let replacement = Replacement { old: old.to_owned(), new, is_in_place: false };
        replacement.belong_to_the_same().map_err(|error| failed(&replacement.new, error))?;
        Ok(replacement)
    }

    pub fn file(&self) -> &Path {
        &self.new
    }

    /// Renames the new file over the old one, after all its bytes are on the disk.
    pub fn take_place(mut self) -> Result<(), Failure> {
        let synced = OpenOptions::new().write(true).open(&self.new).and_then(|file| file.sync_all());
        let renamed = synced.and_then(|()| std::fs::rename(&self.new, &self.old));
        renamed.map_err(|error| failed(&self.new, error))?;
        self.is_in_place = true;
        sync_folder(&self.old).map_err(|error| failed(&self.old, error))
    }

    /// Gives the new file the owner, group and mode of the old one.
    fn belong_to_the_same(&self) -> io::Result<()> {
        let (new, old) = (File::open(&self.new)?, std::fs::metadata(&self.old)?);
        give(&new, &old)?;
        new.set_permissions(old.permissions())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.is_in_place {
            let _ = remove(&self.new);
        }
    }
}

/// The first bytes of a redb file. redb writes them last, so before that they are zeros.
const MAGIC: &[u8] = b"redb\x1a\n\xa9\r\n";

/// Removes only a file that a killed run left: another file of that name may be somebody's only key.
fn refuse_other_files(file: &Path) -> io::Result<()> {
    let mut head = Vec::new();
    match File::open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?.take(MAGIC.len() as u64).read_to_end(&mut head)?,
    };
    if head == MAGIC || head.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    Err(io::Error::other("it is in the way, and nothing that a killed run left: give it another name"))
}

fn remove(file: &Path) -> io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn give(file: &File, owner: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let now = file.metadata()?;
    let is_same = (now.uid(), now.gid()) == (owner.uid(), owner.gid());
    if is_same { Ok(()) } else { fchown(file, Some(owner.uid()), Some(owner.gid())) }
}

#[cfg(not(unix))]
fn give(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

fn failed(file: &Path, error: io::Error) -> Failure {
    Failure::Io(file.display().to_string(), error)
}
