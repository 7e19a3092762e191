//! A unit over a server, and what is done when a connection is lost in it.
//!
//! Invariant: a unit goes on only over the state at which it began.

use std::thread;
use std::time::{Duration, Instant};

use cu_host::StoreError;
use cu_host::store::{BUSY, CONFLICT, LOST};

use crate::server::{Failure, Server, Turn};
use crate::state::{State, Token};
use crate::store::RemoteOptions;

/// How often one thing is asked again because others came in between: more often is a server that never lets it through.
const CONFLICTS: usize = 20;
/// The pauses before a new connection.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A unit that has begun.
#[derive(Debug)]
pub struct Unit {
    /// The state that it reads.
    pub base: State,
    pub token: Token,
    pub is_changed: bool,
    /// Why it cannot go on.
    pub failure: Option<StoreError>,
}

/// Waits for the turn and begins to read.
pub fn begin<S: Server>(server: &mut S, is_held: bool, options: &RemoteOptions) -> Result<State, StoreError> {
    insist(options, || server.begin(Turn { wait: options.wait, is_held }))
}

/// Asks for something before which nothing has been read: after a conflict, as long as others may be waited for, and after
/// the loss of a connection, as long as the options say.
pub fn insist<T>(options: &RemoteOptions, mut act: impl FnMut() -> Result<T, Failure>) -> Result<T, StoreError> {
    let (began, wait_end) = (Instant::now(), options.wait.end());
    let mut pause = FIRST_PAUSE;
    loop {
        match act() {
            Ok(answer) => return Ok(answer),
            // Another one had a turn, so this is waiting on.
            Err(Failure::Conflict(_)) if wait_end.is_none_or(|end| Instant::now() < end) => {}
            Err(Failure::Conflict(error)) => return Err(StoreError::new(BUSY, error.message.clone()).caused_by(error)),
            Err(Failure::Refused(error)) => return Err(error),
            Err(Failure::Lost(error)) => {
                if began.elapsed() + pause > options.reconnect {
                    let tried = format!("{}; tried for {:.1} s", error.message, began.elapsed().as_secs_f64());
                    return Err(StoreError::new(LOST, tried).caused_by(error));
                }
                thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Asks in a unit, again over a new connection if one was lost.
pub fn ask<S: Server, T>(
    server: &mut S,
    unit: &mut Unit,
    is_held: bool,
    options: &RemoteOptions,
    mut act: impl FnMut(&mut S) -> Result<T, Failure>,
) -> Result<T, StoreError> {
    if let Some(error) = &unit.failure {
        return Err(error.clone());
    }
    let mut asked = 0;
    let error = loop {
        asked += 1;
        match act(server) {
            Ok(answer) => return Ok(answer),
            Err(Failure::Refused(error)) => break error,
            Err(failure) if asked == CONFLICTS => break failure.error(),
            Err(_) => match begin(server, is_held, options) {
                Ok(state) if state == unit.base => {}
                Ok(_) => {
                    server.end();
                    break others_changed("the connection was lost in the middle of a unit");
                }
                Err(error) => break error,
            },
        }
    };
    unit.failure = Some(error.clone());
    Err(error)
}

/// Keeps what a unit changed.
pub fn commit<S: Server>(
    server: &mut S,
    unit: &mut Unit,
    is_held: bool,
    options: &RemoteOptions,
    mut act: impl FnMut(&mut S, &State) -> Result<(), Failure>,
) -> Result<State, StoreError> {
    if let Some(error) = &unit.failure {
        server.end();
        return Err(error.clone());
    }
    let next = unit.base.after(unit.token);
    let mut asked = 0;
    loop {
        asked += 1;
        let (failed, is_known) = match act(server, &next) {
            Ok(()) => return Ok(next),
            Err(Failure::Refused(error)) => {
                server.end();
                return Err(error);
            }
            Err(Failure::Conflict(error)) => (error, true),
            Err(Failure::Lost(error)) => (error, false),
        };
        let found = match begin(server, is_held, options) {
            Ok(state) => state,
            Err(error) if is_known => return Err(error),
            Err(error) => return Err(unknown(&error.message)),
        };
        if found == unit.base {
            // Nothing was kept, and nothing has changed: the same writes are right.
            if asked < CONFLICTS {
                continue;
            }
            server.end();
            return Err(failed);
        }
        server.end();
        return match found.has(unit.token, &unit.base) {
            // What came after it is noticed when the next unit begins.
            Some(true) => Ok(next),
            Some(false) => Err(others_changed(&failed.message)),
            None => Err(unknown(&failed.message)),
        };
    }
}

fn others_changed(why: &str) -> StoreError {
    let message = format!("{why}; meanwhile another instance changed the store, so nothing of the unit is kept");
    StoreError::new(CONFLICT, message)
}

fn unknown(why: &str) -> StoreError {
    StoreError::new(LOST, format!("the connection was lost in a commit, and nobody knows whether it was kept: {why}"))
}
