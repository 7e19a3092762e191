//! Why a store could not do an operation.
//!
//! Invariant: the import's answer is below every answer with another meaning.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use cu_abi::status;

// Codes of this host, from -2 to -6; those of the encryption follow, from -7 to -12; then the rest of this file.

/// A pointer or length leads outside linear memory.
pub const OUTSIDE_MEMORY: i32 = -2;
/// A page has no room for one whole key.
pub const PAGE_TOO_SMALL: i32 = -3;
/// The store failed without a code of its own.
pub const STORE_FAILED: i32 = -4;
/// A value or a number of keys does not fit the 31 bits of an answer.
pub const TOO_LARGE: i32 = -5;
/// The host panicked.
pub const HOST_PANICKED: i32 = -6;
/// Another instance or process has the turn; the message says how long this one waited for it.
pub const BUSY: i32 = -13;
/// The store cannot say which tables it has.
pub const NO_LIST: i32 = -14;
/// The store may be read, not changed.
pub const READ_ONLY: i32 = -15;
/// The connection to the server that keeps the store was lost; the message says what that means for the unit.
pub const LOST: i32 = -16;
/// Another instance changed the store in the middle of a unit, of which nothing is kept.
pub const CONFLICT: i32 = -17;
/// The store is a copy that did not end; the message says how it goes on.
pub const UNFINISHED_COPY: i32 = -18;

/// Why a store could not do an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoreError {
    /// The number in the script's error. The import answers this number if it is below -1, and -4 otherwise.
    pub code: i32,
    /// For the host's log; scripts do not see it.
    pub message: String,
    /// The error behind it, if there is one: [`source`](Error::source).
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error with a code and a text.
    pub fn new(code: i32, message: impl Into<String>) -> StoreError {
        StoreError { code, message: message.into(), source: None }
    }

    /// The same error, with the error behind it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> StoreError {
        self.source = Some(Arc::new(source));
        self
    }

    /// The import's answer: a number that cannot be taken for an absent value.
    pub(crate) fn answer(&self) -> i32 {
        if self.code < status::ABSENT { self.code } else { STORE_FAILED }
    }
}

/// Two errors are equal if code and text are.
impl PartialEq for StoreError {
    fn eq(&self, other: &StoreError) -> bool {
        (self.code, &self.message) == (other.code, &other.message)
    }
}

impl Eq for StoreError {}

impl Display for StoreError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "the store failed with code {}: {}", self.code, self.message)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_behind_a_failure_is_found() {
        let error = StoreError::new(-77, "disk on fire").caused_by(std::io::Error::other("fire"));
        assert_eq!(error, StoreError::new(-77, "disk on fire"));
        let source = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
        assert_eq!(source.map(ToString::to_string).as_deref(), Some("fire"));
    }

    #[test]
    fn no_answer_is_taken_for_an_absence() {
        for (code, answer) in [(-77, -77), (-2, -2), (-1, STORE_FAILED), (0, STORE_FAILED), (7, STORE_FAILED)] {
            assert_eq!(StoreError::new(code, "").answer(), answer);
        }
    }
}
