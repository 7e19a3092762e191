//! Events that the module reports, and the time that it reads.
//!
//! The kinds and their names are those of the contract (abi/README.md, "Table 0").

use crate::value::Value;

pub use cu_abi::events::EventKind;

/// A clock: milliseconds since 1970.
pub type Clock = Box<dyn Fn() -> f64 + Send>;

/// A clock with the real time.
pub fn system_clock() -> Clock {
    Box::new(|| {
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since_1970.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    })
}

/// Reads an event in the module's form, a table with the field `kind`.
pub type EventHandler = Box<dyn FnMut(&Value) + Send>;

/// Says whether a script is to be ended, by the reason for it.
pub type TickHandler = Box<dyn FnMut() -> Option<String> + Send>;

/// Changes a configuration, the pairs of a table.
pub type ConfigHandler = Box<dyn FnMut(&mut Vec<(Value, Value)>) + Send>;
