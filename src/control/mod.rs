//! Table 0, the channel between host and module: configuration in, events out, time, and the printed text.
//!
//! - [`config`]: what the host wants of one compute
//! - [`permissions`]: what it permits
//! - [`event`]: what the module reports
//! - [`audit`]: what happened that someone may have to account for
//! - [`output`]: print, captured and bounded
//! - [`clock`]: the host's time

pub mod audit;
pub mod clock;
pub mod config;
pub mod event;
pub mod output;
pub mod permissions;
