//! A copy of the file of `--home` for the runs: they may change what they like.
//!
//! Invariant: the file itself is only read, and its copy is gone at the end, also if the process is killed: where an open file
//! can be without a name, it has none.

use std::ffi::OsString;
use std::path::PathBuf;

use cu_host::{FileMode, RedbOptions, RedbStore, SharedStore, Store, Wait};
use cu_stores::{FilePlace, Place};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::home::{Home, needed_file};

pub struct Scratch {
    store: SharedStore<RedbStore>,
    key_file: Option<PathBuf>,
    /// After the store, which is closed before its file is removed.
    copy: Copy,
}

impl Scratch {
    pub fn of(arguments: &Arguments) -> Result<Scratch, Failure> {
        let place = needed_file(arguments, "bench")?;
        let source = &place.path;
        let mut name = OsString::from(source);
        name.push(format!(".bench-{}", std::process::id()));
        // Nobody writes the file while it is copied.
        let options = RedbOptions { mode: FileMode::ReadOnly, wait: place.wait };
        std::fs::metadata(source).map_err(|error| Failure::Io(source.display().to_string(), error))?;
        let open = RedbStore::open_with(source, options)?;
        let failed = |error| Failure::Io(name.display().to_string(), error);
        std::fs::File::options().write(true).create_new(true).open(&name).map_err(failed)?;
        let copy = Copy(name.clone().into());
        std::fs::copy(source, &copy.0).map_err(failed)?;
        drop(open);
        let store = SharedStore::new(RedbStore::open(&copy.0)?);
        #[cfg(unix)]
        copy.remove();
        Ok(Scratch { store, key_file: arguments.key_file.clone(), copy })
    }

    pub fn open(&self) -> Result<Box<dyn Store>, Failure> {
        let file = FilePlace { path: self.copy.0.clone(), read_only: false, turns: false, wait: Wait::Never };
        Home::at(Place::File(file), self.key_file.as_deref())?.over(self.store.clone())
    }
}

/// The path of the copy.
struct Copy(PathBuf);

impl Copy {
    fn remove(&self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}
