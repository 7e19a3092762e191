//! Files below an open folder, found name by name.
//!
//! Invariant: each step is from an open folder to a name in it and follows no symbolic link, so it makes no difference what
//! somebody puts in place of a folder or a file meanwhile. Only ordinary files are opened: nothing else has an end, or can be
//! read without an effect.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

/// New files are everyone's, as far as the person's own mask allows.
fn new_mode() -> Mode {
    Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH
}

pub struct Folder(OwnedFd);

/// Device and number of a file.
pub type Identity = (u64, u64);

pub fn identity(about: &Metadata) -> Identity {
    (about.dev(), about.ino())
}

/// A name in an open folder.
pub struct Place {
    folder: OwnedFd,
    name: OsString,
}

/// What is in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    File,
    Folder,
    Other,
}

impl Folder {
    /// Opens the folder that a person names, who may do so with a symbolic link.
    pub fn open(path: &Path) -> io::Result<Folder> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Folder(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// The place to which names lead; the last one need not be there. Without a name it is the folder itself.
    pub fn place(&self, names: &[OsString]) -> io::Result<Place> {
        let (name, before) = match names.split_last() {
            Some((name, before)) => (name.clone(), before),
            None => (".".into(), &[][..]),
        };
        let mut folder = self.0.try_clone()?;
        for name in before {
            folder = inner(&folder, name)?;
        }
        Ok(Place { folder, name })
    }
}

/// Opens a folder in a folder.
fn inner(folder: &OwnedFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(folder, name, flags, Mode::empty()).map_err(|error| match error {
        // Which of the two a link is differs between systems.
        Errno::NOTDIR | Errno::LOOP if kind(folder, name).is_ok_and(|kind| kind == FileType::Symlink) => link(),
        error => error.into(),
    })
}

fn link() -> io::Error {
    io::Error::other("there is a symbolic link on the way, and none is followed")
}

fn kind(folder: &OwnedFd, name: &OsStr) -> io::Result<FileType> {
    let about = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(about.st_mode))
}

impl Place {
    /// What is there; nothing if nothing is.
    pub fn entry(&self) -> io::Result<Option<Entry>> {
        match kind(&self.folder, &self.name) {
            Ok(kind) => Ok(Some(entry(kind))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the file that is there for reading.
    pub fn read(&self) -> io::Result<File> {
        self.file(OFlags::RDONLY)
    }

    /// Opens the file to add to it; it is made if it is missing.
    pub fn append(&self) -> io::Result<File> {
        self.file(OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE)
    }

    fn file(&self, how: OFlags) -> io::Result<File> {
        // A pipe is not waited for.
        let flags = how | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(&self.folder, &self.name, flags, new_mode());
        let file = match opened {
            Ok(file) => File::from(file),
            // What cannot be opened is perhaps nothing that may be: that is said first.
            Err(error) => return Err(self.ordinary().err().unwrap_or_else(|| error.into())),
        };
        if file.metadata()?.is_file() { Ok(file) } else { Err(self.ordinary().err().unwrap_or_else(other)) }
    }

    /// Refuses what is there and is no ordinary file.
    fn ordinary(&self) -> io::Result<()> {
        match kind(&self.folder, &self.name) {
            Ok(FileType::Symlink) => Err(link()),
            Ok(FileType::Directory) => Err(io::Error::other("it is a folder")),
            Ok(FileType::RegularFile) | Err(_) => Ok(()),
            Ok(_) => Err(other()),
        }
    }

    /// By what the file that is there is known under any name.
    #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
    pub fn identity(&self) -> io::Result<Option<Identity>> {
        match rustix::fs::statat(&self.folder, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(about) => Ok(Some((about.st_dev as u64, about.st_ino as u64))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a whole file beside the old one and puts it in its place: whatever fails, one of both is there.
    pub fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        self.ordinary()?;
        let old = match rustix::fs::statat(&self.folder, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(about) => Some(Mode::from_raw_mode(about.st_mode)),
            Err(Errno::NOENT) => None,
            Err(error) => return Err(error.into()),
        };
        let unfinished = format!(".cu-{}.unfinished", std::process::id());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let create = || rustix::fs::openat(&self.folder, &*unfinished, flags, new_mode());
        let file = match create() {
            // A killed process of the same number left it.
            Err(Errno::EXIST) => {
                rustix::fs::unlinkat(&self.folder, &*unfinished, AtFlags::empty())?;
                create()
            }
            created => created,
        };
        let mut file = File::from(file?);
        let written = file.write_all(bytes).and_then(|()| match old {
            Some(mode) => Ok(rustix::fs::fchmod(&file, mode)?),
            None => Ok(()),
        });
        let placed =
            written.and_then(|()| Ok(rustix::fs::renameat(&self.folder, &*unfinished, &self.folder, &self.name)?));
        if placed.is_err() {
            let _ = rustix::fs::unlinkat(&self.folder, &*unfinished, AtFlags::empty());
        }
        placed
    }

    /// Removes the file that is there.
    pub fn remove(&self) -> io::Result<()> {
        self.ordinary()?;
        Ok(rustix::fs::unlinkat(&self.folder, &self.name, AtFlags::empty())?)
    }

    /// What is in the folder that is there, without `.` and `..`; at most so many names.
    pub fn list(&self, most: usize) -> io::Result<Vec<(Vec<u8>, Entry)>> {
        let folder = inner(&self.folder, &self.name)?;
        let mut names = Vec::new();
        for found in Dir::read_from(&folder)? {
            let found = found?;
            let name = found.file_name().to_bytes();
            if matches!(name, b"." | b"..") {
                continue;
            }
            if names.len() == most {
                return Err(io::Error::other(format!("it has more than {most} names")));
            }
            let name = name.to_vec();
            let kind = match found.file_type() {
                FileType::Unknown => kind(&folder, &OsString::from_vec(name.clone()))?,
                known => known,
            };
            names.push((name, entry(kind)));
        }
        Ok(names)
    }
}

fn entry(kind: FileType) -> Entry {
    match kind {
        FileType::RegularFile => Entry::File,
        FileType::Directory => Entry::Folder,
        _ => Entry::Other,
    }
}

fn other() -> io::Error {
    io::Error::other("it is no ordinary file")
}
