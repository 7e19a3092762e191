//! Table 0, the channel between host and module: configuration in, events out, time, and the printed text.
//!
//! - [`config`]: what the host wants of one compute
//! - [`event`]: what the module reports
//! - [`output`]: print, captured and bounded
//! - [`clock`]: the host's time

pub mod clock;
pub mod config;
pub mod event;
pub mod output;
