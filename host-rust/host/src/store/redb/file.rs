//! The file of a store: how it is opened, locked and checked.
//!
//! Invariant: a damaged file is refused and not changed: the check works on a copy in memory, and redb repairs only
//! that.

use std::fs::{File, Metadata, OpenOptions};
use std::path::Path;
use std::time::{Duration, Instant};

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, TableHandle};

use super::backend::{Access, Backend, builder};
use super::drawing::{ENTRIES, FORMAT, FORMAT_KEY, META, SIZES};
use super::panics::caught;
use crate::error::Cause;
use crate::store::Wait;
use crate::store::wait::waited;

/// How often to look whether another process has closed the file: often at first, then more rarely.
const OFTEN: Duration = Duration::from_millis(1);
const RARELY: Duration = Duration::from_millis(4);
const AT_FIRST: Duration = Duration::from_secs(1);

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

/// Why a file is not open.
pub(super) enum Refused {
    /// Another process has it open.
    Busy(Cause),
    /// It was replaced at the moment when it was opened.
    Replaced,
    Other(Cause),
}

impl Refused {
    pub fn cause(self) -> Cause {
        match self {
            Refused::Busy(cause) | Refused::Other(cause) => cause,
            Refused::Replaced => "it was replaced while it was opened".into(),
        }
    }
}

/// How a file is opened.
#[derive(Clone, Copy)]
pub(super) struct Opening {
    pub access: Access,
    /// Its content was checked before.
    pub is_checked: bool,
}

/// The database in a file, locked; waits for another process that has it.
pub(super) fn database(file: &Path, opening: Opening, wait: Wait) -> Result<Database, Refused> {
    let (began, end) = (Instant::now(), wait.end());
    loop {
        let refused = match open(file, opening) {
            Err(refused @ (Refused::Busy(_) | Refused::Replaced)) => refused,
            opened => return opened,
        };
        if end.is_some_and(|end| Instant::now() >= end) {
            return Err(match refused {
                Refused::Busy(cause) if wait != Wait::Never => {
                    let error = cause.error().map(ToString::to_string).unwrap_or_default();
                    let words = format!("{cause}; {}", waited(began));
                    Refused::Busy(Cause::in_words(words, std::io::Error::other(error)))
                }
                refused => refused,
            });
        }
        std::thread::sleep(if began.elapsed() < AT_FIRST { OFTEN } else { RARELY });
    }
}

fn open(file: &Path, opening: Opening) -> Result<Database, Refused> {
    let failed = |error| Refused::Other(Cause::of(error));
    let opened = match opening.access {
        Access::Write => OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file),
        Access::Read => File::open(file),
    };
    let opened = opened.map_err(failed)?;
    let found = opened.metadata().map_err(failed)?;
    let opened = caught(|| {
        let backend = Backend::new(FileBackend::new(opened)?, opening.access, opening.is_checked);
        let damage = backend.damage();
        builder().create_with_backend(backend).map_err(|error| {
            let damage = damage.lock().ok().and_then(|mut damage| damage.take());
            damage.unwrap_or_else(|| error.into())
        })
    });
    let database = opened.flatten().map_err(|error| match error {
        redb::Error::DatabaseAlreadyOpen => Refused::Busy(cause(error)),
        _ => Refused::Other(cause(error)),
    })?;
    // A process that had the lock may have renamed another file over this one: changes would go to a file without a
    // name.
    if !std::fs::metadata(file).is_ok_and(|named| is_same(&found, &named)) {
        return Err(Refused::Replaced);
    }
    Ok(database)
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
