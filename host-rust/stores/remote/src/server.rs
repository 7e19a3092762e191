//! What a server does for a [`RemoteStore`](crate::RemoteStore).

use std::ops::Range;

use cu_host::{StoreError, Wait};

use crate::state::State;

/// A connection to a server that keeps tables; it is opened when it is needed, and again after it was lost.
///
/// Between [`begin`](Server::begin) and [`commit`](Server::commit) or [`end`](Server::end) all reads are of the state that
/// `begin` answered, and nobody else changes it. After [`Failure::Lost`] or [`Failure::Conflict`] that time is over, and `begin`
/// may be called again.
pub trait Server: Send {
    /// Waits for the turn, and begins to read. Within [`hold`](Server::hold) this connection has the turn already.
    fn begin(&mut self, turn: Turn) -> Result<State, Failure>;

    /// The value under a key.
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Vec<u8>>, Failure>;

    /// The first rows after `after`, or before it if they are to come in descending order; all in the order of bytes. Fewer
    /// than `most` are the last ones.
    fn rows(&mut self, table: u32, after: Option<&[u8]>, descending: bool, most: usize) -> Result<Vec<Row>, Failure>;

    /// The rows of several tables, in the order of ids and bytes. Fewer than `most` are the last ones.
    fn rows_of(&mut self, tables: Range<u32>, most: usize) -> Result<Vec<(u32, Row)>, Failure>;

    /// Number of keys.
    fn size(&mut self, table: u32) -> Result<u64, Failure>;

    /// The ids after `after` of tables that have keys, in ascending order; fewer than `most` are the last ones.
    fn tables(&mut self, after: Option<u32>, most: usize) -> Result<Vec<u32>, Failure>;

    /// Keeps all writes and the state after them, or nothing; the turn is over.
    fn commit(&mut self, writes: &Writes<'_>, next: &State) -> Result<(), Failure>;

    /// The turn is over, and nothing has changed.
    fn end(&mut self);

    /// Takes the turn until [`release`](Server::release).
    fn hold(&mut self, wait: Wait) -> Result<(), Failure>;

    /// Gives it back.
    fn release(&mut self);
}

/// How a turn begins.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// How long to wait for others.
    pub wait: Wait,
    /// This connection holds the turn.
    pub is_held: bool,
}

/// A key with its value; without one if it is too large to be sent unasked.
pub type Row = (Vec<u8>, Option<Vec<u8>>);

/// What a unit changes. No key is in it twice.
#[derive(Debug, Default)]
pub struct Writes<'a> {
    /// Tables that lose every key, before anything else is done.
    pub cleared: Vec<u32>,
    /// Keys that get a value, with their table.
    pub set: Vec<(u32, &'a [u8], &'a [u8])>,
    /// Keys that go, with their table.
    pub deleted: Vec<(u32, &'a [u8])>,
}

/// Why a server did not do what it was asked for.
#[derive(Debug)]
pub enum Failure {
    /// The connection is lost. Whether a commit was kept is not known.
    Lost(StoreError),
    /// Another transaction came in between; nothing was kept. What was asked can be asked again.
    Conflict(StoreError),
    /// It would fail again, and nothing was kept.
    Refused(StoreError),
}

impl Failure {
    /// The error behind it.
    pub fn error(self) -> StoreError {
        match self {
            Failure::Lost(error) | Failure::Conflict(error) | Failure::Refused(error) => error,
        }
    }
}
