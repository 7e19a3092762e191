//! What this build leaves out (cargo features, `make wasm-minimal`).
//!
//! Invariant: the whole build leaves out nothing, so that there a `Feature` cannot exist, and what is said of it takes no room.
#![forbid(unsafe_code)]

use core::fmt;

/// A feature that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// The feature `bigint`.
    #[cfg(not(feature = "bigint"))]
    BigIntegers,
    /// The feature `data`.
    #[cfg(not(feature = "data"))]
    Data,
    /// The feature `deflate`.
    #[cfg(not(feature = "deflate"))]
    Compression,
}

impl fmt::Display for Feature {
    fn fmt(&self, _out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            #[cfg(not(feature = "bigint"))]
            Feature::BigIntegers => _out.write_str("this module was built without big integers (the feature 'bigint')"),
            #[cfg(not(feature = "data"))]
            Feature::Data => {
                _out.write_str("this module was built without queries, transactions and calls (the feature 'data')")
            }
            #[cfg(not(feature = "deflate"))]
            Feature::Compression => _out.write_str("this module was built without compression (the feature 'deflate')"),
        }
    }
}

/// Whether there is what makes a database of the tables. Without it, what follows is not compiled.
#[inline]
pub fn data() -> Result<(), Feature> {
    #[cfg(not(feature = "data"))]
    return Err(Feature::Data);
    #[cfg(feature = "data")]
    Ok(())
}
