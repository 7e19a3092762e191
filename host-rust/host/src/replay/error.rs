//! Why a replay failed.
//!
//! Invariant: what is wrong with a recording names the entry, the byte where it begins, and the first byte that cannot be right.

use std::fmt::{self, Display, Formatter};

use super::figures::Replayed;
use crate::error::Error;
use crate::store::StoreError;

/// Why a replay failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReplayError {
    /// The module did something else than in the recording.
    Divergence(Box<Divergence>),
    /// The recording is of another module.
    Module {
        /// The one that was recorded: its name and hash.
        recorded: String,
        /// The one that was given.
        given: String,
    },
    /// These bytes are no recording.
    NoRecording,
    /// A recording of a version that this host does not read.
    Version(u8),
    /// An entry is not what was written, or none that can be where it is.
    Entry {
        /// Its number, from 0.
        entry: u64,
        /// Offset of its first byte in the recording.
        offset: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// The recording breaks off: the program died that wrote it, or the file was cut.
    Cut {
        /// The entry that is not whole, or not there.
        entry: u64,
        /// Offset of its first byte.
        offset: u64,
        /// Where the recording ends.
        end: u64,
        /// What was replayed.
        replayed: Replayed,
    },
    /// The recording cannot be read.
    Read(std::io::Error),
    /// The module does not start.
    Start(Error),
    /// The store refused a change.
    Store(StoreError),
}

/// Where a replay differs from its recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The number of the entry, from 0.
    pub entry: u64,
    /// Offset of its first byte in the recording.
    pub offset: u64,
    /// The number of the compute, from 1; 0 is before the first one.
    pub compute: u64,
    /// What the recording says.
    pub recorded: String,
    /// What the module did.
    pub came: String,
    /// The first difference, where both texts may look the same.
    pub difference: Option<String>,
}

impl Display for Divergence {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "entry {} at byte {}, ", self.entry, self.offset)?;
        match self.compute {
            0 => write!(out, "before the first compute")?,
            number => write!(out, "in compute {number}")?,
        }
        write!(out, ": recorded is {}, and there came {}", self.recorded, self.came)?;
        self.difference.as_ref().map_or(Ok(()), |difference| write!(out, "; {difference}"))
    }
}

impl Display for ReplayError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ReplayError::Divergence(divergence) => divergence.fmt(out),
            ReplayError::Module { recorded, given } => {
                write!(out, "the recording is of another module: {recorded}; this one is {given}")
            }
            ReplayError::NoRecording => out.write_str("it is no recording"),
            ReplayError::Version(version) => {
                let ours = cu_abi::recording::VERSION;
                write!(out, "this host reads version {ours} of recordings, and this is version {version}")
            }
            ReplayError::Entry { entry, offset, problem } => {
                write!(out, "the recording, entry {entry} at byte {offset}: {problem}")
            }
            ReplayError::Cut { entry, offset, end, .. } if offset == end => write!(
                out,
                "the recording, entry {entry} at byte {offset}: it is not there: the file ends without the entry that ends a recording"
            ),
            ReplayError::Cut { entry, offset, end, .. } => {
                write!(out, "the recording, entry {entry} at byte {offset}: the file ends in it, at byte {end}")
            }
            ReplayError::Read(error) => write!(out, "the recording cannot be read: {error}"),
            ReplayError::Start(error) => error.fmt(out),
            ReplayError::Store(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for ReplayError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReplayError::Read(error) => Some(error),
            ReplayError::Start(error) => Some(error),
            ReplayError::Store(error) => Some(error),
            _ => None,
        }
    }
}
