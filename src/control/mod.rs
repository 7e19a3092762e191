//! Table 0, the channel between host and module: configuration in, events out, time, and the printed text.
//!
//! - [`event`]: what the module reports
//! - [`audit`]: what happened that someone may have to account for
//! - [`output`]: print, captured and bounded
//! - [`clock`]: the host's time

pub mod audit;
pub mod clock;
pub mod event;
pub mod output;
