//! A copy of the file of `--home` for the runs: they may change what they like.
//!
//! Invariant: the file itself is only read, and its copy is removed at the end.

use std::ffi::OsString;
use std::path::PathBuf;

use cu_host::{FileMode, RedbOptions, RedbStore, Store};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::home::{Home, needed_file};

pub struct Scratch {
    arguments: Arguments,
    file: PathBuf,
}

impl Scratch {
    pub fn of(arguments: &Arguments) -> Result<Scratch, Failure> {
        let place = needed_file(arguments, "bench")?;
        let source = &place.path;
        let mut name = OsString::from(source);
        name.push(format!(".bench-{}", std::process::id()));
        let file = PathBuf::from(name);
        // Nobody writes the file while it is copied.
        let options = RedbOptions { mode: FileMode::ReadOnly, wait: place.wait };
        std::fs::metadata(source).map_err(|error| Failure::Io(source.display().to_string(), error))?;
        let open = RedbStore::open_with(source, options)?;
        let scratch = Scratch { arguments: Arguments { home: Some(file.clone()), ..arguments.clone() }, file };
        let created = std::fs::File::options().write(true).create_new(true).open(&scratch.file);
        created
            .and_then(|_| std::fs::copy(source, &scratch.file))
            .map_err(|error| Failure::Io(scratch.file.display().to_string(), error))?;
        drop(open);
        Ok(scratch)
    }

    pub fn open(&self) -> Result<Box<dyn Store>, Failure> {
        match Home::of(&self.arguments)? {
            Some(home) => home.open(),
            None => Ok(Box::new(cu_host::MemoryStore::default())),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}
