//! The connections of a database: each serves one unit of one namespace at a time, so as many are open as units were at once.
//!
//! Invariant: a connection that is here has no transaction open, or one whose end has been sent.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cu_host::StoreError;
use cu_host::store::STORE_FAILED;
use cu_remote::Failure;
use tokio_postgres::error::SqlState;

use crate::drawing::{self, FORMAT};
use crate::failure::failure;
use crate::link::Link;
use crate::url::PostgresOptions;

/// Connections to one database.
pub struct Connections {
    options: PostgresOptions,
    waiting: Mutex<Vec<Link>>,
}

impl Connections {
    pub fn new(options: PostgresOptions) -> Connections {
        Connections { options, waiting: Mutex::default() }
    }

    pub fn options(&self) -> &PostgresOptions {
        &self.options
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Link>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that waits, or a new one.
    pub fn take(&self) -> Result<Link, Failure> {
        let found = {
            let mut waiting = self.waiting();
            std::iter::from_fn(|| waiting.pop()).find(|link| !link.is_lost())
        };
        match found {
            Some(link) => Ok(link),
            None => {
                let mut link = Link::open(&self.options)?;
                prepare(&mut link)?;
                Ok(link)
            }
        }
    }

    /// What it waited for is counted by whoever had it.
    pub fn give_back(&self, mut link: Link) {
        link.round_trips = 0;
        if !link.is_lost() {
            self.waiting().push(link);
        }
    }

    /// Those that wait are of no use any more.
    pub fn forget(&self) {
        let waiting = std::mem::take(&mut *self.waiting());
        drop(waiting);
    }
}

/// Makes tables and statements ready, and compares the format.
fn prepare(link: &mut Link) -> Result<(), Failure> {
    match link.prepare() {
        Ok(()) => {}
        // They are made only where they are missing: not every user of a database may make tables.
        Err(Failure::Refused(error)) if is_missing(&error) => {
            // Two who make them at once can come in each other's way, even with IF NOT EXISTS.
            if link.text(drawing::MAKE).is_err() {
                link.text(drawing::MAKE)?;
            }
            link.prepare()?;
        }
        Err(failure) => return Err(failure),
    }
    let rows = link.together(async |link| link.format().await).map_err(failure)?;
    match rows.first().map(|row| row.get::<_, i64>(0)) {
        Some(FORMAT) => Ok(()),
        other => {
            let other = other.map_or("no format".to_owned(), |format| format!("format {format}"));
            let message = format!("the tables cu_state and cu_entries have {other}, and this cu reads format {FORMAT}");
            Err(Failure::Refused(StoreError::new(STORE_FAILED, message)))
        }
    }
}

fn is_missing(error: &StoreError) -> bool {
    let source = std::error::Error::source(error).and_then(|error| error.downcast_ref::<tokio_postgres::Error>());
    source.and_then(|error| error.code()) == Some(&SqlState::UNDEFINED_TABLE)
}
