//! The file of a store: how it is opened, locked and checked.
//!
//! Invariant: a damaged file is refused and not changed: the check works on a copy in memory, and redb repairs only
//! that.

use std::fs::{Metadata, OpenOptions};
use std::path::Path;

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{Builder, Database, ReadableDatabase, StorageBackend, TableHandle};

use super::drawing::{ENTRIES, FORMAT, FORMAT_KEY, META, SIZES};
use super::panics::caught;
use crate::error::Cause;

/// Memory for pages of the file, used on demand. redb's own default, 1 GiB, is too much for one of many instances.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Files up to this size are checked whenever they are opened, which takes less than a tenth of a second.
const CHECKED_BYTES: u64 = 32 * 1024 * 1024;

/// Number of bytes that are copied at a time.
const CHUNK_BYTES: u64 = 1024 * 1024;

/// The content of a database.
pub(super) enum Found {
    Nothing,
    /// Tables of cu in this format.
    Format(u64),
    /// Any other content.
    Other,
}

pub(super) fn format(database: &Database) -> Result<Found, redb::Error> {
    let transaction = database.begin_read()?;
    let mut names = transaction.list_tables()?;
    if !names.any(|table| table.name() == META.name()) {
        let is_empty =
            transaction.list_tables()?.next().is_none() && transaction.list_multimap_tables()?.next().is_none();
        return Ok(if is_empty { Found::Nothing } else { Found::Other });
    }
    let format = transaction.open_table(META)?.get(FORMAT_KEY)?.map(|format| format.value());
    Ok(format.map_or(Found::Other, Found::Format))
}

/// Writes the version and empty tables into a new database.
pub(super) fn prepare(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(META)?.insert(FORMAT_KEY, FORMAT)?;
    transaction.open_table(ENTRIES)?;
    transaction.open_table(SIZES)?;
    Ok(transaction.commit()?)
}

/// The database in a file, locked.
pub(super) fn database(file: &Path) -> Result<Database, Cause> {
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file);
    let opened = opened.map_err(Cause::of)?;
    let found = opened.metadata().map_err(Cause::of)?;
    let opened = caught(|| -> Result<Database, redb::Error> {
        let backend = FileBackend::new(opened)?;
        check(&backend)?;
        Ok(builder().create_with_backend(backend)?)
    });
    let database = opened.flatten().map_err(cause)?;
    // A process that had the lock may have renamed another file over this one: changes would go to a file without a
    // name.
    if !std::fs::metadata(file).is_ok_and(|named| is_same(&found, &named)) {
        return Err("it was replaced while it was opened".into());
    }
    Ok(database)
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

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

pub(super) fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Why a file cannot be opened, in words for the person who named it.
pub(super) fn cause(error: redb::Error) -> Cause {
    let words = match &error {
        redb::Error::DatabaseAlreadyOpen => "another process has it open".to_owned(),
        // redb writes its mark last, so a file without it has no data of a store.
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            "it is no redb database, or one whose creation was interrupted".to_owned()
        }
        redb::Error::Io(error) => error.to_string(),
        redb::Error::Corrupted(damage) => format!("it is damaged: {damage}"),
        other => other.to_string(),
    };
    Cause::in_words(words, error)
}
