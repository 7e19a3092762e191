//! The file as redb sees it.
//!
//! Invariant: the file is checked after redb has locked it, and before redb reads it or writes to it. A file that is
//! opened for reading is never written: changes stay in memory. A file whose process died while it made it is made anew.

use std::io;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{BackendError, Builder, Database, StorageBackend};

use super::overlay::Overlay;

/// Memory for pages of the file, used on demand. redb's own default, 1 GiB, is too much for one of many instances.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// How every database here is opened.
pub(super) fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Files up to this size are checked whenever they are opened, which takes less than a tenth of a second.
const CHECKED_BYTES: u64 = 32 * 1024 * 1024;

/// Number of bytes that are copied at a time.
const CHUNK_BYTES: u64 = 1024 * 1024;

/// redb writes its mark last of all when it makes a file: until then there is a head in the first page, and zeros behind it.
const MARK_BYTES: u64 = 9;
const HEAD_BYTES: u64 = 4096;

/// What is wrong with a file, for the one who opened it: redb answers an error of a backend in other words.
pub type Damage = Arc<Mutex<Option<redb::Error>>>;

/// What may be done with the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    Write,
    /// It is shared with others who read.
    Read,
}

#[derive(Debug)]
pub struct Backend {
    file: FileBackend,
    access: Access,
    /// The changes of a file that is only read, from its first use on.
    overlay: Mutex<Option<Overlay>>,
    checked: OnceLock<()>,
    damage: Damage,
}

impl Backend {
    /// `is_checked` says whether the content has been checked before.
    pub fn new(file: FileBackend, access: Access, is_checked: bool) -> Backend {
        let checked = OnceLock::new();
        if is_checked {
            checked.get_or_init(|| ());
        }
        Backend { file, access, overlay: Mutex::default(), checked, damage: Damage::default() }
    }

    /// Where the check says what it found.
    pub fn damage(&self) -> Damage {
        Arc::clone(&self.damage)
    }

    /// The file, which is checked at its first use; redb has locked it then.
    fn checked(&self) -> io::Result<&FileBackend> {
        if self.checked.get().is_none() {
            if self.access == Access::Write && is_beginning(&self.file)? {
                self.file.set_len(0)?;
            }
            if let Err(error) = check(&self.file) {
                let text = error.to_string();
                *self.damage.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                return Err(io::Error::other(text));
            }
            self.checked.get_or_init(|| ());
        }
        Ok(&self.file)
    }

    /// The changes in memory.
    fn overlay(&self) -> io::Result<MutexGuard<'_, Option<Overlay>>> {
        let mut overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        if overlay.is_none() {
            *overlay = Some(Overlay::new(self.checked()?.len()?));
        }
        Ok(overlay)
    }

    fn in_overlay<T>(&self, act: impl FnOnce(&mut Overlay) -> io::Result<T>) -> io::Result<T> {
        self.overlay()?.as_mut().map_or_else(|| Err(io::ErrorKind::NotFound.into()), act)
    }
}

/// Whether nothing was ever kept in a file: its process died before the file was made. One that lost its mark has more than a head.
fn is_beginning(file: &FileBackend) -> io::Result<bool> {
    let length = file.len()?;
    let is_zero = |from: u64, end: u64| {
        let mut piece = vec![0; end.saturating_sub(from) as usize];
        file.read(from, &mut piece).map(|()| piece.iter().all(|byte| *byte == 0))
    };
    if length == 0 || !is_zero(0, MARK_BYTES.min(length))? {
        return Ok(false);
    }
    let mut at = HEAD_BYTES;
    while at < length {
        let end = (at + CHUNK_BYTES).min(length);
        if !is_zero(at, end)? {
            return Ok(false);
        }
        at = end;
    }
    Ok(true)
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        match self.access {
            Access::Write => self.checked()?.len(),
            Access::Read => self.in_overlay(|overlay| Ok(overlay.length)),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match self.access {
            Access::Write => self.checked()?.read(offset, out),
            Access::Read => self.in_overlay(|overlay| overlay.read(offset, out, &|at, out| self.file.read(at, out))),
        }
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        match self.access {
            Access::Write => self.checked()?.set_len(length),
            Access::Read => self.in_overlay(|overlay| {
                overlay.set_length(length);
                Ok(())
            }),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.access {
            Access::Write => self.file.sync_data(),
            Access::Read => Ok(()),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        match self.access {
            Access::Write => self.checked()?.write(offset, data),
            Access::Read => self.in_overlay(|overlay| overlay.write(offset, data, &|at, out| self.file.read(at, out))),
        }
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        match self.access {
            Access::Write => self.file.try_lock_range(start, end),
            // Those who read exclude those who write, not one another.
            Access::Read => self.file.try_lock_shared_range(start, end),
        }
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        match self.access {
            Access::Write => self.file.lock_range(start, end),
            Access::Read => self.file.lock_shared_range(start, end),
        }
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}

/// Checks a copy of the file down to the last value: redb keeps a checksum of each page, but checks it only on request.
fn check(file: &FileBackend) -> Result<(), redb::Error> {
    let length = file.len()?;
    if length == 0 || length > CHECKED_BYTES {
        return Ok(());
    }
    let copy = InMemoryBackend::new();
    copy.set_len(length)?;
    let mut chunk = vec![0; CHUNK_BYTES.min(length) as usize];
    for offset in (0..length).step_by(chunk.len()) {
        let chunk = &mut chunk[..CHUNK_BYTES.min(length - offset) as usize];
        file.read(offset, chunk)?;
        copy.write(offset, chunk)?;
    }
    if builder().create_with_backend(copy)?.check_integrity()? {
        return Ok(());
    }
    Err(redb::Error::Corrupted("its content is not what was written".to_owned()))
}
