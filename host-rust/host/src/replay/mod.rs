//! Recordings of what crosses the border of the module, and their replay (`abi/recording.md`).
//!
//! What came from the host is all that a run depends on: a recording has it, and what the module did with it. A replay gives
//! the same module the same calls and the same answers, and compares everything that it does.
//!
//! - `crossing`: what a call of an import takes out of memory, and where its answer goes
//! - `recorder`: writes a recording; `reader`: reads its entries; `calls`: puts them together
//! - `player`: the host of a module that is replayed; `tape`: what is at the border of an instance, one of these two or nothing
//! - `places`: where in memory a replay may write before a call
//! - `replaying`: plays a whole recording
//! - `words`: what happens at the border, as text; `error`: why a replay failed; `figures`: how much it did
//! - `sha256`: the hash by which a recording names its module

mod calls;
mod crossing;
mod error;
mod figures;
mod places;
mod player;
mod reader;
mod recorder;
mod replaying;
mod sha256;
mod tape;
mod words;

pub(crate) use crossing::{COMPUTE, Call, left_at};
pub use error::{Divergence, ReplayError};
pub use figures::Replayed;
pub(crate) use player::Stopped;
pub use recorder::Recorder;
pub use replaying::{ReplayOptions, ReplayedCompute, ReplayedWait, replay};
pub use sha256::sha256;
pub(crate) use tape::Tape;
