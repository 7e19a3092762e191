//! Why an operation failed: in words, with the error behind the words.
//!
//! Invariant: an error behind the words is kept; a cause has only words if there was no error.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

/// A reason in words, with the error that it comes from, if there was one. Two causes are equal if their words are.
#[derive(Clone, Debug)]
pub struct Cause {
    words: String,
    error: Option<Arc<dyn Error + Send + Sync>>,
}

impl Cause {
    /// The words of an error, with the error itself.
    pub fn of(error: impl Error + Send + Sync + 'static) -> Cause {
        Cause::in_words(error.to_string(), error)
    }

    /// Other words for an error, chosen for the reader.
    pub fn in_words(words: impl Into<String>, error: impl Error + Send + Sync + 'static) -> Cause {
        Cause { words: words.into(), error: Some(Arc::new(error)) }
    }

    /// The words of an error whose type is not known, with the error itself.
    #[cfg(feature = "wasmtime")]
    pub(crate) fn of_any(words: String, error: Box<dyn Error + Send + Sync>) -> Cause {
        Cause { words, error: Some(Arc::from(error)) }
    }

    /// The error behind the words.
    pub fn error(&self) -> Option<&(dyn Error + 'static)> {
        self.error.as_deref().map(|error| error as _)
    }
}

/// A reason that has no error behind it.
impl From<String> for Cause {
    fn from(words: String) -> Cause {
        Cause { words, error: None }
    }
}

impl From<&str> for Cause {
    fn from(words: &str) -> Cause {
        words.to_owned().into()
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Cause) -> bool {
        self.words == other.words
    }
}

impl Eq for Cause {}

impl Display for Cause {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words)
    }
}
