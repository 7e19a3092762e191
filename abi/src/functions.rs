//! Functions that a host offers to scripts: their names, and the answer to a call of one.
//!
//! A call is `get(0, record)`, where the record is a call record ([`crate::call`]) whose way is the name of the function, without
//! [`LIBRARY`] in front, and whose arguments are all values. The answer:
//!
//! ```text
//! offset 0   u8        00 results, 01 an error; 03 alone: it comes later
//! offset 1   ...       the results, one value after another; or the one value that is raised
//! ```

/// The global in which scripts find them, and what stands in front of their names.
pub const LIBRARY: &str = "host";

/// Longest name, with all of its dots, without `host.`.
pub const NAME_BYTES: usize = 128;

/// Most results of a call.
pub const RESULTS: usize = 200;

/// First byte of an answer: results.
pub const ANSWER_RESULTS: u8 = 0;

/// First byte of an answer: an error.
pub const ANSWER_ERROR: u8 = 1;

/// In the place of an answer to a call of a function that is [`EITHER`]: it is not there yet, and the compute waits for it.
pub const ANSWER_LATER: u8 = 3;

/// In the place of an answer that a compute waits for: there will be none, the compute ends ([`crate::pending`]).
pub const ANSWER_CANCEL: u8 = 2;

/// Value of `functions.NAME`: the answer is there when the call returns.
pub const SYNC: &str = "sync";

/// The same: the compute waits for it, and the host is not called before that ([`crate::pending`]).
pub const ASYNC: &str = "async";

/// The same: the host says at each call whether the compute waits for the answer.
pub const EITHER: &str = "either";

/// The values of `functions.NAME`.
pub const MODES: [&str; 3] = [SYNC, ASYNC, EITHER];

/// Whether scripts can write `host.NAME`: names of letters, digits and `_`, with dots between.
pub fn is_name(name: &[u8]) -> bool {
    name.len() <= NAME_BYTES
        && name.split(|byte| *byte == b'.').all(|part| {
            !part.first().is_none_or(u8::is_ascii_digit)
                && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        })
}

/// The name without `host.`; none for what is no function of a host.
pub fn name_of(full: &[u8]) -> Option<&[u8]> {
    let name = full.strip_prefix(LIBRARY.as_bytes())?.strip_prefix(b".")?;
    is_name(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_script_can_write() {
        for name in ["a", "http.get", "_x9.Y._", &"n".repeat(NAME_BYTES)] {
            assert!(is_name(name.as_bytes()), "{name}");
        }
        for name in ["", ".", "a.", ".a", "a..b", "9a", "a.9", "a-b", "a b", "ä", "a\n", &"n".repeat(NAME_BYTES + 1)] {
            assert!(!is_name(name.as_bytes()), "{name}");
        }
        assert_eq!(name_of(b"host.http.get"), Some(&b"http.get"[..]));
        assert_eq!((name_of(b"host"), name_of(b"host."), name_of(b"hosts.a")), (None, None, None));
    }
}
