//! The error that ended a script, made from the module's text and its `error` event.
//!
//! Invariant: this is the only file that knows how the module marks a traceback, names a class, or blames the host
//! (abi/README.md, "Exports", "Imports" and "Table 0"); host-js/instance.js has the same rules.

use std::fmt::{self, Debug, Display, Formatter};

use cu_abi::status::ErrorClass;

use crate::store::StoreError;
use crate::value::Value;

/// The error that ended a script.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct LuaError {
    /// The error text exactly as the module wrote it: the message, and the traceback if there is one.
    pub text: Vec<u8>,
    /// The message.
    pub message: String,
    /// The traceback, from `stack traceback:` on.
    pub traceback: Option<String>,
    /// The kind of the error, if the module reported it.
    pub class: Option<ErrorClass>,
    /// The error value, if it has an encoding.
    pub value: Option<Value>,
}

/// Separates the message from the traceback, which begins after the newline.
const TRACEBACK: &str = "\nstack traceback:";

/// A failure of the host ends the message with this text and the import's answer.
const HOST_FAILED: &str = ": it answered ";

impl LuaError {
    /// Combines the text with the module's `error` event, if there was one.
    pub(crate) fn new(text: Vec<u8>, event: Option<&Value>) -> LuaError {
        let whole = String::from_utf8_lossy(&text);
        // A message may quote a traceback; the module's own comes last.
        let (message, traceback) = match whole.rfind(TRACEBACK) {
            Some(at) => (whole[..at].to_owned(), Some(whole[at + 1..].to_owned())),
            None => (whole.clone().into_owned(), None),
        };
        let class = event.and_then(|event| event.get("class")).and_then(Value::as_str);
        LuaError {
            message,
            traceback,
            class: class.and_then(|name| ErrorClass::ALL.into_iter().find(|class| class.name() == name)),
            value: event.and_then(|event| event.get("value")).cloned(),
            text,
        }
    }

    /// Whether a failure of the store ended the script: then the end of the message says so (abi/README.md, "Imports").
    pub(crate) fn is_of(&self, failure: &StoreError) -> bool {
        self.message.ends_with(&format!("{HOST_FAILED}{}", failure.answer()))
    }
}

/// Without the text, which is message and traceback: whoever unwraps an answer has to read this.
impl Debug for LuaError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let LuaError { text: _, message, traceback, class, value } = self;
        let mut shown = out.debug_struct("LuaError");
        shown.field("message", message).field("traceback", traceback).field("class", class).field("value", value);
        shown.finish_non_exhaustive()
    }
}

impl Display for LuaError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_traceback_is_split_off() {
        let text = "a: b\nstack traceback:\n\tquoted\nstack traceback:\n\t[C]: in ?";
        let error = LuaError::new(text.into(), None);
        assert_eq!(error.message, "a: b\nstack traceback:\n\tquoted");
        assert_eq!(error.traceback.as_deref(), Some("stack traceback:\n\t[C]: in ?"));
        assert_eq!(error.text, text.as_bytes());
    }

    #[test]
    fn a_traceback_without_levels_is_one() {
        let error = LuaError::new(b"a\nstack traceback:".into(), None);
        assert_eq!((error.message.as_str(), error.traceback.as_deref()), ("a", Some("stack traceback:")));
    }

    #[test]
    fn the_host_is_blamed_where_the_message_ends_with_its_answer() {
        let blames = |text: &str, code| LuaError::new(text.into(), None).is_of(&StoreError::new(code, ""));
        assert!(blames("a: it answered -77\nstack traceback:\n\t[C]: in ?", -77));
        assert!(blames("a: it answered -4", 5));
        assert!(!blames("a: it answered -77", -7));
        assert!(!blames("a: it answered -77 times", -77));
    }

    #[test]
    fn the_event_adds_class_and_value() {
        let event = Value::from([("class", Value::from("runtime")), ("value", 7.into())]);
        let error = LuaError::new(b"7".into(), Some(&event));
        assert_eq!((error.class, error.value), (Some(ErrorClass::Runtime), Some(Value::Integer(7))));
        assert_eq!(LuaError::new(b"7".into(), Some(&Value::from([("class", "new")]))).class, None);
    }
}
