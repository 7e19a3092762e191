//! Recordings of what crosses the border of the module, and their replay (`abi/recording.md`).
//!
//! What came from the host is all that a run depends on: a recording has it, and what the module did with it. A replay gives
//! the same module the same calls and the same answers, and compares everything that it does.
//!
//! ```
//! use std::io::{Seek, SeekFrom};
//! use cu_host::replay::{Recorder, ReplayOptions, replay};
//! use cu_host::{Instance, MODULE, MemoryStore, Module, Options};
//!
//! # let path = std::env::temp_dir().join(format!("cu-replay-doc-{}", std::process::id()));
//! # let file = std::fs::File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
//! let module = Module::new(MODULE)?;
//! let options = Options {
//!     clock: Some(Options::system_clock()),
//!     record: Some(Recorder::new(file.try_clone()?)),
//!     ..Options::default()
//! };
//! let mut instance = Instance::new(&module, MemoryStore::default(), options)?;
//! instance.compute("_home.at = os.time() return _home.at")?;
//! instance.end_recording()?;
//!
//! (&file).seek(SeekFrom::Start(0))?;
//! let mut store = MemoryStore::default();
//! let replayed = replay(&module, &file, ReplayOptions { store: Some(&mut store), ..ReplayOptions::default() })?;
//! assert_eq!(replayed.computes, 1);
//! # std::fs::remove_file(path)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
pub use recorder::Recorder;
pub use replaying::{ReplayOptions, ReplayedCompute, replay};
pub(crate) use sha256::sha256;
pub(crate) use tape::{Stopped, Tape};
